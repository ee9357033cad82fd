"""A hostile line under an established session: it dies, nothing half done stays, and it resumes."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from aluna_protocol.handshake import CHALLENGE_BYTES
from aluna_protocol.hub_events import (
    Accepted,
    BytesReceived,
    CloseConnection,
    ConnectionLost,
    SendBytes,
    StoreEntries,
    Tick,
)
from aluna_protocol.ids import ConnectionId, Instant
from aluna_protocol.limits import HANDSHAKE_SECONDS, MAX_NOISE_MESSAGE, SILENCE_SECONDS
from harness.network import heads
from harness.pair import Pair

STRANGER = ConnectionId(10**9)


@pytest.fixture
def pair() -> Pair:
    return Pair()


@contextmanager
def memory(below: int) -> Iterator[None]:
    """Fail when the block ever holds *below* bytes more than before."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        yield
        assert tracemalloc.get_traced_memory()[1] - before < below
    finally:
        tracemalloc.stop()


def held_back(pair: Pair, *words: bytes) -> list[BytesReceived]:
    """Let Bo write *words*, an entry each, and take from the line what it says of them."""
    for word in words:
        pair.bo.write(pair.space, word)
    queue = pair.network._queue
    said = [e for peer, e in queue if peer is pair.ana and isinstance(e, BytesReceived)]
    queue.clear()
    assert len(said) >= len(words)
    return said


def flipped(event: BytesReceived) -> BytesReceived:
    return BytesReceived(event.connection, event.data[:-1] + bytes([event.data[-1] ^ 1]))


Line = Callable[[list[BytesReceived]], list[BytesReceived]]
LINES: dict[str, Line] = {
    "replay": lambda said: [*said, said[0]],
    "reorder": lambda said: [said[1], said[0], *said[2:]],
    "duplicate": lambda said: [said[0], said[0], *said[1:]],
    "drop": lambda said: said[1:],
    "change": lambda said: [flipped(said[0]), *said[1:]],
}
WHOLE_BEFORE = {"replay": 2, "duplicate": 1}
"""How many of the two entries had arrived whole before the line lied."""


@pytest.mark.parametrize("attack", LINES)
def test_t4_a_line_that_lies_ends_the_session_and_nothing_half_done_stays(
    pair: Pair, attack: str
) -> None:
    before = pair.ana.words(pair.space)
    pair.ana.seen.clear()
    for event in LINES[attack](held_back(pair, b"first", b"second")):
        pair.ana.handle(event)

    assert pair.ended
    assert [e for e in pair.ana.seen if isinstance(e, CloseConnection)]
    stored = [e.entries for e in pair.ana.seen if isinstance(e, StoreEntries)]
    assert len(stored) == WHOLE_BEFORE.get(attack, 0)
    arrived = {b"first", b"second"} & pair.ana.words(pair.space)
    assert arrived == set([b"first", b"second"][: len(stored)])
    assert before <= pair.ana.words(pair.space)

    pair.network.run_until_quiet()
    assert not pair.bo.hub.sessions, "the other side learns that it ended"
    pair.network.dial(pair.bo, pair.ana)
    pair.network.run_until_quiet()
    assert heads(pair.ana, pair.space) == heads(pair.bo, pair.space)
    assert {b"first", b"second"} <= pair.ana.words(pair.space)


def test_the_same_frames_in_order_arrive(pair: Pair) -> None:
    for event in held_back(pair, b"first", b"second"):
        pair.ana.handle(event)
    pair.network.run_until_quiet()
    assert not pair.ended
    assert {b"first", b"second"} <= pair.ana.words(pair.space)


def test_t4_frames_of_an_earlier_session_mean_nothing_in_the_next(pair: Pair) -> None:
    old = held_back(pair, b"first")
    pair.network.cut(pair.session.connection)
    pair.network.run_until_quiet()
    pair.network.dial(pair.bo, pair.ana)
    pair.network.run_until_quiet()
    [now] = pair.ana.hub.sessions
    assert b"first" in pair.ana.words(pair.space)
    pair.ana.handle(BytesReceived(now.connection, old[0].data))
    assert pair.ended


def test_t7_a_frame_cut_at_any_byte_stores_nothing(pair: Pair) -> None:
    [event] = held_back(pair, random.Random(1).randbytes(66_000))[:1]
    assert len(event.data) > MAX_NOISE_MESSAGE, "more than one record"
    pair.ana.seen.clear()
    handled = pair.ana.hub.handle
    for at in range(len(event.data) - 1):
        effects = handled(
            BytesReceived(event.connection, event.data[at : at + 1]), pair.network.now
        )
        assert not effects
    effects = handled(BytesReceived(event.connection, event.data[-1:]), pair.network.now)
    assert [e for e in effects if isinstance(e, StoreEntries)]


