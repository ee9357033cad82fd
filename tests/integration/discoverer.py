"""A device that announces and browses, and tells what it finds as lines of JSON; run by the tests.

Arguments: the address to listen on; "announce", "browse" or "quiet"; "elsewhere" to do without what
only Linux has. Every line on standard input
makes it take new names; the end of the input makes it say goodbye and leave.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
import sys
import time

import pytest

import aluna_sync.node.discovery as discovery_module
from aluna_sync.node.discovery import Announcement, Discovery, DiscoveryNews
from aluna_sync.node.interfaces import Interface
from aluna_sync.node.neighbours import Found, Gone


def label() -> str:
    return base64.b32encode(os.urandom(10)).decode().lower()[:12]


def mint(interface: Interface) -> Announcement:
    txt = {b"v": b"1", b"n": os.urandom(16)}
    txt |= {f"t{number}".encode(): os.urandom(176) for number in (1, 2, 3)}
    if "REPLAY" in os.environ:  # what somebody else said
        heard = json.loads(os.environ["REPLAY"])
        txt = {key.encode(): bytes.fromhex(value) for key, value in heard.items()}
    announcement = Announcement(label(), label(), 40000, txt)
    say("announced", interface=interface.name, instance=announcement.instance)
    return announcement


def say(event: str, **fields: object) -> None:
    print(json.dumps({"event": event, "at": time.monotonic(), **fields}), flush=True)  # noqa: T201


def tell(news: DiscoveryNews) -> None:
    match news:
        case Found():
            txt = {key.decode(): value.hex() for key, value in news.txt.items()}
            say(
                "found",
                instance=news.instance,
                interface=news.interface,
                addresses=news.addresses,
                port=news.port,
                txt=txt,
            )
        case Gone(instance):
            say("gone", instance=instance)
        case _:
            changed = [each.name for each in getattr(news, "interfaces", ())]
            say(type(news).__name__, interfaces=changed, lan=getattr(news, "lan", None))


async def main(listen_host: str, role: str, system: str = "linux") -> None:
    if system == "elsewhere":
        pytest.MonkeyPatch().setattr(discovery_module, "keep_to_the_group", lambda listening: None)
    asyncio.get_running_loop().slow_callback_duration = 10.0  # the machine may be busy
    say("started")
    discovery = Discovery(listen_host, tell, quiet=role == "quiet", tick_seconds=0.05)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    async with asyncio.TaskGroup() as group:
        running = group.create_task(discovery.run())
        if role != "browse":
            await discovery.announce(mint)
        while await reader.readline():
            await discovery.announce(mint)
        running.cancel()
    say("left", lan=discovery.lan())


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main(*sys.argv[1:]), debug=True)
