"""What is written here, and what bundles bring, while a node runs; looking into folders."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from pathlib import Path
from typing import Final

from aluna_protocol.entry import Entry
from aluna_protocol.hub import Hub
from aluna_protocol.hub_events import EntriesStored, EntriesWritten
from aluna_protocol.ids import ConnectionId, Lane, SpaceId
from aluna_sync.device import Device
from aluna_sync.exchange.folder import Folder, Looked
from aluna_sync.node.connections import Connections
from aluna_sync.node.opening import Opening

LOOK_SECONDS: Final = 5.0
"""How often folders are looked into: one listing each, unless something changed, ..."""
LOOK_TIMES: Final = 200
"""... and less often where that takes long, as in a directory of thousands of other files, ..."""
MOST_LOOK_SECONDS: Final = 60.0
"""... but once a minute."""
STEP_SECONDS: Final = 0.05
MOST_OPENING_SECONDS: Final = 60.0
NO_CONNECTION: Final = ConnectionId(0)
"""Stands for the connection of what came by no connection: those are numbered from one."""


class Carrying:
    """Gives the hub what is written here and what bundles bring; keeps the folders of a device."""

    def __init__(
        self,
        device: Device,
        hub: Hub,
        opening: Opening,
        shared: Collection[SpaceId],
        share_new_spaces: Callable[[], None],
        begin_again: Callable[[], Awaitable[None]],
    ) -> None:
        self._device = device
        self._hub = hub
        self._opening = opening
        self._shared = shared
        self._share_new_spaces = share_new_spaces
        self._begin_again = begin_again
        self._connections: Connections | None = None
        self._folders: dict[int, Folder] = {}
        self._turn = asyncio.Lock()
        self.looked: dict[Path, Looked] = {}
        """What came of every look so far, by folder."""

    def begin(self, connections: Connections) -> None:
        """Take what is written and what bundles bring from now on, instead of the device alone."""
        self._connections = connections
        self._device.take_written = self.written
        self._device.take_arrived = self._arrived
        self._device.may_write = self._may_write
        self._device.on_old_copy = lambda: self._opening.first(self._begin_again)

    def end(self) -> None:
        """Leave it to the device again."""
        self._device.take_written = self._device.take_written_alone
        self._device.take_arrived = self._device.take_arrived_alone
        self._device.may_write = self._device.may_write_alone
        self._device.on_old_copy = None
        self._connections = None

    def written(self, written: Sequence[Entry]) -> None:
        """Give own new entries, durable already, to the hub; what is private only to the device."""
        shared = tuple(one for one in written if one.header.log.space in self._shared)
        self._device.take_written_alone(
            [one for one in written if one.header.log.space not in self._shared]
        )
        if shared and self._connections is not None:
            self._connections.handle(EntriesWritten(shared))

    def _arrived(self, arrived: Sequence[Entry]) -> None:
        self._share_new_spaces()
        own = [one for one in arrived if one.header.log.space not in self._shared]
        others = tuple(one for one in arrived if one.header.log.space in self._shared)
        self._device.take_arrived_alone(own)
        if others and self._connections is not None:
            self._connections.handle(EntriesStored(NO_CONNECTION, others))
        if any(one.header.log.lane is Lane.CONTENT for one in arrived):
            self._opening.wake()

    def _may_write(self, space: SpaceId) -> bool:
        if self._opening.must_begin_again:
            return False
        return space not in self._shared or self._hub.may_seal(space)

    async def run(self) -> None:
        """Look into every folder again and again, until cancelled."""
        while True:
            began = time.monotonic()
            await self.look()
            took = time.monotonic() - began
            await asyncio.sleep(min(max(LOOK_SECONDS, LOOK_TIMES * took), MOST_LOOK_SECONDS))

    async def look(self, *, at_once: bool = False) -> None:
        """Look into every folder once."""
        async with self._turn:
            rows = {row.number: row for row in self._device.store.folders.all()}
            for gone in self._folders.keys() - rows.keys():
                del self._folders[gone]
            for number, row in rows.items():
                folder = self._folders.setdefault(number, Folder(self._device, row))
                self._note(await folder.look(at_once=at_once))

    async def now(self) -> tuple[Looked, ...]:
        """Look into every folder without leaving time to others; return when all is readable.

        Or after a minute: what came is kept, and is made readable the next time.
        """
        await self.look(at_once=True)
        left = MOST_OPENING_SECONDS
        while self.looked and not self._opening.idle and left > 0:
            await asyncio.sleep(STEP_SECONDS)
            left -= STEP_SECONDS
        return tuple(self.looked.values())

    def _note(self, looked: Looked) -> None:
        before = self.looked.get(looked.path)
        if before is not None:
            looked.files += before.files
            looked.new += before.new
            looked.refused += before.refused
            looked.written += before.written
        self.looked[looked.path] = looked
