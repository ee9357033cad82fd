"""Mourning: how it is with each, never brought to one, never closed (domain C5.3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.ids import PersonId
from aluna_sync.journal.lives.causes import Causes, act_of

STATES: Final = {
    "open": "mst.open",
    "return": "mst.returned",
    "keep_quietly": "mst.kept_quietly",
    "honour": "mst.honoured",
}


def mourning(causes: Causes, authors: Iterable[PersonId] = ()) -> dict[PersonId, tuple[str, ...]]:
    """Return how it is with each person who said so; several words when she said them apart.

    With who opened it and said nothing more, it is open.
    """
    found: dict[PersonId, tuple[str, ...]] = {}
    for person in sorted({act.by for act in causes.of(*STATES) if act.by is not None}):
        newest = causes.newest(act for act in causes.of(*STATES) if act.by == person)
        said = {STATES[act_of(act)] for act in newest}
        found[person] = tuple(state for state in STATES.values() if state in said)
    if not found:
        found = dict.fromkeys(tuple(authors)[:1], (STATES["open"],))
    return found


def words_of(each: dict[PersonId, tuple[str, ...]]) -> tuple[str, ...]:
    """Return every state somebody is in, without saying who or how many."""
    said = {state for states in each.values() for state in states}
    return tuple(state for state in STATES.values() if state in said) or (STATES["open"],)
