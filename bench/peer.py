"""Devices in a process of their own, as the measurements need them.

Each verb prints one line of JSON: `serve` and `crowd` where they listen, until their input ends;
`fetch`, `open` and `idle` what they measured.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from aluna_sync.device import Device
from aluna_sync.engine.pool import EnginePool
from aluna_sync.engine.process import ProcessEngine
from aluna_sync.facts import News, PeersChanged, RecordsChanged
from aluna_sync.founding import unlock
from aluna_sync.node import Node, NodeOptions
from aluna_sync.store.rows import Query
from bench.corpus import PASSPHRASE

LOOPBACK: Final = "127.0.0.1"
FIRST: Final = 50
PAGE: Final = 100
SETTLE_SECONDS: Final = 2.0


def tell(**facts: object) -> None:
    """Print one line for the process that started this one."""
    print(json.dumps(facts), flush=True)


def open_device(home: Path, engines: int = 1) -> Device:
    """Unlock the vault in *home* with *engines*, each in a process of its own."""
    engine = ProcessEngine() if engines == 1 else EnginePool.of_processes(engines)
    return unlock(home, PASSPHRASE, engine=engine, turn=asyncio.Lock())


async def close(device: Device) -> None:
    """End engine and store."""
    await device.engine.close()
    device.lock()


async def serve(homes: Sequence[Path], *, many: bool) -> None:
    """Hold the journals in *homes*, each behind a port, until standard input ends."""
    devices = [open_device(home) for home in homes]
    async with AsyncExitStack() as stack:
        ports = []
        for device in devices:
            node = Node(device, NodeOptions(listen=(LOOPBACK, 0), lan=False))
            await stack.enter_async_context(node.running())
            assert node.listening is not None
            ports.append(node.listening[1])
        tell(ports=ports) if many else tell(listening=(LOOPBACK, ports[0]))
        await asyncio.to_thread(sys.stdin.read)
    for device in devices:
        await close(device)


# -- fetch ---------------------------------------------------------------------------------------


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
        if not self.first and len(self.device.list(Query(limit=FIRST)).rows) == FIRST:
            self.first = time.perf_counter() - self.began
        space = self.device.collective()
        if self.device.store.index.count(space) == self.records:
            self.whole = time.perf_counter() - self.began
            self.done.set()


async def fetch(home: Path, port: int, records: int, engines: int) -> None:
    """Catch up with the device at *port* until *records* are searchable here."""
    device = open_device(home, engines)
    watch = Watch(device, records, asyncio.Event())
    device.subscribe(watch.hear)
    node = Node(device, NodeOptions(listen=None, lan=False, peers=((LOOPBACK, port),)))
    async with node.running():
        await watch.done.wait()
        received = sum(visit.session.received_bytes for visit in node.visits.values())
        left = device.store.log.unopened_count(device.collective())
    aside = len(device.set_aside())
    await close(device)
    own = resource.getrusage(resource.RUSAGE_SELF)
    engine = resource.getrusage(resource.RUSAGE_CHILDREN)
    tell(
        first=watch.first,
        whole=watch.whole,
        unopened=left,
        aside=aside,
        received=received,
        own_cpu=own.ru_utime + own.ru_stime,
        engine_cpu=engine.ru_utime + engine.ru_stime,
    )


# -- open ----------------------------------------------------------------------------------------


def open_first_screens(home: Path) -> None:
    """Unlock and compute what home and journal show first; the modules are imported before."""
    from aluna_tui.view_models.home import home_page

    moment = datetime.now().astimezone()
    started = time.perf_counter()
    device = unlock(home, PASSPHRASE)
    home_page(device, [], moment)
    page = device.list(Query(limit=PAGE))
    elapsed = time.perf_counter() - started
    device.lock()
    tell(seconds=elapsed, rows=len(page.rows), total=page.total)


# -- idle ----------------------------------------------------------------------------------------


async def idle(home: Path, seconds: float, ports: Sequence[int]) -> None:
    """Meet the devices at *ports*, then do nothing for *seconds*."""
    bare = _bare_memory()
    device = open_device(home)
    peers = tuple((LOOPBACK, port) for port in ports)
    node = Node(device, NodeOptions(listen=(LOOPBACK, 0), lan=False, peers=peers))
    async with node.running():
        async with asyncio.timeout(60):
            while len(device.online) < len(ports):  # noqa: ASYNC110 - not measured
                await asyncio.sleep(0.05)
        await asyncio.sleep(SETTLE_SECONDS)
        began, spent = time.perf_counter(), time.process_time()
        await asyncio.sleep(seconds)
        spent, took = time.process_time() - spent, time.perf_counter() - began
        online, memory = len(device.online), _memory()
    await close(device)
    tell(cpu=spent, seconds=took, online=online, memory=memory, bare_memory=bare)


def _memory(process: str = "self") -> int:
    """Return the resident bytes of a process."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def _bare_memory() -> int:
    """Return what an interpreter takes that imported nothing."""
    import subprocess

    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as bare:
        time.sleep(0.3)
        taken = _memory(str(bare.pid))
        bare.communicate(b"\n")
    return taken


def main(arguments: Sequence[str]) -> None:
    """Do what *arguments* say."""
    match arguments:
        case ["serve", home]:
            asyncio.run(serve([Path(home)], many=False))
        case ["crowd", *homes]:
            asyncio.run(serve([Path(home) for home in homes], many=True))
        case ["fetch", home, port, records, engines]:
            asyncio.run(fetch(Path(home), int(port), int(records), int(engines)))
        case ["open", home]:
            open_first_screens(Path(home))
        case ["idle", home, seconds, *ports]:
            asyncio.run(idle(Path(home), float(seconds), [int(port) for port in ports]))
        case _:
            sys.exit(
                "serve HOME | crowd HOME… | fetch HOME PORT RECORDS ENGINES | open HOME | idle …"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
