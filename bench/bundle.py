"""How long a journal takes by a bundle, written and read, beside the same journal over the LAN."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from pathlib import Path
from typing import Any, Final

from aluna_sync.exchange.choosing import loads, spaces_of
from aluna_sync.exchange.reading import read_bundle, settle
from aluna_sync.exchange.writing import write_bundle
from bench.catch_up import fetch, pair
from bench.harness import MEGABYTE, Line, Result, Workshop, python, s, times
from bench.peer import open_device, tell

RUNS: Final = 3


def write(home: Path, path: Path) -> None:
    """Write everything the journal in *home* holds to *path*; print how long that took."""
    device = open_device(home)
    began = time.perf_counter()
    chosen = loads(device, spaces_of(device, device.collective()), None, everything=True)
    written = write_bundle(device, path, chosen)
    tell(seconds=time.perf_counter() - began, bytes=written.size, entries=written.entries)
    device.lock()


def read(home: Path, path: Path) -> None:
    """Read *path* into the journal in *home*, until all of it can be searched."""
    device = open_device(home)

    async def whole() -> None:
        began = time.perf_counter()
        taken = read_bundle(device, path)
        kept = time.perf_counter() - began
        await settle(device, taken)
        left = sum(device.store.log.unopened_count(space) for space in device.spaces.rows)
        tell(kept=kept, whole=time.perf_counter() - began, new=taken.new, unopened=left)
        await device.engine.close()

    asyncio.run(whole())
    device.lock()


def _told(*arguments: str) -> dict[str, Any]:
    import json

    said: dict[str, Any] = json.loads(python("-m", "bench.bundle", *arguments).stdout)
    return said


def measure(workshop: Workshop) -> Result:
    """Measure a bundle of 10,000 records, each run beside a catch-up over loopback TCP."""
    made = pair(workshop)
    path = workshop.new("bundle.bin")
    wrote: list[dict[str, Any]] = []
    took: list[dict[str, Any]] = []
    lan: list[float] = []
    for _ in range(RUNS):
        path.unlink(missing_ok=True)
        wrote.append(_told("write", str(workshop.copy(made.holder)), str(path)))
        took.append(_told("read", str(workshop.copy(made.newcomer)), str(path)))
        lan.append(fetch(workshop, made)["whole"])
        if took[-1]["unopened"]:
            raise RuntimeError("the bundle did not open whole")
    both = [one["seconds"] + other["whole"] for one, other in zip(wrote, took, strict=True)]
    ratio = statistics.median(mine / other for mine, other in zip(both, lan, strict=True))
    size = statistics.median(one["bytes"] for one in wrote)
    return Result(
        "By a stick",
        (
            Line(
                "10,000 records of 300 letters in a bundle: written, read, all searchable",
                s(statistics.median(both)),
                f"the same from a companion over loopback: {s(statistics.median(lan))}",
                times(ratio), "–", None,
            ),
            Line(
                "writing it", s(statistics.median(one["seconds"] for one in wrote)),
                "–", "–", "–", None,
            ),
            Line(
                "reading it until everything is durable",
                s(statistics.median(one["kept"] for one in took)), "–", "–", "–", None,
            ),
        ),
        (f"The file has {size / MEGABYTE:.1f} MB, filler included.",),
    )  # fmt: skip


if __name__ == "__main__":
    _verb, _home, _path = sys.argv[1:]
    {"write": write, "read": read}[_verb](Path(_home), Path(_path))
