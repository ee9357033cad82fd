"""SPEC §6.2 and §6.3: what a membership entry says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgpack
from nacl import bindings

from independent.encoding import (
    Refused,
    agree,
    array,
    blake2b,
    boolean,
    integer,
    is_canonical,
    kind_of,
    name,
    octets,
    refuse,
    unpack_canonical,
    verify,
)

MAX_CONTROL_BODY = 262_144
KINDS = ("genesis", "admit", "remove", "suspend", "lift", "rules", "rest", "second", "withdraw")
LENGTHS = (5, 2, 3, 2, 1, 4, 1, 1, 1)

Mark = tuple[bytes, int, int, bytes]
"""Device, incarnation, height, hash."""


@dataclass(frozen=True)
class Seat:
    """§6.2."""

    device: bytes
    static: bytes
    device_name: str
    person: bytes
    person_name: str
    proof: bytes

    def check(self) -> None:
        """§6.2: the device itself signed this card."""
        names = [self.person_name, self.device_name]
        card = msgpack.packb([self.device, self.static, self.person, *names])
        h, signature = self.proof[:64], self.proof[64:]
        try:
            verify(self.device, b"aluna-join" + h + card, signature)
        except Refused:
            refuse("seat not signed by its device")


@dataclass(frozen=True)
class Operation:
    """§6.2 and §6.3: *kind* is the word of the table, the others what it has."""

    kind: str
    seat: Seat | None = None
    space: bytes = b""
    """Of a genesis, the space it founds."""
    of_space: int = 0
    collective: bytes = b""
    person: bytes = b""
    device: bytes = b""
    cut: tuple[Mark, ...] = ()
    act: bytes = b""
    keepers: tuple[bytes, ...] = ()
    quorum: int = 2
    admitting: int = 1
    yes: bool = True
    """Of rules, whether the past is given; of rest, whether she rests."""
    document: bytes = b""


def read_membership(body: bytes) -> Operation:
    """§6.2 and §6.3; the proof of a seat is looked at with `check_proof`."""
    number, items = kind_of(unpack_canonical(body, MAX_CONTROL_BODY))
    if not 0 <= number < len(KINDS) or len(items) != LENGTHS[number]:
        refuse("unknown membership operation")
    match KINDS[number]:
        case "genesis":
            of_space = integer(items[0], 0, 2)
            name(items[1])
            collective = octets(items[2], 0, 32)
            seat = _seat(items[3])
            octets(items[4], 16)
            space = blake2b(body, person="aluna-genesis-v1")
            return Operation(
                "genesis", seat=seat, space=space, of_space=of_space, collective=collective
            )
        case "admit":
            seat = _seat(items[0])
            octets(items[1], 0, 16)
            return Operation("admit", seat=seat)
        case "remove":
            person, device = octets(items[0], 16), octets(items[1], 0, 32)
            return Operation("remove", person=person, device=device, cut=_cut(items[2]))
        case "suspend":
            return Operation("suspend", device=octets(items[0], 32), cut=_cut(items[1]))
        case "rules":
            return _rules(items)
        case "rest":
            return Operation("rest", yes=boolean(items[0]))
        case "withdraw":
            return Operation("withdraw", document=octets(items[0], 16))
        case kind:
            return Operation(kind, act=octets(items[0], 32))


def check_proof(operation: Operation) -> None:
    """§6.2: before the entry is taken."""
    if operation.seat is not None:
        operation.seat.check()


def _seat(value: Any) -> Seat:
    items = array(value, 6)
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
    device_name = name(items[2])
    person = octets(items[3], 16)
    person_name = name(items[4])
    return Seat(device, static, device_name, person, person_name, octets(items[5], 128))


def _cut(value: Any) -> tuple[Mark, ...]:
    marks = []
    for row in [array(one, 4) for one in array(value, at_most=2048)]:
        device, incarnation = octets(row[0], 32), integer(row[1], 0, 2**32 - 1)
        marks.append((device, incarnation, integer(row[2], 1, 2**32), octets(row[3], 32)))
    return tuple(marks)


def _rules(items: list[Any]) -> Operation:
    keepers = tuple(octets(one, 16) for one in array(items[0], at_most=1024))
    if list(keepers) != sorted(set(keepers)):
        refuse("keepers not sorted")
    quorum, admitting = integer(items[1], 2, 1024), integer(items[2], 1, 1024)
    gives = boolean(items[3])
    return Operation("rules", keepers=keepers, quorum=quorum, admitting=admitting, yes=gives)
