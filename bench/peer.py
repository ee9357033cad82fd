"""One device in a process of its own: `serve` holds a journal, `fetch` catches up with it.

Both print one line of JSON: where `serve` listens, and what `fetch` measured.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aluna_sync.device import Device
from aluna_sync.engine.process import ProcessEngine
from aluna_sync.facts import News, PeersChanged, RecordsChanged
from aluna_sync.founding import unlock
from aluna_sync.node import Node, NodeOptions
from aluna_sync.store.rows import Query
from bench.corpus import PASSPHRASE

LOOPBACK: Final = "127.0.0.1"
FIRST: Final = 50


def open_device(home: Path) -> Device:
    """Unlock the vault in *home* with an engine in a process of its own."""
    return unlock(home, PASSPHRASE, engine=ProcessEngine(), turn=asyncio.Lock())


async def serve(home: Path) -> None:
    """Hold the journal in *home* until standard input ends."""
    device = open_device(home)
    node = Node(device, NodeOptions(listen=(LOOPBACK, 0), lan=False))
    async with node.running():
        print(json.dumps({"listening": node.listening}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
    await device.engine.close()
    device.lock()


@dataclass
class Watch:
    """Seconds since the session was established."""

    device: Device
    records: int
    done: asyncio.Event
    began: float = 0.0
    first: float = 0.0
    whole: float = 0.0

    def hear(self, news: News) -> None:
        match news:
            case PeersChanged() if self.device.online and not self.began:
                self.began = time.perf_counter()
            case RecordsChanged():
                self._look()
            case _:
                pass

    def _look(self) -> None:
        elapsed = time.perf_counter() - self.began
        if not self.first and len(self.device.list(Query(limit=FIRST)).rows) == FIRST:
            self.first = elapsed
        space = self.device.collective()
        if self.device.store.index.count(space) == self.records:
            self.whole = elapsed
            self.done.set()


async def fetch(home: Path, port: int, records: int) -> None:
    """Catch up with the device at *port* until *records* are searchable here."""
    device = open_device(home)
    watch = Watch(device, records, asyncio.Event())
    device.subscribe(watch.hear)
    node = Node(device, NodeOptions(listen=None, lan=False, peers=((LOOPBACK, port),)))
    async with node.running():
        await watch.done.wait()
        received = sum(visit.session.received_bytes for visit in node.visits.values())
    left = device.store.log.unopened_count(device.collective())
    aside = len(device.set_aside())
    await device.engine.close()
    device.lock()
    used = resource.getrusage(resource.RUSAGE_SELF)
    engine = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        json.dumps(
            {
                "first": watch.first,
                "whole": watch.whole,
                "unopened": left,
                "aside": aside,
                "received": received,
                "own_cpu": used.ru_utime + used.ru_stime,
                "engine_cpu": engine.ru_utime + engine.ru_stime,
            }
        )
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", home]:
            asyncio.run(serve(Path(home)))
        case ["fetch", home, port, records]:
            asyncio.run(fetch(Path(home), int(port), int(records)))
        case _:
            sys.exit("serve HOME | fetch HOME PORT RECORDS")
