"""Devices meet over a fake wire: everything arrives, once, and only where it may."""

from __future__ import annotations

import pytest

from aluna_protocol import limits
from aluna_protocol.hub_events import (
    LoadEntries,
    PeerArrived,
    PeerLeft,
    PresenceChanged,
    PresenceSeen,
)
from aluna_protocol.ids import DocumentId, SpaceId
from aluna_protocol.membership import SpaceKind
from harness.network import Network, Peer, heads


@pytest.fixture
def network() -> Network:
    return Network()


def collective(network: Network, *names: str) -> tuple[SpaceId, list[Peer]]:
    """Found a collective by the first and let the others enter; nobody is connected."""
    peers = [network.peer(name) for name in names]
    space = peers[0].found()
    for peer in peers[1:]:
        peers[0].admit(space, peer)
    network.run_until_quiet()
    return space, peers


def test_two_devices_that_wrote_apart_end_with_the_same_entries(network: Network) -> None:
    space, (ana, bo) = collective(network, "Ana", "Bo")
    for number in range(20):
        ana.write(space, b"ana %d" % number)
        bo.write(space, b"bo %d" % number)

    network.dial(ana, bo)
    network.run_until_quiet()

    assert heads(ana, space) == heads(bo, space)
    assert len(ana.words(space)) == 40
    assert ana.words(space) == bo.words(space)
    assert all(p.hub.exchange.complete(p.hub.sessions[0]) for p in (ana, bo))


def test_two_devices_are_in_sync_only_when_both_have_said_that_nothing_is_left(
    network: Network,
) -> None:
    space, (ana, bo) = collective(network, "Ana", "Bo")
    ana.write(space, b"once")
    network.dial(ana, bo)
    seen = set()
    while network.step():
        for peer, other in ((ana, bo), (bo, ana)):
            session = peer.hub.session_with(other.keys.device)
            if session is not None:
                complete = peer.hub.exchange.complete(session)
                seen.add((session.greeted, session.peer_done, complete))
                assert not complete or b"once" in bo.words(space)
    assert {(False, False, False), (True, False, False), (True, True, True)} <= seen
    assert ana.hub.session_with(ana.keys.device) is None


def test_what_is_written_before_the_greeting_is_told_with_it(network: Network) -> None:
    space, (ana, bo) = collective(network, "Ana", "Bo")
    network.dial(ana, bo)
    while not ana.hub.sessions:
        assert network.step()
    ana.write(space, b"early")
    network.run_until_quiet()
    assert b"early" in bo.words(space)


def test_words_of_a_circle_are_not_told_to_who_knows_it_and_has_no_seat(network: Network) -> None:
    _, (ana, bo) = collective(network, "Ana", "Bo")
    circle = ana.found("Círculo", SpaceKind.CIRCLE)
    bo.enter(circle, ana.control(circle))
    network.dial(ana, bo)
    network.run_until_quiet()
    ana.write(circle, b"not for bo")
    ana.handle(PresenceChanged(circle, DocumentId(bytes(16))))
    network.run_until_quiet()
    assert ana.hub.sessions[0].sent_entries == 0
    assert heads(bo, circle) == {log: h for log, h in heads(ana, circle).items() if not log.lane}
    assert not [e for e in bo.seen if isinstance(e, PresenceSeen)]


def test_a_second_meeting_moves_no_entry(network: Network) -> None:
    space, (ana, bo) = collective(network, "Ana", "Bo")
    ana.write(space, b"once")
    first = network.dial(ana, bo)
    network.run_until_quiet()
    network.cut(first)
    network.run_until_quiet()
    ana.seen.clear()

    network.dial(bo, ana)
    network.run_until_quiet()

    assert not [effect for effect in ana.seen if isinstance(effect, LoadEntries)]
    assert ana.hub.sessions[0].sent_entries == 0


def test_what_is_written_while_connected_arrives_at_once(network: Network) -> None:
    space, (ana, bo) = collective(network, "Ana", "Bo")
    network.dial(ana, bo)
    network.run_until_quiet()

    ana.write(space, b"live")
    network.run_until_quiet()

    assert b"live" in bo.words(space)
    assert ana.acknowledged[bo.keys.device, next(iter(sorted(heads(ana, space))))] >= 1


def test_a_newcomer_and_somebody_who_missed_the_admission_meet_without_the_founder(
    network: Network,
) -> None:
    space, (ana, bo) = collective(network, "Ana", "Bo")
    cleo = network.peer("Cleo")
    ana.admit(space, cleo)
    cleo.write(space, b"from cleo")
    bo.write(space, b"from bo")
    assert cleo.keys.device not in bo.hub.directory.replicas[space].members

    network.dial(cleo, bo, group=space)
    network.run_until_quiet()

    assert b"from cleo" in bo.words(space)
    assert b"from bo" in cleo.words(space)


