"""Who is at the other end of a session, and who is not any more (SPEC §11.11, §11.13-§11.14)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aluna_protocol import acts, limits, membership, messages
from aluna_protocol.crypto import blake2b
from aluna_protocol.errors import LocalProtocolError
from aluna_protocol.hub_events import (
    EntriesWritten,
    MembersChanged,
    NothingPending,
    PeerArrived,
    PeerFaulted,
    PeerLeft,
    PresenceChanged,
    PresenceSeen,
    SendBytes,
)
from aluna_protocol.ids import DeviceId, DocumentId, Lane, SpaceId
from aluna_protocol.membership import Admit, Genesis, SpaceKind
from aluna_protocol.messages import Batch, Presence
from aluna_protocol.replica import SpaceReplica
from harness.network import Network, Peer
from harness.pair import Pair

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


# -- a seat that is gone -------------------------------------------------------------------------


def remove(
    monkeypatch: pytest.MonkeyPatch, removed: DeviceId, where: SpaceId | None = None
) -> None:
    """From now on membership says that *removed* holds no seat, as a removal will make it."""
    outcome = membership.Resolver.outcome

    def without(self: membership.Resolver) -> membership.Membership:
        found: membership.Membership = outcome.fget(self)  # type: ignore[attr-defined]
        if where not in (None, self._space):
            return found
        seats = {device: seat for device, seat in found.seats.items() if device != removed}
        return replace(found, seats=seats)

    monkeypatch.setattr(membership.Resolver, "outcome", property(without))


def an_act(peer: Peer, space: SpaceId, newcomer: Peer) -> None:
    """Any control entry: what is known of members is looked at again."""
    peer.admit(space, newcomer, hand_over=False)


def test_t13_a_session_ends_when_the_removal_is_applied_and_nothing_is_sent_after(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of a transfer, on the device that removes and on one that hears of it."""
    space, (ana, bo, cleo) = collective(network, "Ana", "Bo", "Cleo")
    wire = network.dial(ana, bo)
    network.run_until_quiet()
    network.cut(wire)
    network.run_until_quiet()
    for number in range(60):
        ana.write(space, number.to_bytes(2, "big") * 4000 + network.rng.randbytes(8000))
    network.dial(ana, cleo)
    network.run_until_quiet()
    network.dial(ana, bo)
    network.dial(cleo, bo)
    while len(bo.words(space)) < 10 or len(bo.hub.sessions) < 2:
        assert network.step()
    remove(monkeypatch, bo.keys.device)
    for peer in (ana, cleo):
        peer.seen.clear()

    an_act(ana, space, network.peer("Dani"))
    network.run_until_quiet()

    for peer in (ana, cleo):
        assert bo.keys.device not in {session.device for session in peer.hub.sessions}
        [left] = [at for at, one in enumerate(peer.seen) if isinstance(one, PeerLeft)]
        connection = peer.seen[left].connection  # type: ignore[union-attr]
        changed = peer.seen.index(MembersChanged(space))
        assert not [
            one
            for one in peer.seen[changed:]
            if isinstance(one, SendBytes) and one.connection == connection
        ]
    assert len(bo.words(space)) < 60
    ana.write(space, b"after the removal")
    network.run_until_quiet()
    assert b"after the removal" in cleo.words(space)
    assert b"after the removal" not in bo.words(space)


def test_t13_who_is_removed_during_the_handshake_gets_no_session(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    space, (ana, bo) = collective(network, "Ana", "Bo")
    network.dial(bo, ana)
    network.step()
    remove(monkeypatch, bo.keys.device)
    an_act(ana, space, network.peer("Dani"))
    ana.seen.clear()
    network.run_until_quiet()
    assert not ana.hub.sessions
    assert not [one for one in ana.seen if isinstance(one, PeerArrived | PeerLeft)]


def test_t13_who_lost_one_seat_and_holds_another_stays(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    space, (ana, bo) = collective(network, "Ana", "Bo")
    other = ana.found("Otra")
    ana.admit(other, bo)
    network.dial(ana, bo)
    network.run_until_quiet()
    an_act(ana, space, network.peer("Dani"))
    network.run_until_quiet()
    assert len(ana.hub.sessions) == 1


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


# -- two seats, one key --------------------------------------------------------------------------


def test_t5_who_seats_anothers_key_takes_no_session_from_it(network: Network) -> None:
    space, (ana, bo, cleo) = collective(network, "Ana", "Bo", "Cleo")
    network.dial(ana, bo)
    network.run_until_quiet()
    false = replace(network.peer("Eve").seat, static=cleo.keys.static)
    written = acts.admit(
        bo.keys,
        7,
        bo.replica(space),
        Admit(false, bytes(32), b""),
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


def test_t14_presence_and_words_of_a_known_device_without_a_seat_change_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair = Pair()
    circle = pair.ana.found("Círculo", SpaceKind.CIRCLE)
    pair.ana.admit(circle, pair.bo)
    pair.network.cut(pair.session.connection)
    pair.network.run_until_quiet()
    pair.network.dial(pair.bo, pair.ana)
    pair.network.run_until_quiet()
    [pair.session] = pair.bo.hub.sessions
    one = pair.bo.write(circle, b"x")
    pair.network.run_until_quiet()
    pair.ana.seen.clear()
    remove(monkeypatch, pair.bo.keys.device, circle)
    pair.ana.hub.directory.replicas[circle] = pair.ana.replica(circle)
    tag = pair.session.our_tag(circle)
    pair.say(Presence(tag, DOCUMENT))
    log = (one.header.log.device, 7, Lane.CONTENT)
    links = messages.shorten([one])
    pair.say(Batch(tag, *log, 2, one.hash, links))
    assert not pair.ended
    assert not pair.told(PresenceSeen)
    assert len(pair.ana.logs[one.header.log]) == 1
    [session] = pair.ana.hub.sessions
    assert [tip.height for tip in session.logs.unknown_tips(one.header.log)] == [2]


# -- many spaces ---------------------------------------------------------------------------------


def test_more_spaces_than_a_hello_can_name_are_refused_when_they_are_added(
    network: Network,
) -> None:
    ana, bo = network.peer("Ana"), network.peer("Bo")
    shared = ana.found()
    ana.admit(shared, bo)
    for number in range(limits.MAX_SPACES - 1):
        ana.found(f"Círculo {number}", SpaceKind.CIRCLE)
    ana.found("Para mí", SpaceKind.PRIVATE)
    with pytest.raises(LocalProtocolError, match="too many spaces"):
        ana.found("Una más", SpaceKind.CIRCLE)
    ana.hub.add_space(ana.hub.directory.replicas[shared], [])
    network.dial(ana, bo)
    network.run_until_quiet()
    ana.handle(NothingPending())
    assert len(bo.hub.sessions) == 1


def test_a_replica_without_its_founding_is_not_named(network: Network) -> None:
    ana = network.peer("Ana")
    space = SpaceId(blake2b(b"nothing is known of it"))
    ana.hub.add_space(SpaceReplica(space), [])
    assert ana.hub.directory.shareable() == []
    genesis = Genesis(SpaceKind.PRIVATE, "Para mí", b"", ana.seat, bytes(16))
    assert membership.space_id(genesis) not in ana.hub.directory.replicas


def test_a_space_entered_while_a_session_stands_is_shared_by_the_next() -> None:
    network = Network()
    ana, bo = network.peer("Ana"), network.peer("Bo")
    space = ana.found()
    ana.admit(space, bo)
    network.dial(ana, bo)
    network.run_until_quiet()
    later = ana.found("Círculo", SpaceKind.CIRCLE)
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
