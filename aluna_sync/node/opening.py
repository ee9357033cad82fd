"""The loop that makes stored entries readable, the newest first, a little at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aluna_protocol.ids import DocumentId, SpaceId
from aluna_sync.device import Device
from aluna_sync.errors import EngineError
from aluna_sync.facts import Progress, RecordsChanged

NO_DOCUMENT = DocumentId(bytes(16))
"""Asked for only to have the engine answer."""


class Opening:
    """Opens whatever the store has that nobody could read yet."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._due = asyncio.Event()
        self._before: Callable[[], Awaitable[None]] | None = None
        self.idle = False
        """Everything stored is readable."""

    def wake(self) -> None:
        """Entries arrived, or a key did."""
        self.idle = False
        self._due.set()

    @property
    def must_begin_again(self) -> bool:
        """Tell whether this device is an old copy that has not begun again yet."""
        return self._before is not None

    def first(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do *work* once before anything more is opened."""
        self._before = work
        self.wake()

    async def run(self) -> None:
        """Open what there is whenever there is something, until cancelled."""
        await self._wake_engine()
        while True:
            await self._due.wait()
            self._due.clear()
            if self._before is not None:
                await self._before()
                self._before = None
            for space in list(self._device.spaces.rows):
                await self._open(space)
            self.idle = not self._due.is_set()

    async def _wake_engine(self) -> None:
        """Start the engine before the first records arrive: they need not wait for it then."""
        with suppress(EngineError):
            await self._device.engine.view(NO_DOCUMENT)

    async def _open(self, space: SpaceId) -> None:
        done = 0
        while self._before is None and (opened := await self._device.open_some(space)) is not None:
            done += len(opened.documents)
            left = self._device.store.log.unopened_count(space)
            devices = {log.device for log in opened.logs}
            if opened.documents:
                author = min(devices, default=self._device.device)
                self._device.tell(RecordsChanged(opened.documents, author, opened.new))
            self._device.tell(Progress(done, done + left))
            await asyncio.sleep(0)
