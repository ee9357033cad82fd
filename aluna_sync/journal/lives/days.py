"""What depends on the day, which the caller says: no device's clock is trusted (domain C5.1, C7).

Nothing changes by a date alone, except that something asks gently to be looked at again, and that
what two persons put in force for now stops after seven days.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId, PersonId
from aluna_sync.journal.lives.agreements import IN_FORCE, IN_REVIEW, Agreement
from aluna_sync.journal.lives.causes import Causes, text
from aluna_sync.journal.types import Act, Json, Record
from aluna_sync.journal.values import is_iso

FOR_NOW_DAYS: Final = 7
FOR_NOW_VOICES: Final = 2
_NEARLY: Final = dt.timedelta(days=1)
"""Two devices may not agree which day it is: time zones, clocks that nobody set."""
_DAY: Final = 10
_MONTH: Final = 7


@dataclass(frozen=True, slots=True)
class ForNow:
    """A wording that two persons put in force for now, asked to all as soon as they connect."""

    version: str
    by: tuple[PersonId, ...]
    """Who said so, by id."""
    since: str
    """The earliest day one of them said: saying it again does not prolong it."""
    until: str
    """The last day it holds."""

    def holds(self, today: dt.date) -> bool:
        """Tell whether it holds on *today*."""
        since = dt.date.fromisoformat(self.since) - _NEARLY
        return since <= today <= dt.date.fromisoformat(self.until)


def for_now(causes: Causes, life: Agreement) -> tuple[ForNow, ...]:
    """Return what is in force for now of a protection agreement: only wordings before the group."""
    found: list[ForNow] = []
    for version in life.open:
        days: dict[PersonId, list[str]] = {}
        for act in causes.of("for_now"):
            day = _day_of(act)
            if text(act, "version") == version and act.by is not None and day:
                days.setdefault(act.by, []).append(day)
        if len(days) >= FOR_NOW_VOICES:
            since = min(min(said) for said in days.values())
            until = dt.date.fromisoformat(since) + dt.timedelta(days=FOR_NOW_DAYS - 1)
            found.append(ForNow(version, tuple(sorted(days)), since, until.isoformat()))
    return tuple(found)


def _day_of(act: Act) -> str:
    value = act.value.get("since") if isinstance(act.value, dict) else None
    day = (_value(value) or "")[:_DAY]
    # The last seven days of the calendar have no end that could be written.
    return day if _is_day(day) and day < f"{dt.MAXYEAR}-12-01" else ""


def _is_day(day: str) -> bool:
    try:
        return len(day) == _DAY and bool(dt.date.fromisoformat(day))
    except ValueError:
        return False


class Why(enum.StrEnum):
    """Why something asks to be looked at again."""

    VOICE = "voice"
    """Somebody objects to what is lived by."""
    ASKED = "asked"
    """Somebody asked, or it was declared apart."""
    DATE = "date"
    """The day the group wrote down."""
    TRIAL = "trial"
    """It was agreed to be tried until then."""
    FOR_NOW = "for_now"
    """It is in force for now."""


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Something to look at again; a date is as coarse as it was said."""

    document: DocumentId
    why: Why
    on: str = ""


def look_again(
    lives: Iterable[tuple[Record, Agreement, tuple[ForNow, ...]]], today: dt.date
) -> tuple[LookAgain, ...]:
    """Return what asks to be looked at again in the month of *today*, or asked before."""
    found: list[LookAgain] = []
    for record, life, now in lives:
        if life.voices:
            found.append(LookAgain(record.id, Why.VOICE))
        elif life.state == IN_REVIEW:
            found.append(LookAgain(record.id, Why.ASKED))
        if life.state in (IN_FORCE, IN_REVIEW):
            for field, why in (("look_again_on", Why.DATE), ("trial_until", Why.TRIAL)):
                day = earliest(record, field)
                if day and month_of(day) <= today.isoformat()[:_MONTH]:
                    found.append(LookAgain(record.id, why, day))
        found += [LookAgain(record.id, Why.FOR_NOW, one.until) for one in now if one.holds(today)]
    return tuple(found)


def earliest(record: Record, field: str) -> str:
    """Return the earliest of the dates *field* holds, empty without any (domain C6.2)."""
    said = [_value(reading.value) for reading in record.readings.get(field, ())]
    return min(
        (one[:_DAY] for one in said if one), key=lambda one: (month_of(one), one), default=""
    )


def month_of(day: str) -> str:
    """Return the month a coarse date falls in; a whole year is looked at in its last."""
    return day[:_MONTH] if len(day) >= _MONTH else f"{day[:4]}-12"


def _value(value: Json) -> str | None:
    said = value.get("value") if isinstance(value, dict) else None
    return said if isinstance(said, str) and is_iso(said) else None
