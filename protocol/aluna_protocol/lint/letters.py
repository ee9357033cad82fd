"""Ranges of letters: those put into a text, and those taken out of it again."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

Range = tuple[int, int]
"""The first and the last of consecutive counters."""


class Spans:
    """Closed ranges of counters, kept apart and in order."""

    __slots__ = ("_firsts", "_lasts")

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def add(self, first: int, last: int) -> None:
        """Add a range beyond all ranges added before."""
        if self._lasts and self._lasts[-1] == first - 1:
            self._lasts[-1] = last
        else:
            self._firsts.append(first)
            self._lasts.append(last)

    def hold(self, first: int, last: int) -> bool:
        """Tell whether every counter from *first* to *last* was added."""
        place = bisect_right(self._firsts, first) - 1
        return place >= 0 and last <= self._lasts[place]


class Gone:
    """Letters one actor took out of a text, with the `seq` of the change that did: no letter twice.

    Ranges of different changes are never joined: whether a letter is gone depends on the past.
    """

    __slots__ = ("_ranges",)

    def __init__(self) -> None:
        self._ranges: list[tuple[int, int, int]] = []

    def add(self, ranges: Sequence[Range], seq: int) -> None:
        """Add *ranges*, in order and apart from all others, taken out by the change *seq*."""
        new = [(first, last, seq) for first, last in ranges]
        low, high = bisect_left(self._ranges, new[0]), bisect_left(self._ranges, new[-1])
        self._ranges[low:high] = sorted(self._ranges[low:high] + new)

    def touch(self, ranges: Iterable[Range], until: int) -> bool:
        """Tell whether a letter of *ranges* was taken out by a change up to *until*."""
        held = self._ranges
        for first, last in ranges:
            place = bisect_left(held, (first,))
            if place and held[place - 1][1] >= first:
                place -= 1
            while place < len(held) and held[place][0] <= last:
                if held[place][2] <= until:
                    return True
                place += 1
        return False


def in_order(ranges: Iterable[Range]) -> tuple[Range, ...] | None:
    """Return *ranges* in order, neighbours joined; None if two of them share a letter."""
    joined: list[Range] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1]:
            return None
        if joined and first == joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return tuple(joined)
