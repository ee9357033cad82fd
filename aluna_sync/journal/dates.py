"""Dates as people say them, in Spanish and English, exact or coarse, resolved against a given day.

Rules that are not obvious:

- Numbers are day first: `5/3` is the fifth of March.
- A weekday alone is the last one, today included; `próximo`, `next` is the one to come. A day of
  the month alone (`el 22`) likewise.
- A day or month without a year is this year's; where dates look back and it would lie more than two
  months ahead, last year's; where they look ahead and it has passed, next year's.
- Months and years away (`hace dos años`) are as coarse as they were said.
- A season, a part of a month, a week, "about", "since", "a few days ago" is a period: the words
  stay, the value is where it begins, no more exact than what was said.
- What is placed by something that happened (`antes de la asamblea`), what nobody could place
  (`hace mucho`) and words between quotes keep only the words.

People always see the resolved date before it is kept.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.date_words import DAY, DAYS, UNKNOWN
from aluna_sync.journal.folding import fold
from aluna_sync.journal.types import Json
from aluna_sync.journal.values import is_iso

MAX_LETTERS: Final = 120
"""No way of saying a date is longer."""

_QUOTES: Final = {'"': '"', "“": "”", "«": "»", "'": "'", "‘": "’"}


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

    Words between quotes are kept as they are, without a date.
    Raises `WrongUseError("date-not-understood", words=…)`.
    """
    if own := in_quotes(words):
        return When(None, UNKNOWN, own)
    said = _plain(words)
    if said and len(words) <= MAX_LETTERS:
        try:
            found = _found(said, today, future=future)
        except (ValueError, OverflowError):
            found = None
        if found is not None:
            return When(*found, " ".join(words.split()))
    raise WrongUseError("date-not-understood", words=words[:MAX_LETTERS])


def in_quotes(words: str) -> str:
    """Return what stands between quotes when all of *words* does, else nothing."""
    said = " ".join(words.split())
    if len(said) > 2 and _QUOTES.get(said[0]) == said[-1] and len(said) <= MAX_LETTERS:
        return said[1:-1].strip()
    return ""


def _found(said: str, today: dt.date, *, future: bool) -> tuple[str | None, str] | None:
    if said in DAYS:
        return (today + dt.timedelta(days=DAYS[said])).isoformat(), DAY
    # Building the patterns takes longer than using them: who says "ayer" need not wait for it.
    from aluna_sync.journal.date_hours import split_hour
    from aluna_sync.journal.date_speech import Speaker

    speaker = Speaker(today, future=future)
    whole = speaker.date(said)
    if whole is not None:
        return whole
    hour = split_hour(said)
    if hour is None:
        return None
    found = (today.isoformat(), DAY) if hour.small or not hour.rest else speaker.date(hour.rest)
    if found is None or found[0] is None or found[1] != DAY:
        return None
    return f"{found[0]}T{hour.at}", DAY


def _plain(words: str) -> str:
    """Return *words* folded, with plain dashes and apostrophes, without commas or a full stop."""
    said = re.sub("[\u2010-\u2015]", "-", words[: MAX_LETTERS + 1]).replace("’", "'")
    said = re.sub(r"\s*,\s*", " ", fold(said))
    return re.sub(r"(?<=\d)t(?=\d)", " ", said).strip(" .¿?¡!")
