"""Every way to misbehave, and what those it is done to may say of it."""

from __future__ import annotations

from simulator import forks, lies, poison, rogue, usurping

__all__ = ["MISDEEDS", "forks", "lies", "poison", "usurping"]

MISDEEDS = tuple(sorted(rogue.BOOK))
