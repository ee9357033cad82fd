"""The history of a record by sittings: what one person wrote in a row, and what became of it.

No clock is asked for the order: it is the order of causes, told so that who went on alone is told
in one piece. The same changes give the same order on every device. Each moment is told as whoever
wrote then read it: of what was written apart, neither has changed the other yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import ChangeHash, PersonId
from aluna_sync.journal.pieces import applied
from aluna_sync.journal.rewritten import Step
from aluna_sync.journal.splices import Hunk, hunks
from aluna_sync.journal.types import Record

_WORD: Final = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one person wrote without anything of others coming in between, as she read it."""

    before: Record | None
    after: Record
    between: tuple[Record, ...] = ()
    """How it read just before words went that had come in this very stretch."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """What one person did in a row."""

    number: int
    by: PersonId | None
    day: str
    """The ISO date on which it arrived or was sealed on this device; empty when not known."""
    here: bool
    """It was written on this device."""
    changes: tuple[ChangeHash, ...]
    stretches: tuple[Stretch, ...]
    new: bool = False
    """It came to this device since the moment asked for."""

    @property
    def after(self) -> Record:
        """The record as this person read it at the end."""
        return self.stretches[-1].after

    @property
    def within(self) -> tuple[Record, ...]:
        """How it read at every moment of the sitting that no other moment tells whole."""
        ends = [stretch.after for stretch in self.stretches[:-1]]
        between = [one for stretch in self.stretches for one in stretch.between]
        return (*between, *ends)


class Words(NamedTuple):
    """What came into a text and what went, whole words, in the order they stand."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


def in_order(steps: Iterable[Step], key: Callable[[Step], Hashable]) -> list[Step]:
    """Return *steps* causes first, going on with what has the same *key* as long as that can be.

    Depends on the set of steps alone.
    """
    left = {step.hash: step for step in steps}
    missing = {one.hash: {dep for dep in one.deps if dep in left} for one in left.values()}
    after: dict[ChangeHash, list[ChangeHash]] = {}
    for one, deps in missing.items():
        for dep in deps:
            after.setdefault(dep, []).append(one)
    ready = {one for one, deps in missing.items() if not deps}
    found: list[Step] = []
    while ready:
        last = found[-1] if found else None
        going_on = [one for one in ready if last is not None and key(left[one]) == key(last)]
        chosen = min(going_on or ready)
        ready.discard(chosen)
        found.append(left[chosen])
        for one in after.get(chosen, ()):
            missing[one].discard(chosen)
            if not missing[one]:
                ready.add(one)
    return found


def runs(steps: Sequence[Step], key: Callable[[Step], Hashable]) -> Iterator[tuple[int, int]]:
    """Yield where steps with one *key* begin and end: [start, end)."""
    start = 0
    for at in range(1, len(steps) + 1):
        if at == len(steps) or key(steps[at]) != key(steps[start]):
            yield start, at
            start = at


def words_changed(old: str, new: str) -> Words:
    """Return which words came and which went; a word that was only mended came and went whole."""
    added: list[str] = []
    removed: list[str] = []
    found = hunks(old, new)
    for start, end in _whole_words(old, found):
        inside = [
            Hunk(one.start - start, one.end - start, one.text)
            for one in found
            if start <= one.start and one.end <= end
        ]
        for into, words in (
            (removed, old[start:end]),
            (added, applied(old[start:end], inside)),
        ):
            if words.strip():
                into.append(words.strip())
    return Words(tuple(added), tuple(removed))


def _whole_words(old: str, found: Sequence[Hunk]) -> list[tuple[int, int]]:
    """Return where *found* changed *old*, wide enough not to cut a word; touching ones as one."""
    wide: list[tuple[int, int]] = []
    for one in found:
        start, end = one.start, one.end
        follows, leads = one.text[:1] or old[end : end + 1], one.text[-1:] or old[:start][-1:]
        first, last = (old[start : start + 1], follows), (old[:end][-1:], leads)
        while start > 0 and any(map(_is_word, first)) and _is_word(old[start - 1]):
            start -= 1
        while end < len(old) and any(map(_is_word, last)) and _is_word(old[end]):
            end += 1
        if wide and start < wide[-1][1]:
            start, end = wide[-1][0], max(end, wide.pop()[1])
        wide.append((start, end))
    return wide


def _is_word(letter: str) -> bool:
    return bool(letter) and _WORD.fullmatch(letter) is not None
