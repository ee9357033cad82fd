"""Memory books: the pieces people chose, in the order they put them; nothing is chosen for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.lives.causes import causes_of
from aluna_sync.journal.lives.consents import MEMORY, concerned, permitted
from aluna_sync.journal.pictures.looking import Ids, Look, Shared
from aluna_sync.journal.piece_order import pieces_in_order
from aluna_sync.journal.types import Record

TYPES: Final = (
    "memory", "event", "impact", "coping", "care_practice", "care_time", "agreement", "protection",
    "actor", "context", "process", "emergency", "mourning", "round", "bond", "response",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leaf:
    """One piece: words of its own, and the record it keeps, where its people said yes to that."""

    piece: str
    words: tuple[str, ...]
    record: DocumentId | None
    kept_elsewhere: bool
    """It keeps a record that cannot be shown in a memory; it is not told why."""
    sustained: Ids
    """What sustained people in it, where it is one of harm; empty also says: not spoken yet."""
    is_harm: bool


@dataclass(frozen=True, slots=True)
class Book:
    """One memory, its leaves in order."""

    record: DocumentId
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class MemoryBooks:
    """The memories people made, by id."""

    books: tuple[Book, ...]


def memory_books(
    records: Iterable[Record], look: Look, chosen: tuple[DocumentId, ...] = ()
) -> MemoryBooks:
    """Return the memories that are shared, only those *chosen* if any."""
    shared = Shared(records, look)
    return MemoryBooks(
        tuple(
            Book(memory.id, _leaves(shared, memory))
            for memory in shared.of("memory")
            if not chosen or memory.id in chosen
        )
    )


def _leaves(shared: Shared, memory: Record) -> tuple[Leaf, ...]:
    causes = causes_of(memory)
    acts = causes.in_order(memory.acts.get("pieces", ()))
    return tuple(_leaf(shared, one.id, one.words, one.record) for one in pieces_in_order(acts))


def _leaf(shared: Shared, piece: str, words: tuple[str, ...], kept: str) -> Leaf:
    record = _kept(shared, kept)
    is_harm = record is not None and record.type in ("event", "impact")
    return Leaf(
        piece,
        words,
        None if record is None else record.id,
        bool(kept) and record is None,
        shared.sustained((record.id,)) if is_harm and record is not None else (),
        is_harm,
    )


def _kept(shared: Shared, kept: str) -> Record | None:
    record = shared.record(DocumentId(bytes.fromhex(kept))) if kept else None
    if record is None or not permitted(record, MEMORY, concerned(record)):
        return None
    return record
