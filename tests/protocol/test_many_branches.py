"""An author that forks its log without end: everybody holds the same all the same (SPEC §5.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from aluna_protocol import branches, entry, limits, messages, serving
from aluna_protocol.branches import FEW, Branches, EntryIndex, Fork, TooManyBranchesError
from aluna_protocol.crypto import blake2b
from aluna_protocol.entry import Entry, Part
from aluna_protocol.faults import Fault
from aluna_protocol.hub_events import PeerFaulted
from aluna_protocol.ids import EMPTY_LOG, DocumentId, EntryHash, Head, Lane, LogId, SpaceId
from aluna_protocol.messages import Batch
from harness.network import Network, Peer

MOST = 12
assert MOST > FEW, "so that places are remembered"


class World:
    """Ana forks her log; Bo, Cleo and Dani are honest."""

    def __init__(self) -> None:
        self.network = Network()
        names = ("Ana", "Bo", "Cleo", "Dani")
        self.ana, *self.others = (self.network.peer(name) for name in names)
        self.space: SpaceId = self.ana.found()
        for one in self.others:
            self.ana.admit(self.space, one)
        for one in self.others:
            self.meet(self.ana, one)
        self.ana.write(self.space, b"trunk")
        self.log = LogId(self.space, self.ana.keys.device, 9, Lane.CONTENT)
        for one in self.others:
            one.seen.clear()

    def sealed(self, head: Head, salt: int, log: LogId | None = None) -> Entry:
        """An entry of Ana after *head*."""
        return entry.seal_changes(
            self.ana.keys,
            log or self.log,
            head,
            self.ana.hub.directory.replicas[self.space].control_heads,
            next(iter(self.ana.epoch_keys[self.space].values())),
            [Part(DocumentId(bytes(16)), (b"%d" % salt,))],
            salt.to_bytes(16, "big"),
        )

    def branches(self, first: int, count: int) -> list[list[Entry]]:
        """Histories of two entries each, every one another first."""
        found = []
        for number in range(first, first + count):
            one = self.sealed(EMPTY_LOG, number)
            found.append([one, self.sealed(Head(1, one.hash), number)])
        return found

    def give(self, peer: Peer, runs: Iterable[list[Entry]]) -> None:
        """Ana shows *runs* to one of the others, and to nobody else."""
        wire = self.network.dial(self.ana, peer)
        self.network.run_until_quiet()
        [session] = self.ana.hub.sessions
        for run in runs:
            first = run[0].header
            place = (first.log.device, first.log.incarnation, Lane.CONTENT)
            at = (first.height, first.previous)
            batch = Batch(session.our_tag(self.space), *place, *at, messages.shorten(run))
            self.ana.perform(session.say(batch, self.network.now))
        self.network.run_until_quiet()
        self.network.cut(wire)
        self.network.run_until_quiet()

    def meet(self, one: Peer, other: Peer) -> None:
        wire = self.network.dial(one, other)
        self.network.run_until_quiet()
        self.network.pass_time(2)
        self.network.cut(wire)
        self.network.run_until_quiet()

    def salts(self, peer: Peer) -> set[bytes]:
        """What of the forked log one of them holds."""
        return {
            bytes(one.header.salt)
            for log, run in peer.logs.items()
            if log.base == self.log
            for one in run
        }


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(limits, "MAX_BRANCHES", MOST)
    return World()


def faults(peer: Peer) -> list[tuple[bytes, Fault]]:
    return [(e.device, e.fault) for e in peer.seen if isinstance(e, PeerFaulted)]


def test_d1_who_was_shown_others_of_too_many_branches_holds_the_same_after_meeting(
    world: World,
) -> None:
    bo, cleo, dani = world.others
    world.give(bo, world.branches(0, MOST))
    world.give(cleo, world.branches(100, MOST))
    assert not world.salts(bo) & world.salts(cleo)
    world.meet(bo, cleo)
    assert len(world.salts(bo)) == 2 * MOST
    assert world.salts(bo) == world.salts(cleo)
    world.meet(cleo, dani)
    assert world.salts(dani) == world.salts(bo)
    assert bo.hashes(world.space) == cleo.hashes(world.space) == dani.hashes(world.space)
    for one in world.others:
        assert {device for device, _ in faults(one)} <= {world.ana.keys.device}
        assert (world.ana.keys.device, Fault.FORKED) in faults(one)


def test_d1_who_meets_the_other_is_told_when_all_is_here(world: World) -> None:
    bo, cleo, _ = world.others
    world.give(bo, world.branches(0, MOST))
    world.give(cleo, world.branches(100, MOST))
    world.network.dial(bo, cleo)
    world.network.run_until_quiet()
    for one in (bo, cleo):
        [session] = one.hub.sessions
        assert not session.logs.has_more(world.space, Lane.CONTENT)
        heads = {head for log, head in one.hub.exchange.stored.items() if log.base == world.log}
        assert len(heads) == 2 * MOST


def test_d1_the_author_itself_brings_only_so_many_branches_and_is_named(world: World) -> None:
    bo, *_ = world.others
    world.give(bo, world.branches(0, MOST + 3))
    assert len(world.salts(bo)) == MOST
    assert faults(bo) == [
        (world.ana.keys.device, Fault.FORKED),
        (world.ana.keys.device, Fault.TOO_MANY),
    ]


def test_d1_what_others_took_of_the_author_leaves_it_nothing_more_to_bring(world: World) -> None:
    bo, cleo, _ = world.others
    world.give(bo, world.branches(0, MOST))
    world.meet(bo, cleo)
    world.give(cleo, world.branches(100, MOST))
    assert world.salts(cleo) == world.salts(bo)


def test_d1_a_log_does_not_grow_without_end_whoever_brings_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than every device of the collective can have taken of the author."""
    monkeypatch.setattr(branches, "BRINGERS", 1)
    bo, cleo, _ = world.others
    world.give(bo, world.branches(0, MOST))
    world.give(cleo, world.branches(100, MOST))
    world.meet(bo, cleo)
    assert len(world.salts(bo)) == MOST
    assert (world.ana.keys.device, Fault.TOO_MANY) in faults(bo)
    assert (bo.keys.device, Fault.TOO_MANY) not in faults(cleo)


