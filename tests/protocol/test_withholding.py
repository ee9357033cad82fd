"""Nobody waits for ever, and who tells what is not so is named (SPEC §11.11, §11.17)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aluna_protocol import limits, messages
from aluna_protocol.entry import Entry
from aluna_protocol.faults import Backoff, Fault
from aluna_protocol.hub_events import (
    BytesReceived,
    OwnLogBehind,
    OwnLogForked,
    PeerFaulted,
    StoreEntries,
    Tick,
)
from aluna_protocol.ids import EMPTY_LOG, EntryHash, Head, Instant, Lane, LogId, StaticKey
from aluna_protocol.messages import Anchors, Batch, Have, Message, Want
from aluna_protocol.session import Session
from harness.network import Network, Peer
from harness.pair import Pair

NOWHERE = EntryHash(bytes([7]) * 32)


@pytest.fixture
def pair() -> Pair:
    return Pair()


def said(peer: Peer, kind: type[Message]) -> list[Message]:
    """What *peer* was sent of one kind, as its own transport opened it."""
    return [one for one in peer_messages[peer.name] if isinstance(one, kind)]


peer_messages: dict[str, list[Message]] = {}


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Note every message by the device that gets it."""
    peer_messages.clear()
    decode = messages.decode
    handle = Peer.handle
    now: list[str] = []

    def noting(data: bytes) -> Message:
        message = decode(data)
        peer_messages.setdefault(now[-1], []).append(message)
        return message

    def handling(peer: Peer, event: object) -> None:
        now.append(peer.name)
        handle(peer, event)  # type: ignore[arg-type]
        now.pop()

    monkeypatch.setattr(messages, "decode", noting)
    monkeypatch.setattr(Peer, "handle", handling)


def pass_time(network: Network, seconds: float) -> None:
    """Time passes; every session stays alive."""
    for _ in range(int(seconds)):
        network.pass_time(1)
        for peer in network.peers.values():
            for session in peer.hub.sessions:
                session.last_heard = network.now


def lie(pair: Pair, *, device: bytes | None = None, lane: Lane = Lane.CONTENT) -> LogId:
    """Bo tells a tip that does not exist."""
    log = LogId(pair.space, device or pair.bo.keys.device, 9, lane)  # type: ignore[arg-type]
    row = (log.device, log.incarnation, log.lane, Head(1000, NOWHERE))
    pair.say(Have(pair.tag, (row,), last=True))
    return log


def faults(peer: Peer) -> list[tuple[Fault, LogId | None]]:
    return [(e.fault, e.log) for e in peer.seen if isinstance(e, PeerFaulted)]


# -- tips that do not exist ----------------------------------------------------------------------


def test_d4_a_tip_that_does_not_exist_costs_half_a_minute_and_names_the_liar(pair: Pair) -> None:
    log = lie(pair)
    pass_time(pair.network, limits.WITHHELD_SECONDS - 1)
    assert not faults(pair.ana)
    pass_time(pair.network, 2)
    assert faults(pair.ana) == [(Fault.WITHHELD, log)]
    assert [e.device for e in pair.told(PeerFaulted)] == [pair.bo.keys.device]  # type: ignore[attr-defined]
    assert not pair.ended


def test_d4_lies_about_control_logs_do_not_stop_the_liars_own_words_for_ever(pair: Pair) -> None:
    lie(pair, lane=Lane.CONTROL)
    pair.bo.hub.exchange.sessions[pair.session.connection].sent.clear()
    log = pair.bos_log
    pair.bo.handle(Tick())
    [session] = pair.ana.hub.sessions
    assert session.logs.ahead(pair.space, Lane.CONTROL)
    pass_time(pair.network, limits.WITHHELD_SECONDS + 1)
    assert not session.logs.ahead(pair.space, Lane.CONTROL)
    pair.bo.write(pair.space, b"goes on")
    pair.network.run_until_quiet()
    assert b"goes on" in pair.ana.words(pair.space)
    assert session.logs.reach[log] == 2


