"""Who has what: a device is through with a change of keys when it said that it has it (C7)."""

from __future__ import annotations

import datetime as dt

from aluna_sync.agreeing import Agreeing
from aluna_sync.device import Device
from aluna_sync.journal.pictures.devices import WhoHasWhat
from aluna_sync.picturing import picture


def rotated(device: Device) -> dict[str, bool]:
    drawn = picture(device, "devices", device.collective(), dt.date(2026, 11, 22))
    assert isinstance(drawn, WhoHasWhat)
    return {one.of: one.rotated for one in drawn.devices}


def say_all_has_come(device: Device, other: Device) -> None:
    for entry in device.store.log.control_entries(device.collective()):
        device.store.peers.acknowledge(other.device, entry.header.log, entry.header.height)


def test_a_device_is_through_with_a_change_of_keys_once_it_said_so(devices: list[Device]) -> None:
    ana, bo, cleo = devices
    say_all_has_come(ana, bo)
    say_all_has_come(ana, cleo)
    assert rotated(ana) == {"Bo": True, "Cleo": True}
    Agreeing(ana, ana.collective()).rest(resting=True)
    assert rotated(ana) == {"Bo": False, "Cleo": False}
    say_all_has_come(ana, bo)
    assert rotated(ana) == {"Bo": True, "Cleo": False}
