"""What is sent of what a peer asks for, and where it begins (SPEC §11.4-§11.5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aluna_protocol import limits, serving
from aluna_protocol.hub_events import EntriesLoaded, HubEffect, LoadEntries
from aluna_protocol.ids import (
    EMPTY_LOG,
    ConnectionId,
    EntryHash,
    Head,
    Instant,
    Lane,
    LogId,
    SpaceId,
)
from aluna_protocol.messages import Anchors, Have, Want
from aluna_protocol.operations import SpaceKind
from aluna_protocol.session import Loading, Session
from harness.pacing import long_log, quiet, want
from harness.pair import Pair

NOWHERE = EntryHash(bytes([7]) * 32)


@pytest.fixture
def pair() -> Pair:
    return Pair()


def loaded(pair: Pair) -> list[int]:
    """Return after which heights Ana read her log for Bo since this was asked last."""
    found = [one.after for one in pair.ana.seen if isinstance(one, LoadEntries)]
    pair.ana.seen.clear()
    return found


def test_what_is_known_and_not_stored_yet_is_not_read_for_anybody(pair: Pair) -> None:
    quiet(pair)
    for number in range(2):
        pair.ana.write(pair.space, b"%d" % number)
    pair.network.run_until_quiet()
    [session] = pair.ana.hub.sessions
    session.in_flight.clear()
    stored = pair.ana.hub.exchange.serving._stored
    assert isinstance(stored, dict)
    [(log, tip)] = [one for one in stored.items() if one[1].height == 3 and one[0].lane]
    loaded(pair)
    stored[log] = Head(2, NOWHERE)
    want(pair, log)
    assert loaded(pair) == []
    stored[log] = tip
    want(pair, log)
    assert loaded(pair) == [1]


def test_who_asks_from_a_place_nobody_told_of_is_sent_all_it_may_lack(pair: Pair) -> None:
    log = long_log(pair, 3)
    [session] = pair.ana.hub.sessions
    session.in_flight.clear()
    loaded(pair)
    want(pair, log, Head(3, NOWHERE))
    assert loaded(pair) == [1, 2, 3]
    assert not session.anchored


@pytest.mark.parametrize("most", [1, 2])
def test_who_told_of_such_a_place_is_told_where_to_begin_but_only_so_often(
    pair: Pair, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "MAX_ANCHORS_PER_SESSION", most)
    log = long_log(pair, 3)
    [session] = pair.ana.hub.sessions
    told = (log.device, log.incarnation, Lane.CONTENT, Head(3, NOWHERE))
    pair.say(Have(pair.tag, (told,), last=True))
    tips = [Head(one.header.height, one.hash) for one in pair.ana.logs[log][1:3]]
    for number, tip in enumerate(tips):
        session.in_flight.clear()
        loaded(pair)
        row = (log.device, log.incarnation, log.lane, Head(2, NOWHERE), tip)
        pair.say(Want(pair.tag, (row,)))
        assert bool(loaded(pair)) is (number >= most)
    assert session.anchored == {(log, tip) for tip in tips[:most]}


@pytest.mark.parametrize(("after", "tip", "highest"), [(2, 4, 1), (4, 3, 2), (3, 3, 2)])
def test_where_to_begin_is_below_both_what_the_peer_holds_and_what_it_asks_for(
    pair: Pair, after: int, tip: int, highest: int
) -> None:
    heard: list[Anchors] = []

    def anchors(session: Session, space: SpaceId, told: Anchors, now: Instant) -> list[HubEffect]:
        heard.append(told)
        return []

    log = long_log(pair, 3)
    pair.bo.hub.exchange.pulling.anchors = anchors  # type: ignore[method-assign]
    run = pair.ana.logs[log]
    row = (log.device, log.incarnation, log.lane, Head(after, NOWHERE))
    pair.say(Have(pair.tag, (row,), last=True))
    pair.say(Want(pair.tag, ((*row, Head(tip, run[tip - 1].hash)),)))
    [one] = heard
    assert one.tip == Head(tip, run[tip - 1].hash)
    assert one.places[0] == Head(highest, run[highest - 1].hash)
    assert one.places[-1] == EMPTY_LOG


def test_what_was_read_for_nobody_is_sent_to_nobody(pair: Pair) -> None:
    log = LogId(pair.space, pair.ana.keys.device, 7, Lane.CONTENT)
    run = tuple(pair.ana.logs[log])
    [session] = pair.ana.hub.sessions
    for connection in (session.connection, ConnectionId(-1)):
        assert pair.ana.hub.handle(EntriesLoaded(connection, log, run), pair.network.now) == []


def test_as_much_is_read_as_a_batch_may_hold_to_find_a_signature_that_holds_and_no_more(
    pair: Pair,
) -> None:
    """Only the last signature of what we were sent was checked (§5.3)."""
    log = LogId(pair.space, pair.ana.keys.device, 7, Lane.CONTENT)
    spoilt = tuple(replace(one, signature=bytes(64)) for one in pair.ana.logs[log])
    [session] = pair.ana.hub.sessions
    event = EntriesLoaded(session.connection, log, spoilt)
    session.note_want(log, 0)
    session.loading = Loading(log, 0, limits.MAX_BATCH_BYTES // 2)
    more = LoadEntries(session.connection, log, 0, limits.MAX_BATCH_BYTES)
    assert pair.ana.hub.handle(event, pair.network.now) == [more]
    assert pair.ana.hub.handle(event, pair.network.now) == []
    assert log not in session.serving


def test_what_was_read_is_sent_up_to_the_last_signature_that_holds(pair: Pair) -> None:
    log = long_log(pair, 3)
    run = pair.ana.logs[log]
    [session] = pair.ana.hub.sessions
    for good in range(1, len(run)):
        session.in_flight.clear()
        session.note_want(log, 0)
        session.loading = Loading(log, 0, limits.MAX_BATCH_BYTES)
        spoilt = [replace(one, signature=bytes(64)) for one in run[good:]]
        event = EntriesLoaded(session.connection, log, (*run[:good], *spoilt))
        pair.ana.hub.handle(event, pair.network.now)
        assert list(session.in_flight) == [(log, Head(good, run[good - 1].hash))]


def test_what_grew_is_told_before_a_run_with_parts_missing_and_no_other(pair: Pair) -> None:
    log = LogId(pair.space, pair.ana.keys.device, 7, Lane.CONTENT)
    run = pair.ana.logs[log]
    [session] = pair.ana.hub.sessions
    send, due = pair.ana.hub.exchange.serving.send, {replace(log, lane=Lane.CONTROL)}
    session.have_due = set(due)
    assert len(send(session, run, pair.network.now)) == 1
    assert session.have_due == due
    bare = [replace(one, parts=(None,)) for one in run]
    assert len(send(session, bare, pair.network.now)) == 2
    assert not session.have_due


def test_of_each_space_its_own_logs_are_told(pair: Pair) -> None:
    circle = pair.ana.found("Círculo", SpaceKind.CIRCLE, pair.space)
    pair.ana.admit(circle, pair.bo)
    pair.network.pass_time(5)
    pair.ana.write(circle, b"only ours")
    pair.network.run_until_quiet()
    [session], [theirs] = pair.ana.hub.sessions, pair.bo.hub.sessions
    assert set(session.shared.values()) == {pair.space, circle}
    session.have_due = {log for log in pair.ana.logs if log.device == pair.ana.keys.device}
    assert {log.space for log in session.have_due} == {pair.space, circle}
    for said in pair.ana.hub.exchange.serving.tell_haves(session, pair.network.now):
        pair.ana.perform(said)
    pair.network.run_until_quiet()
    for space in (pair.space, circle):
        for lane in Lane:
            assert not theirs.logs.has_more(space, lane)
