"""Circles, a person's own devices in her private space, and sharing a version (domain C1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aluna_protocol import acts
from aluna_protocol.entry import Entry, EpochKey
from aluna_protocol.ids import DocumentId, Lane, PersonId, SpaceId
from aluna_protocol.operations import Admit, Genesis, Seat, SpaceKind, decode_operation
from aluna_protocol.replica import SpaceReplica
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError, WrongUseError
from aluna_sync.facts import PeopleChanged
from aluna_sync.founding import own_seat, seal_before_newcomer, usable_name, write_control
from aluna_sync.journal.edit_kinds import AddMember, Edit, SetMine, SetReading, SetText, SetValue
from aluna_sync.journal.schema import record_type
from aluna_sync.journal.types import Record
from aluna_sync.spaces import KIND_NAMES, new_space
from aluna_sync.store.rows import SpaceRow

LINKS = "links"
MOST_OF_ONE_PERSON = 16
"""Circles one person may have brought this device into: nobody fills up another's device."""


def found_circle(
    device: Device, collective: SpaceId, name: str, persons: Iterable[PersonId]
) -> SpaceId:
    """Found a circle for *persons* and oneself; the others' devices learn of it when they meet.

    Raises WrongUseError circle-exists, circle-alone, not-in-collective, name-not-usable; then
    nothing was founded.
    """
    called = usable_name(name)
    for known in device.spaces.of_kind("circle", collective):
        if device.spaces.name(known).casefold() == called.casefold():
            raise WrongUseError("circle-exists", name=called)
    wanted = set(persons) - {device.person}
    if not wanted:
        raise WrongUseError("circle-alone")
    within = device.spaces.replicas[collective]
    seats = within.membership.seats.values()
    if not wanted <= {seat.person for seat in seats if seat.device in within.members}:
        raise WrongUseError("not-in-collective")
    row, written = new_space(
        device.identity.keys,
        device.spaces.incarnation,
        SpaceKind.CIRCLE,
        called,
        own_seat(device),
        collective,
        device.random_bytes,
    )
    device.spaces.take(row, written)
    for person in sorted(wanted):
        bring_in(device, row.id, person)
    bring_own_devices(device, row.id)
    device.tell(PeopleChanged())
    return row.id


def bring_in(device: Device, circle: SpaceId, person: PersonId) -> None:
    """Let every device *person* has in the collective into a circle; raise not-in-collective."""
    collective = device.spaces.rows[circle].collective
    replica = device.spaces.replicas[collective]
    seats = [
        seat
        for seat in replica.membership.seats.values()
        if seat.person == person and seat.device in replica.members
    ]
    if not seats:
        raise WrongUseError("not-in-collective")
    seal_before_newcomer(device, circle)
    if not _seat(device, circle, seats[:1]):
        raise AlunaError("may-not-act")
    # Her other devices are brought in by her own: nobody seats a further device of another.
    device.tell(PeopleChanged())


def bring_own_devices(device: Device, space: SpaceId) -> bool:
    """Let this person's other devices into a circle or her private space; tell if any was new."""
    collective = device.spaces.rows[space].collective
    within, here = device.spaces.replicas.get(collective), device.spaces.replicas[space]
    if within is None or collective == space or device.device not in here.members:
        return False
    own = [
        seat
        for seat in within.membership.seats.values()
        if seat.person == device.person
        and seat.device in within.members
        and seat.device not in here.membership.seats
        and seat.device not in here.membership.former
    ]
    return _seat(device, space, own)


def _seat(device: Device, space: SpaceId, seats: list[Seat]) -> bool:
    keyring = [EpochKey(name, key) for name, key in device.spaces.epoch_keys[space].items()]
    identity, incarnation = device.identity, device.spaces.incarnation
    written: list[Entry] = []

    def write(replica: SpaceReplica) -> list[Entry]:
        for seat in seats:
            if seat.device in replica.membership.seats:
                continue
            if replica.judge(own, Admit(seat, b"")) is None:
                continue
            written.extend(
                acts.admit(
                    identity.keys,
                    incarnation,
                    replica,
                    Admit(seat, b""),
                    keyring,
                    device.random_bytes,
                )
            )
        return written

    own = device.spaces.own_log(space, Lane.CONTROL)
    if seats:
        write_control(device, space, write)
        device.spaces.learn_keys(space)
    return bool(written)


