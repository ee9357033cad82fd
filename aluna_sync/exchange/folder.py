"""A directory that some tool carries between devices: each writes its own files, and reads all.

Nothing is locked and nothing is expected of the tool. A file is known by what is in it, never by
its name: renamed, doubled, or half copied, whatever holds is taken. A folder as a whole should
carry every entry that somebody is not known to hold; each device adds what is missing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import field, replace
from pathlib import Path
from typing import Final

from aluna_protocol import crypto, limits
from aluna_protocol.dataclass import dataclass
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from aluna_sync.exchange.choosing import Load, Stretch, readers_of, seal_pending, spaces_of
from aluna_sync.exchange.covering import Wanting
from aluna_sync.exchange.files import Disk, is_unfinished, random_name, unfinished
from aluna_sync.exchange.looking import digest_of, is_empty, scan, stamp_of
from aluna_sync.exchange.reading import read_bundle_in_turns, settle
from aluna_sync.exchange.taking import Taken
from aluna_sync.exchange.writing import write_bundle_in_turns
from aluna_sync.store.folders import Carried, FolderRow, Seen, Stamp

PATIENCE_SECONDS: Final = 60.0
"""Entries of others, and what we hold of them, are left to their author's files for so long."""
PAUSE_SECONDS: Final = 20.0
"""Own words are put into a file when none were written for so long, ..."""
MOST_WAITING_BYTES: Final = limits.SEAL_AT_BYTES
"""... or these are waiting."""
RETRY_SECONDS: Final = 60.0
"""What had not come whole is read again so often, or less when that takes long."""
RETRY_TIMES: Final = 20
FILES_AT_ONCE: Final = 256
CLASS_FACTOR: Final = 4
CLASS_FILES: Final = 8
"""So many own files of one size, within a factor of four, are made one."""
_TOLD: Final = "folder-told:"
"""Where the store keeps what this device last said in a folder to hold, and in which file."""
_SAID_BYTES: Final = 32


@dataclass(slots=True)
class Looked:
    """What came of looking into a folder."""

    path: Path
    there: bool = True
    files: int = 0
    """Files that were read."""
    new: int = 0
    """Entries that were not here."""
    waiting: int = 0
    """Files with entries that cannot be judged before others come."""
    cut_short: int = 0
    """Files that have not come whole."""
    refused: int = 0
    written: int = 0
    """Files written."""
    trouble: AlunaError | None = None
    """Why nothing could be written there."""

    @property
    def whole(self) -> bool:
        """Tell whether nothing more is to be expected of what is there."""
        return not (self.waiting or self.cut_short or self.trouble)


@dataclass(slots=True)
class _Try:
    """When a file that was not whole was read last, and what it was."""

    state: Seen
    at: float
    took: float
    entries: int


