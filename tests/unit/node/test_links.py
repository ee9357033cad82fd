"""Hearing one link only: what another link says never reaches zeroconf."""

from __future__ import annotations

import asyncio
import socket
import sys

import pytest

from aluna_sync.node.interfaces import Interface
from aluna_sync.node.links import keep_to, keep_to_the_group

LINK = Interface("eth0", "192.168.1.2", 24)


class Heard(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.said: list[object] = []

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.said.append((data, addr))

    def error_received(self, exc: Exception) -> None:
        self.said.append(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        self.said.append("lost")


class Wire(asyncio.DatagramTransport):
    """A transport that holds a protocol, as every real one does."""

    def __init__(self, protocol: asyncio.BaseProtocol) -> None:
        super().__init__()
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol


def kept() -> tuple[Heard, asyncio.DatagramProtocol]:
    heard = Heard()
    wire = Wire(heard)
    keep_to(LINK, wire)
    between = wire.get_protocol()
    assert isinstance(between, asyncio.DatagramProtocol)
    return heard, between


@pytest.mark.parametrize("sender", ["192.168.1.1", "192.168.1.2", "192.168.1.254"])
def test_a_neighbour_is_heard(sender: str) -> None:
    heard, between = kept()
    between.datagram_received(b"question", (sender, 5353))
    assert heard.said == [(b"question", (sender, 5353))]


@pytest.mark.parametrize(
    "sender", ["192.168.2.1", "10.8.0.1", "127.0.0.1", "8.8.8.8", "fe80::1", "", "junk"]
)
def test_l6_whoever_speaks_from_another_link_is_not_heard(sender: str) -> None:
    heard, between = kept()
    between.datagram_received(b"question", (sender, 5353))
    assert heard.said == []


def test_errors_and_the_end_are_passed_on() -> None:
    heard, between = kept()
    broken = OSError("broken")
    between.error_received(broken)
    between.connection_lost(None)
    assert heard.said == [broken, "lost"]


@pytest.mark.skipif(sys.platform != "linux", reason="NOT TESTED, the filter of Linux")
def test_l6_what_was_not_sent_to_the_group_is_dropped_by_the_kernel() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending,
    ):
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(2)
        sending.sendto(b"before", listening.getsockname())
        assert listening.recv(100) == b"before"
        keep_to_the_group(listening)
        sending.sendto(b"after", listening.getsockname())
        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.recv(100)


def test_elsewhere_the_filter_of_linux_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        keep_to_the_group(listening)
        listening.sendto(b"to itself", listening.getsockname())
        listening.settimeout(2)
        assert listening.recv(100) == b"to itself"
