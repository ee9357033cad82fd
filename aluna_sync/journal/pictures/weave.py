"""The weave: each impact with what sustained people in it, and those nobody accompanied yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.journal.pictures.looking import Ids, Look, Pair, Shared, ids
from aluna_sync.journal.types import Record

TYPES: Final = ("impact", "coping")


@dataclass(frozen=True, slots=True)
class Weave:
    """Strands by the impact they begin at; nothing here waits to be done with."""

    strands: tuple[Pair, ...]
    """One impact each; what sustained may still be without words."""
    beyond: Ids
    """What sustained us and is tied to no impact that can be read here."""


def weave(records: Iterable[Record], look: Look) -> Weave:
    """Return how harm and what sustained us are woven."""
    shared = Shared(records, look)
    strands = tuple(shared.pair((impact.id,)) for impact in shared.of("impact"))
    tied = {one for strand in strands for one in strand.sustained}
    return Weave(strands, ids(one.id for one in shared.of("coping") if one.id not in tied))
