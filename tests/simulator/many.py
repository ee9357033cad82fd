"""Many seeds one after the other, by several processes, going on where the last run ended."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from simulator.actions import to_literal
from simulator.book import MISDEEDS
from simulator.plans import draw
from simulator.runs import run
from simulator.shrink import shrink

CHUNK = 25
NICENESS = 15


@dataclass(slots=True)
class Summary:
    """What many runs came to."""

    seeds: int = 0
    actions: int = 0
    devices: int = 0
    events: int = 0
    bytes: int = 0
    seconds: float = 0.0
    seen: Counter[str] = field(default_factory=Counter)
    failed: dict[int, str] = field(default_factory=dict)

    def add(self, other: Summary) -> None:
        """Count *other* in."""
        for name in ("seeds", "actions", "devices", "events", "bytes", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.seen += other.seen
        self.failed |= other.failed


def say(words: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def run_chunk(seeds: range) -> Summary:
    """Run the plans of *seeds*."""
    summary = Summary()
    for seed in seeds:
        began = time.perf_counter()
        plan = draw(seed, MISDEEDS)
        outcome = run(plan)
        summary.seeds += 1
        summary.actions += outcome.done
        summary.devices += outcome.devices
        summary.events += outcome.events
        summary.bytes += outcome.bytes
        summary.seen += outcome.seen
        summary.seconds += time.perf_counter() - began
        if outcome.failure is not None:
            summary.failed[seed] = outcome.failure
    return summary


def run_many(first: int, last: int, workers: int, state: Path | None, out: Path) -> Summary:
    """Run seeds *first* … *last*, going on where *state* says the last run ended."""
    total, following = Summary(), first
    if state is not None and state.exists():
        kept = json.loads(state.read_text())
        following = kept.pop("following")
        total = Summary(**{**kept, "seen": Counter(kept["seen"])})
        total.failed = {int(seed): failure for seed, failure in total.failed.items()}
    chunks = [range(at, min(at + CHUNK, last + 1)) for at in range(following, last + 1, CHUNK)]
    began = time.perf_counter()
    context = multiprocessing.get_context("spawn")
    lower = max(0, NICENESS - os.nice(0))
    with context.Pool(workers, initializer=os.nice, initargs=(lower,)) as pool:
        for chunk, summary in zip(chunks, pool.imap(run_chunk, chunks), strict=True):
            total.add(summary)
            for seed, failure in summary.failed.items():
                say(f"seed {seed} FAILED: {failure}")
            if state is not None:
                kept = {name: getattr(total, name) for name in Summary.__slots__}
                state.write_text(json.dumps({**kept, "following": chunk.stop}))
            if chunk.start // CHUNK % 10 == 0:
                minutes = (time.perf_counter() - began) / 60
                say(
                    f"{chunk.stop - first} of {last + 1 - first} seeds, {minutes:.1f} min,"
                    f" {total.events} events, {len(total.failed)} failed"
                )
    out.mkdir(parents=True, exist_ok=True)
    for seed in sorted(total.failed)[:5]:
        shorter, outcome = shrink(draw(seed, MISDEEDS))
        path = out / f"seed-{seed}.trace"
        path.write_text(f"# {outcome.failure}\n{to_literal(shorter)}")
        say(f"seed {seed}: {len(shorter.actions)} actions, in {path}")
    return total
