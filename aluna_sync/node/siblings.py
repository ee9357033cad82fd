"""What other processes of the same person write while a node runs: shown, sealed, passed on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence

from aluna_protocol import limits
from aluna_protocol.entry import Entry
from aluna_protocol.ids import Lane, SpaceId
from aluna_sync.device import Device
from aluna_sync.facts import PeopleChanged, RecordsChanged

WATCH_SECONDS = 0.5
"""How soon a running node notices what a command wrote."""


class Siblings:
    """Watches the store for what this process did not write."""

    def __init__(
        self,
        device: Device,
        shared: Collection[SpaceId],
        take_written: Callable[[Sequence[Entry]], None],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._device = device
        self._shared = shared
        self._take_written = take_written
        self._changed = changed
        self._newest = 0
        """The number of the newest pending change that was seen."""

    async def watch(self) -> None:
        """Look whenever another process has written, until cancelled.

        What was written before is indexed already, by whoever wrote it: starting does not depend
        on how much that is.
        """
        store = self._device.store
        version = store.data_version()
        self._newest = store.log.newest_pending()
        self._pass_on_entries()
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if (seen := store.data_version()) != version:
                version = seen
                self._changed()
                await self.look()

    async def look(self) -> None:
        """Take what is new: edits of records, admissions, and what was sealed elsewhere."""
        log = self._device.store.log
        newest = log.newest_pending()
        documents = log.pending_documents(self._newest)
        self._newest = max(self._newest, newest)
        if self._device.spaces.look_for_new():
            self._device.tell(PeopleChanged())
        opened = await self._device.opener.refresh(documents)
        if opened.documents:
            self._device.tell(RecordsChanged(opened.documents, None, opened.new))
        self._pass_on_entries()

    def _pass_on_entries(self) -> None:
        for space in self._shared:
            self._pass_on(space)

    def _pass_on(self, space: SpaceId) -> None:
        """Give the own entries of another process (an admission, words of a bundle) to the hub."""
        replica, log = self._device.spaces.replicas[space], self._device.store.log
        for lane in Lane:
            own = self._device.spaces.own_log(space, lane)
            while log.head(own).height > replica.head(own).height:
                after = replica.head(own).height
                self._take_written(log.entries(own, after, limits.MIB))
