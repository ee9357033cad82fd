"""What lies beyond the cuts of removed devices: which documents it touches."""

# ruff: noqa: S608 - only fixed names are put into statements, values are always bound

from __future__ import annotations

from collections.abc import Collection

from aluna_protocol.ids import DocumentId, LogId, SpaceId
from aluna_sync.store.opening import Opening
from aluna_sync.store.schema import PARTS_STEP


class Beyond(Opening):
    """Which documents stretches of logs wrote, and of which documents something is set aside."""

    def documents_between(self, log: LogId, after: int, last: int) -> set[DocumentId]:
        """Return the documents that opened entries of the branch *log* itself wrote.

        Entries above the height *after*, up to *last*: the cost is theirs alone.
        """
        rows = self._db.rows(
            "SELECT DISTINCT d.id FROM entries e CROSS JOIN places p ON"
            f" p.part BETWEEN e.n*{PARTS_STEP} AND e.n*{PARTS_STEP}+{PARTS_STEP - 1}"
            " JOIN documents d ON d.n=p.document WHERE e.log=? AND e.height>? AND e.height<=?",
            (self._numbers.log_if_known(log), after, last),
        )
        return {DocumentId(row[0]) for row in rows}

    def documents_set_aside(self, space: SpaceId, reasons: Collection[str]) -> set[DocumentId]:
        """Return the documents of *space* of which something is set aside for one of *reasons*."""
        wanted = sorted(reasons)
        rows = self._db.rows(
            "SELECT DISTINCT s.document FROM logs l JOIN set_aside s ON s.log=l.n"
            " WHERE l.space=? AND s.document IS NOT NULL"
            f" AND s.reason IN ({','.join('?' * len(wanted))})",
            (self._numbers.space(space), *wanted),
        )
        return {DocumentId(row[0]) for row in rows}
