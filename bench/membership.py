"""Who belongs: a new epoch for fifty devices, and five hundred operations made apart."""

from __future__ import annotations

import random
from typing import Final

from aluna_protocol import acts, crypto, epoch, membership
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.ids import DeviceId, EntryHash, PersonId
from aluna_protocol.operations import (
    Admit,
    Genesis,
    Operation,
    Remove,
    Rest,
    Seat,
    Second,
    SpaceKind,
    Suspend,
    sign_seat,
    space_id,
)
from aluna_protocol.outcome import Act
from bench.harness import Line, Result, Workshop, median, ms, seconds, times

DEVICES: Final = 50
OPERATIONS: Final = 500
PARTITIONS: Final = 5
ROTATION_SECONDS: Final = 0.015
ROTATION_BYTES: Final = 8_000
RESOLVE_SECONDS: Final = 0.020
TIMES: Final = 15


def measure(_workshop: Workshop) -> Result:
    """Measure in this process: nothing of it touches a disk or a network."""
    rotation, size, boxes = _rotation()
    given = _history()
    space = space_id(_founding(_keys(0)))
    resolving = median(lambda: seconds(lambda: membership.resolve(space, given)), TIMES)
    hashing = median(lambda: seconds(lambda: [crypto.blake2b(one.id) for one in given]), TIMES)
    return Result(
        f"Who belongs, {DEVICES} devices",
        (
            Line(
                "a new epoch for all of them",
                ms(rotation),
                f"sealing {DEVICES} boxes: {ms(boxes)}",
                times(rotation / boxes),
                f"≤ {ms(ROTATION_SECONDS)}",
                rotation <= ROTATION_SECONDS,
            ),
            Line(
                "its size",
                f"{size:,} bytes",
                f"{DEVICES} boxes: {DEVICES * epoch.BOX_BYTES:,} bytes",
                times(size / (DEVICES * epoch.BOX_BYTES)),
                f"≤ {ROTATION_BYTES:,} bytes",
                size <= ROTATION_BYTES,
            ),
            Line(
                f"resolving {OPERATIONS} operations",
                ms(resolving),
                f"hashing their names: {ms(hashing)}",
                times(resolving / hashing),
                f"≤ {ms(RESOLVE_SECONDS)}",
                resolving <= RESOLVE_SECONDS,
            ),
        ),
        (
            f"The operations: {DEVICES} admissions, then {PARTITIONS} groups apart from each other "
            "that admit, ask for removals, second them, suspend and rest, and meet ten times; "
            "removals strike what was done apart from them.",
        ),
    )


def _keys(number: int) -> DeviceKeys:
    seed = crypto.blake2b(number.to_bytes(4, "big"), person=b"bench")
    return DeviceKeys(seed, crypto.blake2b(seed))


def _person(number: int) -> PersonId:
    return PersonId(crypto.blake2b(number.to_bytes(4, "big"), size=16))


def _seat(number: int) -> Seat:
    return sign_seat(_keys(number), "laptop", _person(number), f"Person {number}")


def _founding(keys: DeviceKeys) -> Genesis:
    seat = sign_seat(keys, "laptop", _person(0), "Person 0")
    return Genesis(SpaceKind.COLLECTIVE, "Semilla", b"", seat, bytes(16))


def _rotation() -> tuple[float, int, float]:
    """Return how long a rotation takes, its size, and how long its boxes alone take."""
    chance = random.Random("rotation")
    keys = _keys(0)
    replica, _, key = acts.found(keys, 7, _founding(keys), chance.randbytes)
    for number in range(1, DEVICES):
        acts.admit(keys, 7, replica, Admit(_seat(number), b""), [], chance.randbytes)
    size = 0

    def rotate() -> None:
        nonlocal size
        [entry] = acts.rekey(keys, 7, replica, epoch.named(chance.randbytes(32)), chance.randbytes)
        size = len(entry.encoded) + len(entry.signature) + len(entry.parts[0] or b"")

    def seal() -> None:
        for device, seat in replica.membership.seats.items():
            secret = chance.randbytes(32)
            epoch.seal_key(key, replica.space, keys.device, device, seat.static, secret)

    return median(lambda: seconds(rotate), TIMES), size, median(lambda: seconds(seal), TIMES)


def _history() -> list[Act]:
    """Return the acts of groups that work apart and meet now and then."""
    chance = random.Random("history")
    founding = _founding(_keys(0))
    given = [Act(_name(0), founding.seat.device, frozenset(), founding)]
    for number in range(1, DEVICES):
        given.append(_act(len(given), 0, [given[-1].id], Admit(_seat(number), b"")))
    heads = [[given[-1].id]] * PARTITIONS
    asked: list[list[EntryHash]] = [[] for _ in range(PARTITIONS)]
    while len(given) < OPERATIONS:
        group = len(given) % PARTITIONS
        signer = chance.randrange(DEVICES // PARTITIONS) * PARTITIONS + group
        operation = _operation(chance, group, asked[group])
        act = _act(len(given), signer, heads[group], operation)
        given.append(act)
        heads[group] = [act.id]
        if isinstance(operation, Remove):
            asked[group].append(act.id)
        if len(given) % (OPERATIONS // 10) == 0:
            heads = [sorted({head for one in heads for head in one})] * PARTITIONS
    return given


def _operation(chance: random.Random, group: int, asked: list[EntryHash]) -> Operation:
    draw = chance.random()
    target = chance.randrange(1, DEVICES)
    if draw < 0.1:
        return Remove(_person(target), None, ())
    if draw < 0.3 and asked:
        return Second(chance.choice(asked))
    if draw < 0.35:
        return Suspend(_keys(target).device, ())
    if draw < 0.5:
        return Admit(_seat(DEVICES + chance.randrange(100) * PARTITIONS + group), b"")
    return Rest(chance.random() < 0.5)


def _act(number: int, signer: int, parents: list[EntryHash], operation: Operation) -> Act:
    return Act(_name(number), DeviceId(_keys(signer).device), frozenset(parents), operation)


def _name(number: int) -> EntryHash:
    return EntryHash(crypto.blake2b(number.to_bytes(4, "big"), person=b"act"))