def test_somebody_without_any_key_hears_a_challenge_and_nothing_else(network: Network) -> None:
    space, (ana, _) = collective(network, "Ana", "Bo")
    stranger = network.peer("Stranger")
    stranger.found("Another")
    _, (eve, mallory) = collective(network, "Eve", "Mallory")
    ana.write(space, b"secret")
    network.carried.clear()

    wrong = mallory.hub.directory.pair(eve.keys.device)
    assert wrong is not None
    mallory.hub.directory.pair = lambda device: wrong  # type: ignore[method-assign]
    network.dial(mallory, ana)
    network.run_until_quiet()

    from_ana = [data for data in network.carried if len(data) == 32]
    assert len(network.carried) == 2
    assert len(from_ana) == 1
    network.pass_time(limits.SILENCE_SECONDS[1] + 1)
    assert not ana.hub.sessions
    assert len(network.carried) == 2


def test_a_cut_in_the_middle_of_a_catch_up_resumes_without_resending_what_was_acknowledged(
    network: Network,
) -> None:
    space, (ana, bo) = collective(network, "Ana", "Bo")
    for number in range(60):
        ana.write(space, number.to_bytes(2, "big") * 4000 + network.rng.randbytes(8000))
    first = network.dial(ana, bo)
    while len(bo.words(space)) < 20:
        assert network.step()
    network.cut(first)
    network.run_until_quiet()
    already = len(bo.words(space))

    network.dial(ana, bo)
    network.run_until_quiet()

    assert len(bo.words(space)) == 60
    assert ana.hub.sessions[0].sent_entries == 60 - already


def test_a_third_device_gets_everything_from_one_companion_without_the_author(
    network: Network,
) -> None:
    space, (ana, bo, cleo) = collective(network, "Ana", "Bo", "Cleo")
    ana.write(space, b"through a companion")
    wire = network.dial(ana, bo)
    network.run_until_quiet()
    network.cut(wire)
    network.run_until_quiet()

    network.dial(cleo, bo)
    network.run_until_quiet()

    assert cleo.words(space) == {b"through a companion"}


def test_who_told_more_of_a_log_while_another_sent_it_is_asked_for_the_rest(
    network: Network,
) -> None:
    space, (ana, bo, cleo, dani) = collective(network, "Ana", "Bo", "Cleo", "Dani")
    for peer, count in ((bo, 30), (cleo, 3)):
        for number in range(count):
            ana.write(space, b"%d for %s " % (number, peer.name.encode()) * 3000)
        wire = network.dial(ana, peer)
        network.run_until_quiet()
        network.cut(wire)
        network.run_until_quiet()
    network.dial(dani, bo)
    while not (dani.hub.sessions and dani.hub.sessions[0].asked):
        assert network.step()
    network.dial(dani, cleo)
    network.run_until_quiet()
    assert len(dani.words(space)) == 33


def test_an_entry_between_three_that_are_all_connected_is_sent_once_to_each(
    network: Network,
) -> None:
    space, (ana, bo, cleo) = collective(network, "Ana", "Bo", "Cleo")
    for one, other in ((ana, bo), (ana, cleo), (bo, cleo)):
        network.dial(one, other)
        network.run_until_quiet()
    network.pass_time(2)

    ana.write(space, b"once each")
    network.run_until_quiet()
    network.pass_time(2)

    assert b"once each" in bo.words(space) & cleo.words(space)
    sent = sum(s.sent_entries for p in (ana, bo, cleo) for s in p.hub.sessions)
    received = sum(s.received_entries for p in (ana, bo, cleo) for s in p.hub.sessions)
    assert received == sent


def test_dialling_each_other_at_the_same_time_leaves_one_session(network: Network) -> None:
    _, (ana, bo) = collective(network, "Ana", "Bo")
    network.dial(ana, bo)
    network.dial(bo, ana)
    network.run_until_quiet()
    assert [len(peer.hub.sessions) for peer in (ana, bo)] == [1, 1]


def test_a_silent_peer_is_taken_for_gone_and_a_live_one_is_kept_by_pings(
    network: Network,
) -> None:
    _, (ana, bo) = collective(network, "Ana", "Bo")
    network.dial(ana, bo)
    network.run_until_quiet()
    network.pass_time(3 * limits.PEER_SILENT_SECONDS)
    assert len(ana.hub.sessions) == 1

    del network.peers["Bo"]
    network.carry = lambda sender, connection, data: None  # type: ignore[method-assign]
    network.pass_time(2 * limits.PEER_SILENT_SECONDS)
    assert not ana.hub.sessions
    assert [type(e) for e in ana.seen if isinstance(e, PeerArrived | PeerLeft)] == [
        PeerArrived,
        PeerLeft,
    ]
