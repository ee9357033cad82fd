"""The one door to apsw: an encrypted SQLite file, its transactions, its errors as codes.

Durability: WAL with synchronous=FULL, so a commit that returned survives a killed process and a
power cut. Peers are told "I have it" after the commit, so this holds for what arrives as well. Only
what is computed from it, by opening entries, may be undone by a power cut: see `Database.passing`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import apsw

from aluna_sync.errors import AlunaError, LockedError
from aluna_sync.store import schema

BUSY_MILLISECONDS: Final = 5_000
CACHE_KIB: Final = 8_000
"""Holds the upper levels of the indexes of 100,000 records within a node's memory budget."""
WAL_KEPT_BYTES: Final = 4 * 1024 * 1024
KEY_BYTES: Final = 32
NAMES_AT_ONCE: Final = 256
"""Names looked up by one statement: one by one, each would cost twenty microseconds."""

Row = tuple[Any, ...]
Found = TypeVar("Found")
Bindings = Sequence[Any] | Mapping[str, Any]


class _MappedErrors:
    """Turns apsw's errors into codes; the cause is dropped because it can quote bound values.

    A class, because it surrounds every statement and a generator would cost a microsecond more.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        match error:
            case None:
                return
            case apsw.NotADBError():
                raise LockedError("wrong-key") from None
            case apsw.CorruptError():
                raise AlunaError("store-damaged") from None
            case apsw.FullError():
                raise AlunaError("disk-full") from None
            case apsw.BusyError() | apsw.LockedError():
                raise AlunaError("store-busy") from None
            case (
                apsw.IOError()
                | apsw.CantOpenError()
                | apsw.ReadOnlyError()
                | apsw.PermissionsError()
            ):
                raise AlunaError("store-not-writable") from None
            case _:
                return


MAPPED_ERRORS: Final = _MappedErrors()


def expected(found: Found | None) -> Found:
    """Return what another row says is there; raise AlunaError store-damaged when it is not.

    The cipher tells a page that was altered, not an older copy of it put back in its place (S9).
    """
    if found is None:
        raise AlunaError("store-damaged")
    return found


class Database:
    """A connection whose failures are `AlunaError`s. Not for use by two threads at once."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._depth = 0
        self._after_rollback: list[Callable[[], None]] = []

    @classmethod
    def open(cls, path: Path, key: bytes | bytearray, *, create: bool) -> Database:
        """Open the file at *path* with the raw 32-byte *key*, or create it.

        Raises AlunaError no-store, store-exists, store-not-encrypted, store-damaged,
        store-too-new; LockedError wrong-key.
        """
        require_encryption()
        _prepare_file(path, create=create)
        with MAPPED_ERRORS:
            connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
            database = cls(connection)
            try:
                database._configure(key)
                database._migrate()
            except BaseException:
                connection.close(True)
                raise
        return database

    def _configure(self, key: bytes | bytearray) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("the key of a store has 32 bytes")
        connection = self._connection
        connection.set_busy_timeout(BUSY_MILLISECONDS)
        connection.execute("PRAGMA cipher='chacha20'")
        connection.execute(f'PRAGMA key="raw:{key.hex()}"')
        for name, value in (
            ("journal_mode", "WAL"),
            ("synchronous", "FULL"),
            ("secure_delete", "ON"),
            ("temp_store", "MEMORY"),
            ("foreign_keys", "ON"),
            ("cache_size", str(-CACHE_KIB)),
            ("journal_size_limit", str(WAL_KEPT_BYTES)),
            ("trusted_schema", "OFF"),
        ):
            connection.execute(f"PRAGMA {name}={value}")

    def _migrate(self) -> None:
        if self._version() == schema.VERSION:
            return
        # A table others refer to can be made anew only while nobody looks; looked at afterwards.
        self.run("PRAGMA foreign_keys=OFF")
        with self.transaction():
            found = self._version()
            if found > schema.VERSION:
                raise AlunaError("store-too-new", found=found, known=schema.VERSION)
            for statements in schema.MIGRATIONS[found:]:
                self.script(statements)
            if self.rows("PRAGMA foreign_key_check") != []:
                raise AlunaError("store-damaged")
            self.run(f"PRAGMA user_version={schema.VERSION}")
        self.run("PRAGMA foreign_keys=ON")

    def _version(self) -> int:
        return int(self.value("PRAGMA user_version"))

    def copy_to(self, path: Path, key: bytes) -> None:
        """Write the database as it stands at one moment to a new file at *path*, under *key*.

        One step copies all of it, so that others who write meanwhile neither wait nor make it begin
        again. Raises AlunaError store-exists, disk-full, store-not-writable.
        """
        _prepare_file(path, create=True)
        with MAPPED_ERRORS:
            target = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
            try:
                target.execute("PRAGMA cipher='chacha20'")
                target.execute(f'PRAGMA key="raw:{key.hex()}"')
                with target.backup("main", self._connection, "main") as copying:
                    copying.step(-1)
            finally:
                target.close(True)

    def close(self) -> None:
        """Close the file; nothing is left unwritten."""
        with MAPPED_ERRORS:
            self._connection.close()

    # -- statements ------------------------------------------------------------------------------

    def rows(self, sql: str, bindings: Bindings = ()) -> list[Row]:
        """Return all rows of a statement."""
        with MAPPED_ERRORS:
            return list(self._connection.execute(sql, bindings))

    def row(self, sql: str, bindings: Bindings = ()) -> Row | None:
        """Return the first row, None when there is none."""
        with MAPPED_ERRORS:
            return self._connection.execute(sql, bindings).fetchone()

    def value(self, sql: str, bindings: Bindings = ()) -> Any:
        """Return the first column of the first row, None when there is none."""
        found = self.row(sql, bindings)
        return None if found is None else found[0]

    def among(self, sql: str, names: Sequence[Any]) -> list[Row]:
        """Return the rows of *sql*, which ends before an `IN`, for all of *names*."""
        found: list[Row] = []
        for start in range(0, len(names), NAMES_AT_ONCE):
            some = names[start : start + NAMES_AT_ONCE]
            found += self.rows(f"{sql} IN ({', '.join('?' * len(some))})", some)
        return found

    def each(self, sql: str, bindings: Bindings = ()) -> Iterator[Row]:
        """Walk the rows without holding them all."""
        with MAPPED_ERRORS:
            yield from self._connection.execute(sql, bindings)

    def run(self, sql: str, bindings: Bindings = ()) -> int:
        """Run a statement and return how many rows it changed."""
        with MAPPED_ERRORS:
            self._connection.execute(sql, bindings)
            return self._connection.changes()

    def many(self, sql: str, bindings: Iterable[Bindings]) -> None:
        """Run one statement for each of *bindings*."""
        with MAPPED_ERRORS:
            self._connection.executemany(sql, bindings)

    def script(self, statements: str) -> None:
        """Run several statements without bindings."""
        with MAPPED_ERRORS:
            # Walked to its end: apsw stops at the first statement that gives a row.
            list(self._connection.execute(statements))

    def tokens(self, words: str) -> list[str]:
        """Return what the full-text index makes of *words*: folded, without accents."""
        with MAPPED_ERRORS:
            tokenizer = self._connection.fts5_tokenizer(
                schema.TOKENIZER[0], list(schema.TOKENIZER[1:])
            )
            found = tokenizer(words.encode(), apsw.FTS5_TOKENIZE_QUERY, None, include_offsets=False)
        return [str(token) for group in found for token in group]

    # -- transactions ----------------------------------------------------------------------------

    @contextmanager
    def passing(self) -> Iterator[None]:
        """A `transaction` for what can be computed again: it does not wait for the disk.

        A power cut may undo it, whole; a killed process does not. Inside another transaction it
        lasts as that one does.
        """
        if self._depth:
            with self.transaction():
                yield
            return
        self.run("PRAGMA synchronous=NORMAL")
        try:
            with self.transaction():
                yield
        finally:
            self.run("PRAGMA synchronous=FULL")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Takes the write lock at once; inside another one it is a savepoint.

        Raises AlunaError store-busy when another process writes for more than five seconds.
        """
        name = f"level{self._depth}"
        self._enter("BEGIN IMMEDIATE" if self._depth == 0 else f"SAVEPOINT {name}")
        self._depth += 1
        try:
            yield
            with MAPPED_ERRORS:
                self._connection.execute("COMMIT" if self._depth == 1 else f"RELEASE {name}")
        except BaseException:
            self._roll_back(name)
            raise
        finally:
            self._depth -= 1

    def _enter(self, sql: str) -> None:
        with MAPPED_ERRORS:
            self._connection.execute(sql)

    def _roll_back(self, name: str) -> None:
        # A full disk makes SQLite roll back by itself: then there is nothing left to undo.
        if self._connection.in_transaction:
            with MAPPED_ERRORS:
                undo = "ROLLBACK" if self._depth == 1 else f"ROLLBACK TO {name}; RELEASE {name}"
                self._connection.execute(undo)
        for forget in self._after_rollback:
            forget()

    def after_rollback(self, forget: Callable[[], None]) -> None:
        """Call *forget* whenever something was undone: what it remembers may be gone."""
        self._after_rollback.append(forget)


def require_encryption() -> None:
    """Raise AlunaError store-not-encrypted unless apsw is the build with ciphers.

    The plain package of the same import name ignores the key and would write plain text.
    """
    if not getattr(apsw, "mc_version", ""):
        raise AlunaError("store-not-encrypted")
    connection = apsw.Connection(":memory:")
    try:
        chosen = connection.execute("PRAGMA cipher='chacha20'").fetchone()
    finally:
        connection.close()
    if chosen is None or chosen[0] != "chacha20":
        raise AlunaError("store-not-encrypted")


def _prepare_file(path: Path, *, create: bool) -> None:
    if not create:
        if not path.is_file():
            raise AlunaError("no-store")
        return
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise AlunaError("store-exists") from None
    except OSError as error:
        raise AlunaError("store-not-writable", reason=error.errno) from None
