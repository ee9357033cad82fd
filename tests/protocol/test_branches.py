"""The tree of a log in memory: what lies where, with a dictionary for the store (SPEC §5.3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aluna_protocol.branches import Branches, Fork, runs
from aluna_protocol.crypto import blake2b
from aluna_protocol.ids import EMPTY_LOG, DeviceId, EntryHash, Head, Instant, Lane, LogId, SpaceId
from aluna_protocol.peer_logs import PeerLogs, Refusal
from vectors.make_entry_vectors import FIRST, SECOND

LOG = LogId(SpaceId(bytes(32)), DeviceId(bytes(32)), 7, Lane.CONTENT)
B1, B2 = (replace(LOG, branch=number) for number in (1, 2))


def at(branch: LogId, height: int) -> Head:
    return Head(height, EntryHash(blake2b(bytes([branch.branch, height]))))


class Index:
    """Entries of each branch from its first height on."""

    def __init__(self) -> None:
        self.held = {LOG: range(1, 41), B1: range(11, 31), B2: range(21, 26)}

    def hash_at(self, log: LogId, height: int) -> EntryHash | None:
        return at(log, height).hash if height in self.held.get(log, ()) else None


@pytest.fixture
def tree() -> Branches:
    """A trunk of 40, a branch of it from 11 to 30, and one of that from 21 to 25."""
    branches = Branches(Index())
    tips = {LOG: at(LOG, 40), B1: at(B1, 30), B2: at(B2, 25)}
    branches.restore(tips, {B1: Fork(LOG, 11), B2: Fork(B1, 21)})
    return branches


def test_d1_the_way_to_a_tip_leads_through_the_branches_it_left(tree: Branches) -> None:
    way = {1: LOG, 10: LOG, 11: B1, 20: B1, 21: B2, 25: B2}
    for height, branch in way.items():
        assert tree.owner(B2, height) == branch
        assert tree.hash_at(B2, height) == at(branch, height).hash
        assert tree.leads(B2, at(branch, height))
    assert tree.hash_at(B2, 26) is None
    assert not tree.leads(B2, at(LOG, 11))
    assert not tree.leads(B2, at(B1, 21))


def test_d1_a_place_is_found_on_the_branch_whose_own_it_is(tree: Branches) -> None:
    for branch, height in ((LOG, 1), (LOG, 40), (B1, 11), (B1, 30), (B2, 21), (B2, 25)):
        assert tree.find(LOG, at(branch, height)) == branch
    assert tree.find(LOG, at(B2, 20)) is None
    assert tree.find(LOG, at(LOG, 41)) is None
    assert tree.find(LOG, EMPTY_LOG) == LOG
    assert tree.find(LOG, Head(0, at(LOG, 1).hash)) is None


def test_d1_what_follows_a_place_may_be_a_branch(tree: Branches) -> None:
    assert tree.after(LOG, at(LOG, 11)) == LOG
    assert tree.after(LOG, at(B1, 11)) == B1
    assert tree.after(B1, at(B2, 21)) == B2
    assert tree.after(LOG, at(B2, 21)) is None
    assert tree.after(B1, at(B2, 11)) is None


def test_d1_anchors_go_back_over_every_fork_at_doubling_distances(tree: Branches) -> None:
    heights = [24, 23, 21, 17, 9, 0]
    owners = [B2, B2, B2, B1, LOG, LOG]
    wanted = [at(o, h) if h else EMPTY_LOG for o, h in zip(owners, heights, strict=True)]
    assert list(tree.anchors(B2, 25)) == wanted
    assert tree.anchors(B2, 1) == (EMPTY_LOG,)
    assert len(Branches().anchors(LOG, 2**32)) == 32


def test_d1_who_holds_a_branch_holds_what_it_left_up_to_there(tree: Branches) -> None:
    logs = PeerLogs()
    gained = logs.holds(tree, B2, at(B2, 23))
    assert gained == [(B2, at(B2, 23)), (B1, at(B1, 20)), (LOG, at(LOG, 10))]
    assert logs.holds(tree, B1, at(B1, 15)) == []
    assert logs.holds(tree, LOG, at(LOG, 40)) == [(LOG, at(LOG, 40))]
    assert [logs.common(tree, B2, 25), logs.common(tree, B2, 22), logs.common(tree, B2, 5)] == [
        23,
        22,
        5,
    ]
    assert logs.common(tree, B1, 30) == 20
    assert logs.common(tree, LOG, 40) == 40
    assert PeerLogs().common(tree, B2, 25) == 0
    from_the_first = Branches()
    from_the_first.restore({LOG: at(LOG, 3), B1: at(B1, 3)}, {B1: Fork(LOG, 1)})
    assert PeerLogs().common(from_the_first, B1, 3) == 0


def test_what_was_shown_and_refused_twice_is_counted_once(tree: Branches) -> None:
    logs = PeerLogs()
    for _ in range(2):
        logs.showed(LOG, Head(50, at(B1, 9).hash))
    assert list(logs.unknown_tips(LOG)) == [Head(50, at(B1, 9).hash)]
    for _ in range(2):
        logs.refuse(LOG)
    assert logs.refused[LOG] == Refusal({Head(50, at(B1, 9).hash): None})
    assert logs._unknown == 1


def test_a_log_that_waits_is_asked_again_though_all_that_was_told_of_it_came() -> None:
    log, tip = FIRST.header.log.base, Head(1, FIRST.hash)
    logs = PeerLogs()
    logs.showed(log, tip)
    logs.refuse(log, waits=True)
    logs.arrived(Branches(), [FIRST])
    assert logs.refused[log] == Refusal({}, waits=True)
    logs.control_arrived(log.space)
    assert not logs.refused
    assert not logs.ahead(log.space, log.lane)
    assert logs._unknown == logs._tips == 0


def test_what_was_withheld_and_came_from_another_is_not_held_against_the_peer() -> None:
    log, tip, other = FIRST.header.log.base, Head(1, FIRST.hash), Head(9, FIRST.hash)
    logs = PeerLogs()
    for one in (tip, other, tip):
        logs.showed(log, one)
    logs.refuse(log, Instant(60.0))
    logs.arrived(Branches(), [FIRST])
    assert logs.refused[log] == Refusal({other: None}, Instant(60.0))
    assert logs.retry(Instant(60.0)) == {log.space}
    assert list(logs.ahead(log.space, log.lane)[log]) == [other]
    logs = PeerLogs()
    logs.showed(log, tip)
    logs.refuse(log, Instant(60.0))
    logs.arrived(Branches(), [FIRST])
    assert not logs.refused
    assert logs._unknown == logs._tips == 0


def test_runs_are_cut_where_another_log_or_branch_begins() -> None:
    assert runs([FIRST, SECOND]) == [[FIRST, SECOND]]
    assert runs([FIRST, FIRST, SECOND]) == [[FIRST], [FIRST, SECOND]]
    assert runs([SECOND, FIRST]) == [[SECOND], [FIRST]]
    assert runs([]) == []
