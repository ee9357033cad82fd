"""Filters as words of the full-text index, so that a filtered search is one walk in order.

A facet is a private-use letter, then its kind, then its value in hex: no tokenizer splits it and
no search of a person can spell it, because such words are taken out of what people type.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.ids import PersonId
from aluna_sync.store.rows import IndexRow

MARK: Final = "\ue000"
AWAY: Final = f"{MARK}away"
"""Begins the state of a record that was put away: no other state sorts behind it."""


def of_space(number: int) -> str:
    """Return the word of a space."""
    return f"{MARK}s{number}"


def of_type(type_: str) -> str:
    """Return the word of a record type."""
    return f"{MARK}t{type_.encode().hex()}"


def of_term(term: str) -> str:
    """Return the word of a vocabulary term."""
    return f"{MARK}v{term.encode().hex()}"


def of_state(state: str) -> str:
    """Return the word of a life-cycle state."""
    return f"{MARK}z{state.encode().hex()}"


def of_person(person: PersonId) -> str:
    """Return the word of a person who wrote in a record."""
    return f"{MARK}p{person.hex()}"


def of_asked(person: PersonId) -> str:
    """Return the word of a person for whom something in a record may wait."""
    return f"{MARK}w{person.hex()}"


def by_day(terms: Iterable[str], authors: Iterable[PersonId]) -> set[str]:
    """Return what a record is found under by day: its terms, and who wrote in it."""
    return {*terms, *map(of_person, authors)}


def kept_state(row: IndexRow) -> str:
    """Return what the column of states holds for *row*: its states, and whether it is away."""
    return f"{AWAY} {row.state}".rstrip() if row.put_away else row.state


def read_state(kept: str) -> tuple[str, bool]:
    """Return the states in a column of states, and whether the record is away."""
    return kept.removeprefix(AWAY).lstrip(), kept.startswith(AWAY)


def of_row(space: int, row: IndexRow) -> str:
    """Return all words of a record."""
    return " ".join(
        [
            of_space(space),
            of_type(row.type),
            *map(of_state, kept_state(row).split(" ")),
            *map(of_term, row.terms),
            *map(of_person, row.authors),
            *map(of_asked, row.asked),
        ]
    )


def split(joined: str) -> tuple[str, ...]:
    """Return what was joined by newlines."""
    return tuple(joined.split("\n")) if joined else ()


def persons(joined: bytes) -> tuple[PersonId, ...]:
    """Return the persons whose 16-byte ids were joined."""
    return tuple(PersonId(joined[start : start + 16]) for start in range(0, len(joined), 16))
