"""What lists and the digest know of texts rewritten apart, without looking into any past.

It is found when changes arrive that were written apart from what is here, and kept for this device
alone. A list says less than the record itself: sides that came letter by letter are not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import DocumentId
from aluna_protocol.lint import read_header
from aluna_sync.barred import Placed
from aluna_sync.engine.types import Engine, EngineError, View
from aluna_sync.journal.types import Record
from aluna_sync.store.rows import IndexRow
from aluna_sync.store.store import Store

MEETINGS: Final = 4
"""Looked at whenever something arrives, the newest first: earlier ones were found before."""
_KEPT: Final = "apart:"


class Folds:
    """Finds what was rewritten apart as it arrives, and remembers it."""

    def __init__(self, store: Store, engine: Engine) -> None:
        self._store = store
        self._engine = engine

    async def look(
        self, view: View, came: Sequence[Placed], every: Callable[[], Sequence[Placed]]
    ) -> None:
        """Look for what was rewritten apart in a document after *came* was applied to it.

        *every* returns all its changes, and is asked only when there is something to look for.
        """
        if len(view.actors) < 2 or not _met(view, came):
            return
        from aluna_sync.journal.rewritten import rewritings, steps_of

        try:
            history = await self._engine.history(view.document)
            steps = steps_of(history, (one.change.raw for one in (*every(), *came)))
            found = await rewritings(
                steps, lambda heads: self._engine.view_at(view.document, heads), MEETINGS
            )
        except EngineError:
            return  # Whoever reads the record is told; a list may not know.
        if found:
            kept = self._kept(view.document) | {one.id: one.field for one in found}
            self._store.meta.put(_KEPT + view.document.hex(), json.dumps(kept).encode())

    def marked(self, row: IndexRow, record: Record) -> IndexRow:
        """Return *row* with the texts that read otherwise as each one wrote them."""
        if record.hands < 2:
            return row
        kept = self._kept(record.id)
        if not kept:
            return row
        from aluna_sync.journal.rewritten import closed_in

        closed = closed_in(record)
        fields = sorted({field for fold, field in kept.items() if fold not in closed})
        return replace(row, readings=(*row.readings, *fields))

    def _kept(self, document: DocumentId) -> dict[str, str]:
        kept = self._store.meta.get(_KEPT + document.hex())
        found: dict[str, str] = json.loads(kept) if kept else {}
        return found


def _met(view: View, came: Sequence[Placed]) -> bool:
    """Tell whether *came* was written apart from something, and says enough to be a rewriting."""
    from aluna_sync.journal.rewritten import LEAST_OPERATIONS

    apart, letters = len(view.heads) > 1, 0
    for one in came:
        try:
            facts = read_header(one.change.raw)
        except RemoteProtocolError:
            continue  # refused, and in no history
        apart = apart or len(facts.deps) > 1
        letters += facts.ops
    return apart and letters >= LEAST_OPERATIONS
