"""Devices in this very process without a vault file: nothing is derived from a passphrase."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from aluna_protocol import crypto
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.ids import PersonId
from aluna_sync import vault
from aluna_sync.device import Device, Identity
from aluna_sync.engine.in_process import InProcessEngine
from aluna_sync.founding import admit, enter, own_seat, welcome
from aluna_sync.safety import Safety
from aluna_sync.store.store import Store

DEK = bytes(32)


def made(folder: Path, name: str, random_bytes: Callable[[int], bytes] = os.urandom) -> Device:
    """Return the device of somebody called *name*: a new one, or once more the one in *folder*."""
    drawn = crypto.blake2b(name.encode(), size=64)
    keys = DeviceKeys(drawn[:32], drawn[32:])
    person = PersonId(drawn[:16])
    path = folder / f"{name}.db"
    if path.exists():
        store = Store.open(path, DEK, device=keys.device)
    else:
        store = Store.create(path, DEK, device=keys.device, person=person)
    return Device(
        folder,
        Identity(keys, 7, person, name, "laptop"),
        store,
        Safety(folder, vault.fresh_secrets(name, "laptop")),
        InProcessEngine(),
        turn=contextlib.nullcontext(),
        random_bytes=random_bytes,
        clock=lambda: datetime(2026, 11, 22, tzinfo=UTC),
        on_lock=store.close,
    )


def let_in(host: Device, newcomer: Device) -> None:
    """Let *newcomer* into the collective of *host*, as at the door."""
    space = host.collective()
    admit(host, space, own_seat(newcomer), bytes(16))
    enter(newcomer, welcome(host, space), host.identity.keys.static)
