"""The care calendar: a month of times for care, protected time, and dates to honour."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId, PersonId
from aluna_sync.journal.dates import when_from_json
from aluna_sync.journal.keys import is_person
from aluna_sync.journal.pictures.honouring import Honoured, honoured
from aluna_sync.journal.pictures.looking import Ids, Look, Shared, ids
from aluna_sync.journal.types import Record

TYPES: Final = ("care_time", "mourning")
_MONTH: Final = 7
_DAY: Final = 10
_STEPS: Final = {"weekly": 7, "fortnightly": 14}
_HOUR: Final = len("YYYY-MM-DDT")


@dataclass(frozen=True, slots=True)
class CareTime:
    """A time for care on one day. Who comes is told until it has been, and never after."""

    record: DocumentId
    at: str
    """hh:mm, empty when none was said."""
    protected: bool
    """Nothing else is put here."""
    repeats: str
    hosts: tuple[PersonId, ...]
    coming: tuple[PersonId, ...]
    """Who said yes to a time that is still to come."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day with something on it."""

    on: str
    times: tuple[CareTime, ...]
    honoured: tuple[Honoured, ...]
    care_was_here_first: Ids
    """Protected times on a day where something else was put besides."""


@dataclass(frozen=True, slots=True)
class CareCalendar:
    """One month: its days that hold something, and what is only said to be some time in it."""

    month: str
    days: tuple[Day, ...]
    some_time: tuple[CareTime, ...]
    in_words: tuple[Honoured, ...]
    """Dates to honour that name no day."""


def care_calendar(records: Iterable[Record], look: Look, month: str = "") -> CareCalendar:
    """Return the calendar of *month* (YYYY-MM), of the month of today by default."""
    shared = Shared(records, look)
    month = month[:_MONTH] or look.today.isoformat()[:_MONTH]
    times: dict[str, list[CareTime]] = {}
    some_time: list[CareTime] = []
    for record in shared.of("care_time"):
        for on, at in _times(record, month):
            one = _care_time(record, on, at, look.today)
            (times.setdefault(on, []) if len(on) == _DAY else some_time).append(one)
    dates = honoured(shared.of("mourning"), look.today)
    by_day: dict[str, list[Honoured]] = {}
    for date in dates:
        if date.day and date.day[:2] == month[5:]:
            by_day.setdefault(_in_month(month, int(date.day[3:])), []).append(date)
    days = tuple(
        _day(on, times.get(on, []), by_day.get(on, [])) for on in sorted({*times, *by_day})
    )
    words = tuple(one for one in dates if not one.day)
    return CareCalendar(month, days, tuple(sorted(some_time, key=_order)), words)


def _day(on: str, times: list[CareTime], dates: list[Honoured]) -> Day:
    held = [one.record for one in times if one.protected] if len(times) > 1 else []
    return Day(on, tuple(sorted(times, key=_order)), tuple(dates), ids(held))


def _order(one: CareTime) -> tuple[str, DocumentId]:
    return one.at, one.record


def _care_time(record: Record, on: str, at: str, today: dt.date) -> CareTime:
    hosts = (one.item for one in record.sets.get("hosts", ()) if is_person(one.item))
    to_come = on >= today.isoformat()[: len(on)]
    coming = [p for p, said in record.maps.get("coming", {}).items() if said == "yes"]
    return CareTime(
        record.id,
        at,
        any(one.value == "held" for one in record.readings.get("protected", ())),
        _repeats(record),
        tuple(sorted(PersonId(bytes.fromhex(one)) for one in hosts)),
        tuple(sorted(coming)) if to_come else (),
    )


def _repeats(record: Record) -> str:
    said = [one.value for one in record.readings.get("repeats", ()) if isinstance(one.value, str)]
    return min(said, default="")


def _times(record: Record, month: str) -> Iterator[tuple[str, str]]:
    """Return the days in *month*, and the month itself where no day was said, each with an hour."""
    repeats = _repeats(record)
    found: set[tuple[str, str]] = set()
    for reading in record.readings.get("when", ()):
        said = when_from_json(reading.value)
        if said is None or said.value is None or said.sort_key is None:
            continue
        at = said.value[_HOUR:]
        if len(said.sort_key) == _DAY:
            found.update((on, at) for on in _days(said.sort_key, repeats, month))
        elif said.sort_key == month or (repeats == "monthly" and said.sort_key < month):
            found.add((month, at))
    yield from sorted(found)


def _days(first: str, repeats: str, month: str) -> Iterator[str]:
    if first[:_MONTH] > month:
        return
    if repeats in _STEPS:
        begins = _date(first)
        for day in range(1, _length(month) + 1):
            on = dt.date.fromisoformat(f"{month}-{day:02}")
            if begins is not None and on >= begins and (on - begins).days % _STEPS[repeats] == 0:
                yield on.isoformat()
    elif repeats == "monthly":
        yield _in_month(month, int(first[8:]))
    elif first[:_MONTH] == month:
        yield first


def _date(day: str) -> dt.date | None:
    """Return the date *day* names, None for one no calendar has: a newer device may write it."""
    try:
        return dt.date.fromisoformat(day)
    except ValueError:
        return None


def _in_month(month: str, day: int) -> str:
    """Return a day of *month*; one it does not have, as the thirty-first, is its last."""
    return f"{month}-{min(day, _length(month)):02}"


def _length(month: str) -> int:
    return calendar.monthrange(int(month[:4]), int(month[5:]))[1]
