"""What each verb prints with --json, for `make_commands.py`: shapes by verb, and what keys mean.

In a shape, `key?` is there only sometimes, `[x]` is a list of x, `{hex: x}` an object with such
keys, `a|b` either. `hex` is an id in hex digits, `str` words, `n` a whole number, `f` a number,
`bool` true or false, `date` an ISO date as coarse as it was said, `time` an ISO date and
time with its zone, `…` whatever the schema says.
`tests/unit/commands/test_commands_page.py` holds them against what the verbs print.
"""

from __future__ import annotations

from typing import Final

_PEER: Final = '"device": hex, "person": str, "last_met": time|null, "lacks": n, "we_lack": n|null'
_DONE: Final = '{"id": hex, "missing": n, "waits_for": [str]}'
_REQUEST: Final = (
    '{"id": hex, "what": str, "by": str, "about": str, "missing": n, "said_yes": [str], '
    '"waits_for": [str], "waits_for_me": bool}'
)
_WHEN: Final = '{"value": date|null, "precision": str, "words": str, …}'
_ROW: Final = (
    '{"id": hex, "type": str, "title": str, "space": hex, "when": date|null, "state": str, '
    '"terms": [str], "authors": [str], "readings": [str], "put_away": bool'
)
_TERM: Final = (
    '{"id": str, "group": str, "en": str, "es": str, "definition_en": str, '
    '"definition_es": str, "own": bool, "hidden": bool, "same": [str]}'
)
_TERMS: Final = f'{{"terms": [{_TERM}]}}'
_WORD: Final = '{"id": str, "shown": str}'
_RECORD: Final = (
    '"id": hex, "type": str, "schema": n, "space": hex, "title": str, "when": date|null, '
    '"state": str, "authors": [str], "texts": {str: str}, '
    '"sets": {str: [{"item": str, "note": str, "by": str|null}]}, '
    '"readings": {str: [{"id": str, "value": …, "by": str|null}]}, '
    '"maps": {str: [{"person": str, "value": …}]}, '
    '"acts": {str: [{"id": str, "value": …, "by": str|null}]}, '
    '"values": {str: …}, "put_away": bool, "links": [{"kind": str, "target": hex, '
    '"outgoing": bool, "title": str, "type": str, "taken_back": bool, "taken_back_by": str}], '
    '"unknown": [str]'
)
_FIELD: Final = '{"field": str, "added": [str], "removed": [str]}'
_SITTING: Final = (
    f'{{"sitting": n, "by": str|null, "came": date|null, "here": bool, "changes": [hex], '
    f'"said": [{_FIELD}], "passing": [{_FIELD}], "texts": {{str: str}}, '
    '"within": [{str: str}]}'
)
_WRITTEN: Final = f'{{"id": hex, "dates"?: {{str: {_WHEN}}}}}'

