"""From an old text to a new one by small splices, so that what others write meanwhile survives."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

MAX_DIFFERENCES: Final = 400
"""Words that differ before the middle is simply replaced: a rewritten page is a new page."""
MAX_STEPS: Final = 400_000
"""Comparisons before giving up on a finer answer: 0.1 s on a slow machine."""

_WORDS: Final = re.compile(r"\w+|\s+|[^\w\s]")


class Hunk(NamedTuple):
    """Replace `old[start:end]` by *text*; positions in code points of the old text."""

    start: int
    end: int
    text: str


def hunks(old: str, new: str) -> list[Hunk]:
    """Return the changes from *old* to *new*, in order, apart from each other."""
    if old == new:
        return []
    start = _common_prefix(old, new)
    tail = _common_prefix(old[start:][::-1], new[start:][::-1])
    middle_old, middle_new = old[start : len(old) - tail], new[start : len(new) - tail]
    whole = Hunk(start, len(old) - tail, middle_new)
    if not middle_old or not middle_new:
        return [whole]
    words_old, words_new = _WORDS.findall(middle_old), _WORDS.findall(middle_new)
    matches = _matching_words(words_old, words_new)
    if matches is None:
        return [whole]
    return _joined(_between(words_old, words_new, matches, start), old)


def _common_prefix(one: str, other: str) -> int:
    """Return how many letters *one* and *other* begin with alike, by halving."""
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _matching_words(old: list[str], new: list[str]) -> list[tuple[int, int]] | None:
    """Return index pairs of a longest common subsequence (Myers 1986), None if it is far to go."""
    furthest = {1: 0}
    history: list[dict[int, int]] = []
    steps = 0
    for distance in range(MAX_DIFFERENCES + 1):
        history.append(dict(furthest))
        for k in range(-distance, distance + 1, 2):
            down = k == -distance or (
                k != distance and furthest.get(k - 1, -1) < furthest.get(k + 1, -1)
            )
            x = furthest[k + 1] if down else furthest[k - 1] + 1
            y = x - k
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x, y, steps = x + 1, y + 1, steps + 1
            furthest[k] = x
            if x >= len(old) and y >= len(new):
                return _walk_back(history, len(old), len(new))
        steps += 2 * distance
        if steps > MAX_STEPS:
            return None
    return None


def _walk_back(history: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    matches: list[tuple[int, int]] = []
    for distance in range(len(history) - 1, -1, -1):
        furthest = history[distance]
        k = x - y
        down = k == -distance or (
            k != distance and furthest.get(k - 1, -1) < furthest.get(k + 1, -1)
        )
        before_x = furthest[k + 1] if down else furthest[k - 1] if distance else 0
        before_y = before_x - (k + 1 if down else k - 1) if distance else 0
        while x > before_x and y > before_y:
            x, y = x - 1, y - 1
            matches.append((x, y))
        x, y = before_x, before_y
    return matches[::-1]


def _between(
    old: list[str], new: list[str], matches: list[tuple[int, int]], start: int
) -> list[Hunk]:
    """Return what lies between the matching words, as hunks of the text they came from."""
    places = [start]
    for word in old:
        places.append(places[-1] + len(word))
    found: list[Hunk] = []
    x = y = 0
    for match_x, match_y in (*matches, (len(old), len(new))):
        if match_x > x or match_y > y:
            found.append(Hunk(places[x], places[match_x], "".join(new[y:match_y])))
        x, y = match_x + 1, match_y + 1
    return found


def _joined(found: list[Hunk], old: str) -> list[Hunk]:
    """Join hunks with little between them: a rewritten sentence stays in one piece when merged."""
    joined = found[:1]
    for hunk in found[1:]:
        last = joined[-1]
        between = old[last.end : hunk.start]
        sizes = [max(h.end - h.start, len(h.text)) for h in (last, hunk)]
        if len(between) <= min(sizes):
            joined[-1] = Hunk(last.start, hunk.end, last.text + between + hunk.text)
        else:
            joined.append(hunk)
    return joined
