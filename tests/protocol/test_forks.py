"""Logs may fork, and everybody converges: every branch reaches everybody (SPEC §5.3, §11)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_protocol.entry import Entry
from aluna_protocol.faults import Fault
from aluna_protocol.hub_events import (
    OwnLogBehind,
    OwnLogForked,
    PeerFaulted,
    PeerHas,
)
from aluna_protocol.ids import Lane, LogId, SpaceId
from harness.network import Network, Peer


@pytest.fixture
def network() -> Network:
    return Network()


def collective(network: Network, *names: str) -> tuple[SpaceId, list[Peer]]:
    """Found a collective by the first and let the others enter; nobody is connected."""
    peers = [network.peer(name) for name in names]
    space = peers[0].found()
    for peer in peers[1:]:
        peers[0].admit(space, peer)
    for peer in peers[1:]:
        meet(network, peers[0], peer)
    return space, peers


def meet(network: Network, *peers: Peer) -> None:
    """Bring devices together, each with each, until nobody has anything to say; then part them."""
    wires = [
        network.dial(one, other)
        for position, one in enumerate(peers)
        for other in peers[position + 1 :]
    ]
    network.run_until_quiet()
    network.pass_time(2)
    for wire in wires:
        network.cut(wire)
    network.run_until_quiet()


def tips(peer: Peer, space: SpaceId) -> set[tuple[LogId, int, bytes]]:
    """The ends of every branch, as others name them."""
    return {
        (log.base, head.height, head.hash)
        for log, head in peer.hub.directory.replicas[space].heads.items()
        if log.space == space
    }


def same(space: SpaceId, *peers: Peer) -> bool:
    first = peers[0]
    return all(
        peer.hashes(space) == first.hashes(space)
        and tips(peer, space) == tips(first, space)
        and peer.words(space) == first.words(space)
        for peer in peers
    )


def forked(network: Network, before: int, ours: int, theirs: int) -> tuple[SpaceId, list[Peer]]:
    """Ana wrote *before*; then *theirs* that only Bo has, and *ours* that only Cleo has."""
    space, (ana, bo, cleo) = collective(network, "Ana", "Bo", "Cleo")
    for number in range(before):
        ana.write(space, b"before %d" % number)
    meet(network, ana, bo)
    meet(network, ana, cleo)
    older = ana.snapshot()
    for number in range(theirs):
        ana.write(space, b"lost %d" % number)
    meet(network, ana, bo)
    ana.restart(older)
    for number in range(ours):
        ana.write(space, b"again %d" % number)
    meet(network, ana, cleo)
    return space, [ana, bo, cleo]


@pytest.mark.parametrize("before", [0, 1, 2, 9, 40])
@pytest.mark.parametrize(("ours", "theirs"), [(1, 1), (3, 1), (1, 3), (30, 25)])
def test_d1_two_branches_of_one_log_reach_everybody(
    network: Network, before: int, ours: int, theirs: int
) -> None:
    space, [ana, bo, cleo] = forked(network, before, ours, theirs)
    assert not same(space, bo, cleo)

    meet(network, bo, cleo)
    assert same(space, bo, cleo)
    meet(network, ana, bo)

    assert same(space, ana, bo, cleo)
    assert len(bo.words(space)) == before + ours + theirs


def acknowledgements_are_true(space: SpaceId, peers: list[Peer], others: list[Peer]) -> bool:
    """Whatever *peers* took as held by another is held there, and all that leads to it."""
    by_device = {peer.keys.device: peer for peer in (*peers, *others)}
    return all(
        {entry.hash for entry in peer.path(log)[: head.height]}
        <= by_device[told.device].hashes(space)
        and peer.path(log)[head.height - 1].hash == head.hash
        for peer in peers
        for told in peer.seen
        if isinstance(told, PeerHas)
        for log, head in told.logs
    )


def faults(peer: Peer) -> list[PeerFaulted]:
    return [effect for effect in peer.seen if isinstance(effect, PeerFaulted)]


def test_d1_a_fork_is_told_of_once_and_names_the_author(network: Network) -> None:
    space, [ana, bo, cleo] = forked(network, 3, 2, 2)
    meet(network, bo, cleo)
    meet(network, ana, bo, cleo)
    log = LogId(space, ana.keys.device, 7, Lane.CONTENT)
    for peer in (bo, cleo):
        assert faults(peer) == [PeerFaulted(ana.keys.device, Fault.FORKED, log)]
    assert not faults(ana)
    assert acknowledgements_are_true(space, [bo, cleo], [ana])


def test_d1_an_old_copy_that_wrote_begins_again_and_fetches_its_other_branch(
    network: Network,
) -> None:
    space, [ana, bo, cleo] = forked(network, 4, 2, 3)
    meet(network, ana, bo)
    assert [e for e in ana.seen if isinstance(e, OwnLogForked)] == [OwnLogForked(space)]
    assert ana.incarnation != 7
    ana.write(space, b"as another")
    meet(network, ana, bo, cleo)
    assert same(space, ana, bo, cleo)
    assert len(ana.words(space)) == 10
    assert not faults(ana)


def test_d3_an_old_copy_that_wrote_nothing_gets_back_its_log_and_begins_again(
    network: Network,
) -> None:
    space, [ana, bo, cleo] = forked(network, 4, 0, 3)
    meet(network, ana, bo)
    assert [e for e in ana.seen if isinstance(e, OwnLogBehind)] == [OwnLogBehind(space)]
    assert same(space, ana, bo)
    meet(network, bo, cleo)
    assert not faults(bo)
    assert not faults(cleo)


def test_d1_branches_of_branches_and_many_of_them_reach_everybody(network: Network) -> None:
    """Six histories of one log, some of which leave others, each seen first by somebody else."""
    names = ("Ana", "Bo", "Cleo", "Dani", "Eli", "Flor", "Gal")
    space, [ana, *others] = collective(network, *names)
    for number in range(4):
        ana.write(space, b"before %d" % number)
    meet(network, ana, others[0])
    for peer in others:
        peer.seen.clear()
    copies = [ana.snapshot()]
    for number, peer in enumerate(others):
        ana.restart(copies[number // 2])
        for count in range(2 + number):
            ana.write(space, b"%d %d" % (number, count))
            copies.append(ana.snapshot())
        meet(network, ana, peer)
    for one, other in zip(others, [*others[1:], others[0]], strict=True):
        meet(network, one, other)
    meet(network, *others)
    assert same(space, *others)
    heads = tips(others[0], space)
    assert len({tip for tip in heads if tip[0].lane is Lane.CONTENT}) == 5
    meet(network, ana, others[0])
    assert acknowledgements_are_true(space, others, [ana])


def test_d1_both_branches_of_a_control_log_count(network: Network) -> None:
    space, (ana, bo, cleo) = collective(network, "Ana", "Bo", "Cleo")
    older = ana.snapshot()
    dani, eli = network.peer("Dani"), network.peer("Eli")
    ana.admit(space, dani)
    meet(network, ana, bo)
    dani.write(space, b"by dani")
    meet(network, dani, bo)
    ana.restart(older)
    ana.admit(space, eli)
    eli.write(space, b"by eli")
    meet(network, ana, eli)
    meet(network, ana, cleo)

    meet(network, bo, cleo)
    meet(network, ana, bo)
    for newcomer in (dani, eli):
        meet(network, newcomer, bo)

    everybody = (ana, bo, cleo, dani, eli)
    assert same(space, *everybody)
    assert bo.words(space) == {b"by dani", b"by eli"}
    for peer in everybody:
        replica = peer.hub.directory.replicas[space]
        assert replica.members == {one.keys.device for one in everybody}
        again = peer.replica(space)
        assert again.members == replica.members
        assert again.control_heads == replica.control_heads


def test_d1_a_newcomer_is_given_both_branches_at_the_door(network: Network) -> None:
    space, (ana, bo, cleo) = collective(network, "Ana", "Bo", "Cleo")
    older = ana.snapshot()
    ana.admit(space, network.peer("Dani"))
    meet(network, ana, bo)
    ana.restart(older)
    ana.admit(space, network.peer("Eli"))
    meet(network, ana, cleo)
    meet(network, bo, cleo)
    flor = network.peer("Flor")
    bo.admit(space, flor)
    assert flor.hub.directory.replicas[space].members == bo.hub.directory.replicas[space].members
    meet(network, flor, bo, cleo)
    assert same(space, flor, bo, cleo)


def test_d1_forks_are_known_after_a_restart_in_the_middle(network: Network) -> None:
    space, [_, bo, cleo] = forked(network, 5, 40, 40)
    wire = network.dial(bo, cleo)
    for _ in range(14):
        network.step()
    network.cut(wire)
    network.run_until_quiet()
    for peer in (bo, cleo):
        peer.restart()
    meet(network, bo, cleo)
    bo.restart()
    assert same(space, bo, cleo)
    meet(network, bo, cleo)
    assert bo.hub.exchange.stored == bo.replica(space).heads


def test_d1_what_comes_of_a_forked_log_later_goes_to_everybody_at_once(network: Network) -> None:
    space, [ana, bo, cleo] = forked(network, 2, 2, 2)
    for one, other in ((bo, cleo), (ana, bo), (ana, cleo)):
        network.dial(one, other)
        network.run_until_quiet()
    before = sum(session.sent_entries for session in ana.hub.sessions)
    ana.write(space, b"live")
    network.run_until_quiet()
    network.pass_time(2)
    assert same(space, ana, bo, cleo)
    assert b"live" in cleo.words(space)
    assert sum(session.sent_entries for session in ana.hub.sessions) == before + 2
    assert all(p.hub.exchange.complete(s) for p in (ana, bo, cleo) for s in p.hub.sessions)


def test_d1_where_nothing_forked_next_to_nothing_is_looked_up(network: Network) -> None:
    space, (ana, bo, cleo) = collective(network, "Ana", "Bo", "Cleo")
    for number in range(100):
        ana.write(space, number.to_bytes(2, "big") * 3000 + network.rng.randbytes(3000))
    meet(network, ana, bo)
    meet(network, bo, cleo)
    meet(network, ana, bo, cleo)
    assert same(space, ana, bo, cleo)
    assert sum(peer.looked_up for peer in (ana, bo, cleo)) <= 1


def test_d1_finding_where_a_long_log_forked_sends_little_twice(network: Network) -> None:
    space, [_, bo, cleo] = forked(network, 300, 20, 3)
    network.dial(bo, cleo)
    network.run_until_quiet()
    assert same(space, bo, cleo)
    sent = [peer.hub.sessions[0].sent_entries for peer in (bo, cleo)]
    assert sent[0] <= 3 + 3
    assert sent[1] <= 20 + 20


# -- in every order ------------------------------------------------------------------------------

NAMES = ("Ana", "Bo", "Cleo", "Dani")
moves = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 3), st.integers(1, 3)),
    st.tuples(st.just("copy"), st.integers(0, 3), st.just(0)),
    st.tuples(st.just("restore"), st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.just("restart"), st.integers(0, 3), st.just(0)),
    st.tuples(st.just("meet"), st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.just("cut"), st.integers(0, 15), st.integers(1, 30)),
)


class Lives:
    """Four devices that write, are copied, come back as older copies, and meet."""

    def __init__(self) -> None:
        self.network = Network()
        self.space, self.peers = collective(self.network, *NAMES)
        self.written = 0
        self.copies: dict[str, list[dict[LogId, list[Entry]]]] = {}
        for number, peer in enumerate(self.peers):
            self.move("write", number, 3)
            self.copies[peer.name] = [peer.snapshot()]
            self.move("write", number, 2)
            self.copies[peer.name].append(peer.snapshot())

    def move(self, kind: str, one: int, other: int) -> None:
        peer = self.peers[one % 4]
        match kind:
            case "write":
                for _ in range(other):
                    self.written += 1
                    peer.write(self.space, b"%d" % self.written)
            case "copy":
                self.copies[peer.name].append(peer.snapshot())
            case "restore":
                older = self.copies[peer.name]
                peer.restart(older[other % len(older)])
                peer.incarnation = peer.hub.directory.incarnation = 7
            case "restart":
                peer.restart()
            case "meet" if one != other:
                meet(self.network, peer, self.peers[other])
            case "cut" if one % 4 != one // 4:
                wire = self.network.dial(peer, self.peers[one // 4])
                for _ in range(other):
                    self.network.step()
                self.network.cut(wire)
                self.network.run_until_quiet()
            case _:
                pass


@settings(max_examples=60, deadline=None)
@given(st.lists(moves, max_size=30))
def test_d1_whatever_happened_all_who_meet_hold_the_same(
    history: list[tuple[str, int, int]],
) -> None:
    lives = Lives()
    for kind, one, other in history:
        lives.move(kind, one, other)
    for _ in range(2):
        meet(lives.network, *lives.peers)
    assert same(lives.space, *lives.peers)
    for peer in lives.peers:
        assert peer.replica(lives.space).heads == peer.hub.exchange.stored
        assert not [f for f in faults(peer) if f.fault is not Fault.FORKED]
