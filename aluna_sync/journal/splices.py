"""From an old text to a new one by small splices, so that what others write meanwhile survives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

MAX_DIFFERENCES: Final = 400
"""Words that differ before the middle is simply replaced: a rewritten page is a new page."""
MAX_STEPS: Final = 400_000
"""Comparisons before giving up on a finer answer: 0.1 s on a slow machine."""

_LETTER: Final = r"\w\u0300-\u036f"
_WORDS: Final = re.compile(rf"[{_LETTER}]+|\s+|[^\s{_LETTER}]")
_WORD: Final = re.compile(rf"[{_LETTER}]+")
_IN_A_WORD: Final = re.compile(rf"[{_LETTER}]")


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
    return _inside(old, new, start, tail)


def word_hunks(old: str, new: str) -> list[Hunk]:
    """Return what `hunks` does, no word cut: one that was only mended goes and comes whole."""
    return [] if old == new else _inside(old, new, *_alike_in_words(old, new))


def side_by_side(old: str, new: str) -> list[Hunk]:
    """Return the changes from *old* to *new* for texts that are rewritten apart.

    However they meet, no word runs into another: each comes and goes with what stands before it,
    put behind the word before; and where what stands between two words is different, the new is put
    right before the second. So nothing of *old* that stays, and nothing put in, begins with a word
    but at the beginning: see `begins_otherwise`.
    """
    start, tail = _alike_in_words(old, new)
    while start and not _IN_A_WORD.match(old, start - 1):
        start -= 1
    while tail and not _IN_A_WORD.match(old, len(old) - tail):
        tail -= 1
    before, after = old[start : len(old) - tail], new[start : len(new) - tail]
    words = [_WORD.findall(text) for text in (before, after)]
    ends = [[start + one.end() for one in _WORD.finditer(text)] for text in (before, after)]
    matches = _matching_words(words[0], words[1]) or []
    stretches = _stretches(matches, len(words[0]), len(words[1]))
    found: list[Hunk] = []
    for i0, i1, j0, j1 in _few(stretches, ends[0], ends[1], start):
        at, to = _end(ends[0], i0, start), _end(ends[0], i1, start)
        put_at, put_to = _end(ends[1], j0, start), _end(ends[1], j1, start)
        if i0 < i1 or j0 < j1:
            found.append(Hunk(at, to, new[put_at:put_to]))
        # What stands before the word both have, or at the end.
        stood, stands = old[to : _gap_end(old, to)], new[put_to : _gap_end(new, put_to)]
        if stood != stands:
            # Behind whatever others put in before that word: it keeps something before it.
            found += [Hunk(to, to + len(stood), ""), Hunk(to + len(stood), to + len(stood), stands)]
    return [hunk for hunk in found if hunk.start < hunk.end or hunk.text]


def begins_otherwise(old: str, found: Iterable[Hunk]) -> bool:
    """Tell whether after *found*, which `side_by_side` gave, another word of *old* is the first."""
    return any(
        hunk.start == 0 and _IN_A_WORD.search(old[: hunk.end] + hunk.text) is not None
        for hunk in found
    )


def _stretches(
    matches: list[tuple[int, int]], olds: int, news: int
) -> Iterator[tuple[int, int, int, int]]:
    """Yield the words before each that both have, and those at the end: of the old, of the new."""
    i = j = 0
    for x, y in (*matches, (olds, news)):
        yield i, x, j, y
        i, j = x + 1, y + 1


def _few(
    stretches: Iterable[tuple[int, int, int, int]], olds: list[int], news: list[int], start: int
) -> list[tuple[int, int, int, int]]:
    """Join stretches with little between them: a rewritten sentence stays in one piece."""
    joined: list[tuple[int, int, int, int]] = []
    last = -1
    for stretch in stretches:
        i0, i1, j0, j1 = stretch
        joined.append(stretch)
        if i0 == i1 and j0 == j1:
            continue
        if last >= 0:
            i, k, j, _ = joined[last]
            sizes = [
                max(_end(olds, b, start) - _end(olds, a, start),
                    _end(news, d, start) - _end(news, c, start))
                for a, b, c, d in (joined[last], stretch)
            ]  # fmt: skip
            if _end(olds, i0, start) - _end(olds, k, start) <= min(sizes):
                joined[last:] = [(i, i1, j, j1)]
                continue
        last = len(joined) - 1
    return joined


def _end(ends: list[int], count: int, start: int) -> int:
    return ends[count - 1] if count else start


def _gap_end(text: str, at: int) -> int:
    found = _IN_A_WORD.search(text, at)
    return len(text) if found is None else found.start()


def _alike_in_words(old: str, new: str) -> tuple[int, int]:
    """Return how many letters are alike at the beginning and at the end, no word cut."""
    start = _common_prefix(old, new)
    tail = _common_prefix(old[start:][::-1], new[start:][::-1])
    while start and (_cuts(old, start) or _cuts(new, start)):
        start -= 1
    while tail and (_cuts(old, len(old) - tail) or _cuts(new, len(new) - tail)):
        tail -= 1
    return start, tail


def _cuts(text: str, at: int) -> bool:
    """Tell whether *at* lies within a word."""
    return (
        0 < at < len(text)
        and _IN_A_WORD.match(text, at - 1) is not None
        and _IN_A_WORD.match(text, at) is not None
    )


def _inside(old: str, new: str, start: int, tail: int) -> list[Hunk]:
    """Return the changes between the first *start* letters and the last *tail*, which are alike."""
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
