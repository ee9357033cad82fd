"""A picture of a collective's impacts, beside taking the same records out of the store."""

from __future__ import annotations

import datetime as dt
import json
from typing import Final

from aluna_protocol.ids import SpaceId
from aluna_sync.device import Device
from aluna_sync.founding import unlock
from aluna_sync.picturing import picture
from bench import corpus
from bench.harness import Line, Result, Workshop, median, ms, seconds, times

IMPACTS: Final = 10_000
TYPE: Final = "impact"
RUNS: Final = 5
BUDGET_SECONDS: Final = 0.3
DRAWN: Final = ("impacts", "weave", "timeline")
TODAY: Final = dt.date(2026, 1, 1)


def measure(workshop: Workshop) -> Result:
    """Draw pictures of a journal with as many impacts as a collective writes in years."""
    # A third of the invented records are impacts.
    device = unlock(workshop.full(3 * IMPACTS), corpus.PASSPHRASE)
    try:
        space = device.collective()
        floor = median(lambda: seconds(lambda: _bare(device, space)), RUNS)
        lines = [_line(device, space, name, floor) for name in DRAWN]
    finally:
        device.lock()
    return Result(f"Pictures of {IMPACTS:,} impacts", tuple(lines), ())


def _bare(device: Device, space: SpaceId) -> None:
    """Take the impacts out of the store and read their JSON: nothing draws them from less."""
    for _space, view in device.store.index.views(TYPE, (space,)):
        json.loads(view)


def _line(device: Device, space: SpaceId, name: str, floor: float) -> Line:
    spent = median(lambda: seconds(lambda: picture(device, name, space, TODAY)), RUNS)
    return Line(
        f"the picture “{name}”",
        ms(spent),
        f"reading the stored JSON of the impacts: {ms(floor)}",
        times(spent / floor),
        f"≤ {BUDGET_SECONDS * 1000:.0f} ms",
        spent <= BUDGET_SECONDS,
    )
