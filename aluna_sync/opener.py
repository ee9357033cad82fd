"""From stored entries to readable records: opened, applied by the engine, put into the index.

Entries are the truth and stay as they came; what is refused is set aside where people can see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import field, replace

from aluna_protocol import entry as entries
from aluna_protocol.dataclass import dataclass
from aluna_protocol.entry import BadPart, Entry, Part
from aluna_protocol.ids import DocumentId, LogId, SpaceId
from aluna_sync.barred import NOT_SEALED, PAST_BARRED, Barred, Placed
from aluna_sync.engine.types import (
    FORKED,
    PAST_SET_ASIDE,
    Applied,
    DocumentNotOpenError,
    Engine,
    EngineError,
    Refused,
    SignedChange,
    View,
)
from aluna_sync.folds import Folds
from aluna_sync.journal.records import index_row, record_from_view
from aluna_sync.journal.types import Absent
from aluna_sync.restating import restate
from aluna_sync.spaces import Spaces
from aluna_sync.store.rows import IndexRow, PartPlace, SetAside
from aluna_sync.store.store import Store

DOCUMENTS_AT_ONCE = 48
"""What one turn applies: about 40 ms, so that a letter typed meanwhile never waits long."""
BUILT_AT_ONCE = 8
"""What one turn builds again from the log, for the same reason."""
ENTRIES_AT_ONCE = 64
OF_NOBODY = "another-space"
"""Set aside everywhere: nobody who was ever seated in the space made such a document for it."""
GROUP = 24
"""Documents the engine is given at once, so that it and the index are at work together."""


@dataclass(slots=True)
class Batch:
    """Some entries opened: changes by document, and which document each part belongs to."""

    space: SpaceId
    marks: list[tuple[LogId, int, list[DocumentId | None]]] = field(default_factory=list)
    changes: dict[DocumentId, list[Placed]] = field(default_factory=dict)
    aside: list[SetAside] = field(default_factory=list)
    anew: dict[DocumentId, list[SetAside]] = field(default_factory=dict)
    """What is set aside of documents that were built from all their changes."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What became readable."""

    documents: tuple[DocumentId, ...]
    new: int
    logs: frozenset[LogId]


