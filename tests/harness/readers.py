"""Somebody who only reads: a store of one's own, filled through the log gate in any order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path

from aluna_protocol.branches import runs
from aluna_protocol.entry import Entry
from aluna_protocol.ids import DeviceId, DocumentId
from aluna_protocol.replica import GapError, MissingPastError, SpaceReplica
from aluna_sync.barred import BARRED
from aluna_sync.device import Device
from aluna_sync.engine.in_process import InProcessEngine
from aluna_sync.journal.records import record_from_view, unpack_view
from aluna_sync.opener import Opener
from aluna_sync.spaces import Spaces
from aluna_sync.standing import state_of
from aluna_sync.store.rows import SpaceRow
from aluna_sync.store.store import Store

DEK = bytes(32)


def entries_of(device: Device) -> list[Entry]:
    """Return every entry of the collective that *device* holds, sealing what is not yet."""
    space = device.collective()
    device.seal(space)
    log = device.store.log
    return [one for name in log.heads(space) for one in log.entries(name, 0, 2**40)]


class Reader:
    """Reads the collective as *device* would, from nothing but the entries it is given."""

    def __init__(self, device: Device, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.space = device.collective()
        self.store = Store.create(folder / "store", DEK, device=device.device, person=device.person)
        self.spaces = Spaces(self.store, device.identity.keys, 77)
        founding = device.spaces.replicas[self.space].founding
        assert founding is not None
        first = SpaceReplica(self.space).admit_run([founding])
        self.spaces.take(SpaceRow(self.space, "collective", self.space), first)
        self.engine = InProcessEngine()
        self.opener = Opener(self.store, self.spaces, self.engine, nullcontext())
        self._waiting: list[list[Entry]] = []

    def close(self) -> None:
        self.store.close()

    @property
    def replica(self) -> SpaceReplica:
        return self.spaces.replicas[self.space]

    def take(self, arrived: Iterable[Entry]) -> None:
        """Let *arrived* in as a node does; what cannot be judged yet waits for the rest."""
        waiting = [*self._waiting, *([one] for run in runs(arrived) for one in run)]
        before = -1
        while len(waiting) != before:
            before = len(waiting)
            waiting = [run for run in waiting if not self._admit(run)]
        self._waiting = waiting
        self.spaces.learn_keys(self.space)

    def _admit(self, run: Sequence[Entry]) -> bool:
        try:
            named = self.replica.admit_run(run)
        except (GapError, MissingPastError):
            return False
        self.store.log.append(named)
        self.replica.branches.stored(named)
        return True

    def read(self) -> int:
        """Make everything readable; return how many documents were built for it."""

        async def all_of_it() -> int:
            built = 0
            while (opened := await self.opener.open_some(self.space)) is not None:
                built += len(opened.documents)
            return built

        return asyncio.run(all_of_it())

    @property
    def state(self) -> str:
        return state_of(self.replica.control_heads, self.store.index.state_parts(self.space))

    @property
    def aside(self) -> set[tuple[DeviceId, int, int, str, tuple[int, ...]]]:
        """What is set aside, in words that do not depend on how branches are numbered here."""
        return {
            (one.place.log.device, one.place.height, one.place.index, one.reason, one.changes)
            for one in self.store.log.set_asides(self.space)
        }

    def barred(self) -> set[DocumentId]:
        found = self.store.log.set_asides(self.space)
        return {one.document for one in found if one.reason == BARRED and one.document}

    def text(self, document: DocumentId, field: str = "body") -> str | None:
        row = self.store.index.row(document)
        if row is None:
            return None
        view = unpack_view(row.view)
        person_of = self.spaces.person_of(self.space, document)
        return record_from_view(view, self.space, person_of).texts.get(field, "")
