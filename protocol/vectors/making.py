"""What the vectors have in common: fixed devices, a space, and how values are shown."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from aluna_protocol import acts, crypto, entry, epoch, membership, wire
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.ids import Lane, LogId, PersonId
from aluna_protocol.operations import Genesis, Seat, SpaceKind, sign_seat

Json = dict[str, Any]
ANA = DeviceKeys(bytes([0x11]) * 32, bytes([0x12]) * 32)
BO = DeviceKeys(bytes([0x21]) * 32, bytes([0x22]) * 32)
CLEO = DeviceKeys(bytes([0x31]) * 32, bytes([0x32]) * 32)
EVE = DeviceKeys(bytes([0x41]) * 32, bytes([0x42]) * 32)
PERSONS = {
    keys.device: PersonId(bytes([number]) * 16) for number, keys in enumerate((ANA, BO, CLEO, EVE))
}
INCARNATION = 0x01020304
EPOCH = epoch.named(bytes([0x51]) * 32)
SALT = bytes([0x61]) * 16
HANDSHAKE_HASH = bytes(range(64))


def stream(seed: str) -> Callable[[int], bytes]:
    """Return a source of bytes that are always the same."""
    count = 0

    def draw(size: int) -> bytes:
        nonlocal count
        count += 1
        return crypto.blake2b(f"{seed} {count}".encode(), size=size)

    return draw


def shown(value: object) -> Any:
    """Return *value* for JSON: bytes as hexadecimal, tuples as lists."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [shown(item) for item in value]
    return value


def broken(
    name: str, of: str, base: list[Any], at: Sequence[int], value: object, error: str
) -> Json:
    """Return the array *base*, named *of*, with only the item at the path *at* replaced."""
    changed = copy.deepcopy(base)
    *way, last = at
    inner = changed
    for step in way:
        inner = inner[step]
    inner[last] = value
    return {
        "name": name,
        "of": of,
        "at": list(at),
        "bytes": wire.pack(changed).hex(),
        "error": error,
    }


def spoilt(name: str, of: str, data: bytes, error: str) -> Json:
    """Return bytes that are wrong as bytes: no item of them alone could be repaired."""
    return {"name": name, "of": of, "at": None, "bytes": data.hex(), "error": error}


def seat_of(keys: DeviceKeys, device: str = "laptop", person: DeviceKeys | None = None) -> Seat:
    """Return a seat of *keys*, held by the person of *person*."""
    held = PERSONS[(person or keys).device]
    return sign_seat(keys, device, held, f"Person {held[0]}")


GENESIS = Genesis(SpaceKind.COLLECTIVE, "Semilla", b"", seat_of(ANA), bytes([0x71]) * 16)
SPACE = membership.space_id(GENESIS)
DOCUMENT = entry.document_of(SPACE, PERSONS[ANA.device], bytes(8))
CONTENT = LogId(SPACE, ANA.device, INCARNATION, Lane.CONTENT)
CONTROL = LogId(SPACE, ANA.device, INCARNATION, Lane.CONTROL)
REPLICA, FOUNDING, FIRST_KEY = acts.found(ANA, INCARNATION, GENESIS, stream("founding"))
