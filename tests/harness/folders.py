"""Folders as devices in this very process use them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aluna_sync.device import Device
from aluna_sync.exchange.files import Disk
from aluna_sync.exchange.folder import Folder, Looked


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def folder_of(device: Device, place: Path, *, disk: Disk | None = None) -> Folder:
    """Return the folder at *place* as *device* uses it, known from now on."""
    known = [row for row in device.store.folders.all() if row.path == place]
    if not known:
        device.store.folders.add(place, device.collective())
    (row,) = [row for row in device.store.folders.all() if row.path == place]
    return Folder(device, row, disk=disk or Disk(), clock=Clock())


def look(folder: Folder, *, at_once: bool = True, seconds: float = 0.0) -> Looked:
    assert isinstance(folder.clock, Clock)
    folder.clock.now += seconds
    return asyncio.run(folder.look(at_once=at_once))


def names(place: Path) -> set[str]:
    return {path.name for path in place.iterdir()}


def until_quiet(*all_folders: Folder, rounds: int = 8) -> None:
    """Let everybody look until nobody has anything to write."""
    for _ in range(rounds):
        if not sum(look(one).written for one in all_folders):
            return
    raise AssertionError("it never ends")
