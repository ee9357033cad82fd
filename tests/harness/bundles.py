"""Bundles written and read by devices in this very process."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from aluna_protocol import bundle
from aluna_protocol.bundle import Receipt
from aluna_protocol.entry import Entry
from aluna_protocol.ids import Head, Lane, LogId, PersonId, SpaceId
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from aluna_sync.exchange.choosing import loads, seal_pending, spaces_of
from aluna_sync.exchange.files import Disk
from aluna_sync.exchange.reading import read_bundle, settle
from aluna_sync.exchange.taking import Taken
from aluna_sync.exchange.writing import Written, write_bundle
from aluna_sync.facts import PeerFacts
from aluna_sync.journal.edit_kinds import SetText
from aluna_sync.node import join
from harness.carrying import state
from harness.processes import COST, PASSPHRASE, Person
from harness.together import together


def put(
    device: Device,
    path: Path,
    persons: Collection[PersonId] | None = None,
    *,
    everything: bool = False,
    disk: Disk | None = None,
) -> Written:
    """Write a bundle of *device* to *path*."""
    spaces = spaces_of(device, device.collective())
    seal_pending(device, spaces)
    chosen = loads(device, spaces, persons, everything=everything)
    return write_bundle(device, path, chosen, disk=disk)


def get(device: Device, path: Path) -> Taken:
    """Read the bundle at *path* into *device*, and make readable what came."""
    taken = read_bundle(device, path)
    asyncio.run(settle(device, taken))
    return taken


def carry_to(one: Device, path: Path, *others: Device) -> None:
    """Carry what *one* has to *others* in one bundle."""
    path.unlink(missing_ok=True)
    put(one, path)
    for other in others:
        get(other, path)


def states(*devices: Device) -> set[str]:
    """Return the states of the collective, one if all are in sync."""
    return {state(one) for one in devices}


def refused(device: Device, path: Path) -> str:
    """Return the code with which *device* refuses the file at *path*."""
    with pytest.raises(AlunaError) as raised:
        read_bundle(device, path)
    return raised.value.code


def peer(device: Device, other: Device) -> PeerFacts:
    """Return what *device* knows of *other*."""
    return next(one for one in device.peers() if one.device == other.device)


def place_for(device: Device, data: bytes) -> bundle.Place:
    """Return where the one section for *device* lies in the bundle *data*."""
    (place,) = places_in(device, data)
    return place


def places_in(device: Device, data: bytes) -> list[bundle.Place]:
    """Return where the sections for *device* lie in the bundle *data*."""
    header = bundle.read_header(data)
    return bundle.read_table(device.identity.keys, header, data[bundle.HEADER_BYTES : header.body])


def write_in(device: Device, space: SpaceId, words: str) -> None:
    """Write a note in any space."""
    asyncio.run(device.add("note", [SetText("body", words)], space))


def linked(people: list[Person], folder: Path) -> Person:
    """Return a second device of the first of *people*, let in at a door."""

    async def yes(_asked: object) -> bool:
        return True

    async def enter() -> None:
        async with together(people[0]) as ((_, node),):
            door = await node.open_door(1, yes, mine=True, listen=("127.0.0.1", 0))
            phone = await join(
                folder / "vault", PASSPHRASE, door.words, person="-", device_name="phone",
                at=door.address, lan=False, on_found=yes, cost=COST, mine=True,
            )  # fmt: skip
            phone.lock()
            await door.close()

    asyncio.run(enter())
    return Person(folder / "vault")


def forged(
    writer: Device, path: Path, reader: Device, messages: Callable[[bundle.Header], list[bytes]]
) -> None:
    """Write a bundle for *reader* that says *messages*, whatever they are."""
    header = bundle.Header(64, os.urandom(bundle.SALT_BYTES))
    section = bundle.SectionWriter(header, bytes(32))
    body = b"".join(section.say(message) for message in messages(header)) + section.end()
    place = bundle.Place(header.body, len(body), bytes(32))
    given = [(reader.identity.keys.static, place)]
    path.write_bytes(header.encode() + bundle.write_table(header, given, os.urandom) + body)


def entries_of(device: Device, lane: Lane) -> list[Entry]:
    """Return what *device* wrote in the collective."""
    device.seal(device.collective())
    log = device.spaces.own_log(device.collective(), lane)
    return list(device.store.log.entries(log, 0, 2**30))


def receipt_of(device: Device, *logs: tuple[LogId, Head]) -> bytes:
    """Return a receipt of *device* that says *logs*."""
    receipt = Receipt(device.collective(), device.device, logs)
    return bundle.write_receipt(device.identity.keys, receipt)
