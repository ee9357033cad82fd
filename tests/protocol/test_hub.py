"""Devices meet over a fake wire: everything arrives, once, and only where it may."""

from __future__ import annotations

import pytest

from aluna_protocol import limits
from aluna_protocol.hub_events import LoadEntries, PeerArrived, PeerLeft
from aluna_protocol.ids import SpaceId
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
