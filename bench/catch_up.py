"""A newcomer catches up with a companion: how long until all is searchable, and the first page."""

from __future__ import annotations

import statistics
from typing import Any, Final

from automerge.core import Document

from aluna_protocol import limits
from bench import corpus
from bench.harness import Line, Pair, Result, Workshop, s, seconds, serving, times, told

RECORDS: Final = 10_000
RUNS: Final = 3
ONE_ENGINE: Final = 1.3
TWO_ENGINES: Final = 0.8
FIRST_SECONDS: Final = 0.5


def pair(workshop: Workshop) -> Pair:
    """Return the vaults of this row: 10,000 records, sealed as a device offline does."""
    return workshop.pair(
        "catch-up",
        lambda device, space: corpus.written_once(device, space, RECORDS),
        limits.SEAL_AT_BYTES,
    )


def fetch(workshop: Workshop, made: Pair, engines: int = 1) -> dict[str, Any]:
    """Let a fresh copy of the newcomer catch up once; raises unless all of it was opened."""
    with serving("serve", str(made.holder)) as holder:
        home, port = str(workshop.copy(made.newcomer)), str(holder["listening"][1])
        said = told("fetch", home, port, str(len(made.changes)), str(engines))
    if said["unopened"] or said["aside"]:
        raise RuntimeError("the catch-up did not open everything")
    return said


def measure(workshop: Workshop) -> Result:
    """Measure a whole catch-up over loopback TCP, each run beside its floor."""
    made = pair(workshop)
    raw = [change for changes in made.changes.values() for change in changes]
    floors: list[float] = []
    one: list[dict[str, Any]] = []
    two: list[dict[str, Any]] = []
    for _ in range(RUNS):
        floors.append(seconds(lambda: [Document.load(change) for change in raw]))
        one.append(fetch(workshop, made))
        two.append(fetch(workshop, made, engines=2))
    early = statistics.median(run["first"] for run in one)
    cores = statistics.median((run["own_cpu"] + run["engine_cpu"]) / run["whole"] for run in one)
    own = statistics.median(run["own_cpu"] for run in one)
    engine = statistics.median(run["engine_cpu"] for run in one)
    return Result(
        "Catching up",
        (
            _whole("10,000 records of 300 letters from a companion, all searchable",
                   one, floors, ONE_ENGINE),
            _whole("the same with two engines", two, floors, TWO_ENGINES),
            Line(
                "the first 50 of them readable, from the established session on",
                s(early), "–", "–", f"≤ {FIRST_SECONDS} s", early <= FIRST_SECONDS,
            ),
        ),
        (
            f"With one engine the receiver kept {cores:.1f} cores busy: {s(own)} of processor time "
            "in its own process, which opens entries and writes the index (starting the program "
            f"included), and {s(engine)} in the engine, which judges and reads the changes. The "
            "sender runs on the same machine and takes its share of the cores. Most of the work is "
            "in the receiver's own process, so a second engine gains little.",
        ),
    )  # fmt: skip


def _whole(what: str, runs: list[dict[str, Any]], floors: list[float], budget: float) -> Line:
    took = [run["whole"] for run in runs]
    ratio = statistics.median(mine / floor for mine, floor in zip(took, floors, strict=True))
    floor = f"Document.load of the same changes, nothing else: {s(statistics.median(floors))}"
    return Line(
        what, s(statistics.median(took)), floor, times(ratio), f"≤ {budget} ×", ratio <= budget
    )
