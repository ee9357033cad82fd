"""What this device wrote on top of what does not count is written again on top of what does.

Where two branches of a forked log meet in one document, one of them is set aside on every device
(SPEC §6.5.4), and so is what a removed device wrote too late (§6.4.5), each with whatever was built
on it. That stays in the log under its author's name, but nobody would read it in the record: so
each device writes its own part of it once more.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from dataclasses import field

from aluna_protocol import crypto, lint, wire
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId, ChangeHash, DocumentId, EpochId, SpaceId
from aluna_sync.adopting import adopted
from aluna_sync.barred import BARRED, NOT_SEALED, PAST_BARRED
from aluna_sync.engine.types import (
    FORKED,
    Delete,
    Edited,
    Engine,
    EngineError,
    Operation,
    Put,
    Scalar,
    SignedChange,
    Splice,
    View,
)
from aluna_sync.errors import AlunaError
from aluna_sync.journal.drift import Change, difference, move_past
from aluna_sync.moments import Moment, present, together
from aluna_sync.opener import Opener
from aluna_sync.rebirth import differences
from aluna_sync.spaces import Spaces
from aluna_sync.store.rows import PendingChange
from aluna_sync.store.store import Store
from aluna_sync.writer import in_strokes

TRIES = 8
"""Another process may write the same record meanwhile; so often we begin again."""
_TOLD = "told:"
"""Where the store keeps, per document, which changes hold what was written again."""
_HASH = 32
_REASONS = {FORKED, BARRED, PAST_BARRED}
"""Why own words do not stand, or what they were written on does not."""

Told = dict[ChangeHash, list[ChangeHash]]


@dataclass(slots=True)
class _Refused:
    """The own changes of a document that do not count, with everything they may rest on."""

    own: list[lint.Chunk] = field(default_factory=list)
    sealed_under: set[EpochId] = field(default_factory=set)
    """The epochs of `own`: who could not read them shall not read them told again."""
    unsealed: dict[ChangeHash, bytes] = field(default_factory=dict)
    every: dict[ChangeHash, tuple[lint.Chunk, SignedChange]] = field(default_factory=dict)

    def past(self, tip: ChangeHash) -> dict[ChangeHash, SignedChange]:
        """Return *tip* and everything before it."""
        found: dict[ChangeHash, SignedChange] = {}
        ahead = [tip]
        while ahead:
            change = ahead.pop()
            if change in self.every and change not in found:
                chunk, found[change] = self.every[change]
                ahead.extend(chunk.deps)
        return found


@dataclass(frozen=True, slots=True)
class _Step:
    """Own changes one right after the other, and what the record was before and after them."""

    changes: tuple[ChangeHash, ...]
    before: View | None
    after: View


class Retelling:
    """Writes own words again that a forked log took out of a document."""

    def __init__(self, store: Store, spaces: Spaces, engine: Engine, opener: Opener) -> None:
        self._store = store
        self._spaces = spaces
        self._engine = engine
        self._opener = opener

    def left_over(self) -> set[DocumentId]:
        """Return the documents that may hold words not told yet, because a crash came between."""
        own = self._spaces.device
        return {
            one.document
            for space in self._spaces.rows
            for one in self._store.log.set_asides(space)
            if one.reason in _REASONS and one.document is not None
            if one.place.log.device == own or self._store.log.pending_of(one.document)
        }

    async def tell(self, document: DocumentId) -> bool:
        """Write again what is missing in *document*; tell whether anything was written.

        The caller holds the turn. Raises AlunaError store-busy.
        """
        for _ in range(TRIES):
            before = self._store.index.heads(document)
            refused, standing = await self._look(document)
            told = self._told(document)
            missing = _missing(refused, told, standing)
            if not missing and not refused.unsealed:
                return False
            try:
                written = await self._tell(document, refused, missing, told)
            except EngineError:
                # Nothing is lost: it is in the log, and set aside where people can see it.
                await self._opener.reopen(document)
                return False
            if self._keep(document, before, refused, told, written):
                return bool(written)
            await self._opener.reopen(document)
        raise AlunaError("store-busy")

    async def _look(self, document: DocumentId) -> tuple[_Refused, set[ChangeHash]]:
        """Build *document*; return the own changes that do not count, and all that do."""
        applied, placed = await self._opener.open_whole(document)
        lost = {one.index for one in applied.refused if one.reason in _REASONS}
        refused = _Refused()
        for at, one in enumerate(placed):
            try:
                chunk = lint.read_chunk(one.change.raw)
            except RemoteProtocolError:
                continue
            refused.every[chunk.hash] = (chunk, one.change)
            if at in lost and one.place.log.device == self._spaces.device:
                refused.own.append(chunk)
                if one.epoch is not None:
                    refused.sealed_under.add(one.epoch)
                if one.place.height == NOT_SEALED:
                    refused.unsealed[chunk.hash] = one.change.raw
        if applied.view is None:
            return refused, set()
        return refused, {step.hash for step in await self._engine.history(document)}

    async def _tell(
        self,
        document: DocumentId,
        refused: _Refused,
        missing: Sequence[lint.Chunk],
        told: Told,
    ) -> list[Edited]:
        """Write what *missing* did, on top of what counts; note in *told* what holds it now."""
        steps = [step async for step in self._steps(document, refused, missing)]
        view = (await self._opener.open_whole(document))[0].view
        if view is None:
            raise EngineError("document-broken")
        actor = self._spaces.actor(document)
        former = {chunk.actor for chunk in refused.own}
        written: list[Edited] = []
        for step in steps:
            edits: list[Edited] = []
            for some in in_strokes(moved(step.before, step.after, view, former, actor)):
                edits += [await self._engine.edit(document, actor, some)]
            view = edits[-1].view if edits else view
            for change in step.changes:
                # Where nothing was left to write, what stands holds the words already.
                told[change] = [one.change_hash for one in edits] or list(view.heads)
            written += edits
        return written

    async def _steps(
        self, document: DocumentId, refused: _Refused, missing: Sequence[lint.Chunk]
    ) -> AsyncIterator[_Step]:
        """Read, in the branch that does not count, what each run of own changes did."""
        left = sorted(missing, key=lambda chunk: chunk.start_op)
        while left:
            past = refused.past(left[-1].hash)
            here = [chunk for chunk in left if chunk.hash in past]
            left = [chunk for chunk in left if chunk.hash not in past]
            await self._engine.open(document, list(past.values()))
            for run in runs(here):
                deps = run[0].deps
                yield _Step(
                    changes=tuple(chunk.hash for chunk in run),
                    before=await self._engine.view_at(document, deps) if deps else None,
                    after=await self._engine.view_at(document, (run[-1].hash,)),
                )

    def _keep(
        self,
        document: DocumentId,
        before: tuple[ChangeHash, ...] | None,
        refused: _Refused,
        told: Told,
        written: Sequence[Edited],
    ) -> bool:
        """Make what was written durable, unless somebody else wrote the record meanwhile."""
        space = self._store.log.space_of(document)
        if space is None:
            return True
        with self._store.transaction():
            if self._store.index.heads(document) != before:
                return False
            lost = set(refused.unsealed.values())
            unsealed = [
                one
                for one in self._store.log.pending(space, 2**62)
                if one.document == document and one.change in lost
            ]
            self._store.log.delete_pending(one.id for one in unsealed)
            known = self._written_at(space, refused, unsealed)
            for edited in written:
                self._store.log.add_pending(space, document, edited.change, known)
            if written:
                self._store.index.put([self._opener.row(space, written[-1].view)])
            packed = wire.pack([[change, b"".join(holds)] for change, holds in told.items()])
            self._store.meta.put(_TOLD + document.hex(), packed)
        return True

    def _written_at(
        self, space: SpaceId, refused: _Refused, unsealed: Sequence[PendingChange]
    ) -> bytes:
        """Return what was known when what is told again was first written."""
        before = [Moment.unpacked(one.known) for one in unsealed]
        sealed = Moment(sealed_under=frozenset(refused.sealed_under))
        return together([present(self._spaces, space), sealed, *before]).packed()

    def _told(self, document: DocumentId) -> Told:
        packed = self._store.meta.get(_TOLD + document.hex())
        if packed is None:
            return {}
        rows = wire.array(wire.unpack(packed, len(packed)))
        pairs = [wire.array(row, 2) for row in rows]
        return {
            ChangeHash(wire.octets(change)): [
                ChangeHash(wire.octets(holds)[at : at + _HASH])
                for at in range(0, len(wire.octets(holds)), _HASH)
            ]
            for change, holds in pairs
        }


def _missing(refused: _Refused, told: Told, standing: Collection[ChangeHash]) -> list[lint.Chunk]:
    """Return the own changes whose words stand nowhere in what counts."""
    again = {change for holds in told.values() for change in holds}
    return [
        chunk
        for chunk in refused.own
        if chunk.hash not in again
        and not any(change in standing for change in told.get(chunk.hash, ()))
    ]


def runs(chunks: Sequence[lint.Chunk]) -> Iterator[list[lint.Chunk]]:
    """Yield *chunks*, causes first, in runs where each follows only the one before it."""
    run: list[lint.Chunk] = []
    for chunk in chunks:
        if run and chunk.deps != (run[-1].hash,):
            yield run
            run = []
        run.append(chunk)
    if run:
        yield run


def moved(
    before: View | None, after: View, now: View, former: Collection[ActorId], actor: ActorId
) -> list[Operation]:
    """Return the operations that led from *before* to *after*, as they apply to *now*.

    Letters are put where they belong among what others wrote. A value others have changed since
    stays as they have it. What the actors *former* said, *actor* says. A text that *now* does not
    have is begun by *actor*, under its own key: two devices that begin one text apart would hide
    each other's letters.
    """
    found: list[Operation] = []
    for operation in adopted(differences(before, after), now, former, actor):
        match operation:
            case Splice():
                found += _moved_splice(before, now, operation, actor)
            case Put(key, value):
                if _value(now, key) in (_value(before, key), None) and _value(now, key) != value:
                    found.append(operation)
            case Delete(key):
                if key in now.cells and _value(now, key) == _value(before, key):
                    found.append(operation)
    return found


def _moved_splice(
    before: View | None, now: View, splice: Splice, actor: ActorId
) -> list[Operation]:
    key = splice.key
    old = "" if before is None else before.texts.get(key, "")
    if key not in now.texts:
        if not splice.text:
            return []
        own = crypto.blake2b(actor + key.encode(), size=8).hex()
        key = f"{key.rpartition('/')[0]}/{own}"
    drifted = difference(old, now.texts.get(key, ""))
    stroke = Change(splice.position, splice.delete, splice.text)
    return [Splice(key, one.position, one.delete, one.text) for one in move_past([stroke], drifted)]


def _value(view: View | None, key: str) -> Scalar:
    cell = None if view is None else view.cells.get(key)
    return None if cell is None else cell.value
