"""Reading a bundle from a file somebody brought: everything that holds is kept, again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from pathlib import Path
from typing import NamedTuple

from aluna_protocol import bundle
from aluna_protocol.bundle import Header, Place, SectionReader
from aluna_protocol.errors import IncompatibleVersionError, RemoteProtocolError
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from aluna_sync.exchange.entering import OnInvitation
from aluna_sync.exchange.files import opened, read_at
from aluna_sync.exchange.taking import Taken, Taking

SLICE_BYTES = 4 * bundle.SEALED_CHUNK
"""Read and taken at once: a few milliseconds, after which something else may have its turn."""

Progress = Callable[[int, int], None]
"""Told how many bytes are done, and of how many."""


class Want(NamedTuple):
    """Bytes of the file that are needed next."""

    place: int
    size: int


Steps = Generator[Want, bytes, Taken]


def read_bundle(
    device: Device,
    path: Path,
    *,
    progress: Progress = lambda _done, _total: None,
    on_invitation: OnInvitation | None = None,
) -> Taken:
    """Take everything in the bundle at *path* that is for this device; durable at the end.

    What is here already has no effect, so a file may be read as often as one likes. A bundle of a
    collective that admitted the card of this device brings it in, if *on_invitation* says so.
    Raises AlunaError not-a-bundle, not-a-plain-file, bundle-too-large, no-such-file,
    file-not-readable, bundle-of-newer, bundle-not-for-us.
    """
    with opened(path) as descriptor:
        taken = _read(descriptor, read_steps(device, progress, on_invitation))
    if not taken.spaces and not taken.cut_short:
        raise AlunaError("bundle-not-for-us")
    return taken


def _read(descriptor: int, steps: Steps) -> Taken:
    try:
        want = next(steps)
        while True:
            want = steps.send(read_at(descriptor, *want))
    except StopIteration as done:
        taken: Taken = done.value
        return taken
    finally:
        # When the medium fails, what came whole is kept.
        steps.close()


async def read_bundle_in_turns(
    device: Device,
    path: Path,
    *,
    progress: Progress = lambda _done, _total: None,
    on_invitation: OnInvitation | None = None,
) -> Taken:
    """Do what `read_bundle` does without keeping the loop waiting, whatever medium it is on.

    What is for a space this device is not in, or not yet, is only told as waiting, unless
    *on_invitation* brings it in.
    """
    with await asyncio.to_thread(_open, path) as file:
        steps = read_steps(device, progress, on_invitation)
        try:
            want = next(steps)
            while True:
                data = await asyncio.to_thread(read_at, file.descriptor, *want)
                want = steps.send(data)
                await asyncio.sleep(0)
        except StopIteration as done:
            taken: Taken = done.value
            return taken
        finally:
            steps.close()


class _Open:
    """A file opened in another thread; closed where it is used."""

    def __init__(self, path: Path) -> None:
        self._opened = opened(path)
        self.descriptor = self._opened.__enter__()

    def __enter__(self) -> _Open:
        return self

    def __exit__(self, *_error: object) -> None:
        self._opened.__exit__(None, None, None)


def _open(path: Path) -> _Open:
    return _Open(path)


def read_steps(
    device: Device, progress: Progress, on_invitation: OnInvitation | None = None
) -> Steps:
    """Yield the bytes that are needed, one piece after the other; return what came of it.

    Raises AlunaError not-a-bundle, bundle-of-newer, bundle-not-for-us.
    """
    header = _header((yield Want(0, bundle.HEADER_BYTES)))
    table = yield Want(bundle.HEADER_BYTES, header.table_bytes)
    places = _places(device, header, table)
    taking = Taking(device, on_invitation)
    taking.taken.cut_short = len(table) < header.table_bytes
    if not places and not taking.taken.cut_short:
        raise AlunaError("bundle-not-for-us")
    total, done = sum(place.length for place in places), 0
    again: dict[Place, int] = {}
    for place in places:
        taking.strange = 0
        yield from _section(header, place, taking, lambda read: progress(read, total), done)
        done += place.length
        if taking.strange:
            again[place] = taking.strange
    if taking.taken.new:
        # A section may bring what lets us into the space of one before it.
        for place, passed_over in again.items():
            taking.taken.waiting -= passed_over
            yield from _section(header, place, taking, lambda _read: None, 0)
    return taking.taken


def _header(data: bytes) -> Header:
    try:
        return bundle.read_header(data)
    except IncompatibleVersionError:
        raise AlunaError("bundle-of-newer") from None
    except RemoteProtocolError:
        raise AlunaError("not-a-bundle", path="") from None


def _places(device: Device, header: Header, table: bytes) -> list[Place]:
    try:
        return bundle.read_table(device.identity.keys, header, table)
    except RemoteProtocolError:
        raise AlunaError("bundle-not-for-us") from None


def _section(
    header: Header, place: Place, taking: Taking, told: Callable[[int], None], before: int
) -> Generator[Want, bytes, None]:
    try:
        yield from _messages(header, place, taking, told, before)
    finally:
        # Also when the file cannot be read further: what came whole is kept.
        taking.end_section()


def _messages(
    header: Header, place: Place, taking: Taking, told: Callable[[int], None], before: int
) -> Generator[Want, bytes, None]:
    reader = SectionReader(header, place)
    at = place.offset
    while not reader.ended:
        size = min(SLICE_BYTES, place.end - at)
        data = yield Want(at, size)
        try:
            for message in reader.feed(data):
                taking.take(message)
        except RemoteProtocolError:
            taking.taken.cut_short = True
            return
        at += len(data)
        told(before + at - place.offset)
        if len(data) < size:
            taking.taken.cut_short = True
            return


async def settle(device: Device, taken: Taken) -> None:
    """Make readable what was taken, unless a node does so; begin anew if this was an old copy."""
    if device.on_old_copy is not None:
        if taken.old_copy:
            device.on_old_copy()
        return
    if taken.old_copy:
        await device.begin_again()
    for space in list(device.spaces.rows):
        while await device.open_some(space) is not None:
            pass
