"""The history of a record in moments: what one person wrote in a row, and how it read then.

Nothing anybody wrote is out of reach: a moment ends where another person goes on, and where words
that were there are about to go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aluna_protocol.ids import ChangeHash, DocumentId, PersonId
from aluna_sync.device import Device
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.records import record_from_view
from aluna_sync.journal.rewritten import Step, steps_of
from aluna_sync.journal.splices import hunks
from aluna_sync.journal.types import Record
from aluna_sync.journal.values import dump_json

LOOKED_AT: Final = 400
"""Changes up to which every single one is looked at; beyond, a moment ends with its writer alone,
and what stood in between is read by naming the change."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What one person did in a row, and the record as it read after that."""

    number: int
    by: PersonId | None
    changes: tuple[ChangeHash, ...]
    record: Record


async def moments(device: Device, document: DocumentId) -> list[Moment]:
    """Return the moments of a record, causes first; raises WrongUseError no-such-record."""
    past = await _past(device, document)
    found: list[Moment] = []
    run: list[Step] = []
    before: Record | None = None
    erasing = False
    for at, step in enumerate(past.steps):
        here = past.by(step)
        if run and past.by(run[-1]) != here:
            found.append(await past.moment(len(found) + 1, at, run))
            run, before, erasing = [], None, False
        if len(past.steps) <= LOOKED_AT:
            record = await past.record(at + 1)
            gone = before is not None and loses(before, record)
            if gone and not erasing and run and before is not None:
                changes = tuple(one.hash for one in run)
                found.append(Moment(len(found) + 1, here, changes, before))
                run = []
            # Letters taken away one after the other are one moment: the first still had them all.
            erasing = gone and before is not None and not loses(record, before)
            before = record
        run.append(step)
    if run:
        found.append(await past.moment(len(found) + 1, len(past.steps), run))
    return found


async def read_at(device: Device, document: DocumentId, named: str) -> Record:
    """Return the record as it read after the moment, or the change, called *named*.

    A moment is called by its number, a change by enough of the beginning of its id (hex). Raises
    WrongUseError no-such-record, no-such-moment.
    """
    if named.isascii() and named.isdecimal() and len(named) < 8:
        known = await moments(device, document)
        if 1 <= int(named) <= len(known):
            return known[int(named) - 1].record
    past = await _past(device, document)
    places = [at for at, step in enumerate(past.steps) if step.hash.hex().startswith(named.lower())]
    if len(places) != 1 or not named:
        raise WrongUseError("no-such-moment", moment=named)
    return await past.record(places[0] + 1)


class _Past:
    """The changes of one record, and how it read after each."""

    def __init__(self, device: Device, record: Record, steps: list[Step]) -> None:
        self.steps = steps
        self._device = device
        self._record = record
        self._person_of = device.spaces.person_of(record.space, record.id)

    def by(self, step: Step) -> PersonId | None:
        """Return whose device made a change."""
        return self._person_of(step.actor)

    async def record(self, count: int) -> Record:
        """Return the record as it read after the first *count* changes."""
        chosen = self.steps[:count]
        followed = {dep for step in chosen for dep in step.deps}
        heads = tuple(step.hash for step in chosen if step.hash not in followed)
        view = await self._device.engine.view_at(self._record.id, heads)
        absent = self._device.spaces.absent(self._record.space)
        return record_from_view(view, self._record.space, self._person_of, absent)

    async def moment(self, number: int, count: int, run: list[Step]) -> Moment:
        """Return the moment that ends after the first *count* changes."""
        changes = tuple(one.hash for one in run)
        return Moment(number, self.by(run[-1]), changes, await self.record(count))


async def _past(device: Device, document: DocumentId) -> _Past:
    record = device.record(document)
    if record is None:
        raise WrongUseError("no-such-record", id=document.hex())
    _applied, placed = await device.opener.open_whole(document)
    history = await device.engine.history(document)
    return _Past(device, record, steps_of(history, (each.change.raw for each in placed)))


def loses(before: Record, after: Record) -> bool:
    """Tell whether something that could be read is gone."""
    return bool(said_in(before) - said_in(after)) or any(
        hunk.start < hunk.end
        for name, words in before.texts.items()
        for hunk in hunks(words, after.texts.get(name, ""))
    )


def said_in(record: Record) -> set[tuple[str, str]]:
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
