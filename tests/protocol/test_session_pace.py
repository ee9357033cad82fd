"""What a session sends when, what it takes for lost, and when it is over (SPEC §11.4-§11.6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aluna_protocol import limits, messages
from aluna_protocol.hub_events import LoadEntries
from aluna_protocol.ids import NO_HASH, DeviceId, Head, Instant, Lane, LogId, SpaceId
from aluna_protocol.session import Session, inventory
from harness.network import Network
from harness.pacing import long_log, want
from harness.pair import Pair


@pytest.fixture
def pair() -> Pair:
    return Pair()


def session_of(pair: Pair) -> Session:
    [session] = pair.ana.hub.sessions
    return session


def heights_heard(pair: Pair) -> list[tuple[int, int]]:
    """Note from now on which heights every batch brings Bo, who takes none of them."""
    heard: list[tuple[int, int]] = []

    def batch(session: Session, space: bytes, one: messages.Batch, now: Instant) -> list[object]:
        heard.append((one.first_height, one.first_height + len(one.links) - 1))
        return []

    pair.bo.hub.exchange.taking.batch = batch  # type: ignore[assignment, method-assign]
    return heard


def own_log(pair: Pair) -> LogId:
    return LogId(pair.space, pair.ana.keys.device, 7, Lane.CONTENT)


def log_of(incarnation: int) -> LogId:
    return LogId(SpaceId(bytes(32)), DeviceId(bytes(32)), incarnation, Lane.CONTENT)


def place(pair: Pair, height: int) -> Head:
    return Head(height, pair.ana.logs[own_log(pair)][height - 1].hash)


# -- what is lost --------------------------------------------------------------------------------


def test_what_is_lost_is_sent_again_four_times_and_then_no_more(pair: Pair) -> None:
    log = long_log(pair)
    session = session_of(pair)
    before = session.sent_entries
    for times in range(1, limits.MAX_RESENDS + 3):
        want(pair, log)
        again = min(times, limits.MAX_RESENDS) * limits.BATCH_WINDOW
        assert session.sent_entries == before + again


def test_a_new_session_sends_again_no_less_often(pair: Pair) -> None:
    pair.network.cut(pair.session.connection)
    pair.network.run_until_quiet()
    log = long_log(pair)
    pair.network.dial(pair.ana, pair.bo)
    pair.network.run_until_quiet()
    [pair.session] = pair.bo.hub.sessions
    assert session_of(pair).sent_entries == limits.BATCH_WINDOW
    for _ in range(limits.MAX_RESENDS + 2):
        want(pair, log)
    assert session_of(pair).sent_entries == (1 + limits.MAX_RESENDS) * limits.BATCH_WINDOW


def test_an_acknowledgement_of_something_else_does_not_allow_more_resends(pair: Pair) -> None:
    log = long_log(pair)
    for _ in range(limits.MAX_RESENDS):
        want(pair, log)
    sent = session_of(pair).sent_entries
    pair.bo.write(pair.space, b"who sends this has it, and that acknowledges it")
    pair.network.run_until_quiet()
    assert pair.bos_log in session_of(pair).logs.reach
    want(pair, log)
    assert session_of(pair).sent_entries == sent


def test_only_what_was_under_way_of_that_log_beyond_that_place_is_taken_for_lost(
    pair: Pair,
) -> None:
    log = long_log(pair)
    session = session_of(pair)
    other = Head(1000, place(pair, 1).hash), LogId(pair.space, pair.bo.keys.device, 9, Lane.CONTENT)
    first, *_, last = [head.height for _, head in session.in_flight]
    session.in_flight[-1] = other[1], other[0]
    session.note_want(log, last - 3)
    assert first < last - 3
    assert [head.height for branch, head in session.in_flight if branch == log] == [
        *range(first, last - 2)
    ]
    assert session.in_flight[-1] == (other[1], other[0])


def test_the_first_entry_of_a_log_stays_under_way_until_it_is_acknowledged() -> None:
    network = Network()
    ana, bo = network.peer("Ana"), network.peer("Bo")
    space = ana.found()
    ana.admit(space, bo)
    network.dial(ana, bo)
    network.run_until_quiet()
    bo.hub.exchange.taking.batch = lambda *_: []  # type: ignore[method-assign]
    first = ana.write(space, b"the first of all")
    network.run_until_quiet()
    bo.write(space, b"acknowledges itself and nothing else")
    network.run_until_quiet()
    [session] = ana.hub.sessions
    assert list(session.in_flight) == [(first.header.log, Head(1, first.hash))]


# -- what is sent at once ------------------------------------------------------------------------


def test_the_first_entry_of_a_log_is_sent_at_once_to_who_is_there() -> None:
    network = Network()
    ana, bo = network.peer("Ana"), network.peer("Bo")
    space = ana.found()
    ana.admit(space, bo)
    network.dial(ana, bo)
    network.run_until_quiet()
    ana.seen.clear()
    ana.write(space, b"the first of all")
    network.run_until_quiet()
    assert b"the first of all" in bo.words(space)
    assert not [effect for effect in ana.seen if isinstance(effect, LoadEntries)]


def test_what_is_written_while_much_is_under_way_is_sent_in_its_turn(pair: Pair) -> None:
    log = long_log(pair)
    heard = heights_heard(pair)
    pair.ana.write(pair.space, b"after all that")
    pair.network.run_until_quiet()
    assert heard == []
    want(pair, log)
    assert heard == [(height, height) for height in range(2, 2 + limits.BATCH_WINDOW)]


def test_what_is_written_while_something_lost_is_read_again_comes_after_it(pair: Pair) -> None:
    heard = heights_heard(pair)
    for number in range(3):
        pair.ana.write(pair.space, b"%d" % number)
    pair.network.run_until_quiet()
    assert heard == [(2, 2), (3, 3), (4, 4)]
    heard.clear()
    session_of(pair).note_want(own_log(pair), 1)
    for effect in pair.ana.hub.exchange.serving.pump(session_of(pair), pair.network.now):
        pair.ana.perform(effect)
    pair.ana.write(pair.space, b"the fifth")
    pair.network.run_until_quiet()
    assert heard[:2] == [(2, 4), (5, 5)]


# -- what is told --------------------------------------------------------------------------------


def test_as_many_logs_as_fit_one_message_are_told_in_one() -> None:
    rows = {log_of(number): Head(1, NO_HASH) for number in range(messages.MAX_LOGS_PER_MESSAGE)}
    [have] = inventory(bytes(16), rows, (Lane.CONTENT,))
    assert (len(have.logs), have.last) == (messages.MAX_LOGS_PER_MESSAGE, True)


def test_branches_are_told_in_one_order_in_whatever_order_they_are_held() -> None:
    forked = [replace(log_of(2), branch=number) for number in range(2)]
    rows = [(forked[1], Head(3, NO_HASH)), (log_of(1), Head(1, NO_HASH))]
    rows.append((forked[0], Head(2, NO_HASH)))
    for held in (rows, rows[::-1]):
        [have] = inventory(bytes(16), dict(held), (Lane.CONTENT,))
        assert [head.height for *_, head in have.logs] == [1, 2, 3]


# -- what is counted, and when it is over --------------------------------------------------------


def test_what_one_side_says_to_have_sent_the_other_says_to_have_received(pair: Pair) -> None:
    pair.bo.write(pair.space, b"a few words more")
    pair.network.run_until_quiet()
    ours, theirs = session_of(pair), pair.session
    assert ours.sent_bytes == theirs.received_bytes > 0
    assert theirs.sent_bytes == ours.received_bytes > 0
    assert ours.sent_entries == theirs.received_entries > 0


def test_each_deadline_of_a_session_is_over_when_its_time_is_full(pair: Pair) -> None:
    session = session_of(pair)
    session.inventoried.clear()
    for over, since, seconds in (
        (session.overdue, session.since, limits.GREETING_SECONDS),
        (session.silent_too_long, session.last_heard, limits.PEER_SILENT_SECONDS),
        (session.ping_due, session.last_said, limits.KEEPALIVE_SECONDS),
    ):
        assert not over(Instant(since + seconds - 0.5))
        assert over(Instant(since + seconds))