def test_what_was_withheld_is_asked_again_later_and_later(pair: Pair) -> None:
    log = lie(pair)
    before = len(said(pair.bo, Want))
    pass_time(pair.network, limits.WITHHELD_SECONDS + limits.RETRY_SECONDS + 2)
    assert len(said(pair.bo, Want)) == before + 1
    pass_time(pair.network, limits.WITHHELD_SECONDS + limits.RETRY_SECONDS + 2)
    assert len(said(pair.bo, Want)) == before + 1
    pass_time(pair.network, limits.RETRY_SECONDS)
    assert len(said(pair.bo, Want)) == before + 2
    assert faults(pair.ana) == [(Fault.WITHHELD, log)]


def test_another_session_of_a_liar_is_not_asked_sooner(pair: Pair) -> None:
    log = lie(pair)
    pass_time(pair.network, limits.WITHHELD_SECONDS + 1)
    pair.network.cut(pair.session.connection)
    pair.network.run_until_quiet()
    before = len(said(pair.bo, Want))
    pair.network.dial(pair.ana, pair.bo)
    pair.network.run_until_quiet()
    [pair.session] = pair.bo.hub.sessions
    assert lie(pair) == log
    assert len(said(pair.bo, Want)) == before
    pass_time(pair.network, limits.RETRY_SECONDS)
    assert len(said(pair.bo, Want)) == before + 1


def test_who_lets_others_wait_longer_is_asked_less_and_who_delivers_is_forgiven() -> None:
    backoff, peer, now = Backoff(), StaticKey(bytes(32)), Instant(0.0)
    log = LogId(bytes(32), bytes(32), 0, Lane.CONTENT)  # type: ignore[arg-type]
    waits = [backoff.longer(peer, log, now) for _ in range(9)]
    assert waits[:3] == [60.0, 120.0, 240.0]
    assert waits[-1] == limits.MAX_RETRY_SECONDS
    assert backoff.until(peer, log, Instant(1.0)) == limits.MAX_RETRY_SECONDS
    backoff.delivered(peer, log)
    assert backoff.until(peer, log, Instant(1.0)) is None
    assert backoff.distrusted(peer, Instant(1.0))
    for number in range(limits.MAX_REMEMBERED_FAULTS + 5):
        backoff.longer(peer, replace(log, incarnation=number), now)
    assert len(backoff._known) == limits.MAX_REMEMBERED_FAULTS


# -- withholding what others have ----------------------------------------------------------------


def three() -> tuple[Network, Pair, Peer, Session]:
    """Bo tells of Ana's log and does not send it; Cleo has it as well; Dani lacks it."""
    pair = Pair()
    network = pair.network
    cleo, dani = network.peer("Cleo"), network.peer("Dani")
    for newcomer in (cleo, dani):
        pair.ana.admit(pair.space, newcomer)
    network.run_until_quiet()
    network.dial(pair.ana, cleo)
    network.run_until_quiet()
    for number in range(5):
        pair.ana.write(pair.space, b"wanted %d" % number)
    network.run_until_quiet()
    network.pass_time(2)
    for session in [*pair.ana.hub.sessions]:
        network.cut(session.connection)
    network.run_until_quiet()
    network.dial(dani, pair.bo)
    pair.bo.hub.exchange.serving.want = lambda *_: []  # type: ignore[method-assign]
    network.run_until_quiet()
    [session] = dani.hub.sessions
    return network, pair, dani, session


def test_what_one_withholds_is_asked_of_another_who_has_it() -> None:
    network, pair, dani, session = three()
    cleo = network.peers["Cleo"]
    log = LogId(pair.space, pair.ana.keys.device, 7, Lane.CONTENT)
    assert log in session.asked
    network.dial(dani, cleo)
    network.run_until_quiet()
    assert not dani.words(pair.space)
    pass_time(network, limits.WITHHELD_SECONDS + 1)
    assert dani.words(pair.space) >= {b"wanted %d" % number for number in range(5)}
    assert {fault for fault, _ in faults(dani)} == {Fault.WITHHELD}
    assert {e.device for e in dani.seen if isinstance(e, PeerFaulted)} == {pair.bo.keys.device}