SHAPES: Final[dict[str, tuple[str, ...]]] = {
    "init": ('{"space": hex, "person": str, "device": hex}',),
    "invite": (
        '{"words": [str], "address": str, "expires": time}',
        '{"admitted": {"person": str, "device": hex}|null}',
    ),
    "join": ('{"space": hex, "person": str, "records": n}',),
    "card": ('{"file": str, "words": [str]}',),
    "admit": ('{"admitted": {"person": str, "device": hex}, "words": [str]}',),
    "people": (
        '{"people": [{"id": hex, "name": str, "me": bool, "alike": bool, '
        '"resting": bool, "devices": [hex]}], '
        '"gone": [{"id": hex, "name": str, "alike": bool}]}',
    ),
    "devices": (
        '{"devices": [{"device": hex, "name": str, "person": str, "online": bool, '
        '"last_met": time|null, "lacks": n, "lacks_mine": n, "we_lack": n|null, '
        '"spaces": [{"space": hex, "lacks": n, "lacks_mine": n, "we_lack": n|null}], '
        '"faults": [{"fault": str, "first": time, "last": time, "times": n}]}]}',
    ),
    "keepers": (
        '{"keepers": [str], "everybody": bool, "quorum": n, "admitting": n, "gives_past": bool, '
        f'"suspended": [hex], "requests": [{_REQUEST}], "void": [{_REQUEST}]}}',
        _DONE,
    ),
    "second": (_DONE,),
    "remove": (_DONE,),
    "suspend": (_DONE,),
    "lift": (_DONE,),
    "rest": (_DONE,),
    "leave": ('{"left": str}',),
    "circle": (
        '{"circles": [{"id": hex, "name": str, "persons": [str]}]}',
        '{"id": hex, "name": str, "persons": [str]}',
    ),
    "add": (_WRITTEN, '{"types": [str]}'),
    "edit": (_WRITTEN,),
    "act": (
        '{"id": hex, "act": str, "entry": str|null}',
        '{"acts": [{"act": str, "parts": [str]}]}',
    ),
    "link": ('{"id": hex, "kind": str, "target": hex}',),
    "take-back": ('{"id": hex, "taken_out"?: n, "stays"?: n}',),
    "share": ('{"id": hex, "of": hex}',),
    "list": (
        f'{{"records": [{_ROW}}}], "total": n, "since"?: date, "until"?: date, "view"?: str}}',
    ),
    "show": (
        f'{{{_RECORD}, "rewritten": [{{"id": str, "field": str, "before": str, '
        f'"ways": [{{"by": [str], "words": str}}]}}], '
        f'"history"?: [{{"change": hex, "by": str}}], "sittings"?: [{_SITTING}]}}',
    ),
    "search": (
        f'{{"records": [{_ROW}, "snippet": str, "marks": [[n]]}}], "total": n, "since"?: date, '
        '"until"?: date, "view"?: str}',
    ),
    "views": ('{"views": [{"name": str, "filter": {str: …}}]}',),
    "views delete": ('{"deleted": str}',),
    "voices": (
        '{"waits": [{"record": hex, "what": str, "act": str}], '
        '"requests": [{"id": hex, "space": hex, "what": str, "about": str}], '
        '"look_again": [{"record": hex, "why": str, "on": date|null}]}',
    ),
    "picture": ('{"pictures": [str]}',),
    "digest": (
        '{"since": date|null, "sections": [{"kind": str, "records": [hex], "kept_back"?: bool, '
        '"with_hidden_word"?: [hex], '
        '"people"?: [{"person": str, "what": str, "space": hex}]}], "seen": bool, '
        '"changes"?: [{"record": hex, "by": str, "what": str}]}',
    ),
    "history": (f'{{"record": hex, "sittings": [{_SITTING}]}}', f"{{{_RECORD}}}"),
    "tray": (
        '{"tray": [{"id": hex, "space": hex, "title": str, "persons": [str], "devices": [str], '
        '"changes": n, "decided": bool}]}',
        '{"id": hex, "decided"?: bool}',
    ),
    "vocabulary": (_TERMS,),
    "vocabulary list": (_TERMS,),
    "vocabulary search": (_TERMS,),
    "vocabulary show": (_TERM,),
    "vocabulary add": ('{"id": str}',),
    "vocabulary rename": (_WORD,),
    "vocabulary same": (_WORD,),
    "vocabulary apart": (_WORD,),
    "vocabulary hide": (_WORD,),
    "vocabulary unhide": (_WORD,),
    "sync": (
        '{"met": [{"device": hex, "person": str, "sent": {"entries": n, "bytes": n}, '
        '"received": {"entries": n, "bytes": n}, "seconds": f, "complete": bool}], '
        f'"unreached": [{{{_PEER}}}], "folders": [{{"folder": str, "there": bool, "read": n, '
        '"new": n, "written": n, "complete": bool}], "complete": bool}',
    ),
    "node": (
        '{"event": "listening", "address": str}',
        '{"event": "lan", "lan": str}',
        '{"event": "here"|"gone", "device": hex, "person": str}',
        '{"event": "records", "count": n}',
        '{"event": "taken-back", "by": str, "id": hex, "note": hex|null}',
        '{"event": "other-version"}',
    ),
    "bundle write": (
        '{"file": str, "bytes": n, "entries": n, "spaces": n, "devices": [hex], "pending": n}',
    ),
    "bundle read": (
        '{"file": str, "new": n, "known": n, "waiting": n, "refused": n, "complete": bool, '
        '"spaces": [hex], "from": [hex]}',
    ),
    "folder list": (
        '{"folders": [{"folder": str, "there": bool, "collective": hex, "files": n}]}',
    ),
    "folder add": ('{"folder": str}',),
    "folder forget": ('{"folder": str}',),
    "status": (
        '{"engine": str, "spaces": [{"id": hex, "name": str, '
        '"kind": "collective"|"circle"|"private", "persons": n, "devices": n, "records": n, '
        '"entries": n, "state": hex, "pending": n, "set_aside": n, "epoch": hex, '
        '"set_aside_here_only": n, "late": n}], '
        f'"peers": [{{{_PEER}, "online": bool}}], '
        '"lan": "possible"|"no-interface"|"blocked"|"nobody"|"quiet", "listening"?: [str]}',
    ),
    "quiet": ('{"quiet": bool}',),
    "findable": ('{"findable": bool}',),
    "lock": ('{"open": bool, "closed": n}',),
    "panic": (
        '{"destroyed": bool, "ended": n, "left"?: [str], "records"?: n, "removed": str}',
    ),
    "safety": (
        '{"idle_minutes": n, "panic_removes": str, "shares": bool, "second_passphrase": bool}',
    ),
    "passphrase": ('{"changed": bool}',),
    "recover": ('{"shares": [str]|null}', '{"changed": bool}'),
    "notebook": ('{"second_passphrase": bool}',),
    "backup": ('{"file": str, "bytes": n, "phrase": str|null}',),
    "restore": ('{"restored": bool, "home": str}',),
    "doctor": (
        '{"parts": [{"name": str, "found": str|null, "wanted": str, "fits": bool}], '
        '"records": n, "entries": n, "bad_entries": n, "store_whole": bool, "set_aside": n, '
        '"set_aside_here_only": n, "ok": bool, "rebuilt"?: n}',
    ),
    "locate": ('{"home": str, "vault": bool}',),
    "demo": ('{"steps": [{"name": str, "seconds": f, "ok": bool}], "ok": bool}',),
}  # fmt: skip

