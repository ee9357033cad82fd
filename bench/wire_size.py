"""How many bytes a catch-up receives, against what zlib makes of the changes alone."""

from __future__ import annotations

import zlib
from typing import Any, Final

from aluna_protocol import limits
from bench import catch_up, corpus
from bench.harness import Line, Pair, Result, Workshop, times

FEW: Final = 1_000
EDITED: Final = 100
EDITS: Final = 50
IN_RUNS: Final = 1.15
ONE_BY_ONE: Final = 1.5


def measure(workshop: Workshop) -> Result:
    """Count what the receiver's session took off the wire, handshake and inventory included."""
    often = workshop.pair(
        "edited",
        lambda device, space: corpus.written_often(device, space, EDITED, EDITS),
        limits.SEAL_AT_BYTES,
    )
    single = workshop.pair(
        "one-by-one", lambda device, space: corpus.written_once(device, space, FEW), 1
    )
    return Result(
        "Bytes on the wire",
        (
            _line(f"{EDITED} records edited {EDITS} times each, sealed in runs", often, IN_RUNS,
                  catch_up.fetch(workshop, often)),
            _line(f"{catch_up.RECORDS:,} records of 300 letters, sealed many to an entry",
                  catch_up.pair(workshop), ONE_BY_ONE,
                  catch_up.fetch(workshop, catch_up.pair(workshop))),
            _line(f"{FEW:,} records of 300 letters, sealed one by one", single, ONE_BY_ONE,
                  catch_up.fetch(workshop, single)),
        ),
        (
            "The floor deflates the changes of each record by themselves (level 6): a record must "
            "stay readable, and able to be taken back, without any other.",
        ),
    )  # fmt: skip


def _line(what: str, made: Pair, budget: float, said: dict[str, Any]) -> Line:
    received = said["received"]
    floor = sum(len(zlib.compress(b"".join(changes), 6)) for changes in made.changes.values())
    ratio = received / floor
    return Line(
        what,
        f"{received:,} bytes",
        f"zlib of the changes: {floor:,} bytes",
        times(ratio),
        f"≤ {budget} ×",
        ratio <= budget,
    )
