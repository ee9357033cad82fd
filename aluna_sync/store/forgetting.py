"""Forgetting whole spaces: their keys first, then every row about them, in one transaction.

The database overwrites what it frees (`secure_delete`), and what its journal held goes with it.
"""

# ruff: noqa: S608 - these statements are put together from each other, here, and nothing else

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.ids import SpaceId
from aluna_sync.store.connection import Database
from aluna_sync.store.numbers import Numbers
from aluna_sync.store.schema import PARTS_STEP

_LOGS: Final = "(SELECT n FROM logs WHERE space=?1)"
_ENTRIES: Final = f"(SELECT n FROM entries WHERE log IN {_LOGS})"
_DOCUMENTS: Final = "(SELECT n FROM documents WHERE space=?1)"
_RANKS: Final = "(SELECT rank FROM records WHERE space=?1)"

OF_A_SPACE: Final = (
    # What is remembered by name is named after the space or the document it is about.
    "DELETE FROM meta WHERE instr(key, (SELECT lower(hex(id)) FROM spaces WHERE n=?1))",
    "DELETE FROM meta WHERE length(key) > 32 AND EXISTS"
    " (SELECT 1 FROM documents WHERE space=?1 AND instr(meta.key, lower(hex(id))))",
    "DELETE FROM epoch_keys WHERE space=?1",
    "DELETE FROM pending WHERE space=?1",
    f"DELETE FROM record_terms WHERE rank IN {_RANKS}",
    f"DELETE FROM bodies WHERE rank IN {_RANKS}",
    f"DELETE FROM links WHERE source IN {_DOCUMENTS}",
    "DELETE FROM records WHERE space=?1",
    f"DELETE FROM places WHERE document IN {_DOCUMENTS}",
    f"DELETE FROM parts WHERE n / {PARTS_STEP} IN {_ENTRIES}",
    "DELETE FROM unopened WHERE space=?1",
    "DELETE FROM looked WHERE space=?1",
    "DELETE FROM taken_back WHERE space=?1",
    "DELETE FROM carried_for WHERE space=?1",
    f"DELETE FROM carried_stretches WHERE log IN {_LOGS}",
    "DELETE FROM meta WHERE key IN (SELECT 'folder-told:' || n FROM folders WHERE collective=?1)",
    "DELETE FROM folders WHERE collective=?1",
    f"DELETE FROM set_aside WHERE log IN {_LOGS}",
    f"DELETE FROM known_by_peers WHERE log IN {_LOGS}",
    f"DELETE FROM entries WHERE log IN {_LOGS}",
    "UPDATE logs SET parent=NULL WHERE space=?1",
    "DELETE FROM logs WHERE space=?1",
    "DELETE FROM documents WHERE space=?1",
    "DELETE FROM taken_back WHERE space=?1",
    "DELETE FROM spaces WHERE n=?1",
)
OF_COMPANIONS: Final = ("DELETE FROM peers", "DELETE FROM addresses", "DELETE FROM faults")
OF_ARRIVALS: Final = (
    # A day on which nothing arrived that is still here tells of what is not.
    "DELETE FROM arrivals WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.n>=arrivals.first"
    " AND e.n<coalesce((SELECT min(a.first) FROM arrivals a WHERE a.first>arrivals.first), 1<<62))",
    # The numbers of what is gone are given out again: what comes then is newer than this moment.
    "UPDATE looked SET first=min(first, (SELECT coalesce(max(n), 0)+1 FROM entries))",
)
REINDEX: Final = "INSERT INTO search(search) VALUES('rebuild')"


class Forgetting:
    """Takes out what must not be found on this device any more."""

    def __init__(self, database: Database, numbers: Numbers) -> None:
        self._db = database
        self._numbers = numbers

    def spaces(self, spaces: Iterable[SpaceId], *, companions: bool) -> None:
        """Forget *spaces* whole; *companions*: also whom this device met, and where."""
        with self._db.transaction():
            for space in spaces:
                number = self._numbers.space(space)
                for statement in OF_A_SPACE:
                    self._db.run(statement, (number,))
            for statement in OF_ARRIVALS:
                self._db.run(statement)
            if companions:
                for statement in OF_COMPANIONS:
                    self._db.run(statement)
            self._db.run(REINDEX)
        self._numbers.forget()

    def leave_no_journal(self) -> None:
        """Bring the write-ahead journal, which still holds older pages, down to nothing."""
        self._db.rows("PRAGMA wal_checkpoint(TRUNCATE)")
