"""The four fields of work: where we walked together, agreed and cared, and where not yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.pictures.impact_map import FIELDS
from aluna_sync.journal.pictures.looking import Ids, Look, Shared, ids
from aluna_sync.journal.types import Record

_LANES: Final = {
    "process": "processes",
    "agreement": "agreements",
    "protection": "agreements",
    "care_practice": "care",
    "care_time": "care",
}
TYPES: Final = tuple(_LANES)


@dataclass(frozen=True, slots=True)
class FieldOfWork:
    """What there is in one field."""

    field: str
    processes: Ids
    agreements: Ids
    care: Ids


@dataclass(frozen=True, slots=True)
class FieldsBalance:
    """The four fields and any of the collective's own; nothing here is a goal to reach."""

    fields: tuple[FieldOfWork, ...]
    not_looked_at: tuple[str, ...]
    """What there is no word in yet: a question for the group."""
    unplaced: Ids


def fields_balance(records: Iterable[Record], look: Look) -> FieldsBalance:
    """Return what there is in each field; a process in two fields stands in both."""
    shared = Shared(records, look)
    found: dict[str, dict[str, list[DocumentId]]] = {field: {} for field in FIELDS}
    unplaced: list[DocumentId] = []
    for record in shared.of(*TYPES):
        said = shared.terms(record, "fields", "fld.")
        for field in said:
            lanes = found.setdefault(field, {})
            lanes.setdefault(_LANES[record.type], []).append(record.id)
        if not said:
            unplaced.append(record.id)
    order = (*FIELDS, *sorted(set(found).difference(FIELDS)))
    return FieldsBalance(
        tuple(_field(field, found[field]) for field in order),
        tuple(field for field in order if not found[field]),
        ids(unplaced),
    )


def _field(field: str, lanes: dict[str, list[DocumentId]]) -> FieldOfWork:
    return FieldOfWork(
        field,
        ids(lanes.get("processes", ())),
        ids(lanes.get("agreements", ())),
        ids(lanes.get("care", ())),
    )
