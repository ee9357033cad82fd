"""The simulator itself: it finds what is planted, shrinks it, and replays it."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from simulator.actions import from_literal, to_literal
from simulator.book import MISDEEDS
from simulator.plans import draw
from simulator.runs import Outcome, run
from simulator.shrink import kind_of, shrink

TRIES = 30


def first_failing(planted: str) -> int:
    for seed in range(TRIES):
        if run(replace(draw(seed, ()), planted=planted)).failure is not None:
            return seed
    raise AssertionError(f"{planted} was not found in {TRIES} seeds")


def test_a_device_that_loses_entries_is_found_and_the_trace_is_short_and_replays() -> None:
    seed = first_failing("forgets")
    plan = replace(draw(seed, ()), planted="forgets")
    shorter, outcome = shrink(plan)
    assert "acknowledged what it does not hold" in str(outcome.failure)
    assert len(shorter.actions) <= 8
    again = from_literal(ast.literal_eval(to_literal(shorter)))
    assert again == shorter
    assert run(again).failure == outcome.failure
    assert run(replace(shorter, planted="")).failure is None


def test_a_device_that_names_its_private_space_is_found() -> None:
    seed = first_failing("tells")
    assert "a private space is named" in str(run(replace(draw(seed, ()), planted="tells")).failure)


def test_a_seed_gives_the_same_run_every_time() -> None:
    for seed in (0, 3):
        plan = draw(seed, MISDEEDS)
        assert plan == draw(seed, MISDEEDS)
        one, other = run(plan), run(plan)
        assert (one.failure, one.events, one.bytes, one.seen) == (
            other.failure,
            other.events,
            other.bytes,
            other.seen,
        )


def test_a_plan_that_holds_cannot_be_shrunk() -> None:
    with pytest.raises(ValueError, match="a plan that fails"):
        shrink(replace(draw(0, ()), actions=()), attempt=lambda plan: Outcome())


def test_two_failures_of_one_kind_are_known_as_such() -> None:
    one = Outcome(failure="BrokenError: p0d0 and p12d3 differ in state: 7abcdef1 [...]")
    other = Outcome(failure="BrokenError: p5d1 and p1d1 differ in state: who belongs")
    third = Outcome(failure="BrokenError: p0d0 did not seal what was written")
    assert kind_of(one) == kind_of(other) != kind_of(third)
    assert kind_of(Outcome()) is None
