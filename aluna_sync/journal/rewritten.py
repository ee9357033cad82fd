"""The same paragraph rewritten apart: what each one wrote, until somebody closes it (domain C6.2).

Letters of both are in the merged text, but between each other where both rewrote one place. Found
in the history of a record alone, so every device with the same changes finds the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from heapq import heapify, heappop, heappush
from itertools import combinations
from typing import Final, NamedTuple

from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId, ChangeHash, PersonId
from aluna_protocol.lint import read_header
from aluna_sync.engine.types import HistoryStep, View
from aluna_sync.journal import keys
from aluna_sync.journal.pieces import applied, joined, pieces_of
from aluna_sync.journal.schema import MergeKind
from aluna_sync.journal.splices import Hunk, word_hunks
from aluna_sync.journal.types import Record
from aluna_sync.journal.values import dump_json

LEAST_OPERATIONS: Final = 8
"""Letters a side writes before it is a rewriting: fewer come apart when two type at once."""
MOST_MEETINGS: Final = 64
"""Meetings looked at, the newest first: bounds the work, far beyond what a group leaves open."""
CLOSE: Final = "close_fold"

ViewAt = Callable[[tuple[ChangeHash, ...]], Awaitable[View]]


class Step(NamedTuple):
    """One change of a record, and those it was written after."""

    hash: ChangeHash
    deps: tuple[ChangeHash, ...]
    actor: ActorId
    operations: int


@dataclass(frozen=True, slots=True)
class Way:
    """How one side left the paragraph, and whose devices wrote that side."""

    words: str
    actors: tuple[ActorId, ...]
    persons: tuple[PersonId, ...] = ()
    """Whose they are, as far as known; filled in by who knows devices."""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A paragraph two sides rewrote without knowing of each other."""

    id: str
    field: str
    before: str
    ways: tuple[Way, Way]


def steps_of(history: Iterable[HistoryStep], raw: Iterable[bytes]) -> list[Step]:
    """Return the changes of *history*, causes first, with what each was written after."""
    deps: dict[ChangeHash, tuple[ChangeHash, ...]] = {}
    for change in raw:
        try:
            facts = read_header(change)
        except RemoteProtocolError:
            continue  # refused when it came, and in no history
        deps[facts.hash] = tuple(facts.deps)
    return [Step(one.hash, deps.get(one.hash, ()), one.actor, one.operations) for one in history]


async def rewritings(
    steps: Iterable[Step], view_at: ViewAt, most: int = MOST_MEETINGS
) -> list[Rewriting]:
    """Return what was rewritten apart, the oldest first; in one order on every device.

    The newest meetings are looked at, *most* of them.
    """
    order = _in_one_order(steps)
    found: dict[str, Rewriting] = {}
    for one, other, base in _meetings(order, most):
        before = (await view_at(base)).texts if base else {}
        sides = [(await view_at((tip.hash,))).texts for tip in (one.tip, other.tip)]
        for rewriting in _between(before, (sides[0], one.actors), (sides[1], other.actors)):
            found.setdefault(rewriting.id, rewriting)
    return list(found.values())


def _in_one_order(steps: Iterable[Step]) -> list[Step]:
    """Return *steps* causes first, the same whatever order they came in."""
    known = {step.hash: step for step in steps}
    missing = {step.hash: {dep for dep in step.deps if dep in known} for step in known.values()}
    followers: dict[ChangeHash, list[ChangeHash]] = {}
    for step, deps in missing.items():
        for dep in deps:
            followers.setdefault(dep, []).append(step)
    ready = [step for step, deps in missing.items() if not deps]
    heapify(ready)
    found: list[Step] = []
    while ready:
        step = heappop(ready)
        found.append(known[step])
        for one in followers.get(step, ()):
            missing[one].discard(step)
            if not missing[one]:
                heappush(ready, one)
    return found


def told_by(
    found: Iterable[Rewriting], person_of: Callable[[ActorId], PersonId | None]
) -> list[Rewriting]:
    """Return *found* with the persons behind each side."""
    return [
        replace(
            one, ways=(_with_persons(one.ways[0], person_of), _with_persons(one.ways[1], person_of))
        )
        for one in found
    ]


def _with_persons(way: Way, person_of: Callable[[ActorId], PersonId | None]) -> Way:
    known = (person_of(actor) for actor in way.actors)
    return replace(way, persons=tuple(dict.fromkeys(one for one in known if one is not None)))


def still_open(found: Iterable[Rewriting], record: Record) -> list[Rewriting]:
    """Return those of *found* that nobody closed."""
    closed = closed_in(record)
    return [one for one in found if one.id not in closed]


def closed_in(record: Record) -> set[str]:
    """Return the ids of what somebody closed in *record*."""
    return {
        fold
        for act in record.acts.get("acts", ())
        if isinstance(act.value, dict) and act.value.get("act") == CLOSE
        for fold in [act.value.get("fold")]
        if isinstance(fold, str)
    }


class _Side(NamedTuple):
    tip: Step
    actors: tuple[ActorId, ...]


