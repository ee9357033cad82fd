"""What a person can do to a record, as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.types import Json


@dataclass(frozen=True, slots=True)
class SetText:
    """Make the text *field* read *text*; only what differs is written."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class AddMember:
    """Add *item* to a set; *note* is how its note reads. An empty one leaves what is there.

    Who notes an item keeps it, though somebody takes it out meanwhile.
    """

    field: str
    item: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class RemoveMember:
    """Take *item* out of a set; somebody adding it at the same time wins."""

    field: str
    item: str


@dataclass(frozen=True, slots=True)
class SetReading:
    """Say *value*, None for nothing any more.

    *after* None answers every current reading; a tuple of ids answers just those, the others stay.
    """

    field: str
    value: Json
    after: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class SetMine:
    """Write my own value of a map, under *key* where the field has keys; None takes it away."""

    field: str
    value: Json
    key: str = ""


@dataclass(frozen=True, slots=True)
class AddAct:
    """Add an act; acts are never changed, only answered.

    *value* is words, or `{"act": kind, …}` with the parts the schema declares for that kind.
    """

    field: str
    value: Json


@dataclass(frozen=True, slots=True)
class SetValue:
    """Write a last-writer value."""

    field: str
    value: Json


@dataclass(frozen=True, slots=True)
class AddLink:
    """Link this record to *target*."""

    kind: str
    target: DocumentId


@dataclass(frozen=True, slots=True)
class RemoveLink:
    """Take a link of this record away."""

    kind: str
    target: DocumentId


Edit = (
    SetText
    | AddMember
    | RemoveMember
    | SetReading
    | SetMine
    | AddAct
    | SetValue
    | AddLink
    | RemoveLink
)


KEEPS: Final = "keeps"
"""The link from a memory to what it keeps."""


def kept_by(edits: Iterable[Edit]) -> list[str]:
    """Return the ids, in hex, of the records that *edits* put into a memory."""
    found: list[str] = []
    for edit in edits:
        match edit:
            case AddLink(kind=kind, target=target) if kind == KEEPS:
                found.append(target.hex())
            case AddAct(value={"act": "piece", "record": str(record)}):
                found.append(record)
            case _:
                pass
    return found
