"""When this device turns out to be an older copy of itself (a restored backup, architecture §4).

A companion knows more of our own log than we do. What we wrote since the copy was made would claim
places in records that are taken already, so it is written again, by a new incarnation, as what it
changed in the records as they stood; then the old log comes back from whoever has it.
"""

from __future__ import annotations

from collections.abc import Iterable

from aluna_protocol.ids import ActorId, DocumentId
from aluna_sync.adopting import adopted
from aluna_sync.engine.types import Delete, Edited, Engine, Operation, Put, Splice, View
from aluna_sync.journal.records import unpack_view
from aluna_sync.journal.splices import hunks
from aluna_sync.moments import Moment, together
from aluna_sync.opener import Opener
from aluna_sync.spaces import INCARNATION, Spaces
from aluna_sync.store.rows import PendingChange
from aluna_sync.store.store import Store
from aluna_sync.writer import in_strokes


def differences(base: View | None, mine: View) -> list[Operation]:
    """Return the operations that lead from *base* to *mine*."""
    texts = {} if base is None else base.texts
    cells = {} if base is None else base.cells
    operations: list[Operation] = []
    for key, text in mine.texts.items():
        if key not in texts and not text:
            operations.append(Splice(key, 0, 0, ""))
        operations += [
            Splice(key, hunk.start, hunk.end - hunk.start, hunk.text)
            for hunk in reversed(hunks(texts.get(key, ""), text))
        ]
    for key, cell in mine.cells.items():
        if key not in cells or cells[key].value != cell.value:
            operations.append(Put(key, cell.value))
    operations.extend(Delete(key) for key in cells if key not in mine.cells)
    return operations


class Rebirth:
    """Writes unsealed edits again as a new incarnation."""

    def __init__(self, store: Store, spaces: Spaces, engine: Engine, opener: Opener) -> None:
        self._store = store
        self._spaces = spaces
        self._engine = engine
        self._opener = opener

    async def begin(self, incarnation: int) -> None:
        """Become *incarnation*; every unsealed edit is kept. The caller holds the turn."""
        waiting = [
            one for space in self._spaces.rows for one in self._store.log.pending(space, 2**62)
        ]
        unsealed = {one.document: one.space for one in waiting}
        mine = {document: self._standing(document) for document in unsealed}
        former = {document: self._spaces.actor(document) for document in mine}
        self._spaces.incarnation = incarnation
        written: dict[DocumentId, list[Edited]] = {}
        for document, view in mine.items():
            if view is not None:
                written[document] = await self._write_again(document, view, former[document])
        with self._store.transaction():
            self._store.meta.put(INCARNATION, incarnation.to_bytes(4, "big"))
            self._store.log.delete_pending(one.id for one in waiting)
            known = _written_at(waiting)
            for document, edits in written.items():
                for edited in edits:
                    self._store.log.add_pending(
                        unsealed[document], document, edited.change, known[document]
                    )
                self._store.index.put(
                    [self._opener.row(unsealed[document], edits[-1].view)] if edits else []
                )

    def _standing(self, document: DocumentId) -> View | None:
        row = self._store.index.row(document)
        return None if row is None else unpack_view(row.view)

    async def _write_again(self, document: DocumentId, mine: View, former: ActorId) -> list[Edited]:
        base = (await self._opener.open_whole(document, pending=False))[0].view
        if base is None:
            # Nothing of it was ever sealed: it begins again, by another actor.
            await self._engine.open(document, [])
        actor = self._spaces.actor(document)
        again = adopted(differences(base, mine), base, {former}, actor)
        return [await self._engine.edit(document, actor, some) for some in in_strokes(again)]


def _written_at(pending: Iterable[PendingChange]) -> dict[DocumentId, bytes]:
    """Return what was known when the edits of each document were written, all of them together."""
    moments: dict[DocumentId, set[bytes]] = {}
    for one in pending:
        moments.setdefault(one.document, set()).add(one.known)
    return {
        document: together(map(Moment.unpacked, known)).packed()
        for document, known in moments.items()
    }