@dataclass(slots=True)
class Folder:
    """One folder of one device. *clock* is in seconds and never goes back."""

    device: Device
    row: FolderRow
    disk: Disk = field(default_factory=Disk)
    clock: Callable[[], float] = time.monotonic
    _files: dict[str, Carried] | None = None
    """What the store remembers of it: read once, for nobody else writes it while this is used."""
    _tries: dict[str, _Try] = field(default_factory=dict)
    _missing_since: float | None = None
    _pending: tuple[int, float] = (0, 0.0)
    """The newest unsealed edit, and since when there is no newer one."""

    async def look(self, *, at_once: bool = False) -> Looked:
        """Read what is new, write what is missing; *at_once*: without leaving time to others."""
        looked = Looked(self.row.path)
        seen = await asyncio.to_thread(scan, self.row.path)
        if seen is None:
            looked.there = False
            return looked
        await self._forget_gone(seen)
        taken = await self._read(seen, looked)
        if any(one.new for one in taken):
            await settle(self.device, _together(taken))
        try:
            await self._write(looked, at_once=at_once)
        except AlunaError as error:
            looked.trouble = error
        return looked

    # -- what is remembered ----------------------------------------------------------------------

    @property
    def _known(self) -> dict[str, Carried]:
        """Every file remembered, in the order they came."""
        if self._files is None:
            self._files = self.device.store.folders.files(self.row)
        return self._files

    def _put(self, file: Carried) -> None:
        self.device.store.folders.put(self.row, file)
        self._known.pop(file.name, None)
        self._known[file.name] = file

    def _drop(self, gone: Sequence[str]) -> None:
        if gone:
            self.device.store.folders.drop(self.row, gone)
        for name in gone:
            self._known.pop(name, None)
            self._tries.pop(name, None)

    # -- reading ---------------------------------------------------------------------------------

    async def _forget_gone(self, seen: dict[str, Stamp]) -> None:
        """Forget files that are gone, or are not what they were."""
        gone: list[str] = []
        for name, file in list(self._known.items()):
            if file.state is Seen.BEGUN:
                await self._remove(name)
                gone.append(name)
            elif name not in seen or (
                seen[name] != file.stamp and not await self._is_as_it_was(file, seen[name])
            ):
                gone.append(name)
            elif file.state in (Seen.WAITING, Seen.CUT_SHORT):
                # Another process may have seen it last: what it waited for may be here.
                self._tries.setdefault(name, _Try(file.state, -RETRY_SECONDS, 0.0, -1))
        self._drop(gone)

    async def _is_as_it_was(self, file: Carried, stamp: Stamp) -> bool:
        """Tell whether a file is the same; one of ours may have been touched by some tool."""
        if stamp == file.stamp or file.state is not Seen.OWN:
            return stamp == file.stamp
        digest = await asyncio.to_thread(digest_of, self.row.path / file.name)
        if digest is None or digest != file.hash:
            await self._remove(file.name)
            return False
        self.device.store.folders.restamp(self.row, file.name, stamp)
        self._known[file.name] = replace(file, stamp=stamp)
        return True

    async def _remove(self, name: str) -> None:
        """Delete a file of ours, whole or unfinished."""
        for path in (self.row.path / name, unfinished(self.row.path / name)):
            with suppress(OSError):
                await asyncio.to_thread(self.disk.remove, path)

    async def _read(self, seen: dict[str, Stamp], looked: Looked) -> list[Taken]:
        """Read what is new, the oldest first, then what waits, as long as something comes of it."""
        ordered = sorted(seen, key=lambda name: (seen[name].changed, name))
        fresh = [n for n in ordered if n not in self._known and not is_unfinished(n)][
            :FILES_AT_ONCE
        ]
        found: list[Taken] = []
        for name in fresh:
            found += await self._read_file(name, seen[name], looked)
        while again := [name for name in ordered if self._is_due(name)]:
            for name in again:
                found += await self._read_file(name, seen[name], looked)
        files = self._known.values()
        looked.waiting = sum(file.state is Seen.WAITING for file in files)
        looked.cut_short = sum(file.state is Seen.CUT_SHORT for file in files)
        return found

    def _is_due(self, name: str) -> bool:
        """Tell whether a file that was not whole may be by now, or what it waited for came."""
        tried = self._tries.get(name)
        if tried is None:
            return False
        since, pause = self.clock() - tried.at, RETRY_TIMES * tried.took
        if tried.state is Seen.WAITING:
            return since >= pause and self._entries() > tried.entries
        return since >= max(RETRY_SECONDS, pause)

    def _entries(self) -> int:
        return sum(self.device.store.log.count(space) for space in self.device.spaces.rows)

    async def _read_file(self, name: str, stamp: Stamp, looked: Looked) -> list[Taken]:
        path, began = self.row.path / name, self.clock()
        self._tries.pop(name, None)
        try:
            taken = await read_bundle_in_turns(self.device, path)
        except AlunaError as error:
            if error.code in ("file-not-readable", "no-such-file", "not-a-plain-file"):
                return []  # it may be by the next look, with the same size and time
            empty = error.code == "not-a-bundle" and await asyncio.to_thread(is_empty, path)
            state = Seen.CUT_SHORT if empty else Seen.FOREIGN
            self._remember(name, state, began)
            self._put(Carried(name, stamp, state))
            return []
        looked.files += 1
        looked.new += taken.new
        looked.refused += taken.refused
        state = Seen.WAITING if taken.waiting else Seen.READ
        state = Seen.CUT_SHORT if taken.cut_short else state
        stretches = tuple((one.log, one.first, one.last) for one in taken.stretches)
        carried = Carried(name, stamp, state, None, stretches, taken.readers)
        self._put(carried)
        self._remember(name, state, began)
        return [taken]

    def _remember(self, name: str, state: Seen, began: float) -> None:
        if state in (Seen.WAITING, Seen.CUT_SHORT):
            now = self.clock()
            self._tries[name] = _Try(state, now, now - began, self._entries())

    # -- writing ---------------------------------------------------------------------------------

    async def _write(self, looked: Looked, *, at_once: bool) -> None:
        """Write a file when something is missing, and make few of many."""
        spaces = spaces_of(self.device, self.row.collective)
        if at_once or self._may_seal(spaces):
            seal_pending(self.device, spaces)
        files = list(self._known.values())
        wanting = self._wanting(spaces)
        loads = [
            Load(one.space, readers_of(self.device, one.space, None), one.missing(files))
            for one in wanting
        ]
        said = self._said(wanting)
        if loads and self._is_time(loads, said, at_once=at_once):
            await self._add(loads, said)
            self._missing_since = None
            looked.written += 1
        await self._tidy(wanting, said, looked)

    def _may_seal(self, spaces: Sequence[bytes]) -> bool:
        """Tell whether words were left alone for a while, or are too many to wait."""
        log = self.device.store.log
        newest, now = log.newest_pending(), self.clock()
        if newest != self._pending[0]:
            self._pending = (newest, now)
        paused = now - self._pending[1] >= PAUSE_SECONDS
        rows = [space for space in self.device.spaces.rows if space in spaces]
        return paused or any(log.pending_bytes(space) >= MOST_WAITING_BYTES for space in rows)

    def _wanting(self, spaces: Sequence[bytes]) -> list[Wanting]:
        found = []
        for space in self.device.spaces.rows:
            readers = readers_of(self.device, space, None) if space in spaces else ()
            if readers:
                found.append(Wanting(self.device, space, [seat.device for seat in readers]))
        return found

    def _said(self, wanting: Sequence[Wanting]) -> bytes:
        """Return what stands for all that is held here and for whom: what a file says of us."""
        log = self.device.store.log
        parts = []
        for one in wanting:
            readers = [seat.device for seat in readers_of(self.device, one.space, None)]
            tips = sorted(tip.hash for tip in log.heads(one.space).values())
            parts += [one.space, *readers, *tips]
        return crypto.blake2b(b"".join(parts), size=_SAID_BYTES)

    def _told(self) -> tuple[bytes, str]:
        """Return what was said last, and the file that says it; nothing when it is gone."""
        kept = self.device.store.meta.get(f"{_TOLD}{self.row.number}") or b""
        name = kept[_SAID_BYTES:].decode()
        return (kept[:_SAID_BYTES], name) if name in self._known else (b"", "")

    def _is_time(self, loads: Sequence[Load], said: bytes, *, at_once: bool) -> bool:
        """Tell whether to write now: own words at once, the rest when nobody else did."""
        own = any(
            stretch.log.device == self.device.device for load in loads for stretch in load.stretches
        )
        told, file = self._told()
        missing = any(load.stretches for load in loads) or said != told
        if own or not file or (missing and at_once):
            return True
        if not missing:
            self._missing_since = None
            return False
        if self._missing_since is None:
            self._missing_since = self.clock()
        return self.clock() - self._missing_since >= PATIENCE_SECONDS

    async def _add(self, loads: Sequence[Load], said: bytes) -> None:
        """Write one file; what a killed process leaves of it is known for ours and removed."""
        name = random_name(self.device.random_bytes)
        path = self.row.path / name
        self._put(Carried(name, Stamp(0, 0, 0), Seen.BEGUN))
        try:
            await write_bundle_in_turns(self.device, path, loads, disk=self.disk)
            stamp = await asyncio.to_thread(stamp_of, path)
            digest = await asyncio.to_thread(digest_of, path)
        except (AlunaError, OSError) as error:
            await self._remove(name)
            self._drop([name])
            if isinstance(error, OSError):
                # It was written whole, and is gone again before it could be looked at.
                raise AlunaError("place-gone", path=str(self.row.path)) from None
            raise
        stretches = tuple(
            (one.log, one.first, one.last) for load in loads for one in load.stretches
        )
        readers = {load.space: frozenset(seat.device for seat in load.readers) for load in loads}
        self._put(Carried(name, stamp, Seen.OWN, digest, stretches, readers))
        self.device.store.meta.put(f"{_TOLD}{self.row.number}", said + name.encode())

    async def _tidy(self, wanting: Sequence[Wanting], said: bytes, looked: Looked) -> None:
        """Delete own files nobody needs any more, and make one of many small ones."""
        own = [file for file in self._known.values() if file.state is Seen.OWN]
        if not own:
            return
        needed = {file.name: _needed(file, wanting) for file in own}
        _, newest = self._told()
        # What says what we hold now stays, whatever it carries.
        idle = [one for one in own if one.name != newest and not any(needed[one.name].values())]
        merged = _too_many([file for file in own if file not in idle])
        if merged:
            loads = [
                Load(
                    one.space,
                    readers_of(self.device, one.space, None),
                    one.wanted(stretch for file in merged for stretch in file.stretches),
                )
                for one in wanting
            ]
            await self._add(loads, said)
            looked.written += 1
        gone = [file.name for file in (*idle, *merged)]
        for name in gone:
            await self._remove(name)
        self._drop(gone)


def _needed(file: Carried, wanting: Sequence[Wanting]) -> dict[bytes, tuple[Stretch, ...]]:
    return {one.space: one.wanted(file.stretches) for one in wanting}


def _too_many(own: Sequence[Carried]) -> list[Carried]:
    """Return the own files of the first class of sizes that has too many, none if none has.

    Only files of about one size are merged: each byte is then written again seldom, however long
    somebody stays away.
    """
    classes: dict[int, list[Carried]] = {}
    for file in own:
        classes.setdefault((file.stamp.size.bit_length() - 1) // 2, []).append(file)
    full = [some for _, some in sorted(classes.items()) if len(some) >= CLASS_FILES]
    return full[0] if full else []


def _together(taken: Sequence[Taken]) -> Taken:
    return Taken(new=sum(one.new for one in taken), old_copy=any(one.old_copy for one in taken))
