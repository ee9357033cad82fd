"""From a plan that fails to a short one that fails in the same way."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from simulator.actions import Plan
from simulator.runs import Outcome, run

MAX_RUNS = 400
_NAMES = re.compile(r"p\d+d\d+|[0-9a-f]{6,}|\d+|: .*")


def kind_of(outcome: Outcome) -> str | None:
    """Return what broke, without the names and numbers of this run; None when nothing did."""
    if outcome.failure is None:
        return None
    error, _, text = outcome.failure.partition(": ")
    return f"{error}: {_NAMES.sub('', text)}"


def shrink(
    plan: Plan, *, attempt: Callable[[Plan], Outcome] = run, max_runs: int = MAX_RUNS
) -> tuple[Plan, Outcome]:
    """Return the shortest plan found that fails as *plan* does, and what comes of it.

    Raises ValueError when *plan* does not fail.
    """
    outcome = attempt(plan)
    kind = kind_of(outcome)
    if kind is None:
        raise ValueError("a plan that fails is needed")
    search = _Search(plan, outcome, kind, attempt, max_runs)
    search.take(replace(plan, actions=plan.actions[: outcome.done + 1]))
    before = None
    while before != search.best and search.left > 0:
        before = search.best
        search.simpler_world()
        search.fewer_actions()
    return search.best, search.outcome


@dataclass(slots=True)
class _Search:
    """The best plan so far, and how many more may be tried."""

    best: Plan
    outcome: Outcome
    kind: str
    attempt: Callable[[Plan], Outcome]
    left: int

    def take(self, candidate: Plan) -> bool:
        """Go on with *candidate* if it fails in the same way."""
        if self.left <= 0 or candidate == self.best:
            return False
        self.left -= 1
        outcome = self.attempt(candidate)
        if kind_of(outcome) != self.kind:
            return False
        self.best, self.outcome = candidate, outcome
        return True

    def fewer_actions(self) -> None:
        """Leave out half of the actions, a quarter, … one."""
        size = max(1, len(self.best.actions) // 2)
        while size:
            start = 0
            while start < len(self.best.actions):
                actions = self.best.actions
                fewer = actions[:start] + actions[start + size :]
                if not self.take(replace(self.best, actions=fewer)):
                    start += size
            size //= 2

    def simpler_world(self) -> None:
        """Try fewer devices, right clocks, no circle."""
        for devices in range(2, self.best.devices):
            persons = min(devices, self.best.persons)
            if self.take(replace(self.best, devices=devices, persons=persons)):
                break
        self.take(replace(self.best, circle=False))
        self.take(replace(self.best, clocks=(0.0,)))
        self.take(replace(self.best, persons=self.best.devices))
