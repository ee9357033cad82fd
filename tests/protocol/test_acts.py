"""Founding, admitting, handing keys over (SPEC §6, §7)."""

from __future__ import annotations

import pytest

from aluna_protocol import acts, epoch
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Entry, EpochKey, Kind
from aluna_protocol.epoch import SealedKey, Share
from aluna_protocol.membership import Admit
from aluna_protocol.replica import SpaceReplica
from vectors.making import ANA, BO, CLEO, EVE, GENESIS, SPACE, seat_of, stream

RANDOM = stream("acts")


@pytest.fixture
def founded() -> tuple[SpaceReplica, list[Entry], EpochKey]:
    return acts.found(ANA, 7, GENESIS, RANDOM)


def let_in(
    replica: SpaceReplica, by: DeviceKeys, who: DeviceKeys, keyring: list[EpochKey]
) -> list[Entry]:
    return acts.admit(by, 7, replica, Admit(seat_of(who), bytes(32), b""), keyring, RANDOM)


def test_a_founding_seats_the_founder_and_mints_the_first_key(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, written, key = founded
    assert [one.header.kind for one in written] == [Kind.MEMBERSHIP, Kind.EPOCH]
    assert replica.space == SPACE
    assert replica.members == {ANA.device}
    assert replica.active_epoch is not None
    assert replica.active_epoch.id == key.id
    assert acts.keys_for(ANA, SPACE, written) == [key]
    assert acts.keys_for(BO, SPACE, written) == []


def test_a_newcomer_gets_every_key_it_is_handed(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, written, key = founded
    second = epoch.named(RANDOM(32))
    written += [acts.rekey(ANA, 7, replica, second, RANDOM)]
    written += let_in(replica, ANA, BO, [key, second])
    assert acts.keys_for(BO, SPACE, written) == [key, second]
    assert replica.active_epoch is not None
    assert replica.active_epoch.id == second.id
    assert replica.active_epoch.exposure == {ANA.device, BO.device}


def test_k7_keys_minted_apart_end_with_one_that_only_members_hold(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, written, key = founded
    written += let_in(replica, ANA, BO, [key])
    apart = SpaceReplica(SPACE)
    apart.admit_run(written)
    mine = acts.rekey(ANA, 7, replica, epoch.named(RANDOM(32)), RANDOM)
    theirs = acts.rekey(BO, 7, apart, epoch.named(RANDOM(32)), RANDOM)
    replica.admit_run([theirs])
    apart.admit_run([mine])
    assert replica.active_epoch == apart.active_epoch
    assert replica.active_epoch is not None
    assert replica.active_epoch.exposure <= replica.members
    assert replica.control_heads == apart.control_heads == tuple(sorted([mine.hash, theirs.hash]))
    assert replica.seated_at(replica.control_heads) == replica.members


def test_k6_a_box_that_does_not_open_is_passed_over_and_another_counts(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, written, key = founded
    written += let_in(replica, ANA, EVE, [key])
    wrong = Share((SealedKey(key.id, ANA.device, bytes(epoch.BOX_BYTES)),))
    body = epoch.encode_operation(wrong)
    hostile = acts._write(EVE, 7, replica, Kind.EPOCH, body)
    assert acts.keys_for(ANA, SPACE, [hostile]) == []
    assert acts.keys_for(ANA, SPACE, [hostile, *written]) == [key]
    assert acts.keys_for(ANA, SPACE, [*written, hostile]) == [key]


def test_k8_a_key_handed_outside_is_not_used_any_more(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, _, key = founded
    acts.share(ANA, 7, replica, seat_of(CLEO), [key], RANDOM)
    assert [one.exposure for one in (replica.active_epoch,) if one is not None] == []
    acts.rekey(ANA, 7, replica, epoch.named(RANDOM(32)), RANDOM)
    assert replica.active_epoch is not None
    assert replica.active_epoch.exposure == {ANA.device}
