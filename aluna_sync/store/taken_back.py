"""Documents their author took back: everything of them is destroyed but that they were there."""

# ruff: noqa: S608 - only fixed names are put into statements, values are always bound

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from aluna_protocol.entry import decode_header
from aluna_protocol.ids import DocumentId, Lane, SpaceId
from aluna_sync.store.connection import Database
from aluna_sync.store.index import Index
from aluna_sync.store.numbers import Numbers
from aluna_sync.store.schema import PARTS_STEP

_NAMING: Final = """
SELECT e.n, e.header FROM logs l JOIN entries e ON e.log=l.n
WHERE l.space=? AND l.lane=? AND instr(e.header, ?)>0
"""
_DOCUMENT: Final = "(SELECT n FROM documents WHERE id=?)"
_OF_A_DOCUMENT: Final = (
    f"DELETE FROM pending WHERE document={_DOCUMENT}",
    f"DELETE FROM places WHERE document={_DOCUMENT}",
    "DELETE FROM set_aside WHERE document=?",
    "UPDATE documents SET read=NULL WHERE id=?",
)
_BY_NAME: Final = (
    "DELETE FROM drafts WHERE instr(key, ?)>0",
    "DELETE FROM meta WHERE key IN ('told:' || ?1, 'late:' || ?1, 'apart:' || ?1)",
)


class TakenBack:
    """What was taken back, and how it is destroyed. The database overwrites what it frees."""

    def __init__(self, database: Database, numbers: Numbers, index: Index) -> None:
        self._db = database
        self._numbers = numbers
        self._index = index

    def of(self, space: SpaceId) -> set[DocumentId]:
        """Return the documents of *space* that were destroyed here, or never let in."""
        number = self._numbers.space(space)
        rows = self._db.rows("SELECT id FROM taken_back WHERE space=?", (number,))
        return {DocumentId(row[0]) for row in rows}

    def types(self, documents: Collection[DocumentId]) -> dict[DocumentId, str]:
        """Return what those of *documents* were that were taken back; "" was never read here."""
        rows = self._db.among("SELECT id, type FROM taken_back WHERE id", list(documents))
        return {DocumentId(row[0]): row[1] for row in rows}

    def find_prefix(self, prefix: str, limit: int) -> list[DocumentId]:
        """Return those whose id in hex starts with *prefix*, at most *limit*."""
        rows = self._db.rows(
            "SELECT id FROM taken_back WHERE substr(lower(hex(id)), 1, ?1)=?2 ORDER BY id LIMIT ?3",
            (len(prefix), prefix.lower(), limit),
        )
        return [DocumentId(row[0]) for row in rows]

    def destroy(self, space: SpaceId, document: DocumentId) -> bool:
        """Destroy everything kept of *document* and remember that it was there, all or nothing.

        False: another process did. Whatever of it arrives later is not let in.
        """
        with self._db.transaction():
            if self.types([document]):
                return False
            known = self._index.titles([document]).get(document)
            self._db.run(
                "INSERT INTO taken_back(id, space, type) VALUES(?, ?, ?)",
                (document, self._numbers.space(space), "" if known is None else known[1]),
            )
            self._index.remove(document)
            if known is not None:
                # Words of older versions lie in the full-text index until it merges.
                self._db.run("INSERT INTO search(search) VALUES('optimize')")
            self._drop_parts(space, document)
            for statement in _OF_A_DOCUMENT:
                self._db.run(statement, (document,))
            for statement in _BY_NAME:
                self._db.run(statement, (document.hex(),))
        return True

    def _drop_parts(self, space: SpaceId, document: DocumentId) -> None:
        """Destroy every sealed part of *document*, opened or not; the headers stay."""
        number = self._numbers.space(space)
        # Looked for in the bytes of all headers: what was never opened is in no other table.
        parts = [
            (entry * PARTS_STEP + index,)
            for entry, header in self._db.rows(_NAMING, (number, int(Lane.CONTENT), document))
            for index, part in enumerate(decode_header(header).parts)
            if part.document == document
        ]
        self._db.many("UPDATE parts SET body=NULL WHERE n=?", parts)

    def leave_no_journal(self) -> None:
        """Bring the write-ahead journal, which still holds older pages, down to nothing.

        Another process that reads may keep some of it until it is done.
        """
        self._db.rows("PRAGMA wal_checkpoint(TRUNCATE)")
