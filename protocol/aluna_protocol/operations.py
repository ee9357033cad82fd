"""What a membership entry can say: the operations of a space and their bytes (SPEC §6.2, §6.3)."""

from __future__ import annotations

import enum
import itertools

from aluna_protocol import crypto, limits, wire
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import (
    DeviceId,
    DocumentId,
    EntryHash,
    Head,
    PersonId,
    SpaceId,
    StaticKey,
)

NONCE_BYTES = 16
JOIN_CONTEXT = b"aluna-join"
HANDSHAKE_HASH_BYTES = 64
PROOF_BYTES = HANDSHAKE_HASH_BYTES + crypto.SIGNATURE_BYTES
NO_HANDSHAKE = bytes(HANDSHAKE_HASH_BYTES)
"""Stands for the handshake hash where a card is given without a door."""


class SpaceKind(enum.IntEnum):
    """The three kinds of space; the rules are the same for all."""

    COLLECTIVE = 0
    CIRCLE = 1
    PRIVATE = 2


@dataclass(frozen=True, slots=True)
class Seat:
    """A device with its keys and the person who holds it, as the device says (SPEC §6.2)."""

    device: DeviceId
    static: StaticKey
    device_name: str
    person: PersonId
    person_name: str
    proof: bytes
    """The handshake hash (or 64 zero bytes) and the device's signature of its card: nobody can
    seat a device under another person than the one it named itself."""

    @property
    def card(self) -> bytes:
        """The bytes the device signed (SPEC §9.4)."""
        return card_bytes(self.device, self.static, self.person, self.person_name, self.device_name)


@dataclass(frozen=True, slots=True)
class Genesis:
    """Founds a space; its hash is the space's id."""

    kind: SpaceKind
    name: str
    collective: bytes
    """The collective a circle or private space lives in; empty for a collective."""
    seat: Seat
    nonce: bytes


@dataclass(frozen=True, slots=True)
class Admit:
    """Seats a device: of a new person, or one more of the signer's own."""

    seat: Seat
    door: bytes
    """The nonce of the door it came through; empty when it came another way."""


@dataclass(frozen=True, slots=True)
class CutMark:
    """An entry of a removed device's content log that its remover knew, with all before it."""

    device: DeviceId
    incarnation: int
    head: Head


@dataclass(frozen=True, slots=True)
class Remove:
    """Takes the seat of a person with all her devices, or of one device.

    Of oneself it is leaving, or giving up a device that was lost.
    """

    person: PersonId
    device: DeviceId | None
    cut: tuple[CutMark, ...]


@dataclass(frozen=True, slots=True)
class Suspend:
    """The emergency brake: no new key and no new entry of a device until others have looked."""

    device: DeviceId
    cut: tuple[CutMark, ...]


@dataclass(frozen=True, slots=True)
class Lift:
    """Lets a suspended device go on."""

    suspension: EntryHash


@dataclass(frozen=True, slots=True)
class Rules:
    """Who keeps the door, how many must say yes, and what a newcomer may read."""

    keepers: tuple[PersonId, ...]
    """Empty: everybody who belongs is a keeper."""
    quorum: int = 2
    admitting: int = 1
    gives_past: bool = True
    """Whether a newcomer is handed the keys of what was written before (E10)."""


@dataclass(frozen=True, slots=True)
class Rest:
    """The signer rests, or is back: nothing is asked of her and nothing waits for her."""

    resting: bool


