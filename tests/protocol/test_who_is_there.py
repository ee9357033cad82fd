"""Who is at the other end of a session, and who is not any more (SPEC §11.11, §11.13-§11.14)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aluna_protocol import acts, inviting, limits, membership
from aluna_protocol.crypto import blake2b
from aluna_protocol.errors import LocalProtocolError
from aluna_protocol.exchange import CROSSING_SECONDS
from aluna_protocol.hub_events import (
    EntriesWritten,
    NothingPending,
    PeerArrived,
    PeerFaulted,
    PeerLeft,
    PresenceChanged,
    SpaceIntroduced,
    Tick,
)
from aluna_protocol.ids import DocumentId, SpaceId
from aluna_protocol.membership import Admit, Genesis, SpaceKind
from aluna_protocol.operations import Remove
from aluna_protocol.replica import SpaceReplica
from harness.network import Network, Peer
from harness.seats import signed

DOCUMENT = DocumentId(bytes([5]) * 16)


@pytest.fixture
def network() -> Network:
    return Network()


def collective(network: Network, *names: str) -> tuple[SpaceId, list[Peer]]:
    peers = [network.peer(name) for name in names]
    space = peers[0].found()
    for peer in peers[1:]:
        peers[0].admit(space, peer)
    network.run_until_quiet()
    return space, peers


# -- one session for two devices -----------------------------------------------------------------


@pytest.mark.parametrize("by", ["Bo", "Cleo"])
@pytest.mark.parametrize("other", ["Bo", "Cleo"])
def test_an_introduction_that_leads_to_somebody_who_is_there_already_leaves_one_session(
    network: Network, by: str, other: str
) -> None:
    """Bo and Cleo know each other; of her seat elsewhere he hears while she is there."""
    space, (ana, bo) = collective(network, "Ana", "Bo")
    cleo = network.peer("Cleo")
    bo.admit(bo.found("Otra"), cleo)
    ana.admit(space, cleo)
    unaware = bo.hub.directory.replicas[space]
    assert cleo.keys.device not in unaware.members
    peers = {"Bo": (bo, cleo), "Cleo": (cleo, bo)}
    network.dial(*peers[by], group=space)
    network.dial(*peers[other])
    network.run_until_quiet()

    assert cleo.keys.device in unaware.members
    for one, two in peers.values():
        assert [session.device for session in one.hub.sessions] == [two.keys.device]
        arrived = [e for e in one.seen if isinstance(e, PeerArrived)]
        left = [e for e in one.seen if isinstance(e, PeerLeft)]
        assert len(arrived) == len(left) + 1


def test_t14_what_else_is_heard_of_members_names_no_stranger(network: Network) -> None:
    space, (ana, bo) = collective(network, "Ana", "Bo")
    cleo = network.peer("Cleo")
    ana.admit(space, cleo)
    cleo.hub.exchange.tell_everything = lambda *_: []  # type: ignore[method-assign]
    network.dial(cleo, bo, group=space)
    network.run_until_quiet()
    bo.admit(space, network.peer("Dani"))
    network.run_until_quiet()
    assert [session.device for session in bo.hub.sessions] == [None]
    assert not cleo.words(space)


@pytest.mark.parametrize("lower_dialled_first", [True, False])
def test_l6_who_dials_after_it_lost_the_session_is_not_kept_out_by_it(
    network: Network, lower_dialled_first: bool
) -> None:
    """It slept, or has another address, and the other side has not noticed yet."""
    _, peers = collective(network, "Ana", "Bo")
    lower, higher = sorted(peers, key=lambda peer: peer.keys.device)
    stays, comes_back = (lower, higher) if lower_dialled_first else (higher, lower)
    network.dial(stays, comes_back)
    network.run_until_quiet()
    [old] = stays.hub.sessions
    network.pass_time(CROSSING_SECONDS)
    comes_back.restart()
    network.dial(comes_back, stays)
    network.run_until_quiet()
    [new] = stays.hub.sessions
    assert new is not old
    [theirs] = comes_back.hub.sessions
    assert theirs.greeted


# -- two seats, one key --------------------------------------------------------------------------


def test_t5_who_seats_anothers_key_takes_no_session_from_it(network: Network) -> None:
    space, (ana, bo, cleo) = collective(network, "Ana", "Bo", "Cleo")
    network.dial(ana, bo)
    network.run_until_quiet()
    eve = network.peer("Eve")
    false = signed(eve.keys, replace(eve.seat, static=cleo.keys.static))
    written = acts.admit(
        bo.keys,
        7,
        bo.replica(space),
        Admit(false, b""),
        list(bo.epoch_keys[space].values()),
        network.rng.randbytes,
    )
    bo._keep(written)
    bo.handle(EntriesWritten(tuple(written)))
    network.run_until_quiet()
    directory = ana.hub.directory
    assert false.device in directory.replicas[space].members
    assert directory.whose(space, cleo.keys.static) == cleo.keys.device
    assert directory.pair(false.device) is None
    devices = [getattr(one, "device", None) for one in directory.candidates()]
    assert false.device not in devices
    assert devices.count(cleo.keys.device) == 1

    network.dial(cleo, ana)
    network.run_until_quiet()
    assert {s.device for s in ana.hub.sessions} == {bo.keys.device, cleo.keys.device}


# -- what overtakes an admission -----------------------------------------------------------------


def test_words_of_who_is_not_seated_here_yet_come_when_the_seat_does(network: Network) -> None:
    """Cleo knows that she was let into a circle; Ana, whom she knows otherwise, does not yet."""
    _, (ana, bo, cleo) = collective(network, "Ana", "Bo", "Cleo")
    circle = ana.found("Círculo", SpaceKind.CIRCLE)
    ana.admit(circle, bo)
    network.dial(ana, cleo)
    network.run_until_quiet()
    network.dial(ana, bo)
    network.run_until_quiet()
    bo.admit(circle, cleo)
    for session in [*ana.hub.sessions, *cleo.hub.sessions, *bo.hub.sessions]:
        network.cut(session.connection)
    # What Bo wrote is lost on the way: Ana has heard nothing of it.
    network.run_until_quiet()
    replica = ana.hub.directory.replicas[circle]
    assert cleo.keys.device not in replica.members
    cleo.handle(PresenceChanged(circle, DOCUMENT))
    network.dial(cleo, ana)
    network.run_until_quiet()
    cleo.write(circle, b"from the circle")
    network.run_until_quiet()
    assert cleo.keys.device in replica.members
    assert b"from the circle" in ana.words(circle)
    assert ana.hub.sessions
    assert not [e for e in ana.seen if isinstance(e, PeerFaulted)]


# -- many spaces ---------------------------------------------------------------------------------


def test_more_spaces_than_a_hello_can_name_are_refused_when_they_are_added(
    network: Network,
) -> None:
    ana, bo = network.peer("Ana"), network.peer("Bo")
    shared = ana.found()
    ana.admit(shared, bo)
    for number in range(limits.MAX_SPACES - 2):
        ana.found(f"Círculo {number}", SpaceKind.CIRCLE)
    private = ana.found("Para mí", SpaceKind.PRIVATE, shared)
    for kind in SpaceKind:
        with pytest.raises(LocalProtocolError, match="too many spaces"):
            ana.found("Una más", kind)
    ana.hub.add_space(ana.hub.directory.replicas[shared], [])
    network.dial(ana, bo)
    network.run_until_quiet()
    ana.handle(NothingPending())
    [session] = ana.hub.sessions
    assert session.named == ana.hub.directory.replicas.keys() - {private}
    assert len(bo.hub.sessions) == 1


def test_a_replica_without_its_founding_is_not_named(network: Network) -> None:
    ana = network.peer("Ana")
    space = SpaceId(blake2b(b"nothing is known of it"))
    ana.hub.add_space(SpaceReplica(space), [])
    assert ana.hub.directory.shareable() == []
    genesis = Genesis(SpaceKind.PRIVATE, "Para mí", b"", ana.seat, bytes(16))
    assert membership.space_id(genesis) not in ana.hub.directory.replicas


def test_a_collective_entered_while_a_session_stands_is_shared_by_the_next() -> None:
    network = Network()
    ana, bo = network.peer("Ana"), network.peer("Bo")
    space = ana.found()
    ana.admit(space, bo)
    network.dial(ana, bo)
    network.run_until_quiet()
    later = ana.found("Otra semilla")
    ana.admit(later, bo)
    ana.write(later, b"only ours")
    network.run_until_quiet()
    assert b"only ours" not in bo.words(later)
    network.pass_time(1)
    assert not ana.hub.sessions
    network.dial(ana, bo)
    network.run_until_quiet()
    assert b"only ours" in bo.words(later)
    network.pass_time(5)
    assert ana.hub.sessions


def test_a_circle_entered_while_a_session_stands_is_introduced_in_it() -> None:
    """To whom it was founded for: Cleo, of the same collective, hears of neither space."""
    network = Network()
    space, (ana, bo, cleo) = collective(network, "Ana", "Bo", "Cleo")
    for other in (bo, cleo):
        network.dial(ana, other)
    network.run_until_quiet()
    standing = [session.connection for session in ana.hub.sessions]
    circle = ana.found("Círculo", SpaceKind.CIRCLE, space)
    ana.admit(circle, bo, hand_over=False)
    private = ana.found("Para mí", SpaceKind.PRIVATE, space)
    ana.write(circle, b"only ours")
    ana.write(private, b"only mine")
    network.run_until_quiet()
    network.pass_time(5)
    assert b"only ours" in bo.words(circle)
    assert [session.connection for session in ana.hub.sessions] == standing
    assert private not in bo.hub.directory.replicas
    assert cleo.hub.directory.replicas.keys() == {space}
    assert not [one for one in cleo.seen if isinstance(one, SpaceIntroduced)]
    assert all(not other.hashes(private) for other in (bo, cleo))


def test_nobody_is_told_that_nothing_waits_before_she_heard_of_every_circle_she_is_in() -> None:
    """Who looks in for a moment leaves at Done."""
    network = Network()
    space, (ana, bo) = collective(network, "Ana", "Bo")
    circle = ana.found("Círculo", SpaceKind.CIRCLE, space)
    ana.admit(circle, bo, hand_over=False)
    ana.write(circle, b"only ours")
    network.dial(ana, bo)
    network.run_until_quiet()
    assert circle in bo.hub.directory.replicas, "in the same moment, before any time has passed"
    (session,) = bo.hub.sessions
    assert session.peer_done
    assert not bo.hub.exchange.complete(session) or b"only ours" in bo.words(circle)
    network.pass_time(5)
    assert bo.hub.exchange.complete(session)
    assert b"only ours" in bo.words(circle)


def test_who_left_meanwhile_blames_nobody_for_an_introduction_under_way() -> None:
    network = Network()
    space, (ana, bo) = collective(network, "Ana", "Bo")
    network.dial(ana, bo)
    network.run_until_quiet()
    circle = ana.found("Círculo", SpaceKind.CIRCLE, space)
    ana.admit(circle, bo)
    [session] = ana.hub.sessions
    under_way = inviting.introduce(ana.hub.directory, session, circle)
    assert under_way is not None
    bo.declare(space, Remove(bo.seat.person, None, ()))
    [session] = bo.hub.sessions
    found = inviting.founding_of(bo.hub.directory, session, under_way)
    assert found is not None
    assert found.header.log.space == circle


def test_who_is_out_of_the_collective_passes_over_an_introduction_by_who_has_not_heard() -> None:
    network = Network()
    space, (ana, bo) = collective(network, "Ana", "Bo")
    network.dial(ana, bo)
    network.run_until_quiet()
    circle = ana.found("Círculo", SpaceKind.CIRCLE, space)
    ana.admit(circle, bo, hand_over=False)
    ana.handle(Tick())
    bo.declare(space, Remove(bo.seat.person, None, ()))
    network.run_until_quiet()
    assert circle not in bo.hub.directory.replicas
    assert not [one for one in [*ana.seen, *bo.seen] if isinstance(one, PeerFaulted)]


def test_a_private_space_is_introduced_to_a_device_of_the_same_person_alone() -> None:
    network = Network()
    space, (ana, bo) = collective(network, "Ana", "Bo")
    phone = network.peer("Ana's phone")
    phone.person_name = ana.name
    ana.admit(space, phone)
    private = ana.found("Para mí", SpaceKind.PRIVATE, space)
    ana.admit(private, phone, hand_over=False)
    ana.write(private, b"only mine")
    for other in (phone, bo):
        network.dial(ana, other)
    network.run_until_quiet()
    network.pass_time(5)
    assert b"only mine" in phone.words(private)
    assert bo.hub.directory.replicas.keys() == {space}
    assert not bo.hashes(private)


def test_a_circle_is_introduced_where_its_collective_is_shared_and_it_is_not_yet() -> None:
    network = Network()
    space, (ana, bo) = collective(network, "Ana", "Bo")
    circle = ana.found("Círculo", SpaceKind.CIRCLE, space)
    ana.admit(circle, bo)
    network.dial(ana, bo)
    network.run_until_quiet()
    [session] = ana.hub.sessions
    assert set(session.shared.values()) == {space, circle}
    assert list(inviting.due(ana.hub.directory, session)) == []
    network.pass_time(5)
    assert not session.introduced
    tags = {shared: tag for tag, shared in session.shared.items()}
    session.shared = {tags[space]: space}
    assert list(inviting.due(ana.hub.directory, session)) == [circle]
    session.shared = {}
    assert list(inviting.due(ana.hub.directory, session)) == []
