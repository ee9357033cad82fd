"""Small things a device keeps for itself: settings and drafts."""

from __future__ import annotations

from aluna_sync.store.connection import Database


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
