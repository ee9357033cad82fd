"""From sealed entries to documents: what is still unopened, and which part belongs where."""

# ruff: noqa: S608 - only fixed names are put into statements, values are always bound

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aluna_protocol.entry import Entry, EpochKey
from aluna_protocol.ids import DocumentId, EpochId, LogId, SpaceId
from aluna_sync.errors import AlunaError
from aluna_sync.store.connection import expected
from aluna_sync.store.entries import ENTRY, Entries
from aluna_sync.store.rows import PartPlace, SetAside
from aluna_sync.store.schema import PARTS_STEP


class Opening(Entries):
    """Epoch keys, opened parts, and what was set aside."""

    def put_epoch_key(self, space: SpaceId, key: EpochKey) -> None:
        """Keep the key of an epoch."""
        self._db.run(
            "INSERT INTO epoch_keys(space, id, key) VALUES(?, ?, ?) ON CONFLICT DO NOTHING",
            (self._numbers.space(space), key.id, key.key),
        )

    def epoch_keys(self, space: SpaceId) -> dict[EpochId, bytes]:
        """Return every epoch key of *space* this device was given."""
        rows = self._db.rows(
            "SELECT id, key FROM epoch_keys WHERE space=?", (self._numbers.space(space),)
        )
        return {EpochId(row[0]): row[1] for row in rows}

    def unopened(self, space: SpaceId, limit: int, *, newest_first: bool = True) -> list[Entry]:
        """Return at most *limit* content entries nobody has called `mark_opened` for."""
        return list(self.each_unopened(space, limit, newest_first=newest_first))

    def each_unopened(
        self, space: SpaceId, limit: int, *, newest_first: bool = True
    ) -> Iterator[Entry]:
        """Walk what `unopened` returns; an entry nobody gets to is not read."""
        order = "DESC" if newest_first else "ASC"
        numbers = self._db.rows(
            f"SELECT entry FROM unopened WHERE space=? ORDER BY entry {order} LIMIT ?",
            (self._numbers.space(space), limit),
        )
        for number in numbers:
            yield self._entry(expected(self._db.row(f"{ENTRY} WHERE n=?", number)))

    def unopened_count(self, space: SpaceId) -> int:
        """Return how many content entries are still to be opened."""
        total: int = self._db.value(
            "SELECT count(*) FROM unopened WHERE space=?", (self._numbers.space(space),)
        )
        return total

    def mark_opened(
        self, log: LogId, height: int, documents: Sequence[DocumentId | None]
    ) -> tuple[int, ...]:
        """Record which document each part of an entry belongs to (None: it does not open).

        Returns the indexes of parts that name a document of another space: those are not recorded,
        the caller sets them aside. Raises AlunaError no-such-entry.
        """
        foreign: list[int] = []
        with self._db.transaction():
            entry = self._entry_number(log, height)
            space = self._numbers.space(log.space)
            self._db.run("DELETE FROM unopened WHERE space=? AND entry=?", (space, entry))
            first = entry * PARTS_STEP
            named = [
                (document, first + index)
                for index, document in enumerate(documents)
                if document is not None
            ]
            numbers = self._numbers.documents(space, named)
            places: list[tuple[int, int]] = []
            for document, part in named:
                number = numbers[document]
                if number is None:
                    foreign.append(part - first)
                else:
                    places.append((part, number))
            self._db.many(
                "INSERT INTO places(part, document) VALUES(?, ?)"
                " ON CONFLICT(part) DO UPDATE SET document=excluded.document",
                places,
            )
        return tuple(foreign)

    def _entry_number(self, log: LogId, height: int) -> int:
        found = self._db.value(
            "SELECT n FROM entries WHERE log=? AND height=?",
            (self._numbers.log_if_known(log), height),
        )
        if found is None:
            raise AlunaError("no-such-entry", height=height)
        return int(found)

    def reopen(self, space: SpaceId) -> None:
        """Forget which part belongs where: every content entry of *space* is unopened again."""
        number = self._numbers.space(space)
        with self._db.transaction():
            self._db.run(
                "DELETE FROM places WHERE document IN (SELECT n FROM documents WHERE space=?)",
                (number,),
            )
            self._db.run(
                "INSERT OR IGNORE INTO unopened(space, entry) SELECT l.space, e.n"
                " FROM logs l JOIN entries e ON e.log=l.n WHERE l.space=? AND l.lane=1",
                (number,),
            )

    def parts_of(self, document: DocumentId) -> list[tuple[Entry, int]]:
        """Return the parts of *document* as (entry, index), each log in order.

        The entries carry only that part; parts that were dropped are left out.
        """
        rows = self._db.rows(
            "SELECT p.part, e.n, e.log, e.header, e.signature"
            " FROM documents d JOIN places p ON p.document=d.n"
            f" JOIN entries e ON e.n=p.part/{PARTS_STEP} WHERE d.id=? ORDER BY p.part",
            (document,),
        )
        found = [(self._entry(row[1:], row[0] % PARTS_STEP), row[0] % PARTS_STEP) for row in rows]
        return [(entry, index) for entry, index in found if entry.parts[index] is not None]

    def documents(self, space: SpaceId) -> list[DocumentId]:
        """Return every document of *space*, the newest first."""
        rows = self._db.rows(
            "SELECT id FROM documents WHERE space=? ORDER BY rank DESC",
            (self._numbers.space(space),),
        )
        return [DocumentId(row[0]) for row in rows]

    def known(self, documents: Iterable[DocumentId]) -> set[DocumentId]:
        """Return those of *documents* that were seen before."""
        rows = self._db.among("SELECT id FROM documents WHERE id", list(documents))
        return {DocumentId(row[0]) for row in rows}

    def space_of(self, document: DocumentId) -> SpaceId | None:
        """Return the space a document was first seen in, None when it was never seen."""
        found = self._db.value("SELECT space FROM documents WHERE id=?", (document,))
        return None if found is None else self._numbers.space_id(found)

    # -- set aside -------------------------------------------------------------------------------

    def set_aside(self, what: SetAside) -> None:
        """Remember something that was not applied, and why."""
        place = what.place
        self._db.run(
            "INSERT OR REPLACE INTO set_aside"
            "(log, height, part, document, reason, by_lint, changes)"
            " VALUES(?, ?, ?, ?, ?, ?, ?)",
            (
                self._numbers.log(place.log),
                place.height,
                place.index,
                what.document,
                what.reason,
                what.by_lint,
                ",".join(map(str, what.changes)),
            ),
        )

    def open_again(self, what: SetAside) -> None:
        """Forget that *what* was set aside: its whole entry is unopened again."""
        place = what.place
        with self._db.transaction():
            self._db.run(
                "DELETE FROM set_aside WHERE log=? AND height=? AND part=? AND reason=?",
                (self._numbers.log(place.log), place.height, place.index, what.reason),
            )
            self._db.run(
                "INSERT OR IGNORE INTO unopened(space, entry) VALUES(?, ?)",
                (
                    self._numbers.space(place.log.space),
                    self._entry_number(place.log, place.height),
                ),
            )

    def set_asides(self, space: SpaceId) -> list[SetAside]:
        """Return what was set aside in *space*, by log and height."""
        return self._asides("l.space=?", self._numbers.space(space))

    def set_asides_of(self, document: DocumentId) -> list[SetAside]:
        """Return what was set aside of *document* in the space it was made for."""
        home = "s.document=?1 AND l.space=(SELECT d.space FROM documents d WHERE d.id=?1)"
        return self._asides(home, document)

    def _asides(self, which: str, value: int | DocumentId) -> list[SetAside]:
        rows = self._db.rows(
            "SELECT s.log, s.height, s.part, s.document, s.reason, s.by_lint, s.changes"
            f" FROM logs l JOIN set_aside s ON s.log=l.n WHERE {which}"
            " ORDER BY s.log, s.height, s.part",
            (value,),
        )
        return [
            SetAside(
                PartPlace(self._numbers.log_id(log), height, index),
                None if document is None else DocumentId(document),
                reason,
                bool(by_lint),
                tuple(int(change) for change in changes.split(",") if change),
            )
            for log, height, index, document, reason, by_lint, changes in rows
        ]

    def replace_set_asides(self, document: DocumentId, now: Iterable[SetAside]) -> None:
        """Let *now* be all that is set aside of *document* in the space it was made for."""
        with self._db.transaction():
            self._db.run(
                "DELETE FROM set_aside WHERE document=? AND log IN"
                " (SELECT l.n FROM documents d JOIN logs l ON l.space=d.space WHERE d.id=?)",
                (document, document),
            )
            for one in now:
                self.set_aside(one)

    def clear_set_asides(self) -> None:
        """Forget everything that was set aside; a rebuild finds it again."""
        self._db.run("DELETE FROM set_aside")
