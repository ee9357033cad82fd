"""The flat keys of a document's root: built here, and read back without trusting them.

`t/<field>/<write id>` text · `s/<field>/<item>` set · `f/<field>/<write id>` act ·
`m/<field>/<person>[/<sub key>]` map · `r/<field>/<write id>` reading · `l/<field>` last writer.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from aluna_protocol.ids import PersonId
from aluna_sync.journal.schema import MergeKind

TYPE: Final = "type"
SCHEMA: Final = "schema"

MAX_ITEM: Final = 256
"""Letters of a set's item or a sub key: an own word fits, a story does not."""

_LETTERS: Final = {
    MergeKind.TEXT: "t",
    MergeKind.SET: "s",
    MergeKind.ACTS: "f",
    MergeKind.MAP: "m",
    MergeKind.READINGS: "r",
    MergeKind.LAST: "l",
}
_KINDS: Final = {letter: kind for kind, letter in _LETTERS.items()}
_FIELD: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_WRITE_ID: Final = re.compile(r"[0-9a-f]{16}")
_PERSON: Final = re.compile(r"[0-9a-f]{32}")


class Key(NamedTuple):
    """A key taken apart. *item* is the write id, set item or person; *sub* only for maps."""

    kind: MergeKind
    field: str
    item: str
    sub: str = ""


def is_write_id(value: object) -> bool:
    """Return whether *value* is a write id: 16 hex digits."""
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


def act_key(field: str, write_id: str) -> str:
    """Return the key of an act."""
    return f"f/{field}/{write_id}"


def map_key(field: str, person: PersonId, sub: str = "") -> str:
    """Return the key of a person's own value."""
    return f"m/{field}/{person.hex()}/{sub}" if sub else f"m/{field}/{person.hex()}"


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
    if kind is None or len(item) > MAX_ITEM + 40 or not _FIELD.fullmatch(field):
        return None
    match kind:
        case MergeKind.TEXT | MergeKind.ACTS | MergeKind.READINGS:
            return Key(kind, field, item) if _WRITE_ID.fullmatch(item) else None
        case MergeKind.SET:
            return Key(kind, field, item) if 0 < len(item) <= MAX_ITEM else None
        case MergeKind.MAP:
            person, slash, sub = item.partition("/")
            if not _PERSON.fullmatch(person) or bool(slash) != bool(sub) or len(sub) > MAX_ITEM:
                return None
            return Key(kind, field, person, sub)
        case MergeKind.LAST:
            return None if slash else Key(kind, field, "")
