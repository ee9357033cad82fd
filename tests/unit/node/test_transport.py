from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_sync.errors import AlunaError, WrongUseError
from aluna_sync.node.transport import (
    MAX_SOURCES,
    MAX_UNSENT_BYTES,
    READ_BYTES,
    Connection,
    ConnectionLostError,
    HalfOpen,
    Listener,
    dial,
    source_of,
)

Pair = tuple[Connection, Connection]


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    accepted: asyncio.Queue[Connection] = asyncio.Queue()
    listener = await Listener.bind("127.0.0.1", 0, accepted.put_nowait)
    initiator = await dial(*listener.address, 5.0)
    responder = await accepted.get()
    yield initiator, responder
    for connection in (initiator, responder):
        connection.abort()
    listener.close()


async def read_exactly(connection: Connection, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = await connection.read()
        assert 0 < len(more) <= READ_BYTES
        data += more
    return data


async def test_bytes_arrive_in_order_and_the_end_is_empty(pair: Pair) -> None:
    initiator, responder = pair
    sent = bytes(range(256)) * 4000

    async def send() -> None:
        for start in range(0, len(sent), 10_000):
            initiator.write(sent[start : start + 10_000])
            await initiator.drain()
        await initiator.close()

    async with asyncio.TaskGroup() as group:
        group.create_task(send())
        assert await read_exactly(responder, len(sent)) == sent
    assert await responder.read() == b""


async def test_both_ends_know_the_other_and_do_not_wait_to_fill_packets(pair: Pair) -> None:
    initiator, responder = pair
    assert responder.peer[0] == "127.0.0.1"
    assert initiator.peer[1] != responder.peer[1]
    for connection in pair:
        tcp = connection._writer.get_extra_info("socket")
        assert tcp.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert tcp.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


async def test_t8_a_peer_that_never_reads_is_cut_off_in_bounded_memory(pair: Pair) -> None:
    initiator, responder = pair
    initiator.write(bytes(MAX_UNSENT_BYTES))
    await asyncio.sleep(0)
    with pytest.raises(ConnectionLostError):
        initiator.write(bytes(MAX_UNSENT_BYTES))
    with pytest.raises(ConnectionLostError):
        initiator.write(b"x")
    with pytest.raises(ConnectionLostError):
        await initiator.drain()
    while await responder.read():
        pass


async def test_a_reader_that_pauses_stops_the_writer(pair: Pair) -> None:
    initiator, responder = pair
    initiator.write(bytes(4 * 1024 * 1024))
    waiting = asyncio.ensure_future(initiator.drain())
    for _ in range(20):
        await asyncio.sleep(0)
    assert not waiting.done()
    await read_exactly(responder, 4 * 1024 * 1024)
    await waiting


async def test_a_connection_broken_off_reads_as_its_end(pair: Pair) -> None:
    initiator, responder = pair
    initiator.abort()
    assert await responder.read() == b""


async def test_connections_live_on_when_listening_ends() -> None:
    accepted: asyncio.Queue[Connection] = asyncio.Queue()
    listener = await Listener.bind("127.0.0.1", 0, accepted.put_nowait)
    initiator = await dial(*listener.address, 5.0)
    responder = await accepted.get()
    listener.close()
    initiator.write(b"still here")
    assert await responder.read() == b"still here"
    with pytest.raises(AlunaError) as refused:
        await dial(*listener.address, 5.0)
    assert refused.value.code == "unreachable"
    assert refused.value.fields["reason"] == "refused"
    initiator.abort()
    responder.abort()


async def test_a_taken_port_is_said_to_be_taken() -> None:
    listener = await Listener.bind("127.0.0.1", 0, Connection.abort)
    with pytest.raises(AlunaError) as taken:
        await Listener.bind(*listener.address, Connection.abort)
    assert taken.value.code == "port-taken"
    assert taken.value.fields == {"port": listener.address[1]}
    listener.close()


async def test_an_address_that_is_not_ours_cannot_be_listened_on() -> None:
    with pytest.raises(AlunaError) as refused:
        await Listener.bind("192.0.2.1", 0, Connection.abort)
    assert refused.value.code == "cannot-listen"


@pytest.mark.parametrize("host", ["printer.local", "localhost", "", "300.1.1.1"])
async def test_names_are_never_looked_up(host: str) -> None:
    for attempt in (dial(host, 1, 1.0), Listener.bind(host, 0, Connection.abort)):
        with pytest.raises(WrongUseError) as refused:
            await attempt
        assert refused.value.code == "not-an-address"


async def test_t9_a_flood_does_not_touch_an_established_connection() -> None:
    half_open: HalfOpen[Connection] = HalfOpen()
    accepted: list[Connection] = []

    def admit(connection: Connection) -> None:
        accepted.append(connection)
        for dropped in half_open.admitted(connection, source_of(connection.peer[0]), 0.0):
            dropped.abort()

    listener = await Listener.bind("127.0.0.1", 0, admit)
    friend = await dial(*listener.address, 5.0)
    while not accepted:
        await asyncio.sleep(0)
    friendly_end = accepted[0]
    half_open.authenticated(friendly_end)

    flood = [socket.create_connection(listener.address) for _ in range(100)]
    while len(accepted) < 101:
        await asyncio.sleep(0)
    assert len(half_open) == 8
    friend.write(b"hello")
    assert await friendly_end.read() == b"hello"
    for each in flood:
        each.close()
    for connection in (friend, *accepted):
        connection.abort()
    listener.close()


def test_t9_one_source_holds_eight_half_open_connections_and_loses_its_newest() -> None:
    half_open: HalfOpen[int] = HalfOpen()
    assert [half_open.admitted(number, "10.0.0.1", 0.0) for number in range(10)] == [()] * 8 + [
        (8,),
        (9,),
    ]
    assert half_open.admitted(10, "10.0.0.2", 0.0) == ()
    half_open.gone(3)
    assert half_open.admitted(11, "10.0.0.1", 0.0) == ()


def comes_and_goes(half_open: HalfOpen[int], source: str, times: int, now: float) -> int:
    """Let *source* come and hang up so often; return how often it was let in."""
    came = 0
    for number in range(times):
        came += half_open.admitted(number, source, now) == ()
        half_open.gone(number)
    return came


def test_t9_whoever_hangs_up_and_comes_again_is_let_in_four_times_a_second() -> None:
    half_open: HalfOpen[int] = HalfOpen()
    assert comes_and_goes(half_open, "10.0.0.1", 1000, 0.0) == 16
    assert comes_and_goes(half_open, "10.0.0.1", 1000, 0.24) == 0
    assert comes_and_goes(half_open, "10.0.0.1", 1000, 1.25) == 5
    assert comes_and_goes(half_open, "10.0.0.2", 1, 1.25) == 1, "nobody else is held up"
    assert comes_and_goes(half_open, "10.0.0.1", 1000, 3600.0) == 16


def test_who_proves_itself_every_time_may_come_as_often_as_it_likes() -> None:
    half_open: HalfOpen[int] = HalfOpen()
    for number in range(1000):
        assert half_open.admitted(number, "10.0.0.1", 0.0) == ()
        half_open.authenticated(number)
    assert len(half_open) == 0
    half_open.authenticated(5000)
    assert comes_and_goes(half_open, "10.0.0.1", 1000, 0.0) == 16


def test_t9_ten_thousand_sources_are_not_all_remembered() -> None:
    half_open: HalfOpen[int] = HalfOpen()
    for number in range(10_000):
        half_open.admitted(number, f"10.0.{number // 250}.{number % 250}", 0.0)
    assert len(half_open._arrivals) == MAX_SOURCES == 256
    assert len(half_open) == 64


def test_t9_a_full_table_drops_the_oldest_of_the_busiest_source() -> None:
    half_open: HalfOpen[str] = HalfOpen()
    assert half_open.admitted("honest", "10.0.0.1", 0.0) == ()
    number = 0
    while len(half_open) < 64:
        assert half_open.admitted(f"flood {number}", f"10.0.1.{number // 8}", 0.0) == ()
        number += 1
    assert half_open.admitted("newcomer", "10.0.0.2", 0.0) == ("flood 0",)
    assert len(half_open) == 64
    half_open.authenticated("honest")
    assert len(half_open) == 63


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=300))
def test_t9_neither_bound_is_ever_passed(arrivals: list[tuple[int, int]]) -> None:
    half_open: HalfOpen[int] = HalfOpen(total=10, per_source=3)
    open_ones: dict[int, int] = {}
    for number, (ends, source) in enumerate(arrivals):
        if ends in open_ones:
            half_open.authenticated(ends)
            del open_ones[ends]
        open_ones[number] = source
        for dropped in half_open.admitted(number, str(source), float(number)):
            del open_ones[dropped]
        assert len(half_open) == len(open_ones) <= 10
        assert all(list(open_ones.values()).count(each) <= 3 for each in open_ones.values())


def test_an_ipv6_neighbour_is_counted_by_its_network() -> None:
    assert source_of("2001:db8::1") == source_of("2001:db8::ffff:1")
    assert source_of("::ffff:10.0.0.1") == source_of("10.0.0.1")
    assert source_of("10.0.0.1") != source_of("10.0.0.2")
