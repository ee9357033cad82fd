"""Asking every address of the present network for companions: a port scan, so only on request.

A watched network notes it, and nothing here starts by itself (security design §4).
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from aluna_sync.errors import AlunaError
from aluna_sync.node.interfaces import Interface
from aluna_sync.node.options import FALLBACK_PORT
from aluna_sync.node.transport import dial

PROBE_SECONDS: Final = 3.0
PROBES_AT_ONCE: Final = 16
PROBED_PREFIX: Final = 24
"""The 254 addresses around our own, or fewer where the network is smaller."""

Knock = Callable[[str, int, float], Awaitable[bool]]
"""Takes an address and how long to wait; tells whether anything listens there."""


def places(interface: Interface) -> list[str]:
    """Return the addresses to ask on the network of *interface*, without our own."""
    prefix = max(interface.prefix, PROBED_PREFIX)
    around = ipaddress.IPv4Network((interface.address, prefix), strict=False)
    return [str(host) for host in around.hosts() if str(host) != interface.address]


async def listens(host: str, port: int, seconds: float) -> bool:
    """Tell whether somebody accepts a connection there; it is closed again at once."""
    try:
        connection = await dial(host, port, seconds)
    except AlunaError:
        return False
    connection.abort()
    return True


async def probe(
    interfaces: Iterable[Interface], *, knock: Knock = listens, port: int = FALLBACK_PORT
) -> list[str]:
    """Return who listens on *port* of the networks of *interfaces*; takes `PROBE_SECONDS` each."""
    found: list[str] = []
    for interface in interfaces:
        if not interface.loopback:
            found += await _around(places(interface), knock, port)
    return found


async def _around(hosts: list[str], knock: Knock, port: int) -> list[str]:
    rounds = -(-len(hosts) // PROBES_AT_ONCE)
    seconds = PROBE_SECONDS / max(1, rounds)
    waiting = iter(hosts)

    async def ask_in_turn() -> list[str]:
        return [host for host in waiting if await knock(host, port, seconds)]

    async with asyncio.TaskGroup() as tasks:
        turns = [tasks.create_task(ask_in_turn()) for _ in range(PROBES_AT_ONCE)]
    return sorted((host for turn in turns for host in turn.result()), key=hosts.index)
