"""Real nodes in this very process, on loopback; what is waited for is waited for by condition."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from aluna_sync.device import Device
from aluna_sync.founding import unlock
from aluna_sync.minting import Minting
from aluna_sync.node import Node, NodeOptions
from harness.processes import PASSPHRASE, PATIENCE_SECONDS, Person


@asynccontextmanager
async def together(*people: Person) -> AsyncIterator[list[tuple[Device, Node]]]:
    """Run a node for each of *people* in this process; all dial the first, and nobody waits."""
    async with AsyncExitStack() as stack:
        found: list[tuple[Device, Node]] = []
        for one in people:
            device = unlock(one.home, PASSPHRASE)
            stack.callback(device.lock)
            peers = () if not found else (found[0][1].listening or ("", 0),)
            node = Node(device, NodeOptions(("127.0.0.1", 0), lan=False, peers=peers))
            node.keeping.minting = Minting(device.device, bytes)
            await stack.enter_async_context(node.running())
            found.append((device, node))
        yield found


async def until(condition: Callable[[], bool]) -> None:
    """Return once *condition* holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)