KEYS: Final[dict[str, tuple[str, str]]] = {
    "acts": (
        "steps of a life, by field, causes first; alone, what can be done with a record",
        "pasos de una vida, por campo, primero las causas; a solas, lo que se puede hacer con un "
        "registro",
    ),
    "act": ("the kind of step; in `voices`, the id of the step it answers",
            "el tipo de paso; en `voices`, el id del paso al que responde"),
    "came": ("the day it arrived here, or was sealed here",
             "el día en que llegó, o se selló, aquí"),
    "dates": ("dates that were said in words, as they were understood, by field",
              "fechas dichas con palabras, como se entendieron, por campo"),
    "entry": ("the id of the step that was written", "el id del paso que se escribió"),
    "here": ("this device wrote it", "lo escribió este aparato"),
    "hidden": ("you keep this word hidden; nobody else knows",
               "mantienes oculta esta palabra; nadie más lo sabe"),
    "kept_back": ("there are records of harm, told only with --harm",
                  "hay registros de daño, que sólo se cuentan con --harm"),
    "kind": ("the kind of section, of link or of space",
             "el tipo de parte, de enlace o de espacio"),
    "lacks": ("how many records it has not acknowledged", "cuántos registros no ha confirmado"),
    "late": ("records in the tray: written by who was removed or suspended by then",
             "registros en la bandeja: de quien ya había sido quitada o suspendida"),
    "look_again": ("agreements to look at again this month, with why",
                   "acuerdos que este mes piden mirarse otra vez, con el porqué"),
    "maps": ("what each person says of herself, by field",
             "lo que cada quien dice de sí, por campo"),
    "marks": ("where the found words stand in `snippet`: [start, end) in letters",
              "dónde están en `snippet` las palabras halladas: [inicio, fin) en letras"),
    "missing": ("how many more have to say yes; 0: it took effect",
                "cuántas más tienen que decir que sí; 0: ya tuvo efecto"),
    "on": ("the date it asks for", "la fecha que pide"),
    "passing": ("what was written and taken out again within a sitting",
                "lo que se escribió y se volvió a quitar dentro de una sentada"),
    "pending": ("own edits not yet acknowledged by every device",
                "cambios propios que no todo aparato ha confirmado"),
    "put_away": ("it was put away: lists leave it out unless --put-away asks",
                 "está guardado: las listas lo dejan fuera salvo con --put-away"),
    "readings": ("answers by field; more than one is shown side by side. In a list, the fields "
                 "with more than one",
                 "respuestas por campo; más de una se muestra lado a lado. En una lista, los "
                 "campos con más de una"),
    "requests": ("what waits for a yes at the door", "lo que espera un sí en la puerta"),
    "rewritten": ("paragraphs two sides rewrote apart, as each one wrote them",
                  "párrafos que dos partes reescribieron por separado, como los escribió cada una"),
    "sets": ("items by field, each with its note and who added it",
             "elementos por campo, cada uno con su nota y quién lo puso"),
    "set_aside": ("what was not applied, because it was harmful or too large",
                  "lo que no se aplicó, por dañino o por demasiado grande"),
    "sitting": ("the number `--at` takes", "el número que toma `--at`"),
    "sittings": ("who wrote what, sitting by sitting", "quién escribió qué, sentada por sentada"),
    "snippet": ("words around what was found", "palabras alrededor de lo hallado"),
    "state": ("where it is in its life, several with a space between; of a space, what is equal on "
              "two devices exactly when they are in sync",
              "en qué va su vida, varias con un espacio en medio; de un espacio, lo que es igual "
              "en dos aparatos justo cuando están al día"),
    "unknown": ("what a newer program wrote, kept as it is",
                "lo que escribió un programa más nuevo, guardado como está"),
    "void": ("what was asked for and has no effect", "lo que se pidió y no tiene efecto"),
    "waits": ("what waits for your voice, told to you alone",
              "lo que espera tu voz, dicho sólo a ti"),
    "what": ("what it is about, or what it waits for: `position`, `in_her_time`, `two_words`, "
             "`answered`, `went_on`, `uses`, `taking_back`, `her_words`, `handed_over`",
             "de qué se trata, o qué espera: `position`, `in_her_time`, `two_words`, `answered`, "
             "`went_on`, `uses`, `taking_back`, `her_words`, `handed_over`"),
    "with_hidden_word": ("records named with a word you keep hidden, whose words are not shown",
                         "registros con una palabra que mantienes oculta, cuyas palabras no se "
                         "muestran"),
    "within": ("how the texts read in between, one by one",
               "cómo se leían los textos en medio, uno por uno"),
    "why": ("`voice`, `asked`, `date`, `trial` or `for_now`",
            "`voice`, `asked`, `date`, `trial` o `for_now`"),
}  # fmt: skip
"""What keys mean that do not say it themselves, in English and Spanish."""
