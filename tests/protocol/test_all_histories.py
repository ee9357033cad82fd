"""Every history of up to four persons and six operations, honest and not (rows M1, M2, K7).

The first operation is the founding. Each further one is signed by anybody seated, who has seen any
set of the operations before with their past: also one put back to an earlier time. What is void
at its own past is left out, because nothing can rest on it. Persons come in by the order of their
letters, and of operations apart from each other one order is told: the others are the same history.
`make histories` tells those of six operations; here are those of five.
"""

from __future__ import annotations

import copy
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass

from aluna_protocol import epoch, membership
from aluna_protocol.act_sets import bits
from aluna_protocol.epoch import EpochAct, Rekey, SealedKey
from aluna_protocol.ids import EntryHash, EpochId
from aluna_protocol.membership import Resolver
from aluna_protocol.operations import (
    Admit,
    Genesis,
    Lift,
    Operation,
    Remove,
    Rules,
    Second,
    SpaceKind,
    Suspend,
    space_id,
)
from aluna_protocol.outcome import Act
from aluna_protocol.register import Counted, Register
from aluna_protocol.seating import Seating
from harness.telling import device, person, seat

PERSONS = "abcd"
GENESIS = Genesis(SpaceKind.COLLECTIVE, "S", b"", seat("a"), bytes(16))
SPACE = space_id(GENESIS)
MOST = int(os.environ.get("ALUNA_HISTORIES", "5"))
"""Operations of the longest history told, the founding among them."""


@dataclass(frozen=True, slots=True)
class Told:
    """One operation: who signed what, and everything it had seen."""

    act: Act
    signer: str
    what: str
    past: int


def identity(number: int) -> EntryHash:
    """Name an operation so that the order of names is not the order of telling."""
    return EntryHash(bytes([(number * 167 + 13) % 251]) * 32)


def choices(signer: str, known: str, told: list[Told]) -> Iterator[tuple[str, Operation]]:
    """Yield what *signer* may try, persons of *known* having come in somewhere."""
    fresh = PERSONS[len(known) : len(known) + 1]
    for whom in (*known[1:], *fresh):
        yield f"admit {whom}", Admit(seat(whom), b"")
    for whom in known:
        yield f"remove {whom}", Remove(person(whom), None, ())
        if whom != signer:
            yield f"suspend {whom}", Suspend(device(whom), ())
    yield "limit", Rules(tuple(sorted({person("a"), person(signer)})))
    for number, one in enumerate(told):
        if one.what.startswith("suspend"):
            yield f"lift {number}", Lift(one.act.id)
        if one.what.split()[0] in ("remove", "suspend", "limit", "lift"):
            yield f"second {number}", Second(one.act.id)


def clone(resolver: Resolver) -> Resolver:
    """Return a resolver that knows the same and goes on by itself."""
    twin = copy.copy(resolver)
    register = copy.copy(resolver._register)
    for owner in (twin, register):
        for name, value in vars(owner).items():
            if isinstance(value, dict | set | list):
                setattr(owner, name, copy.copy(value))
    register.devices = {one: [*held] for one, held in register.devices.items()}
    twin._register = register
    twin._seating = Seating(register)
    twin._belonging.clear()
    return twin


def histories(most: int) -> Iterator[tuple[list[Told], Resolver]]:
    """Yield every history of up to *most* operations, with a resolver that heard it in order."""
    founding = Act(identity(0), device("a"), frozenset(), GENESIS)
    resolver = Resolver(SPACE)
    resolver.add(founding)
    yield from _longer([Told(founding, "a", "found", 0)], "a", resolver, most)


def _longer(
    told: list[Told], known: str, resolver: Resolver, most: int
) -> Iterator[tuple[list[Told], Resolver]]:
    yield told, resolver
    if len(told) == most:
        return
    for parents, past in _seen(told):
        heads = frozenset(told[number].act.id for number in parents)
        for signer in known:
            for what, operation in choices(signer, known, told):
                if told[-1].past and not past >> (len(told) - 1) & 1:
                    last = (told[-1].past, told[-1].signer, told[-1].what)
                    if (past, signer, what) < last:
                        continue
                if resolver.judge(device(signer), operation, heads) is None:
                    continue
                act = Act(identity(len(told)), device(signer), heads, operation)
                further = clone(resolver)
                further.add(act)
                came = what.startswith("admit") and what[-1] not in known
                everybody = known + what[-1] if came else known
                yield from _longer([*told, Told(act, signer, what, past)], everybody, further, most)


