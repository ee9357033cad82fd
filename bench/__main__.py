"""`python -m bench`: measure every row and write docs/benchmarks.md. Loopback only."""

from __future__ import annotations

import datetime
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from bench import (
    bundle,
    catch_up,
    commands,
    idle,
    lint,
    many_records,
    membership,
    pictures,
    python_repo,
    wire_size,
)
from bench.harness import Line, Result, Workshop

ROWS: Final[dict[str, Callable[[Workshop], Result]]] = {
    "catch-up": catch_up.measure,
    "bundle": bundle.measure,
    "python-repo": python_repo.measure,
    "wire-size": wire_size.measure,
    "many-records": many_records.measure,
    "lint": lint.measure,
    "membership": membership.measure,
    "commands": commands.measure,
    "pictures": pictures.measure,
    "idle": idle.measure,
}
PAGE: Final = Path(__file__).parent.parent / "docs" / "benchmarks.md"
HEAD: Final = """# Benchmarks

Written by `make bench`; nothing here is typed by hand. Each figure stands beside its floor,
measured in the same run on the same machine, because seconds alone say more about the machine than
about the program. Times are medians. The budgets are those of `docs/architecture.md`.
"""


def main(chosen: Sequence[str]) -> int:
    """Measure the *chosen* rows; all of them, and write the page, when none is named."""
    unknown = [name for name in chosen if name not in ROWS]
    if unknown:
        print(f"No such row: {', '.join(unknown)}. There are: {', '.join(ROWS)}.", file=sys.stderr)
        return 2
    started = time.monotonic()
    load = _busy()
    results = []
    with tempfile.TemporaryDirectory(prefix="aluna-bench-") as place:
        workshop = Workshop(Path(place))
        for name in chosen or ROWS:
            results.append(ROWS[name](workshop))
            print(_section(results[-1]), flush=True)
    if not chosen:
        PAGE.write_text(_page(results, time.monotonic() - started, load))
    return 0


def _busy() -> float:
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def _page(results: Sequence[Result], spent: float, load: float) -> str:
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    cores = os.cpu_count() or 1
    machine = (
        f"{day} · {cores} cores, {load:.1f} of them busy with other work when the run began · "
        f"Python {platform.python_version()} · the run took {spent:.0f} s"
    )
    lines = [line for result in results for line in result.lines]
    missed = [line for line in lines if line.met is False]
    summary = (
        "Every budget measured here is met."
        if not missed
        else "Missed: " + "; ".join(f"{line.what} ({line.ratio})" for line in missed) + "."
    )
    sections = "\n".join(_section(result) for result in results)
    return f"{HEAD}\n{machine}\n\n{summary}\n\n{sections}"


def _section(result: Result) -> str:
    table = [
        "| what | measured | floor | ratio | budget | |",
        "|---|---|---|---|---|---|",
        *(_row(line) for line in result.lines),
    ]
    notes = "".join(f"\n{note}\n" for note in result.notes)
    return f"## {result.title}\n\n" + "\n".join(table) + "\n" + notes


def _row(line: Line) -> str:
    met = {True: "met", False: "**missed**", None: "not comparable"}[line.met]
    cells = (line.what, line.measured, line.floor, line.ratio, line.budget, met)
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
