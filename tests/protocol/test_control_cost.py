"""What hostile control logs cost, and what they cannot do (SPEC §6.4, §7.5, row M4).

The bounds of time are ten times what a slow machine needs; when every act was resolved from the
founding on, five hundred of them with 64 heads each took more than a minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from aluna_protocol import crypto, epoch, membership
from aluna_protocol.epoch import EpochAct, Rekey, SealedKey, Share
from aluna_protocol.ids import (
    DeviceId,
    EntryHash,
    EpochId,
    PersonId,
    StaticKey,
)
from aluna_protocol.membership import Act, Admit, Seat
from aluna_protocol.powers import Standing
from vectors.making import ANA, EVE, GENESIS, SPACE, seat_of

MANY = 10_000


def name(number: int) -> EntryHash:
    return EntryHash(crypto.blake2b(number.to_bytes(4, "big")))


def stranger(number: int) -> Seat:
    device = DeviceId(crypto.blake2b(number.to_bytes(4, "big"), person=b"device"))
    person = PersonId(crypto.blake2b(number.to_bytes(4, "big"), size=16))
    return Seat(device, StaticKey(bytes(32)), "puppet", person, "Puppet", b"")


def admits(number: int) -> Admit:
    return Admit(stranger(number), b"")


FOUNDED = Act(name(0), ANA.device, frozenset(), GENESIS)
EVE_IN = Act(name(1), ANA.device, frozenset({name(0)}), Admit(seat_of(EVE), b""))


def by_eve(number: int, parents: list[int], operation: Admit | None) -> Act:
    return Act(name(number), EVE.device, frozenset(map(name, parents)), operation)


def chain() -> Iterator[Act]:
    """One log that admits puppets."""
    return (by_eve(number, [number - 1], admits(number)) for number in range(2, MANY))


def fan() -> Iterator[Act]:
    """As many logs of height 1, none of which has seen another."""
    return (by_eve(number, [1], admits(number)) for number in range(2, MANY))


def mesh() -> Iterator[Act]:
    """Each act names the 64 before it."""
    for number in range(2, MANY):
        yield by_eve(number, list(range(max(1, number - 64), number)), admits(number))


def fan_and_mesh() -> Iterator[Act]:
    """Half of them a fan; each of the others names 64 of it and the one before."""
    half = MANY // 2
    yield from (by_eve(number, [1], admits(number)) for number in range(2, half))
    for number in range(half, MANY):
        named = [2 + (number * 61 + turn * 89) % (half - 2) for turn in range(63)]
        yield by_eve(number, [*named, number - 1], None)


SHAPES = [chain, fan, mesh, fan_and_mesh]


@pytest.mark.parametrize("shape", SHAPES)
def test_m4_ten_thousand_acts_by_one_device_are_worked_in_at_once(
    shape: Callable[[], Iterator[Act]],
) -> None:
    given = [FOUNDED, EVE_IN, *shape()]
    resolver = membership.Resolver(SPACE)
    began = time.process_time()
    for act in given:
        resolver.add(act)
    assert {ANA.device, EVE.device} <= resolver.outcome.seats.keys()
    assert time.process_time() - began < 30
    began = time.process_time()
    for number in range(MANY, MANY + 100):
        resolver.add(by_eve(number, [number - 1 if number > MANY else 1], admits(number)))
        assert resolver.outcome.genesis == GENESIS
        assert EVE.device in resolver.members
    assert time.process_time() - began < 2


def test_m4_a_chain_that_comes_backwards_waits_and_costs_no_stack() -> None:
    given = [FOUNDED, EVE_IN, *chain()]
    resolver = membership.Resolver(SPACE)
    for act in reversed(given[1:]):
        assert resolver.add(act) == []
    assert not resolver.members
    assert resolver.add(FOUNDED) == given
    assert resolver.outcome == membership.resolve(SPACE, given)
    assert resolver.heads == [given[-1].id]


def rekey_of(number: int, devices: list[DeviceId]) -> Rekey:
    minted = EpochId(name(number))
    return Rekey(minted, tuple(SealedKey(minted, device, b"") for device in devices))


def test_m4_ten_thousand_epochs_nobody_may_use_hide_none_that_may_be_used() -> None:
    """Each of Eve's epochs is deeper than Ana's and was given to somebody outside."""
    resolver = epoch.Resolver()
    members = frozenset({ANA.device, EVE.device})
    good = rekey_of(1, [ANA.device, EVE.device])
    resolver.add(EpochAct(name(1), ANA.device, frozenset(), good), Standing.KEEPER)
    began = time.process_time()
    for number in range(2, MANY):
        bad = rekey_of(number, [EVE.device, stranger(number % 7).device])
        parents = frozenset({name(number - 1)})
        resolver.add(EpochAct(name(number), EVE.device, parents, bad), Standing.KEEPER)
    assert [one.id for one in resolver.eligible(members)] == [good.epoch]
    assert time.process_time() - began < 30
    began = time.process_time()
    for _ in range(20):
        assert next(resolver.eligible(members)).id == good.epoch
    assert time.process_time() - began < 2
    admitted = members | {stranger(number).device for number in range(7)}
    assert next(resolver.eligible(admitted)).depth == MANY - 1
    assert [one.id for one in resolver.eligible(members)] == [good.epoch]


def test_m4_ten_thousand_shares_for_everybody_are_worked_in_at_once() -> None:
    resolver = epoch.Resolver()
    resolver.add(
        EpochAct(name(1), ANA.device, frozenset(), rekey_of(1, [ANA.device])), Standing.KEEPER
    )
    boxes = tuple(SealedKey(EpochId(name(1)), stranger(n).device, b"") for n in range(200))
    began = time.process_time()
    for number in range(2, MANY):
        parents = frozenset({name(number - 1)})
        resolver.add(EpochAct(name(number), EVE.device, parents, Share(boxes)), Standing.NOBODY)
    assert len(resolver.epochs[0].exposure) == 201
    assert time.process_time() - began < 30
