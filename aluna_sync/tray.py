"""The tray: what somebody wrote who was removed or suspended by then, to read, take in or decline.

None of it enters by itself (domain C6.2). Who takes it in writes it anew, in her own name, with a
note of whose words they are; declining is remembered on this device alone. Nothing is deleted.
"""

from __future__ import annotations

from dataclasses import replace

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId, PersonId, SpaceId
from aluna_sync.circles import version_of
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError, WrongUseError
from aluna_sync.facts import PeersChanged
from aluna_sync.journal.edit_kinds import AddAct, AddMember, Edit
from aluna_sync.journal.records import record_from_view
from aluna_sync.journal.schema import record_type
from aluna_sync.journal.types import Json, Record
from aluna_sync.late import LateRecord, late_records, mark_read

SHORTEST_PREFIX = 4
TAKEN_IN = "taken_in"
"""The act by which somebody says whose words she took in."""


@dataclass(frozen=True, slots=True)
class LateFacts:
    """A record in which something was written too late."""

    document: DocumentId
    space: SpaceId
    title: str
    """What the journal has of it, empty when nothing of it stands."""
    persons: tuple[str, ...]
    devices: tuple[str, ...]
    """Who wrote it, and with which devices."""
    changes: int
    read: bool
    """It was declined or taken in here, and nothing came since."""


def tray(device: Device) -> list[LateFacts]:
    """Return what lies in the tray of every space, what nobody here decided about first."""
    found = [
        facts_of(device, one)
        for space in device.spaces.rows
        for one in late_records(device.store, space)
    ]
    return sorted(found, key=lambda one: (one.read, one.title.casefold(), one.document))


def facts_of(device: Device, late: LateRecord) -> LateFacts:
    """Return what people are told of a late record."""
    seats = [device.spaces.card_of(late.space, one) for one in late.devices]
    row = device.store.index.row(late.document)
    persons = {device.spaces.name_on(late.space, one): None for one in seats if one is not None}
    return LateFacts(
        late.document,
        late.space,
        "" if row is None else row.title,
        tuple(persons),
        tuple(seat.device_name for seat in seats if seat is not None),
        late.changes,
        late.read,
    )


def find(device: Device, prefix: str) -> LateRecord:
    """Return what lies in the tray of the record whose id begins with *prefix* (hex).

    Raises WrongUseError id-too-short, nothing-late, several-records.
    """
    if len(prefix) < SHORTEST_PREFIX:
        raise WrongUseError("id-too-short", least=SHORTEST_PREFIX)
    found = [
        one
        for space in device.spaces.rows
        for one in late_records(device.store, space)
        if one.document.hex().startswith(prefix.lower())
    ]
    if not found:
        raise WrongUseError("nothing-late", id=prefix)
    if len(found) > 1:
        raise WrongUseError("several-records", id=prefix)
    return found[0]


async def read(device: Device, late: LateRecord) -> Record:
    """Return the record as it would read with everything written too late; nothing is changed.

    Raises AlunaError late-unreadable when something it rests on is missing.
    """
    changes = [one.change for one in device.opener.placed(late.document)]
    # Under a name of its own, so that the record itself stays as it is in the engine.
    scratch = DocumentId(device.random_bytes(16))
    applied = await device.engine.open(scratch, changes)
    await device.engine.open(scratch, [])
    if applied.view is None:
        raise AlunaError("late-unreadable")
    view = replace(applied.view, document=late.document)
    person_of = device.spaces.person_of(late.space, late.document)
    return record_from_view(view, late.space, person_of, device.spaces.absent(late.space))


async def take_in(device: Device, late: LateRecord) -> DocumentId:
    """Write the record anew, as it reads with what came late, in this person's name.

    It says whose words they are. Raises AlunaError no-seat-here, late-unreadable.
    """
    if device.device not in device.spaces.replicas[late.space].members:
        raise AlunaError("no-seat-here")
    record = await read(device, late)
    edits = [one for one in version_of(record, device.person) if not _only_hers(record.type, one)]
    copy = await device.add(record.type, [*edits, _note(device, late)], late.space)
    _decide(device, late)
    return copy


def decline(device: Device, late: LateRecord) -> None:
    """Remember on this device that it was read, and stays out."""
    _decide(device, late)


def _decide(device: Device, late: LateRecord) -> None:
    mark_read(device.store, late)
    device.tell(PeersChanged())


def _only_hers(type_: str, edit: Edit) -> bool:
    """Tell whether only the person an item names may write it."""
    if not isinstance(edit, AddMember):
        return False
    field = record_type(type_).field(edit.field)
    return field is not None and field.own_only


def _note(device: Device, late: LateRecord) -> AddAct:
    persons: dict[PersonId, str] = {}
    for one in late.devices:
        seat = device.spaces.card_of(late.space, one)
        if seat is not None:
            persons.setdefault(seat.person, device.spaces.name_on(late.space, seat))
    said: dict[str, Json] = {
        "act": TAKEN_IN,
        "of": ", ".join(persons.values()),
        "persons": [one.hex() for one in persons],
    }
    return AddAct("acts", said)
