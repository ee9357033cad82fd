"""Life cycles, computed from acts: the state of a record is never stored (domain C5).

Pure functions over the acts of a record: the same acts give the same life on every device, however
they arrived. What depends on who belongs or on the day is an argument.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from aluna_protocol.ids import PersonId
from aluna_sync.journal.lives.agreements import Agreement, agreement
from aluna_sync.journal.lives.causes import Causes, causes_of, is_beyond
from aluna_sync.journal.lives.members import member
from aluna_sync.journal.lives.mourning import mourning, words_of
from aluna_sync.journal.lives.openness import emergency, process, task
from aluna_sync.journal.types import Record

__all__ = ["BETWEEN", "Causes", "agreement_of", "causes_of", "state_of"]

BETWEEN: Final = " "
"""Between several states of one record: with one person it returned, another honoured it."""


def state_of(
    record: Record,
    *,
    gone: Container[PersonId] = (),
    resting: Container[PersonId] = (),
) -> str:
    """Return the state of *record*, empty where it has none; several stand side by side.

    *gone* do not belong any more, *resting* are not waited for.
    """
    if is_beyond(record):
        return ""
    match record.type:
        case "agreement" | "protection":
            return agreement_of(record, gone=gone, resting=resting).state
        case "process":
            return process(causes_of(record)).state
        case "emergency":
            return emergency(causes_of(record)).state
        case "task":
            return task(causes_of(record)).state
        case "mourning":
            return BETWEEN.join(words_of(mourning(causes_of(record), record.authors)))
        case "member":
            person = next(iter(record.authors), None)
            return member(causes_of(record), person, gone=person in gone).state
        case _:
            return ""


def agreement_of(
    record: Record,
    *,
    gone: Container[PersonId] = (),
    resting: Container[PersonId] = (),
) -> Agreement:
    """Return how it stands with the agreement, or protection agreement, *record*."""
    kinds = {one.item for one in record.sets.get("kind", ())}
    if record.type == "protection":
        kinds.add("security")
    return agreement(causes_of(record), kinds=kinds, gone=gone, resting=resting)
