"""Weariness over time: conditions of the organisation, month by month, with load and rest beside.

Conditions come from what a group saw together in a round, and from impacts it told of itself. How
somebody arrives, a word she chose on a day, a card of hers: none of it is read here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeGuard

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.pictures.looking import (
    Ids,
    Look,
    Named,
    Shared,
    about_one_person,
    days_of,
    ids,
    lies_ahead,
    month,
    named,
)
from aluna_sync.journal.types import Json, Record

LEAST_SHARING: Final = 5
"""How many have to share in a round before its words stand here, without whose they are."""
LOAD_TYPES: Final = ("emergency", "export")
TYPES: Final = (
    "round", "impact", "coping", *LOAD_TYPES, "care_time", "agreement", "protection",
)  # fmt: skip
_PREFIX: Final = "wear."
_UNDATED: Final = ""


@dataclass(frozen=True, slots=True)
class Month:
    """What stands in one month, or year, or without a date: conditions, load and rest together."""

    when: str
    conditions: tuple[Named, ...]
    """Named or not named: never how often, by how many, or how strongly."""
    load: Ids
    rest: Ids
    sustained: Ids
    """What sustained people in the impacts named here."""
    changed_by: Ids
    """Agreements that set out to change a condition of this month's rounds."""
    words: tuple[Named, ...]
    """Words of rounds in which enough people shared; each once, of nobody, joined to no number."""


@dataclass(frozen=True, slots=True)
class Weariness:
    """Months in order, then what has no date."""

    months: tuple[Month, ...]


@dataclass(slots=True)
class _Gathered:
    conditions: dict[str, set[DocumentId]]
    load: set[DocumentId]
    rest: set[DocumentId]
    impacts: set[DocumentId]
    changed_by: set[DocumentId]
    words: dict[str, set[DocumentId]]


def weariness(records: Iterable[Record], look: Look) -> Weariness:
    """Return which conditions were named when, and what stood beside them."""
    shared = Shared(records, look)
    found: dict[str, _Gathered] = {}
    for record in shared.of(*TYPES):
        if record.type in ("agreement", "protection", "coping"):
            continue
        for on in days_of(record) or (_UNDATED,):
            if record.type == "care_time" and on and lies_ahead(on, look.today):
                continue
            _gather(shared, record, found.setdefault(month(on), _nothing()))
    months = [_month(shared, when, found[when]) for when in sorted(found, key=_undated_last)]
    return Weariness(tuple(one for one in months if _says_something(one)))


def _nothing() -> _Gathered:
    return _Gathered({}, set(), set(), set(), set(), {})


def _undated_last(when: str) -> tuple[bool, str]:
    return when == _UNDATED, when


def _gather(shared: Shared, record: Record, found: _Gathered) -> None:
    match record.type:
        case "round":
            for term in shared.terms(record, "conditions_we_see"):
                found.conditions.setdefault(term, set()).add(record.id)
            found.changed_by.update(
                shared.sources("changes_condition", record.id, "agreement", "protection")
            )
            for words in _words_of_enough(record):
                found.words.setdefault(words, set()).add(record.id)
        case "impact" if not about_one_person(record):
            kinds = [one for one in shared.terms(record, "kinds") if one.startswith(_PREFIX)]
            for term in kinds:
                found.conditions.setdefault(term, set()).add(record.id)
                found.impacts.add(record.id)
        case "care_time":
            found.rest.add(record.id)
        case "emergency" | "export":
            found.load.add(record.id)
        case _:
            pass  # an impact somebody told of herself is no condition of the organisation


def _is_said(words: Json) -> TypeGuard[str]:
    return isinstance(words, str) and bool(words.strip())


def _words_of_enough(record: Record) -> list[str]:
    said = [words.strip() for words in record.maps.get("words", {}).values() if _is_said(words)]
    return sorted(set(said)) if len(said) >= LEAST_SHARING else []


def _month(shared: Shared, when: str, found: _Gathered) -> Month:
    return Month(
        when,
        named(found.conditions),
        ids(found.load),
        ids(found.rest),
        shared.sustained(found.impacts),
        ids(found.changed_by),
        named(found.words),
    )


def _says_something(one: Month) -> bool:
    return bool(one.conditions or one.load or one.rest or one.changed_by or one.words)
