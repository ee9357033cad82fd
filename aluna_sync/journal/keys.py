"""The flat keys of a document's root: built here, and read back without trusting them.

`t/<field>/<write id>` text · `s/<field>/<item>` set · `n/<field>/<item>/<write id>` an item's note
· `f/<field>/<own id>` act · `m/<field>/<person>/[<sub key>/]<own id>` map ·
`r/<field>/<own id>` reading · `l/<field>` last writer. An own id begins as its author's actor does:
devices take nothing else (SPEC §6.5.2), so that nobody takes away what another said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from aluna_protocol.ids import (
    OWN_ID_ACTOR_BYTES,
    OWN_ID_LETTERS,
    OWN_KEYS,
    ActorId,
    PersonId,
)
from aluna_sync.journal.schema import MergeKind

TYPE: Final = "type"
SCHEMA: Final = "schema"

MAX_ITEM: Final = 256
"""Letters of a set's item or a sub key, as far as it is read."""
MAX_ITEM_BYTES: Final = 160
"""Bytes of one that is written: an own word fits, a story does not. A key has 256 (SPEC §8.2), of
which field, person and write id take their part."""

_LETTERS: Final = {
    MergeKind.TEXT: "t",
    MergeKind.SET: "s",
    MergeKind.ACTS: "f",
    MergeKind.MAP: "m",
    MergeKind.READINGS: "r",
    MergeKind.LAST: "l",
}
_KINDS: Final = {letter: kind for kind, letter in _LETTERS.items()}
_WRITE_ID_LETTERS: Final = OWN_ID_LETTERS + 1
_FIELD: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_WRITE_ID: Final = re.compile(r"[0-9a-f]{16}(?:[0-9a-f]{8})?")
"""16 digits for a piece of text, 24 for what is its author's own."""
_PERSON: Final = re.compile(r"[0-9a-f]{32}")


class WriteIds:
    """Fresh ids for what one actor writes."""

    def __init__(self, actor: ActorId, random_bytes: Callable[[int], bytes]) -> None:
        self._mine = actor[:OWN_ID_ACTOR_BYTES].hex()
        self._random = random_bytes

    def piece(self) -> str:
        """Return an id for a piece of text, which everybody goes on writing."""
        return self._random(8).hex()

    def own(self) -> str:
        """Return an id for an act, a reading or a value of this actor's person."""
        return self._mine + self._random(4).hex()


def adopted(key: str, actor: ActorId) -> str:
    """Return the own key *key* of an earlier incarnation as *actor* would write it."""
    begin, _, own_id = key.rpartition("/")
    mine = actor[:OWN_ID_ACTOR_BYTES].hex()
    return f"{begin}/{mine}{own_id[len(mine) :]}"


def is_own(key: str) -> bool:
    """Return whether only its author may write *key*, and only once."""
    return key[:2].encode("utf-8", "surrogatepass") in OWN_KEYS


class Key(NamedTuple):
    """A key taken apart. *item* is the write id, set item or person; *sub* what follows a person.

    The write id of a map stands at the end of *sub*, see `split_sub`.
    """

    kind: MergeKind
    field: str
    item: str
    sub: str = ""


def is_write_id(value: object) -> bool:
    """Return whether *value* is a write id."""
    return isinstance(value, str) and _WRITE_ID.fullmatch(value) is not None


def is_person(value: object) -> bool:
    """Return whether *value* is a person's id in hex."""
    return isinstance(value, str) and _PERSON.fullmatch(value) is not None


def text_key(field: str, write_id: str) -> str:
    """Return the key of one piece of a collaborative text."""
    return f"t/{field}/{write_id}"


def set_key(field: str, item: str) -> str:
    """Return the key of a set's item."""
    return f"s/{field}/{item}"


def note_key(field: str, item: str, write_id: str) -> str:
    """Return the key of one piece of the note of a set's item."""
    return f"n/{field}/{item}/{write_id}"


def fresh_mark(write_id: str) -> str:
    """Return what a set's item holds once it has a note: unlike before, so that adding it wins."""
    return f"#{write_id}"


def is_mark(value: object) -> bool:
    """Return whether *value* is such a mark; any other words are a note of schema 1."""
    return isinstance(value, str) and value[:1] == "#" and is_write_id(value[1:])


def act_key(field: str, write_id: str) -> str:
    """Return the key of an act."""
    return f"f/{field}/{write_id}"


def map_key(field: str, person: PersonId, sub: str, write_id: str) -> str:
    """Return the key of a person's own value, under *sub* where the field is keyed."""
    return (
        f"m/{field}/{person.hex()}/{sub}/{write_id}"
        if sub
        else (f"m/{field}/{person.hex()}/{write_id}")
    )


def split_sub(sub: str) -> tuple[str, str]:
    """Return the sub key and the write id of a map's *sub*; either may be empty."""
    if is_write_id(sub):
        return "", sub
    name, _, write_id = sub.rpartition("/")
    return (name, write_id) if name and is_write_id(write_id) else (sub, "")


def reading_key(field: str, write_id: str) -> str:
    """Return the key of a reading."""
    return f"r/{field}/{write_id}"


def last_key(field: str) -> str:
    """Return the key of a last-writer value."""
    return f"l/{field}"


def parse_key(key: str) -> Key | None:
    """Take *key* apart; None for what is no field: `type`, `schema`, anything malformed."""
    letter, _, rest = key.partition("/")
    kind = _KINDS.get(letter)
    field, slash, item = rest.partition("/")
    if kind is None or len(item) > MAX_ITEM + 60 or not _FIELD.fullmatch(field):
        return None
    match kind:
        case MergeKind.TEXT | MergeKind.ACTS | MergeKind.READINGS:
            return Key(kind, field, item) if _WRITE_ID.fullmatch(item) else None
        case MergeKind.SET:
            return Key(kind, field, item) if 0 < len(item) <= MAX_ITEM else None
        case MergeKind.MAP:
            person, slash, sub = item.partition("/")
            if not _PERSON.fullmatch(person) or bool(slash) != bool(sub):
                return None
            if len(sub) > MAX_ITEM + _WRITE_ID_LETTERS:
                return None
            return Key(kind, field, person, sub)
        case MergeKind.LAST:
            return None if slash else Key(kind, field, "")


def parse_note_key(key: str) -> Key | None:
    """Take the key of a note apart: field, item, and the write id as *sub*; None for any other."""
    if not key.startswith("n/"):
        return None
    field, _, rest = key[2:].partition("/")
    item, _, write_id = rest.rpartition("/")
    if not _FIELD.fullmatch(field) or not 0 < len(item) <= MAX_ITEM:
        return None
    return Key(MergeKind.SET, field, item, write_id) if _WRITE_ID.fullmatch(write_id) else None
