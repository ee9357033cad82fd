"""T13: what becomes of a session when its peer is removed or suspended (SPEC §11.10, §11.11)."""

from __future__ import annotations

import pytest

from aluna_protocol import announce, limits, messages
from aluna_protocol.hub_events import (
    HubEffect,
    MembersChanged,
    PeerArrived,
    PeerFaulted,
    PeerLeft,
    PresenceChanged,
    PresenceSeen,
    SendBytes,
    Tick,
)
from aluna_protocol.ids import ConnectionId, DocumentId, Lane, SpaceId
from aluna_protocol.operations import Lift, Remove, Second, SpaceKind, Suspend
from aluna_protocol.session import Session
from harness.network import Network, Peer

DOCUMENT = DocumentId(bytes([5]) * 16)
CLOCK = 1_790_000_000.0


@pytest.fixture
def network() -> Network:
    return Network()


def collective(network: Network, *names: str) -> tuple[SpaceId, list[Peer]]:
    peers = [network.peer(name) for name in names]
    space = peers[0].found()
    for peer in peers[1:]:
        peers[0].admit(space, peer)
    for peer in peers[1:]:  # all of them hear of each other
        network.dial(peers[0], peer)
        network.run_until_quiet()
    for session in peers[0].hub.sessions:
        network.cut(session.connection)
    network.run_until_quiet()
    return space, peers


def remove(first: Peer, second: Peer, who: Peer, space: SpaceId) -> None:
    """Two keepers, who are connected, remove *who*; a new epoch begins."""
    asked = first.declare(space, Remove(who.seat.person, None, ()))
    first.network.run_until_quiet()
    second.declare(space, Second(asked))
    first.network.run_until_quiet()
    first.mint(space)
    first.network.run_until_quiet()


def said_after(effects: list[HubEffect], change: HubEffect) -> list[ConnectionId]:
    """Where anything was sent once *change* was known."""
    later = effects[effects.index(change) :]
    return [one.connection for one in later if isinstance(one, SendBytes)]


def one_session(one: Peer, other: Peer) -> Session:
    found = one.hub.session_with(other.keys.device)
    assert found is not None
    return found


@pytest.mark.parametrize("how", ["removed", "suspended"])
def test_t13_a_session_ends_in_the_middle_of_a_transfer_and_nothing_is_sent_after(
    network: Network, how: str
) -> None:
    """On the device where it is decided and on one that hears of it."""
    space, (ana, bo, cleo) = collective(network, "Ana", "Bo", "Cleo")
    for number in range(60):
        ana.write(space, number.to_bytes(2, "big") * 4000 + network.rng.randbytes(8000))
    network.dial(ana, cleo)
    network.run_until_quiet()
    asked = ana.declare(space, Remove(bo.seat.person, None, ()))
    network.run_until_quiet()
    network.dial(ana, bo)
    network.dial(cleo, bo)
    while len(bo.words(space)) < 10 or len(bo.hub.sessions) < 2:
        assert network.step()
    assert [one.serving or one.loading or one.in_flight for one in ana.hub.sessions]
    connections = {peer.name: one_session(peer, bo).connection for peer in (ana, cleo)}
    for peer in (ana, cleo):
        peer.seen.clear()

    if how == "removed":
        cleo.declare(space, Second(asked))
    else:
        ana.declare(space, Suspend(bo.keys.device, ()))
    network.run_until_quiet()

    for peer in (ana, cleo):
        assert bo.keys.device not in peer.hub.directory.replicas[space].members
        assert peer.hub.session_with(bo.keys.device) is None
        [left] = [one for one in peer.seen if isinstance(one, PeerLeft)]
        assert left.connection == connections[peer.name]
        assert left.connection not in said_after(peer.seen, MembersChanged(space))
    assert len(bo.words(space)) < 60
    ana.mint(space)
    network.run_until_quiet()
    ana.write(space, b"after it was known")
    network.run_until_quiet()
    assert b"after it was known" in cleo.words(space)
    assert b"after it was known" not in bo.words(space)


