"""Entries as they were signed: logs, heads, parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from aluna_protocol import limits
from aluna_protocol.branches import Fork, on_branch
from aluna_protocol.entry import Entry, decode_header, follows, hash_header
from aluna_protocol.ids import EMPTY_LOG, EntryHash, Head, Lane, LogId, SpaceId
from aluna_sync.errors import AlunaError
from aluna_sync.store.arrivals import note_day
from aluna_sync.store.connection import Database, Row, expected
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

    def forks(self, space: SpaceId) -> dict[LogId, Fork]:
        """Return where each branch of *space* that is not a log's first leaves another."""
        rows = self._db.rows(
            "SELECT n, parent, first FROM logs WHERE space=? AND parent IS NOT NULL AND height>0",
            (self._numbers.space(space),),
        )
        return {
            self._numbers.log_id(row[0]): Fork(self._numbers.log_id(row[1]), row[2]) for row in rows
        }

    def hash_at(self, log: LogId, height: int) -> EntryHash | None:
        """Return the hash of the branch *log*'s own entry at *height*, None if not there."""
        number = self._numbers.log_if_known(log)
        return None if number is None else self._hash_at(number, height)

    def _hash_at(self, number: int, height: int) -> EntryHash | None:
        found = self._db.value(
            "SELECT header FROM entries WHERE log=? AND height=?", (number, height)
        )
        return None if found is None else hash_header(found)

    def head(self, log: LogId) -> Head:
        """Return the end of the branch *log*, `EMPTY_LOG` when it has no entry."""
        number = self._numbers.log_if_known(log)
        return EMPTY_LOG if number is None else self._head(number)

    def _head(self, number: int) -> Head:
        row = expected(self._db.row("SELECT height, hash FROM logs WHERE n=?", (number,)))
        return Head(row[0], row[1])

    def _branch(self, entry: Entry) -> int:
        """Return the number of the branch *entry* names, which it may begin."""
        header = entry.header
        number = self._numbers.log_if_known(header.log)
        if number is not None or not header.log.branch:
            return self._numbers.log(header.log)
        parent = self._leading_to(header.log, Head(header.height - 1, header.previous))
        return self._numbers.new_log(header.log, parent, header.height)

    def _before(self, number: int, entry: Entry) -> Head:
        """Return the end of a branch; where it begins nothing but its first entry fits."""
        head = self._head(number)
        begins = head.height == 0 and entry.header.log.branch
        return Head(entry.header.height - 1, entry.header.previous) if begins else head

    def _leading_to(self, log: LogId, place: Head) -> int:
        """Return the branch of *log* whose own the entry at *place* is; raise AlunaError."""
        known = self._numbers.branches(log)
        if place.height == 0 and known:
            return known[0]
        for number in known:
            if self._hash_at(number, place.height) == place.hash:
                return number
        raise AlunaError("log-gap", height=place.height + 1, head=0)

    def append(self, entries: Sequence[Entry]) -> int:
        """Add *entries*, each the next of its branch, and return how many were new; all or nothing.

        The first of a branch not known yet begins it. An entry that is there already is passed
        over. Raises AlunaError log-gap when one does not follow the stored head, unknown-space, and
        `ForkFound` when another stands at its height of its branch.
        """
        with self._db.transaction():
            heads: dict[int, Head] = {}
            added = 0
            following = self._numbers.next_entry()
            for entry in entries:
                log = self._branch(entry)
                head = heads.get(log) or self._before(log, entry)
                if entry.header.height <= head.height:
                    self._refuse_fork(log, entry)
                    continue
                if not follows(entry.header, head):
                    raise AlunaError("log-gap", height=entry.header.height, head=head.height)
                self._insert(following + added, log, entry)
                heads[log] = Head(entry.header.height, entry.hash)
                added += 1
            if added:
                note_day(self._db, self._numbers.today(), following)
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
        documents = {part.document for part in header.parts if part.document}
        gone = {
            row[0] for row in self._db.among("SELECT id FROM taken_back WHERE id", [*documents])
        }
        self._db.many(
            "INSERT INTO parts(n, body) VALUES(?, ?)",
            [
                (first + index, None if named.document in gone else part)
                for index, (part, named) in enumerate(zip(entry.parts, header.parts, strict=True))
            ],
        )
        if header.log.lane is Lane.CONTENT:
            self._db.run(
                "INSERT INTO unopened(space, entry) VALUES(?, ?)",
                (self._numbers.space(header.log.space), number),
            )

    def _refuse_fork(self, log: int, entry: Entry) -> None:
        row = expected(
            self._db.row(f"{ENTRY} WHERE log=? AND height=?", (log, entry.header.height))
        )
        if hash_header(row[2]) != entry.hash:
            raise ForkFound(entry.header.log, entry.header.height, (self._entry(row), entry))

    # -- reading ---------------------------------------------------------------------------------

    def entry(self, log: LogId, height: int) -> Entry | None:
        """Return the entry at *height* of the branch *log*, None when it is not its own.

        With the parts that are kept.
        """
        number = self._numbers.log_if_known(log)
        row = self._db.row(f"{ENTRY} WHERE log=? AND height=?", (number, height))
        return None if row is None else self._entry(row)

    def entries(self, log: LogId, after_height: int, max_bytes: int) -> list[Entry]:
        """Return what leads to the tip of the branch *log* above *after_height*, in order.

        Up to *max_bytes* but at least one.
        """
        found: list[Entry] = []
        size = 0
        for row in self._rows_of(log, after_height):
            entry = self._entry(row)
            size += entry.size
            if found and size > max_bytes:
                break
            found.append(entry)
        return found

    def _rows_of(self, log: LogId, after: int) -> Iterator[Row]:
        """Walk the rows of what leads to the tip of *log*, some at a time."""
        for number, last in self._path(log):
            rows: list[Row] = []
            while after < last and (rows := self._some(number, after, last)):
                yield from rows
                after += len(rows)

    def _some(self, number: int, after: int, last: int) -> list[Row]:
        return self._db.rows(
            f"{ENTRY} WHERE log=? AND height>? AND height<=? ORDER BY height LIMIT ?",
            (number, after, last, CHUNK),
        )

    def _path(self, log: LogId) -> list[tuple[int, int]]:
        """Return the branches that lead to the tip of *log*, each with its last height there."""
        number = self._numbers.log_if_known(log)
        last = limits.MAX_HEIGHT
        found: list[tuple[int, int]] = []
        while number is not None:
            found.append((number, last))
            parent, first = expected(
                self._db.row("SELECT parent, first FROM logs WHERE n=?", (number,))
            )
            number, last = parent, first - 1
        return found[::-1]

    def newest_entry(self) -> int:
        """Return the number of the entry that was kept last, 0 for none; it only grows."""
        return int(self._db.value("SELECT coalesce(max(n), 0) FROM entries"))

    def control_entries(
        self, space: SpaceId, *, after: int = 0, before: int = 2**62
    ) -> list[Entry]:
        """Return the membership and epoch entries of *space*, each log in order.

        All of them, or those kept since `newest_entry` was *after*, with a number below *before*.
        """
        rows = self._db.rows(
            "SELECT e.n, e.log, e.header, e.signature FROM logs l JOIN entries e ON e.log=l.n"
            " WHERE l.space=? AND l.lane=? AND e.n>? AND e.n<? ORDER BY l.n, e.height",
            (self._numbers.space(space), int(Lane.CONTROL), after, before),
        )
        return [self._entry(row) for row in rows]

    def count(self, space: SpaceId) -> int:
        """Return how many entries of *space* are kept, both lanes."""
        total: int = self._db.value(
            "SELECT coalesce(sum(height - first + 1), 0) FROM logs WHERE space=?",
            (self._numbers.space(space),),
        )
        return total

    def _entry(self, row: Row, only: int | None = None) -> Entry:
        """Build an entry from a row of `ENTRY`, with all parts kept or *only* one of them."""
        number, log, encoded, signature = row
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
        entry = Entry(header, encoded, EntryHash(hash_header(encoded)), signature, tuple(parts))
        return on_branch(entry, self._numbers.log_id(log))
