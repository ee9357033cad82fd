"""What it means that somebody sent something (SPEC §11.5, §11.11)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aluna_protocol import limits, messages
from aluna_protocol.entry import Entry
from aluna_protocol.faults import Fault
from aluna_protocol.hub_events import OwnLogBehind, OwnLogForked, PeerFaulted
from aluna_protocol.ids import Head, Lane, LogId
from aluna_protocol.messages import Batch, Have
from harness.pair import Pair


@pytest.fixture
def pair() -> Pair:
    return Pair()


def send(pair: Pair, one: Entry) -> None:
    """Bo sends *one* of his entries."""
    log = one.header.log
    place = (log.device, log.incarnation, log.lane, one.header.height, one.header.previous)
    pair.say(Batch(pair.tag, *place, messages.shorten([one])))


def pass_time(pair: Pair, seconds: float) -> None:
    """Time passes; the session stays alive."""
    for _ in range(int(seconds)):
        pair.network.pass_time(1)
        for peer in (pair.ana, pair.bo):
            for session in peer.hub.sessions:
                session.last_heard = pair.network.now


def asked(pair: Pair, count: int) -> list[Entry]:
    """Let Bo write *count* entries apart, tell of them, and not send them; return them."""
    pair.network.cut(pair.session.connection)
    pair.network.run_until_quiet()
    written = [pair.bo.write(pair.space, b"later %d" % number) for number in range(count)]
    pair.bo.hub.exchange.serving.want = lambda *_: []  # type: ignore[method-assign]
    pair.network.dial(pair.ana, pair.bo)
    pair.network.run_until_quiet()
    [pair.session] = pair.bo.hub.sessions
    [session] = pair.ana.hub.sessions
    assert session.asked == {pair.bos_log}
    return written


def test_who_sends_entries_has_them_and_need_not_say_so(pair: Pair) -> None:
    assert pair.ana.acknowledged[pair.bo.keys.device, pair.bos_log] == 1
    pair.bo.write(pair.space, b"and more")
    pair.network.run_until_quiet()
    assert pair.ana.acknowledged[pair.bo.keys.device, pair.bos_log] == 2


def test_who_sends_a_little_now_and_then_withholds_nothing(pair: Pair) -> None:
    for one in asked(pair, 4):
        pass_time(pair, limits.WITHHELD_SECONDS - 2)
        send(pair, one)
    assert not pair.told(PeerFaulted)
    assert b"later 3" in pair.ana.words(pair.space)
    [session] = pair.ana.hub.sessions
    assert not session.asked


def test_who_stops_in_the_middle_withholds_the_rest_and_is_forgiven_once_it_comes(
    pair: Pair,
) -> None:
    first, second, third = asked(pair, 3)
    [session] = pair.ana.hub.sessions
    backoff = pair.ana.hub.exchange.pulling.backoff
    send(pair, first)
    pass_time(pair, limits.WITHHELD_SECONDS + 2)
    withheld = PeerFaulted(pair.bo.keys.device, Fault.WITHHELD, pair.bos_log)
    assert pair.told(PeerFaulted) == [withheld]
    assert backoff.until(session.static, pair.bos_log, pair.network.now) is not None
    send(pair, second)
    assert backoff.until(session.static, pair.bos_log, pair.network.now) is not None, (
        "nothing was asked"
    )
    pass_time(pair, limits.RETRY_SECONDS)
    assert session.asked == {pair.bos_log}
    send(pair, third)
    assert backoff.until(session.static, pair.bos_log, pair.network.now) is None
    assert b"later 2" in pair.ana.words(pair.space)


def test_who_tells_of_control_entries_that_do_not_come_has_withheld_what_waited_for_them(
    pair: Pair,
) -> None:
    """A part may be missing for what they say: until they turn out not to come."""
    [written] = asked(pair, 1)
    [session] = pair.ana.hub.sessions
    control = LogId(pair.space, pair.bo.keys.device, 9, Lane.CONTROL)
    row = (control.device, 9, Lane.CONTROL, Head(1, written.hash))
    pair.say(Have(pair.tag, (row,), last=True))
    bare = replace(written, parts=(None,))
    send(pair, bare)
    assert session.asked == {control}
    assert not pair.told(PeerFaulted)
    pass_time(pair, limits.WITHHELD_SECONDS + 2)
    bo = pair.bo.keys.device
    assert pair.told(PeerFaulted) == [PeerFaulted(bo, Fault.WITHHELD, control)]
    assert session.asked == {pair.bos_log}
    send(pair, bare)
    assert pair.told(PeerFaulted)[1:] == [PeerFaulted(bo, Fault.WITHHELD, pair.bos_log)]
    assert not session.asked


def test_d1_an_old_copy_of_ourselves_is_told_once_and_not_of_what_it_wrote_before(
    pair: Pair,
) -> None:
    old = pair.ana.snapshot()
    lost = [pair.ana.write(pair.space, b"lost %d" % number) for number in range(3)]
    pair.network.run_until_quiet()
    pair.network.cut(pair.session.connection)
    pair.network.run_until_quiet()
    pair.ana.restart(old)
    pair.bo.hub.exchange.serving.want = lambda *_: []  # type: ignore[method-assign]
    pair.network.dial(pair.ana, pair.bo)
    pair.network.run_until_quiet()
    [pair.session] = pair.bo.hub.sessions
    for one in lost:
        send(pair, one)
    assert b"lost 2" in pair.ana.words(pair.space)
    assert len(pair.told(OwnLogBehind)) == 1
    assert not pair.told(OwnLogForked)