def test_what_waits_behind_other_things_is_asked_of_another_and_nobody_is_blamed() -> None:
    network, pair, dani, session = three()
    cleo = network.peers["Cleo"]
    network.dial(dani, cleo)
    network.run_until_quiet()
    for _ in range(int(limits.WITHHELD_SECONDS) + 1):
        session.delivered = network.now
        pass_time(network, 1)
    assert dani.words(pair.space) >= {b"wanted %d" % number for number in range(5)}
    assert not faults(dani)


def test_who_is_slow_and_alone_is_waited_for() -> None:
    network, _, dani, session = three()
    for _ in range(2 * int(limits.WITHHELD_SECONDS)):
        session.delivered = network.now
        pass_time(network, 1)
    assert not faults(dani)
    assert session.asked


# -- lies about our own log ----------------------------------------------------------------------


@pytest.mark.parametrize("height", [1, 5], ids=["fork", "behind"])
def test_d3_what_is_merely_told_of_our_own_log_stops_writing_for_a_while_and_proves_nothing(
    pair: Pair, height: int
) -> None:
    assert pair.ana.hub.may_seal(pair.space)
    own = (pair.ana.keys.device, 7, Lane.CONTENT, Head(height, NOWHERE))
    pair.say(Have(pair.tag, (own,), last=True))
    assert not pair.ana.hub.may_seal(pair.space)
    pass_time(pair.network, limits.WITHHELD_SECONDS + 1)
    assert pair.ana.hub.may_seal(pair.space)
    assert {fault for fault, _ in faults(pair.ana)} == {Fault.WITHHELD}
    other = (pair.ana.keys.device, 7, Lane.CONTENT, Head(height + 1, NOWHERE))
    pair.say(Have(pair.tag, (other,), last=True))
    assert pair.ana.hub.may_seal(pair.space)
    assert not pair.told(OwnLogBehind)
    assert not pair.told(OwnLogForked)


def test_d3_a_peer_that_never_ends_its_inventory_does_not_keep_us_from_writing(pair: Pair) -> None:
    pair.network.cut(pair.session.connection)
    pair.network.run_until_quiet()
    pair.bo.hub.exchange.tell_everything = lambda *_: []  # type: ignore[method-assign]
    pair.network.dial(pair.bo, pair.ana)
    pair.network.run_until_quiet()
    assert not pair.ana.hub.may_seal(pair.space)
    pass_time(pair.network, limits.GREETING_SECONDS + 1)
    assert pair.ended
    pair.network.dial(pair.bo, pair.ana)
    pair.network.run_until_quiet()
    assert pair.ana.hub.may_seal(pair.space)


# -- anchors -------------------------------------------------------------------------------------


def asked(pair: Pair) -> Want:
    wanted = said(pair.bo, Want)[-1]
    assert isinstance(wanted, Want)
    return wanted


def anchors(pair: Pair, log: LogId, *places: Head, tip: Head | None = None) -> Anchors:
    tip = tip or Head(1000, NOWHERE)
    return Anchors(pair.tag, log.device, log.incarnation, log.lane, tip, (*places, EMPTY_LOG))


def test_d1_the_highest_anchor_we_hold_is_asked_from(pair: Pair) -> None:
    ana = pair.ana.keys.device
    own = LogId(pair.space, ana, 7, Lane.CONTROL)
    run = pair.ana.logs[own]
    pair.say(Have(pair.tag, ((ana, 7, Lane.CONTROL, Head(1000, NOWHERE)),), last=True))
    assert asked(pair).logs[0][3:] == (Head(4, run[3].hash), Head(1000, NOWHERE))
    held = [Head(height, run[height - 1].hash) for height in (3, 2)]
    pair.say(anchors(pair, own, Head(4, NOWHERE), *held))
    assert asked(pair).logs[0][3:] == (held[0], Head(1000, NOWHERE))


