"""Three hundred simulated worlds: everything that must hold, holds in each of them."""

from __future__ import annotations

import pytest

from simulator.actions import to_literal
from simulator.book import MISDEEDS
from simulator.plans import draw
from simulator.runs import run
from simulator.shrink import shrink

SEEDS = 300
CHUNK = 10
SHRINK_RUNS = 60


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_devices_find_together_whatever_happens_to_them(first: int) -> None:
    for seed in range(first, first + CHUNK):
        plan = draw(seed, MISDEEDS)
        if run(plan).failure is not None:
            shorter, outcome = shrink(plan, max_runs=SHRINK_RUNS)
            pytest.fail(f"seed {seed}: {outcome.failure}\n{to_literal(shorter)}\n{outcome.trace}")
