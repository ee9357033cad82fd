"""Record types declared once, as data: fields, how they merge, where a record lives by default.

Validation, forms, commands, JSON, documentation and merging all follow these tables. There is no
field for a number or a yes/no about a person, and none is ever required (domain A4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from aluna_sync.journal.schema.common import COMMON, FORM_GROUPS, PLACE_LEVELS, TAG_GROUPS
from aluna_sync.journal.schema.model import (
    ABSENT,
    EVERYONE,
    TODAY,
    ActKind,
    Field,
    LinkField,
    MergeKind,
    Part,
    RecordType,
    Shape,
    SpaceRule,
)

__all__ = [
    "ABSENT", "APART_NAMES", "COMMON", "EVERYONE", "FORM_GROUPS", "PLACE_LEVELS", "TAG_GROUPS",
    "TODAY", "TYPES", "UNKNOWN_TYPE", "ActKind", "Field", "LinkField", "MergeKind", "Part",
    "RecordType", "Shape", "SpaceRule", "record_type",
]  # fmt: skip

_FAMILIES: Final = {
    "note": "harm",
    "event": "harm",
    "impact": "harm",
    "coping": "harm",
    "care_practice": "care",
    "care_time": "care",
    "agreement": "agreeing",
    "task": "agreeing",
    "member": "agreeing",
    "marker": "agreeing",
    "actor": "harm",
    "context": "harm",
    "process": "accompanying",
    "emergency": "accompanying",
    "mourning": "care",
    "check_in": "care",
    "round": "care",
    "bond": "care",
    "protection": "agreeing",
    "response": "accompanying",
    "memory": "accompanying",
}
"""Every type in the order people choose from, and the module that declares it."""


def _declared(family: str) -> tuple[RecordType, ...]:
    # One family at a time: a command that writes a note needs none of the others.
    match family:
        case "harm":
            from aluna_sync.journal.schema.harm import DECLARED as found
        case "care":
            from aluna_sync.journal.schema.care import DECLARED as found
        case "agreeing":
            from aluna_sync.journal.schema.agreeing import DECLARED as found
        case _:
            from aluna_sync.journal.schema.accompanying import DECLARED as found
    return found


class _Types(Mapping[str, RecordType]):
    """The types by name, each family read when the first of it is asked for."""

    def __init__(self) -> None:
        self._read: dict[str, RecordType] = {}

    def __getitem__(self, name: str) -> RecordType:
        known = self._read.get(name)
        if known is None:
            self._read |= {one.name: one for one in _declared(_FAMILIES[name])}
            known = self._read[name]
        return known

    def __contains__(self, name: object) -> bool:
        return name in _FAMILIES

    def __iter__(self) -> Iterator[str]:
        return iter(_FAMILIES)

    def __len__(self) -> int:
        return len(_FAMILIES)


TYPES: Final[Mapping[str, RecordType]] = _Types()

APART_NAMES: Final = ("own_term", "mine")
"""Types with verbs of their own, see `apart`: never among the records listed."""

UNKNOWN_TYPE: Final = RecordType("", "?", COMMON, "private")
"""What a record of a newer program's type is read with: only the common fields."""


def record_type(name: str) -> RecordType:
    """Return the type called *name*, or `UNKNOWN_TYPE`."""
    if name in TYPES:
        return TYPES[name]
    if name in APART_NAMES:
        from aluna_sync.journal.schema.apart import APART

        return APART[name]
    return UNKNOWN_TYPE
