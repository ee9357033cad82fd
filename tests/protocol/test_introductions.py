"""Under which epochs somebody unknown may introduce itself, and how many (SPEC §8.4)."""

from __future__ import annotations

import random

import pytest

from aluna_protocol import acts, epoch
from aluna_protocol.directory import Directory
from aluna_protocol.entry import EpochKey
from aluna_protocol.handshake import Established, GroupCandidate, Silent, group_key
from aluna_protocol.ids import PersonId, SpaceId
from aluna_protocol.inviting import may_be_told
from aluna_protocol.limits import MAX_INTRODUCING_EPOCHS
from aluna_protocol.membership import Admit, Genesis, Seat, SpaceKind, sign_seat
from aluna_protocol.replica import SpaceReplica
from harness.handshaking import accept, converse, device, dial, secret

OLGA, LOLA = device("olga"), device("lola")


def test_who_may_be_told_of_a_space_has_a_seat_in_its_collective_like_who_tells() -> None:
    olgas = Olgas()
    olgas.admit("lola")
    seats = {name: seat_of(name) for name in ("olga", "lola")}
    circle = Genesis(SpaceKind.CIRCLE, "C", olgas.space, seats["olga"], bytes(16))
    private = Genesis(SpaceKind.PRIVATE, "P", olgas.space, seats["olga"], bytes(16))
    thief = device("thief").device
    assert may_be_told(olgas.replica, LOLA.device, OLGA.device, circle)
    assert not may_be_told(olgas.replica, LOLA.device, OLGA.device, private)
    assert may_be_told(olgas.replica, OLGA.device, OLGA.device, private)
    for told, by in ((thief, OLGA.device), (OLGA.device, thief), (OLGA.device, None)):
        for genesis in (circle, private):
            assert not may_be_told(olgas.replica, told, by, genesis)
    assert not may_be_told(None, LOLA.device, OLGA.device, circle)


def seat_of(name: str) -> Seat:
    keys = device(name)
    return sign_seat(keys, "laptop", PersonId(secret(name)[:16]), name)


class Olgas:
    """A collective Olga founded, and her directory of it."""

    def __init__(self) -> None:
        self.rng = random.Random(1)
        genesis = Genesis(SpaceKind.COLLECTIVE, "Semilla", b"", seat_of("olga"), bytes(16))
        self.replica, _, key = acts.found(OLGA, 7, genesis, self.rng.randbytes)
        self.keys = [key]
        self.directory = Directory(OLGA, 7)
        self.directory.add_space(self.replica, self.keys)

    @property
    def space(self) -> SpaceId:
        return self.replica.space

    def mint(self) -> EpochKey:
        """Rotate the key; every device seated now is given the new one."""
        key = epoch.named(self.rng.randbytes(32))
        acts.rekey(OLGA, 7, self.replica, key, self.rng.randbytes)
        self.directory.add_epoch_key(self.space, key)
        self.keys.append(key)
        return key

    def admit(self, name: str) -> None:
        admission = Admit(seat_of(name), b"")
        acts.admit(OLGA, 7, self.replica, admission, self.keys, self.rng.randbytes)

    def leak(self, key: EpochKey) -> None:
        """Hand *key* to somebody who holds no seat."""
        acts.share(OLGA, 7, self.replica, seat_of("thief"), [key], self.rng.randbytes)

    def group(self, key: EpochKey) -> GroupCandidate:
        return GroupCandidate(self.space, group_key(key.key, self.space, key.id))

    def meets(self, key: EpochKey) -> bool:
        """Tell whether somebody who dials Olga with *key* comes to an introduction."""
        responder = accept(OLGA, self.directory.candidates())
        _, theirs = converse(dial(LOLA, self.group(key)), responder, responder.start())
        stood = [one for one in theirs if isinstance(one, Established)]
        assert bool(stood) != isinstance(responder.phase, Silent)
        assert all(one.introduction and one.device is None for one in stood)
        return bool(stood)


@pytest.fixture
def olgas() -> Olgas:
    return Olgas()


def test_who_was_long_away_introduces_itself_with_an_old_epoch(olgas: Olgas) -> None:
    first = olgas.keys[0]
    olgas.admit("inês")
    olgas.mint()
    newest = olgas.mint()
    assert olgas.meets(first)
    assert olgas.meets(newest)
    assert olgas.directory.groups(olgas.space)[0] == olgas.group(newest)


def test_k10_an_epoch_somebody_outside_was_given_introduces_nobody(olgas: Olgas) -> None:
    """Neither to us nor by us: who belongs is not for everybody who holds an old key."""
    leaked = olgas.keys[0]
    newer = olgas.mint()
    assert olgas.meets(leaked)
    olgas.leak(leaked)
    assert not olgas.meets(leaked)
    assert olgas.meets(newer)
    assert olgas.directory.groups(olgas.space) == [olgas.group(newer)]
    olgas.leak(newer)
    assert not olgas.meets(newer)
    assert olgas.directory.groups(olgas.space) == []
    assert olgas.meets(olgas.mint())


def test_a_key_nobody_minted_introduces_nobody(olgas: Olgas) -> None:
    stray = epoch.named(secret("stray"))
    olgas.directory.add_epoch_key(olgas.space, stray)
    assert not olgas.meets(stray)


def test_an_epoch_whose_key_we_lack_is_not_offered(olgas: Olgas) -> None:
    lacking = epoch.named(secret("lacking"))
    acts.rekey(OLGA, 7, olgas.replica, lacking, olgas.rng.randbytes)
    assert olgas.directory.groups(olgas.space) == [olgas.group(olgas.keys[0])]
    assert not olgas.meets(lacking)


def test_t15_a_member_that_mints_without_end_makes_no_stranger_expensive(olgas: Olgas) -> None:
    """The sixty-four deepest introduce; one more does not."""
    for _ in range(MAX_INTRODUCING_EPOCHS):
        olgas.mint()
    deepest = [olgas.group(key) for key in reversed(olgas.keys[1:])]
    assert olgas.directory.groups(olgas.space) == deepest
    assert len(deepest) == MAX_INTRODUCING_EPOCHS == 64
    assert olgas.meets(olgas.keys[1])
    assert not olgas.meets(olgas.keys[0])


def test_without_a_space_there_is_nobody_to_meet() -> None:
    directory = Directory(OLGA, 7)
    assert directory.candidates() == []
    directory.add_space(SpaceReplica(SpaceId(bytes(32))), [])
    assert directory.candidates() == []
    assert directory.groups(SpaceId(bytes(32))) == []
