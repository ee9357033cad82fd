"""Pictures of what this device can read: only of what is shared, never of one person.

A picture of the collective shows what all of it shares; one of a circle, what everybody in that
circle shares: the collective's records and the circle's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from aluna_protocol.ids import DeviceId, LogId, SpaceId
from aluna_sync.answering import Answering
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.filters import Filter
from aluna_sync.journal.pictures.drawing import (
    DEVICES,
    NAMES,
    Asked,
    draw,
    fields_of,
    types_of,
)
from aluna_sync.journal.pictures.looking import Look
from aluna_sync.journal.types import Record
from aluna_sync.living import asks_anyway

if TYPE_CHECKING:
    from aluna_sync.journal.pictures.drawing import Picture

_NO_LIMIT = 10**9
_ASK_NOTHING = Asked()
_EVERYTHING = Filter()


def picture(
    device: Answering,
    name: str,
    space: SpaceId,
    today: dt.date,
    *,
    narrowed: Filter = _EVERYTHING,
    asked: Asked = _ASK_NOTHING,
) -> Picture:
    """Return the picture called *name* of what *space* shares, narrowed by a filter.

    Raises WrongUseError unknown-picture, picture-of-one (a private space, or a filter by person),
    date-not-understood.
    """
    if name not in NAMES:
        raise WrongUseError("unknown-picture", name=name, names=list(NAMES))
    if narrowed.persons or device.space_kind(space) == "private":
        raise WrongUseError("picture-of-one")
    if name == DEVICES:
        from aluna_sync.journal.pictures.devices import who_has_what

        return who_has_what(device.peers(), _rotated(device, space))
    types = types_of(name)
    look = _look(device, space, today)
    if narrowed != _EVERYTHING:
        query = narrowed.query(today, device.vocabulary, limit=_NO_LIMIT)
        query = replace(query, types=types, spaces=tuple(sorted(look.spaces)))
        look = replace(look, only=frozenset(row.document for row in device.list(query).rows))
    return draw(name, _read(device, types, fields_of(name), look), look, asked)


def _rotated(device: Answering, space: SpaceId) -> frozenset[DeviceId]:
    """Return the devices that said they have everything about keys and belonging in *space*."""
    newest: dict[LogId, int] = {}
    for entry in device.store.log.control_entries(space):
        log = entry.header.log
        newest[log] = max(entry.header.height, newest.get(log, 0))
    return frozenset(
        peer
        for peer, known in device.store.peers.acknowledged(space).items()
        if all(known.get(log, 0) >= at for log, at in newest.items() if log.device != peer)
    )


def _look(device: Answering, space: SpaceId, today: dt.date) -> Look:
    row = device.spaces.rows[space]
    spaces = frozenset((space, row.collective))
    return Look(
        today,
        spaces,
        me=device.person,
        ask_anyway=asks_anyway(device, device.person),
        absent={one: device.spaces.absent(one) for one in spaces},
        shown=device.vocabulary().shown,
    )


def _read(
    device: Answering, types: tuple[str, ...], fields: frozenset[str] | None, look: Look
) -> Iterator[Record]:
    for type_ in types:
        yield from device.records_of(type_, look.spaces, fields)
