"""States in lists, computed again when it changed whose voice is waited for.

A record's own acts are folded whenever it is written; who rests or went is known from elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from aluna_protocol.ids import SpaceId
from aluna_sync.journal.records import record_from_view, unpack_view
from aluna_sync.journal.types import NOBODY, Absent
from aluna_sync.spaces import Spaces
from aluna_sync.store.rows import IndexRow
from aluna_sync.store.store import Store

_KEPT: Final = "absent:"
"""Where the store keeps, per space, whose absence the states in its lists know of."""
_TYPES: Final = ("agreement", "protection", "member")
"""Types whose state depends on who belongs or rests; of each there are few."""


def restate(store: Store, spaces: Spaces, space: SpaceId) -> int:
    """Put right the states of *space* if who is absent changed; return how many were different."""
    absent = spaces.absent(space)
    kept = store.meta.get(_KEPT + space.hex())
    if (kept or _packed(NOBODY)) == _packed(absent):
        return 0
    with store.transaction():
        rows = [row for row in _now(store, spaces, space, absent) if row is not None]
        store.index.put(rows)
        store.meta.put(_KEPT + space.hex(), _packed(absent))
    return len(rows)


def _now(store: Store, spaces: Spaces, space: SpaceId, absent: Absent) -> list[IndexRow | None]:
    return [
        _restated(row, spaces, absent)
        for type_ in _TYPES
        for document, _ in store.index.of_type(type_)
        if (row := store.index.row(document)) is not None and row.space == space
    ]


def _restated(row: IndexRow, spaces: Spaces, absent: Absent) -> IndexRow | None:
    person_of = spaces.person_of(row.space, row.document)
    record = record_from_view(unpack_view(row.view), row.space, person_of, absent)
    if record.state == row.state:
        return None
    from aluna_sync.journal.lives.voices import asked_in  # seldom needed, and a start must be quick

    return replace(row, state=record.state, asked=asked_in(record))


def _packed(absent: Absent) -> bytes:
    return b"".join(sorted(absent.gone)) + b"|" + b"".join(sorted(absent.resting))