def test_t13_k9_who_was_removed_gets_no_session_however_it_dials(network: Network) -> None:
    space, (ana, bo, cleo) = collective(network, "Ana", "Bo", "Cleo")
    network.dial(ana, cleo)
    network.run_until_quiet()
    remove(ana, cleo, bo, space)
    for peer in (ana, cleo):
        peer.seen.clear()
        network.dial(bo, peer)
        network.dial(bo, peer, group=space)
        network.run_until_quiet()
        network.pass_time(30)
        assert peer.hub.session_with(bo.keys.device) is None
        assert not [one for one in peer.seen if isinstance(one, PeerArrived)]
    assert not bo.hub.sessions


def test_k10_who_has_not_heard_gives_the_removed_what_it_has_and_never_a_later_key(
    network: Network,
) -> None:
    """Dani was away: Bo meets her before and after she hears of it."""
    space, (ana, bo, cleo, dani) = collective(network, "Ana", "Bo", "Cleo", "Dani")
    dani.write(space, b"from Dani, who was away")
    network.dial(ana, cleo)
    network.run_until_quiet()
    remove(ana, cleo, bo, space)
    ana.write(space, b"after it was known")
    network.run_until_quiet()
    made = ana.hub.directory.replicas[space].active_epoch
    assert made is not None

    network.dial(bo, dani)
    network.run_until_quiet()
    assert b"from Dani, who was away" in bo.words(space), "she cannot know"
    network.dial(dani, ana)
    network.run_until_quiet()
    assert b"after it was known" in dani.words(space)
    assert dani.hub.session_with(bo.keys.device) is None
    for group in (None, space):
        network.dial(bo, dani, group=group)
        network.run_until_quiet()
        network.pass_time(30)

    assert made.id in dani.epoch_keys[space]
    assert bo.keys.device not in made.exposure, "no box was made for him"
    assert made.id not in bo.epoch_keys[space]
    assert b"after it was known" not in bo.words(space)


def test_t13_who_is_removed_during_the_handshake_gets_no_session(network: Network) -> None:
    space, (ana, bo, cleo) = collective(network, "Ana", "Bo", "Cleo")
    network.dial(ana, cleo)
    network.run_until_quiet()
    asked = cleo.declare(space, Remove(bo.seat.person, None, ()))
    network.run_until_quiet()
    network.dial(bo, ana)
    network.step()
    ana.declare(space, Second(asked))
    ana.seen.clear()
    network.run_until_quiet()
    assert ana.hub.session_with(bo.keys.device) is None
    assert not [one for one in ana.seen if isinstance(one, PeerArrived)]


def test_l4_who_was_removed_recognises_no_announcement_made_after(network: Network) -> None:
    """His keys are in none of the slots; before, one of them was."""
    space, (ana, bo, cleo) = collective(network, "Ana", "Bo", "Cleo")
    network.dial(ana, cleo)
    network.run_until_quiet()

    def announced(peer: Peer) -> announce.MemberAnnouncement:
        directory = peer.hub.directory
        active = [one for each in directory.replicas for one in directory.groups(each)[:1]]
        pairs = [one for one in directory.candidates() if hasattr(one, "static")]
        txt = announce.announce_member(
            peer.keys.static,
            [*pairs, *active],
            nonce=network.rng.randbytes(16),
            filler=network.rng.randbytes(512),
            wallclock=CLOCK,
        )
        said = announce.parse(txt)
        assert isinstance(said, announce.MemberAnnouncement)
        return said

    bos = bo.hub.directory.candidates()
    for peer in (ana, cleo):
        found = announce.recognise(announced(peer), bos, CLOCK)
        assert getattr(found, "device", None) == peer.keys.device
    remove(ana, cleo, bo, space)
    for peer in (ana, cleo):
        assert announce.recognise(announced(peer), bos, CLOCK) is None
    for one, other in ((ana, cleo), (cleo, ana)):
        found = announce.recognise(announced(one), other.hub.directory.candidates(), CLOCK)
        assert getattr(found, "device", None) == one.keys.device, "those still in know each other"


