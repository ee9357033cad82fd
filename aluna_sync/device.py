"""A device, unlocked: the façade every command and every screen speaks to.

Writes are coroutines, reads are answered by the store within milliseconds. Nothing here knows
sockets: the node takes a device and keeps it in touch with others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from aluna_protocol.entry import Entry
from aluna_protocol.ids import DocumentId, PersonId, SpaceId
from aluna_sync.answering import ENGINE_NAME, SHORTEST_PREFIX, Answering
from aluna_sync.errors import AlunaError, WrongUseError
from aluna_sync.identity import PERSON, Identity, standing_identity
from aluna_sync.safety import Safety
from aluna_sync.spaces import Spaces, standing_incarnation
from aluna_sync.store.store import Store

if TYPE_CHECKING:
    from aluna_sync.engine.types import Engine
    from aluna_sync.journal.edit_kinds import Edit
    from aluna_sync.journal.rewritten import Rewriting
    from aluna_sync.journal.types import Record
    from aluna_sync.opener import Opened, Opener
    from aluna_sync.own_fragments import Fragments
    from aluna_sync.rebirth import Rebirth
    from aluna_sync.retelling import Retelling
    from aluna_sync.taking_back import TakingBack
    from aluna_sync.writer import Writer

# What only writing or meeting needs is imported where it is used: a command
# that lists must answer before anybody notices that it started.

__all__ = ["ENGINE_NAME", "SHORTEST_PREFIX", "Device", "Identity", "standing_identity"]


class Device(Answering):
    """An unlocked vault with its spaces, records and engine; dead after `lock`."""

    def __init__(
        self,
        home: Path,
        identity: Identity,
        store: Store,
        safety: Safety,
        engine: Engine,
        *,
        turn: AbstractAsyncContextManager[object],
        random_bytes: Callable[[int], bytes],
        clock: Callable[[], datetime],
        on_lock: Callable[[], None],
    ) -> None:
        identity = standing_identity(store, identity)
        incarnation = standing_incarnation(store, identity.incarnation)
        spaces = Spaces(store, identity.keys, incarnation)
        super().__init__(identity.keys.device, identity.person, store, spaces)
        self.home = home
        self.identity = identity
        self.safety = safety
        self.person_name = identity.person_name
        self.device_name = identity.device_name
        self.engine = engine
        self.random_bytes = random_bytes
        self.clock = clock
        self._turn = turn
        self._on_lock = on_lock
        self.take_written: Callable[[Sequence[Entry]], None] = self.take_written_alone
        """What is done with own entries once durable; a node puts its hub here."""
        self.heading: Callable[[str], str] = str
        """From a name to what stands above own words that come back out of what she took back."""

    def take_person(self, person: PersonId, name: str) -> None:
        """Become another device of *person*; only while it belongs to nothing yet."""
        if self.spaces.rows:
            raise AlunaError("not-a-new-device")
        self.store.meta.put(PERSON, person + name.encode())
        self.store.take_person(person)
        self.identity = replace(self.identity, person=person, person_name=name)
        self.person, self.person_name = person, name

    def take_written_alone(self, written: Sequence[Entry]) -> None:
        """Take own entries while no node runs."""
        for entry in written:
            self.spaces.replicas[entry.header.log.space].add_own(entry)

    @cached_property
    def opener(self) -> Opener:
        """What makes stored entries readable."""
        from aluna_sync.opener import Opener

        return Opener(self.store, self.spaces, self.engine, self._turn)

    @cached_property
    def writer(self) -> Writer:
        """What writes records of this person."""
        from aluna_sync.writer import Writer

        return Writer(
            self.store,
            self.spaces,
            self.engine,
            self.opener,
            self.person,
            self._turn,
            self.random_bytes,
        )

    @cached_property
    def _rebirth(self) -> Rebirth:
        from aluna_sync.rebirth import Rebirth

        return Rebirth(self.store, self.spaces, self.engine, self.opener)

    @cached_property
    def _retelling(self) -> Retelling:
        from aluna_sync.retelling import Retelling

        retelling = Retelling(self.store, self.spaces, self.engine, self.opener)
        self.opener.forked |= retelling.left_over()
        return retelling

    @cached_property
    def taking_back(self) -> TakingBack:
        """What destroys what was taken back."""
        from aluna_sync.taking_back import TakingBack

        return TakingBack(self.store, self.spaces, self.engine, self.opener, self.writer)

    # -- writing ---------------------------------------------------------------------------------

    async def add(self, type_: str, edits: list[Edit], space: SpaceId | None = None) -> DocumentId:
        """Write a new record; durable when this returns. *space* None: where its type lives."""
        from aluna_sync.journal.edits import default_space

        if space is None:
            kind = default_space(type_, edits)
            space = self.default_space(kind, self.collective())
        self._check_kept(edits)
        document = await self.writer.create(type_, edits, space)
        self.tell_written(document, new=1)
        return document

    async def edit(self, document: DocumentId, edits: list[Edit]) -> Record:
        """Do *edits* to a record and return it; durable when this returns.

        Raises WrongUseError no-such-record; AlunaError memory-not-permitted, and what the writer
        raises.
        """
        self._check_kept(edits)
        if await self.writer.edit(document, edits) is not None:
            self.tell_written(document, new=0)
        record = self.record(document)
        if record is None:
            raise WrongUseError("no-such-record", id=document.hex())
        return record

    def _check_kept(self, edits: list[Edit]) -> None:
        """Raise unless everybody concerned permits what *edits* put into a memory."""
        from aluna_sync.journal.edit_kinds import kept_by

        for kept in kept_by(edits):
            missing = self.lacking_for_memory(DocumentId(bytes.fromhex(kept)))
            if missing:
                names = sorted(map(self.person_name_of, missing), key=str.casefold)
                raise AlunaError("memory-not-permitted", id=kept[:8], names=names)

    async def splice(
        self,
        document: DocumentId,
        field_name: str,
        position: int,
        delete: int,
        text: str,
        base: str | None = None,
    ) -> None:
        """Write one stroke in a collaborative text; durable when this returns.

        *base*: the text the position was counted in, when others may have changed it meanwhile.
        """
        from aluna_sync.journal.drift import Change

        stroke = Change(position, delete, text)
        if await self.writer.splice(document, field_name, stroke, base) is not None:
            self.tell_written(document, new=0)

    async def link(self, source: DocumentId, kind: str, target: DocumentId) -> None:
        """Link two records."""
        from aluna_sync.journal.edit_kinds import AddLink

        await self.edit(source, [AddLink(kind, target)])

    async def take_back(self, document: DocumentId) -> None:
        """Take back for ever a record this person made; it goes from every device that connects.

        Raises WrongUseError no-such-record; AlunaError taken-back, not-yours-to-take-back,
        no-seat-here, device-suspended.
        """
        space = self.taking_back.check(document, self.person)
        self.take_written(self.taking_back.say(document, self.identity.keys, self.person))
        await self._destroy(space)

    async def own_fragments(self, document: DocumentId) -> Fragments:
        """Return what this person wrote in a record, and what of it can be taken out.

        Raises WrongUseError no-such-record.
        """
        from aluna_sync.own_fragments import OwnFragments

        space = self.store.log.space_of(document)
        if space is None:
            raise WrongUseError("no-such-record", id=document.hex())
        finder = OwnFragments(self.spaces, self.engine, self.opener)
        async with self._turn:
            return await finder.find(space, document, self.person)

    async def take_out_mine(self, document: DocumentId) -> Fragments:
        """Take out of a record what this person wrote in it; return what that was.

        Raises WrongUseError no-such-record; AlunaError nothing-of-yours, and what `edit` raises.
        """
        from aluna_sync.writer import TRIES, MovedOnError

        for _ in range(TRIES):
            found = await self.own_fragments(document)
            if not found.edits:
                raise AlunaError("nothing-of-yours")
            try:
                await self.writer.edit(document, found.edits, found.heads)
            except MovedOnError:
                # Else what somebody wrote in between would be taken out with it.
                await self.opener.refresh([document])
                continue
            self.tell_written(document, new=0)
            return found
        raise AlunaError("store-busy")

    def may_take_back(self, document: DocumentId) -> bool:
        """Tell whether this person made a record, which alone lets her take back all of it."""
        from aluna_protocol.entry import is_of

        space = self.store.log.space_of(document)
        return space is not None and is_of(document, space, self.person)

    def _due(self, space: SpaceId) -> list[DocumentId]:
        return self.taking_back.due(space) if self.spaces.replicas[space].withdrawn else []

    async def _destroy(self, space: SpaceId) -> list[DocumentId]:
        """Destroy what was taken back and is still here; return what is gone or came instead."""
        changed: list[DocumentId] = []
        for document in self._due(space):
            async with self._turn:
                gone = await self.taking_back.destroy(space, document, self.person, self.heading)
            self.tell(gone)
            changed += [one for one in (gone.document, gone.note) if one is not None]
        return changed

    async def rewritten(self, document: DocumentId) -> list[Rewriting]:
        """Return the paragraphs of a record that were rewritten apart and that nobody closed.

        Nothing when its past cannot be read here.
        """
        from aluna_sync.errors import EngineError
        from aluna_sync.journal.rewritten import rewritings, steps_of, still_open, told_by

        record = self.record(document)
        if record is None:
            raise WrongUseError("no-such-record", id=document.hex())
        if record.hands < 2:
            return []
        try:
            _applied, placed = await self.opener.open_whole(document)
            raw = (each.change.raw for each in placed)
            steps = steps_of(await self.engine.history(document), raw)
            found = await rewritings(steps, lambda heads: self.engine.view_at(document, heads))
        except EngineError:
            return []
        return told_by(still_open(found, record), self.spaces.person_of(record.space, document))

    # -- drafts ----------------------------------------------------------------------------------

    def save_draft(self, key: str, data: str | None) -> None:
        """Keep words not given to anybody yet, encrypted and local; None forgets them."""
        if data is None:
            self.store.drafts.delete(key)
        else:
            self.store.drafts.save(key, data)

    def draft(self, key: str) -> str | None:
        """Return a draft, None when there is none."""
        return self.store.drafts.get(key)

    def drafts(self) -> dict[str, str]:
        """Return every draft by its key."""
        return self.store.drafts.all()

    # -- upkeep ----------------------------------------------------------------------------------

    def seal(self, space: SpaceId) -> Sequence[Entry]:
        """Seal the pending edits of a space into durable entries of the own log.

        What rests on words that may not stand any more waits until its record was looked at. Where
        a key is missing that is closed to who came since, it is made; a node that is told of it
        only later seals under it then.
        """
        left = frozenset(self.opener.barred.left(space)).union(self._due(space))
        written: list[Entry] = []
        closed_to: set[frozenset[PersonId]] = set()
        while True:
            sealed = self.writer.seal(space, self.identity.keys, left)
            self.take_written(sealed)
            written += sealed
            out = self.writer.lacks_key(space, left)
            if out is None or out in closed_to:
                return written
            closed_to.add(out)
            minted = self.writer.mint_without(space, self.identity.keys, out)
            self.take_written(minted)
            self.spaces.learn_keys(space)

    async def open_some(self, space: SpaceId) -> Opened | None:
        """Make some stored entries readable, the newest first; None when there are none.

        What was taken back is destroyed before anything is opened.
        """
        changed = await self._destroy(space)
        if changed:
            from aluna_sync.opener import Opened

            return Opened(tuple(changed), 0, frozenset())
        self.taking_back.look_again(space)
        opened = await self.opener.open_some(space)
        retelling = self._retelling
        for document in sorted(self.opener.forked):
            async with self._turn:
                told = await retelling.tell(document)
            self.opener.forked.discard(document)
            if told:
                self.tell_written(document, new=0)
        return opened

    async def begin_again(self) -> int:
        """Become a new incarnation, because this turned out to be an older copy; return it."""
        incarnation = int.from_bytes(self.random_bytes(4), "big")
        async with self._turn:
            await self._rebirth.begin(incarnation)
        return incarnation

    async def rebuild(self, progress: Callable[[int, int], None]) -> int:
        """Drop everything rebuildable and build it again from the log; return the records."""
        spaces = [*self.spaces.rows]
        with self.store.transaction():
            self.store.index.drop()
            self.store.log.clear_set_asides()
            for space in spaces:
                self.store.log.reopen(space)
        total = sum(self.store.log.unopened_count(space) for space in spaces)
        for space in spaces:
            while await self.open_some(space) is not None:
                left = sum(self.store.log.unopened_count(one) for one in spaces)
                progress(total - left, total)
        unsealed = {
            one.document for space in spaces for one in self.store.log.pending(space, 2**62)
        }
        await self.opener.refresh(sorted(unsealed))
        return sum(self.store.index.count(space) for space in spaces)

    def lock(self) -> None:
        """Close the store and forget the keys; nothing is unsaved, everything was durable."""
        self._listeners.clear()
        self.store.close()
        self._on_lock()
