"""What every picture is made of: who looks at what, and the pair of harm and what sustained us."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId, PersonId, SpaceId
from aluna_sync.journal.dates import when_from_json
from aluna_sync.journal.links import links_of
from aluna_sync.journal.types import Absent, Act, Json, Record

NEVER: Final = ("note", "check_in", "member", "marker", "task", "mine", "own_term")
"""Types in no picture, shared or not: a page of one's own, how one arrives, who somebody is."""
SUSTAINED_HERE: Final = "what_sustained_us"
_MONTH: Final = 7
_DAY: Final = 10

Ids = tuple[DocumentId, ...]


def _same(term: str) -> str:
    return term


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks: on which day, at which shared spaces, narrowed to what."""

    today: dt.date
    spaces: frozenset[SpaceId]
    """What is in any other space is in no picture, whoever hands it in."""
    only: frozenset[DocumentId] | None = None
    """What a filter left; coping that sustained people in it always stays beside it."""
    me: PersonId | None = None
    """Who looks: what waits for her voice is told to nobody else."""
    ask_anyway: frozenset[str] = frozenset()
    """The kinds of agreement she wants to be asked for while she rests."""
    absent: Mapping[SpaceId, Absent] = field(default_factory=dict)
    shown: Callable[[str], str] = _same
    """Which word a term is shown as, where the collective said that two are the same."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What was done to people and what sustained them: both always, also where one is empty.

    An impact that tells in its own words what sustained people stands on both sides.
    """

    harm: Ids
    sustained: Ids


@dataclass(frozen=True, slots=True)
class Named:
    """A term, or words, and the records that name it."""

    term: str
    records: Ids


class Shared:
    """The records a picture may show, by id, and the links between them."""

    def __init__(self, records: Iterable[Record], look: Look) -> None:
        self.look = look
        self._known = {
            one.id: one
            for one in records
            if one.space in look.spaces and one.type not in NEVER and not one.put_away
        }
        self._into: dict[str, dict[DocumentId, list[DocumentId]]] = {}
        self._out: dict[tuple[DocumentId, str], list[DocumentId]] = {}
        self._types: dict[str, list[Record]] = {}
        for one in sorted(self._known.values(), key=lambda record: record.id):
            self._types.setdefault(one.type, []).append(one)
            for link in links_of(one):
                self._into.setdefault(link.kind, {}).setdefault(link.target, []).append(one.id)
                self._out.setdefault((one.id, link.kind), []).append(link.target)
        self._beside = self._coping_beside()

    def record(self, document: DocumentId) -> Record | None:
        """Return a record that may be shown, None for what is kept elsewhere."""
        return self._known.get(document)

    def of(self, *types: str) -> list[Record]:
        """Return the records of *types* that are looked at, by id."""
        found = [one for type_ in types for one in self._types.get(type_, ()) if self._chosen(one)]
        return found if len(types) == 1 else sorted(found, key=lambda record: record.id)

    def sources(self, kind: str, target: DocumentId, *types: str) -> Ids:
        """Return what is linked by *kind* to *target* and may be shown; of *types*, if any."""
        return self._shown(self._into.get(kind, {}).get(target, ()), types)

    def targets(self, source: DocumentId, kind: str, *types: str) -> Ids:
        """Return what *source* is linked to by *kind* and may be shown; of *types*, if any."""
        return self._shown(self._out.get((source, kind), ()), types)

    def sustained(self, harm: Iterable[DocumentId]) -> Ids:
        """Return what sustained people in *harm*: impacts, or events by the impacts they brought.

        What an event brought counts also where this device cannot read it.
        """
        found: set[DocumentId] = set()
        for one in harm:
            record = self.record(one)
            for impact in (one, *self._out.get((one, "did"), ())):
                found.update(self.sources("sustained", impact, "coping"))
                known = self.record(impact)
                if known is not None and _tells(known):
                    found.add(impact)
            if record is not None and _tells(record):
                found.add(one)
        return tuple(sorted(found))

    def pair(self, harm: Iterable[DocumentId], sustained: Iterable[DocumentId] = ()) -> Pair:
        """Return *harm* with all that sustained people in it, and *sustained* besides."""
        known = ids(harm)
        return Pair(known, ids((*self.sustained(known), *sustained)))

    def terms(self, record: Record, name: str, prefix: str = "") -> tuple[str, ...]:
        """Return the terms of the set *name* as they are shown, and of *prefix* among all terms."""
        said = {one.item for one in record.sets.get(name, ())}
        if prefix:
            said.update(
                one.item for one in record.sets.get("terms", ()) if one.item.startswith(prefix)
            )
        return tuple(sorted({self.look.shown(one) for one in said}))

    def _chosen(self, record: Record) -> bool:
        only = self.look.only
        return only is None or record.id in only or record.id in self._beside

    def _coping_beside(self) -> frozenset[DocumentId]:
        if self.look.only is None:
            return frozenset()
        return frozenset(
            one
            for harm in self.look.only
            for one in self.sustained((harm,))
            if self._known[one].type == "coping"
        )

    def _shown(self, documents: Iterable[DocumentId], types: Collection[str]) -> Ids:
        return ids(
            one
            for one in documents
            if (known := self.record(one)) is not None and (not types or known.type in types)
        )


def ids(documents: Iterable[DocumentId]) -> Ids:
    """Return *documents*, each once, by id."""
    return tuple(sorted(set(documents)))


def named(found: Mapping[str, Iterable[DocumentId]]) -> tuple[Named, ...]:
    """Return each word with its records, by word."""
    return tuple(Named(term, ids(found[term])) for term in sorted(found))


def about_one_person(record: Record) -> bool:
    """Tell whether an impact is, in any reading, of the one who wrote it and not of the group."""
    said = (*record.readings.get("about", ()), *record.readings.get("voice", ()))
    return any(one.value == "me" for one in said)


def days_of(record: Record, name: str = "when") -> tuple[str, ...]:
    """Return every coarse date *name* holds, the earliest first: two readings are two dates."""
    return tuple(sorted({d for one in record.readings.get(name, ()) if (d := day(one.value))}))


def day_of_act(act: Act) -> str:
    """Return the coarse date an act says it was on, empty when it says none."""
    return day(act.value.get("when")) if isinstance(act.value, dict) else ""


def day(value: Json) -> str:
    """Return the coarse date in what a date field keeps, empty without one."""
    said = when_from_json(value)
    return "" if said is None else said.sort_key or ""


def month(coarse: str) -> str:
    """Return the band a coarse date stands in: its month, or its year where only that is known."""
    return coarse[:_MONTH]


def lies_ahead(coarse: str, today: dt.date) -> bool:
    """Tell whether a coarse date begins after *today*, as exactly as it is known."""
    return coarse[:_DAY] > today.isoformat()[: len(coarse)]


def _tells(record: Record) -> bool:
    return bool(record.texts.get(SUSTAINED_HERE, "").strip())
