"""The engine in this very process: for tests, the simulator, and commands that only create."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aluna_protocol.ids import ActorId, ChangeHash, DocumentId
from aluna_sync.engine.automerge_door import AutomergeContents, Contents, check_version
from aluna_sync.engine.core import MAX_OPEN_DOCUMENTS, AutomergeCore
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


class InProcessEngine:
    """`Engine` without glass: its coroutines never wait, and what kills Automerge kills it all."""

    def __init__(
        self,
        contents: Callable[[], Contents] = AutomergeContents,
        max_open: int = MAX_OPEN_DOCUMENTS,
    ) -> None:
        check_version()
        self._core = AutomergeCore(contents, max_open)
        self._seen = SeenDocuments()
        self._closed = False

    async def apply(self, batch: dict[DocumentId, list[SignedChange]]) -> list[Applied]:
        """Apply changes to open documents, opening new ones; see `Engine.apply`."""
        core = self._alive()
        done: list[Applied] = []
        not_open: list[DocumentId] = []
        for document, changes in batch.items():
            try:
                applied = core.apply(document, changes, create=self._seen.may_create(document))
            except EngineError:
                not_open.append(document)
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
        applied = with_aside(self._alive().open(document, changes, skip=aside or {}), aside or {})
        self._seen.note(applied)
        if not changes:
            self._seen.forget(document)
        return applied

    async def edit(
        self, document: DocumentId, actor: ActorId, operations: list[Operation]
    ) -> Edited:
        """Write *operations* as one change by *actor*; see `Engine.edit`."""
        create = self._seen.may_create(document)
        edited = self._alive().edit(document, actor, operations, create=create)
        self._seen.add(document)
        return edited

    async def view(self, document: DocumentId) -> View:
        """Return the open document as it stands."""
        return self._alive().view(document)

    async def view_at(self, document: DocumentId, heads: tuple[ChangeHash, ...]) -> View:
        """Return the open document as it stood at *heads*."""
        return self._alive().view_at(document, heads)

    async def history(self, document: DocumentId) -> list[HistoryStep]:
        """Return the changes of an open document, causes first."""
        return self._alive().history(document)

    async def close(self) -> None:
        """End the engine."""
        self._closed = True
        self._core = AutomergeCore()

    def _alive(self) -> AutomergeCore:
        if self._closed:
            raise EngineError("closed")
        return self._core
