"""The engine in a child process: it may hang, swell or die, and only the culprit is set aside.

One request is under way at a time; large batches are sent in slices, so an edit waits for one
slice at most. When the child is lost, another is started and the slice is sent again *traced*: the
child says which changes it is about to apply, first in groups, then singly, until one is left that
it dies over. That is the halving of the batch with far fewer deaths.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from aluna_protocol import wire
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId, ChangeHash, DocumentId
from aluna_sync.engine import channel
from aluna_sync.engine.channel import Job
from aluna_sync.engine.child_process import ChildLimits, ChildLostError, ChildProcess
from aluna_sync.engine.seen import SeenDocuments, with_aside
from aluna_sync.engine.types import (
    Applied,
    DocumentNotOpenError,
    Edited,
    EngineError,
    HistoryStep,
    Operation,
    SignedChange,
    View,
)

T = TypeVar("T")

SLICE_BYTES = 24 * 1024
"""Changes sent at once: about 50 ms of Automerge, less than a person notices while typing."""
SLICE_DOCUMENTS = 48
"""The same bound for many small documents."""


class _Suspicion:
    """What is known of a slice that killed an engine."""

    def __init__(self, jobs: Sequence[Job], aside: Mapping[int, str] | None = None) -> None:
        """*aside*: what is known to be bad of the first job."""
        self.tracing = False
        self.bad: list[dict[int, str]] = [{} for _ in jobs]
        if aside:
            self.bad[0].update(aside)
        self._singly: list[set[int]] = [set() for _ in jobs]
        self._jobs = jobs
        self.announced: tuple[int, tuple[int, ...]] | None = None

    def jobs(self) -> list[Job]:
        """Return the jobs without the changes found bad, the suspected ones by themselves."""
        return [
            Job(job.document, job.changes, job.create, job.fresh, bad, singly)
            for job, bad, singly in zip(self._jobs, self.bad, self._singly, strict=True)
        ]

    def learn(self, lost: ChildLostError) -> None:
        """Narrow down after a death; raise `EngineError` if no change can be held to account."""
        announced, self.announced = self.announced, None
        if not self.tracing:
            self.tracing = True
            return
        if announced is None:
            raise EngineError(lost.reason)
        place, group = announced
        if len(group) == 1:
            self.bad[place][group[0]] = lost.reason
        elif self._singly[place].issuperset(group):
            raise EngineError(lost.reason)
        else:
            self._singly[place].update(group)


class ProcessEngine:
    """`Engine` in a child process, started with the first request and whenever it was lost."""

    def __init__(
        self, command: Sequence[str] | None = None, limits: ChildLimits | None = None
    ) -> None:
        self._child = ChildProcess(command, limits or ChildLimits())
        self._turn = asyncio.Lock()
        self._seen = SeenDocuments()
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The process id of the child, None while there is none."""
        return self._child.pid

    @property
    def restarts(self) -> int:
        """How many times the child was lost and replaced."""
        return max(0, self._child.starts - 1)

    async def apply(self, batch: dict[DocumentId, list[SignedChange]]) -> list[Applied]:
        """Apply changes to open documents, opening new ones; see `Engine.apply`."""
        done: list[Applied] = []
        not_open: list[DocumentId] = []
        for jobs in _slices(batch, self._seen):
            for job, applied in zip(jobs, await self._apply(jobs), strict=True):
                if applied is None:
                    not_open.append(job.document)
                else:
                    self._seen.note(applied)
                    done.append(applied)
        if not_open:
            raise DocumentNotOpenError(documents=tuple(not_open), applied=tuple(done))
        return done

    async def open(
        self,
        document: DocumentId,
        changes: list[SignedChange],
        aside: Mapping[int, str] | None = None,
    ) -> Applied:
        """Forget what is held of *document* and rebuild it from *changes* except *aside*."""
        (applied,) = await self._apply([Job(document, changes, create=True, fresh=True)], aside)
        if applied is None:
            raise EngineError("document-broken")
        self._seen.note(applied)
        if not changes:
            self._seen.forget(document)
        return applied

    async def edit(
        self, document: DocumentId, actor: ActorId, operations: list[Operation]
    ) -> Edited:
        """Write *operations* as one change by *actor*; see `Engine.edit`.

        If the child is lost meanwhile nothing was written: `DocumentNotOpenError` for a document
        that existed, `EngineError` for a new one.
        """
        create = self._seen.may_create(document)
        packed = [channel.operation(one) for one in operations]
        rows = [packed[at : at + 1024] for at in range(0, len(packed), 1024)]
        body = [document, actor, rows, create]
        edited = await self._ask("edit", body, "edited", document, channel.read_edited)
        self._seen.add(document)
        return edited

    async def view(self, document: DocumentId) -> View:
        """Return the open document as it stands."""
        return await self._ask("view", document, "view", document, channel.read_view)

    async def view_at(self, document: DocumentId, heads: tuple[ChangeHash, ...]) -> View:
        """Return the open document as it stood at *heads*."""
        body = [document, list(heads)]
        return await self._ask("view-at", body, "view", document, channel.read_view)

    async def history(self, document: DocumentId) -> list[HistoryStep]:
        """Return the changes of an open document, causes first."""
        return await self._ask("history", document, "history", document, channel.read_history)

    async def close(self) -> None:
        """End the child, and wait until it is gone."""
        self._closed = True
        async with self._turn:
            await self._child.close()

    async def _ask(
        self,
        verb: str,
        body: object,
        expected: str,
        document: DocumentId,
        read: Callable[[object], T],
    ) -> T:
        """Send one request about *document* and return its one answer."""
        async with self._turn:
            self._check_alive()
            try:
                await self._child.send(verb, body)
                kind, answer = await self._child.answer()
                match kind, answer:
                    case "not-open", _:
                        raise DocumentNotOpenError(documents=(document,))
                    case "error", str(code):
                        raise EngineError(code)
                    case _ if kind == expected:
                        return read(answer)
                    case _:
                        raise await self._child.nonsense()
            except asyncio.CancelledError:
                if verb == "edit":
                    # The child may have written what nobody will store: it holds a lie now.
                    self._child.abandon()
                raise
            except RemoteProtocolError:
                await self._child.nonsense()
                raise EngineError("died") from None
            except ChildLostError as lost:
                if self._seen.may_create(document):
                    raise EngineError(lost.reason) from None
                raise DocumentNotOpenError(documents=(document,)) from None

    async def _apply(
        self, jobs: Sequence[Job], aside: Mapping[int, str] | None = None
    ) -> list[Applied | None]:
        """Apply one slice, setting aside what kills the child; None for documents not open."""
        suspicion = _Suspicion(jobs, aside)
        while True:
            try:
                async with self._turn:
                    self._check_alive()
                    return await self._apply_once(suspicion)
            except ChildLostError as lost:
                suspicion.learn(lost)

    async def _apply_once(self, suspicion: _Suspicion) -> list[Applied | None]:
        jobs = suspicion.jobs()
        packed = [channel.job(job) for job in jobs]
        await self._child.send("apply", [suspicion.tracing, packed])
        done: list[Applied | None] = [None] * len(jobs)
        while True:
            kind, answer = await self._child.answer()
            try:
                if kind == "done":
                    return done
                place, body = _placed(answer, len(jobs))
                if kind == "next":
                    indexes = channel.read_indexes(body, len(jobs[place].changes))
                    suspicion.announced = (place, indexes)
                    continue
                suspicion.announced = None
                if kind == "applied":
                    applied = channel.read_applied(body, jobs[place])
                    done[place] = with_aside(applied, suspicion.bad[place])
                elif kind != "not-open":
                    raise await self._child.nonsense()
            except RemoteProtocolError:
                raise await self._child.nonsense() from None

    def _check_alive(self) -> None:
        if self._closed:
            raise EngineError("closed")


def _placed(answer: object, below: int) -> tuple[int, object]:
    place, body = wire.array(answer, 2)
    return wire.integer(place, 0, below - 1), body


def _slices(
    batch: dict[DocumentId, list[SignedChange]], seen: SeenDocuments
) -> Iterator[list[Job]]:
    """Cut *batch* into pieces that take the child about 50 ms each; no document is cut."""
    jobs: list[Job] = []
    size = 0
    for document, changes in batch.items():
        weight = sum(len(change.raw) for change in changes)
        if jobs and (size + weight > SLICE_BYTES or len(jobs) == SLICE_DOCUMENTS):
            yield jobs
            jobs, size = [], 0
        jobs.append(Job(document, changes, create=seen.may_create(document), fresh=False))
        size += weight
    if jobs:
        yield jobs