def test_d1_anchors_that_lie_are_believed_once(pair: Pair) -> None:
    log = lie(pair)
    count = len(said(pair.bo, Want))
    pair.say(anchors(pair, log, Head(9, NOWHERE)))
    assert len(said(pair.bo, Want)) == count + 1
    assert asked(pair).logs[0][3:] == (EMPTY_LOG, Head(1000, NOWHERE))
    pair.say(anchors(pair, log, Head(9, NOWHERE)))
    assert len(said(pair.bo, Want)) == count + 1
    assert faults(pair.ana) == [(Fault.WITHHELD, log)]
    assert not pair.ended


def test_d1_anchors_nobody_asked_for_are_passed_over(pair: Pair) -> None:
    log = lie(pair)
    count = len(said(pair.bo, Want))
    pair.say(anchors(pair, log, tip=Head(999, NOWHERE)))
    pair.say(anchors(pair, replace(log, incarnation=8)))
    assert len(said(pair.bo, Want)) == count
    assert not faults(pair.ana)


def test_d1_after_anchors_that_lie_nothing_is_taken_that_does_not_join(pair: Pair) -> None:
    """Bo says that a branch leaves Ana's log where it does not."""
    own = LogId(pair.space, pair.ana.keys.device, 7, Lane.CONTENT)
    before = dict(pair.ana.logs)
    [link] = messages.shorten(pair.bo.logs[pair.bos_log])
    log = (own.device, own.incarnation, own.lane)
    pair.say(Batch(pair.tag, *log, 2, before[own][0].hash, (link,)))
    assert pair.ana.logs == before
    assert not pair.told(StoreEntries)
    assert faults(pair.ana) == [(Fault.FORGED, own)]


# -- what is proved ------------------------------------------------------------------------------


def test_t8_a_message_that_breaks_a_rule_names_its_sender(pair: Pair) -> None:
    pair.say_raw(b"\xc0")
    assert pair.ended
    assert pair.told(PeerFaulted) == [
        PeerFaulted(pair.bo.keys.device, Fault.BROKEN_MESSAGE, None),
    ]


def test_t7_bytes_changed_on_the_way_end_the_session_and_name_nobody(pair: Pair) -> None:
    [session] = pair.ana.hub.sessions
    sealed = pair.session.say(messages.Ping(), pair.network.now).data
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    pair.ana.handle(BytesReceived(session.connection, changed))
    assert pair.ended
    assert not pair.told(PeerFaulted)


def test_k1_who_passes_on_what_another_spoilt_is_not_named(pair: Pair) -> None:
    """Mallory passes on Bo's log with signatures that hold only at the end of her batch."""
    for number in range(30):
        pair.bo.write(pair.space, b"%d" % number * 3000)
    pair.network.run_until_quiet()
    run = pair.ana.logs[pair.bos_log]
    run[:-1] = [replace(one, signature=bytes(64)) for one in run[:-1]]
    cleo = pair.network.peer("Cleo")
    pair.ana.admit(pair.space, cleo)
    pair.network.dial(pair.ana, cleo)
    pair.network.run_until_quiet()
    assert len(cleo.logs[pair.bos_log]) == 31
    assert not faults(cleo)


def test_k1_a_log_nobody_vouches_for_is_not_sent(pair: Pair) -> None:
    run = pair.ana.logs[pair.bos_log]
    run[:] = [replace(one, signature=bytes(64)) for one in run]
    cleo = pair.network.peer("Cleo")
    pair.ana.admit(pair.space, cleo)
    pair.network.dial(pair.ana, cleo)
    pair.network.run_until_quiet()
    assert pair.bos_log not in cleo.logs
    assert not faults(cleo)


# -- entries without their words -----------------------------------------------------------------


