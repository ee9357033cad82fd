"""The log gate: what enters a log, and what does not (SPEC §5.3, §5.7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_protocol import acts, entry, epoch
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Entry, Kind, Part
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.ids import EMPTY_LOG, EntryHash, EpochId, Head, Lane, LogId, SpaceId
from aluna_protocol.operations import Admit, Genesis, Remove, SpaceKind, Suspend
from aluna_protocol.replica import MissingPastError, SpaceReplica
from vectors.making import ANA, BO, CLEO, DOCUMENT, EVE, GENESIS, PERSONS, SPACE, seat_of, stream

INCARNATION = 7


class World:
    """A space founded by Ana with Bo in it, and runs for it."""

    def __init__(self) -> None:
        self.random = stream("replica")
        self.replica, self.control, self.key = acts.found(ANA, INCARNATION, GENESIS, self.random)
        self.control += acts.admit(
            ANA,
            INCARNATION,
            self.replica,
            Admit(seat_of(BO), b""),
            [self.key],
            self.random,
        )

    def fresh(self, control: int = 4) -> SpaceReplica:
        """Another device that has the first *control* entries."""
        replica = SpaceReplica(SPACE)
        if control:
            replica.admit_run(self.control[:control])
        return replica

    def run(self, size: int, by: DeviceKeys = BO, **changed: Any) -> list[Entry]:
        """Content of *by*; *changed* replaces fields of the last header."""
        log = LogId(SPACE, by.device, INCARNATION, Lane.CONTENT)
        head, found = EMPTY_LOG, list[Entry]()
        for number in range(size):
            part = Part(DOCUMENT, (bytes([number]),))
            heads = self.replica.control_heads
            one = entry.seal_changes(by, log, head, heads, self.key, [part], bytes([number]) * 16)
            if changed and number == size - 1:
                parts = [part for part in one.parts if part is not None]
                one = entry.sign_entry(by, replace(one.header, **changed), parts)
            found.append(one)
            head = Head(one.header.height, one.hash)
        return found


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def refused(replica: SpaceReplica, run: list[Entry], error: str) -> None:
    before = dict(replica.heads)
    with pytest.raises(RemoteProtocolError, match=error):
        replica.admit_run(run)
    assert replica.heads == before


def test_a_run_is_taken_and_its_repetition_passed_over(world: World) -> None:
    replica, run = world.fresh(), world.run(5)
    assert replica.admit_run(run[:2]) == run[:2]
    assert replica.admit_run(run) == run[2:]
    assert replica.admit_run(run) == []
    assert replica.head(run[0].header.log) == Head(5, run[-1].hash)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 6)), max_size=8))
def test_however_a_log_comes_only_a_whole_chain_is_taken(cuts: list[tuple[int, int]]) -> None:
    """Partitions, repetitions and gaps: what is held is always a prefix of what was written."""
    world = World()
    replica, run = world.fresh(), world.run(6)
    log = run[0].header.log
    for start, size in cuts:
        piece = run[start : start + size]
        held = replica.head(log).height
        if piece and piece[0].header.height <= held + 1:
            replica.admit_run(piece)
        elif piece:
            with pytest.raises(RemoteProtocolError):
                replica.admit_run(piece)
        height = replica.head(log).height
        assert height >= held
        assert replica.head(log).hash == (run[height - 1].hash if height else EMPTY_LOG.hash)


def test_k1_an_author_who_is_not_the_signer_is_refused(world: World) -> None:
    run = world.run(2)
    parts = [part for part in run[1].parts if part is not None]
    forged = entry.sign_entry(EVE, run[1].header, parts)
    refused(world.fresh(), [run[0], forged], "signature does not match")
    refused(world.fresh(), [run[0], replace(run[1], signature=bytes(64))], "signature")


def test_k1_somebody_outside_cannot_write(world: World) -> None:
    refused(world.fresh(), world.run(1, by=EVE), "author did not belong")


def test_k1_a_forged_control_entry_inside_a_run_is_refused(world: World) -> None:
    forged = [*world.control]
    forged[1] = replace(forged[1], signature=bytes(64))
    refused(SpaceReplica(SPACE), forged, "signature does not match")


def test_k3_an_entry_of_another_space_is_refused(world: World) -> None:
    refused(SpaceReplica(SpaceId(bytes(32))), world.run(1), "entry of another space")


def test_d4_gaps_jumps_and_false_predecessors_are_refused(world: World) -> None:
    run = world.run(3)
    refused(world.fresh(), run[1:], "does not follow its log")
    refused(world.fresh(), [run[0], run[2]], "does not follow its log")
    refused(world.fresh(), world.run(2, height=2**32), "does not follow its log")
    refused(world.fresh(), world.run(2, previous=EntryHash(bytes(32))), "does not follow")
    refused(world.fresh(), [run[0], *world.run(2, by=ANA)[1:]], "does not follow its log")


def test_a_run_is_taken_whole_or_not_at_all(world: World) -> None:
    """The last author's heads are from before his admission: all three wait outside."""
    run = world.run(3, membership_heads=(world.control[0].hash,))
    refused(world.fresh(), run, "author did not belong in what it had seen")


