"""What lies in the tray: records in which somebody wrote who was removed or suspended by then."""

from __future__ import annotations

from typing import Final

from aluna_protocol import crypto
from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DeviceId, DocumentId, SpaceId
from aluna_sync.barred import BARRED
from aluna_sync.store.rows import SetAside
from aluna_sync.store.store import Store

_READ: Final = "late:"
"""Where the store keeps, per record, what of it was read and declined, or taken in."""


@dataclass(frozen=True, slots=True)
class LateRecord:
    """A record with something written too late."""

    space: SpaceId
    document: DocumentId
    devices: tuple[DeviceId, ...]
    """Who wrote it, in ascending order."""
    changes: int
    read: bool
    """Somebody here declined it or took it in, and nothing came since."""
    mark: bytes
    """Differs when other entries are meant."""


def late_records(store: Store, space: SpaceId) -> list[LateRecord]:
    """Return what of *space* lies in the tray, by document."""
    found: dict[DocumentId, list[SetAside]] = {}
    for one in store.log.set_asides(space):
        if one.reason == BARRED and one.document is not None:
            found.setdefault(one.document, []).append(one)
    return [_late(store, space, document, found[document]) for document in sorted(found)]


def mark_read(store: Store, record: LateRecord) -> None:
    """Remember, here alone, that *record* was read and declined, or taken in."""
    store.meta.put(_READ + record.document.hex(), record.mark)


def _late(store: Store, space: SpaceId, document: DocumentId, asides: list[SetAside]) -> LateRecord:
    places = sorted(repr((one.place, one.changes)) for one in asides)
    mark = crypto.blake2b("\n".join(places).encode(), size=16)
    return LateRecord(
        space,
        document,
        tuple(sorted({one.place.log.device for one in asides})),
        sum(len(one.changes) for one in asides),
        store.meta.get(_READ + document.hex()) == mark,
        mark,
    )
