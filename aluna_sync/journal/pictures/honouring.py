"""Dates people honour, as they said them: a day of every year, or words that name none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.date_words import DAY
from aluna_sync.journal.dates import parse_when
from aluna_sync.journal.pictures.looking import Look, Shared, day_of_act
from aluna_sync.journal.types import Record

TYPES: Final = ("mourning",)
_ISO_DAY: Final = len("--MM-DD")


@dataclass(frozen=True, slots=True)
class Honoured:
    """A date somebody asked to honour: its words, and the month and day where they say one."""

    day: str
    """MM-DD, empty where the words name none."""
    words: str
    record: DocumentId


@dataclass(frozen=True, slots=True)
class Rite:
    """A rite that lies ahead, or that has no date yet."""

    on: str
    record: DocumentId
    act: str


@dataclass(frozen=True, slots=True)
class MourningDates:
    """What comes, in the order it comes from today on; never how long it still takes."""

    dates: tuple[Honoured, ...]
    rites: tuple[Rite, ...]


def mourning_dates(records: Iterable[Record], look: Look) -> MourningDates:
    """Return the dates and rites of what people shared of their mourning."""
    shared = Shared(records, look)
    today = look.today.strftime("%m-%d")
    dates = sorted(
        honoured(shared.of("mourning"), look.today),
        key=lambda one: (not one.day, one.day < today, one.day, one.words, one.record),
    )
    rites = [
        Rite(on, record.id, act.id)
        for record in shared.of("mourning")
        for act in record.acts.get("rites", ())
        if not (on := day_of_act(act)) or on >= look.today.isoformat()[: len(on)]
    ]
    rites.sort(key=lambda one: (not one.on, one.on, one.record, one.act))
    return MourningDates(tuple(dates), tuple(rites))


def honoured(records: Iterable[Record], today: dt.date) -> list[Honoured]:
    """Return the dates to honour of mournings, by record and words."""
    return [
        Honoured(_day(words, today), words, record.id)
        for record in records
        for words in sorted(one.item for one in record.sets.get("dates_to_honour", ()))
    ]


def _day(words: str, today: dt.date) -> str:
    if _is_month_and_day(words):
        return words[-5:]
    try:
        # Read against the first of January: a day of every year depends on no day it is read on.
        said = parse_when(words, dt.date(today.year, 1, 1), future=True)
    except WrongUseError:
        return ""
    named = said.value is not None and said.precision == DAY and any(c.isdecimal() for c in words)
    return said.value[5:10] if named and said.value is not None else ""


def _is_month_and_day(words: str) -> bool:
    bare = words.removeprefix("--")
    try:
        return len(bare) == _ISO_DAY - 2 and bool(dt.date.fromisoformat(f"2024-{bare}"))
    except ValueError:
        return False
