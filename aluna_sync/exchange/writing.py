"""Writing a bundle: a section for each space, sealed to the devices that may read it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from aluna_protocol import bundle, limits
from aluna_protocol.bundle import Header, Place, Receipt, SectionWriter
from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DeviceId, SpaceId, StaticKey
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from aluna_sync.exchange.choosing import Load, runs
from aluna_sync.exchange.files import Disk, written

ROWS_PER_RECEIPT = 256
"""With the names of all readers of a space a receipt stays below a control message."""
WRITTEN_AT_ONCE = 1024 * 1024

Progress = Callable[[int, int], None]
"""Told how many entries are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was put into a bundle."""

    path: Path
    entries: int
    size: int
    """Bytes of the file, filler included."""
    readers: tuple[DeviceId, ...]
    spaces: tuple[SpaceId, ...]


def write_bundle(
    device: Device,
    path: Path,
    loads: Sequence[Load],
    *,
    progress: Progress = lambda _done, _total: None,
    disk: Disk | None = None,
) -> Written:
    """Write *loads* into a new file at *path*; a whole file is there when this returns, or none.

    Raises AlunaError bundle-too-large, bundle-for-too-many, disk-full-there, place-not-writable,
    place-gone.
    """
    composition = Composition(device, loads, progress)
    with written(path, disk or Disk()) as file:
        for piece in composition.pieces():
            file.write(piece)
        file.write_at_beginning(composition.head)
    return composition.report(path)


async def write_bundle_in_turns(
    device: Device,
    path: Path,
    loads: Sequence[Load],
    *,
    progress: Progress = lambda _done, _total: None,
    disk: Disk | None = None,
) -> Written:
    """Do what `write_bundle` does without keeping the loop waiting, whatever medium it is on."""
    composition = Composition(device, loads, progress)
    writing = written(path, disk or Disk())
    file = await asyncio.to_thread(writing.__enter__)
    try:
        for piece in composition.pieces():
            await asyncio.to_thread(file.write, piece)
        await asyncio.to_thread(file.write_at_beginning, composition.head)
    except BaseException as error:
        # It raises what it makes of the error, and the error itself otherwise.
        await asyncio.to_thread(writing.__exit__, type(error), error, error.__traceback__)
        raise
    await asyncio.to_thread(writing.__exit__, None, None, None)
    return composition.report(path)


class Composition:
    """One bundle being put together: its bytes in order, but the first of them at the end."""

    def __init__(self, device: Device, loads: Sequence[Load], progress: Progress) -> None:
        """Raises AlunaError bundle-for-too-many."""
        boxes = sum(len(load.readers) for load in loads)
        if boxes > limits.MAX_BUNDLE_BOXES:
            raise AlunaError("bundle-for-too-many", most=limits.MAX_BUNDLE_BOXES)
        salt = device.random_bytes(bundle.SALT_BYTES)
        self._header = Header(bundle.boxes_for(boxes), salt)
        self._device = device
        self._loads = loads
        self._progress = progress
        self._total = sum(load.entries for load in loads)
        self._entries = 0
        self._size = 0
        self.head = b""
        """Header and table, once all pieces were given; as many bytes were left free for them."""

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes of the file in order."""
        random_bytes = self._device.random_bytes
        given: list[tuple[StaticKey, Place]] = []
        yield self._piece(bytes(self._header.body))
        # Which comes first is drawn, so that the order tells nothing.
        for load in sorted(self._loads, key=lambda _load: random_bytes(8)):
            yield from self._random(bundle.gap(random_bytes))
            offset, key = self._size, random_bytes(32)
            yield from self._section(load, key)
            place = Place(offset, self._size - offset, key)
            given += [(seat.static, place) for seat in load.readers]
        yield from self._random(bundle.filler(self._size, random_bytes))
        table = bundle.write_table(self._header, given, random_bytes)
        self.head = self._header.encode() + table

    def _piece(self, data: bytes) -> bytes:
        self._size += len(data)
        return data

    def _random(self, size: int) -> Iterator[bytes]:
        for at in range(0, size, limits.BUNDLE_CHUNK_BYTES):
            wanted = min(size - at, limits.BUNDLE_CHUNK_BYTES)
            yield self._piece(self._device.random_bytes(wanted))

    def _section(self, load: Load, key: bytes) -> Iterator[bytes]:
        section = SectionWriter(self._header, key)
        ready = bytearray()
        for message, entries in self._messages(load):
            ready += section.say(message)
            if len(ready) >= WRITTEN_AT_ONCE:
                yield self._piece(bytes(ready))
                ready.clear()
            self._entries += entries
            self._progress(self._entries, self._total)
        yield self._piece(bytes(ready) + section.end())

    def _messages(self, load: Load) -> Iterator[tuple[bytes, int]]:
        """Yield what a section says, and how many entries each message holds."""
        for receipt in receipts(self._device, load):
            yield bundle.write_receipt(self._device.identity.keys, receipt), 0
        for stretch in load.stretches:
            for run in runs(self._device, stretch):
                yield bundle.batch_of(self._header, run), len(run)

    def report(self, path: Path) -> Written:
        """Return what was put into the file at *path*."""
        readers = sorted({seat.device for load in self._loads for seat in load.readers})
        spaces = tuple(load.space for load in self._loads)
        return Written(path, self._entries, self._size, tuple(readers), spaces)


def receipts(device: Device, load: Load) -> list[Receipt]:
    """Return what this device holds of a space, to be told to whom a bundle is for."""
    heads = device.store.log.heads(load.space)
    rows = tuple((log.base, heads[log]) for log in sorted(heads))
    readers = tuple(seat.device for seat in load.readers)
    if len(readers) > limits.MAX_DEVICES:
        readers = ()
    return [
        # Once is enough to say whom it is for.
        Receipt(load.space, device.device, rows[at : at + ROWS_PER_RECEIPT], () if at else readers)
        for at in range(0, max(len(rows), 1), ROWS_PER_RECEIPT)
    ]