class Opener:
    """Makes what is stored readable. *turn* keeps it and the writer from the same document."""

    def __init__(
        self,
        store: Store,
        spaces: Spaces,
        engine: Engine,
        turn: AbstractAsyncContextManager[object],
    ) -> None:
        self._store = store
        self._spaces = spaces
        self._engine = engine
        self._turn = turn
        self._without_key: dict[SpaceId, int] = {}
        self.held: set[DocumentId] = set()
        """Documents this engine has held: it opens none of them again by itself."""
        self.forked: set[DocumentId] = set()
        """Documents that were built anew and hold changes of this device which do not count."""
        self._folds = Folds(store, engine)
        self.barred = Barred(store, spaces, self.held)
        self._absent: dict[SpaceId, Absent] = {}
        """Whose absence the states in the lists of a space were last held against."""

    async def open_some(self, space: SpaceId) -> Opened | None:
        """Open the newest entries not opened yet; None when none can be.

        First comes what has to be built again because membership changed.
        """
        self._restate(space)
        again = self.barred.left(space)[:BUILT_AT_ONCE]
        if again:
            opened = await self.refresh(again)
            self.barred.built(space, again)
            return opened
        keys = self._spaces.epoch_keys[space]
        batch = Batch(space)
        at_most = ENTRIES_AT_ONCE + self._without_key.get(space, 0)
        without_key = 0
        for one in self._store.log.each_unopened(space, at_most):
            key = keys.get(one.header.epoch)
            if key is None:
                without_key += 1
                continue
            self._open(batch, one, key)
            if len(batch.changes) >= DOCUMENTS_AT_ONCE:
                break
        self._without_key[space] = without_key
        if not batch.marks:
            # Older ones may have a key: look further behind those that have none.
            return await self.open_some(space) if without_key == at_most else None
        async with self._turn:
            return await self._apply(batch)

    def _restate(self, space: SpaceId) -> None:
        absent = self._spaces.absent(space)
        if self._absent.get(space) is not absent:
            restate(self._store, self._spaces, space)
            self._absent[space] = absent

    def _open(self, batch: Batch, one: Entry, key: bytes) -> None:
        header = one.header
        documents: list[DocumentId | None] = []
        for index, part in enumerate(entries.open_parts(one, key)):
            place = PartPlace(header.log, header.height, index)
            match part:
                case Part(document, changes):
                    if self._spaces.author_of(batch.space, document, header.log.device) is None:
                        batch.aside.append(SetAside(place, document, OF_NOBODY, by_lint=True))
                        documents.append(None)
                        continue
                    actor = entries.actor_of(header.log.device, document, header.log.incarnation)
                    batch.changes.setdefault(document, []).extend(
                        Placed(
                            SignedChange(raw, actor, header.log.device),
                            place,
                            number,
                            header.membership_heads,
                            header.epoch,
                        )
                        for number, raw in enumerate(changes)
                    )
                    documents.append(document)
                case BadPart(reason):
                    batch.aside.append(SetAside(place, None, reason, by_lint=True))
                    documents.append(None)
                case None:
                    documents.append(None)
        batch.marks.append((header.log, header.height, documents))

    async def _apply(self, batch: Batch) -> Opened:
        given = {document: list(placed) for document, placed in batch.changes.items()}
        # A document known here must never be begun again from what somebody sends as its beginning.
        known = self._store.log.known(given.keys() - self.held)
        whole = known | self._with_barred(batch)
        again = [document for document in given if document in whole]
        fresh = {document: placed for document, placed in given.items() if document not in whole}
        gone: list[DocumentId] = []
        rows = await self._apply_what_is_open(batch, fresh, again)
        for document in again:
            applied, batch.anew[document] = await self._open_whole(
                document, self.placed(document) + given[document]
            )
            if applied.view is None:
                gone.append(document)
            else:
                rows.append(await self._arrived(batch.space, applied.view, given[document]))
        # Undone by a power cut, the entries are unopened again: nothing is lost but the work.
        with self._store.passing():
            for log, height, documents in batch.marks:
                self._store.log.mark_opened(log, height, documents)
            for document, now in batch.anew.items():
                self._store.log.replace_set_asides(document, now)
            for one in batch.aside:
                self._store.log.set_aside(one)
            new = self._put(rows, gone)
        logs = frozenset(log for log, _, _ in batch.marks)
        return Opened(tuple(row.document for row in rows), new, logs)

    def _with_barred(self, batch: Batch) -> set[DocumentId]:
        """Return the documents of *batch* that are to be judged whole, for who may not write."""
        if not self.barred.cuts(batch.space).barred:
            return set()
        found = {one for one, placed in batch.changes.items() if self.barred.bars_any(placed)}
        return found | (self.barred.touched(batch.space) & batch.changes.keys())

    def _put(self, rows: Sequence[IndexRow], gone: Sequence[DocumentId]) -> int:
        """Index *rows*, forget the rows of what is *gone*; return how many were not known."""
        for document in gone:
            self._store.index.remove(document)
        return self._store.index.put(rows)

    async def _apply_what_is_open(
        self,
        batch: Batch,
        given: dict[DocumentId, list[Placed]],
        not_open: list[DocumentId],
    ) -> list[IndexRow]:
        """Return the rows of what could be applied; the rest is added to *not_open*."""
        # Commands that only write never come here, and should not pay 40 ms for it.
        import asyncio

        names = list(given)
        self.held.update(names)
        rows: list[IndexRow] = []
        failed: EngineError | None = None
        async with asyncio.TaskGroup() as tasks:
            # While one group is made into rows here, the engine applies the next.
            groups = [
                tasks.create_task(self._apply_group(given, names[at : at + GROUP], not_open))
                for at in range(0, len(names), GROUP)
            ]
            for group in groups:
                answer = await group
                if isinstance(answer, EngineError):
                    failed = answer
                    continue
                for applied in answer:
                    if applied.waiting:
                        not_open.append(applied.document)
                    else:
                        rows += await self._rows(batch, applied, given[applied.document])
        if failed is not None:
            raise failed
        return rows

    async def _apply_group(
        self,
        given: dict[DocumentId, list[Placed]],
        names: Sequence[DocumentId],
        not_open: list[DocumentId],
    ) -> Sequence[Applied] | EngineError:
        """Apply one group; a failure is returned, for a group of tasks would wrap it."""
        try:
            return await self._engine.apply(
                {document: [one.change for one in given[document]] for document in names}
            )
        except DocumentNotOpenError as error:
            not_open += error.documents
            return error.applied
        except EngineError as error:
            return error

    async def _rows(
        self, batch: Batch, applied: Applied, placed: Sequence[Placed]
    ) -> list[IndexRow]:
        batch.aside.extend(_refused(applied, placed))
        view = applied.view
        return [] if view is None else [await self._arrived(batch.space, view, placed)]

    async def _arrived(self, space: SpaceId, view: View, came: Sequence[Placed]) -> IndexRow:
        await self._folds.look(view, came, lambda: self.placed(view.document))
        return self.row(space, view)

    async def _open_whole(
        self, document: DocumentId, placed: Sequence[Placed]
    ) -> tuple[Applied, list[SetAside]]:
        """Build *document* from *placed*, all its changes; return what is set aside of it now.

        What was beyond a limit of this device once is not tried again: it may take ten seconds
        each time. `Device.rebuild` forgets it.
        """
        self.held.add(document)
        bad: dict[int, str] = {}
        for one in self._store.log.set_asides_of(document):
            if not one.by_lint and one.reason != PAST_SET_ASIDE:
                wanted = {(one.place, number) for number in one.changes}
                bad |= {
                    at: one.reason
                    for at, each in enumerate(placed)
                    if (each.place, each.index) in wanted
                }
        applied = await self._open_standing(document, placed, bad)
        if applied.waiting or applied.view is None:
            # What waits is not in the engine: it is offered again with whatever comes next.
            self.held.discard(document)
        own = self._spaces.device
        if any(
            one.reason in (FORKED, PAST_BARRED) and placed[one.index].place.log.device == own
            for one in applied.refused
        ):
            self.forked.add(document)
        return applied, _refused(applied, placed)

    async def _open_standing(
        self, document: DocumentId, placed: Sequence[Placed], bad: Mapping[int, str]
    ) -> Applied:
        """Build *document* from those of *placed* that nobody's removal or suspension keeps out."""
        fallen = self.barred.fallen(placed)
        given = [at for at in range(len(placed)) if at not in fallen]
        aside = {to: bad[at] for to, at in enumerate(given) if at in bad}
        changes = [placed[at].change for at in given]
        applied = await self._engine.open(document, changes, aside)
        if not fallen:
            return applied
        refused = [replace(one, index=given[one.index]) for one in applied.refused]
        refused += [Refused(at, reason, by_lint=True) for at, reason in fallen.items()]
        return replace(
            applied,
            waiting=tuple(given[at] for at in applied.waiting),
            refused=tuple(sorted(refused, key=lambda one: one.index)),
        )

    def placed(self, document: DocumentId, *, pending: bool = True) -> list[Placed]:
        """Return every change of *document* that was opened before or (*pending*) is unsealed."""
        found: list[Placed] = []
        for one, index in self._store.log.parts_of(document):
            header = one.header
            key = self._spaces.epoch_keys[header.log.space].get(header.epoch)
            part = None if key is None else entries.open_parts(one, key)[index]
            if not isinstance(part, Part):
                continue
            place = PartPlace(header.log, header.height, index)
            actor = entries.actor_of(header.log.device, document, header.log.incarnation)
            found += [
                Placed(
                    SignedChange(raw, actor, header.log.device),
                    place,
                    number,
                    header.membership_heads,
                    header.epoch,
                )
                for number, raw in enumerate(part.changes)
            ]
        own = self._spaces.actor(document)
        space = self._store.log.space_of(document)
        if space is None or not pending:
            return found
        nowhere = PartPlace(self._spaces.own_log(space, entries.Kind.CHANGES.lane), NOT_SEALED, 0)
        return found + [
            Placed(SignedChange(raw, own, self._spaces.device), nowhere, number)
            for number, raw in enumerate(self._store.log.pending_of(document))
        ]

    def row(self, space: SpaceId, view: View) -> IndexRow:
        """Return the index row of a view."""
        person_of = self._spaces.person_of(space, view.document)
        absent = self._spaces.absent(space)
        record = record_from_view(view, space, person_of, absent)
        return self._folds.marked(index_row(record, view), record)

    async def reopen(self, document: DocumentId) -> View | None:
        """Build *document* in the engine again from everything the log has of it."""
        return (await self.open_whole(document))[0].view

    async def open_whole(
        self, document: DocumentId, *, pending: bool = True
    ) -> tuple[Applied, list[Placed]]:
        """Build *document* in the engine again; return what that gave, and of which changes."""
        placed = self.placed(document, pending=pending)
        applied, now = await self._open_whole(document, placed)
        if set(now) != set(self._store.log.set_asides_of(document)):
            with self._store.passing():
                self._store.log.replace_set_asides(document, now)
        return applied, placed

    async def refresh(self, documents: Sequence[DocumentId]) -> Opened:
        """Build documents again, as another process wrote them or as they stand now; index them."""
        rows: list[IndexRow] = []
        gone: list[DocumentId] = []
        async with self._turn:
            for document in documents:
                space = self._store.log.space_of(document)
                view = await self.reopen(document)
                if view is None:
                    gone.append(document)
                elif space is not None:
                    rows.append(self.row(space, view))
            new = self._put(rows, gone)
        return Opened(tuple(documents), new, frozenset())


def _refused(applied: Applied, placed: Sequence[Placed]) -> list[SetAside]:
    """Return what was refused, by part; edits not sealed yet are nobody's to see."""
    refused: dict[tuple[PartPlace, str, bool], list[int]] = {}
    for one in applied.refused:
        where = placed[one.index]
        if where.place.height != NOT_SEALED:
            refused.setdefault((where.place, one.reason, one.by_lint), []).append(where.index)
    return [
        SetAside(place, applied.document, reason, by_lint, tuple(indexes))
        for (place, reason, by_lint), indexes in refused.items()
    ]
