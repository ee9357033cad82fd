"""Reckoning with dates: days, months and years away from the day somebody speaks on."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Final

from aluna_sync.journal.date_words import (
    AFTER,
    BEFORE,
    DAY,
    DAY_NUMBERS,
    LONG_BEFORE,
    MONTH,
    NUMBERS,
    PERIOD,
    THIS,
    YEAR,
)

MONTHS_AHEAD: Final = 62
"""Days a date without a year may lie ahead before it means last year's."""
YEARS_AHEAD: Final = 10
"""Years a year said with two digits may lie ahead before it means one of the last century."""

Found = tuple[str | None, str]
"""Value and precision, as in `dates.When`."""

_DAYS_OF: Final = {"day": 1, "week": 7, "fortnight": 14, "half-month": 15}


class Reckoning:
    """Dates as seen from *today*; *future* where dates look ahead."""

    def __init__(self, today: dt.date, *, future: bool) -> None:
        self._today = today
        self._future = future

    def _days(self, days: int) -> Found:
        return (self._today + dt.timedelta(days=days)).isoformat(), DAY

    def _away(self, number: int, unit: str) -> Found:
        match unit:
            case "day" | "week" | "fortnight" | "half-month":
                return self._days(_DAYS_OF[unit] * number)
            case "month":
                months = self._today.year * 12 + self._today.month - 1 + number
                return month_of(months // 12, months % 12 + 1)
            case "decade":
                return year_of(self._today.year + 10 * number)[0], PERIOD
            case _:
                return year_of(self._today.year + number)

    def _day(self, day: int, month: int, year: str | None) -> Found:
        number = self._near_year(month, day, day) if year is None else self._year(year)
        while year is None and (month, day) == (2, 29) and not calendar.isleap(number):
            number += 1 if self._future else -1
        return dt.date(number, month, day).isoformat(), DAY

    def _year(self, said: str) -> int:
        """Return the year *said*: four digits, two, or which one beside this."""
        digits = said.removeprefix("'")
        if digits.isdigit():
            number = int(digits)
            if len(digits) == 4:
                return number
            return number + (2000 if 2000 + number <= self._today.year + YEARS_AHEAD else 1900)
        for ending, away in _YEARS_BESIDE:
            if ending in said:
                return self._today.year + away
        return self._today.year

    def _near_year(self, month: int, first: int, last: int) -> int:
        """Return the year meant for a day or month said without one."""
        year = self._today.year
        if self._future:
            return year + 1 if (month, last) < (self._today.month, self._today.day) else year
        limit = self._today + dt.timedelta(days=MONTHS_AHEAD)
        passed_limit = limit.year == year and (month, first) > (limit.month, limit.day)
        return year - 1 if passed_limit else year

    def _year_beside(self, found: re.Match[str], month: int, first: int, last: int) -> int:
        """Return the year of the last or the coming day or month."""
        year, today = self._today.year, (self._today.month, self._today.day)
        said = found["side"] or found["after"] or ""
        if said in BEFORE or said in LONG_BEFORE:
            return year - ((month, last) >= today) - (said in LONG_BEFORE)
        if said in AFTER:
            return year + ((month, first) <= today)
        return year


_YEARS_BESIDE: Final = (
    ("antepasado", -2), ("before last", -2), ("pasado", -1), ("last", -1), ("proximo", 1),
    ("que viene", 1), ("que entra", 1), ("next", 1),
)  # fmt: skip


def year_of(year: int) -> Found:
    """Return a year, as coarse as it is."""
    return dt.date(year, 1, 1).isoformat()[:4], YEAR


def month_of(year: int, month: int) -> Found:
    """Return a month, as coarse as it is."""
    return dt.date(year, month, 1).isoformat()[:7], MONTH


def count_of(said: str) -> int:
    """Return the number *said* in digits or words."""
    return int(said) if said.isdigit() else NUMBERS[said]


def day_of(said: str) -> int:
    """Return the day of a month *said* in digits or words."""
    return int(said) if said.isdigit() else DAY_NUMBERS[said]


def which_of(said: str) -> int:
    """Return how many stretches away *said* is."""
    if said in LONG_BEFORE:
        return -2
    return -1 if said in BEFORE else 0 if said in THIS else 1
