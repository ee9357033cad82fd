"""The store, whole: one encrypted file, its parts by meaning."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from aluna_protocol.ids import DeviceId, PersonId
from aluna_sync.errors import AlunaError, LockedError
from aluna_sync.store.arrivals import Arrivals
from aluna_sync.store.connection import Database
from aluna_sync.store.faults import Faults
from aluna_sync.store.folders import Folders
from aluna_sync.store.forgetting import Forgetting
from aluna_sync.store.index import Index
from aluna_sync.store.log import Log
from aluna_sync.store.numbers import Numbers
from aluna_sync.store.peers import Peers
from aluna_sync.store.state import Drafts, Meta, Settings
from aluna_sync.store.taken_back import TakenBack

DEVICE = "device"
PERSON = "person"


def local_day() -> str:
    """Return today's ISO date where this device is."""
    return time.strftime("%Y-%m-%d")


class Store:
    """Everything a device keeps. Several processes may have one open; each writes in turns."""

    def __init__(self, database: Database, today: Callable[[], str]) -> None:
        self._db = database
        numbers = Numbers(database, today)
        self.meta = Meta(database)
        self.settings = Settings(self.meta)
        self.drafts = Drafts(database)
        self.log = Log(database, numbers)
        self.peers = Peers(database, numbers)
        self.faults = Faults(database)
        self.folders = Folders(database, numbers)
        self.forgetting = Forgetting(database, numbers)
        self.index = Index(database, numbers, self._person)
        self.taken_back = TakenBack(database, numbers, self.index)
        self.arrivals = Arrivals(database, numbers)

    @classmethod
    def create(
        cls,
        path: Path,
        dek: bytes | bytearray,
        *,
        device: DeviceId,
        person: PersonId,
        today: Callable[[], str] = local_day,
    ) -> Store:
        """Create the store of *device* and its *person*; raises AlunaError store-exists."""
        store = cls(Database.open(path, dek, create=True), today)
        with store.transaction():
            store.meta.put(DEVICE, device)
            store.meta.put(PERSON, person)
        return store

    def take_person(self, person: PersonId) -> None:
        """Keep that this is a device of *person*, whom the index takes for me."""
        self.meta.put(PERSON, person)

    @classmethod
    def open(
        cls,
        path: Path,
        dek: bytes | bytearray,
        *,
        device: DeviceId | None = None,
        today: Callable[[], str] = local_day,
    ) -> Store:
        """Open a store; *device* must be the one it was created for, when given.

        Raises LockedError wrong-key, vault-of-another-device; AlunaError no-store, store-damaged,
        store-not-encrypted, store-too-new.
        """
        store = cls(Database.open(path, dek, create=False), today)
        if device is not None and store.meta.get(DEVICE) != device:
            store.close()
            raise LockedError("vault-of-another-device")
        return store

    def close(self) -> None:
        """Close the file; the object is dead after."""
        self._db.close()

    def copy_to(self, path: Path, dek: bytes) -> None:
        """Write the store as it stands at one moment to a new file at *path*, under *dek*."""
        self._db.copy_to(path, dek)

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, with the write lock from the start; may be nested (a savepoint)."""
        return self._db.transaction()

    def passing(self) -> AbstractContextManager[None]:
        """A transaction for what can be computed again; a power cut may undo it, whole."""
        return self._db.passing()

    def data_version(self) -> int:
        """Return a number that changes when another process has written."""
        return int(self._db.value("PRAGMA data_version"))

    def check(self) -> None:
        """Read every page, and hold tables, indexes and full text against each other.

        Raises AlunaError store-damaged. Each page may be whole and one of them older (S9).
        """
        if self._db.rows("PRAGMA integrity_check(1)") != [("ok",)]:
            raise AlunaError("store-damaged")
        self._db.run("INSERT INTO search(search, rank) VALUES('integrity-check', 1)")
        if self._db.rows("PRAGMA foreign_key_check") != []:
            raise AlunaError("store-damaged")

    def _person(self) -> PersonId | None:
        found = self.meta.get(PERSON)
        return None if found is None else PersonId(found)
