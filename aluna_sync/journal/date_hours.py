"""Hours as people say them: "a las cinco y media de la tarde", "17:30", "quarter to six"."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_HOURS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("una", "one"), ("dos", "two"), ("tres", "three"), ("cuatro", "four"),
            ("cinco", "five"), ("seis", "six"), ("siete", "seven"), ("ocho", "eight"),
            ("nueve", "nine"), ("diez", "ten"), ("once", "eleven"), ("doce", "twelve"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
_MINUTES: Final = {
    "media": 30, "cuarto": 15, "cinco": 5, "diez": 10, "veinte": 20, "veinticinco": 25, "half": 30,
    "quarter": 15, "a quarter": 15, "five": 5, "ten": 10, "twenty": 20, "twenty-five": 25,
}  # fmt: skip

_HOUR: Final = r"(?P<hour>\d{1,2}|" + "|".join(_HOURS) + ")"
_SAID_MINUTES: Final = r"(?P<minutes>\d{1,2}|" + "|".join(sorted(_MINUTES, key=len)[::-1]) + ")"
_HALF: Final = (
    r"(?: ?(?P<half>am|pm|a\.? ?m\.?|p\.? ?m\.?|(?:de|en|por) la (?:manana|tarde|noche|madrugada)|"
    r"del? (?:mediodia|medio dia|dia)|in the (?:morning|afternoon|evening)|at night))?"
)
_AT: Final = (
    r"(?P<at>(?:como |mas o menos )?(?:a eso de |a )las? |at |around |about |desde las |las )"
)
_CLOCK: Final = (
    rf"{_AT}?{_HOUR}(?:(?P<colon>[:.h])(?P<minute>\d{{2}}))?(?P<h> ?(?:h|hs|hrs|horas|o'clock))?"
    rf"(?:(?P<plus> y | con ){_SAID_MINUTES})?(?:(?P<minus> menos )(?P<less>\d{{1,2}}|cuarto|"
    rf"cinco|diez|veinte|veinticinco))?(?: en punto)?{_HALF}"
)
_TOWARDS: Final = (
    rf"(?:at |a )?(?P<minutes>\d{{1,2}}|{'|'.join(_MINUTES)})(?: minutos| minutes)? "
    rf"(?P<way>para las?|past|to|after|before) (?P<hour>\d{{1,2}}|{'|'.join(_HOURS)}){_HALF}"
)
_NOON: Final = r"(?:al? |at |de )?(?P<name>medio ?dia|noon|midday)"
_MIDNIGHT: Final = r"(?:a (?:la )?|at )?(?P<name>media ?noche|midnight)"

_LATE: Final = re.compile(r"\b(?:tarde|noche|anoche|afternoon|evening|night|tonight)\b")
_NIGHT: Final = re.compile(r"\b(?:noche|anoche|night|tonight)\b")


class Hour(NamedTuple):
    """An hour, and what is left of the words without it."""

    at: str
    """hh:mm"""
    rest: str
    small: bool
    """It is after midnight of a night that began the day before."""


def split_hour(said: str) -> Hour | None:
    """Take the hour off *said*, which is folded; None when it says none.

    It may stand at the end ("ayer a las 5") or before ("a las 5 de la tarde de ayer").
    """
    for pattern in (_TOWARDS, _CLOCK, _NOON, _MIDNIGHT):
        for whole in (
            rf"(?P<rest>.*?)(?:^|[ ,]+){pattern}",
            rf"{pattern}(?: de| del| on| of|,)? (?P<rest>.+)",
        ):
            found = re.fullmatch(whole, said)
            if found is None:
                continue
            hour = _named(found) if pattern in (_NOON, _MIDNIGHT) else _told(found)
            if hour is not None:
                return hour
    return None


def _named(found: re.Match[str]) -> Hour:
    noon = found["name"] in ("mediodia", "medio dia", "noon", "midday")
    return Hour("12:00" if noon else "00:00", found["rest"].strip(), small=False)


def _told(found: re.Match[str]) -> Hour | None:
    parts = found.groupdict()
    hour, minute = _number(found["hour"]), int(parts.get("minute") or 0)
    if not (parts.get("way") or _is_an_hour(parts)):
        return None
    rest = found["rest"].strip()
    if parts.get("minutes"):
        minute = _MINUTES.get(found["minutes"]) or int(found["minutes"])
    if parts.get("less"):
        minute = -(_MINUTES.get(found["less"]) or int(found["less"]))
    if (parts.get("way") or "") in ("para la", "para las", "to", "before"):
        minute = -minute
    half = parts.get("half") or ""
    small = not half and hour <= 5 and bool(re.fullmatch("anoche|last night", rest))
    if not small:
        hour = _of_the_day(hour, half or (rest if _LATE.search(rest) else ""))
    total = hour * 60 + minute
    if not 0 <= total < 24 * 60 or abs(minute) > 59:
        return None
    return Hour(f"{total // 60:02}:{total % 60:02}", rest, small=small)


def _is_an_hour(parts: dict[str, str | None]) -> bool:
    """A bare number is no hour: something must say so."""
    return bool(
        parts.get("at") or parts.get("half") or parts.get("h")
        or parts.get("colon") in (":", "h")
    )  # fmt: skip


def _number(said: str) -> int:
    return _HOURS.get(said) or int(said)


def _of_the_day(hour: int, half: str) -> int:
    """Return *hour* on 24, as *half* of the day says."""
    half = half.replace(".", "").replace(" m", "m") if half[:1] in "ap" else half
    if hour > 12 or not half:
        return hour
    night = _NIGHT.search(half) is not None
    late = half == "pm" or _LATE.search(half) is not None
    if "mediodia" in half or "medio dia" in half or half == "del dia":
        return 12 if hour == 12 else hour + 12 if hour < 6 else hour
    if hour == 12:
        return 12 if late and not night else 0
    if night and hour <= 5:
        return hour
    return hour + 12 if late else hour
