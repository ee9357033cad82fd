"""Short numbers for long names: spaces, logs and documents as the tables know them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from aluna_protocol.ids import NO_HASH, DeviceId, DocumentId, Lane, LogId, SpaceId
from aluna_sync.errors import AlunaError
from aluna_sync.store.connection import Database, expected
from aluna_sync.store.schema import PARTS_STEP


class Numbers:
    """Looks names up and numbers new ones; *today* gives the ISO date on which they were seen."""

    def __init__(self, database: Database, today: Callable[[], str]) -> None:
        self._db = database
        self._today = today
        self._spaces: dict[SpaceId, int] = {}
        self._space_ids: dict[int, SpaceId] = {}
        self._logs: dict[LogId, int] = {}
        self._log_ids: dict[int, LogId] = {}
        database.after_rollback(self.forget)

    def today(self) -> str:
        """Return the ISO date here."""
        return self._today()

    def forget(self) -> None:
        """Look every name up again: what is remembered may be gone."""
        for known in (self._spaces, self._space_ids, self._logs, self._log_ids):
            known.clear()

    def space(self, space: SpaceId) -> int:
        """Return the number of *space*; raise AlunaError unknown-space."""
        number = self.space_if_known(space)
        if number is None:
            raise AlunaError("unknown-space")
        return number

    def space_if_known(self, space: SpaceId) -> int | None:
        """Return the number of *space*, None when this device is not in it."""
        if space not in self._spaces:
            found = self._db.value("SELECT n FROM spaces WHERE id=?", (space,))
            if found is None:
                return None
            self._spaces[space] = found
            self._space_ids[found] = space
        return self._spaces[space]

    def space_id(self, number: int) -> SpaceId:
        """Return the name behind the number of a space."""
        if number not in self._space_ids:
            space = SpaceId(self._db.value("SELECT id FROM spaces WHERE n=?", (number,)))
            self._spaces[space] = number
            self._space_ids[number] = space
        return self._space_ids[number]

    def log(self, log: LogId) -> int:
        """Return the number of the branch *log*, a new one the first time, which begins at 1."""
        number = self.log_if_known(log)
        return self.new_log(log) if number is None else number

    def new_log(self, log: LogId, parent: int | None = None, first: int = 1) -> int:
        """Number the branch *log*, whose entries begin at height *first* after one of *parent*."""
        place = (self.space(log.space), log.device, log.incarnation, int(log.lane), log.branch)
        self._db.run(
            "INSERT INTO logs"
            "(space, device, incarnation, lane, branch, parent, first, height, hash)"
            " VALUES(?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING",
            (*place, parent, first, NO_HASH),
        )
        return expected(self.log_if_known(log))

    def log_if_known(self, log: LogId) -> int | None:
        """Return the number of the branch *log*, None when nothing was ever heard of it."""
        if log not in self._logs:
            space = self.space_if_known(log.space)
            found = self._db.value(
                "SELECT n FROM logs"
                " WHERE space=? AND device=? AND incarnation=? AND lane=? AND branch=?",
                (space, log.device, log.incarnation, int(log.lane), log.branch),
            )
            if found is None:
                return None
            self._logs[log] = found
            self._log_ids[found] = log
        return self._logs[log]

    def log_id(self, number: int) -> LogId:
        """Return the name behind the number of a log."""
        if number not in self._log_ids:
            row = expected(
                self._db.row(
                    "SELECT space, device, incarnation, lane, branch FROM logs WHERE n=?", (number,)
                )
            )
            log = LogId(self.space_id(row[0]), DeviceId(row[1]), row[2], Lane(row[3]), row[4])
            self._logs[log] = number
            self._log_ids[number] = log
        return self._log_ids[number]

    def branches(self, log: LogId) -> list[int]:
        """Return the numbers of every branch of *log*, in the order they came."""
        rows = self._db.rows(
            "SELECT n FROM logs WHERE space=? AND device=? AND incarnation=? AND lane=?"
            " ORDER BY branch",
            (self.space(log.space), log.device, log.incarnation, int(log.lane)),
        )
        return [row[0] for row in rows]

    # -- documents -------------------------------------------------------------------------------

    def document(self, space: int, document: DocumentId, rank: int | None = None) -> int | None:
        """Return the number of *document*, raising its rank to *rank*; None: of another space.

        Without *rank* the document becomes the newest of all.
        """
        found = self._db.row("SELECT n, space, rank FROM documents WHERE id=?", (document,))
        if found is None:
            number: int = self._db.value(
                "INSERT INTO documents(id, space, rank, seen) VALUES(?, ?, ?, ?) RETURNING n",
                (document, space, self.next_rank() if rank is None else rank, self._today()),
            )
            return number
        number, home, known_rank = found
        if home != space:
            return None
        if rank is None and known_rank < self.newest_rank():
            rank = self.next_rank()
        if rank is not None and rank > known_rank:
            self._db.run("UPDATE documents SET rank=? WHERE n=?", (rank, number))
        return int(number)

    def documents(
        self, space: int, touched: Sequence[tuple[DocumentId, int]]
    ) -> dict[DocumentId, int | None]:
        """Return the numbers of many documents, raising each to its rank; None: of another space.

        *touched* holds documents and ranks no document has yet, in rising order.
        """
        ranks = dict(touched)
        known = self._known(ranks)
        self._db.many(
            "INSERT INTO documents(id, space, rank, seen) VALUES(?, ?, ?, ?)",
            [
                (document, space, rank, self._today())
                for document, rank in ranks.items()
                if document not in known
            ],
        )
        self._db.many(
            "UPDATE documents SET rank=?1 WHERE n=?2 AND space=?3 AND rank<?1",
            [
                (rank, known[document][0], space)
                for document, rank in ranks.items()
                if document in known
            ],
        )
        known |= self._known([document for document in ranks if document not in known])
        return {document: n if home == space else None for document, (n, home) in known.items()}

    def _known(self, documents: Iterable[DocumentId]) -> dict[DocumentId, tuple[int, int]]:
        """Return number and space of those of *documents* that have one."""
        rows = self._db.among("SELECT id, n, space FROM documents WHERE id", list(documents))
        return {DocumentId(document): (number, space) for document, number, space in rows}

    def newest_rank(self) -> int:
        """Return the highest rank in use, by a part or a document."""
        entry = self._db.value("SELECT max(n) FROM entries") or 0
        return max(entry * PARTS_STEP, self._db.value("SELECT max(rank) FROM documents") or 0)

    def next_entry(self) -> int:
        """Return the number of the next entry to arrive; its parts outrank everything so far."""
        return self.newest_rank() // PARTS_STEP + 1

    def next_rank(self) -> int:
        """Return a rank above everything so far that no part will ever have."""
        return self.next_entry() * PARTS_STEP
