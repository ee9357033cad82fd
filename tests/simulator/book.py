"""Every way to misbehave, and what those it is done to may say of it."""

from __future__ import annotations

from simulator import forks, lies, poison, rogue

__all__ = ["MISDEEDS", "forks", "lies", "poison"]

NOT_YET = frozenset({"boxes_a_wrong_key", "gives_a_key_away", "seats_somebody_else_s_device"})
"""Misdeeds the project does not stand whole yet; each with a test of its own."""
MISDEEDS = tuple(sorted(rogue.BOOK.keys() - NOT_YET))
