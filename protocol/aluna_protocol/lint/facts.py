"""What the lint remembers of a document: enough to judge the next change, never its words."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from aluna_protocol.ids import ActorId, ChangeHash

OpId = tuple[ActorId, int]
"""An operation: the actor that wrote it and its counter."""


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
    written: tuple[tuple[int, bytes], ...] = ()
    """Counters of the values and texts it put under keys of the root."""
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


class Spans:
    """Closed ranges of counters, kept apart and in order."""

    __slots__ = ("_firsts", "_lasts")

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def add(self, first: int, last: int) -> None:
        """Add a range beyond all ranges added before."""
        if self._lasts and self._lasts[-1] == first - 1:
            self._lasts[-1] = last
        else:
            self._firsts.append(first)
            self._lasts.append(last)

    def hold(self, first: int, last: int) -> bool:
        """Tell whether every counter from *first* to *last* was added."""
        place = bisect_right(self._firsts, first) - 1
        return place >= 0 and last <= self._lasts[place]


@dataclass(slots=True)
class _Past:
    """One change as part of others' past: its last operation, and the last `seq` of each actor."""

    max_op: int
    clock: dict[ActorId, int]


@dataclass(slots=True)
class DocumentFacts:
    """The changes of one document that passed; `add` each of them, causes first."""

    heads: set[ChangeHash] = field(default_factory=set)
    creators: list[tuple[ChangeHash, ActorId]] = field(default_factory=list)
    """Changes without a past; a document normally has one."""
    _changes: dict[ChangeHash, _Past] = field(default_factory=dict)
    _ends: dict[ActorId, list[int]] = field(default_factory=dict)
    """Per actor, the last counter of each of its changes in order of `seq`."""
    _texts: dict[OpId, dict[ActorId, Spans]] = field(default_factory=dict)
    _written: dict[OpId, bytes] = field(default_factory=dict)

    def __contains__(self, change: ChangeHash) -> bool:
        return change in self._changes

    def __len__(self) -> int:
        return len(self._changes)

    @property
    def actors(self) -> tuple[ActorId, ...]:
        """Every actor with a change here, creators first, then in order of arrival."""
        return tuple(dict.fromkeys([actor for _, actor in sorted(self.creators)])) + tuple(
            sorted(self._ends.keys() - {actor for _, actor in self.creators})
        )

    def missing(self, deps: tuple[ChangeHash, ...]) -> tuple[ChangeHash, ...]:
        """Return those of *deps* that have not arrived."""
        return tuple(dep for dep in deps if dep not in self._changes)

    def max_op(self, deps: tuple[ChangeHash, ...]) -> int:
        """Return the highest counter in the past made of *deps*, all known."""
        return max((self._changes[dep].max_op for dep in deps), default=0)

    def clock(self, deps: tuple[ChangeHash, ...]) -> dict[ActorId, int]:
        """Return the last `seq` of each actor in the past made of *deps*; not to be changed."""
        if len(deps) == 1:
            return self._changes[deps[0]].clock
        merged: dict[ActorId, int] = {}
        for dep in deps:
            for actor, seq in self._changes[dep].clock.items():
                if seq > merged.get(actor, 0):
                    merged[actor] = seq
        return merged

    def last_seq(self, actor: ActorId) -> int:
        """Return the `seq` of the last change of *actor* that arrived, 0 for none."""
        return len(self._ends.get(actor, ()))

    def last_counter(self, actor: ActorId, seq: int) -> int:
        """Return the last counter that *actor* had used with its change *seq*."""
        return self._ends[actor][seq - 1]

    def letters(self, text: OpId) -> dict[ActorId, Spans] | None:
        """Return the letters ever put into *text*, None if there is no such text."""
        return self._texts.get(text)

    def key_of(self, write: OpId) -> bytes | None:
        """Return the root key that operation *write* wrote, None if it wrote none."""
        return self._written.get(write)

    def add(self, facts: ChangeFacts) -> None:
        """Take in a change that `check` approved against this very document."""
        actor = facts.actor
        clock = dict(self.clock(facts.deps))
        clock[actor] = facts.seq
        self._changes[facts.hash] = _Past(facts.max_op, clock)
        self._ends.setdefault(actor, []).append(facts.max_op)
        if not facts.deps:
            self.creators.append((facts.hash, actor))
        self.heads.difference_update(facts.deps)
        self.heads.add(facts.hash)
        for counter in facts.made:
            self._texts[actor, counter] = {}
        for counter, key in facts.written:
            self._written[actor, counter] = key
        for text, first, last in facts.inserted:
            self._texts[text].setdefault(actor, Spans()).add(first, last)
