"""Keeping what companions' devices were shown to have done wrong, so that people hear of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from aluna_protocol.hub_events import PeerFaulted
from aluna_protocol.ids import DeviceId
from aluna_sync.device import Device
from aluna_sync.facts import PeersChanged

QUIET_SECONDS: Final = 60.0
"""How often at most a kind of fault of one device is written down."""


class Misconduct:
    """Counts faults and writes them down, each kind once a minute. *clock* is monotonic."""

    def __init__(self, device: Device, clock: Callable[[], float] = time.monotonic) -> None:
        self._device = device
        self._clock = clock
        self._waiting: Counter[tuple[DeviceId, str]] = Counter()
        self._written: dict[tuple[DeviceId, str], float] = {}

    def note(self, faulted: PeerFaulted) -> None:
        """Take that a fault was proved; our own devices' copies of this one are no news."""
        if faulted.device == self._device.device:
            return
        kind = (faulted.device, faulted.fault.value)
        self._waiting[kind] += 1
        now = self._clock()
        if now - self._written.get(kind, -QUIET_SECONDS) < QUIET_SECONDS:
            return
        self._written[kind] = now
        self._write(kind)
        self._device.tell(PeersChanged())

    def end(self) -> None:
        """Write down what was only counted."""
        for kind in list(self._waiting):
            self._write(kind)

    def _write(self, kind: tuple[DeviceId, str]) -> None:
        device, fault = kind
        iso = self._device.clock().isoformat(timespec="seconds")
        self._device.store.faults.note(device, fault, iso, self._waiting.pop(kind))
