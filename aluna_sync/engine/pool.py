"""Several engines as one: each document always lives in the same of them.

So a catch-up is applied on as many cores, and a child that dies takes only its own documents along.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping, Sequence

from aluna_protocol.ids import ActorId, ChangeHash, DocumentId
from aluna_sync.engine.process import ProcessEngine
from aluna_sync.engine.types import (
    Applied,
    DocumentNotOpenError,
    Edited,
    Engine,
    EngineError,
    HistoryStep,
    Operation,
    SignedChange,
    View,
)

Batch = dict[DocumentId, list[SignedChange]]


class EnginePool:
    """`Engine` over several; a document goes by the checksum of its id."""

    def __init__(self, engines: Sequence[Engine]) -> None:
        if not engines:
            raise ValueError("a pool of no engines")
        self._engines = tuple(engines)

    @classmethod
    def of_processes(cls, count: int) -> EnginePool:
        """Return a pool of *count* engines, each in a process of its own."""
        return cls([ProcessEngine() for _ in range(count)])

    async def apply(self, batch: Batch) -> list[Applied]:
        """Apply every part of *batch* at the same time; see `Engine.apply`.

        The result is in the order of *batch*. If an engine fails altogether its `EngineError` is
        raised, once the others are done.
        """
        parts: dict[int, Batch] = {}
        for document, changes in batch.items():
            parts.setdefault(self._place(document), {})[document] = changes
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(_part(self._engines[place], part))
                for place, part in parts.items()
            ]
        done: dict[DocumentId, Applied] = {}
        not_open: set[DocumentId] = set()
        for task in tasks:
            match task.result():
                case DocumentNotOpenError(documents=missing, applied=applied):
                    not_open.update(missing)
                    done |= {one.document: one for one in applied}
                case EngineError() as error:
                    raise error
                case applied:
                    done |= {one.document: one for one in applied}
        in_order = [done[document] for document in batch if document in done]
        if not_open:
            missing = tuple(document for document in batch if document in not_open)
            raise DocumentNotOpenError(documents=missing, applied=tuple(in_order))
        return in_order

    async def open(
        self,
        document: DocumentId,
        changes: list[SignedChange],
        aside: Mapping[int, str] | None = None,
    ) -> Applied:
        """Forget what is held of *document* and rebuild it from *changes* except *aside*."""
        return await self._of(document).open(document, changes, aside)

    async def edit(
        self, document: DocumentId, actor: ActorId, operations: list[Operation]
    ) -> Edited:
        """Write *operations* as one change by *actor*; see `Engine.edit`."""
        return await self._of(document).edit(document, actor, operations)

    async def view(self, document: DocumentId) -> View:
        """Return the open document as it stands."""
        return await self._of(document).view(document)

    async def view_at(self, document: DocumentId, heads: tuple[ChangeHash, ...]) -> View:
        """Return the open document as it stood at *heads*."""
        return await self._of(document).view_at(document, heads)

    async def history(self, document: DocumentId) -> list[HistoryStep]:
        """Return the changes of an open document, causes first."""
        return await self._of(document).history(document)

    async def close(self) -> None:
        """End all engines."""
        async with asyncio.TaskGroup() as group:
            for engine in self._engines:
                group.create_task(engine.close())

    def _place(self, document: DocumentId) -> int:
        return zlib.crc32(document) % len(self._engines)

    def _of(self, document: DocumentId) -> Engine:
        return self._engines[self._place(document)]


async def _part(engine: Engine, batch: Batch) -> list[Applied] | EngineError:
    """Apply one part; an error is returned, so that it does not break off the other parts."""
    try:
        return await engine.apply(batch)
    except EngineError as error:
        return error
