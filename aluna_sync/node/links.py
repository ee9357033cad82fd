"""Hearing one link only, though the port of multicast DNS is shared by all of them.

zeroconf listens on every address of the machine. Without more it would hear what other programs
joined elsewhere, and answer a question sent to this machine's address in a tunnel.
"""

from __future__ import annotations

import asyncio
import ctypes
import socket
import struct
import sys
from typing import Any, Final

from aluna_sync.node.interfaces import Interface

GROUP: Final = "224.0.0.251"
"""Where multicast DNS is spoken."""


class _OwnLink(asyncio.DatagramProtocol):
    """Hands on only what was sent from the link; every system tells the sender."""

    def __init__(self, interface: Interface, inner: Any) -> None:
        self._interface = interface
        self._inner = inner

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if self._interface.reaches(addr[0]):
            self._inner.datagram_received(data, addr)

    def error_received(self, exc: Exception) -> None:
        self._inner.error_received(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        self._inner.connection_lost(exc)


def require_multicast(interface: Interface) -> None:
    """Raise OSError when multicast cannot be used on *interface*.

    Asked beforehand, because zeroconf leaves a socket open when it finds out by itself.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trying:
        trying.bind((interface.address, 0))
        membership = socket.inet_aton(GROUP) + socket.inet_aton(interface.address)
        trying.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)


def keep_to(interface: Interface, transport: asyncio.DatagramTransport) -> None:
    """Let the protocol of *transport* hear only senders of the network of *interface*.

    Two links that use the same addresses are told apart on Linux alone (`keep_to_the_group`).
    """
    transport.set_protocol(_OwnLink(interface, transport.get_protocol()))


def keep_to_the_group(listening: socket.socket) -> None:
    """Let *listening* hear only the multicast group it joined itself; does nothing off Linux."""
    if sys.platform != "linux":
        return
    multicast_all, attach_filter = 49, 26
    to_the_group = (
        (0x20, 0, 0, 0xFFF00010),  # load the destination address of the IP header
        (0x15, 0, 1, 0xE00000FB),  # 224.0.0.251?
        (0x06, 0, 0, 0xFFFFFFFF),  # keep
        (0x06, 0, 0, 0),  # drop
    )
    program = b"".join(struct.pack("=HBBI", *instruction) for instruction in to_the_group)
    listening.setsockopt(socket.IPPROTO_IP, multicast_all, 0)
    held = ctypes.create_string_buffer(program, len(program))
    listening.setsockopt(
        socket.SOL_SOCKET,
        attach_filter,
        struct.pack("@HP", len(to_the_group), ctypes.addressof(held)),
    )
