"""What both engines remember: documents ever open, so that none is begun twice, and the bad."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from aluna_protocol.ids import DocumentId
from aluna_sync.engine.types import Applied, Refused


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
        """Remember the document of *applied* if it is open now, or something is set aside of it.

        What is set aside for a limit keeps its place: nothing else may begin the document there.
        """
        if applied.view is not None or any(not one.by_lint for one in applied.refused):
            self._seen.add(applied.document)

    def add(self, document: DocumentId) -> None:
        """Remember *document*."""
        self._seen.add(document)

    def forget(self, document: DocumentId) -> None:
        """Let *document* begin anew: nothing of it was ever given to anybody."""
        self._seen.discard(document)


def with_aside(applied: Applied, aside: Mapping[int, str]) -> Applied:
    """Add to what was applied what was left out, each with its reason, unless the lint has one."""
    if not aside:
        return applied
    refused = {index: Refused(index, reason, by_lint=False) for index, reason in aside.items()}
    refused |= {one.index: one for one in applied.refused}
    return dataclasses.replace(applied, refused=tuple(refused[at] for at in sorted(refused)))
