"""Where we were: what a process that paused, or a group after an outage, finds again (S27)."""

from __future__ import annotations

from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.journal.lives.causes import causes_of, text
from aluna_sync.journal.lives.openness import Openness, process
from aluna_sync.journal.types import Act, Record

FIELD: Final = "where_we_were"


@dataclass(frozen=True, slots=True)
class WhereWeWere:
    """The words people left for themselves, the newest encounters, and what was to come."""

    life: Openness
    words: str
    """What they wrote for this; empty when nobody did."""
    encounters: tuple[Act, ...]
    """The newest; several when they met apart."""
    what_next: tuple[str, ...]
    """What those said comes next."""


def where_we_were(record: Record) -> WhereWeWere:
    """Return where the process *record* stands; short encounters count like long ones."""
    causes = causes_of(record)
    newest = tuple(causes.newest(causes.of("encounter")))
    return WhereWeWere(
        process(causes),
        record.texts.get(FIELD, ""),
        newest,
        tuple(words for act in newest if (words := text(act, "what_next"))),
    )
