"""What the group read of its fear over time: where its alarm moved, and the two extremes.

Movements of the group, told by the group: what somebody told of herself is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.pictures.looking import (
    Look,
    Pair,
    Shared,
    about_one_person,
    days_of,
    month,
)
from aluna_sync.journal.types import Record

ALARM: Final = "fear.altered_alarm"
DENIAL: Final = "fear.risk_denial"
IMMOBILITY: Final = "fear.overprotection"
TYPES: Final = ("impact", "coping")


@dataclass(frozen=True, slots=True)
class FearBand:
    """What was read in one month, or year, or without a date, with what sustained the group."""

    when: str
    alarm: Pair
    """What we do not react to any more, or react to at once."""
    denial: Pair
    immobility: Pair


@dataclass(frozen=True, slots=True)
class FearReading:
    """Bands in order, then what has no date."""

    bands: tuple[FearBand, ...]


def fear_reading(records: Iterable[Record], look: Look) -> FearReading:
    """Return what the group read of its fear, by band."""
    shared = Shared(records, look)
    found: dict[str, dict[str, list[DocumentId]]] = {}
    for record in shared.of("impact"):
        if about_one_person(record):
            continue
        for kind in {ALARM, DENIAL, IMMOBILITY}.intersection(
            shared.terms(record, "kinds", "fear.")
        ):
            for on in days_of(record) or ("",):
                found.setdefault(month(on), {}).setdefault(kind, []).append(record.id)
    order = sorted(found, key=lambda when: (not when, when))
    return FearReading(
        tuple(
            FearBand(
                when,
                shared.pair(found[when].get(ALARM, ())),
                shared.pair(found[when].get(DENIAL, ())),
                shared.pair(found[when].get(IMMOBILITY, ())),
            )
            for when in order
        )
    )
