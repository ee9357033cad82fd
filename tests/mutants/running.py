"""Keeps the worker going: a mutant over which it dies or hangs twice is harmful, then left out."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from mutants.worker import BLOCK, Tally, described

HANG_SECONDS = 60.0
"""Blocks take a second or two."""
_TESTS = Path(__file__).parents[1]
_PATHS = (_TESTS, _TESTS.parent, _TESTS.parent / "protocol", _TESTS.parent / "tui")


def run(
    seed: str, first: int, count: int, progress: Callable[[Tally], object] = lambda _: None
) -> Tally:
    """Breed and judge *count* mutants of *seed* from number *first* on, in a process of its own."""
    total = Tally()
    skip: list[int] = []
    suspect: int | None = None
    at, end = first, first + count
    while at < end:
        lost = None
        with _worker(seed, at, end - at, skip) as process:
            at, number, lost = _follow(process, at, total, progress)
        if lost is not None and number != suspect:
            # Something from outside may have ended the worker: the block is done again.
            suspect = number
        elif lost is not None:
            total.harmful.append(described(seed, number, lost))
            total.passed += 1
            total.mutants += 1
            skip.append(number)
    return total


def _worker(seed: str, first: int, count: int, skip: list[int]) -> subprocess.Popen[bytes]:
    paths = os.pathsep.join(map(str, _PATHS))
    return subprocess.Popen(
        [sys.executable, "-m", "mutants.worker", seed, str(first), str(count), *map(str, skip)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": paths},
    )


def _follow(
    process: subprocess.Popen[bytes], at: int, total: Tally, progress: Callable[[Tally], object]
) -> tuple[int, int, str | None]:
    """Count blocks until *process* ends; return the next, its last mutant, and how it was lost."""
    assert process.stdout is not None
    number = -1
    rest = b""
    while True:
        if not select.select([process.stdout], [], [], HANG_SECONDS)[0]:
            process.kill()
            return at, number, "hangs"
        data = os.read(process.stdout.fileno(), 1 << 20)
        if not data:
            code = process.wait()
            if number < 0:
                raise RuntimeError("the worker does not start")
            return at, number, f"the process ended with {code}" if code else None
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            if line.isdigit():
                number = int(line)
                continue
            block = json.loads(line)
            total.add(Tally(**{**block, "refused": Counter(block["refused"])}))
            at += BLOCK
            progress(total)
