"""The map of impacts: five dimensions by four fields, or by six expressions; stories, not sums."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.pictures.looking import Look, Pair, Shared
from aluna_sync.journal.types import Record

DIMENSIONS: Final = (
    "dim.personal", "dim.family", "dim.organizational", "dim.community", "dim.social",
)  # fmt: skip
FIELDS: Final = ("fld.psychoemotional", "fld.internal", "fld.security", "fld.political")
EXPRESSIONS: Final = (
    "exp.emotions", "exp.thoughts", "exp.knowledge", "exp.work", "exp.symbolisms", "exp.body",
)  # fmt: skip
TYPES: Final = ("impact", "coping")
_HARM, _SUSTAINED = 0, 1


class By(enum.StrEnum):
    """What the columns are."""

    FIELDS = "fields"
    EXPRESSIONS = "expressions"


_COLUMNS: Final = {By.FIELDS: (FIELDS, "fld."), By.EXPRESSIONS: (EXPRESSIONS, "exp.")}


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a dimension and a column meet, and the stories told there."""

    row: str
    column: str
    stories: Pair


@dataclass(frozen=True, slots=True)
class ImpactMap:
    """Every cell, row by row, also those without words yet.

    A story told in several places stands in each. Words of the collective's own add rows and
    columns behind the others.
    """

    by: By
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[Cell, ...]
    unplaced: Pair
    """What does not say where, or only half of it."""


Places = dict[tuple[str, str], tuple[set[DocumentId], set[DocumentId]]]


def impact_map(records: Iterable[Record], look: Look, by: By = By.FIELDS) -> ImpactMap:
    """Return the map: coping stands where it says, and wherever what it helped with stands."""
    shared = Shared(records, look)
    columns, prefix = _COLUMNS[by]
    places: Places = {}
    unplaced: tuple[set[DocumentId], set[DocumentId]] = (set(), set())
    placed: set[DocumentId] = set()
    for record in shared.of(*TYPES):
        side = _HARM if record.type == "impact" else _SUSTAINED
        where = [
            (row, column)
            for row in shared.terms(record, "dimensions", "dim.")
            for column in shared.terms(record, by.value, prefix)
        ]
        beside = shared.sustained((record.id,)) if side == _HARM else ()
        for place in where or (None,):
            found = unplaced if place is None else places.setdefault(place, (set(), set()))
            found[side].add(record.id)
            found[_SUSTAINED].update(beside)
        if where:
            placed.update((record.id, *beside))
    # Coping that stands beside what it helped with is not without a place for not saying one.
    lost = Pair(tuple(sorted(unplaced[_HARM])), _left(shared, unplaced, placed))
    rows = _with_own(DIMENSIONS, (row for row, _ in places))
    columns = _with_own(columns, (column for _, column in places))
    cells = tuple(Cell(row, one, _pair(places.get((row, one)))) for row in rows for one in columns)
    return ImpactMap(by, rows, columns, cells, lost)


def _left(
    shared: Shared, unplaced: tuple[set[DocumentId], set[DocumentId]], placed: set[DocumentId]
) -> tuple[DocumentId, ...]:
    beside = set(shared.sustained(unplaced[_HARM]))
    return tuple(sorted(one for one in unplaced[_SUSTAINED] if one in beside or one not in placed))


def _pair(found: tuple[set[DocumentId], set[DocumentId]] | None) -> Pair:
    harm, sustained = found or (set(), set())
    return Pair(tuple(sorted(harm)), tuple(sorted(sustained)))


def _with_own(known: tuple[str, ...], said: Iterable[str]) -> tuple[str, ...]:
    return (*known, *sorted(set(said).difference(known)))
