"""Worlds in which newcomers are given no past from the first day, and somebody comes all the time.

Nobody reads a word whose writer did not know of her when writing it, whoever was away, whoever was
removed meanwhile, whoever else was let in apart (row E10; decision 0026).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from simulator import actions
from simulator.actions import AGREED, Action, Plan, to_literal
from simulator.plans import draw
from simulator.runs import run

SEEDS = 40
CHUNK = 8
RULES = {AGREED.index("limit"), AGREED.index("reopen")}


def plan_of(seed: int) -> Plan:
    """Return the plan of *seed* without a rogue, in which newcomers are given no past."""
    rng = Random(f"newcomers {seed}")

    def salt() -> int:
        return rng.getrandbits(48)

    def number() -> int:
        return rng.randrange(840)

    def coming() -> list[Action]:
        """Somebody writes apart from others who let somebody in."""
        found: list[Action] = [
            actions.Write(salt(), number(), 0, 60),
            actions.Partition(salt(), 2, rng.random() < 0.5),
            *(actions.Write(salt(), number(), 0, 60) for _ in range(rng.randrange(3))),
            actions.Join(salt(), number(), 0, own=rng.random() < 0.15),
        ]
        if rng.random() < 0.5:
            found += [
                actions.Agree(salt(), number(), AGREED.index("remove"), number(), 0),
                actions.Run(salt(), 3.0, 0.5),
                actions.Agree(salt(), number(), AGREED.index("second"), number(), 0),
            ]
        if rng.random() < 0.6:
            found += [actions.Heal(salt()), actions.Dial(salt(), number(), number())]
        return [*found, actions.Run(salt(), rng.choice((1.0, 12.0)), 0.5)]

    drawn = draw(seed, ())
    others = [
        one for one in drawn.actions
        if not (isinstance(one, actions.Agree) and one.what % len(AGREED) in RULES)
    ]  # fmt: skip
    begin: list[Action] = [
        actions.Agree(salt(), 0, AGREED.index("reopen"), 0, 0),
        *(actions.Dial(salt(), 0, other) for other in range(1, min(drawn.devices, 8))),
        actions.Run(salt(), 2.0, 0.5),
        actions.Agree(salt(), 1, AGREED.index("second"), 0, 0),
        actions.Run(salt(), 2.0, 0.5),
    ]
    for _ in range(rng.randint(2, 4)):
        at = rng.randrange(len(others) + 1)
        others[at:at] = coming()
    return replace(drawn, actions=(*begin, *others))


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_e10_nobody_reads_what_was_written_before_it_was_known_of_her(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + CHUNK):
        outcome = run(plan := plan_of(seed))
        if outcome.failure is not None:
            pytest.fail(f"seed {seed}: {outcome.failure}\n{to_literal(plan)}\n{outcome.trace}")
        seen += outcome.seen
    assert seen["newcomers without the past"]
    assert seen["changes a newcomer reads"]


def test_a_device_that_takes_its_words_for_new_when_it_seals_them_is_found() -> None:
    failures = (run(replace(plan_of(seed), planted="hurries")).failure for seed in range(SEEDS))
    found = next(one for one in failures if one is not None)
    assert "reads what was written before it was known of" in found
