"""The matrix of responsibility: who, by which mode of the State, did what, and meant what by it.

Rows are kinds of actor, never somebody's name; the cards of actors can be opened from their row.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.lives.causes import act_of, causes_of
from aluna_sync.journal.pictures.looking import Ids, Look, Named, Pair, Shared, ids, named
from aluna_sync.journal.types import Record

TYPES: Final = ("event", "actor", "impact", "coping", "response")
NOT_SAID: Final = ""
"""The row or column of what names no actor, or no mode, yet."""


@dataclass(frozen=True, slots=True)
class ByMode:
    """What one kind of actor did in one mode."""

    mode: str
    stories: Pair
    aggressions: tuple[Named, ...]
    intents: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of actor, the cells it has, and what institutions answered."""

    actor: str
    cards: Ids
    """Records of actors of this kind."""
    cells: tuple[ByMode, ...]
    demanded: Ids
    """What we demanded about what these did."""
    answered: Ids
    silent: Ids
    """Demands whose newest word is that there is no answer yet."""


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Rows by kind of actor; an event with several actors or modes stands in each."""

    rows: tuple[Row, ...]


def responsibility(records: Iterable[Record], look: Look) -> Responsibility:
    """Return the matrix of what is shared."""
    shared = Shared(records, look)
    places: dict[str, dict[str, list[Record]]] = {}
    cards: dict[str, set[DocumentId]] = {}
    for event in shared.of("event"):
        for actor in _actors(shared, event, cards) or (NOT_SAID,):
            for mode in shared.terms(event, "modes", "mode.") or (NOT_SAID,):
                places.setdefault(actor, {}).setdefault(mode, []).append(event)
    return Responsibility(
        tuple(_row(shared, actor, places[actor], cards.get(actor, ())) for actor in sorted(places))
    )


def _actors(shared: Shared, event: Record, cards: dict[str, set[DocumentId]]) -> tuple[str, ...]:
    found = set(shared.terms(event, "actors", "act."))
    for card in shared.targets(event.id, "responsible", "actor"):
        record = shared.record(card)
        for kind in () if record is None else shared.terms(record, "kinds", "act."):
            cards.setdefault(kind, set()).add(card)
            found.add(kind)
    return tuple(sorted(found))


def _row(
    shared: Shared, actor: str, by_mode: dict[str, list[Record]], cards: Iterable[DocumentId]
) -> Row:
    events = {event.id for several in by_mode.values() for event in several}
    demands = ids(one for event in events for one in shared.sources("answers", event, "response"))
    answered, silent = _answers(shared, demands)
    cells = tuple(_cell(shared, mode, by_mode[mode]) for mode in sorted(by_mode))
    return Row(actor, ids(cards), cells, demands, answered, silent)


def _cell(shared: Shared, mode: str, events: list[Record]) -> ByMode:
    return ByMode(
        mode,
        shared.pair(event.id for event in events),
        _by_term(shared, events, "aggressions", "agr."),
        _by_term(shared, events, "intents", "int."),
    )


def _by_term(shared: Shared, events: list[Record], name: str, prefix: str) -> tuple[Named, ...]:
    found: dict[str, list[DocumentId]] = {}
    for event in events:
        for term in shared.terms(event, name, prefix):
            found.setdefault(term, []).append(event.id)
    return named(found)


def _answers(shared: Shared, demands: Ids) -> tuple[Ids, Ids]:
    answered, silent = [], []
    for demand in demands:
        record = shared.record(demand)
        if record is None:
            continue
        causes = causes_of(record)
        newest = causes.newest(causes.of("answer", "no_answer_yet"))
        if causes.of("answer"):
            answered.append(demand)
        if any(act_of(act) == "no_answer_yet" for act in newest):
            silent.append(demand)
    return ids(answered), ids(silent)
