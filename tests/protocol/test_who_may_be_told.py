"""Who may be told what: members, newcomers, strangers; private spaces never (SPEC §11)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aluna_protocol import acts, limits, messages
from aluna_protocol.hub import INTRODUCTION_BYTES, INTRODUCTION_SECONDS
from aluna_protocol.hub_events import PresenceSeen
from aluna_protocol.ids import EMPTY_LOG, NO_HASH, DocumentId, Lane, LogId
from aluna_protocol.membership import Admit, SpaceKind
from aluna_protocol.messages import Batch, Ping, Presence, Want
from aluna_protocol.session import Session
from harness.network import Peer
from harness.pair import Pair
from harness.seats import signed

DOCUMENT = DocumentId(bytes([5]) * 16)


@pytest.fixture
def pair() -> Pair:
    return Pair()


def newcomer(pair: Pair) -> tuple[Peer, Session]:
    """Cleo holds a key and was admitted by Ana; Bo has not heard of it, and Cleo does not say."""
    pair.network.cut(pair.session.connection)
    pair.network.run_until_quiet()
    cleo = pair.network.peer("Cleo")
    pair.ana.admit(pair.space, cleo)
    cleo.hub.exchange.stored.clear()
    pair.network.dial(cleo, pair.bo, group=pair.space)
    while not (cleo.hub.sessions and cleo.hub.sessions[0].greeted):
        assert pair.network.step()
    [session] = cleo.hub.sessions
    return cleo, session


def test_t14_somebody_not_known_yet_gets_and_gives_no_content(pair: Pair) -> None:
    cleo, session = newcomer(pair)
    pair.network.run_until_quiet()
    [theirs] = pair.bo.hub.sessions
    assert theirs.device is None
    bo = pair.bo.keys.device
    tip = pair.bo.hub.directory.replicas[pair.space].head(pair.bos_log)
    want = Want(session.our_tag(pair.space), ((bo, 7, Lane.CONTENT, EMPTY_LOG, tip),))
    cleo.perform(session.say(want, pair.network.now))
    pair.network.run_until_quiet()
    assert theirs.sent_entries == 0
    assert not cleo.words(pair.space)

    links = messages.shorten(pair.bo.logs[pair.bos_log])
    log = (cleo.keys.device, 7, Lane.CONTENT)
    batch = Batch(session.our_tag(pair.space), *log, 1, NO_HASH, links)
    cleo.perform(session.say(batch, pair.network.now))
    pair.network.run_until_quiet()
    assert pair.bo.hub.sessions == [theirs]
    assert LogId(pair.space, *log) not in pair.bo.logs


def test_t14_somebody_not_known_yet_has_no_presence(pair: Pair) -> None:
    cleo, session = newcomer(pair)
    cleo.perform(session.say(Presence(session.our_tag(pair.space), DOCUMENT), pair.network.now))
    pair.network.run_until_quiet()
    assert not [effect for effect in pair.bo.seen if isinstance(effect, PresenceSeen)]
    assert len(pair.bo.hub.sessions) == 1


def test_t14_an_introduction_is_short(pair: Pair) -> None:
    newcomer(pair)
    pair.network.run_until_quiet()
    pair.network.pass_time(INTRODUCTION_SECONDS + 1)
    assert not pair.bo.hub.sessions


def test_t14_an_introduction_is_small(pair: Pair) -> None:
    cleo, session = newcomer(pair)
    pair.network.run_until_quiet()
    [theirs] = pair.bo.hub.sessions
    while pair.bo.hub.sessions and theirs.received_bytes < 2 * INTRODUCTION_BYTES:
        cleo.perform(session.say(Ping(), pair.network.now))
        pair.network.run_until_quiet()
    assert not pair.bo.hub.sessions
    assert theirs.received_bytes < INTRODUCTION_BYTES + limits.MAX_NOISE_MESSAGE


def test_a_private_space_is_never_named(pair: Pair) -> None:
    private = pair.ana.found("Ana", SpaceKind.PRIVATE)
    circle = pair.ana.found("Ana and others", SpaceKind.CIRCLE)
    assert set(pair.ana.hub.directory.shareable()) == {pair.space, circle}
    assert private not in pair.ana.hub.directory.shareable()
    assert {one.space for one in pair.ana.hub.directory.candidates()} == {pair.space}


def test_a_device_of_no_collective_of_ours_is_not_dialled(pair: Pair) -> None:
    stranger = pair.network.peer("Stranger")
    assert pair.ana.hub.directory.pair(stranger.keys.device) is None
    assert pair.ana.hub.directory.whose(pair.space, stranger.keys.static) is None
    pair.ana.hub.directory.replicas.clear()
    assert pair.ana.hub.directory.pair(pair.bo.keys.device) is None


def test_t5_a_seat_with_our_own_key_makes_no_pair_and_stops_nothing(pair: Pair) -> None:
    """A member seats a device under somebody else's static key: no pair, and no crash."""
    mallory = pair.network.peer("Mallory")
    seat = signed(mallory.keys, replace(mallory.seat, static=pair.ana.keys.static))
    directory = pair.ana.hub.directory
    replica = directory.replicas[pair.space]
    acts.admit(pair.ana.keys, 7, replica, Admit(seat, b""), [], pair.network.rng.randbytes)
    assert directory.pair(mallory.keys.device) is None
    assert {one.device for one in directory.candidates() if hasattr(one, "device")} == {
        pair.bo.keys.device
    }