def test_unknown_heads_ask_for_the_control_entries_first(world: World) -> None:
    replica = world.fresh(control=2)
    with pytest.raises(MissingPastError):
        replica.admit_run(world.run(1))
    replica.admit_run(world.control)
    assert replica.admit_run(world.run(1))


def test_heads_whose_own_past_is_missing_are_unknown_as_well(world: World) -> None:
    other = SpaceReplica(SPACE)
    other.restore({}, world.control[3:])
    with pytest.raises(MissingPastError):
        other.is_seated_after(ANA.device, (world.control[3].hash,))
    assert other.control_heads == ()
    assert other.membership.genesis is None


def test_no_heads_at_all_let_nobody_in(world: World) -> None:
    refused(world.fresh(), world.run(1, membership_heads=()), "author did not belong")


def test_a_pruned_or_unreadable_body_is_refused(world: World) -> None:
    first = world.control[0]
    refused(SpaceReplica(SPACE), [replace(first, parts=(None,))], "cannot be pruned")
    for kind in (Kind.MEMBERSHIP, Kind.EPOCH):
        strange = entry.control_entry(ANA, kind, first.header.log, EMPTY_LOG, (), b"\x91\x09")
        refused(SpaceReplica(SPACE), [strange], "unknown (membership|epoch) operation")


def test_what_the_store_holds_is_taken_over(world: World) -> None:
    first = world.fresh()
    again = SpaceReplica(SPACE)
    again.restore(first.heads, world.control)
    assert again.members == first.members == {ANA.device, BO.device}
    assert again.control_heads == first.control_heads == (world.control[-1].hash,)
    assert again.active_epoch == first.active_epoch
    assert again.active_epoch is not None
    assert again.active_epoch.id == world.key.id
    assert again.is_seated_after(BO.device, again.control_heads)
    again.restore({}, world.control)
    assert again.control_heads == first.control_heads, "what is known is not taken twice"
    with pytest.raises(LocalProtocolError):
        again.restore({}, [replace(world.control[0], parts=(None,))])


def test_our_own_entries_have_to_follow_as_well(world: World) -> None:
    replica, run = world.fresh(), world.run(2)
    with pytest.raises(LocalProtocolError):
        replica.add_own(run[1])
    replica.add_own(run[0])
    replica.add_own(run[1])
    assert replica.head(run[0].header.log).height == 2


def in_use(replica: SpaceReplica) -> EpochId | None:
    return None if replica.active_epoch is None else replica.active_epoch.id


def test_who_goes_from_the_collective_is_no_member_of_its_circles_either() -> None:
    world = World()
    genesis = Genesis(SpaceKind.CIRCLE, "C", SPACE, seat_of(ANA), bytes(16))
    circle, _, key = acts.found(ANA, INCARNATION, genesis, world.random)
    for keys in (BO, CLEO):
        acts.admit(ANA, INCARNATION, circle, Admit(seat_of(keys), b""), [key], world.random)
    assert circle.members == {ANA.device, BO.device, CLEO.device}
    circle.collective = world.replica
    both = circle.members
    assert both == {ANA.device, BO.device}, "Cleo is in the circle alone"
    assert circle.members is both, "worked out once"
    assert in_use(circle) is None, "she was given the only key"
    new = epoch.named(world.random(32))
    acts.rekey(ANA, INCARNATION, circle, new, world.random)
    assert in_use(circle) == new.id
    acts.declare(BO, INCARNATION, world.replica, Remove(PERSONS[BO.device], None, ()))
    assert circle.members == {ANA.device}
    assert in_use(circle) is None, "nor is one that who goes from the collective holds"


def test_a_replica_tells_what_its_control_entries_come_to() -> None:
    world = World()
    replica, admission = world.replica, world.control[2]
    assert replica.seated_by(BO.device) == admission.hash
    assert replica.seated_by(EVE.device) is None
    assert replica.signer_of(admission.hash) == ANA.device
    assert replica.listed == []
    (suspension,) = acts.declare(ANA, INCARNATION, replica, Suspend(BO.device, ()))
    assert [one.id for one in replica.listed] == []
    assert replica.has_seen([suspension.hash], [admission.hash])
    assert not replica.has_seen([admission.hash], [suspension.hash])


def test_of_many_complaints_the_first_counts_and_people_are_told_of_the_others() -> None:
    world = World()
    replica = world.replica
    others = [epoch.named(world.random(32)) for _ in range(2)]
    for key in others:
        (minted,) = acts.rekey(ANA, INCARNATION, replica, key, world.random)
        acts.complain(BO, INCARNATION, replica, epoch.Complaint(key.id, minted.hash))
    told = [(BO.device, key.id) for key in others]
    assert replica.complaints == told[1:]
    assert replica.to_box_again == set(told)
    assert replica.active_epoch is not None
    assert replica.active_epoch.id == others[1].id
