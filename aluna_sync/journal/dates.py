"""Dates as people say them, in Spanish and English, exact or coarse, resolved against a given day.

Rules that are not obvious:

- Numbers are day first: `5/3` is the fifth of March.
- A weekday alone is the last one, today included; `próximo`, `next` is the one to come.
- A day or month without a year is this year's; where dates look back and it would lie more than two
  months ahead, last year's; where they look ahead and it has passed, next year's.
- Months and years away (`hace dos años`) are as coarse as they were said.
- A season, a part of a month or a week is a period: the words stay, the value is where it begins.

People always see the resolved date before it is kept.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aluna_sync.errors import WrongUseError
from aluna_sync.journal.date_words import (
    DAY,
    DAYS,
    MONTH,
    MONTHS,
    NO_DATE,
    NUMBERS,
    PERIOD,
    RELATIVE,
    UNITS,
    WEEKDAYS,
    YEAR,
)
from aluna_sync.journal.folding import fold
from aluna_sync.journal.types import Json
from aluna_sync.journal.values import is_iso

MAX_LETTERS: Final = 120
"""No way of saying a date is longer."""
MONTHS_AHEAD: Final = 62
"""Days a date without a year may lie ahead before it means last year's."""


@dataclass(frozen=True, slots=True)
class When:
    """A date as exact as it was said: *value* is YYYY[-MM[-DD[Thh:mm]]] or None."""

    value: str | None
    precision: str
    """A term of the group `date_precision`."""
    words: str

    @property
    def sort_key(self) -> str | None:
        """The coarse date lists sort by: YYYY, YYYY-MM or YYYY-MM-DD."""
        return None if self.value is None else self.value[:10]

    def as_json(self) -> Json:
        """Return the value a reading keeps."""
        return {"value": self.value, "precision": self.precision, "words": self.words}


def when_from_json(value: Json) -> When | None:
    """Return the date a reading keeps, or None if it is not one."""
    match value:
        case {"value": str(said), "precision": str(precision), "words": str(words)} if is_iso(said):
            return When(said, precision, words)
        case {"value": None, "precision": str(precision), "words": str(words)}:
            return When(None, precision, words)
        case _:
            return None


def parse_when(words: str, today: dt.date, *, future: bool = False) -> When:
    """Return the date *words* mean on the day *today*; *future* where dates look ahead.

    Raises `WrongUseError("date-not-understood", words=…)`.
    """
    said = _plain(words)
    if said and len(words) <= MAX_LETTERS:
        hour, said = _split_hour(said)
        speaker = _Speaker(today, future=future)
        try:
            found = speaker.date(said) if said else (today.isoformat(), DAY)
        except (ValueError, OverflowError):
            found = None
        if found is not None and (hour is None or found[1] == DAY):
            value, precision = found
            kept = value if hour is None or value is None else f"{value}T{hour}"
            return When(kept, precision, " ".join(words.split()))
    raise WrongUseError("date-not-understood", words=words[:MAX_LETTERS])


_Found = tuple[str | None, str]

_N: Final = r"(?P<n>\d{1,3}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"
_UNIT: Final = "(?P<unit>" + "|".join(sorted(UNITS, key=len, reverse=True)) + ")"
_MONTH: Final = "(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_WEEKDAY: Final = "(?P<weekday>" + "|".join(sorted(WEEKDAYS, key=len, reverse=True)) + ")"
_SEASON: Final = "(?:primavera|verano|otono|invierno|spring|summer|autumn|fall|winter)"
_OF: Final = r"(?: (?:de|del|of)(?: ano)?)?"
_YEAR: Final = r"(?P<year>\d{4})"
_PART: Final = (
    r"(?:a )?(?:principios?|inicios|comienzos|mediados|fines|finales|early|mid|late|"
    r"the (?:beginning|middle|end))[ -]?(?:de |of )?"
)
_HOUR: Final = re.compile(
    r"^(?P<rest>.*?)\b(?P<at>a las? |at )?(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?"
    r"(?P<h> ?(?:h|hs|hrs|horas|o'clock))?"
    r" ?(?P<half>am|pm|a\.m\.|p\.m\.|de la (?:manana|tarde|noche|madrugada)|"
    r"in the (?:morning|afternoon|evening)|at night)?$"
)
_PARTS_OF_DAY: Final = (
    r"(?P<day>.+?) (?:(?:por|en|a|de) la (?:manana|tarde|noche|madrugada)|a mediodia|al mediodia|"
    r"(?:in the )?(?:morning|afternoon|evening)|night|at noon)"
)


def _plain(words: str) -> str:
    """Return *words* folded, without commas, and without the article in front."""
    said = re.sub(r"\s*,\s*", " ", fold(words[: MAX_LETTERS + 1]))
    said = re.sub(r"(?<=\d)t(?=\d)", " ", said)
    return re.sub(r"^(?:el dia|el|la|los|las|on|en el|en la) (?!que )", "", said.strip(" ."))


