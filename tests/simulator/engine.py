"""The real engine, and one Automerge that panics over changes that carry a mark."""

from __future__ import annotations

from collections.abc import Sequence

from aluna_sync.engine.automerge_door import AutomergeContents

MARK = b"KILLS-THE-ENGINE"


class PanicException(BaseException):
    """What a panic of Automerge looks like from Python."""


class MarkedContents(AutomergeContents):
    """Automerge, which panics over every change that carries `MARK`."""

    def apply(self, changes: Sequence[bytes]) -> None:
        """Apply *changes*, or panic."""
        if any(MARK in change for change in changes):
            raise PanicException
        super().apply(changes)