def _seen(told: list[Told]) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield each way to have seen some of what was told: its newest, and all of it."""
    numbers = range(len(told))
    for size in range(1, len(told) + 1):
        for chosen in itertools.combinations(numbers, size):
            past = 0
            for number in chosen:
                past |= told[number].past
            if not any(past >> number & 1 for number in chosen):
                yield chosen, past | sum(1 << number for number in chosen)


def apart(one: int, other: int, told: list[Told]) -> bool:
    return not (told[one].past >> other & 1 or told[other].past >> one & 1 or one == other)


def check(told: list[Told], resolver: Resolver) -> None:
    outcome = resolver.outcome
    acts = [one.act for one in told]
    assert membership.resolve(SPACE, reversed(acts)) == outcome, told
    assert membership.resolve(SPACE, [*acts[2:], *acts]) == outcome, told
    standing = [number for number, one in enumerate(told) if one.act.id not in outcome.void]
    out = {seated.device for seated in outcome.former.values()}
    register = resolver._register
    for number in standing:
        counted = register.by_id[told[number].act.id]
        if not isinstance(counted.takes_effect, Remove):
            continue
        gone, signers = counted.takes_effect.person, {by for _, by in counted.signers}
        if gone in signers:
            continue
        # Nobody who was removed does anything apart from her removal, but for striking back.
        for other in standing:
            if apart(number, other, told) and person(told[other].signer) == gone:
                back = register.by_id[told[other].act.id]
                assert strikes_in_the_end(register, back) & counted.bit, told
        if len(signers) > 1:
            continue
        # One keeper removes another only where the two were all there were, and nobody let in
        # a third apart from that, to keep the door as well.
        keepers = keepers_after(told, told[number].past)
        assert len(keepers) <= 2 or gone not in keepers, told
        for other in standing:
            if apart(number, other, told) and told[other].what.startswith("admit"):
                came = person(told[other].what[-1])
                new = came in keepers_after(told, told[other].past | 1 << other)
                new &= came not in ever(told, told[number].past) | ever(told, told[other].past)
                assert not new or gone not in keepers, told
    assert device("a") in out or device("a") in outcome.seats


def strikes_in_the_end(register: Register, act: Counted) -> int:
    """Return all that *act* strikes, and what these strike, and so on: those of a circle stand."""
    reached, before = register.hits.get(act.number, 0), 0
    while reached != before:
        before = reached
        for number in bits(before):
            reached |= register.hits.get(number, 0)
    return reached


def keepers_after(told: list[Told], past: int) -> frozenset[bytes]:
    seen = [one.act for number, one in enumerate(told) if past >> number & 1]
    return frozenset(membership.resolve(SPACE, seen).keepers)


def ever(told: list[Told], past: int) -> frozenset[bytes]:
    """Return every person who held a seat, as *past* tells it."""
    seen = [one.act for number, one in enumerate(told) if past >> number & 1]
    outcome = membership.resolve(SPACE, seen)
    held = [*outcome.seats.values(), *outcome.former.values()]
    return frozenset(one.person for one in held)


def check_keys(told: list[Told], resolver: Resolver) -> None:
    """Let whoever acts make a key for all she knows of: the one in use is held by members alone."""
    epochs = epoch.Resolver()
    for number, one in enumerate(told):
        seen = [other.act for at, other in enumerate(told) if (one.past | 1 << number) >> at & 1]
        local = Resolver(SPACE)
        for act in seen:
            local.add(act)
        name = EpochId(bytes([number + 1]) * 32)
        boxes = tuple(SealedKey(name, held, b"") for held in sorted(local.members))
        minted = EpochAct(one.act.id, one.act.signer, one.act.parents, Rekey(name, boxes))
        epochs.add(minted, resolver.signed_as(one.act.id))
    active = next(epochs.eligible(resolver.members), None)
    assert active is None or active.exposure <= resolver.members


def test_m1_m2_every_history_is_the_same_in_any_order_and_nobody_alone_wins() -> None:
    count = removed = void = waiting = 0
    for told, resolver in histories(MOST):
        check(told, resolver)
        check_keys(told, resolver)
        count += 1
        removed += bool(resolver.outcome.former)
        void += bool(resolver.outcome.void)
        waiting += any(one.missing for one in resolver.listed)
    # Every kind of outcome was among them.
    assert count > 10_000, count
    assert 0 < removed < count
    assert 0 < void < count
    assert 0 < waiting < count
