"""A filter as somebody said it: kept in her own words, read anew each time it is used.

What is kept are ids and words, no results and no dates reckoned once: "the last month" stays the
last month. A filter of a newer program is used as far as it is understood.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId, PersonId, SpaceId
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.folding import fold
from aluna_sync.journal.vocabulary import Vocabulary
from aluna_sync.store.rows import Query

if TYPE_CHECKING:
    from aluna_sync.journal.types import Json

# What reads values is imported where it is used: a plain list must answer at once.

MAX_KEPT: Final = 4096
"""Letters of a filter that is kept."""
STATE_GROUPS: Final = ("agreement_state", "process_state", "mourning_state", "member_state")
PLAIN_STATES: Final = ("open", "accompanied", "looked_back", "done", "let_go")
"""States of emergencies and tasks, which are no words of the vocabulary."""
_BYTES: Final = {"spaces": 32, "persons": 16, "linked": 16}


@dataclass(frozen=True, slots=True)
class Filter:
    """What narrows a list or a search; each narrows further, empty narrows nothing."""

    words: str = ""
    types: tuple[str, ...] = ()
    spaces: tuple[str, ...] = ()
    """Ids in hex; one of them is enough."""
    terms: tuple[str, ...] = ()
    """Ids; each must be there, or a word that is the same."""
    persons: tuple[str, ...] = ()
    """Ids in hex; each must have written in it."""
    since: str = ""
    """A date in words."""
    until: str = ""
    state: str = ""
    """An id, or what states are called in either language."""
    linked: str = ""
    """The id in hex of a record it is linked with."""
    link_kind: str = ""
    unread: bool = False
    put_away: bool = False
    """Only what was put away, which lists leave out otherwise."""

    def under(self, said: Filter) -> Filter:
        """Return this filter with what was *said* now, which wins where both say something."""
        spoken = {one.name: value for one in fields(said) if (value := getattr(said, one.name))}
        return replace(self, **spoken)

    def query(
        self,
        today: dt.date,
        vocabulary: Callable[[], Vocabulary],
        *,
        offset: int = 0,
        limit: int = 200,
    ) -> Query:
        """Return the query it means *today*; raises `WrongUseError("date-not-understood")`.

        *vocabulary* gives the words known here; asked only where there is a word to look up.
        """
        return Query(
            words=self.words,
            named=named(self.words, vocabulary()) if self.words else {},
            types=self.types,
            spaces=tuple(SpaceId(bytes.fromhex(one)) for one in self.spaces),
            terms=tuple(_any_of(vocabulary().same(one)) for one in self.terms),
            persons=tuple(PersonId(bytes.fromhex(one)) for one in self.persons),
            since=coarse_day(self.since, today),
            until=coarse_day(self.until, today),
            state=states(self.state, vocabulary()) if self.state else None,
            linked=DocumentId(bytes.fromhex(self.linked)) if self.linked else None,
            link_kind=self.link_kind,
            unread_only=self.unread,
            put_away=self.put_away,
            offset=offset,
            limit=limit,
        )

    def kept(self) -> str:
        """Return it as it is kept; raises `WrongUseError("view-too-long")`."""
        from aluna_sync.journal.values import dump_json

        said: dict[str, Json] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if value:
                said[one.name] = list(value) if isinstance(value, tuple) else value
        text = dump_json(said)
        if len(text) > MAX_KEPT:
            raise WrongUseError("view-too-long", at_most=MAX_KEPT)
        return text

    @classmethod
    def from_kept(cls, text: str) -> Filter:
        """Return the filter that was kept as *text*; what is not understood narrows nothing.

        Kept apart on two devices under one name, two stand one after the other: the first counts.
        """
        from aluna_sync.journal.values import parse_json

        said = parse_json(text.partition("\n")[0][:MAX_KEPT])
        if not isinstance(said, dict):
            return cls()
        known = {one.name: _sound(one.name, said.get(one.name)) for one in fields(cls)}
        return cls(**{name: value for name, value in known.items() if value is not None})


def named(words: str, vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Return for each of *words*, folded, the terms it names; the last may be a beginning."""
    pieces = "".join(c if c.isalnum() else " " for c in fold(words)).split()
    found = {
        piece: vocabulary.naming(piece, begins=at == len(pieces) - 1)
        for at, piece in enumerate(pieces)
    }
    return {piece: terms for piece, terms in found.items() if terms}


def states(words: str, vocabulary: Vocabulary) -> str | tuple[str, ...]:
    """Return the states called so, of whatever has states; words that name none stay as an id."""
    found = [term.id for term in vocabulary.exactly(words, STATE_GROUPS) if term.source != "own"]
    return _any_of([*found, words] if words in PLAIN_STATES or not found else found)


def coarse_day(words: str, today: dt.date) -> str | None:
    """Return the coarse date that *words* mean; raises `WrongUseError("date-not-understood")`."""
    if not words:
        return None
    from aluna_sync.journal.dates import parse_when  # few lists are narrowed by a date

    said = parse_when(words, today).sort_key
    if said is None:
        raise WrongUseError("date-not-understood", words=words)
    return said


def _any_of(terms: Sequence[str]) -> str | tuple[str, ...]:
    return terms[0] if len(terms) == 1 else tuple(terms)


def _sound(name: str, value: Json) -> Any:
    """Return *value* as the field *name* holds it, None when it is not sound."""
    from aluna_sync.journal.values import is_id

    match value:
        case bool():
            return value if name in ("unread", "put_away") else None
        case str() if name == "linked":
            return value if _is_hex(value, _BYTES[name]) else None
        case str() if name in ("words", "since", "until", "state", "link_kind"):
            return value
        case list() if name in ("spaces", "persons"):
            return tuple(
                one for one in value if isinstance(one, str) and _is_hex(one, _BYTES[name])
            )
        case list() if name in ("types", "terms"):
            return tuple(one for one in value if isinstance(one, str) and is_id(one))
        case _:
            return None


def _is_hex(text: str, size: int) -> bool:
    return len(text) == 2 * size and not set(text) - set("0123456789abcdef")
