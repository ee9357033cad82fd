"""Who belongs to a space: a pure function of the set of its operations (SPEC §6, security M1-M8).

Every operation names the control entries its author had seen. An operation counts only if its
author had the power to do it in what it had seen (M2); what does not count is kept and listed
(M8). The order in which operations arrive never matters (M1): whether one counts follows from its
past alone, so `Resolver` works each in once, as soon as its whole past is there, and `resolve` is
what it says of a set.
"""

from __future__ import annotations

import bisect
import enum
from collections.abc import Iterable, Mapping, Set
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
    if isinstance(operation, Genesis):
        kind, name, collective = int(operation.kind), operation.name, operation.collective
        return wire.pack([0, kind, name, collective, _seat_fields(operation.seat), operation.nonce])
    return wire.pack([1, _seat_fields(operation.seat), operation.card_hash, operation.door])


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


Claim = tuple[DeviceId, PersonId]
"""What an admission says: this device is held by this person."""


@dataclass(frozen=True, slots=True)
class _Place:
    """An act in its place: what it had seen, and what it adds.

    A set of claims is an integer with a bit for each, in the order they came to be known here:
    joining the pasts of 64 parents and asking for one claim then cost next to nothing, and acts
    that saw the same share it.
    """

    signer: DeviceId
    depth: int
    """The longest chain of parents, itself included."""
    past: int
    own: int | None
    """The number of the claim it adds itself."""
    seated: bool
    """Whether its signer held a seat in what it had seen."""


