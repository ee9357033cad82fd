"""Two texts that drift apart and meet again: differences, and how a cursor survives them.

A person types into a local copy while the shared text changes under it. What both wrote is kept:
differences from the last text both knew are moved past each other and applied on either side.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

from aluna_protocol.dataclass import dataclass

_FINE_LETTERS: Final = 2_000
"""Up to here a difference is split finely; beyond, one block is quicker and just as right."""


@dataclass(frozen=True, slots=True)
class Change:
    """Delete *delete* letters at *position*, then insert *text* there."""

    position: int
    delete: int
    text: str

    @property
    def end(self) -> int:
        """Where the deleted letters end."""
        return self.position + self.delete


def difference(old: str, new: str) -> list[Change]:
    """Return what turns *old* into *new*, in positions of *old*, last position first."""
    if old == new:
        return []
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        start += 1
    tail = 0
    while tail < shorter - start and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    before, after = old[start : len(old) - tail], new[start : len(new) - tail]
    if not before or not after or len(before) + len(after) > _FINE_LETTERS:
        return [Change(start, len(before), after)]
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [
        Change(start + i1, i2 - i1, after[j1:j2])
        for tag, i1, i2, j1, j2 in reversed(blocks)
        if tag != "equal"
    ]


def apply(text: str, changes: Iterable[Change]) -> str:
    """Return *text* after *changes*, which come last position first."""
    for change in changes:
        text = text[: change.position] + change.text + text[change.end :]
    return text


def move_past(theirs: list[Change], mine: list[Change]) -> list[Change]:
    """Return *theirs*, written against the same text as *mine*, as they apply after *mine*.

    Letters both deleted are deleted once; letters one inserted are never deleted by the other.
    """
    ahead = sorted(mine, key=lambda change: change.position)
    moved: list[Change] = []
    for change in theirs:
        pieces = _outside(change.position, change.end, ahead)
        moved.extend(
            Change(_shifted(start, ahead), end - start, "") for start, end in reversed(pieces)
        )
        if change.text:
            place = _shifted(change.position, ahead)
            moved.append(Change(place, 0, change.text))
    return moved


def cursor_after(cursor: int, changes: Iterable[Change]) -> int:
    """Return where a cursor at *cursor* is after *changes*: behind the same letter as ever."""
    for change in changes:
        if change.end <= cursor and change.position < cursor:
            cursor += len(change.text) - change.delete
        elif change.position < cursor:
            cursor = change.position
    return cursor


def _outside(start: int, end: int, others: list[Change]) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    for other in others:
        cut_at, resume_at = other.position, other.end
        if resume_at <= start:
            continue
        if cut_at >= end:
            break
        if cut_at > start:
            pieces.append((start, cut_at))
        start = max(start, resume_at)
    if start < end:
        pieces.append((start, end))
    return pieces


def _shifted(position: int, others: list[Change]) -> int:
    moved = position
    for other in others:
        if other.end <= position and other.position < position:
            moved += len(other.text) - other.delete
        elif other.position < position:
            moved += other.position - position + len(other.text)
        elif other.position == position and other.delete == 0:
            moved += len(other.text)
    return moved
