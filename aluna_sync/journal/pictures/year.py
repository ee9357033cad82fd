"""The year together: a draft for the group to rewrite, never a report of what was achieved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.lives import agreement_of, agreements
from aluna_sync.journal.pictures.looking import (
    Ids,
    Look,
    Pair,
    Shared,
    about_one_person,
    day_of_act,
    days_of,
    ids,
    lies_ahead,
)
from aluna_sync.journal.types import NOBODY, Record

TYPES: Final = (
    "event", "impact", "coping", "agreement", "protection", "care_time", "care_practice",
    "mourning", "emergency", "response",
)  # fmt: skip
_LET_GO: Final = (agreements.ENDED, agreements.NOT_ADOPTED)
_LIVED: Final = (agreements.IN_FORCE, agreements.IN_REVIEW, agreements.PAUSED)
_LEARNT_IN: Final = {
    "impact": "what_it_tells_us",
    "emergency": "looked_back",
    "response": "what_moved",
    "care_practice": "learned_from",
}
_YEAR: Final = 4


@dataclass(frozen=True, slots=True)
class Learnt:
    """What somebody wrote down as learnt: the record, and the field its words are in."""

    record: DocumentId
    field: str


@dataclass(frozen=True, slots=True)
class Year:
    """What the group can tell of a year, in the order a story has."""

    year: str
    happened: Pair
    """What they did to us, and what sustained us."""
    lived: Ids
    """Agreements lived by."""
    let_go: Ids
    care: Ids
    losses: Ids
    learnt: tuple[Learnt, ...]
    undated: Ids
    """What may belong here and has no date: for the group to say."""


def year_together(records: Iterable[Record], look: Look, year: str = "") -> Year:
    """Return *year* (YYYY), the one of today by default."""
    shared = Shared(records, look)
    year = year[:_YEAR] or f"{look.today.year:04}"
    inside: dict[str, list[Record]] = {}
    undated: list[DocumentId] = []
    for record in shared.of(*TYPES):
        days = _days(record)
        if any(one[:_YEAR] == year and not lies_ahead(one, look.today) for one in days):
            inside.setdefault(record.type, []).append(record)
        elif not days and not _of_one_person(record):
            undated.append(record.id)
    agreed = [*inside.get("agreement", ()), *inside.get("protection", ())]
    return Year(
        year,
        shared.pair(_all(inside, "event"), _all(inside, "coping")),
        ids(one.id for one in agreed if _state(look, one) in _LIVED),
        ids(one.id for one in agreed if _state(look, one) in _LET_GO),
        ids((*_all(inside, "care_time"), *_all(inside, "care_practice"))),
        ids(_all(inside, "mourning")),
        tuple(
            Learnt(record.id, field)
            for type_, field in _LEARNT_IN.items()
            for record in inside.get(type_, ())
            if record.texts.get(field, "").strip() and not _of_one_person(record)
        ),
        ids(undated),
    )


def _all(inside: dict[str, list[Record]], type_: str) -> list[DocumentId]:
    return [record.id for record in inside.get(type_, ())]


def _of_one_person(record: Record) -> bool:
    return record.type == "impact" and about_one_person(record)


def _days(record: Record) -> tuple[str, ...]:
    acts = (*record.acts.get("rites", ()), *record.acts.get("returns", ()))
    return (*days_of(record), *(on for act in acts if (on := day_of_act(act))))


def _state(look: Look, record: Record) -> str:
    absent = look.absent.get(record.space, NOBODY)
    return agreement_of(record, gone=absent.gone, resting=absent.resting).state