class Resolver:
    """Works acts in as they come; what it says depends on the set of them alone (M1).

    An act costs as much as its parents, once; nothing is walked again when others arrive.
    """

    def __init__(self, space: SpaceId) -> None:
        self._space = space
        self._places: dict[EntryHash, _Place] = {}
        self._waiting: dict[EntryHash, tuple[Act, int]] = {}
        self._waiting_for: dict[EntryHash, list[EntryHash]] = {}
        self._heads: set[EntryHash] = set()
        self._claims: dict[Claim, int] = {}
        self._of_device: dict[DeviceId, list[int]] = {}
        self._of_person: dict[PersonId, list[int]] = {}
        self._genesis: Genesis | None = None
        self._void: set[EntryHash] = set()
        self._seats: dict[DeviceId, tuple[int, EntryHash, Seat]] = {}
        self._order: list[tuple[int, EntryHash, DeviceId]] = []
        self._outcome: Membership | None = None
        self._members: frozenset[DeviceId] | None = None

    # -- what it says ----------------------------------------------------------------------------

    @property
    def outcome(self) -> Membership:
        """Who belongs, given every act so far whose whole past is known."""
        if self._outcome is None:
            seats = {device: self._seats[device][2] for _, _, device in self._order}
            self._outcome = Membership(self._genesis, seats, frozenset(self._void))
        return self._outcome

    @property
    def members(self) -> frozenset[DeviceId]:
        """The devices that hold a seat."""
        if self._members is None:
            self._members = frozenset(self._seats)
        return self._members

    @property
    def heads(self) -> list[EntryHash]:
        """The acts no other act names, in ascending order; those that wait are left out."""
        return sorted(self._heads)

    def knows(self, act_id: EntryHash) -> bool:
        """Tell whether the act was given, worked in or waiting."""
        return act_id in self._places or act_id in self._waiting

    def is_complete(self, act_id: EntryHash) -> bool:
        """Tell whether the act and its whole past are known."""
        return act_id in self._places

    def had_seat(self, act_id: EntryHash) -> bool:
        """Tell whether the signer of a complete act held a seat in what it had seen."""
        return self._places[act_id].seated

    def is_seated_after(self, device: DeviceId, heads: Iterable[EntryHash]) -> bool:
        """Tell whether *device* holds a seat for who has seen *heads*, all of them complete."""
        claims = self._of_device.get(device, [])
        places = [self._places[head] for head in heads]
        return any(place.own in claims or _has(place.past, claims) for place in places)

    def would_count(
        self, signer: DeviceId, operation: Operation, parents: Iterable[EntryHash]
    ) -> bool:
        """Tell whether *operation* of *signer* counts after *parents*, all of them complete."""
        seen = frozenset(parents)
        past = _joined([self._places[parent] for parent in seen])
        return self._counts(signer, seen, operation, past)

    def heads_to_name(self, device: DeviceId) -> tuple[EntryHash, ...]:
        """Return the heads an entry of *device* names, in ascending order (SPEC §5.1).

        All of them, unless somebody made more than an entry may name: then one in whose past
        *device* holds a seat, the newest of each device, the longest seated first, and so on.
        Nobody can keep another from writing, nor one device push out what all others say.
        """
        heads = self.heads
        if len(heads) <= limits.MAX_MEMBERSHIP_HEADS:
            return tuple(heads)
        newest = sorted(heads, key=lambda head: (-self._places[head].depth, head))
        seated = [head for head in newest if self.is_seated_after(device, [head])][:1]
        turns: dict[DeviceId, int] = {}
        ranked: list[tuple[int, tuple[int, bytes], EntryHash]] = []
        for head in newest:
            signer = self._places[head].signer
            turns[signer] = turn = turns.get(signer, 0) + 1
            seat = self._seats.get(signer)
            rank = (limits.MAX_HEIGHT, signer) if seat is None else (seat[0], bytes(seat[1]))
            ranked.append((turn, rank, head))
        others = [head for _, _, head in sorted(ranked) if head not in seated]
        return tuple(sorted((seated + others)[: limits.MAX_MEMBERSHIP_HEADS]))

    # -- what it is told -------------------------------------------------------------------------

    def add(self, act: Act) -> list[Act]:
        """Take an act; return those that are complete now, causes first.

        An act with a missing ancestor waits (M2). Nothing recurs, so that a chain of any length
        costs no stack.
        """
        if self.knows(act.id):
            return []
        missing = [parent for parent in act.parents if parent not in self._places]
        if missing:
            self._waiting[act.id] = (act, len(missing))
            for parent in missing:
                self._waiting_for.setdefault(parent, []).append(act.id)
            return []
        done: list[Act] = []
        ready = [act]
        while ready:
            one = ready.pop()
            self._work_in(one)
            done.append(one)
            for child_id in self._waiting_for.pop(one.id, ()):
                child, lacking = self._waiting.pop(child_id)
                if lacking == 1:
                    ready.append(child)
                else:
                    self._waiting[child_id] = (child, lacking - 1)
        return done

    def _work_in(self, act: Act) -> None:
        parents = [self._places[parent] for parent in act.parents]
        depth = 1 + max((parent.depth for parent in parents), default=0)
        past = _joined(parents)
        own = None
        if act.operation is not None:
            if self._counts(act.signer, act.parents, act.operation, past):
                own = self._take_seat(act, act.operation, past, depth)
            else:
                self._void.add(act.id)
                self._outcome = None
        seated = _has(past, self._of_device.get(act.signer, []))
        self._places[act.id] = _Place(act.signer, depth, past, own, seated)
        self._heads.difference_update(act.parents)
        self._heads.add(act.id)

    def _counts(
        self, signer: DeviceId, parents: Set[EntryHash], operation: Operation, past: int
    ) -> bool:
        """Tell whether the signer had the power to do this in what it had seen (M2, M3)."""
        seat = operation.seat
        if isinstance(operation, Genesis):
            # The founder may say it again in another incarnation: it is the same operation.
            founds = signer == seat.device and space_id(operation) == self._space
            return founds and not parents
        if not _has(past, self._of_device.get(signer, [])):
            return False
        persons = self._of_person.get(seat.person, [])
        own = self._claims.get((signer, seat.person))
        if _has(past, persons) and (own is None or not _has(past, [own])):
            return False
        if _has(past, self._of_device.get(seat.device, [])):
            return True
        return past.bit_count() < limits.MAX_DEVICES

    def _take_seat(self, act: Act, operation: Operation, past: int, depth: int) -> int | None:
        """Seat the device; return the number of the claim, None when its past seats it already."""
        seat = operation.seat
        if isinstance(operation, Genesis):
            self._genesis = operation
        if _has(past, self._of_device.get(seat.device, [])):
            return None
        claim = (seat.device, seat.person)
        number = self._claims.get(claim)
        if number is None:
            number = self._claims[claim] = len(self._claims)
            self._of_device.setdefault(seat.device, []).append(number)
            self._of_person.setdefault(seat.person, []).append(number)
        first = self._seats.get(seat.device)
        if first is None or (depth, act.id) < first[:2]:
            self._seats[seat.device] = (depth, act.id, seat)
            # Where it stood before it stands as well, further back, and is only said again.
            bisect.insort(self._order, (depth, act.id, seat.device))
            self._outcome = None
            self._members = None
        return number


def _has(past: int, claims: Iterable[int]) -> bool:
    """Tell whether one of *claims* is in *past*."""
    return any(past >> claim & 1 for claim in claims)


def _joined(parents: Iterable[_Place]) -> int:
    """Return what all *parents* saw and added; the widest itself when it holds all the others."""
    # Acts that saw the same share it: of a thousand beside each other it is looked at once.
    pasts = {id(parent.past): parent.past for parent in parents}
    widest = max(pasts.values(), default=0)
    union = widest
    for past in pasts.values():
        union |= past
    for parent in parents:
        if parent.own is not None:
            union |= 1 << parent.own
    return widest if union == widest else union


def resolve(space: SpaceId, acts: Iterable[Act]) -> Membership:
    """Return who belongs to *space* given *acts*, in whatever order they are given."""
    resolver = Resolver(space)
    for act in acts:
        resolver.add(act)
    return resolver.outcome
