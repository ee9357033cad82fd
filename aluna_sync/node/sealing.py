"""When own edits become entries: as soon as there is somebody to send them to (lazy sealing)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Final

from aluna_protocol import limits
from aluna_protocol.hub import Hub
from aluna_protocol.ids import Lane, SpaceId
from aluna_sync.device import Device
from aluna_sync.node.opening import Opening

SEAL_SECONDS: Final = 0.2
"""Own edits become an entry so soon while somebody is here."""
SEAL_SECONDS_TOGETHER: Final = 0.02
"""The same while a companion has open what is being written."""
SEAL_AGAIN_SECONDS: Final = 2.0
"""What somebody who may be gone by then kept from leaving, or a key that was missing."""


class Sealing:
    """Seals what waits; *all_sealed* hears whenever nothing waits in the *shared* spaces."""

    def __init__(
        self,
        device: Device,
        hub: Hub,
        shared: Collection[SpaceId],
        opening: Opening,
        all_sealed: Callable[[], None],
    ) -> None:
        self._device = device
        self._hub = hub
        self._shared = shared
        self._opening = opening
        self._all_sealed = all_sealed
        self._due = asyncio.Event()

    def due(self) -> None:
        """Something may have to be sealed: look soon."""
        self._due.set()

    def waiting(self) -> bool:
        """Tell whether own edits of spaces shared with who is here are not sealed yet.

        What this person writes for herself alone waits for nobody, while no other device of hers is
        in touch.
        """
        log = self._device.store.log
        return any(
            self._with_somebody(space) and log.pending_bytes(space) for space in self._shared
        )

    def _with_somebody(self, space: SpaceId) -> bool:
        return any(space in session.shared.values() for session in self._hub.sessions)

    async def run(self) -> None:
        """Seal what is due, until cancelled."""
        while True:
            await self._due.wait()
            await asyncio.sleep(self._delay())
            self._due.clear()
            self.seal()

    def _delay(self) -> float:
        device = self._device
        together = set(device.presence.values()) & set(device.writing().values())
        return SEAL_SECONDS_TOGETHER if together else SEAL_SECONDS

    def seal(self) -> None:
        """Seal own edits where somebody is there to send them to, or too many are waiting."""
        if self._opening.must_begin_again:
            return
        for space in sorted(self._device.spaces.rows):
            size = self._device.store.log.pending_bytes(space)
            somebody = self._with_somebody(space)
            due = size and (somebody or size >= limits.SEAL_AT_BYTES)
            if due and self._may_seal(space):
                self._device.seal(space)
            elif due:
                asyncio.get_running_loop().call_later(SEAL_AGAIN_SECONDS, self._due.set)
        if not self.waiting():
            self._all_sealed()

    def _may_seal(self, space: SpaceId) -> bool:
        compared = space not in self._shared or self._hub.may_seal(space)
        if not compared or self._device.opener.barred.left(space):
            return False
        own = self._device.spaces.own_log(space, Lane.CONTENT)
        if self._device.store.log.head(own) != self._device.spaces.replicas[space].head(own):
            # Another process sealed this moment: after the hub was told (`Siblings`).
            return False
        return self._device.spaces.can_write(space)
