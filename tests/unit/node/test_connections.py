"""What becomes of bytes that wait to be sent when a session ends."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any

import pytest

from aluna_protocol.hub_events import CloseConnection, HubEffect, MembersChanged, SendBytes
from aluna_protocol.ids import ConnectionId, SpaceId
from aluna_sync.node.connections import Connections, Link
from aluna_sync.node.transport import Connection

MUCH = bytes(2 * 1024 * 1024)
"""More than the system takes while nobody reads."""
KEY = ConnectionId(1)


class Nobody:
    """A hub nobody speaks to."""


async def narrow() -> tuple[Connection, socket.socket]:
    """Return a connection, and its other end, which reads nothing by itself."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    listener.setblocking(False)
    reader, writer = await asyncio.open_connection(*listener.getsockname()[:2])
    loop = asyncio.get_running_loop()
    other, _ = await loop.sock_accept(listener)
    listener.close()
    other.setblocking(False)
    return Connection(reader, writer), other


async def everything(end: socket.socket) -> int:
    """Return how many bytes still come at *end*, until the other side is gone."""
    loop, count = asyncio.get_running_loop(), 0
    await asyncio.sleep(0)  # what is to be closed at once is, before anything is read
    with contextlib.closing(end), contextlib.suppress(ConnectionResetError):
        while data := await loop.sock_recv(end, 65536):
            count += len(data)
    return count


@pytest.mark.parametrize("removed", [True, False])
async def test_t13_what_waits_for_who_was_removed_is_not_sent_any_more(removed: bool) -> None:
    """And whoever leaves in peace still gets what was said before."""
    connection, other = await narrow()
    hub: Any = Nobody()
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(20):
        held = Connections(hub, hub, tasks, lambda effect: None, lambda link: None)
        held.links[KEY] = Link(connection, arrived=True)
        effects: list[HubEffect] = [SendBytes(KEY, MUCH), CloseConnection(KEY)]
        if removed:
            effects.insert(1, MembersChanged(SpaceId(bytes(32))))
        held.perform(effects)
        assert not held.links
        came = await everything(other)
    assert came < len(MUCH) if removed else came == len(MUCH)
