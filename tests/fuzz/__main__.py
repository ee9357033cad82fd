"""`python -m fuzz --seconds 300`: every target under atheris, two at a time; 1 if anything falls.

From the folder `tests`. What makes a target fall is kept in `frozen/`, where the tests try it
again; `--corpus FOLDER` keeps what was learnt for the next run.
"""

# ruff: noqa: T201 -- a program for the terminal
from __future__ import annotations

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fuzz.seeds import FROZEN, seeds_of
from fuzz.targets import TARGETS

AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Result:
    """How one target did."""

    name: str
    runs: int
    edges: int
    corpus: int
    fallen: list[Path]
    words: str


class Clock:
    """Shares out the time that is left, as it turns out how long processes take to start."""

    def __init__(self, total: float, names: list[str]) -> None:
        self._began = time.monotonic()
        self._total = total
        self._weight = sum(TARGETS[name].weight for name in names)
        self._starting = 4.0
        self._lock = threading.Lock()

    @property
    def passed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began

    def seconds_for(self, name: str) -> int:
        """Return how long the next target, *name*, may look for inputs."""
        with self._lock:
            weight = TARGETS[name].weight
            share = weight / (self._weight + (AT_ONCE - 1) * weight)
            self._weight -= weight
            left = (self._total - self.passed) * AT_ONCE
            return max(round(left * share - self._starting), 1)

    def took(self, asked: int, seconds: float) -> None:
        """Take note of how much longer a target took than it was asked to."""
        with self._lock:
            self._starting = max((self._starting + seconds - asked) / 2, 0.0)


def fuzz(name: str, clock: Clock, corpus: Path, kept: Path) -> Result:
    """Fuzz one target in a process of its own."""
    seconds, began = clock.seconds_for(name), clock.passed
    folder, seeds, fallen = corpus / name, corpus / f"{name}.seeds", kept / name
    for made in (folder, seeds, fallen):
        made.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds_of(name)):
        (seeds / f"{number:04}").write_bytes(seed)
    command = [
        *(sys.executable, "-m", "fuzz.worker", name, str(folder), str(seeds)),
        *(f"-max_total_time={seconds}", f"-artifact_prefix={fallen}/", "-seed=1"),
        *("-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=1"),
    ]
    before = set(fallen.iterdir())
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    clock.took(seconds, clock.passed - began)
    words = done.stdout + done.stderr
    runs = re.findall(r"number_of_executed_units:\s*(\d+)|^#(\d+)\s", words, re.MULTILINE)
    edges = re.findall(r"cov: (\d+)", words)
    found = sorted(set(fallen.iterdir()) - before)
    if done.returncode != 0 and not found:
        found = [fallen / "did-not-run"]
    return Result(
        name,
        max((int(one or other) for one, other in runs), default=0),
        int(edges[-1]) if edges else 0,
        sum(1 for _ in folder.iterdir()),
        found,
        words,
    )


def freeze(result: Result) -> None:
    """Keep what a target fell over, and say how."""
    place = FROZEN / result.name
    for path in result.fallen:
        if path.exists():
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{path.name}.bin").write_bytes(path.read_bytes())
    _, _, told = result.words.partition("=== Uncaught Python exception: ===")
    print("\n".join((told or result.words[-4000:]).splitlines()[:60]))


def run_all(clock: Clock, corpus: Path, names: list[str]) -> list[Result]:
    """Fuzz the targets *names*, two at a time; print a line for each."""
    results = []
    with tempfile.TemporaryDirectory() as kept, ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [pool.submit(fuzz, name, clock, corpus, Path(kept)) for name in names]
        for one in waiting:
            result = one.result()
            results.append(result)
            fell = f"  FELL: {len(result.fallen)}" if result.fallen else ""
            print(
                f"{result.name:18} {result.runs:9,} runs  {result.edges:5} edges"
                f"  {result.corpus:4} kept{fell}",
                flush=True,
            )
            if result.fallen:
                freeze(result)
    return results


def main() -> int:
    """Return 1 if anything but `RemoteProtocolError` came out of any target."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0, help="for all targets together")
    parser.add_argument("--corpus", type=Path, help="a folder to keep inputs in")
    parser.add_argument("--only", choices=sorted(TARGETS), action="append", help="these targets")
    given = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed (it is there for Linux only): nothing was fuzzed")
        return 0
    os.nice(10)
    names = given.only or list(TARGETS)
    clock = Clock(given.seconds, names)
    with tempfile.TemporaryDirectory() as folder:
        corpus = given.corpus or Path(folder)
        results = run_all(clock, corpus, names)
        fallen = sum(len(result.fallen) for result in results)
        runs = sum(result.runs for result in results)
        print(f"\n{runs:,} runs, {fallen} fell, {clock.passed:.0f} s\n", flush=True)
        if not given.only:
            subprocess.run([sys.executable, "-m", "fuzz.coverage_of", str(corpus)], check=True)
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