def test_who_passes_on_entries_without_their_parts_is_named_and_others_are_asked() -> None:
    network, pair, dani, _ = three()
    log = LogId(pair.space, pair.ana.keys.device, 7, Lane.CONTENT)
    (bos,) = pair.bo.hub.sessions
    run = [replace(one, parts=tuple(None for _ in one.parts)) for one in pair.bo.logs[log]]
    bare = Batch(
        bos.our_tag(pair.space), log.device, 7, Lane.CONTENT, 1, run[0].header.previous,
        messages.shorten(run),
    )  # fmt: skip
    pair.bo.perform(bos.say(bare, network.now))
    network.run_until_quiet()
    assert (pair.bo.keys.device, Fault.WITHHELD) in {(e, f) for f, e in named(dani)}
    assert not dani.logs.get(log)
    network.dial(dani, network.peers["Cleo"])
    network.run_until_quiet()
    assert dani.words(pair.space) >= {b"wanted %d" % number for number in range(5)}


def bare(session: Session, run: list[Entry]) -> Batch:
    """Return *run* as somebody sends it who destroyed all its parts."""
    log = run[0].header.log
    emptied = [replace(one, parts=tuple(None for _ in one.parts)) for one in run]
    return Batch(
        session.our_tag(log.space), log.device, log.incarnation, log.lane, 1,
        run[0].header.previous, messages.shorten(emptied),
    )  # fmt: skip


def test_entries_without_their_parts_that_are_held_whole_are_not_held_against_anybody(
    pair: Pair,
) -> None:
    """They came from somebody else while these were on their way."""
    (bos,), (anas,) = pair.bo.hub.sessions, pair.ana.hub.sessions
    held = list(pair.ana.logs[pair.bos_log])
    pair.bo.perform(bos.say(bare(bos, held), pair.network.now))
    pair.network.run_until_quiet()
    pass_time(pair.network, limits.WITHHELD_SECONDS + 1)
    assert not faults(pair.ana)
    assert not anas.asked
    assert pair.ana.logs[pair.bos_log] == held
    assert pair.ana.hub.exchange.complete(anas)


def test_who_may_not_send_yet_what_is_held_is_not_asked_for_it(pair: Pair) -> None:
    """Cleo knows that she was admitted and Bo does not: what she has, Bo has from its author."""
    cleo = pair.network.peer("Cleo")
    for session in [*pair.ana.hub.sessions]:
        pair.network.cut(session.connection)
    pair.network.run_until_quiet()
    pair.ana.admit(pair.space, cleo)
    pair.network.dial(cleo, pair.ana)
    pair.network.run_until_quiet()
    cleo.hub.exchange.serving.want = lambda *_: []  # type: ignore[method-assign]
    pair.network.dial(cleo, pair.bo, group=pair.space)
    pair.network.run_until_quiet()
    cleos = cleo.hub.session_with(pair.bo.keys.device)
    assert cleos is not None
    [bos] = pair.bo.hub.sessions
    assert bos.device is None
    log = LogId(pair.space, pair.ana.keys.device, 7, Lane.CONTENT)
    cleo.perform(cleos.say(bare(cleos, cleo.logs[log]), pair.network.now))
    pair.network.run_until_quiet()
    assert not bos.logs.unknown_tips(log)
    assert bos.logs.reach[log] == len(cleo.logs[log])
    assert not faults(pair.bo)


def named(peer: Peer) -> set[tuple[Fault, bytes]]:
    return {(e.fault, e.device) for e in peer.seen if isinstance(e, PeerFaulted)}


# -- less than before ----------------------------------------------------------------------------


def test_d2_a_peer_that_shows_a_shorter_log_than_before_cuts_nothing_of_ours(pair: Pair) -> None:
    for number in range(3):
        pair.ana.write(pair.space, b"word %d" % number)
    pair.network.run_until_quiet()
    pair.network.pass_time(2)
    own = LogId(pair.space, pair.ana.keys.device, 7, Lane.CONTENT)
    known = dict(pair.ana.acknowledged)
    written = list(pair.ana.logs[own])
    assert known[pair.bo.keys.device, own] == len(written) > 3
    first = Head(1, written[0].hash)
    pair.say(Have(pair.tag, ((pair.ana.keys.device, 7, Lane.CONTENT, first),), last=True))
    pair.network.pass_time(2)
    assert pair.ana.logs[own] == written
    assert pair.ana.acknowledged == known, "what a peer once had durably counts"
    assert not pair.ended
    assert not faults(pair.ana)
