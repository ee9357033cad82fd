"""The same work in the `automerge.repo` that comes with the Python package, as far as it gets."""

from __future__ import annotations

import asyncio
import contextlib
import io
import math
import statistics
import time
from typing import Any, Final

from automerge.repo import InMemoryStorage, Repo
from automerge.transports.memory import InMemoryTransport

from aluna_protocol import limits
from bench import catch_up, corpus
from bench.harness import Line, Result, Workshop, s

HALF: Final = 200
WHOLE: Final = 400
WANTED: Final = 1_000
PATIENCE_SECONDS: Final = 40.0
BUDGET: Final = 100


def measure(workshop: Workshop) -> Result:
    """Sync as many documents between two repos as patience allows, and 1,000 records of ours."""
    ours = workshop.pair(
        "thousand",
        lambda device, space: corpus.written_once(device, space, WANTED),
        limits.SEAL_AT_BYTES,
    )
    mine = statistics.median(catch_up.fetch(workshop, ours)["whole"] for _ in range(catch_up.RUNS))
    half, whole = (asyncio.run(_theirs(count)) for count in (HALF, WHOLE))
    power = math.log(whole / half) / math.log(WHOLE / HALF)
    theirs = whole * (WANTED / WHOLE) ** power
    return Result(
        "Against `automerge.repo` of the Python package",
        (
            Line(
                f"{WANTED:,} records of 300 letters: ours encrypted, over TCP, searchable",
                s(mine),
                f"automerge.repo, in one process, extrapolated: {s(theirs)}",
                f"{theirs / mine:.0f} × as fast",
                f"≥ {BUDGET} ×",
                theirs / mine >= BUDGET,
            ),
        ),
        (
            f"Measured for automerge.repo: {HALF} documents in {s(half)}, {WHOLE} in {s(whole)}; "
            f"so its time grows with the power {power:.1f} of their number, and the figure for "
            f"{WANTED:,} is worked out from that. It gets the easier task: memory instead of TCP, "
            "no storage, no encryption, no search. The more than 100 s for 1,000 documents that "
            "the budget speaks of were not seen in this arrangement, where the second repo asks "
            "for one document after the other.",
        ),
    )


async def _theirs(count: int) -> float:
    """Return how many seconds *count* documents take to arrive at a second repo."""
    storages: list[Any] = [InMemoryStorage() for _ in range(2)]  # type: ignore[no-untyped-call]
    first, second = [await Repo.load(storage) for storage in storages]
    # It prints a warning for every document it closes.
    with contextlib.redirect_stdout(io.StringIO()):
        async with first, second, asyncio.TaskGroup() as tasks:
            urls = []
            for number in range(count):
                handle = await first.create()
                with handle.change() as document:
                    document["body"] = corpus.text_of(number)
                urls.append(handle.url)
            one, other = InMemoryTransport.create_pair()
            links = [tasks.create_task(first.accept(one)), tasks.create_task(second.connect(other))]
            started = time.perf_counter()
            async with asyncio.timeout(PATIENCE_SECONDS):
                for url in urls:
                    while not await _arrived(second, url):  # noqa: ASYNC110 - no event
                        await asyncio.sleep(0.005)
            spent = time.perf_counter() - started
            for link in links:
                link.cancel()
    return spent


async def _arrived(repo: Repo, url: object) -> bool:
    handle: Any = await repo.find(url)
    return handle is not None and "body" in list(handle.doc())