def _split_hour(said: str) -> tuple[str | None, str]:
    """Return the hour at the end of *said* as hh:mm, and what stands before it."""
    found = _HOUR.match(said)
    if found is None or not (found["at"] or found["minute"] or found["half"] or found["h"]):
        return None, said
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), found["half"] or ""
    late = half in ("pm", "p.m.", "at night") or any(
        part in half for part in ("tarde", "noche", "afternoon", "evening")
    )
    if half and hour == 12:
        hour = 12 if late and "noche" not in half and half != "at night" else 0
    elif late and hour < 12:
        hour += 12
    if hour > 23 or minute > 59:
        return None, said
    return f"{hour:02}:{minute:02}", found["rest"].strip()


class _Speaker:
    """What words mean to somebody who says them on *today*."""

    def __init__(self, today: dt.date, *, future: bool) -> None:
        self._today = today
        self._future = future

    def date(self, said: str) -> _Found | None:
        """Return value and precision of *said*, or None."""
        if said in DAYS:
            return self._days(DAYS[said])
        if said in NO_DATE:
            return None, NO_DATE[said]
        for pattern, meaning in _PATTERNS:
            found = re.fullmatch(pattern, said)
            if found is not None:
                return meaning(self, found)
        return None

    def iso(self, found: re.Match[str]) -> _Found:
        """`2024`, `2024-03`, `2024-03-05`."""
        parts = [int(part) for part in found.groups() if part]
        match parts:
            case [year]:
                return _year(year)
            case [year, month]:
                return _month(year, month)
            case _:
                return dt.date(*parts).isoformat(), DAY

    def numbers(self, found: re.Match[str]) -> _Found:
        """`22/11`, `22/11/2026`, `22-11-26`."""
        return self._day(int(found["day"]), int(found["number"]), found["year"])

    def numbers_month(self, found: re.Match[str]) -> _Found:
        """`11/2026`."""
        return _month(int(found["year"]), int(found["number"]))

    def day_month(self, found: re.Match[str]) -> _Found:
        """`22 de noviembre [de 2026]`, `November 22[, 2026]`."""
        day = 1 if found["day"] in ("primero", "first") else int(found["day"])
        return self._day(day, MONTHS[found["month"]], found["year"])

    def month(self, found: re.Match[str]) -> _Found:
        """`marzo [de 2024]`."""
        month = MONTHS[found["month"]]
        if found["year"]:
            return _month(int(found["year"]), month)
        return _month(self._near_year(month, 1, calendar.monthrange(2024, month)[1]), month)

    def part_of_month(self, found: re.Match[str]) -> _Found:
        """`principios de marzo [de 2024]`."""
        return self.month(found)[0], PERIOD

    def season(self, found: re.Match[str]) -> _Found:
        """`primavera de 2024`, `finales de 2023`."""
        return _year(int(found["year"]))[0], PERIOD

    def span(self, found: re.Match[str]) -> _Found | None:
        """`entre marzo y mayo de 2024`, `from Monday to Friday`."""
        start, end = found["start"], found["end"]
        year = re.search(r"\b(\d{4})$", end)
        if year and not re.search(r"\d{4}", start):
            start = f"{start} {year[1]}"
        begins, ends = self.date(_plain(start)), self.date(_plain(end))
        if begins is None or ends is None or begins[0] is None or ends[0] is None:
            return None
        return min(begins[0], ends[0]), PERIOD

    def weekday(self, found: re.Match[str]) -> _Found:
        """`lunes`, `lunes pasado`, `próximo viernes`, `this Friday`."""
        ahead = (WEEKDAYS[found["weekday"]] - self._today.weekday()) % 7
        before, after = found["before"] or "", found["after"] or ""
        if before in ("pasado", "ultimo", "last") or after in ("pasado", "ultimo"):
            return self._days(ahead - 7)
        if before in ("proximo", "next") or after in ("proximo", "que viene", "que entra"):
            return self._days(ahead or 7)
        if before in ("este", "this") or self._future:
            return self._days(ahead)
        return self._days(ahead - 7 if ahead else 0)

    def away(self, found: re.Match[str]) -> _Found:
        """`hace dos semanas`, `in three days`."""
        sign = 1 if found["ahead"] else -1
        number = int(found["n"]) if found["n"].isdigit() else NUMBERS[found["n"]]
        return self._away(sign * number, UNITS[found["unit"]])

    def neighbour(self, found: re.Match[str]) -> _Found:
        """`la semana pasada`, `el mes que viene`, `this year`."""
        which = (found["before"] or found["after"] or "").strip()
        if which in ("pasada", "pasado", "ultima", "ultimo", "last"):
            number = -1
        else:
            number = 0 if which in ("esta", "este", "this") else 1
        unit = UNITS[found["unit"]]
        if unit != "week":
            return self._away(number, unit)
        monday = self._today + dt.timedelta(days=7 * number - self._today.weekday())
        return monday.isoformat(), PERIOD

    def relative(self, found: re.Match[str]) -> _Found:
        """`antes de la asamblea`, `after the flood`: only the words are kept."""
        return None, RELATIVE

    def inside_a_day(self, found: re.Match[str]) -> _Found | None:
        """`ayer por la tarde`: the day; the words keep the rest."""
        return self.date(found["day"])

    def dropped(self, found: re.Match[str]) -> _Found | None:
        """`lunes 22 de noviembre`: the number tells."""
        return self.date(found["rest"])

    def _days(self, days: int) -> _Found:
        return (self._today + dt.timedelta(days=days)).isoformat(), DAY

    def _away(self, number: int, unit: str) -> _Found:
        match unit:
            case "day":
                return self._days(number)
            case "week":
                return self._days(7 * number)
            case "month":
                months = self._today.year * 12 + self._today.month - 1 + number
                return _month(months // 12, months % 12 + 1)
            case _:
                return _year(self._today.year + number)

    def _day(self, day: int, month: int, year: str | None) -> _Found:
        if year is None:
            number = self._near_year(month, day, day)
        else:
            number = int(year) if len(year) == 4 else 2000 + int(year)
        return dt.date(number, month, day).isoformat(), DAY

    def _near_year(self, month: int, first: int, last: int) -> int:
        """Return the year meant for a day or month said without one."""
        year = self._today.year
        if self._future:
            return year + 1 if (month, last) < (self._today.month, self._today.day) else year
        limit = self._today + dt.timedelta(days=MONTHS_AHEAD)
        passed_limit = limit.year == year and (month, first) > (limit.month, limit.day)
        return year - 1 if passed_limit else year


def _year(year: int) -> _Found:
    return dt.date(year, 1, 1).isoformat()[:4], YEAR


def _month(year: int, month: int) -> _Found:
    return dt.date(year, month, 1).isoformat()[:7], MONTH


_Meaning = Callable[[_Speaker, re.Match[str]], _Found | None]

_PATTERNS: Final[tuple[tuple[str, _Meaning], ...]] = (
    (r"(?:en |in |ano |el ano )?(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", _Speaker.iso),
    (
        r"(?P<day>\d{1,2})[/.-](?P<number>\d{1,2})(?:[/.-](?P<year>\d{4}|\d{2}))?",
        _Speaker.numbers,
    ),
    (r"(?P<number>\d{1,2})/(?P<year>\d{4})", _Speaker.numbers_month),
    (
        rf"(?P<day>\d{{1,2}}|primero|first)(?:st|nd|rd|th|o|º)?(?: de| of)? {_MONTH}"
        rf"(?:{_OF} {_YEAR})?",
        _Speaker.day_month,
    ),
    (
        rf"{_MONTH} (?:the )?(?P<day>\d{{1,2}}|first)(?:st|nd|rd|th)?(?:(?: of)? {_YEAR})?",
        _Speaker.day_month,
    ),
    (rf"(?:en |in |mes de )?{_MONTH}(?:{_OF} {_YEAR})?", _Speaker.month),
    (rf"(?:en |in )?{_PART}{_MONTH}(?:{_OF} {_YEAR})?", _Speaker.part_of_month),
    (rf"(?:en |in )?(?:la |el |the )?(?:{_PART})?{_SEASON}{_OF} {_YEAR}", _Speaker.season),
    (rf"(?:en |in )?{_PART}{_YEAR}", _Speaker.season),
    (
        rf"(?:(?P<before>proximo|pasado|ultimo|este|next|last|this) )?{_WEEKDAY}"
        r"(?: (?P<after>pasado|ultimo|proximo|que viene|que entra))?",
        _Speaker.weekday,
    ),
    (rf"(?P<ahead>)?hace(?: ya)? (?:como )?{_N} {_UNIT}", _Speaker.away),
    (rf"(?P<ahead>)?{_N} {_UNIT} (?:ago|atras)", _Speaker.away),
    (rf"(?P<ahead>en|dentro de|in|within) {_N} {_UNIT}", _Speaker.away),
    (
        r"(?:la |el |the )?(?:(?P<before>pasada|pasado|ultima|ultimo|proxima|proximo|esta|este|"
        r"last|next|this) )?(?P<unit>semana|mes|ano|week|month|year)"
        r"(?(before)|(?P<after> pasada| pasado| proxima| proximo| que viene| que entra))",
        _Speaker.neighbour,
    ),
    (
        r"(?:entre|de|desde|between|from) (?P<start>.+?) (?:y|al?|hasta|and|to|until) "
        r"(?P<end>.+)",
        _Speaker.span,
    ),
    (r"(?:poco |justo |just |shortly )?(?:antes|despues) del? .+", _Speaker.relative),
    (r"(?:just |shortly )?(?:before|after) .+", _Speaker.relative),
    (_PARTS_OF_DAY, _Speaker.inside_a_day),
    (rf"{_WEEKDAY} (?P<rest>\d.*|{_MONTH}.*)", _Speaker.dropped),
)
