"""From what a person does to durable changes, and from those to sealed entries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from aluna_protocol import entry as entries
from aluna_protocol import limits
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Entry, EpochKey, Part
from aluna_protocol.ids import ChangeHash, DocumentId, Lane, PersonId, SpaceId
from aluna_sync import moments
from aluna_sync.engine.types import (
    DocumentNotOpenError,
    Edited,
    Engine,
    EngineError,
    Operation,
    Splice,
    View,
)
from aluna_sync.errors import AlunaError, WrongUseError
from aluna_sync.journal import edits as journal_edits
from aluna_sync.journal.edit_kinds import Edit
from aluna_sync.journal.keys import WriteIds
from aluna_sync.journal.pieces import joined, pieces_of
from aluna_sync.journal.records import unpack_view
from aluna_sync.opener import Opener
from aluna_sync.spaces import Spaces
from aluna_sync.store.rows import IndexRow, PendingChange
from aluna_sync.store.store import Store

if TYPE_CHECKING:
    from aluna_sync.journal.drift import Change

STROKES_PER_CHANGE = 8_000
"""Letters one change inserts or deletes: a long paste becomes several changes, since every device
refuses a change of more than 20,000 operations."""
TRIES = 64
"""Another process may have written the same record meanwhile; so often we begin again. Each time
somebody did get through, so two that write without pause take turns and neither is refused."""


class MovedOnError(Exception):
    """A record was written meanwhile: what was to be done to it must be looked at again."""


class Writer:
    """Writes records of this device's person."""

    def __init__(
        self,
        store: Store,
        spaces: Spaces,
        engine: Engine,
        opener: Opener,
        person: PersonId,
        turn: AbstractAsyncContextManager[object],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._store = store
        self._spaces = spaces
        self._engine = engine
        self._opener = opener
        self._person = person
        self._turn = turn
        self._random = random_bytes

    def _write_ids(self, document: DocumentId) -> WriteIds:
        return WriteIds(self._spaces.actor(document), self._random)

    async def create(self, type_: str, edits: Sequence[Edit], space: SpaceId) -> DocumentId:
        """Write a new record; durable when this returns."""
        async with self._turn:
            document, written = await self.begin(type_, edits, space)
            self.keep(space, document, written, None)
        return document

    async def begin(
        self, type_: str, edits: Sequence[Edit], space: SpaceId
    ) -> tuple[DocumentId, list[Edited]]:
        """Write a new record that is not kept yet; the caller holds the turn."""
        drawn = self._random(entries.DOCUMENT_RANDOM_BYTES)
        document = entries.document_of(space, self._person, drawn)
        operations = journal_edits.operations(
            edits, None, type=type_, person=self._person, write_ids=self._write_ids(document)
        )
        self._opener.held.add(document)
        return document, await self._edit(document, operations)

    async def edit(
        self,
        document: DocumentId,
        edits: Sequence[Edit],
        at: tuple[ChangeHash, ...] | None = None,
    ) -> tuple[IndexRow, View] | None:
        """Do *edits* to a record; None when nothing was different. Durable when this returns.

        *at* is where the record must stand; raises MovedOnError where it stands elsewhere.
        """

        def plan(row: IndexRow, view: View) -> list[Operation]:
            if at is not None and row.heads != at:
                raise MovedOnError
            return journal_edits.operations(
                edits,
                view,
                type=row.type,
                person=self._person,
                write_ids=self._write_ids(document),
                person_of=self._spaces.person_of(row.space, document),
            )

        return await self._write(document, plan)

    async def splice(
        self, document: DocumentId, field: str, stroke: Change, base: str | None
    ) -> tuple[IndexRow, View] | None:
        """Write one stroke in a collaborative text. Durable when this returns.

        *base* is the text the stroke was made in; where others changed it since, the stroke is
        moved past what they wrote.
        """
        from aluna_sync.journal.drift import difference, move_past

        def plan(row: IndexRow, view: View) -> list[Operation]:
            standing = joined(pieces_of(view.texts, field))
            drifted = [] if base is None else difference(base, standing)
            ids, person_of = self._write_ids(document), self._spaces.person_of(row.space, document)
            return [
                operation
                for one in move_past([stroke], drifted)
                for operation in journal_edits.splice_operations(
                    view,
                    field,
                    one.position,
                    one.delete,
                    one.text,
                    type=row.type,
                    write_ids=ids,
                    person=self._person,
                    person_of=person_of,
                )
            ]

        return await self._write(document, plan)

    async def _write(
        self, document: DocumentId, plan: Callable[[IndexRow, View], list[Operation]]
    ) -> tuple[IndexRow, View] | None:
        async with self._turn:
            for _ in range(TRIES):
                row = self._store.index.row(document)
                if row is None:
                    raise WrongUseError("no-such-record", id=document.hex())
                operations = plan(row, unpack_view(row.view))
                if not operations:
                    return None
                await self._stand_at(document, row.heads)
                written = await self._edit(document, operations)
                if not written:
                    return None
                kept = False
                try:
                    kept = self.keep(row.space, document, written, row.heads)
                finally:
                    if not kept:
                        # The engine must not stand on a change that the store does not have.
                        await self._opener.reopen(document)
                if kept:
                    view = written[-1].view
                    return self._opener.row(row.space, view), view
            raise AlunaError("store-busy")

    async def _stand_at(self, document: DocumentId, heads: tuple[ChangeHash, ...]) -> None:
        """See that the engine holds the document as the store has it."""
        try:
            view: View | None = await self._engine.view(document)
        except DocumentNotOpenError:
            view = None
        if view is None or view.heads != heads:
            await self._opener.reopen(document)

    async def _edit(self, document: DocumentId, operations: list[Operation]) -> list[Edited]:
        """Write *operations* as one change, or as many as their length needs."""
        written: list[Edited] = []
        actor = self._spaces.actor(document)
        try:
            for some in in_strokes(operations):
                written += [await self._engine.edit(document, actor, some)]
        except EngineError as error:
            if error.code == "nothing-to-write":
                return written
            if written:
                await self._opener.reopen(document)
            raise AlunaError("not-written", reason=error.code) from None
        return written

    def keep(
        self,
        space: SpaceId,
        document: DocumentId,
        written: Sequence[Edited],
        before: tuple[ChangeHash, ...] | None,
    ) -> bool:
        """Make the changes durable unless somebody else wrote the record since *before*."""
        row = self._opener.row(space, written[-1].view)
        with self._store.transaction():
            standing = self._store.index.heads(document)
            if standing != before:
                return False
            known = moments.present(self._spaces, space).packed()
            for edited in written:
                self._store.log.add_pending(space, document, edited.change, known)
            self._store.index.put([row])
        return True

    # -- sealing ---------------------------------------------------------------------------------

    def seal(
        self, space: SpaceId, keys: DeviceKeys, leave: Collection[DocumentId] = ()
    ) -> list[Entry]:
        """Seal what is pending into entries of the own log; return them, already durable.

        Not what is pending of the documents to *leave*, nor what `lacks_key` speaks of and all
        that was written after it.
        """
        written: list[Entry] = []
        while True:
            with self._store.transaction():
                key, pending = self._next(space, leave)
                if key is None or not pending:
                    return written
                sealed, taken = self._seal(space, keys, key, pending)
                self._store.log.append([sealed])
                self._store.log.delete_pending([one.id for one in taken])
                documents = list(dict.fromkeys(one.document for one in taken))
                self._store.log.mark_opened(sealed.header.log, sealed.header.height, documents)
            written.append(sealed)

    def lacks_key(
        self, space: SpaceId, leave: Collection[DocumentId] = ()
    ) -> frozenset[PersonId] | None:
        """Return who must not read what is to be sealed next, where no key here is closed to them.

        They came since without being given the past. None when a key is here, or nothing waits.
        """
        with self._store.transaction():
            key, pending = self._next(space, leave)
        if key is not None or not pending:
            return None
        return moments.shut_out(self._spaces, space, moments.Moment.unpacked(pending[0].known))

    def mint_without(
        self, space: SpaceId, keys: DeviceKeys, out: frozenset[PersonId]
    ) -> list[Entry]:
        """Mint the key that `lacks_key` misses; return what was written, already durable."""
        return moments.mint_without(self._store, self._spaces, keys, space, out, self._random)

    def _next(
        self, space: SpaceId, leave: Collection[DocumentId]
    ) -> tuple[EpochKey | None, list[PendingChange]]:
        """Return the oldest pending changes that go under one key, and that key."""
        oldest = self._store.log.pending(space, limits.SEAL_AT_BYTES)
        key: EpochKey | None = None
        known: bytes | None = None
        found: list[PendingChange] = []
        for one in oldest:
            if one.document in leave:
                continue
            if one.known != known:
                known, before = one.known, key
                moment = moments.Moment.unpacked(known)
                out = moments.shut_out(self._spaces, space, moment)
                key = moments.key_for(self._spaces, space, out)
                if found and key != before:
                    return before, found
            found.append(one)
        return key, found

    def _seal(
        self,
        space: SpaceId,
        keys: DeviceKeys,
        key: EpochKey,
        pending: Sequence[PendingChange],
    ) -> tuple[Entry, list[PendingChange]]:
        """Seal the oldest pending changes that fit one entry."""
        changes: dict[DocumentId, list[bytes]] = {}
        taken: list[PendingChange] = []
        for one in pending:
            if one.document not in changes and len(changes) == limits.MAX_PARTS:
                break
            changes.setdefault(one.document, []).append(one.change)
            taken.append(one)
        log = self._spaces.own_log(space, Lane.CONTENT)
        sealed = entries.seal_changes(
            keys,
            log,
            self._store.log.head(log),
            self._spaces.replicas[space].heads_to_name(keys.device),
            key,
            [Part(document, tuple(raws)) for document, raws in changes.items()],
            self._random(entries.SALT_BYTES),
        )
        return sealed, taken


def in_strokes(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """Yield *operations* in groups small enough for one change each, in order."""
    group: list[Operation] = []
    strokes = 0
    for operation in operations:
        for piece in _pieces(operation):
            size = piece.delete + len(piece.text) if isinstance(piece, Splice) else 1
            if group and strokes + size > STROKES_PER_CHANGE:
                yield group
                group, strokes = [], 0
            group.append(piece)
            strokes += size
    if group:
        yield group


def _pieces(operation: Operation) -> Iterator[Operation]:
    """Yield *operation*, a long splice as several that come to the same."""
    if not isinstance(operation, Splice):
        yield operation
        return
    key, position, delete, text = (
        operation.key, operation.position, operation.delete, operation.text,
    )  # fmt: skip
    while delete > STROKES_PER_CHANGE:
        yield Splice(key, position, STROKES_PER_CHANGE, "")
        delete -= STROKES_PER_CHANGE
    while len(text) > STROKES_PER_CHANGE - delete:
        cut = STROKES_PER_CHANGE - delete
        yield Splice(key, position, delete, text[:cut])
        position, delete, text = position + cut, 0, text[cut:]
    yield Splice(key, position, delete, text)
