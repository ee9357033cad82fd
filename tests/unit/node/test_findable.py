"""The port everybody knows: open only for the own network, and only where it is free."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from aluna_sync.node.findable import Findable
from aluna_sync.node.interfaces import Interface
from aluna_sync.node.transport import Connection, Listener, dial

LO = Interface("lo", "127.0.0.1", 8)
ELSEWHERE = Interface("eth9", "192.0.2.1", 24)


async def free_port() -> int:
    listener = await Listener.bind("127.0.0.1", 0, lambda connection: None)
    listener.close()
    return listener.address[1]


async def test_it_follows_the_interfaces() -> None:
    came: asyncio.Queue[Connection] = asyncio.Queue()
    port = await free_port()
    findable = Findable(came.put_nowait, port)
    await findable.follow([LO, ELSEWHERE])
    assert findable.interfaces == {LO}, "where it has no address it cannot listen"
    dialled = await dial("127.0.0.1", port, 5.0)
    accepted = await came.get()
    dialled.abort()
    accepted.abort()
    await findable.follow([])
    assert findable.interfaces == frozenset()
    again = await Listener.bind("127.0.0.1", port, lambda connection: None)
    again.close()


async def test_who_comes_from_beyond_the_network_hears_nothing() -> None:
    came: list[Connection] = []
    port = await free_port()
    alone = Interface("lo", "127.0.0.1", 32)
    findable = Findable(came.append, port)
    await findable.follow([alone])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.0.2", 0))
    with suppress(ConnectionResetError):  # closed hard: also an end
        assert await reader.read(1) == b""
    writer.transport.abort()
    assert came == []
    findable.close()


async def test_where_another_program_has_the_port_it_does_without() -> None:
    other = await Listener.bind("127.0.0.1", 0, lambda connection: None)
    findable = Findable(lambda connection: None, other.address[1])
    await findable.follow([LO])
    assert findable.interfaces == frozenset()
    other.close()
    await findable.follow([LO])
    assert findable.interfaces == {LO}
    findable.close()
