"""Who belongs to a space: a pure function of the set of its operations (SPEC §6, security M1-M8).

Every operation names the control entries its author had seen. An operation counts only if its
author had the power to do it in what it had seen (M2); what does not count is kept and listed
(M8). The order in which operations arrive never matters (M1): `resolve` starts from nothing, and
works through them with causes first and ties by hash.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from aluna_protocol import crypto, limits, wire
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import DeviceId, EntryHash, PersonId, SpaceId, StaticKey

NONCE_BYTES = 16


class SpaceKind(enum.IntEnum):
    """The three kinds of space; the rules are the same for all."""

    COLLECTIVE = 0
    CIRCLE = 1
    PRIVATE = 2


@dataclass(frozen=True, slots=True)
class Seat:
    """A device with its keys and the person who holds it."""

    device: DeviceId
    static: StaticKey
    device_name: str
    person: PersonId
    person_name: str


@dataclass(frozen=True, slots=True)
class Genesis:
    """Founds a space; its hash is the space's id (SPEC §6.2)."""

    kind: SpaceKind
    name: str
    collective: bytes
    """The collective a circle or private space lives in; empty for a collective."""
    seat: Seat
    nonce: bytes


@dataclass(frozen=True, slots=True)
class Admit:
    """Seats a device: of a new person, or one more of the signer's own (SPEC §6.3)."""

    seat: Seat
    card_hash: bytes
    """BLAKE2b-256 of the contact card the newcomer signed."""
    door: bytes
    """The nonce of the door it came through; empty when it came another way."""


Operation = Genesis | Admit


@dataclass(frozen=True, slots=True)
class Act:
    """An operation in its place: who signed it and which control entries it had seen."""

    id: EntryHash
    signer: DeviceId
    parents: frozenset[EntryHash]
    operation: Operation | None
    """None for control entries that are no membership operation; they still carry causality."""


@dataclass(frozen=True, slots=True)
class Membership:
    """The outcome: seats by device, the void acts, and the founding operation."""

    genesis: Genesis | None = None
    seats: Mapping[DeviceId, Seat] = field(default_factory=dict)
    void: frozenset[EntryHash] = frozenset()

    @property
    def persons(self) -> dict[PersonId, str]:
        """Names of the persons who hold a seat; the name of the first seat stands."""
        names: dict[PersonId, str] = {}
        for seat in self.seats.values():
            names.setdefault(seat.person, seat.person_name)
        return names


def encode_operation(operation: Operation) -> bytes:
    """Return the body of the membership entry that carries *operation*."""
    match operation:
        case Genesis(kind, name, collective, seat, nonce):
            return wire.pack([0, int(kind), name, collective, _seat_fields(seat), nonce])
        case Admit(seat, card_hash, door):
            return wire.pack([1, _seat_fields(seat), card_hash, door])


def _seat_fields(seat: Seat) -> list[object]:
    return [seat.device, seat.static, seat.device_name, seat.person, seat.person_name]


def decode_operation(body: bytes) -> Operation:
    """Parse a membership body; raise `RemoteProtocolError` for any other shape."""
    fields = wire.tagged(wire.unpack_canonical(body, limits.MAX_CONTROL_BODY))
    match fields:
        case [0, kind, name, collective, seat, nonce]:
            return Genesis(
                SpaceKind(wire.integer(kind, 0, len(SpaceKind) - 1)),
                wire.name(name),
                _optional(collective, 32),
                _decode_seat(seat),
                wire.octets(nonce, NONCE_BYTES),
            )
        case [1, seat, card_hash, door]:
            return Admit(_decode_seat(seat), wire.octets(card_hash, 32), _optional(door, 16))
        case _:
            raise RemoteProtocolError("unknown membership operation")


def _optional(value: object, length: int) -> bytes:
    return b"" if value == b"" else wire.octets(value, length)


def _decode_seat(value: object) -> Seat:
    fields = wire.array(value, 5)
    device = wire.octets(fields[0], 32)
    if not crypto.is_valid_signing_key(device):
        raise RemoteProtocolError("not a signing key")
    static = wire.octets(fields[1], 32)
    if not crypto.is_valid_static_key(static):
        raise RemoteProtocolError("not a static key")
    return Seat(
        DeviceId(device),
        StaticKey(static),
        wire.name(fields[2]),
        PersonId(wire.octets(fields[3], 16)),
        wire.name(fields[4]),
    )


def space_id(genesis: Genesis) -> SpaceId:
    """Return the id of the space that *genesis* founds."""
    return SpaceId(crypto.blake2b(encode_operation(genesis), person=b"aluna-genesis-v1"))


def causes_first(acts: Mapping[EntryHash, Act]) -> list[Act]:
    """Return the acts whose whole past is known, causes before effects, ties by hash.

    Acts with a missing ancestor are left out: they wait (M2). Depth is found without recursion,
    so that a chain of any length costs no stack.
    """
    children: dict[EntryHash, list[EntryHash]] = {}
    missing = {}
    for act in acts.values():
        missing[act.id] = len(act.parents)
        for parent in act.parents:
            children.setdefault(parent, []).append(act.id)
    ready = sorted(act_id for act_id, count in missing.items() if count == 0)
    ordered: list[Act] = []
    while ready:
        following: list[EntryHash] = []
        for act_id in ready:
            ordered.append(acts[act_id])
            for child in children.get(act_id, ()):
                missing[child] -= 1
                if missing[child] == 0:
                    following.append(child)
        ready = sorted(following)
    return ordered


_Seated = Mapping[DeviceId, tuple[int, Seat]]
"""Seats by device, each with the place of its act in the order: the first one stands."""


def resolve(space: SpaceId, acts: Iterable[Act]) -> Membership:
    """Return who belongs to *space* given *acts*, in whatever order they are given."""
    by_id = {act.id: act for act in acts}
    seated_in_past: dict[EntryHash, _Seated] = {}
    seats: dict[DeviceId, Seat] = {}
    genesis: Genesis | None = None
    void: set[EntryHash] = set()
    for rank, act in enumerate(causes_first(by_id)):
        past = _merged([seated_in_past[parent] for parent in act.parents])
        seated_in_past[act.id] = past
        if act.operation is None:
            continue
        if not _counts(space, act, act.operation, past):
            void.add(act.id)
            continue
        if isinstance(act.operation, Genesis):
            genesis = act.operation
        seat = act.operation.seat
        seats.setdefault(seat.device, seat)
        if seat.device not in past:
            seated_in_past[act.id] = {**past, seat.device: (rank, seat)}
    return Membership(genesis, seats, frozenset(void))


def _merged(pasts: Sequence[_Seated]) -> _Seated:
    if len(pasts) == 1:
        return pasts[0]
    merged: dict[DeviceId, tuple[int, Seat]] = {}
    for past in pasts:
        for device, ranked in past.items():
            if device not in merged or ranked[0] < merged[device][0]:
                merged[device] = ranked
    return merged


def _counts(space: SpaceId, act: Act, operation: Operation, past: _Seated) -> bool:
    """Tell whether the signer had the power to do this in what it had seen (M2, M3)."""
    match operation:
        case Genesis(seat=seat):
            # The founder may say it again in another incarnation: it is the same operation.
            founds = act.signer == seat.device and space_id(operation) == space
            return founds and not act.parents
        case Admit(seat=seat):
            if act.signer not in past:
                return False
            persons = {seated.person for _, seated in past.values()}
            return seat.person not in persons or past[act.signer][1].person == seat.person
