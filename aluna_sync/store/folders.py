"""Shared folders, and what was seen in them: which file carries which entries, and for whom."""

from __future__ import annotations

import enum
import os
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DeviceId, LogId, SpaceId
from aluna_sync.errors import AlunaError
from aluna_sync.store.connection import Database
from aluna_sync.store.numbers import Numbers


class Seen(enum.StrEnum):
    """What a file in a folder turned out to be."""

    OWN = "own"
    """Written by this device."""
    READ = "read"
    """A bundle for this device, read whole."""
    CUT_SHORT = "cut-short"
    """A bundle that had not come whole."""
    WAITING = "waiting"
    """A bundle with entries that cannot be judged before others come."""
    FOREIGN = "foreign"
    """Something else, or a bundle for others."""
    BEGUN = "begun"
    """A file this device began to write; still there, its process was ended meanwhile."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file does: size in bytes, nanoseconds, and which file it is."""

    size: int
    changed: int
    inode: int


@dataclass(frozen=True, slots=True)
class Carried:
    """One file of a folder, as it was when it was read or written."""

    name: str
    stamp: Stamp
    state: Seen
    hash: bytes | None = None
    """BLAKE2b-256 of a file of ours."""
    stretches: tuple[tuple[LogId, int, int], ...] = ()
    """Entries it carries: branch, first and last height."""
    readers: Mapping[SpaceId, frozenset[DeviceId]] = field(default_factory=dict)
    """Whom it is for."""


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A directory that carries a collective's bundles."""

    number: int
    path: Path
    collective: SpaceId


class Folders:
    """The folders of this device."""

    def __init__(self, database: Database, numbers: Numbers) -> None:
        self._db = database
        self._numbers = numbers

    def add(self, path: Path, collective: SpaceId) -> None:
        """Remember a folder; raises AlunaError folder-known."""
        with self._db.transaction():
            if any(row.path == path for row in self.all()):
                raise AlunaError("folder-known", path=str(path))
            self._db.run(
                "INSERT INTO folders(path, collective) VALUES(?, ?)",
                (os.fsencode(path), self._numbers.space(collective)),
            )

    def all(self) -> list[FolderRow]:
        """Return every folder, in the order they were added."""
        rows = self._db.rows("SELECT n, path, collective FROM folders ORDER BY n")
        return [
            FolderRow(n, Path(os.fsdecode(path)), self._numbers.space_id(space))
            for n, path, space in rows
        ]

    def forget(self, folder: FolderRow) -> None:
        """Forget a folder and what was seen in it; its files stay where they are."""
        self._db.run("DELETE FROM folders WHERE n=?", (folder.number,))

    # -- files -----------------------------------------------------------------------------------

    def put(self, folder: FolderRow, file: Carried) -> None:
        """Remember a file as it is now."""
        with self._db.transaction():
            self.drop(folder, [file.name])
            self._db.run(
                "INSERT INTO carried(folder, name, size, changed, inode, hash, state)"
                " VALUES(?, ?, ?, ?, ?, ?, ?)",
                (
                    folder.number,
                    os.fsencode(file.name),
                    file.stamp.size,
                    file.stamp.changed,
                    # Some file systems number files beyond what an integer of SQLite holds.
                    file.stamp.inode.to_bytes(16, "big"),
                    file.hash,
                    file.state.value,
                ),
            )
            number: int = self._db.value("SELECT last_insert_rowid()")
            self._db.many(
                "INSERT OR REPLACE INTO carried_stretches(file, log, first, last)"
                " VALUES(?, ?, ?, ?)",
                [(number, self._numbers.log(log), one, last) for log, one, last in file.stretches],
            )
            self._db.many(
                "INSERT INTO carried_for(file, space, device) VALUES(?, ?, ?)",
                [
                    (number, self._numbers.space(space), device)
                    for space, devices in file.readers.items()
                    for device in devices
                ],
            )

    def restamp(self, folder: FolderRow, name: str, stamp: Stamp) -> None:
        """Remember that a file holds what it held, and only looks otherwise now."""
        self._db.run(
            "UPDATE carried SET size=?, changed=?, inode=? WHERE folder=? AND name=?",
            (
                stamp.size,
                stamp.changed,
                stamp.inode.to_bytes(16, "big"),
                folder.number,
                os.fsencode(name),
            ),
        )

    def drop(self, folder: FolderRow, names: Iterable[str]) -> None:
        """Forget files that are gone."""
        self._db.many(
            "DELETE FROM carried WHERE folder=? AND name=?",
            [(folder.number, os.fsencode(name)) for name in names],
        )

    def files(self, folder: FolderRow) -> dict[str, Carried]:
        """Return every file remembered of a folder, in the order they came."""
        stretches: dict[int, list[tuple[LogId, int, int]]] = {}
        for file, log, first, last in self._db.rows(
            "SELECT s.file, s.log, s.first, s.last FROM carried c"
            " JOIN carried_stretches s ON s.file=c.n WHERE c.folder=?",
            (folder.number,),
        ):
            stretches.setdefault(file, []).append((self._numbers.log_id(log), first, last))
        readers: dict[int, dict[SpaceId, set[DeviceId]]] = {}
        for file, space, device in self._db.rows(
            "SELECT f.file, f.space, f.device FROM carried c"
            " JOIN carried_for f ON f.file=c.n WHERE c.folder=?",
            (folder.number,),
        ):
            of_space = readers.setdefault(file, {}).setdefault(self._numbers.space_id(space), set())
            of_space.add(DeviceId(device))
        return {
            os.fsdecode(name): Carried(
                os.fsdecode(name),
                Stamp(size, changed, int.from_bytes(inode, "big")),
                Seen(state),
                digest,
                tuple(stretches.get(n, ())),
                {space: frozenset(some) for space, some in readers.get(n, {}).items()},
            )
            for n, name, size, changed, inode, digest, state in self._db.rows(
                "SELECT n, name, size, changed, inode, hash, state FROM carried"
                " WHERE folder=? ORDER BY n",
                (folder.number,),
            )
        }
