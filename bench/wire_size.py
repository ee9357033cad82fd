"""How many bytes a catch-up receives, against what zlib makes of the changes alone."""

from __future__ import annotations

import zlib
from typing import Final

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
    many = catch_up.pair(workshop)
    said = [catch_up.fetch(workshop, made)["received"] for made in (often, many, single)]
    return Result(
        "Bytes on the wire",
        (
            _line(f"{EDITED} records edited {EDITS} times each, in runs", often, IN_RUNS, said[0]),
            _line(
                f"{catch_up.RECORDS:,} records of 300 letters, many to an entry",
                many,
                IN_RUNS,
                said[1],
            ),
            _line(
                f"{FEW:,} records of 300 letters, sealed one by one", single, ONE_BY_ONE, said[2]
            ),
        ),
        (
            "The floor deflates the changes of each record by themselves (level 6): a record must "
            "stay readable, and able to be taken back, without any other. Against one zlib stream "
            "over all the records, which no design with that property can reach, the ratios are "
            f"{_one_stream(often, said[0])}, {_one_stream(many, said[1])} and "
            f"{_one_stream(single, said[2])}. The words are invented from syllables; people's own "
            "compress differently.",
        ),
    )


def _line(what: str, made: Pair, budget: float, received: int) -> Line:
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


def _one_stream(made: Pair, received: int) -> str:
    packer = zlib.compressobj(6)
    size = sum(
        len(packer.compress(change)) for changes in made.changes.values() for change in changes
    )
    return times(received / (size + len(packer.flush())))
