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


def by_day(terms: Iterable[str], authors: Iterable[PersonId]) -> set[str]:
    """Return what a record is found under by day: its terms, and who wrote in it."""
    return {*terms, *map(of_person, authors)}


def of_row(space: int, row: IndexRow) -> str:
    """Return all words of a record."""
    return " ".join(
        [
            of_space(space),
            of_type(row.type),
            *map(of_state, row.state.split(" ")),
            *map(of_term, row.terms),
            *map(of_person, row.authors),
        ]
    )


def split(joined: str) -> tuple[str, ...]:
    """Return what was joined by newlines."""
    return tuple(joined.split("\n")) if joined else ()


def persons(joined: bytes) -> tuple[PersonId, ...]:
    """Return the persons whose 16-byte ids were joined."""
    return tuple(PersonId(joined[start : start + 16]) for start in range(0, len(joined), 16))
