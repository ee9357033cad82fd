"""Seeing to it that everybody of a space has a key to write under, and those to read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Final

from aluna_protocol.hub import Hub
from aluna_protocol.ids import Lane, SpaceId
from aluna_sync.circles import bring_own_devices
from aluna_sync.device import Device
from aluna_sync.founding import complain, hand_over, mint
from aluna_sync.minting import HandOver, Mint, Minting

ROTATE_AFTER_ENTRIES: Final = 4096
"""Sealed batches: a quarter of a year of ten people who write every day (security E9)."""
SINCE: Final = "epoch-since:"
"""Where the store keeps since which entry the present epoch is in use."""


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
        bring_own_devices(self._device, space)
        spaces, log = self._device.spaces, self._device.store.log
        replica, own = spaces.replicas[space], spaces.own_log(space, Lane.CONTROL)
        somebody = any(space in session.shared.values() for session in self._hub.sessions)
        here = somebody and self._hub.may_seal(space)
        if here and spaces.complain(space):
            complain(self._device, space)
        if here and self._is_worn(space):
            mint(self._device, space)
        match self.minting.due(replica, spaces.epoch_keys[space], here=here, now=self._clock()):
            case None:
                pass
            case _ if log.head(own) != replica.head(own):
                pass  # another process let somebody in this moment: after a pause
            case Mint():
                mint(self._device, space)
            case HandOver(boxes):
                hand_over(self._device, space, boxes)

    def _is_worn(self, space: SpaceId) -> bool:
        """Tell whether the key was used long enough, and this person is one who may change it."""
        device = self._device
        replica, meta = device.spaces.replicas[space], device.store.meta
        active = replica.active_epoch
        if active is None or device.person not in replica.membership.keepers:
            return False
        newest, kept = device.store.log.newest_entry(), meta.get(SINCE + space.hex())
        if kept is None or kept[:32] != active.id:
            meta.put(SINCE + space.hex(), active.id + newest.to_bytes(8, "big"))
            return False
        return newest - int.from_bytes(kept[32:], "big") >= ROTATE_AFTER_ENTRIES
