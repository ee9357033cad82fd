"""Writes docs/records.md and docs/registros.md from the schema: `python docs/make_records.py`.

With `--check` nothing is written and the exit code says whether the pages are current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from aluna_sync.journal.links import LINK_KINDS
from aluna_sync.journal.schema import COMMON, TYPES, ActKind, Field, MergeKind, RecordType, Shape
from aluna_sync.journal.vocabulary import vocabulary
from aluna_tui.labels import (
    act_name,
    choice_name,
    field_name,
    link_name,
    part_name,
    state_name,
    type_name,
)
from aluna_tui.texts import language, use_language

DOCS: Final = Path(__file__).parent
PAGES: Final = {"en": DOCS / "records.md", "es": DOCS / "registros.md"}

SAID: Final = {
    "en": {
        "title": "Kinds of record",
        "intro": (
            "This page is written by `docs/make_records.py` from the schema the program itself "
            "uses (`aluna_sync/journal/schema/`): what it says is what validation, forms, "
            "commands, JSON and merging do.\n\n"
            "No field is required: a record needs a few words or one term. There is no field for "
            "a number or a yes or no about a person, and none in which somebody fills in what "
            "another feels. Fields and kinds of a newer program are kept and carried untouched."
        ),
        "every": "Every record",
        "every_intro": "All kinds have these fields besides their own.",
        "links_title": "Links",
        "links_intro": (
            "A link is drawn from one record to another and has a name from each end. Any two "
            "kinds may be linked in any way; these are offered first. Anybody draws links, only "
            "who drew one takes it away."
        ),
        "merge_title": "What happens to what two wrote apart",
        "code": "code",
        "lives": "Lives at first in",
        "unless": "{space} when {field} is only “{value}”",
        "only_author": "Only who began it writes in it; others answer with acts and links.",
        "by_program": "Written by the program alone.",
        "may_be_empty": "It can be opened before there are words for it.",
        "main": "Words said without naming a field go to `{field}`.",
        "schema": "schema {number}",
        "field": "field",
        "name": "name",
        "merge": "merge",
        "holds": "what it holds",
        "act": "act",
        "done": "in words",
        "parts": "what it says",
        "state": "speaks for",
        "kind": "kind",
        "out": "from its beginning",
        "into": "from its end",
        "usual": "usually",
        "link": "link",
        "any": "anything",
        "acts_title": "What can be done",
        "own_fields": "Its own fields",
        "its_links": "Links with a name here",
        "none": "Only the fields of every record.",
        "free_words": "words",
        "own_words": "or own words",
        "oneself": "oneself",
        "when": "a date in words",
        "place": "a place by a name the group knows, with a level",
        "linked": "links, see below",
        "acts_in": "acts",
        "terms": "terms: {groups}",
        "per_person": "each person her own",
        "keyed": "each person several, under words of hers",
        "by_acts": "written by acts and commands",
        "own_act": "only who began the record",
        "needed": "always",
    },
    "es": {
        "title": "Tipos de registro",
        "intro": (
            "Esta página la escribe `docs/make_records.py` a partir del esquema que el programa "
            "mismo usa (`aluna_sync/journal/schema/`): lo que dice es lo que hacen la validación, "
            "los formularios, los comandos, el JSON y las fusiones.\n\n"
            "Ningún campo es obligatorio: a un registro le bastan unas palabras o un término. No "
            "hay campo para un número ni para un sí o no sobre una persona, ni campo en el que "
            "alguien llene lo que otra siente. Los campos y tipos de un programa más nuevo se "
            "conservan y se llevan sin tocarlos."
        ),
        "every": "Todo registro",
        "every_intro": "Todos los tipos tienen estos campos además de los suyos.",
        "links_title": "Enlaces",
        "links_intro": (
            "Un enlace va de un registro a otro y tiene un nombre desde cada extremo. Cualquier "
            "tipo puede enlazarse con cualquiera; estos se ofrecen primero. Cualquiera enlaza; "
            "sólo quien hizo un enlace lo quita."
        ),
        "merge_title": "Qué pasa con lo que dos personas escribieron por separado",
        "code": "código",
        "lives": "Al principio vive en",
        "unless": "{space} cuando {field} es sólo «{value}»",
        "only_author": (
            "Sólo quien lo empezó escribe en él; otras personas responden con actos y enlaces."
        ),
        "by_program": "Sólo lo escribe el programa.",
        "may_be_empty": "Se puede abrir antes de que haya palabras para decirlo.",
        "main": "Lo que se dice sin nombrar un campo va a `{field}`.",
        "schema": "esquema {number}",
        "field": "campo",
        "name": "nombre",
        "merge": "fusión",
        "holds": "qué guarda",
        "act": "acto",
        "done": "en palabras",
        "parts": "qué dice",
        "state": "habla por",
        "kind": "tipo",
        "out": "desde su principio",
        "into": "desde su final",
        "usual": "por lo común",
        "link": "enlace",
        "any": "cualquiera",
        "acts_title": "Qué se puede hacer",
        "own_fields": "Sus campos propios",
        "its_links": "Enlaces con nombre aquí",
        "none": "Sólo los campos de todo registro.",
        "free_words": "palabras",
        "own_words": "o palabras propias",
        "oneself": "una misma",
        "when": "una fecha en palabras",
        "place": "un lugar con un nombre que el grupo conoce, y su nivel",
        "linked": "enlaces, ver abajo",
        "acts_in": "actos",
        "terms": "términos: {groups}",
        "per_person": "cada quien lo suyo",
        "keyed": "cada quien varios, bajo palabras suyas",
        "by_acts": "se escribe con actos y comandos",
        "own_act": "sólo quien empezó el registro",
        "needed": "siempre",
    },
}  # fmt: skip

SPACES: Final = {
    "en": {
        "private": "the private space of who writes it",
        "circle": "a circle, where there is just one; private otherwise",
        "collective": "the collective",
    },
    "es": {
        "private": "el espacio privado de quien lo escribe",
        "circle": "un círculo, si hay uno solo; si no, privado",
        "collective": "la colectiva",
    },
}

MERGES: Final = {
    "en": {
        MergeKind.TEXT: ("text", "Letters merge; where two rewrote the same paragraph, the merged "
                         "text stands and “as each one wrote it” keeps both until somebody closes "
                         "it."),
        MergeKind.SET: ("set", "What each one added is there. What one took out stays out, unless "
                        "somebody wrote a note on it meanwhile. Notes merge like texts."),
        MergeKind.ACTS: ("acts", "All are kept, causes first. Nothing done is ever changed."),
        MergeKind.MAP: ("map", "Each person writes only her own. What she said differently on two "
                        "devices is shown to her alone, and counts as unsaid until she chooses."),
        MergeKind.READINGS: ("readings", "Both readings stand side by side, until somebody writes "
                             "a new one that names those it answers."),
        MergeKind.LAST: ("last", "The last one stays."),
    },
    "es": {
        MergeKind.TEXT: ("texto", "Las letras se funden; donde dos reescribieron el mismo párrafo, "
                         "queda el texto fundido y «como lo escribió cada quien» guarda los dos "
                         "hasta que alguien lo cierra."),
        MergeKind.SET: ("conjunto", "Está lo que cada quien agregó. Lo que alguien quitó queda "
                        "fuera, salvo que otra persona haya escrito una nota en eso mientras "
                        "tanto. Las notas se funden como los textos."),
        MergeKind.ACTS: ("actos", "Se guardan todos, primero las causas. Lo hecho nunca cambia."),
        MergeKind.MAP: ("mapa", "Cada quien escribe sólo lo suyo. Lo que dijo distinto en dos "
                        "aparatos se le muestra sólo a ella, y cuenta como no dicho hasta que "
                        "elija."),
        MergeKind.READINGS: ("lecturas", "Las dos lecturas quedan una junto a otra, hasta que "
                             "alguien escribe una nueva que nombra a las que responde."),
        MergeKind.LAST: ("última", "Queda la última."),
    },
}  # fmt: skip


def page(code: str) -> str:
    """Return the whole page in *code* ("es" or "en")."""
    before = language()
    use_language(code)
    try:
        return "\n".join(_lines(code)) + "\n"
    finally:
        use_language(before)


def _lines(code: str) -> Iterator[str]:
    said = SAID[code]
    yield f"# {said['title']}\n"
    yield f"{said['intro']}\n"
    for declared in TYPES.values():
        yield f"- [{type_name(declared.name)}](#{declared.name}) (`{declared.name}`)"
    yield f"\n## {said['merge_title']}\n"
    for name, words in MERGES[code].values():
        yield f"- **{name}**: {words}"
    yield f"\n## {said['every']}\n"
    yield f"{said['every_intro']}\n"
    yield from _fields(code, "", COMMON)
    yield f"\n{said['acts_title']}:\n"
    common = [kind for field in COMMON for kind in field.acts]
    yield from _acts(code, common)
    for declared in TYPES.values():
        yield from _type(code, declared, {kind.name for kind in common})
    yield f"\n## {said['links_title']}\n"
    yield f"{said['links_intro']}\n"
    yield f"| {said['link']} | {said['out']} | {said['into']} | {said['usual']} |"
    yield "|---|---|---|---|"
    for kind in LINK_KINDS.values():
        ends = " → ".join(
            ", ".join(f"`{one}`" for one in end) or said["any"]
            for end in (kind.sources, kind.targets)
        )
        out, into = (link_name(kind.id, outgoing=outgoing) for outgoing in (True, False))
        yield f"| `{kind.id}` | {out} | {into} | {ends} |"


def _type(code: str, declared: RecordType, common: set[str]) -> Iterator[str]:
    said = SAID[code]
    yield f'\n<a id="{declared.name}"></a>\n'
    yield f"## {declared.glyph} {type_name(declared.name)}\n"
    number = said["schema"].format(number=declared.schema)
    yield f"{said['code'].capitalize()} `{declared.name}`, {number}. {_space(code, declared)}"
    for true, key in (
        (declared.only_author, "only_author"),
        (not declared.by_hand, "by_program"),
        (declared.may_be_empty, "may_be_empty"),
    ):
        if true:
            yield said[key]
    if declared.main != "body":
        yield said["main"].format(field=declared.main)
    yield ""
    if declared.own:
        yield f"{said['own_fields']}:\n"
        yield from _fields(code, declared.name, declared.own)
    else:
        yield said["none"]
    own = [kind for _field, kind in declared.acts if kind.name not in common]
    if own:
        yield f"\n{said['acts_title']}:\n"
        yield from _acts(code, own)
    if declared.links:
        yield f"\n{said['its_links']}:\n"
        for link in declared.links:
            name = link_name(link.kind, outgoing=link.outgoing)
            yield f"- `{link.name}`: {name} (`{link.kind}`)"


def _space(code: str, declared: RecordType) -> str:
    said, spaces = SAID[code], SPACES[code]
    words = f"{said['lives']} {spaces[declared.space]}"
    for rule in declared.rules:
        name = field_name(declared.name, rule.field).rstrip("?¿")
        value = choice_name(rule.field, rule.value)
        unless = said["unless"].format(space=spaces[rule.space], field=name, value=value)
        words += f"; {unless}"
    return f"{words}."


def _fields(code: str, type_: str, fields: tuple[Field, ...]) -> Iterator[str]:
    said = SAID[code]
    yield f"| {said['field']} | {said['name']} | {said['merge']} | {said['holds']} |"
    yield "|---|---|---|---|"
    for field in fields:
        merge = MERGES[code][field.merge][0]
        name = field_name(type_, field.name)
        yield f"| `{field.name}` | {name} | {merge} | {_holds(code, field)} |"


def _holds(code: str, field: Field) -> str:
    said = SAID[code]
    pieces = [_shape(code, field)]
    if field.own_words:
        pieces.append(said["own_words"])
    if field.merge is MergeKind.MAP:
        pieces.append(said["keyed" if field.keyed else "per_person"])
    if not field.in_form and field.shape is not Shape.ACT:
        pieces.append(said["by_acts"])
    return "; ".join(piece for piece in pieces if piece)


def _shape(code: str, field: Field) -> str:
    said = SAID[code]
    match field.shape:
        case Shape.TERM:
            return said["terms"].format(groups=_groups(code, field.groups))
        case Shape.CHOICE:
            names = [f"{choice_name(field.name, one)} (`{one}`)" for one in field.choices]
            return " · ".join(names)
        case Shape.PERSON:
            return said["oneself"]
        case Shape.WHEN:
            return said["when"]
        case Shape.PLACE:
            return said["place"]
        case Shape.LINK:
            return said["linked"]
        case Shape.ACT:
            kinds = ", ".join(f"`{kind.name}`" for kind in field.acts)
            return f"{said['acts_in']}: {kinds}"
        case _:
            return said["free_words"]


def _groups(code: str, groups: tuple[str, ...]) -> str:
    labels = {group.id: group.label(code) for group in vocabulary().groups}
    if len(groups) > 6:
        return ", ".join(f"`{group}`" for group in groups)
    return " · ".join(f"{labels[group]} (`{group}`)" for group in groups)


def _acts(code: str, kinds: list[ActKind]) -> Iterator[str]:
    said = SAID[code]
    yield f"| {said['act']} | {said['done']} | {said['parts']} | {said['state']} |"
    yield "|---|---|---|---|"
    for kind in kinds:
        parts = []
        for part in kind.parts:
            needed = f" ({said['needed']})" if part.needed else ""
            parts.append(f"{part_name(part.name)} `{part.name}`{needed}")
        state = f"{_state(code, kind.state)} (`{kind.state}`)" if kind.state else ""
        name = act_name(kind.name) + (f" ({said['own_act']})" if kind.own else "")
        yield f"| `{kind.name}` | {name} | {', '.join(parts)} | {state} |"


def _state(code: str, state: str) -> str:
    return vocabulary().label(state, code) if "." in state else state_name(state)


def main() -> int:
    """Write the pages, or with `--check` only say whether they are current."""
    stale = 0
    for code, path in PAGES.items():
        words = page(code)
        if path.exists() and path.read_text(encoding="utf-8") == words:
            continue
        stale += 1
        if "--check" not in sys.argv:
            path.write_text(words, encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