def _meetings(order: list[Step], most: int) -> list[tuple[_Side, _Side, tuple[ChangeHash, ...]]]:
    """Return the pairs of sides that met, with the newest changes both had before."""
    steps = {step.hash: step for step in order}
    pasts = _pasts(order)
    followed = {dep for step in order for dep in step.deps}
    heads = tuple(step.hash for step in order if step.hash not in followed)
    tips = [step.deps for step in order if len(step.deps) > 1]
    if len(heads) > 1:
        tips.append(heads)
    found: dict[frozenset[ChangeHash], tuple[_Side, _Side, tuple[ChangeHash, ...]]] = {}
    for several in reversed(tips):
        for one, other in combinations(sorted(several), 2):
            pair = frozenset((one, other))
            if pair in found or not {one, other} <= steps.keys():
                continue
            sides = [
                _side(steps[tip], pasts[tip] & ~pasts[against], order)
                for tip, against in ((one, other), (other, one))
            ]
            if all(size >= LEAST_OPERATIONS for _, size in sides):
                base = _newest(pasts[one] & pasts[other], order)
                found[pair] = (sides[0][0], sides[1][0], base)
        if len(found) >= most:
            break
    return list(found.values())[::-1]


def _pasts(order: list[Step]) -> dict[ChangeHash, int]:
    """Return for each change itself and all before it, as a set of bits by place in *order*."""
    pasts: dict[ChangeHash, int] = {}
    for place, step in enumerate(order):
        past = 1 << place
        for dep in step.deps:
            past |= pasts.get(dep, 0)
        pasts[step.hash] = past
    return pasts


def _of(bits: int, order: list[Step]) -> Iterator[Step]:
    while bits:
        lowest = bits & -bits
        yield order[lowest.bit_length() - 1]
        bits ^= lowest


def _side(tip: Step, alone: int, order: list[Step]) -> tuple[_Side, int]:
    own = list(_of(alone, order))
    actors = tuple(dict.fromkeys(step.actor for step in own))
    return _Side(tip, actors), sum(step.operations for step in own)


def _newest(bits: int, order: list[Step]) -> tuple[ChangeHash, ...]:
    known = list(_of(bits, order))
    followed = {dep for step in known for dep in step.deps}
    return tuple(sorted(step.hash for step in known if step.hash not in followed))


def _between(
    before: Mapping[str, str],
    one: tuple[Mapping[str, str], tuple[ActorId, ...]],
    other: tuple[Mapping[str, str], tuple[ActorId, ...]],
) -> Iterator[Rewriting]:
    for field in _fields(before):
        old = joined(pieces_of(before, field))
        changed = [word_hunks(old, joined(pieces_of(texts, field))) for texts, _ in (one, other)]
        for start, end in _contested(old, changed[0], changed[1]):
            words = [_as_left(old, start, end, side) for side in changed]
            ways = sorted(
                (Way(said, actors) for said, (_, actors) in zip(words, (one, other), strict=True)),
                key=lambda way: (way.words, way.actors),
            )
            named = dump_json([field, old[start:end], *(way.words for way in ways)])
            digest = hashlib.blake2b(
                named.encode("utf-8", "surrogatepass"), digest_size=8, person=b"aluna-fold-v1"
            )
            yield Rewriting(digest.hexdigest(), field, old[start:end], (ways[0], ways[1]))


def _fields(texts: Mapping[str, str]) -> list[str]:
    parsed = (keys.parse_key(key) for key in sorted(texts))
    found = [one.field for one in parsed if one is not None and one.kind is MergeKind.TEXT]
    return list(dict.fromkeys(found))


def _contested(old: str, one: list[Hunk], other: list[Hunk]) -> list[tuple[int, int]]:
    """Return the paragraphs of *old* where both sides rewrote the same place."""
    found: list[tuple[int, int]] = []
    for mine in one:
        for theirs in other:
            if not _touch(mine, theirs):
                continue
            start, end = min(mine.start, theirs.start), max(mine.end, theirs.end)
            region = _paragraphs(old, start, end, (*one, *other))
            if found and region[0] <= found[-1][1]:
                region = (min(found[-1][0], region[0]), max(found.pop()[1], region[1]))
            found.append(region)
    return found


def _touch(one: Hunk, other: Hunk) -> bool:
    """Tell whether both took out the same letters, or one wrote inside what the other took out."""
    if max(one.start, other.start) < min(one.end, other.end):
        return True
    return any(a.start < b.start == b.end < a.end for a, b in ((one, other), (other, one)))


def _paragraphs(old: str, start: int, end: int, changed: tuple[Hunk, ...]) -> tuple[int, int]:
    """Return the whole paragraphs around a place, wide enough for every change that reaches in."""
    while True:
        wide_start = old.rfind("\n", 0, start) + 1
        wide_end = old.find("\n", end)
        wide_end = len(old) if wide_end < 0 else wide_end
        for hunk in changed:
            if hunk.start < wide_end and hunk.end > wide_start:
                wide_start, wide_end = min(wide_start, hunk.start), max(wide_end, hunk.end)
        if (wide_start, wide_end) == (start, end):
            return start, end
        start, end = wide_start, wide_end


def _as_left(old: str, start: int, end: int, changed: list[Hunk]) -> str:
    inside = [
        Hunk(hunk.start - start, hunk.end - start, hunk.text)
        for hunk in changed
        if start <= hunk.start and hunk.end <= end
    ]
    return applied(old[start:end], inside)
