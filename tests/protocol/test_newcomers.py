"""Who came without being given the past, and the keys made without her (SPEC §7.5 rule 8, E10)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from aluna_protocol import acts, epoch
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import EpochKey
from aluna_protocol.ids import EntryHash, PersonId
from aluna_protocol.membership import Admit, Remove, Rules
from aluna_protocol.operations import Second, Suspend
from aluna_protocol.replica import SpaceReplica
from vectors.making import ANA, BO, CLEO, GENESIS, PERSONS, seat_of, stream

RANDOM = stream("newcomers")


@dataclass
class Space:
    """A space as somebody knows it who has heard everything, or stopped hearing."""

    replica: SpaceReplica
    key: EpochKey

    @property
    def heads(self) -> tuple[EntryHash, ...]:
        return self.replica.control_heads

    def admit(self, newcomer: DeviceKeys, by: DeviceKeys = ANA) -> None:
        acts.admit(by, 7, self.replica, Admit(seat_of(newcomer), b""), [self.key], RANDOM)

    def agree(self, *, gives_past: bool) -> None:
        acts.declare(ANA, 7, self.replica, Rules((), 2, 1, gives_past))
        if len(self.replica.membership.persons) > 1:
            self.second()

    def second(self, by: DeviceKeys = BO) -> None:
        asked = next(one.id for one in self.replica.listed if one.missing)
        acts.declare(by, 7, self.replica, Second(asked))

    def came(self, heads: tuple[EntryHash, ...] = ()) -> frozenset[PersonId]:
        return self.replica.came_without_past(heads)


@pytest.fixture
def space() -> Space:
    replica, _, key = acts.found(ANA, 7, GENESIS, RANDOM)
    return Space(replica, key)


def test_e10_who_came_while_the_past_was_given_never_counts(space: Space) -> None:
    before = space.heads
    space.admit(BO)
    space.agree(gives_past=False)
    assert space.came(before) == frozenset()
    assert space.came() == frozenset()


def test_e10_who_came_without_the_past_counts_for_what_was_known_before(space: Space) -> None:
    space.agree(gives_past=False)
    before = space.heads
    space.admit(BO)
    between = space.heads
    space.admit(CLEO)
    bo, cleo = PERSONS[BO.device], PERSONS[CLEO.device]
    assert space.came(before) == {bo, cleo}
    assert space.came(between) == {cleo}
    assert space.came(space.heads) == frozenset()
    # Heads nobody knows here say nothing: everybody counts who was ever given no past.
    unknown = EntryHash(bytes(32))
    assert space.came((unknown,)) == {bo, cleo}
    assert space.came((unknown, *between)) == {cleo}


def test_the_rules_of_her_admission_count_and_not_those_after_it(space: Space) -> None:
    space.agree(gives_past=False)
    before = space.heads
    space.admit(BO)
    space.agree(gives_past=True)
    space.admit(CLEO)
    assert space.came(before) == {PERSONS[BO.device]}


@pytest.mark.parametrize("gave_past", [False, True])
def test_of_several_devices_the_first_that_came_counts(space: Space, gave_past: bool) -> None:
    if not gave_past:
        space.agree(gives_past=False)
    before = space.heads
    space.admit(BO)
    space.agree(gives_past=not gave_past)
    further = Admit(seat_of(CLEO, person=BO), b"")
    acts.admit(BO, 7, space.replica, further, [], RANDOM)
    assert {BO.device, CLEO.device} <= space.replica.members
    assert space.came(before) == (frozenset() if gave_past else {PERSONS[BO.device]})


def test_who_does_not_belong_does_not_count(space: Space) -> None:
    space.agree(gives_past=False)
    before = space.heads
    space.admit(BO)
    acts.declare(BO, 7, space.replica, Remove(PERSONS[BO.device], None, ()))
    assert space.came(before) == frozenset()


def test_who_is_suspended_belongs(space: Space) -> None:
    space.agree(gives_past=False)
    before = space.heads
    space.admit(BO)
    acts.declare(ANA, 7, space.replica, Suspend(BO.device, ()))
    assert BO.device not in space.replica.members
    assert space.came(before) == {PERSONS[BO.device]}
    assert space.came(space.heads) == frozenset()


def test_a_key_made_without_somebody_is_boxed_for_all_others(space: Space) -> None:
    space.admit(BO)
    space.admit(CLEO)
    key = epoch.named(RANDOM(32))
    acts.rekey(ANA, 7, space.replica, key, RANDOM, {PERSONS[CLEO.device]})
    active = space.replica.active_epoch
    assert active is not None
    assert active.id == key.id
    assert active.exposure == {ANA.device, BO.device}
    whole = epoch.named(RANDOM(32))
    acts.rekey(ANA, 7, space.replica, whole, RANDOM)
    active = space.replica.active_epoch
    assert active is not None
    assert active.id == whole.id
    assert active.exposure == {ANA.device, BO.device, CLEO.device}
