"""Strangers in crowds at a listening device, and what a listener on the line can measure."""

from __future__ import annotations

import contextlib
import random
import selectors
import socket
import time
from collections.abc import Iterator

from aluna_protocol.handshake import (
    CHALLENGE_BYTES,
    HINT_BYTES,
    NOISE1_BYTES,
    NOISE2_BYTES,
    NOISE3_BYTES,
)
from aluna_protocol.limits import (
    HANDSHAKE_SECONDS,
    MAX_HALF_OPEN,
    MAX_HALF_OPEN_PER_SOURCE,
    MAX_NOISE_MESSAGE,
)
from aluna_protocol.transport import padded_size
from aluna_sync.node.transport import ARRIVALS_AT_ONCE, ARRIVALS_PER_SECOND
from harness.processes import PATIENCE_SECONDS, Person, Running, sync, wait_until, write
from harness.relay import Relay

CROWD = 1000
ANSWER_TIMES = 8
"""How much longer an entry of a companion may take while strangers crowd at the door: looking for
it is a command, which costs about a second on whatever else the machine is busy with."""


class Strangers:
    """Connections from as many addresses of this machine as are asked for, saying nothing."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._address = (host, int(port))
        self._open: dict[socket.socket, str] = {}
        self._heard: dict[socket.socket, bytes] = {}
        self._selector = selectors.DefaultSelector()

    def come(self, source: str) -> socket.socket:
        end = socket.create_connection(self._address, timeout=5, source_address=(source, 0))
        end.setblocking(False)
        self._open[end] = source
        self._heard[end] = b""
        self._selector.register(end, selectors.EVENT_READ)
        return end

    def listen(self, seconds: float) -> None:
        """Hear what is said for *seconds*, and notice who is sent away."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and self._open:
            for key, _ in self._selector.select(left):
                end = key.fileobj
                assert isinstance(end, socket.socket)
                try:
                    data = end.recv(4096)
                except ConnectionError:
                    data = b""
                self._heard[end] += data
                if not data:
                    self._leave(end)

    def listen_until(self, most: int, source: str | None = None) -> None:
        """Hear what is said until at most so many are still connected, or all patience is gone."""
        until = time.monotonic() + PATIENCE_SECONDS
        while self.inside(source) > most and time.monotonic() < until:
            self.listen(0.05)

    def listen_until_heard(self) -> None:
        """Hear what is said until somebody was told something, or all patience is gone."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not any(self.heard) and time.monotonic() < until:
            self.listen(0.05)

    def _leave(self, end: socket.socket) -> None:
        self._selector.unregister(end)
        self._open.pop(end)
        end.close()

    def inside(self, source: str | None = None) -> int:
        """How many are still connected, from *source* or from everywhere."""
        return sum(source in {None, one} for one in self._open.values())

    @property
    def heard(self) -> list[bytes]:
        return list(self._heard.values())

    def leave_all(self) -> None:
        for end in list(self._open):
            self._leave(end)

    def close(self) -> None:
        self.leave_all()
        self._selector.close()


@contextlib.contextmanager
def strangers(address: str) -> Iterator[Strangers]:
    crowd = Strangers(address)
    try:
        yield crowd
    finally:
        crowd.close()


@contextlib.contextmanager
def in_touch(one: Person, other: Person) -> Iterator[Running]:
    """Let both run nodes that hold a session; the node of *one* listens."""
    with one.node() as node, other.node("--peer", node.address) as dialling:
        for running in (node, dialling):
            running.wait_json(event="here")
        yield node


def answers(one: Person, other: Person, title: str) -> float:
    """Write at *other* and return how long it took until *one* had it."""
    number = one.collective()["records"]
    other.ask("add", "event", title)
    written = time.monotonic()
    wait_until(lambda: one.collective()["records"] == number + 1, f"{title} arrives")
    return time.monotonic() - written


def test_t9_a_thousand_half_open_connections_leave_a_session_alone(people: list[Person]) -> None:
    ana, bo = people[:2]
    with in_touch(ana, bo) as node, strangers(node.address) as crowd:
        usual = answers(ana, bo, "antes")
        for number in range(CROWD):
            crowd.come(f"127.0.{1 + number // 200}.{1 + number % 200 // 2}")
            if number % 50 == 49:
                crowd.listen(0.01)
        crowd.listen_until(MAX_HALF_OPEN)
        assert crowd.inside() <= MAX_HALF_OPEN
        assert answers(ana, bo, "mientras tanto") < ANSWER_TIMES * usual
        assert {len(one) for one in crowd.heard} <= {0, CHALLENGE_BYTES}
        crowd.listen_until(0)
        assert crowd.inside() == 0, "five seconds, then everybody is gone"
        assert node.process.poll() is None
        ended = node.stop()
    assert len(ended.err.splitlines()) == 1, "that it ended"


def test_t9_one_address_holds_eight_places_and_no_more(people: list[Person]) -> None:
    ana, bo = people[:2]
    with ana.node() as node, strangers(node.address) as crowd:
        for _ in range(30):
            crowd.come("127.0.0.9")
        crowd.come("127.0.0.10")
        crowd.listen_until(MAX_HALF_OPEN_PER_SOURCE, "127.0.0.9")
        crowd.listen(0.2)
        assert crowd.inside("127.0.0.9") == MAX_HALF_OPEN_PER_SOURCE
        assert crowd.inside("127.0.0.10") == 1
        met = bo.do("sync", "--once", "--no-lan", "--peer", node.address, "--json")
        assert met.code == 0, met


def test_t9_whoever_hangs_up_and_comes_again_is_not_answered_without_end(
    people: list[Person],
) -> None:
    ana, bo = people[:2]
    with ana.node() as node, strangers(node.address) as crowd:
        began = time.monotonic()
        crowd.come("127.0.0.9").send(bytes(HINT_BYTES + NOISE1_BYTES))
        crowd.listen_until_heard()
        crowd.leave_all()
        for _ in range(200):
            crowd.come("127.0.0.9").send(bytes(HINT_BYTES + NOISE1_BYTES))
            crowd.listen(0.005)
            crowd.leave_all()
        passed = time.monotonic() - began
        answered = sum(len(one) == CHALLENGE_BYTES for one in crowd.heard)
        assert 0 < answered <= ARRIVALS_AT_ONCE + passed * ARRIVALS_PER_SECOND
        met = bo.do("sync", "--once", "--no-lan", "--peer", node.address, "--json")
        assert met.code == 0, met


def test_t9_whoever_says_a_byte_a_second_is_gone_after_five(people: list[Person]) -> None:
    with people[0].node() as node, strangers(node.address) as crowd:
        slow = [crowd.come(f"127.0.0.{number}") for number in range(2, 6)]
        began = time.monotonic()
        while crowd.inside() and time.monotonic() - began < 2 * HANDSHAKE_SECONDS:
            for end in slow:
                with contextlib.suppress(OSError):
                    end.send(b"x")
            crowd.listen(1.0)
        assert HANDSHAKE_SECONDS - 0.5 < time.monotonic() - began < 2 * HANDSHAKE_SECONDS
        assert {len(one) for one in crowd.heard} == {CHALLENGE_BYTES}


def test_t10_a_hundred_strangers_with_rubbish_write_nothing_into_the_log(
    people: list[Person],
) -> None:
    ana = people[0]
    with ana.node() as node, strangers(node.address) as crowd:
        said = [b"GET / HTTP/1.1\r\n\r\n" * 9, bytes.fromhex("160301") + bytes(500), b"\0" * 65]
        for number in range(100):
            end = crowd.come(f"127.0.3.{1 + number % 100}")
            end.send(said[number % 3])
            if number % 20 == 19:
                crowd.listen(0.01)
        crowd.listen(1.0)
        heard = [one for one in crowd.heard if one]
        assert {len(one) for one in heard} == {CHALLENGE_BYTES}
        assert len(set(heard)) == len(heard), "never the same challenge"
        ended = node.stop()
    assert len(ended.err.splitlines()) == 1, "that it ended"
    assert all("127.0.3." not in line for line in node.lines)


# -- P2 -------------------------------------------------------------------------------------------


def frame_sizes(stream: bytes) -> list[int]:
    """Return the size of each frame in what one side said after the handshake.

    A listener knows no more than this: a record of the largest length goes on in the next one.
    """
    sizes, at, size = [], 0, 0
    while at < len(stream):
        length = int.from_bytes(stream[at : at + 2], "big")
        at += 2 + length
        size += length - 16
        if length < MAX_NOISE_MESSAGE:
            sizes.append(size)
            size = 0
    assert at == len(stream), "nothing but records"
    assert size == 0
    return sizes


def test_p2_every_frame_of_a_session_has_one_of_few_sizes(people: list[Person]) -> None:
    ana, bo = people[:2]
    letters = random.Random(1)
    for one, lengths in ((ana, (3, 30, 300, 3_000, 100_000)), (bo, (50, 5_000, 200_000))):
        with one.opened() as device:
            for length in lengths:
                write(device, f"de {length}", body=letters.randbytes(length).hex())
                device.seal(device.collective())
    with Relay() as relay:
        assert sync(bo, ana, relay=relay)["complete"]
        [(said, answered)] = relay.connections
    initiator = bytes(said[HINT_BYTES + NOISE1_BYTES + NOISE3_BYTES :])
    responder = bytes(answered[CHALLENGE_BYTES + NOISE2_BYTES :])
    sizes = frame_sizes(initiator) + frame_sizes(responder)
    assert [size for size in sizes if padded_size(size) != size] == []
    assert min(sizes) == 256
    assert max(sizes) > 30_000
    assert len(set(sizes)) > 5, "what was written is of many sizes"
