"""One question to one machine of this network: does it announce itself (RFC 6762, by unicast).

For networks that let nothing through that is meant for all. Whoever announces answers such a
question as it answers everybody's; it tells the other side nothing but that somebody asks.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Final

from aluna_sync.node.interfaces import Interface
from aluna_sync.node.neighbours import SERVICE_TYPE

MDNS_PORT: Final = 5353
ANSWER_SECONDS: Final = 1.0
MAX_ANSWER: Final = 9000
_POINTER, _INTERNET = 12, 1


def question() -> bytes:
    """Return the packet that asks for whoever announces the type of service of ours."""
    labels = SERVICE_TYPE.rstrip(".").encode().split(b".")
    name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return struct.pack("!6H", 0, 0, 1, 0, 0, 0) + name + struct.pack("!2H", _POINTER, _INTERNET)


async def ask(interface: Interface, host: str, port: int = MDNS_PORT) -> bytes | None:
    """Ask *host*, which lies on the network of *interface*; None: no answer within a second."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setblocking(False)
        try:
            asking.bind((interface.address, 0))
            # Connected: only what comes from there is heard.
            asking.connect((host, port))
            async with asyncio.timeout(ANSWER_SECONDS):
                await loop.sock_sendall(asking, question())
                return await loop.sock_recv(asking, MAX_ANSWER)
        except (OSError, TimeoutError):
            return None
