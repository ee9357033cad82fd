"""The log of a device: sealed entries, and own edits on their way to become one."""

from __future__ import annotations

from collections.abc import Iterable

from aluna_protocol.ids import DocumentId, SpaceId
from aluna_sync.errors import AlunaError
from aluna_sync.store.beyond import Beyond
from aluna_sync.store.rows import PendingChange


class Log(Beyond):
    """Everything that is the truth about records."""

    def add_pending(
        self, space: SpaceId, document: DocumentId, change: bytes, known: bytes = b""
    ) -> int:
        """Keep an own edit until it is sealed; returns its number, which grows.

        *known*: what its writer knew of who belongs, as `moments.Moment` packs it.
        Raises AlunaError document-of-another-space.
        """
        with self._db.transaction():
            home = self._numbers.space(space)
            number = self._numbers.document(home, document)
            if number is None:
                raise AlunaError("document-of-another-space")
            self._db.run(
                "INSERT INTO pending(space, document, change, known) VALUES(?, ?, ?, ?)",
                (home, number, change, known),
            )
            return int(self._db.value("SELECT last_insert_rowid()"))

    def pending(self, space: SpaceId, limit_bytes: int) -> list[PendingChange]:
        """Return the oldest edits not yet sealed, up to *limit_bytes* but at least one."""
        found: list[PendingChange] = []
        size = 0
        for number, document, change, known in self._db.each(
            "SELECT p.id, d.id, p.change, p.known FROM pending p JOIN documents d ON d.n=p.document"
            " WHERE p.space=? ORDER BY p.id",
            (self._numbers.space(space),),
        ):
            size += len(change)
            if found and size > limit_bytes:
                break
            found.append(PendingChange(number, space, DocumentId(document), change, known))
        return found

    def newest_pending(self) -> int:
        """Return the number of the newest edit not yet sealed, 0 when all are."""
        return int(self._db.value("SELECT coalesce(max(id), 0) FROM pending"))

    def pending_documents(self, after: int) -> list[DocumentId]:
        """Return the documents with unsealed edits of a number above *after*, oldest first."""
        rows = self._db.rows(
            "SELECT d.id FROM pending p JOIN documents d ON d.n=p.document WHERE p.id>?"
            " GROUP BY d.n ORDER BY min(p.id)",
            (after,),
        )
        return [DocumentId(row[0]) for row in rows]

    def pending_of(self, document: DocumentId) -> list[bytes]:
        """Return the edits of *document* not yet sealed, oldest first."""
        rows = self._db.rows(
            "SELECT p.change FROM documents d JOIN pending p ON p.document=d.n"
            " WHERE d.id=? ORDER BY p.id",
            (document,),
        )
        return [row[0] for row in rows]

    def delete_pending(self, ids: Iterable[int]) -> None:
        """Forget edits; in the same transaction in which the entry that seals them is appended."""
        self._db.many("DELETE FROM pending WHERE id=?", [(number,) for number in ids])

    def pending_bytes(self, space: SpaceId) -> int:
        """Return the size of the edits of *space* not yet sealed."""
        total: int = self._db.value(
            "SELECT coalesce(sum(length(change)), 0) FROM pending WHERE space=?",
            (self._numbers.space(space),),
        )
        return total

    def pending_count(self, space: SpaceId) -> int:
        """Return how many edits of *space* are not yet sealed."""
        total: int = self._db.value(
            "SELECT count(*) FROM pending WHERE space=?", (self._numbers.space(space),)
        )
        return total
