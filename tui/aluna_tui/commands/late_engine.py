"""An engine that is imported with the first thing asked of it: reading asks nothing.

So a command that may merge, but this once only reads, loads neither Automerge nor asyncio.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from aluna_protocol.ids import ActorId, ChangeHash, DocumentId
    from aluna_sync.engine.types import (
        Applied,
        Edited,
        Engine,
        HistoryStep,
        Operation,
        SignedChange,
        View,
    )


def in_this_process() -> Engine:
    """Return the engine of commands that only create: nothing of others is loaded."""
    from aluna_sync.engine.in_process import InProcessEngine

    return InProcessEngine()


def in_its_own_process() -> Engine:
    """Return the engine of commands that merge; raises AlunaError for parts that do not fit."""
    from aluna_sync.engine.process import ProcessEngine
    from aluna_sync.selfcheck import require_parts

    require_parts()
    return ProcessEngine()


class LateTurn:
    """A lock of the loop it is first taken in: whoever never waits needs no loop."""

    def __init__(self) -> None:
        self._lock: asyncio.Lock | None = None

    async def __aenter__(self) -> None:
        import asyncio

        if self._lock is None:
            self._lock = asyncio.Lock()
        await self._lock.acquire()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        if self._lock is not None:
            self._lock.release()


class LateEngine:
    """`Engine` that is made when it is needed; lists and readers never need it."""

    def __init__(self, make: Callable[[], Engine] = in_this_process) -> None:
        self._make = make
        self._made: Engine | None = None

    def _engine(self) -> Engine:
        if self._made is None:
            self._made = self._make()
        return self._made

    async def apply(self, batch: dict[DocumentId, list[SignedChange]]) -> list[Applied]:
        """Apply changes to open documents; see `Engine.apply`."""
        return await self._engine().apply(batch)

    async def open(
        self,
        document: DocumentId,
        changes: list[SignedChange],
        aside: Mapping[int, str] | None = None,
    ) -> Applied:
        """Rebuild *document* from *changes*; see `Engine.open`."""
        return await self._engine().open(document, changes, aside)

    async def edit(
        self, document: DocumentId, actor: ActorId, operations: list[Operation]
    ) -> Edited:
        """Write *operations* as one change by *actor*; see `Engine.edit`."""
        return await self._engine().edit(document, actor, operations)

    async def view(self, document: DocumentId) -> View:
        """Return the open document as it stands."""
        return await self._engine().view(document)

    async def view_at(self, document: DocumentId, heads: tuple[ChangeHash, ...]) -> View:
        """Return the open document as it stood at *heads*."""
        return await self._engine().view_at(document, heads)

    async def history(self, document: DocumentId) -> list[HistoryStep]:
        """Return the changes of an open document, causes first."""
        return await self._engine().history(document)

    async def close(self) -> None:
        """End the engine if there is one."""
        if self._made is not None:
            await self._made.close()
