"""What the lint remembers of a document: enough to judge the next change, never its words."""

from __future__ import annotations

import itertools
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import field
from operator import attrgetter
from typing import TypeAlias

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import ActorId, ChangeHash
from aluna_protocol.lint.letters import Gone, Range, Spans

OpId = tuple[ActorId, int]
"""An operation: the actor that wrote it and its counter."""


Clock: TypeAlias = "array[int]"
"""By actor, the `seq` of its last change in some past; not to be changed."""


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """What is known of one change that passed the lint (or, from `read_header`, that it claims)."""

    hash: ChangeHash
    actor: ActorId
    seq: int
    start_op: int
    max_op: int
    deps: tuple[ChangeHash, ...]
    ops: int
    inserted: tuple[tuple[OpId, int, int], ...] = ()
    """Letters it put into texts: the text, first and last counter."""
    deleted: tuple[tuple[OpId, ActorId, tuple[Range, ...]], ...] = ()
    """Letters it took out of texts: the text, who had put them there, their counters in order."""
    written: tuple[tuple[bytes, int], ...] = ()
    """The keys it wrote or deleted, and the counter of what it left there; 0 for nothing."""
    made: tuple[int, ...] = ()
    """Counters of the texts it created."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The change may be good, but part of its past has not arrived: offer it again later."""

    missing: tuple[ChangeHash, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """The document holds this very change already."""

    hash: ChangeHash


NO_CLOCK: Clock = array("I")


@dataclass(slots=True)
class _Change:
    """One change as part of others' past. Actors are numbered in the order they came."""

    actor: int
    seq: int
    max_op: int
    clock: Clock
    """Of this past, of which this change is the end."""

    def is_in(self, clock: Clock) -> bool:
        """Tell whether this change is in the past of *clock*."""
        return self.actor < len(clock) and clock[self.actor] >= self.seq


@dataclass(slots=True)
class _Text:
    """The letters of one text, by the actor that put them there."""

    letters: dict[ActorId, Spans] = field(default_factory=dict)
    gone: dict[ActorId, dict[int, Gone]] = field(default_factory=dict)
    """Those taken out again, by who took them."""


@dataclass(slots=True)
class _Writes:
    """What one actor did under one key, change by change."""

    seqs: list[int] = field(default_factory=list)
    counters: list[int] = field(default_factory=list)
    """What the change left there, 0 for nothing."""


@dataclass(slots=True)
class DocumentFacts:
    """The changes of one document that passed; `add` each of them, causes first."""

    heads: set[ChangeHash] = field(default_factory=set)
    creators: list[tuple[ChangeHash, ActorId]] = field(default_factory=list)
    """Changes without a past; a document normally has one."""
    changes: dict[ChangeHash, _Change] = field(default_factory=dict)
    numbers: dict[ActorId, int] = field(default_factory=dict)
    """Actors in the order they came."""
    names: list[ActorId] = field(default_factory=list)
    chains: list[list[_Change]] = field(default_factory=list)
    """By actor, its changes in order of `seq`."""
    texts: dict[OpId, _Text] = field(default_factory=dict)
    keys: dict[bytes, dict[int, _Writes]] = field(default_factory=dict)

    def __contains__(self, change: ChangeHash) -> bool:
        return change in self.changes

    def __len__(self) -> int:
        return len(self.changes)

    @property
    def actors(self) -> tuple[ActorId, ...]:
        """Every actor with a change here: creators by their change, then the others by id."""
        creators = dict.fromkeys(actor for _, actor in sorted(self.creators))
        return (*creators, *sorted(self.numbers.keys() - creators.keys()))

    def missing(self, deps: tuple[ChangeHash, ...]) -> tuple[ChangeHash, ...]:
        """Return those of *deps* that have not arrived."""
        return tuple(dep for dep in deps if dep not in self.changes)

    def clock(self, deps: tuple[ChangeHash, ...]) -> dict[ActorId, int]:
        """Return the last `seq` of each actor in the past made of *deps*, all known."""
        clock = self._merged(deps)
        return {actor: seq for actor, seq in zip(self.names, clock, strict=False) if seq}

    def last_seq(self, actor: ActorId) -> int:
        """Return the `seq` of the last change of *actor* that arrived, 0 for none."""
        number = self.numbers.get(actor)
        return 0 if number is None else len(self.chains[number])

    def past(self, deps: tuple[ChangeHash, ...], author: ActorId) -> Past:
        """Return what *author* can know of, writing on top of *deps*, all known."""
        return Past(self, [self.changes[dep] for dep in deps], self._merged(deps), author)

    def add(self, facts: ChangeFacts) -> None:
        """Take in a change that `check` approved against this very document."""
        number = self.numbers.setdefault(facts.actor, len(self.numbers))
        clock = self._merged(facts.deps)[:]
        clock.extend(itertools.repeat(0, number + 1 - len(clock)))
        clock[number] = facts.seq
        change = _Change(number, facts.seq, facts.max_op, clock)
        if number == len(self.chains):
            self.names.append(facts.actor)
            self.chains.append([])
        self.chains[number].append(change)
        self.changes[facts.hash] = change
        if not facts.deps:
            self.creators.append((facts.hash, facts.actor))
        self.heads.difference_update(facts.deps)
        self.heads.add(facts.hash)
        for key, counter in facts.written:
            writes = self.keys.setdefault(key, {}).setdefault(number, _Writes())
            writes.seqs.append(facts.seq)
            writes.counters.append(counter)
        for counter in facts.made:
            self.texts[facts.actor, counter] = _Text()
        for text, first, last in facts.inserted:
            self.texts[text].letters.setdefault(facts.actor, Spans()).add(first, last)
        for text, actor, ranges in facts.deleted:
            gone = self.texts[text].gone.setdefault(actor, {})
            gone.setdefault(number, Gone()).add(ranges, facts.seq)

    def _merged(self, deps: tuple[ChangeHash, ...]) -> Clock:
        """Return the clock of the past made of *deps*."""
        return _merged(*(self.changes[dep].clock for dep in deps))


def _merged(*clocks: Clock) -> Clock:
    """Return the clock of several pasts together."""
    if len(clocks) == 1:
        return clocks[0]
    return array("I", map(max, itertools.zip_longest(*clocks, fillvalue=0)))


class Past:
    """A document as its author saw it when a change was written."""

    def __init__(
        self, facts: DocumentFacts, deps: Iterable[_Change], clock: Clock, author: ActorId
    ) -> None:
        self._facts = facts
        self._deps = sorted(deps, key=attrgetter("max_op"))
        self._clock = clock
        self._author = facts.numbers.get(author, -1)
        self.max_op = self._deps[-1].max_op if self._deps else 0
        """The highest counter of any operation."""
        self.seq = self._seq(self._author)
        """The `seq` of the author's last change, 0 for none."""

    def stands_on_its_heads(self) -> bool:
        """Tell whether the dependencies are what nothing follows, and the author's own last.

        Automerge names the author's last change even where others have followed it.
        """
        own = 0
        later = NO_CLOCK
        for dep in reversed(self._deps):
            if dep.actor == self._author:
                own = dep.seq
            elif dep.is_in(later):
                return False
            later = _merged(later, dep.clock) if later else dep.clock
        return own == self.seq

    def reaches(self, write: OpId) -> bool:
        """Tell whether *write*, which arrived, may be known: its actor had come that far."""
        actor, counter = write
        number = self._facts.numbers[actor]
        seq = self._seq(number)
        return seq > 0 and counter <= self._facts.chains[number][seq - 1].max_op

    def has_text(self, text: OpId) -> bool:
        """Tell whether there is a text *text*."""
        return text in self._facts.texts and self.reaches(text)

    def has_letters(self, text: OpId, actor: ActorId, letters: Range) -> bool:
        """Tell whether *actor* had put all of *letters* into *text*, gone or not."""
        held = self._facts.texts.get(text)
        spans = held.letters.get(actor) if held else None
        return spans is not None and spans.hold(*letters) and self.reaches((actor, letters[1]))

    def misses(self, text: OpId, actor: ActorId, ranges: tuple[Range, ...]) -> bool:
        """Tell whether one of these letters of *actor* had been taken out of *text*."""
        held = self._facts.texts.get(text)
        gone = held.gone.get(actor, {}) if held else {}
        return any(taken.touch(ranges, self._seq(number)) for number, taken in gone.items())

    def shown(self, key: bytes) -> list[tuple[int, ActorId]]:
        """Return what stands under *key*, counters and actors in order: what replaces it names all.

        What an actor did last there has replaced all it knew; so a value stands unless the last
        that another did there knew of it.
        """
        last: list[tuple[_Change, int]] = []
        for number, writes in self._facts.keys.get(key, {}).items():
            place = bisect_right(writes.seqs, self._seq(number))
            if place:
                change = self._facts.chains[number][writes.seqs[place - 1] - 1]
                last.append((change, writes.counters[place - 1]))
        last.sort(key=lambda item: item[0].max_op, reverse=True)
        standing: list[tuple[int, ActorId]] = []
        later = NO_CLOCK
        for change, counter in last:
            if change.is_in(later):
                continue
            later = _merged(later, change.clock) if later else change.clock
            if counter:
                standing.append((counter, self._facts.names[change.actor]))
        return sorted(standing)

    def _seq(self, number: int) -> int:
        return self._clock[number] if 0 <= number < len(self._clock) else 0
