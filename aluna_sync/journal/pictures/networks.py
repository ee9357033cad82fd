"""Networks: allies, what each can hold and already holds, and who holds too much.

Only bonds with others: how people inside the group are with each other is in no picture.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.pictures.looking import Ids, Look, Shared, ids
from aluna_sync.journal.types import Record

OUTSIDE: Final = ("ally", "organisation", "community", "institution")
HOLDS_TOO_MUCH: Final = "bond.network_overload"
TYPES: Final = ("bond", "process")


@dataclass(frozen=True, slots=True)
class Ally:
    """One bond outside the group, in the words people gave it."""

    record: DocumentId
    with_whom: tuple[str, ...]
    can_hold: str
    already_holds: str
    holds_too_much: bool
    """Its network is overloaded, says whoever wrote it: a reason to ask for less."""
    beside: Ids
    """Bonds and processes it is tied to by a link from either side."""


@dataclass(frozen=True, slots=True)
class Networks:
    """Allies by id, as a list of who is tied to whom."""

    allies: tuple[Ally, ...]


def networks(records: Iterable[Record], look: Look) -> Networks:
    """Return the bonds outside the group that are shared."""
    shared = Shared(records, look)
    outside = [one for one in shared.of("bond") if _outside(one)]
    shown = {one.id for one in (*outside, *shared.of("process"))}
    return Networks(tuple(_ally(shared, one, shown) for one in outside))


def _outside(record: Record) -> bool:
    said = {one.item for one in record.sets.get("with", ())}
    return bool(said) and said <= set(OUTSIDE)


def _ally(shared: Shared, record: Record, shown: set[DocumentId]) -> Ally:
    tied = [
        one
        for kind in ("beside", "part_of")
        for one in (*shared.sources(kind, record.id), *shared.targets(record.id, kind))
    ]
    return Ally(
        record.id,
        tuple(sorted(one.item for one in record.sets["with"])),
        record.texts.get("can_hold", "").strip(),
        record.texts.get("already_holds", "").strip(),
        HOLDS_TOO_MUCH in shared.terms(record, "what_moves", "bond."),
        ids(one for one in tied if one in shown),
    )
