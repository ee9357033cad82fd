"""What a measurement is, and the few ways of taking one: medians, whole processes, one workshop."""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aluna_protocol.ids import DocumentId, SpaceId
from aluna_sync.device import Device
from aluna_sync.vault_file import derive
from bench import corpus

PATIENCE_SECONDS: Final = 120.0
UNCOMPILED: Final = "PYTHONDONTWRITEBYTECODE"
"""A process that takes longer is stuck: the run fails instead of waiting for ever."""
MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. *met* is None where there is no budget to meet."""

    what: str
    measured: str
    floor: str
    ratio: str
    budget: str
    met: bool | None


@dataclass(frozen=True, slots=True)
class Result:
    """What one module measured, and what has to be said about it."""

    title: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


def median(measure: Callable[[], float], times: int) -> float:
    """Return the median of *times* measurements."""
    return statistics.median(measure() for _ in range(times))


def seconds(do: Callable[[], object]) -> float:
    """Return how long *do* takes."""
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def percentile(values: list[float], percent: int) -> float:
    """Return the value below which *percent* of *values* lie."""
    return statistics.quantiles(values, n=100)[percent - 1]


def ms(value: float) -> str:
    """Spell seconds as milliseconds."""
    return f"{value * 1000:.1f} ms" if value < 0.01 else f"{value * 1000:.0f} ms"


def s(value: float) -> str:
    """Spell seconds."""
    return f"{value:.2f} s"


def times(value: float) -> str:
    """Spell a ratio."""
    return f"{value:.2f} ×"


def key_derivation() -> float:
    """Return how long the cheapest passphrase takes to become a key, which no budget counts."""
    return median(lambda: seconds(lambda: derive(b"a passphrase", bytes(16), corpus.CHEAPEST)), 5)


# -- processes -----------------------------------------------------------------------------------


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run this interpreter with *arguments* until it ends; raises when it fails."""
    # As once installed: what was compiled is kept, whatever this shell says.
    kept = {name: value for name, value in os.environ.items() if name != UNCOMPILED}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=True,
        env=kept | environment,
    )


def processor_seconds(do: Callable[[], object]) -> float:
    """Return the processor time of the processes that *do* starts and waits for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    do()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def told(*arguments: str) -> dict[str, Any]:
    """Run `python -m bench.peer` with *arguments* and return what it told."""
    said: dict[str, Any] = json.loads(python("-m", "bench.peer", *arguments).stdout)
    return said


@contextmanager
def serving(*arguments: str) -> Iterator[dict[str, Any]]:
    """Run `python -m bench.peer` while the block runs; gives its first line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.peer", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


# -- the workshop --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pair:
    """A device that holds a journal, another that has just been let in, and all the changes."""

    holder: Path
    newcomer: Path
    changes: dict[DocumentId, list[bytes]]


class Workshop:
    """Vaults that several rows measure with, each made once, in one directory."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._pairs: dict[str, Pair] = {}
        self._full: dict[int, Path] = {}
        self._copies = 0

    def pair(
        self,
        name: str,
        write: Callable[[Device, SpaceId], dict[DocumentId, list[bytes]]],
        run_bytes: int,
    ) -> Pair:
        """Return two vaults of one collective; the first has sealed what *write* gives."""
        if name not in self._pairs:
            homes = self._place / f"{name}-holder", self._place / f"{name}-newcomer"
            holder = corpus.new_vault(homes[0], "Ana", "Semilla")
            newcomer = corpus.new_vault(homes[1], "Bea", None)
            space = corpus.let_in(holder, newcomer)
            changes = write(holder, space)
            corpus.keep_sealed(holder, space, changes, run_bytes=run_bytes)
            holder.lock()
            newcomer.lock()
            self._pairs[name] = Pair(*homes, changes)
        return self._pairs[name]

    def full(self, records: int) -> Path:
        """Return a vault with *records* readable records."""
        if records not in self._full:
            home = self._place / f"full-{records}"
            device = corpus.new_vault(home, "Ana", "Semilla")
            corpus.keep_readable(device, device.collective(), records)
            device.lock()
            self._full[records] = home
        return self._full[records]

    def copy(self, home: Path) -> Path:
        """Return a fresh copy of the vault in *home*."""
        self._copies += 1
        fresh = self._place / f"copy-{self._copies}"
        shutil.copytree(home, fresh)
        return fresh

    def new(self, name: str) -> Path:
        """Return a directory that does not exist yet."""
        return self._place / name