def accept(device: Device, founding: Entry) -> bool:
    """Keep a circle or private space this device was told it has a seat in; tell if it is new."""
    space, body = founding.header.log.space, founding.parts[0]
    genesis = decode_operation(body or b"")
    if space in device.spaces.rows or not isinstance(genesis, Genesis):
        return False
    of_founder = [
        one
        for one in device.spaces.of_kind("circle", SpaceId(genesis.collective))
        if (found := device.spaces.replicas[one].membership.genesis) is not None
        and found.seat.person == genesis.seat.person
    ]
    if genesis.kind is SpaceKind.CIRCLE and len(of_founder) >= MOST_OF_ONE_PERSON:
        return False
    replica = SpaceReplica(space)
    row = SpaceRow(space, KIND_NAMES[genesis.kind], SpaceId(genesis.collective))
    device.spaces.take(row, replica.admit_run([founding]))
    device.tell(PeopleChanged())
    return True


# -- sharing a version ---------------------------------------------------------------------------


async def share(device: Device, document: DocumentId, to: SpaceId) -> DocumentId:
    """Write what a record says now into another space, as a new record without history.

    The old one keeps a pointer only this person sees. Raises WrongUseError no-such-record,
    same-space, not-only-yours, no-key-to-write.
    """
    record = device.record(document)
    if record is None:
        raise WrongUseError("no-such-record", id=document.hex())
    if record.space == to:
        raise WrongUseError("same-space")
    _refuse_others_words(device, record)
    copy = await device.add(record.type, version_of(record, device.person), to)
    device.store.meta.put(_pointer(document, to), copy)
    return copy


def shared_versions(device: Device, document: DocumentId) -> list[tuple[SpaceId, DocumentId]]:
    """Return where versions of a record were shared from this device, and as which records."""
    found = [
        (space, device.store.meta.get(_pointer(document, space))) for space in device.spaces.rows
    ]
    return [(space, DocumentId(copy)) for space, copy in found if copy is not None]


def _pointer(document: DocumentId, to: SpaceId) -> str:
    return f"shared:{document.hex()}:{to.hex()}"


def _refuse_others_words(device: Device, record: Record) -> None:
    """What others wrote in a circle goes no further without them (domain C1)."""
    others = [person for person in record.authors if person != device.person]
    if others:
        names = sorted(device.person_name_of(person) for person in others)
        raise WrongUseError("not-only-yours", names=names)


def version_of(record: Record, person: PersonId) -> list[Edit]:
    """Return the edits that write what *record* says now, and nothing it said before.

    Of what people say of themselves only what *person* does: nobody speaks for another. Links and
    acts stay: a link would name a record others may not know, an act was done there.
    """
    edits: list[Edit] = [SetText(name, text) for name, text in sorted(record.texts.items()) if text]
    edits += [
        AddMember(name, member.item, member.note)
        for name, members in sorted(record.sets.items())
        if name != LINKS
        for member in members
    ]
    edits += [
        SetReading(name, reading.value, ())
        for name, readings in sorted(record.readings.items())
        for reading in readings
        if reading.value is not None
    ]
    edits += [
        SetValue(name, value) for name, value in sorted(record.values.items()) if value is not None
    ]
    return [*edits, *_own_values(record, person)]


def _own_values(record: Record, person: PersonId) -> Iterator[Edit]:
    """Yield what *person* says of herself; what she said differently on two devices is unsaid."""
    known = record_type(record.type)
    for name, owned in sorted(record.maps.items()):
        value, declared = owned.get(person), known.field(name)
        if declared is not None and declared.keyed:
            said = value if isinstance(value, dict) else {}
            for key, words in sorted(said.items()):
                if words is not None:
                    yield SetMine(name, words, key)
        elif value is not None:
            yield SetMine(name, value)