def test_m4_logs_without_end_reach_everybody_and_the_author_brings_only_so_many(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_LOGS_PER_DEVICE", 6)
    bo, cleo, _ = world.others
    logs = [replace(world.log, incarnation=100 + number) for number in range(20)]
    runs = [[world.sealed(EMPTY_LOG, number, log)] for number, log in enumerate(logs)]
    world.give(bo, runs[:10])
    world.give(cleo, runs[10:])

    def held(peer: Peer) -> set[LogId]:
        return {log for log in peer.logs if log.device == world.ana.keys.device and log in logs}

    assert len(held(bo)) == len(held(cleo)) == 6 - 2  # one of words is there, and one of control
    world.meet(bo, cleo)
    assert held(bo) == held(cleo)
    assert len(held(bo)) == 2 * (6 - 2)
    assert (world.ana.keys.device, Fault.TOO_MANY) in faults(bo)


def test_d1_who_was_told_often_where_to_begin_is_sent_all_it_may_lack(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An honest peer that asks for many branches is never left without an answer."""
    monkeypatch.setattr(serving, "MAX_ANCHORS_PER_SESSION", 1)
    bo, cleo, _ = world.others
    first, second = world.branches(0, 2)
    deep = [first]
    for number in range(3):  # each leaves the first after its first entry, and is longer
        run = [world.sealed(Head(1, first[0].hash), 50 + number)]
        for _ in range(2 + number):
            run.append(world.sealed(Head(run[-1].header.height, run[-1].hash), 60 + number))
        deep.append(run)
    world.give(bo, deep)
    world.give(cleo, [second])
    world.meet(bo, cleo)
    assert world.salts(bo) == world.salts(cleo)


# -- the tree in memory --------------------------------------------------------------------------


TRUNK = LogId(SpaceId(bytes(32)), World().ana.keys.device, 7, Lane.CONTENT)


class Held:
    """A trunk of four, and of each height some branches of two."""

    def __init__(self, count: int) -> None:
        self.forks = {
            replace(TRUNK, branch=number): number % 3 + 2 for number in range(1, count + 1)
        }
        self.looked_up = 0

    def at(self, branch: LogId, height: int) -> Head:
        return Head(height, EntryHash(blake2b(bytes([branch.branch, height]))))

    def hash_at(self, log: LogId, height: int) -> EntryHash | None:
        self.looked_up += 1
        first = self.forks.get(log, 1)
        last = first + 1 if log.branch else 4
        return self.at(log, height).hash if first <= height <= last else None


def tree(held: Held) -> Branches:
    index: EntryIndex = held
    made = Branches(index)
    tips = {TRUNK: held.at(TRUNK, 4)}
    tips |= {branch: held.at(branch, first + 1) for branch, first in held.forks.items()}
    made.restore(tips, {branch: Fork(TRUNK, first) for branch, first in held.forks.items()})
    return made


@pytest.mark.parametrize("count", [FEW - 2, FEW, 5 * FEW])
def test_d1_places_are_found_among_few_branches_and_among_many(count: int) -> None:
    held = Held(count)
    tips = tree(held)
    for branch, first in held.forks.items():
        for height in (first, first + 1):
            assert tips.find(TRUNK, held.at(branch, height)) == branch
        assert tips.after(TRUNK, held.at(branch, first)) == branch
        assert tips.after(TRUNK, held.at(branch, first + 1)) is None
        assert tips.find(TRUNK, Head(first + 1, held.at(branch, first).hash)) is None
    for height in range(1, 5):
        assert tips.find(TRUNK, held.at(TRUNK, height)) == TRUNK
    assert tips.find(TRUNK, held.at(TRUNK, 5)) is None
    assert tips.find(TRUNK, EMPTY_LOG) == TRUNK


def test_d1_a_place_among_many_branches_is_not_looked_for_in_each() -> None:
    held = Held(200)
    tips = tree(held)
    unheard = Head(3, EntryHash(bytes(32)))
    assert tips.find(TRUNK, unheard) is None
    before = held.looked_up
    for _ in range(100):
        assert tips.find(TRUNK, unheard) is None
        assert tips.after(TRUNK, unheard) is None
    assert held.looked_up - before <= 3 * 100


def test_d1_the_bound_of_others_is_that_of_the_author_for_each_device(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAX_BRANCHES", 3)
    monkeypatch.setattr(branches, "BRINGERS", 2)
    for count, by_author, taken in ((1, True, True), (2, True, False), (4, False, True)):
        tips = tree(Held(count))
        if taken:
            tips.branch_for(TRUNK, EMPTY_LOG, by_author=by_author)
        else:
            with pytest.raises(TooManyBranchesError):
                tips.branch_for(TRUNK, EMPTY_LOG, by_author=by_author)
    with pytest.raises(TooManyBranchesError):
        tree(Held(5)).branch_for(TRUNK, EMPTY_LOG)
