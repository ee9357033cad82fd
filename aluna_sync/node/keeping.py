"""Seeing to it that everybody of a space has a key to write under, and those to read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from aluna_protocol.hub import Hub
from aluna_protocol.ids import Lane, SpaceId
from aluna_sync.device import Device
from aluna_sync.founding import hand_over, mint
from aluna_sync.minting import HandOver, Mint, Minting


class Keeping:
    """Mints and hands over what is due, for a device that is in touch with others."""

    def __init__(
        self, device: Device, hub: Hub, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._device = device
        self._hub = hub
        self._clock = clock
        self.minting = Minting(device.device, device.random_bytes)

    def look(self, spaces: Iterable[SpaceId]) -> None:
        """Do what is due in *spaces*; durable when this returns.

        To be called often, and not while this is an older copy of itself.
        """
        for space in sorted(spaces):
            self._look(space)

    def _look(self, space: SpaceId) -> None:
        spaces, log = self._device.spaces, self._device.store.log
        replica, own = spaces.replicas[space], spaces.own_log(space, Lane.CONTROL)
        somebody = any(space in session.shared.values() for session in self._hub.sessions)
        here = somebody and self._hub.may_seal(space)
        match self.minting.due(replica, spaces.epoch_keys[space], here=here, now=self._clock()):
            case None:
                pass
            case _ if log.head(own) != replica.head(own):
                pass  # another process let somebody in this moment: after a pause
            case Mint():
                mint(self._device, space)
            case HandOver(boxes):
                hand_over(self._device, space, boxes)
