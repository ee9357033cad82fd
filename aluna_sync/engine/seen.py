"""What both engines remember: which documents were ever open, so that none is begun twice."""

from __future__ import annotations

from aluna_protocol.ids import DocumentId
from aluna_sync.engine.types import Applied


class SeenDocuments:
    """Ids of documents an engine has held.

    A document it has closed since must be opened with its changes, never begun again: a second
    first change by the same actor would be refused on every other device. 100,000 ids take 10 MB.
    """

    def __init__(self) -> None:
        self._seen: set[DocumentId] = set()

    def may_create(self, document: DocumentId) -> bool:
        """Tell whether *document* may be begun."""
        return document not in self._seen

    def note(self, applied: Applied) -> None:
        """Remember the document of *applied* if it is open now."""
        if applied.view is not None:
            self._seen.add(applied.document)

    def add(self, document: DocumentId) -> None:
        """Remember *document*."""
        self._seen.add(document)

    def forget(self, document: DocumentId) -> None:
        """Let *document* begin anew: nothing of it was ever given to anybody."""
        self._seen.discard(document)
