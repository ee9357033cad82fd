"""What words for a date mean to somebody who says them on a given day: the patterns, in order."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from typing import Final

from aluna_sync.journal.date_patterns import PATTERNS, pattern
from aluna_sync.journal.date_reckoning import (
    Found,
    Reckoning,
    count_of,
    day_of,
    month_of,
    which_of,
    year_of,
)
from aluna_sync.journal.date_words import (
    AFTER,
    BEFORE,
    DAY,
    DAYS,
    DECADES,
    LONG_BEFORE,
    MONTH,
    MONTHS,
    NO_DATE,
    PERIOD,
    RELATIVE,
    SEASONS,
    THIS,
    UNITS,
    WEEKDAYS,
    YEAR,
)

_Meaning = Callable[[re.Match[str]], Found | None]

DEPTH: Final = 4
"""Words about words ("since about the beginning of last year"): nobody says more."""


class Speaker(Reckoning):
    """Somebody who says words for dates on *today*; *future* where dates look ahead."""

    def __init__(self, today: dt.date, *, future: bool) -> None:
        super().__init__(today, future=future)
        self._depth = 0

    def date(self, said: str) -> Found | None:
        """Return value and precision of *said*, or None; raises ValueError outside the calendar."""
        if said in DAYS:
            return self._days(DAYS[said])
        if said in NO_DATE:
            return None, NO_DATE[said]
        if self._depth > DEPTH:
            return None
        self._depth += 1
        try:
            clues = re.sub(r"\d", "#", said)
            for number, (_, meaning, needs) in enumerate(PATTERNS):
                if not any(clue in clues for clue in needs):
                    continue
                found = pattern(number).fullmatch(said)
                if found is None:
                    continue
                understand: _Meaning = getattr(self, meaning)
                if (result := understand(found)) is not None:
                    return result
            article = re.match(r"(?:el dia|el|la|los|las|on|the|en el|en la|en|in|de|del) ", said)
            return self.date(said[article.end() :]) if article else None
        finally:
            self._depth -= 1

    # -- numbers ---------------------------------------------------------------------------------

    def iso(self, found: re.Match[str]) -> Found:
        """`2024`, `2024-03`, `2024-03-05`."""
        parts = [int(part) for part in found.groups() if part]
        match parts:
            case [year]:
                return year_of(year)
            case [year, month]:
                return month_of(year, month)
            case _:
                return dt.date(*parts).isoformat(), DAY

    def numbers(self, found: re.Match[str]) -> Found:
        """`22/11`, `22/11/2026`, `22-11-26`."""
        return self._day(int(found["day"]), int(found["number"]), found["year"])

    def numbers_month(self, found: re.Match[str]) -> Found:
        """`11/2026`."""
        return month_of(int(found["year"]), int(found["number"]))

    def years(self, found: re.Match[str]) -> Found | None:
        """`2006-2012`, `2006 y 2007`."""
        first, last = int(found["first"]), int(found["last"])
        return (year_of(first)[0], PERIOD) if first <= last else None

    def short_year(self, found: re.Match[str]) -> Found:
        """`en el 94`."""
        return year_of(self._year(found["year"]))

    def decade(self, found: re.Match[str]) -> Found:
        """`los noventa`, `los años 90`, `la década de 1990`, `the nineties`."""
        said = found["decade"]
        if said.isdigit() and len(said) == 4:
            return year_of(int(said))[0], PERIOD
        tens = int(said) if said.isdigit() else DECADES[said]
        century = 2000 if 2000 + tens <= self._today.year else 1900
        return year_of(century + tens)[0], PERIOD

    # -- days and months -------------------------------------------------------------------------

    def day_month(self, found: re.Match[str]) -> Found:
        """`22 de noviembre [de 2026]`, `November 22[, 2026]`, `veintidós de noviembre`."""
        return self._day(day_of(found["day"]), MONTHS[found["month"]], found["year"])

    def day_month_side(self, found: re.Match[str]) -> Found:
        """`el pasado 22 de noviembre`, `22 de noviembre pasado`, `next 3 March`."""
        day, month = day_of(found["day"]), MONTHS[found["month"]]
        return self._day(day, month, str(self._year_beside(found, month, day, day)))

    def day_of_this(self, found: re.Match[str]) -> Found:
        """`el 22`, `el día 22`, `el 22 de este mes`, `the 22nd of last month`."""
        day = day_of(found["day"])
        if found["rest"]:
            value, precision = self.date(found["rest"]) or (None, "")
            if value is None or precision != MONTH:
                raise ValueError
            return dt.date(int(value[:4]), int(value[5:7]), day).isoformat(), DAY
        months = self._today.year * 12 + self._today.month - 1
        for ahead in range(3) if self._future else range(0, -3, -1):
            number = months + ahead
            if day > calendar.monthrange(number // 12, number % 12 + 1)[1]:
                continue
            meant = dt.date(number // 12, number % 12 + 1, day)
            if meant >= self._today if self._future else meant <= self._today:
                return meant.isoformat(), DAY
        raise ValueError

    def month(self, found: re.Match[str]) -> Found:
        """`marzo [de 2024]`, `marzo del año pasado`."""
        month = MONTHS[found["month"]]
        if found["year"]:
            return month_of(self._year(found["year"]), month)
        return month_of(self._near_year(month, 1, calendar.monthrange(2024, month)[1]), month)

    def month_side(self, found: re.Match[str]) -> Found:
        """`marzo pasado`, `el próximo marzo`, `last March`."""
        month = MONTHS[found["month"]]
        last = calendar.monthrange(2024, month)[1]
        return month_of(self._year_beside(found, month, 1, last), month)

    def weekday(self, found: re.Match[str]) -> Found:
        """`lunes`, `lunes pasado`, `próximo viernes`, `this Friday`."""
        ahead = (WEEKDAYS[found["weekday"]] - self._today.weekday()) % 7
        said = found["side"] or found["after"] or ""
        if said in LONG_BEFORE:
            return self._days(ahead - 14)
        if said in BEFORE:
            return self._days(ahead - 7)
        if said in AFTER:
            return self._days(ahead or 7)
        if said in THIS or self._future:
            return self._days(ahead)
        return self._days(ahead - 7 if ahead else 0)

    def weekday_of_week(self, found: re.Match[str]) -> Found | None:
        """`el lunes de la semana pasada`, `Friday of next week`."""
        week = self.date(found["rest"])
        if week is None or week[0] is None or week[1] != PERIOD:
            return None
        monday = dt.date.fromisoformat(week[0])
        return (monday + dt.timedelta(days=WEEKDAYS[found["weekday"]])).isoformat(), DAY

    def weekday_in_eight(self, found: re.Match[str]) -> Found:
        """`del lunes en ocho`: the coming one, and a week."""
        ahead = (WEEKDAYS[found["weekday"]] - self._today.weekday()) % 7 or 7
        return self._days(ahead + 7)

    def weekdays_ago(self, found: re.Match[str]) -> Found:
        """`hace dos lunes`, `two Mondays ago`."""
        back = (self._today.weekday() - WEEKDAYS[found["weekday"]]) % 7 or 7
        return self._days(-(back + 7 * (count_of(found["n"]) - 1)))

    # -- stretches of time -----------------------------------------------------------------------

    def away(self, found: re.Match[str]) -> Found | None:
        """`hace dos semanas`, `in three days`, `hace como un año`."""
        parts = found.groupdict()
        sign = 1 if parts.get("ahead") else -1
        number, unit = count_of(found["n"]), UNITS[found["unit"]]
        if unit == "hour":
            return self._days(0) if number <= 12 or "minut" in found["unit"] else None
        value, precision = self._away(sign * number, unit)
        vague = parts.get("about") or found["n"] in ("un par de", "a couple of", "a couple")
        return (value, PERIOD) if vague else (value, precision)

    def away_and_half(self, found: re.Match[str]) -> Found:
        """`hace un año y medio`, `hace medio año`, `a year and a half ago`."""
        parts = found.groupdict()
        sign = 1 if parts.get("ahead") else -1
        # "hace medio año" is half of one, "hace año y medio" one and a half.
        number = 0 if parts.get("only_half") else count_of(parts.get("n") or "un")
        match UNITS[found["unit"]]:
            case "year":
                return self._away(sign * (12 * number + 6), "month")[0], PERIOD
            case "month":
                return self._days(sign * (30 * number + 15))[0], PERIOD
            case _:
                return self._days(sign * (7 * number + 3))[0], PERIOD

    def few_away(self, found: re.Match[str]) -> Found:
        """`hace unos días`, `a few weeks ago`, `en unos meses`: as coarse as it was said."""
        sign = 1 if found["ahead"] else -1
        match UNITS[found["unit"]]:
            case "day" | "hour":
                return (self._days(sign * 4)[0] or "")[:7], PERIOD
            case "week" | "fortnight" | "half-month":
                return (self._days(sign * 21)[0] or "")[:7], PERIOD
            case "month":
                return (self._away(sign * 4, "month")[0] or "")[:4], PERIOD
            case _:
                return None, NO_DATE["hace anos"]

    def neighbour(self, found: re.Match[str]) -> Found | None:
        """`la semana pasada`, `el mes que viene`, `this year`, `la semana antepasada`."""
        number, unit = which_of(found["side"] or found["after"]), UNITS[found["unit"]]
        match unit:
            case "month" | "year" | "decade":
                return self._away(number, unit)
            case "week":
                monday = self._today + dt.timedelta(days=7 * number - self._today.weekday())
                return monday.isoformat(), PERIOD
            case _:
                return None

    def weekend(self, found: re.Match[str]) -> Found:
        """`el fin de semana`, `este fin`, `last weekend`; the value is its Saturday."""
        saturday = 5 - self._today.weekday()
        said = found["side"] or found["after"] or ""
        of_this = 0 if self._future or saturday <= 0 else -1
        number = which_of(said) if said else of_this
        return self._days(saturday + 7 * number)[0], PERIOD

    def part(self, found: re.Match[str]) -> Found | None:
        """`principios de marzo`, `a finales del año pasado`, `fin de mes`, `mid 2024`."""
        rest = found["rest"]
        if rest in ("ano", "mes", "semana", "year", "month", "week"):
            rest = f"este {rest}"
        inner = self.date(rest)
        if inner is None or inner[0] is None or inner[1] not in (MONTH, YEAR, PERIOD):
            return None
        return inner[0], PERIOD

    def season(self, found: re.Match[str]) -> Found:
        """`primavera de 2024`, `invierno del año pasado`."""
        return year_of(self._year(found["year"]))[0], PERIOD

    def season_side(self, found: re.Match[str]) -> Found:
        """`la primavera pasada`, `este verano`, `last winter`: the year it begins in."""
        said, begins = found["side"] or found["after"] or "", SEASONS[found["season"]]
        year = self._today.year
        if said in AFTER:
            year += begins <= self._today.month
        elif said not in THIS:
            # Over when the one of this year has ended, three months after it began.
            year -= begins + 3 > self._today.month
        return year_of(year - (said in LONG_BEFORE))[0], PERIOD

    def span(self, found: re.Match[str]) -> Found | None:
        """`entre marzo y mayo de 2024`, `del 3 al 5 de marzo`, `from Monday to Friday`."""
        start, end = found["start"], found["end"]
        ends = self.date(end)
        if ends is None or ends[0] is None:
            return None
        first = re.fullmatch(r"(?:el )?(\d{1,2})", start)
        if first is not None:
            if ends[1] != DAY:
                return None
            last = dt.date.fromisoformat(ends[0][:10])
            if int(first[1]) > last.day:
                last = last.replace(day=1) - dt.timedelta(days=1)
            return last.replace(day=int(first[1])).isoformat(), PERIOD
        year = re.search(r"\b(\d{4})$", end)
        if year and not re.search(r"\d{4}", start):
            start = f"{start} {year[1]}"
        begins = self.date(start)
        if begins is None or begins[0] is None:
            return None
        return min(begins[0], ends[0]), PERIOD

    def about(self, found: re.Match[str]) -> Found | None:
        """`hacia marzo`, `around 2010`, `desde 2006`: no more exact than a period."""
        inner = self.date(found["rest"])
        return None if inner is None or inner[0] is None else (inner[0], PERIOD)

    def days_of_month(self, found: re.Match[str]) -> Found | None:
        """`November 3-5, 2024`."""
        said = f"{found['day']} {found['month']} {found['year'] or ''}"
        days = self.date(said.strip())
        return None if days is None else (days[0], PERIOD)

    def event(self, _found: re.Match[str]) -> Found:
        """`antes de la asamblea`, `cuando llovió`, `after the flood`: only the words are kept."""
        return None, RELATIVE

    def rest(self, found: re.Match[str]) -> Found | None:
        """`ayer por la tarde`, `lunes 22 de noviembre`: what is left tells the day."""
        inner = self.date(found["rest"])
        return inner if inner is None or inner[1] == DAY else None
