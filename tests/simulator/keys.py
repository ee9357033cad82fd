"""The keys of a simulated device: it is asked for its name ten thousand times in a run."""

from __future__ import annotations

from functools import cached_property

from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.ids import DeviceId, StaticKey


class Keys(DeviceKeys):
    """The keys of a device, whose public halves are worked out once."""

    @cached_property
    def device(self) -> DeviceId:
        """The public name of the device."""
        return super().device

    @cached_property
    def static(self) -> StaticKey:
        """The public half of the static key."""
        return super().static
