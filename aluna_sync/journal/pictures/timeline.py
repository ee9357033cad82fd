"""The timeline: what they did to us, and what we did, in bands as coarse as the dates are."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.lives.causes import act_of
from aluna_sync.journal.pictures.looking import (
    Ids,
    Look,
    Shared,
    day_of_act,
    days_of,
    ids,
    lies_ahead,
    month,
)
from aluna_sync.journal.types import Record


class Kind(enum.StrEnum):
    """What an entry is."""

    EVENT = "event"
    CONTEXT = "context"
    ANSWER = "answer"
    SILENCE = "silence"
    AGREEMENT = "agreement"
    CARE = "care"
    RITE = "rite"
    COPING = "coping"
    DEMAND = "demand"
    WIN = "win"


THEIRS = (Kind.EVENT, Kind.CONTEXT, Kind.ANSWER, Kind.SILENCE)
"""What others did; impacts are in no lane, a line of them would be somebody's."""
_OURS = {
    "agreement": Kind.AGREEMENT,
    "protection": Kind.AGREEMENT,
    "care_time": Kind.CARE,
    "coping": Kind.COPING,
}
TYPES = ("event", "context", "mourning", "response", *_OURS)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing at one time; *act* is the act that tells it, where it is not the whole record."""

    on: str
    """As coarse as it was said; empty without a date."""
    kind: Kind
    record: DocumentId
    act: str = ""


@dataclass(frozen=True, slots=True)
class Lanes:
    """What they did to us beside what we did: both, also where one is empty."""

    theirs: tuple[Entry, ...]
    ours: tuple[Entry, ...]
    sustained: Ids
    """What sustained people in what they did, whenever that was."""


@dataclass(frozen=True, slots=True)
class Band:
    """A month, or a year where no month was said."""

    when: str
    lanes: Lanes


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bands, the earliest first; what two people dated apart stands in both."""

    bands: tuple[Band, ...]
    ahead: Lanes
    """What begins after today."""
    undated: Lanes


def timeline(records: Iterable[Record], look: Look) -> Timeline:
    """Return the timeline of what is shared."""
    shared = Shared(records, look)
    by_band: dict[str, list[Entry]] = {}
    ahead: list[Entry] = []
    undated: list[Entry] = []
    for entry in _entries(shared):
        if not entry.on:
            undated.append(entry)
        elif lies_ahead(entry.on, look.today):
            ahead.append(entry)
        else:
            by_band.setdefault(month(entry.on), []).append(entry)
    bands = tuple(Band(when, _lanes(shared, by_band[when])) for when in sorted(by_band))
    return Timeline(bands, _lanes(shared, ahead), _lanes(shared, undated))


def _lanes(shared: Shared, entries: list[Entry]) -> Lanes:
    ordered = sorted(entries, key=lambda one: (one.on, one.record, one.kind, one.act))
    theirs = tuple(one for one in ordered if one.kind in THEIRS)
    ours = tuple(one for one in ordered if one.kind not in THEIRS)
    return Lanes(theirs, ours, ids(shared.sustained(one.record for one in theirs)))


def _entries(shared: Shared) -> Iterable[Entry]:
    for record in shared.of("event"):
        yield from _dated(record, Kind.EVENT)
    for record in shared.of("context"):
        yield from _dated(record, Kind.CONTEXT)
    for record in shared.of(*_OURS):
        yield from _dated(record, _OURS[record.type])
    for record in shared.of("mourning"):
        for act in record.acts.get("rites", ()):
            yield Entry(day_of_act(act), Kind.RITE, record.id, act.id)
    for record in shared.of("response"):
        yield from _dated(record, Kind.DEMAND)
        if record.texts.get("what_moved", "").strip():
            yield from _dated(record, Kind.WIN)
        for act in record.acts.get("answers", ()):
            kind = Kind.SILENCE if act_of(act) == "no_answer_yet" else Kind.ANSWER
            yield Entry(day_of_act(act), kind, record.id, act.id)


def _dated(record: Record, kind: Kind) -> Iterable[Entry]:
    for on in days_of(record) or ("",):
        yield Entry(on, kind, record.id)
