"""SPEC §5.3, §5.7, §6.2-§6.4, §7 and §14: runs, who belongs, and which key is used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from nacl import bindings

from independent.encoding import (
    Refused,
    agree,
    array,
    blake2b,
    integer,
    is_canonical,
    kind_of,
    name,
    octets,
    open_x,
    refuse,
    unpack_canonical,
)
from independent.entries import NOTHING, Entry

MAX_CONTROL_BODY = 262_144


@dataclass(frozen=True)
class Seat:
    """§6.2."""

    device: bytes
    static: bytes
    person: bytes


@dataclass(frozen=True)
class Operation:
    """§6.2 or §6.3; *founds* is the space a genesis makes."""

    seat: Seat
    founds: bytes | None
    kind: int = 0


@dataclass(frozen=True)
class Keys:
    """§7.2 or §7.3; *epoch* is None in a share."""

    epoch: bytes | None
    boxes: tuple[tuple[bytes, bytes, bytes], ...]
    """Epoch, device, box."""


def read_membership(body: bytes) -> Operation:
    """§6.2 and §6.3."""
    kind, items = kind_of(unpack_canonical(body, MAX_CONTROL_BODY))
    if kind == 0 and len(items) == 5:
        of_space = integer(items[0], 0, 2)
        name(items[1])
        octets(items[2], 0, 32)
        seat = _seat(items[3])
        octets(items[4], 16)
        return Operation(seat, blake2b(body, person="aluna-genesis-v1"), of_space)
    if kind != 1 or len(items) != 3:
        refuse("unknown membership operation")
    seat = _seat(items[0])
    octets(items[1], 32)
    octets(items[2], 0, 16)
    return Operation(seat, None)


def _seat(value: Any) -> Seat:
    items = array(value, 5)
    device = octets(items[0], 32)
    if not bindings.crypto_core_ed25519_is_valid_point(device):
        refuse("not a signing key")
    static = octets(items[1], 32)
    if not is_canonical(static):
        refuse("not a static key")
    try:
        agree(bytes(32), static)
    except Refused:
        refuse("not a static key")
    name(items[2])
    person = octets(items[3], 16)
    name(items[4])
    return Seat(device, static, person)


def read_epochs(body: bytes) -> Keys:
    """§7.2 and §7.3."""
    kind, items = kind_of(unpack_canonical(body, MAX_CONTROL_BODY))
    if kind == 0 and len(items) == 2:
        epoch = octets(items[0], 32)
        pairs = [array(one, 2) for one in array(items[1], at_most=1024)]
        return Keys(epoch, tuple((epoch, octets(d, 32), octets(b, 112)) for d, b in pairs))
    if kind != 1 or len(items) != 1:
        refuse("unknown epoch operation")
    triples = [array(one, 3) for one in array(items[0], at_most=1024)]
    return Keys(None, tuple((octets(e, 32), octets(d, 32), octets(b, 112)) for e, d, b in triples))


def open_box(secret: bytes, sealed: bytes) -> bytes:
    """§3.3."""
    if len(sealed) < 48:
        refuse("box too short")
    ephemeral, static = sealed[:32], bytes(bindings.crypto_scalarmult_base(secret))
    shared = agree(secret, ephemeral)
    key = blake2b(ephemeral + static, key=shared, person="aluna-box-v1")
    return open_x(key, bytes(24), sealed[32:])


def open_epoch_key(
    secret: bytes, space: bytes, epoch: bytes, author: bytes, recipient: bytes, sealed: bytes
) -> bytes:
    """§7.1."""
    plain = open_box(secret, sealed)
    if plain[32:] != blake2b(space + epoch + author + recipient, person="aluna-keybox-v1"):
        refuse("epoch key boxed for another place")
    if blake2b(plain[:32], person="aluna-epoch-v1") != epoch:
        refuse("box holds another key than it names")
    return plain[:32]


# -- who belongs ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """A control entry in its place."""

    id: bytes
    signer: bytes
    parents: frozenset[bytes]
    operation: Operation | Keys | None = None


def in_order(acts: Iterable[Act]) -> list[tuple[int, Act]]:
    """§6.4, 1 and 2: those whose past is whole, with their depth, causes first, then by hash."""
    left = {act.id: act for act in acts}
    depth: dict[bytes, int] = {}
    done: list[tuple[int, Act]] = []
    while True:
        ready = [act for act in left.values() if act.parents <= set(depth)]
        if not ready:
            return sorted(done, key=lambda one: (one[0], one[1].id))
        for act in ready:
            depth[act.id] = 1 + max((depth[parent] for parent in act.parents), default=0)
            done.append((depth[act.id], act))
            del left[act.id]


def who_belongs(space: bytes, acts: Iterable[Act]) -> tuple[dict[bytes, Seat], set[bytes]]:
    """§6.4: the seats by device, and the void operations."""
    ordered = [act for _, act in in_order(acts)]
    ancestors: dict[bytes, set[bytes]] = {}
    counted: dict[bytes, Seat] = {}
    giving: dict[bytes, tuple[bytes, bytes]] = {}
    void: set[bytes] = set()
    for act in ordered:
        before = set(act.parents).union(*(ancestors[parent] for parent in act.parents))
        ancestors[act.id] = before
        if not isinstance(act.operation, Operation):
            continue
        past = {giving[earlier] for earlier in before if earlier in giving}
        if not _counts(space, act, act.operation, past):
            void.add(act.id)
            continue
        seat = counted[act.id] = act.operation.seat
        if seat.device not in {device for device, _ in past}:
            giving[act.id] = (seat.device, seat.person)
    seats: dict[bytes, Seat] = {}
    for seat in counted.values():
        seats.setdefault(seat.device, seat)
    return seats, void


def _counts(space: bytes, act: Act, operation: Operation, past: set[tuple[bytes, bytes]]) -> bool:
    """§6.4, 3."""
    seat = operation.seat
    if operation.founds is not None:
        return operation.founds == space and act.signer == seat.device and not act.parents
    devices, persons = {device for device, _ in past}, {person for _, person in past}
    if act.signer not in devices:
        return False
    if seat.person in persons and (act.signer, seat.person) not in past:
        return False
    return seat.device in devices or len(past) < 1024


# -- epochs --------------------------------------------------------------------------------------


def active_epoch(
    acts: Iterable[Act], seated: dict[bytes, frozenset[bytes]], members: frozenset[bytes]
) -> bytes | None:
    """§7.4: *seated* says who held a seat in the past of each act."""
    chain: dict[bytes, int] = {}
    depth: dict[bytes, int] = {}
    exposure: dict[bytes, set[bytes]] = {}
    for _, act in in_order(acts):
        chain[act.id] = max((chain[parent] for parent in act.parents), default=0)
        keys = act.operation
        if not isinstance(keys, Keys):
            continue
        if keys.epoch is not None:
            if act.signer not in seated[act.id]:
                continue
            chain[act.id] += 1
            depth[keys.epoch] = max(depth.get(keys.epoch, 0), chain[act.id])
            exposure.setdefault(keys.epoch, set()).add(act.signer)
        for epoch, device, _ in keys.boxes:
            exposure.setdefault(epoch, set()).add(device)
    eligible = [epoch for epoch in depth if exposure[epoch] <= members]
    return min(eligible, key=lambda epoch: (-depth[epoch], epoch), default=None)


# -- the log gate --------------------------------------------------------------------------------


BEGINNING = (0, NOTHING)


@dataclass
class Space:
    """§5.3 and §5.7: what a reader holds of one space; a log that forked is a tree."""

    id: bytes
    acts: dict[bytes, Act] = field(default_factory=dict)
    held: dict[Any, set[tuple[int, bytes]]] = field(default_factory=dict)

    def take(self, run: list[Entry]) -> None:
        """Take a run of one log, or nothing of it."""
        log = run[0].header.log
        if log[0] != self.id:
            refuse("entry of another space")
        held = self.held.get(log, set()) | {BEGINNING}
        first = run[0].header
        place = (first.height - 1, first.previous)
        if place not in held:
            refuse("entry does not follow its log")
        for one in run:
            header = one.header
            if (header.log, header.height - 1, header.previous) != (log, *place):
                refuse("entry does not follow its log")
            place = (header.height, header.hash)
        new = [one for one in run if (one.header.height, one.header.hash) not in held]
        if not new:
            return
        new[-1].verify()
        acts = [self._judge(one) for one in new]
        self.acts |= {act.id: act for act in acts if act is not None}
        self.held[log] = held | {(one.header.height, one.header.hash) for one in new}

    def _judge(self, one: Entry) -> Act | None:
        header = one.header
        if header.kind == 0:
            if header.device not in self.seats_at(frozenset(header.heads)):
                refuse("author did not belong in what it had seen")
            return None
        one.verify()
        body = one.parts[0] or b""
        parents = set(header.heads) | ({header.previous} if header.height > 1 else set())
        read = read_membership if header.kind == 1 else read_epochs
        return Act(header.hash, header.device, frozenset(parents), read(body))

    def seats_at(self, heads: frozenset[bytes]) -> frozenset[bytes]:
        """§5.7: the outcome of these control entries and everything before them."""
        past: dict[bytes, Act] = {}
        pending = list(heads)
        while pending:
            act_id = pending.pop()
            if act_id not in self.acts:
                refuse("control entries missing")
            if act_id not in past:
                past[act_id] = self.acts[act_id]
                pending += self.acts[act_id].parents
        return frozenset(who_belongs(self.id, past.values())[0])


def state(heads: list[bytes], documents: list[tuple[bytes, list[bytes]]]) -> bytes:
    """§14."""
    data = b"aluna-state-v1" + len(heads).to_bytes(4, "big") + b"".join(sorted(heads))
    for document, changes in sorted(documents):
        data += document + len(changes).to_bytes(4, "big") + b"".join(sorted(changes))
    return blake2b(data)
