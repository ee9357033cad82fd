"""The history of a record on a device, sitting by sitting; nothing anybody wrote is out of reach.

When somebody wrote is in no record: a day told here is the day it came to this device, or was
sealed on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ChangeHash, DocumentId, LogId, PersonId
from aluna_protocol.lint import read_header
from aluna_sync.barred import NOT_SEALED, Placed
from aluna_sync.device import Device
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.history import Sitting, Stretch, in_order, runs
from aluna_sync.journal.records import record_from_view
from aluna_sync.journal.rewritten import Step, steps_of
from aluna_sync.journal.splices import hunks
from aluna_sync.journal.types import Record
from aluna_sync.journal.values import dump_json
from aluna_sync.store.arrivals import Since

LEAST_OF_A_CHANGE: Final = 8
"""Hex digits that name a change: fewer are taken for the number of a sitting."""
_NUMBER: Final = re.compile(r"[1-9]\d{0,6}", re.ASCII)


class _Came(NamedTuple):
    """How a change came to this device."""

    day: str = ""
    here: bool = False
    new: bool = False


async def sittings(
    device: Device, document: DocumentId, since: Since | None = None
) -> list[Sitting]:
    """Return the sittings of a record, causes first; raises WrongUseError no-such-record.

    With *since*, what came since then stands apart from what was there.
    """
    record = device.record(document)
    if record is None:
        raise WrongUseError("no-such-record", id=document.hex())
    _applied, placed = await device.opener.open_whole(document)
    steps = steps_of(await device.engine.history(document), (one.change.raw for one in placed))
    came = _came(device, placed, since)
    person_of = device.spaces.person_of(record.space, document)

    def by(step: Step) -> PersonId | None:
        return person_of(step.actor)

    def sitting(step: Step) -> tuple[PersonId | None, _Came]:
        return by(step), came.get(step.hash, _Came())

    reader = _Reader(device, record)
    found: list[Sitting] = []
    order = in_order(steps, by)
    for start, end in runs(order, sitting):
        some = order[start:end]
        day, here, new = came.get(some[0].hash, _Came())
        stretches = [await reader.stretch(one) for one in _alone(some)]
        hashes = tuple(step.hash for step in some)
        number = len(found) + 1
        found.append(Sitting(number, by(some[0]), day, here, hashes, tuple(stretches), new))
    return found


async def read_at(device: Device, document: DocumentId, place: str) -> Record:
    """Return a record as it read at a place of its history.

    *place* is the number of a sitting, "2.1" for the first moment within the second, or the
    beginning of the id of a change (8 or more hex digits): then as whoever made it left it. Raises
    WrongUseError no-such-record, no-such-sitting.
    """
    number, _dot, within = place.partition(".")
    found = await sittings(device, document)
    if _NUMBER.fullmatch(number) and (not within or _NUMBER.fullmatch(within)):
        at, moment = int(number), int(within or 0)
        if at <= len(found) and moment <= len(found[at - 1].within):
            sitting = found[at - 1]
            return sitting.within[moment - 1] if moment else sitting.after
    changes = [change for one in found for change in one.changes]
    named = [one for one in changes if one.hex().startswith(place.lower())]
    record = device.record(document)
    if len(place) < LEAST_OF_A_CHANGE or len(named) != 1 or record is None:
        raise WrongUseError("no-such-sitting", sitting=place)
    return await _Reader(device, record).at(named[0])


def _alone(steps: list[Step]) -> Iterator[list[Step]]:
    """Yield *steps* in stretches in which each was written right after the one before."""
    stretch: list[Step] = []
    for step in steps:
        if stretch and step.deps != (stretch[-1].hash,):
            yield stretch
            stretch = []
        stretch.append(step)
    yield stretch


class _Reader:
    """Reads a record as it was for whoever made a change."""

    def __init__(self, device: Device, record: Record) -> None:
        self._device = device
        self._record = record
        self._person_of = device.spaces.person_of(record.space, record.id)

    async def at(self, *heads: ChangeHash) -> Record:
        """Return the record as it was with *heads* and everything before them."""
        view = await self._device.engine.view_at(self._record.id, heads)
        absent = self._device.spaces.absent(self._record.space)
        return record_from_view(view, self._record.space, self._person_of, absent)

    async def stretch(self, steps: list[Step]) -> Stretch:
        """Return what came of *steps*, with what words of its own were about to go."""
        before = await self.at(*steps[0].deps) if steps[0].deps else None
        between: list[Record] = []
        standing = await self.at(steps[0].hash)
        erasing = False
        for step in steps[1:]:
            then = await self.at(step.hash)
            gone = _loses(standing, then)
            kept = erasing
            if gone and not erasing and not _was_all_there(standing, then, before):
                between.append(standing)
                kept = True
            # Letters taken away one after the other: the first of these still had them all.
            erasing = gone and kept and not _loses(then, standing)
            standing = then
        return Stretch(before, standing, tuple(between))


def _was_all_there(standing: Record, then: Record, before: Record | None) -> bool:
    """Tell whether what goes between *standing* and *then* can be read in *before*, whole."""
    if before is None:
        return False
    if (_said_in(standing) - _said_in(then)) - _said_in(before):
        return False
    changed = {name for name, words in standing.texts.items() if words != then.texts.get(name, "")}
    return all(standing.texts[name] == before.texts.get(name, "") for name in changed)


def _came(device: Device, placed: list[Placed], since: Since | None) -> dict[ChangeHash, _Came]:
    """Return how each change came to this device."""
    known: dict[tuple[LogId, int], _Came] = {}
    found: dict[ChangeHash, _Came] = {}
    for one in placed:
        log, height = one.place.log, one.place.height
        try:
            facts = read_header(one.change.raw)
        except RemoteProtocolError:
            continue  # refused when it came, and in no history
        if (log, height) not in known:
            entry = device.store.arrivals.number_of(log, height) if height != NOT_SEALED else 0
            day = device.store.arrivals.day_of(entry) if entry else ""
            new = since is not None and (not entry or since.covers(entry))
            known[log, height] = _Came(day, log.device == device.device, new)
        found[facts.hash] = known[log, height]
    return found


def _loses(before: Record, after: Record) -> bool:
    """Tell whether something that could be read is gone."""
    return bool(_said_in(before) - _said_in(after)) or any(
        hunk.start < hunk.end
        for name, words in before.texts.items()
        for hunk in hunks(words, after.texts.get(name, ""))
    )


def _said_in(record: Record) -> set[tuple[str, str]]:
    """Return what a record says beside its texts and acts, one by one."""
    said = {
        (name, f"{one.item}\0{one.note}")
        for name, members in record.sets.items()
        for one in members
    }
    said |= {(name, one.id) for name, several in record.readings.items() for one in several}
    return said | {
        (name, f"{person.hex()}{dump_json(value)}")
        for name, owned in record.maps.items()
        for person, value in owned.items()
    }
