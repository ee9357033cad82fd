"""A node with twenty companions in touch and nothing to do."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bench import corpus
from bench.harness import MEGABYTE, Line, Result, Workshop, serving, told

PEERS: Final = 20
RECORDS: Final = 100
IDLE_SECONDS: Final = 12
CPU_PERCENT: Final = 1.0
MEMORY_MEGABYTES: Final = 90


def measure(workshop: Workshop) -> Result:
    """Let twenty nodes of one other process dial a node, and watch it do nothing."""
    holder, crowd = _collective(workshop)
    with serving("crowd", *map(str, crowd)) as others:
        ports = [str(port) for port in others["ports"]]
        said = told("idle", str(holder), str(IDLE_SECONDS), *ports)
    if said["online"] != PEERS:
        raise RuntimeError("not everybody was in touch")
    percent = 100 * said["cpu"] / said["seconds"]
    memory, bare = said["memory"] / MEGABYTE, said["bare_memory"] / MEGABYTE
    return Result(
        f"Idle, {PEERS} companions in touch",
        (
            Line(
                f"processor, over {IDLE_SECONDS} s",
                f"{percent:.2f} % of a core",
                "nothing: 0 %",
                "–",
                f"≤ {CPU_PERCENT:.0f} %",
                percent <= CPU_PERCENT,
            ),
            Line(
                "memory of the node's process, engine apart",
                f"{memory:.0f} MB",
                f"the interpreter alone: {bare:.0f} MB",
                f"{memory / bare:.1f} ×",
                f"≤ {MEMORY_MEGABYTES} MB",
                memory <= MEMORY_MEGABYTES,
            ),
        ),
        (
            "Without discovery: the sessions, their clocks, and the look for what commands wrote. "
            "The first key derivation borrows 64 MB that are given back before the node starts.",
        ),
    )


def _collective(workshop: Workshop) -> tuple[Path, list[Path]]:
    home = workshop.copy(workshop.full(RECORDS))
    return home, corpus.crowd_of(home, [workshop.new(f"crowd-{place}") for place in range(PEERS)])
