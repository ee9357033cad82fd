"""A newcomer catches up with a companion: how long until all is searchable, and the first page."""

from __future__ import annotations

import statistics
from typing import Final

from automerge.core import Document

from aluna_protocol import limits
from bench import corpus
from bench.harness import Line, Pair, Result, Workshop, s, seconds, serving, times, told

RECORDS: Final = 10_000
RUNS: Final = 3
ONE_ENGINE: Final = 1.3
FIRST_SECONDS: Final = 0.5


def pair(workshop: Workshop) -> Pair:
    """Return the vaults of this row: 10,000 records, sealed as a device offline does."""
    return workshop.pair(
        "catch-up",
        lambda device, space: corpus.written_once(device, space, RECORDS),
        limits.SEAL_AT_BYTES,
    )


def measure(workshop: Workshop) -> Result:
    """Measure a whole catch-up over loopback TCP, each run beside its floor."""
    made = pair(workshop)
    raw = [change for changes in made.changes.values() for change in changes]
    floors: list[float] = []
    whole: list[float] = []
    first: list[float] = []
    cores: list[float] = []
    for _ in range(RUNS):
        floors.append(seconds(lambda: [Document.load(change) for change in raw]))
        with serving("serve", str(made.holder)) as holder:
            home = workshop.copy(made.newcomer)
            said = told("fetch", str(home), str(holder["listening"][1]), str(RECORDS))
        if said["unopened"] or said["aside"]:
            raise RuntimeError("the catch-up did not open everything")
        whole.append(said["whole"])
        first.append(said["first"])
        cores.append((said["own_cpu"] + said["engine_cpu"]) / said["whole"])
    floor, took, early = (statistics.median(values) for values in (floors, whole, first))
    ratio = statistics.median(one / two for one, two in zip(whole, floors, strict=True))
    return Result(
        "Catching up",
        (
            Line(
                "10,000 records of 300 letters from a companion, all searchable",
                s(took),
                f"Document.load of the same changes, nothing else: {s(floor)}",
                times(ratio),
                f"≤ {ONE_ENGINE} ×",
                ratio <= ONE_ENGINE,
            ),
            Line(
                "the first 50 of them readable, from the established session on",
                s(early),
                "–",
                "–",
                f"≤ {FIRST_SECONDS} s",
                early <= FIRST_SECONDS,
            ),
        ),
        (
            f"The receiver kept {statistics.median(cores):.1f} cores busy: its own process opens "
            "entries and writes the index, one engine process judges and reads the changes. The "
            "sender, on the same machine, is not counted but takes its share of the cores.",
        ),
    )
