"""Small things a device keeps for itself: settings and drafts."""

from __future__ import annotations

from typing import Final

from aluna_sync.store.connection import Database

_QUIET: Final = "quiet"
_FINDABLE: Final = "findable"
_NODE: Final = "node"
_YES: Final = b"1"


class Meta:
    """Named bytes."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, key: str) -> bytes | None:
        """Return what is kept under *key*, None when nothing is."""
        found: bytes | None = self._db.value("SELECT value FROM meta WHERE key=?", (key,))
        return found

    def put(self, key: str, value: bytes) -> None:
        """Keep *value* under *key*."""
        self._db.run(
            "INSERT INTO meta(key, value) VALUES(?, ?)"
            " ON CONFLICT(key) DO UPDATE SET value=excluded.value",
            (key, value),
        )

    def delete(self, key: str) -> None:
        """Forget *key*."""
        self._db.run("DELETE FROM meta WHERE key=?", (key,))


class Settings:
    """How this person wants this device to behave on a network; never told to others."""

    def __init__(self, meta: Meta) -> None:
        self._meta = meta

    @property
    def quiet(self) -> bool:
        """Not one packet goes out unasked."""
        return self._meta.get(_QUIET) == _YES

    @quiet.setter
    def quiet(self, on: bool) -> None:
        self._set(_QUIET, on)

    @property
    def findable(self) -> bool:
        """Listen on the port everybody knows as well, for networks that block announcements."""
        return self._meta.get(_FINDABLE) == _YES

    @findable.setter
    def findable(self, on: bool) -> None:
        self._set(_FINDABLE, on)

    @property
    def seen_by_node(self) -> bytes | None:
        """What a node of this vault noted last of the network; it may have been killed since."""
        return self._meta.get(_NODE)

    @seen_by_node.setter
    def seen_by_node(self, noted: bytes | None) -> None:
        if noted is None:
            self._meta.delete(_NODE)
        else:
            self._meta.put(_NODE, noted)

    def _set(self, key: str, on: bool) -> None:
        if on:
            self._meta.put(key, _YES)
        else:
            self._meta.delete(key)


class Drafts:
    """Words not yet given to anybody: never in the log, never sent."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def save(self, key: str, data: str) -> None:
        """Keep the draft *key*."""
        self._db.run(
            "INSERT INTO drafts(key, data) VALUES(?, ?)"
            " ON CONFLICT(key) DO UPDATE SET data=excluded.data",
            (key, data),
        )

    def get(self, key: str) -> str | None:
        """Return the draft *key*, None when there is none."""
        found: str | None = self._db.value("SELECT data FROM drafts WHERE key=?", (key,))
        return found

    def all(self) -> dict[str, str]:
        """Return every draft by its key."""
        return dict(self._db.rows("SELECT key, data FROM drafts ORDER BY key"))

    def delete(self, key: str) -> None:
        """Forget the draft *key*."""
        self._db.run("DELETE FROM drafts WHERE key=?", (key,))
