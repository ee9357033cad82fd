"""Devices in this very process, and entries carried between them by hand."""

from __future__ import annotations

import asyncio

from aluna_protocol.ids import DocumentId
from aluna_sync.device import Device


def carry(one: Device, *others: Device, seal: bool = True) -> None:
    """Give *others* all entries of *one*, as a stick would; nothing is read yet."""
    space = one.collective()
    if seal:
        one.seal(space)
    log = one.store.log
    found = [entry for name in log.heads(space) for entry in log.entries(name, 0, 2**40)]
    for other in others:
        for entry in found:
            other.store.log.append([entry])
        replica = other.spaces.replicas[space]
        replica.restore(other.store.log.heads(space), other.store.log.control_entries(space))


async def read_all(device: Device) -> None:
    while await device.open_some(device.collective()) is not None:
        pass


def read(*devices: Device) -> None:
    for device in devices:
        asyncio.run(read_all(device))


def texts(one: Device, record: DocumentId) -> dict[str, str]:
    found = one.record(record)
    assert found is not None
    return {name: text for name, text in found.texts.items() if text}


def state(one: Device) -> str:
    return next(space.state for space in one.status().spaces if space.id == one.collective())


def set_aside(one: Device) -> set[tuple[object, ...]]:
    found = one.store.log.set_asides(one.collective())
    return {(e.place, e.document, e.reason, e.by_lint, e.changes) for e in found}


def agree(*devices: Device) -> None:
    """See that all show the same and have set aside the same."""
    assert len({state(one) for one in devices}) == 1
    assert len({frozenset(set_aside(one)) for one in devices}) == 1
