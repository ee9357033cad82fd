"""Sets of acts as integers with a bit for each, in the order they came to be known (SPEC §6.4).

Joining the pasts of 64 parents costs next to nothing, and acts that saw the same share it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar


def bits(acts: int) -> Iterator[int]:
    """Yield the numbers in a set."""
    while acts:
        lowest = acts & -acts
        yield lowest.bit_length() - 1
        acts ^= lowest


Key = TypeVar("Key")
Value = TypeVar("Value")


class Sets(dict[Key, int]):
    """Sets of acts by what they are about; of what nobody spoke of, the empty one."""

    def __missing__(self, key: Key) -> int:
        return 0


class Remembered(dict[int, Value]):
    """What was worked out for sets of acts; with *most* of them it begins to remember anew."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def of(self, acts: int, work_out: Callable[[int], Value]) -> Value:
        """Return what *work_out* says of *acts*, asking it only where that is not remembered."""
        known = self.get(acts)
        if known is None:
            if len(self) == self._most:
                self.clear()
            known = self[acts] = work_out(acts)
        return known
