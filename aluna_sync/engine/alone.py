"""A record nobody has changed since it was written, shown without opening it in Automerge.

Nearly all of what a catch-up brings is such: one change, which the lint can read by itself.
"""

from __future__ import annotations

from collections.abc import Collection

from aluna_protocol import lint
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import DocumentId
from aluna_sync.engine.types import Cell, SignedChange, View


def view_alone(document: DocumentId, changes: Collection[SignedChange]) -> View | None:
    """Return what a new document of *changes* shows; None if Automerge has to be asked.

    A change the lint refuses is left to the ordinary way too, which says why.
    """
    if len(changes) != 1:
        return None
    (change,) = changes
    try:
        read = lint.read_alone(change.raw, change.actor)
    except RemoteProtocolError:
        return None
    if read is None:
        return None
    cells = {key: Cell(value, read.actor) for key, value in read.values.items()}
    return View(document, (read.hash,), read.texts, cells, (read.actor,))