# -- one space of several ------------------------------------------------------------------------


class Circle:
    """Ana, Bo and Cleo in a collective and in a circle of it; Ana and Bo are in a session."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.collective, (self.ana, self.bo, self.cleo) = collective(network, "Ana", "Bo", "Cleo")
        self.circle = self.ana.found("Guardia", SpaceKind.CIRCLE, self.collective)
        for peer in (self.bo, self.cleo):
            self.ana.admit(self.circle, peer)
        network.dial(self.ana, self.cleo)
        network.dial(self.ana, self.bo)
        network.run_until_quiet()
        self.ana.write(self.circle, b"of the circle")
        network.run_until_quiet()
        assert b"of the circle" in self.bo.words(self.circle)
        self.session = one_session(self.ana, self.bo)

    def remove_bo(self) -> None:
        remove(self.ana, self.cleo, self.bo, self.circle)

    def meet(self) -> Session:
        """Let Bo dial Ana; return her side of it."""
        self.network.dial(self.bo, self.ana)
        self.network.run_until_quiet()
        return one_session(self.ana, self.bo)


@pytest.fixture
def circle(network: Network) -> Circle:
    return Circle(network)


def test_t13_who_is_removed_from_a_circle_hears_no_more_of_it_and_all_else_in_another_session(
    circle: Circle,
) -> None:
    """To be silent in the one that named it would look like withholding."""
    ana, bo, network = circle.ana, circle.bo, circle.network
    before = bo.hashes(circle.circle)
    circle.remove_bo()
    assert ana.hub.session_with(bo.keys.device) is None
    session = circle.meet()
    assert set(session.shared.values()) == {circle.collective}
    ana.write(circle.circle, b"without him")
    ana.write(circle.collective, b"with him")
    ana.handle(PresenceChanged(circle.circle, DOCUMENT))
    network.run_until_quiet()
    network.pass_time(limits.WITHHELD_SECONDS + 2)
    assert b"with him" in bo.words(circle.collective)
    # The removal itself may have reached him in the moment it was asked for; nothing after it.
    new = {one.header.kind for one in bo.control(circle.circle)}
    assert len(bo.hashes(circle.circle) - before) <= 1, new
    assert not [one for one in bo.seen if isinstance(one, PresenceSeen | PeerFaulted)]
    assert one_session(ana, bo) is session, "and it is not begun anew again and again"


def test_t13_who_has_not_heard_of_it_introduces_the_circle_and_gets_no_answer(
    circle: Circle,
) -> None:
    ana, bo, network = circle.ana, circle.bo, circle.network
    circle.remove_bo()
    session = circle.meet()
    ana.seen.clear()
    held = ana.hashes(circle.circle)
    network.pass_time(2)
    assert circle.circle in session.offered
    bo.write(circle.circle, b"from outside")
    bo.handle(PresenceChanged(circle.circle, DOCUMENT))
    network.run_until_quiet()
    assert set(session.shared.values()) == {circle.collective}
    assert ana.hashes(circle.circle) == held
    assert one_session(ana, bo) is session
    assert not [one for one in ana.seen if isinstance(one, PeerFaulted | PresenceSeen)]


def test_t13_who_is_removed_between_two_introductions_is_not_blamed_for_what_follows(
    network: Network,
) -> None:
    """He heard of the circle, and shares it at once; meanwhile he was put out again."""
    space, (ana, bo) = collective(network, "Ana", "Bo")
    network.dial(ana, bo)
    network.run_until_quiet()
    circle = ana.found("Guardia", SpaceKind.CIRCLE, space)
    ana.admit(circle, bo, hand_over=False)
    ana.handle(Tick())  # says Introduce
    ana.declare(circle, Suspend(bo.keys.device, ()))
    network.run_until_quiet()
    network.pass_time(2)
    assert not [one for one in ana.seen if isinstance(one, PeerFaulted)]
    network.dial(ana, bo)
    network.run_until_quiet()
    network.pass_time(2)
    assert set(one_session(ana, bo).shared.values()) == {space}


def test_t13_what_was_under_way_to_him_is_not_sent(circle: Circle) -> None:
    ana, bo, network = circle.ana, circle.bo, circle.network
    asked = circle.cleo.declare(circle.circle, Remove(bo.seat.person, None, ()))
    network.run_until_quiet()
    network.cut(circle.session.connection)
    network.run_until_quiet()
    for _ in range(40):
        ana.write(circle.circle, network.rng.randbytes(16_000))
    network.dial(ana, bo)
    before = len(bo.words(circle.circle))
    while len(bo.words(circle.circle)) < before + 5:
        assert network.step()
    ana.seen.clear()
    lost = one_session(ana, bo).connection
    ana.declare(circle.circle, Second(asked))
    network.run_until_quiet()
    assert len(bo.words(circle.circle)) < before + 40
    farewell, *more = said_after(ana.seen, MembersChanged(circle.circle))
    assert farewell == lost
    assert lost not in more
    assert not [one for one in bo.seen if isinstance(one, PeerFaulted)]


def test_t13_a_later_session_does_not_name_the_circle_to_him(circle: Circle) -> None:
    ana, bo, network = circle.ana, circle.bo, circle.network
    circle.remove_bo()
    session = circle.meet()
    assert circle.circle not in session.named
    assert circle.circle not in one_session(bo, ana).shared.values()
    network.pass_time(3)
    assert one_session(ana, bo) is session


def test_t13_who_lost_one_collective_and_belongs_to_another_stays_in_touch_in_that_one(
    network: Network,
) -> None:
    space, (ana, bo, cleo) = collective(network, "Ana", "Bo", "Cleo")
    other = ana.found("Otra")
    ana.admit(other, bo)
    network.dial(ana, cleo)
    network.dial(ana, bo)
    network.run_until_quiet()
    remove(ana, cleo, bo, space)
    assert ana.hub.session_with(bo.keys.device) is None
    network.dial(ana, bo)
    network.run_until_quiet()
    session = one_session(ana, bo)
    assert set(session.shared.values()) == {other}
    ana.write(space, b"without him")
    ana.write(other, b"with him")
    network.run_until_quiet()
    network.pass_time(3)
    assert b"with him" in bo.words(other)
    assert b"without him" not in bo.words(space)
    assert one_session(ana, bo) is session


def test_a_device_that_is_no_longer_suspended_is_told_again(circle: Circle) -> None:
    ana, bo, network = circle.ana, circle.bo, circle.network
    suspended = ana.declare(circle.circle, Suspend(bo.keys.device, ()))
    network.run_until_quiet()
    session = circle.meet()
    assert circle.circle not in session.shared.values()
    ana.declare(circle.circle, Lift(suspended))
    ana.write(circle.circle, b"meanwhile")
    network.run_until_quiet()
    network.pass_time(1)
    assert one_session(ana, bo) is session
    assert b"meanwhile" in bo.words(circle.circle)


def test_t14_what_a_known_device_says_of_a_circle_it_was_never_seated_in_changes_nothing(
    network: Network,
) -> None:
    """It knows the circle's name, from whom ever: control may pass, nothing else."""
    _, (ana, bo) = collective(network, "Ana", "Bo")
    circle = ana.found("Guardia", SpaceKind.CIRCLE)
    bo.enter(circle, ana.control(circle))
    network.dial(bo, ana)
    network.run_until_quiet()
    ana.seen.clear()
    session = one_session(bo, ana)
    bo.perform(session.say(messages.Presence(session.our_tag(circle), DOCUMENT), network.now))
    ana.write(circle, b"of the circle")
    network.run_until_quiet()
    assert b"of the circle" not in bo.words(circle)
    assert not [one for one in ana.seen if isinstance(one, PresenceSeen)]
    [theirs] = ana.hub.sessions
    assert Lane.CONTENT not in ana.hub.directory.lanes(theirs, circle)
