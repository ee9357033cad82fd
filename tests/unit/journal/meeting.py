"""Devices that write one record apart through the real engine, and meet."""

from __future__ import annotations

import itertools
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from aluna_protocol.ids import ChangeHash, PersonId
from aluna_sync.engine.in_process import InProcessEngine
from aluna_sync.engine.types import SignedChange, View
from aluna_sync.journal.edits import Edit, SetText, operations
from aluna_sync.journal.rewritten import Rewriting, rewritings, steps_of
from aluna_sync.journal.types import Record
from unit.journal.fakes import DOCUMENT, PERSONS, actor_of, read, write_ids

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Drive a coroutine of an engine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        value: T = ended.value
        return value
    raise AssertionError("the in-process engine waited")


class Replica:
    """One device with the record open, and every change it has written or received."""

    def __init__(self, person: PersonId, kind: str = "impact", device: int = 0) -> None:
        self.person = person
        self.actor = actor_of(person, device)
        self.kind = kind
        self.engine = InProcessEngine()
        self.changes: dict[bytes, SignedChange] = {}
        self.view: View | None = None
        self._ids = write_ids(1 + 100_000 * (PERSONS.index(person) + 10 * device), person)

    def do(self, *edits: Edit) -> None:
        """Write *edits* as one change."""
        written = operations(
            edits, self.view, type=self.kind, person=self.person, write_ids=self._ids
        )
        if written:
            edited = run(self.engine.edit(DOCUMENT, self.actor, written))
            self.changes[edited.change_hash] = SignedChange(edited.change, self.actor)
            self.view = edited.view

    def hear(self, *others: Replica) -> None:
        """Receive everything *others* have."""
        news = {
            change_hash: change
            for other in others
            for change_hash, change in other.changes.items()
            if change_hash not in self.changes
        }
        if news:
            self.changes |= news
            if self.view is None:
                done = run(self.engine.open(DOCUMENT, list(self.changes.values())))
            else:
                (done,) = run(self.engine.apply({DOCUMENT: list(news.values())}))
            assert not done.refused
            assert not done.waiting
            self.view = done.view

    @property
    def record(self) -> Record:
        """The record as this device shows it."""
        assert self.view is not None
        return read(self.view)

    def rewritten(self) -> list[Rewriting]:
        """Return what this device finds rewritten apart."""
        return run(self._rewritten())

    async def _rewritten(self) -> list[Rewriting]:
        history = await self.engine.history(DOCUMENT)
        steps = steps_of(history, (change.raw for change in self.changes.values()))

        async def view_at(heads: tuple[ChangeHash, ...]) -> View:
            return await self.engine.view_at(DOCUMENT, heads)

        return await rewritings(steps, view_at)


def three_devices(
    *first: Edit, kind: str = "impact", body: str = "Desde marzo no dormimos bien."
) -> tuple[Replica, Replica, Replica]:
    """Return three devices that share a record Itzel began."""
    itzel, julia, marta = (Replica(person, kind) for person in PERSONS)
    itzel.do(SetText("body", body), *first)
    julia.hear(itzel)
    marta.hear(itzel)
    return itzel, julia, marta


def meet(*replicas: Replica) -> Record:
    """Let all exchange everything and return the record they agree on."""
    for one, other in itertools.permutations(replicas, 2):
        one.hear(other)
    records = [replica.record for replica in replicas]
    assert all(record == records[0] for record in records)
    return records[0]


def play(script: Sequence[tuple[str, int, Any]], replicas: Sequence[Replica]) -> None:
    """Do the steps of *script*: `("edit", who, edit)` or `("hear", who, whom)`."""
    for what, who, rest in script:
        if what == "edit":
            replicas[who].do(rest)
        elif who != rest:
            replicas[who].hear(replicas[rest])
