"""Entries as they were signed: logs, heads, parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aluna_protocol.entry import Entry, decode_header, follows, hash_header
from aluna_protocol.ids import EMPTY_LOG, DocumentId, EntryHash, Head, Lane, LogId, SpaceId
from aluna_sync.errors import AlunaError
from aluna_sync.store.connection import Database, Row
from aluna_sync.store.numbers import Numbers
from aluna_sync.store.rows import SpaceRow
from aluna_sync.store.schema import PARTS_STEP

CHUNK: Final = 64
"""Entries read at once: a batch of the wire is rarely more."""
ENTRY: Final = "SELECT n, log, header, signature FROM entries"


class ForkFound(AlunaError):
    """A device signed two different entries at one height; both are evidence (SPEC §5)."""

    def __init__(self, log: LogId, height: int, both: tuple[Entry, Entry]) -> None:
        super().__init__("log-forked", height=height)
        self.log = log
        self.height = height
        self.both = both
        """The entry kept, and the one that came."""


class Entries:
    """The signed chains of all spaces."""

    def __init__(self, database: Database, numbers: Numbers) -> None:
        self._db = database
        self._numbers = numbers

    def add_space(self, space: SpaceRow) -> None:
        """Remember a space; its kind and collective are replaced when it is known."""
        self._db.run(
            "INSERT INTO spaces(id, kind, collective) VALUES(?, ?, ?)"
            " ON CONFLICT(id) DO UPDATE SET kind=excluded.kind, collective=excluded.collective",
            (space.id, space.kind, space.collective),
        )

    def spaces(self) -> list[SpaceRow]:
        """Return all spaces, in the order they were added."""
        rows = self._db.rows("SELECT id, kind, collective FROM spaces ORDER BY n")
        return [SpaceRow(*row) for row in rows]

    def heads(self, space: SpaceId) -> dict[LogId, Head]:
        """Return the head of every log of *space* that has an entry."""
        rows = self._db.rows(
            "SELECT n, height, hash FROM logs WHERE space=? AND height>0",
            (self._numbers.space(space),),
        )
        return {self._numbers.log_id(row[0]): Head(row[1], row[2]) for row in rows}

    def head(self, log: LogId) -> Head:
        """Return the head of *log*, `EMPTY_LOG` when it has no entry."""
        number = self._numbers.log_if_known(log)
        return EMPTY_LOG if number is None else self._head(number)

    def _head(self, number: int) -> Head:
        row = self._db.row("SELECT height, hash FROM logs WHERE n=?", (number,))
        assert row is not None
        return Head(row[0], row[1])

    def append(self, entries: Sequence[Entry]) -> int:
        """Add *entries*, each the next of its log, and return how many were new; all or nothing.

        An entry that is there already is passed over. Raises AlunaError log-gap when one does not
        follow the stored head, unknown-space, and `ForkFound` when another stands at its height.
        """
        with self._db.transaction():
            heads: dict[int, Head] = {}
            added = 0
            following = self._numbers.next_entry()
            for entry in entries:
                log = self._numbers.log(entry.header.log)
                head = heads.get(log) or self._head(log)
                if entry.header.height <= head.height:
                    self._refuse_fork(log, entry)
                    continue
                if not follows(entry.header, head):
                    raise AlunaError("log-gap", height=entry.header.height, head=head.height)
                self._insert(following + added, log, entry)
                heads[log] = Head(entry.header.height, entry.hash)
                added += 1
            self._db.many(
                "UPDATE logs SET height=?, hash=? WHERE n=?",
                [(head.height, head.hash, log) for log, head in heads.items()],
            )
        return added

    def _insert(self, number: int, log: int, entry: Entry) -> None:
        header = entry.header
        self._db.run(
            "INSERT INTO entries(n, log, height, header, signature) VALUES(?, ?, ?, ?, ?)",
            (number, log, header.height, entry.encoded, entry.signature),
        )
        first = number * PARTS_STEP
        self._db.many(
            "INSERT INTO parts(n, body) VALUES(?, ?)",
            [(first + index, part) for index, part in enumerate(entry.parts)],
        )
        if header.log.lane is Lane.CONTENT:
            self._db.run(
                "INSERT INTO unopened(space, entry) VALUES(?, ?)",
                (self._numbers.space(header.log.space), number),
            )

    def _refuse_fork(self, log: int, entry: Entry) -> None:
        row = self._db.row(f"{ENTRY} WHERE log=? AND height=?", (log, entry.header.height))
        assert row is not None
        if hash_header(row[2]) != entry.hash:
            raise ForkFound(entry.header.log, entry.header.height, (self._entry(row), entry))

    # -- reading ---------------------------------------------------------------------------------

    def entry(self, log: LogId, height: int) -> Entry | None:
        """Return one entry with the parts that are kept, None when we do not have it."""
        number = self._numbers.log_if_known(log)
        row = self._db.row(f"{ENTRY} WHERE log=? AND height=?", (number, height))
        return None if row is None else self._entry(row)

    def entries(self, log: LogId, after_height: int, max_bytes: int) -> list[Entry]:
        """Return the entries above *after_height* in order, up to *max_bytes* but at least one."""
        number = self._numbers.log_if_known(log)
        found: list[Entry] = []
        size = 0
        while True:
            rows = self._db.rows(
                f"{ENTRY} WHERE log=? AND height>? ORDER BY height LIMIT ?",
                (number, after_height, CHUNK),
            )
            for row in rows:
                entry = self._entry(row)
                size += entry.size
                if found and size > max_bytes:
                    return found
                found.append(entry)
            if len(rows) < CHUNK:
                return found
            after_height = found[-1].header.height

    def control_entries(self, space: SpaceId) -> list[Entry]:
        """Return every membership and epoch entry of *space*, each log in order."""
        rows = self._db.rows(
            "SELECT e.n, e.log, e.header, e.signature FROM logs l JOIN entries e ON e.log=l.n"
            " WHERE l.space=? AND l.lane=? ORDER BY l.n, e.height",
            (self._numbers.space(space), int(Lane.CONTROL)),
        )
        return [self._entry(row) for row in rows]

    def count(self, space: SpaceId) -> int:
        """Return how many entries of *space* are kept, both lanes."""
        total: int = self._db.value(
            "SELECT coalesce(sum(height), 0) FROM logs WHERE space=?",
            (self._numbers.space(space),),
        )
        return total

    def drop_parts(self, document: DocumentId) -> int:
        """Forget the sealed parts of *document*; headers stay, so its logs still verify."""
        return self._db.run(
            "UPDATE parts SET body=NULL WHERE body IS NOT NULL AND n IN (SELECT p.part"
            " FROM documents d JOIN places p ON p.document=d.n WHERE d.id=?)",
            (document,),
        )

    def _entry(self, row: Row, only: int | None = None) -> Entry:
        """Build an entry from a row of `ENTRY`, with all parts kept or *only* one of them."""
        number, _, encoded, signature = row
        header = decode_header(encoded)
        first = number * PARTS_STEP
        parts: list[bytes | None] = [None] * len(header.parts)
        if only is not None:
            parts[only] = self._db.value("SELECT body FROM parts WHERE n=?", (first + only,))
        else:
            for place, body in self._db.rows(
                "SELECT n, body FROM parts WHERE n BETWEEN ? AND ?",
                (first, first + len(parts) - 1),
            ):
                parts[place - first] = body
        return Entry(header, encoded, EntryHash(hash_header(encoded)), signature, tuple(parts))
