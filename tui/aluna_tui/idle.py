"""Whether somebody is still there: nobody touched a key for minutes, or the machine slept (S12)."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final

from aluna_sync.vault_secrets import IDLE_MINUTES

SLEPT_SECONDS: Final = 2.0
"""Less than any lid that was closed; more than two readings of two clocks can differ."""


def slept() -> float:
    """Return for how many seconds this machine has been asleep, of all its sleeps together.

    Two clocks of the system tell: one runs on while the machine sleeps. Windows has no such pair
    for programs like this one; there only the minutes without a key count.
    """
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
    elif sys.platform == "darwin":  # noqa: RET505 - so that each system's branch is its own
        return time.clock_gettime(time.CLOCK_MONOTONIC) - time.clock_gettime(time.CLOCK_UPTIME_RAW)
    else:
        return 0.0


class Idleness:
    """Counts from the last touch; *minutes* is taken to the nearest of `IDLE_MINUTES`."""

    def __init__(
        self, minutes: int, clock: Callable[[], float], slept: Callable[[], float]
    ) -> None:
        self.choose(minutes)
        self._clock = clock
        self._slept = slept
        self.begin()

    def choose(self, minutes: int) -> None:
        """Wait for *minutes* from now on, or the nearest there is."""
        self.minutes = min(IDLE_MINUTES, key=lambda each: abs(each - minutes))

    def begin(self) -> None:
        """Start counting: the vault was just opened."""
        self._asleep = self._slept()
        self.touch()

    def touch(self) -> None:
        """Take that somebody is there now. Whoever wakes the machine is not vouched for by this."""
        self._touched = self._clock()

    def is_over(self) -> bool:
        """Tell whether it is time to lock."""
        if self._slept() - self._asleep >= SLEPT_SECONDS:
            return True
        return self._clock() - self._touched >= self.minutes * 60
