"""Context then and now: two readings of it side by side, and what answered them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.pictures.looking import Ids, Look, Shared, days_of
from aluna_sync.journal.types import Record

TEXTS: Final = ("economic", "political", "social_relations", "signs", "since_last")
TYPES: Final = ("context", "agreement", "protection", "response")


@dataclass(frozen=True, slots=True)
class Compared:
    """A set of terms in both readings, only in the earlier, only in the later."""

    name: str
    both: tuple[str, ...]
    then: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One text of both readings, empty where it is not spoken yet."""

    name: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Side:
    """One reading of the context, and what the group answered it with."""

    record: DocumentId
    on: str
    answered_by: Ids


@dataclass(frozen=True, slots=True)
class ThenAndNow:
    """Two readings; one alone has nothing beside it yet, none is an empty picture."""

    then: Side | None
    now: Side | None
    compared: tuple[Compared, ...]
    told: tuple[Told, ...]


def then_and_now(
    records: Iterable[Record], look: Look, chosen: tuple[DocumentId, ...] = ()
) -> ThenAndNow:
    """Return two readings side by side: those *chosen*, else the newest and the one before it.

    Before it is the one it says it follows, else the one dated before. One chosen is the later.
    """
    shared = Shared(records, look)
    known = sorted(shared.of("context"), key=_order)
    wanted = [one for one in known if one.id in chosen] if chosen else known[-1:]
    if not wanted:
        return ThenAndNow(None, None, (), ())
    now = wanted[-1]
    then = wanted[0] if len(wanted) > 1 else _before(shared, now, known)
    return ThenAndNow(
        None if then is None else _side(shared, then),
        _side(shared, now),
        tuple(_compared(shared, name, then, now) for name in ("factors", "intents")),
        tuple(
            Told(name, "" if then is None else _text(then, name), _text(now, name))
            for name in TEXTS
        ),
    )


def _order(record: Record) -> tuple[str, DocumentId]:
    return (days_of(record) or ("",))[-1], record.id


def _before(shared: Shared, now: Record, known: list[Record]) -> Record | None:
    for previous in shared.targets(now.id, "reviews", "context"):
        if previous != now.id:
            return shared.record(previous)
    earlier = known[: known.index(now)]
    return earlier[-1] if earlier else None


def _side(shared: Shared, record: Record) -> Side:
    answers = shared.sources("answers", record.id, "agreement", "protection", "response")
    return Side(record.id, (days_of(record) or ("",))[-1], answers)


def _compared(shared: Shared, name: str, then: Record | None, now: Record) -> Compared:
    later = set(shared.terms(now, name))
    earlier = set() if then is None else set(shared.terms(then, name))
    return Compared(
        name,
        tuple(sorted(earlier & later)),
        tuple(sorted(earlier - later)),
        tuple(sorted(later - earlier)),
    )


def _text(record: Record, name: str) -> str:
    return record.texts.get(name, "").strip()
