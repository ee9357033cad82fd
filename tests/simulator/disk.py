"""The disk of a simulated machine: the real store, whose power can be cut at any commit."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aluna_protocol.ids import DeviceId, PersonId
from aluna_sync.store import connection
from aluna_sync.store.store import DEVICE, PERSON, Store

DEK = bytes(32)
WAL_HEADER_BYTES = 32
DAY = "2020-01-01"


class PowerCutError(BaseException):
    """The power went; nothing of the running program catches it."""


class _Database(connection.Database):
    """The real database, which knows how much of it a power cut would leave."""

    path: Path | None = None
    fuse: int | None = None
    """Commits, each counted before and after it, until the power goes."""
    synced = 0
    """Bytes of the write-ahead log that the disk has for certain."""
    _lazy = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        outermost = self._depth == 0
        with super().transaction():
            yield
            if outermost:
                self._burn()
        if outermost:
            if not self._lazy:
                self.synced = self.written()
            self._burn()

    @contextmanager
    def passing(self) -> Iterator[None]:
        outermost = self._depth == 0
        self._lazy = outermost
        try:
            with super().passing():
                yield
        finally:
            if outermost:
                self._lazy = False

    def _burn(self) -> None:
        if self.fuse is None:
            return
        self.fuse -= 1
        if self.fuse < 0:
            self.fuse = None
            raise PowerCutError

    def written(self) -> int:
        """Return how long the write-ahead log is."""
        wal = None if self.path is None else _wal(self.path)
        return wal.stat().st_size if wal is not None and wal.exists() else 0


def _wal(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


@functools.cache
def _empty_store() -> bytes:
    """Return what lies on a disk when a store was made; making each anew takes a tenth of a run."""
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "store"
        _Database.open(path, DEK, create=True).close()
        return path.read_bytes()


class Disk:
    """A directory with one store in it, and copies of it made on the way."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir()
        self._count = 0
        self._path = home / "store-0"
        self._database: _Database | None = None

    def create(self, device: DeviceId, person: PersonId) -> None:
        """Make an empty store."""
        self._path.write_bytes(_empty_store())
        store = self.open()
        with store.transaction():
            store.meta.put(DEVICE, device)
            store.meta.put(PERSON, person)
        store.close()
        self.close()

    def open(self) -> Store:
        """Open the store as it lies on the disk."""
        database = _Database.open(self._path, DEK, create=False)
        assert isinstance(database, _Database)
        database.path = self._path
        # The write-ahead log only grows, so that its length says what is durable.
        database.run("PRAGMA wal_autocheckpoint=0")
        database.synced = database.written()
        self._database = database
        return Store(database, lambda: DAY)

    def light_fuse(self, commits: int) -> None:
        """Have the power go after so many half commits."""
        if self._database is not None:
            self._database.fuse = commits

    def lose_power(self, kept: float) -> None:
        """End as a power cut does; *kept* of what was not synced yet is there all the same."""
        assert self._database is not None
        written, synced = self._database.written(), self._database.synced
        wal = synced + int(kept * (written - synced))
        new = self._copy(wal)
        self._database.close()
        self._path, self._database = new, None

    def close(self) -> None:
        """The program ended in order; the store is closed already."""
        self._database = None

    def back_up(self) -> Path:
        """Copy the store as it is now, open or not."""
        return self._copy(None)

    def put_back(self, backup: Path) -> None:
        """Have the store be what it was when *backup* was made."""
        assert self._database is None
        self._path = self._copy(None, backup)

    def _copy(self, wal_bytes: int | None, source: Path | None = None) -> Path:
        source = self._path if source is None else source
        self._count += 1
        target = self.home / f"store-{self._count}"
        shutil.copyfile(source, target)
        if _wal(source).exists():
            content = _wal(source).read_bytes()
            _wal(target).write_bytes(content if wal_bytes is None else content[:wal_bytes])
        return target

    def size(self) -> int:
        """Return how many bytes the store takes."""
        return self._path.stat().st_size + (
            self._database.written() if self._database is not None else 0
        )
