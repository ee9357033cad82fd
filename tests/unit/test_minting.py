"""When it is a device's turn to make a new key or hand one on: a decision, without doing it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import pytest

from aluna_protocol import acts, epoch
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import EpochKey, Kind
from aluna_protocol.ids import EpochId
from aluna_protocol.membership import Admit
from aluna_protocol.replica import SpaceReplica
from aluna_sync.minting import (
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    PATIENCE_SECONDS,
    SPREAD_SECONDS,
    Deed,
    HandOver,
    Mint,
    Minting,
    needed,
    pause,
)
from vectors.making import ANA, BO, CLEO, GENESIS, seat_of, stream

RANDOM = stream("minting")
FIRST_PART = SPREAD_SECONDS / 2
"""How long Ana waits here: she always draws the middle."""


@dataclass
class World:
    """Ana and Bo of one space, as one replica that has heard everything."""

    replica: SpaceReplica
    key: EpochKey
    held: set[EpochId] = field(default_factory=set)
    minting: Minting = field(
        default_factory=lambda: Minting(ANA.device, lambda size: b"\x80" + bytes(size - 1))
    )

    def burn(self) -> None:
        """Bo gives the key in use to somebody outside."""
        active = self.replica.active_epoch
        assert active is not None
        any_key = EpochKey(active.id, bytes(32))
        acts.share(BO, 7, self.replica, seat_of(CLEO), [any_key], RANDOM)

    def mint(self, by: DeviceKeys = ANA) -> EpochKey:
        key = epoch.named(RANDOM(32))
        acts.rekey(by, 7, self.replica, key, RANDOM)
        self.held.add(key.id)
        return key

    def mint_alone(self, *boxed: DeviceKeys) -> None:
        """Bo mints, and boxes the key for *boxed* only."""
        key = epoch.named(RANDOM(32))
        log = next(log for log in self.replica.heads if log.device == BO.device)
        operation = epoch.Rekey(
            key.id,
            tuple(
                epoch.seal_key(
                    key, self.replica.space, BO.device, one.device, one.static, RANDOM(32)
                )
                for one in boxed
            ),
        )
        acts._write(BO, log.incarnation, self.replica, Kind.EPOCH,
                    epoch.encode_operation(operation))  # fmt: skip

    def due(self, now: float, *, here: bool = True) -> Deed | None:
        return self.minting.due(self.replica, self.held, here=here, now=now)


@pytest.fixture
def world() -> World:
    replica, _, key = acts.found(ANA, 7, GENESIS, RANDOM)
    acts.admit(ANA, 7, replica, Admit(seat_of(BO), b""), [key], RANDOM)
    # Bo writes one of his own, so that he has a log.
    acts.share(BO, 7, replica, seat_of(ANA), [key], RANDOM)
    return World(replica, key, {key.id})


def test_while_everybody_has_a_key_nothing_is_done(world: World) -> None:
    assert needed(world.replica, world.held, ANA.device) is None
    assert world.due(0.0) is None
    assert world.due(10.0**6) is None
    assert not world.minting.waits(world.replica.space)


def test_k8_a_burnt_epoch_is_answered_by_a_new_one_after_a_short_random_wait(world: World) -> None:
    world.burn()
    assert world.due(100.0) is None
    assert world.due(100.0 + FIRST_PART - 0.01) is None
    assert world.due(100.0 + FIRST_PART) == Mint()


def test_the_wait_is_drawn_anew_and_never_longer_than_it_may_be(world: World) -> None:
    world.minting = Minting(ANA.device, lambda size: b"\xff" * size)
    world.burn()
    assert world.due(0.0) is None
    assert world.due(SPREAD_SECONDS * 0.99) is None
    assert world.due(SPREAD_SECONDS) == Mint()


def test_who_sees_another_s_epoch_arrive_does_not_mint(world: World) -> None:
    world.burn()
    assert world.due(0.0) is None
    world.mint(BO)
    assert world.due(60.0) is None


def test_without_anybody_here_nothing_is_minted_and_the_wait_begins_with_who_comes(
    world: World,
) -> None:
    world.burn()
    assert world.due(0.0, here=False) is None
    assert world.due(1000.0, here=False) is None
    assert world.due(1001.0) is None
    assert world.due(1002.0, here=False) is None
    assert world.due(1003.0) is None
    assert world.due(1003.0 + FIRST_PART) == Mint()


def test_a_device_without_a_seat_mends_nothing(world: World) -> None:
    world.burn()
    assert needed(world.replica, world.held, CLEO.device) is None
    assert needed(world.replica, world.held, ANA.device) == Mint()


def test_k6_who_keeps_an_epoch_to_themselves_is_waited_for_a_while_and_then_no_more(
    world: World,
) -> None:
    world.mint_alone(BO)
    assert world.due(0.0) is None
    world.mint_alone(BO)  # another one: it does not put anything off
    assert world.due(PATIENCE_SECONDS) is None
    assert world.due(PATIENCE_SECONDS + FIRST_PART) == Mint(PATIENCE_SECONDS)


def test_k6_a_box_that_holds_no_key_is_not_waited_for(world: World) -> None:
    """It was addressed to us and we do not hold what it names: nobody will box it again."""
    world.mint_alone(BO, ANA)
    assert world.due(0.0) is None
    assert world.due(FIRST_PART) == Mint()


def test_k6_who_lacks_a_key_is_handed_it_by_who_holds_it(world: World) -> None:
    second = world.mint()
    acts.admit(BO, 7, world.replica, Admit(seat_of(CLEO), b""), [], RANDOM)
    assert world.due(0.0) is None
    deed = world.due(FIRST_PART)
    assert deed == HandOver(((CLEO.device, second.id), (CLEO.device, world.key.id)))
    acts.share(ANA, 7, world.replica, seat_of(CLEO), [second, world.key], RANDOM)
    assert world.due(60.0) is None


def test_pauses_double_from_a_few_seconds_to_an_hour() -> None:
    assert pause(0) == 0.0
    assert [pause(times) for times in (1, 2, 3)] == [
        FIRST_PAUSE_SECONDS, 2 * FIRST_PAUSE_SECONDS, 4 * FIRST_PAUSE_SECONDS,
    ]  # fmt: skip
    assert pause(30) == pause(10**9) == LONGEST_PAUSE_SECONDS


def minted_at(world: World, seconds: int, *, step: float = 1.0) -> list[float]:
    """Return when Ana mints while somebody burns every epoch at once."""
    found = []
    world.burn()
    for now in itertools.takewhile(lambda at: at < seconds, itertools.count(0.0, step)):
        if world.due(now) is not None:
            found.append(now)
            world.mint()
            world.burn()
    return found


def test_k8_who_burns_every_epoch_gets_ever_fewer(world: World) -> None:
    minted = minted_at(world, 6 * 3600, step=2.0)
    pauses = [after - before for before, after in itertools.pairwise(minted)]
    assert pauses == sorted(pauses)
    assert pauses[0] <= FIRST_PAUSE_SECONDS + SPREAD_SECONDS + 2  # it is looked every two
    assert LONGEST_PAUSE_SECONDS <= pauses[-1] <= LONGEST_PAUSE_SECONDS + 2 * SPREAD_SECONDS
    assert len(minted) < 20


def test_after_a_long_calm_the_first_answer_is_quick_again(world: World) -> None:
    last = minted_at(world, 600)[-1]
    world.mint()
    assert world.due(last + 1) is None
    calm = last + LONGEST_PAUSE_SECONDS + 2
    world.burn()
    assert world.due(calm) is None
    assert world.due(calm + FIRST_PART) == Mint()


def test_who_burns_and_mends_a_dozen_times_in_a_moment_does_not_make_us_wait_an_hour(
    world: World,
) -> None:
    for tick in range(12):
        world.burn()
        world.due(tick / 10)
        world.mint(BO)
        world.due(tick / 10 + 0.05)
    world.burn()
    assert world.due(2.0) is None
    assert world.due(2.0 + pause(1) + FIRST_PART) == Mint()
