"""Agreements by state, what to look at again this month, and what waits for one's own voice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.lives import agreement_of, causes_of
from aluna_sync.journal.lives import agreements as states
from aluna_sync.journal.lives.days import LookAgain, for_now, look_again
from aluna_sync.journal.lives.voices import AGREED_TYPES, Waiting, waits_for
from aluna_sync.journal.pictures.looking import Ids, Look, Shared, ids
from aluna_sync.journal.types import NOBODY, Record

TYPES: Final = AGREED_TYPES
STATES: Final = (
    states.DRAFT, states.PROPOSED, states.OBJECTED, states.CONSENTED, states.IN_FORCE,
    states.IN_REVIEW, states.PAUSED, states.ENDED, states.NOT_ADOPTED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """The agreements in one state."""

    state: str
    records: Ids


@dataclass(frozen=True, slots=True)
class Agreements:
    """A column for each state, in the order of a life."""

    columns: tuple[Column, ...]
    again: tuple[LookAgain, ...]
    mine: tuple[Waiting, ...]
    """What waits for the voice of whoever looks; of nobody else's is anything said."""


def agreements(records: Iterable[Record], look: Look) -> Agreements:
    """Return how it stands with what is agreed."""
    shared = Shared(records, look)
    found: dict[str, list[DocumentId]] = {state: [] for state in STATES}
    lives = []
    mine: list[Waiting] = []
    for record in shared.of(*TYPES):
        absent = look.absent.get(record.space, NOBODY)
        life = agreement_of(record, gone=absent.gone, resting=absent.resting)
        now = for_now(causes_of(record), life) if record.type == "protection" else ()
        lives.append((record, life, now))
        found[life.state].append(record.id)
        if look.me is not None:
            mine += waits_for(
                look.me, [(record, life)], resting=absent.resting, ask_anyway=look.ask_anyway
            )
    columns = tuple(Column(state, ids(found[state])) for state in STATES)
    return Agreements(columns, look_again(lives, look.today), tuple(mine))