@dataclass(frozen=True, slots=True)
class Second:
    """One more yes to an operation that waits for it; to a suspension: that it be a removal."""

    act: EntryHash


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Takes back a document for ever; only the person its id is bound to can (SPEC §5.5)."""

    document: DocumentId


Operation = Genesis | Admit | Remove | Suspend | Lift | Rules | Rest | Second | Withdraw


def card_bytes(
    device: DeviceId, static: StaticKey, person: PersonId, person_name: str, device_name: str
) -> bytes:
    """Return the canonical bytes of a contact card."""
    return wire.pack([device, static, person, person_name, device_name])


def sign_seat(keys: DeviceKeys, device_name: str, person: PersonId, person_name: str) -> Seat:
    """Return the seat the device of *keys* takes for *person*, without a door."""
    card = card_bytes(keys.device, keys.static, person, person_name, device_name)
    proof = NO_HANDSHAKE + crypto.sign(keys, JOIN_CONTEXT + NO_HANDSHAKE + card)
    return Seat(keys.device, keys.static, device_name, person, person_name, proof)


def check_seat(operation: Operation) -> None:
    """Raise `RemoteProtocolError` when *operation* seats a device that did not sign its card."""
    if isinstance(operation, Genesis | Admit):
        seat = operation.seat
        handshake_hash = seat.proof[:HANDSHAKE_HASH_BYTES]
        signature = seat.proof[HANDSHAKE_HASH_BYTES:]
        try:
            crypto.verify(seat.device, JOIN_CONTEXT + handshake_hash + seat.card, signature)
        except RemoteProtocolError:
            raise RemoteProtocolError("seat not signed by its device") from None


def space_id(genesis: Genesis) -> SpaceId:
    """Return the id of the space that *genesis* founds."""
    return SpaceId(crypto.blake2b(encode_operation(genesis), person=b"aluna-genesis-v1"))


def encode_operation(operation: Operation) -> bytes:
    """Return the body of the membership entry that carries *operation*."""
    return wire.pack(_fields(operation))


def _fields(operation: Operation) -> list[object]:
    match operation:
        case Genesis(kind, name, collective, seat, nonce):
            return [0, int(kind), name, collective, _said(seat), nonce]
        case Admit(seat, door):
            return [1, _said(seat), door]
        case Remove(person, device, cut):
            return [2, person, device or b"", _marks(cut)]
        case Suspend(suspended, cut):
            return [3, suspended, _marks(cut)]
        case Lift(suspension):
            return [4, suspension]
        case Rules(keepers, quorum, admitting, gives_past):
            return [5, list(keepers), quorum, admitting, gives_past]
        case Rest(resting):
            return [6, resting]
        case Second(act):
            return [7, act]
        case Withdraw(document):
            return [8, document]


def decode_operation(body: bytes) -> Operation:
    """Parse a membership body; raise `RemoteProtocolError` for any other shape."""
    fields = wire.tagged(wire.unpack_canonical(body, limits.MAX_CONTROL_BODY))
    match fields:
        case [0, kind, name, collective, seat, nonce]:
            return Genesis(
                SpaceKind(wire.integer(kind, 0, len(SpaceKind) - 1)),
                wire.name(name),
                _optional(collective, 32),
                decode_seat(seat),
                wire.octets(nonce, NONCE_BYTES),
            )
        case [1, seat, door]:
            return Admit(decode_seat(seat), _optional(door, 16))
        case [2, person, device, cut]:
            one = _optional(device, 32)
            return Remove(_person(person), DeviceId(one) if one else None, _cut(cut))
        case [3, device, cut]:
            return Suspend(DeviceId(wire.octets(device, 32)), _cut(cut))
        case [4, suspension]:
            return Lift(EntryHash(wire.octets(suspension, 32)))
        case [5, keepers, quorum, admitting, gives_past]:
            return Rules(
                _keepers(keepers),
                wire.integer(quorum, 2, limits.MAX_DEVICES),
                wire.integer(admitting, 1, limits.MAX_DEVICES),
                wire.boolean(gives_past),
            )
        case [6, resting]:
            return Rest(wire.boolean(resting))
        case [7, act]:
            return Second(EntryHash(wire.octets(act, 32)))
        case [8, document]:
            return Withdraw(DocumentId(wire.octets(document, 16)))
        case _:
            raise RemoteProtocolError("unknown membership operation")


def decode_seat(value: object) -> Seat:
    """Parse the fields of a seat; its proof is not verified here (`check_seat`)."""
    fields = wire.array(value, 6)
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
        _person(fields[3]),
        wire.name(fields[4]),
        wire.octets(fields[5], PROOF_BYTES),
    )


def _said(seat: Seat) -> list[object]:
    return [
        seat.device,
        seat.static,
        seat.device_name,
        seat.person,
        seat.person_name,
        seat.proof,
    ]


def _optional(value: object, length: int) -> bytes:
    return b"" if value == b"" else wire.octets(value, length)


def _person(value: object) -> PersonId:
    return PersonId(wire.octets(value, 16))


def _keepers(value: object) -> tuple[PersonId, ...]:
    persons = tuple(_person(one) for one in wire.array(value, at_most=limits.MAX_DEVICES))
    if any(one >= other for one, other in itertools.pairwise(persons)):
        raise RemoteProtocolError("keepers not sorted")
    return persons


def _marks(cut: tuple[CutMark, ...]) -> list[list[object]]:
    return [[mark.device, mark.incarnation, mark.head.height, mark.head.hash] for mark in cut]


def _cut(value: object) -> tuple[CutMark, ...]:
    rows = [wire.array(row, 4) for row in wire.array(value, at_most=limits.MAX_CUT_MARKS)]
    return tuple(
        CutMark(
            DeviceId(wire.octets(device, 32)),
            wire.integer(incarnation, 0, 2**32 - 1),
            Head(wire.integer(height, 1, limits.MAX_HEIGHT), EntryHash(wire.octets(name, 32))),
        )
        for device, incarnation, height, name in rows
    )