def test_t7_a_line_that_breaks_inside_a_frame_leaves_what_was_there(pair: Pair) -> None:
    before = heads(pair.ana, pair.space)
    [event] = held_back(pair, b"half")[:1]
    pair.ana.handle(BytesReceived(event.connection, event.data[:-1]))
    pair.ana.handle(ConnectionLost(event.connection))
    assert pair.ended
    assert heads(pair.ana, pair.space) == before


# -- strangers ------------------------------------------------------------------------------------


def after(pair: Pair, seconds: float) -> list[object]:
    """Return what Ana's hub does about the time when so much has passed."""
    return list(pair.ana.hub.handle(Tick(), Instant(pair.network.now + seconds)))


@pytest.mark.parametrize("said", [0, 1, 64])
def test_t9_whoever_drips_bytes_is_gone_after_five_seconds(pair: Pair, said: int) -> None:
    [greeting] = pair.ana.hub.handle(Accepted(STRANGER), pair.network.now)
    assert isinstance(greeting, SendBytes)
    assert len(greeting.data) == CHALLENGE_BYTES
    for second in range(said):
        at = Instant(pair.network.now + second * HANDSHAKE_SECONDS / 65)
        assert not pair.ana.hub.handle(BytesReceived(STRANGER, b"x"), at)
    assert not after(pair, HANDSHAKE_SECONDS - 0.001)
    assert after(pair, HANDSHAKE_SECONDS) == [CloseConnection(STRANGER)]
    assert not after(pair, HANDSHAKE_SECONDS), "and forgotten"
    assert not pair.ended


def test_t10_whoever_says_rubbish_hears_silence_until_a_random_moment(pair: Pair) -> None:
    ends = set()
    for number in range(20):
        stranger = ConnectionId(STRANGER + number)
        pair.ana.hub.handle(Accepted(stranger), pair.network.now)
        for _ in range(3):
            rubbish = BytesReceived(stranger, b"GET / HTTP/1.1\r\n\r\n" * 40)
            assert not pair.ana.hub.handle(rubbish, pair.network.now)
        ends.add(pair.ana.hub._handshakes[stranger].deadline - pair.network.now)
    shortest, longest = SILENCE_SECONDS
    assert len(ends) == 20
    assert shortest <= min(ends) < shortest + 3 < longest - 3 < max(ends) < longest
    assert not [e for e in after(pair, min(ends) - 0.001) if isinstance(e, CloseConnection)]
    closed = [e for e in after(pair, longest) if isinstance(e, CloseConnection)]
    assert len(closed) == 20


def test_t8_a_stranger_that_never_stops_talking_costs_no_memory(pair: Pair) -> None:
    pair.ana.hub.handle(Accepted(STRANGER), pair.network.now)
    block = bytes(64 * 1024)
    with memory(below=300_000):
        for _ in range(500):
            assert not pair.ana.hub.handle(BytesReceived(STRANGER, block), pair.network.now)
    assert not pair.ended


@pytest.mark.parametrize("length", [0, 1, 271])
def test_t8_a_flood_of_empty_records_ends_with_the_first(pair: Pair, length: int) -> None:
    [session] = pair.ana.hub.sessions
    flood = length.to_bytes(2, "big") * 500_000
    with memory(below=3 * len(flood)):
        effects = pair.ana.hub.handle(BytesReceived(session.connection, flood), pair.network.now)
    assert CloseConnection(session.connection) in effects
    assert pair.ended


def test_t8_a_length_that_never_comes_true_holds_one_record(pair: Pair) -> None:
    [session] = pair.ana.hub.sessions
    record = MAX_NOISE_MESSAGE.to_bytes(2, "big") + bytes(MAX_NOISE_MESSAGE - 1)
    with memory(below=4 * MAX_NOISE_MESSAGE):
        for at in range(0, len(record), 1000):
            event = BytesReceived(session.connection, record[at : at + 1000])
            assert not pair.ana.hub.handle(event, pair.network.now)
    assert not pair.ended
    pair.ana.hub.handle(BytesReceived(session.connection, b"\0"), pair.network.now)
    assert pair.ended, "it did not open"
