"""Entries that name the entries they answer: which are current, and in what order to show them.

Readings and acts share this form: `{"value": …, "after": [write ids seen]}`. Everything here
depends only on the set of entries, so two devices with the same entries always agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from aluna_protocol.ids import ActorId
from aluna_sync.engine.types import Cell
from aluna_sync.journal import keys
from aluna_sync.journal.types import Json
from aluna_sync.journal.values import dump_json, parse_json

MAX_ANSWERED: Final = 1000
"""Entries one entry may answer: a group has a handful of readings, never this many."""


class Entry(NamedTuple):
    """One entry as its cell holds it."""

    value: Json
    after: tuple[str, ...]
    actor: ActorId


def entry_text(value: Json, after: Iterable[str]) -> str:
    """Return the cell text of an entry that says *value* having seen *after*."""
    seen: list[Json] = [*sorted(after)[:MAX_ANSWERED]]
    return dump_json({"value": value, "after": seen})


def parse_entry(cell: Cell) -> Entry | None:
    """Return the entry in *cell*, or None if it is not one."""
    said = parse_json(cell.value)
    if not isinstance(said, dict) or "value" not in said:
        return None
    after = said.get("after")
    if not isinstance(after, list):
        return None
    seen = tuple(a for a in after if isinstance(a, str) and keys.is_write_id(a))
    return Entry(said["value"], seen, cell.actor)


def current(entries: Mapping[str, Entry]) -> list[str]:
    """Return the ids no other entry answers, oldest first.

    Only a made-up document has entries that answer each other in a circle; all of a circle that
    nothing outside answers is current, so nobody can make words disappear that way.
    """
    if len(entries) == 1:
        return list(entries)
    answered = {a for i, entry in entries.items() for a in entry.after if a != i}
    found = [i for i in entries if i not in answered]
    found += _circles(entries, found)
    return ordered(entries, found)


def ordered(entries: Mapping[str, Entry], chosen: Iterable[str]) -> list[str]:
    """Return the ids *chosen* with causes first; what was written apart stands by id."""
    ids = list(chosen)
    if len(ids) < 2:
        return ids
    depths = _depths(entries)
    return sorted(ids, key=lambda i: (depths.get(i, len(entries)), i))


def seen_through(after: Iterable[str], silent: Mapping[str, Entry]) -> tuple[str, ...]:
    """Return *after* with what the entries that are *silent* had seen in their place."""
    ids = tuple(after)
    if not silent or silent.keys().isdisjoint(ids):
        return ids
    found: dict[str, None] = {}
    passed: set[str] = set()
    waiting = list(reversed(ids))
    while waiting:
        one = waiting.pop()
        if one not in silent:
            found[one] = None
        elif one not in passed:
            passed.add(one)
            waiting += reversed(silent[one].after)
    return tuple(found)


def _circles(entries: Mapping[str, Entry], roots: list[str]) -> list[str]:
    """Return the entries of circles that *roots* do not answer, even through others."""
    reached = set(roots)
    waiting = list(roots)
    while waiting:
        for a in entries[waiting.pop()].after:
            if a in entries and a not in reached:
                reached.add(a)
                waiting.append(a)
    rest = {i for i in entries if i not in reached}
    # What a circle answers but is in none is peeled off from its oldest end.
    answers = {i: {a for a in entries[i].after if a in rest and a != i} for i in rest}
    answered_by: dict[str, list[str]] = {}
    for i, known in answers.items():
        for a in known:
            answered_by.setdefault(a, []).append(i)
    leaves = [i for i in rest if not answers[i]]
    while leaves:
        leaf = leaves.pop()
        rest.discard(leaf)
        for i in answered_by.get(leaf, ()):
            answers[i].discard(leaf)
            if not answers[i]:
                leaves.append(i)
    return list(rest)


def _depths(entries: Mapping[str, Entry]) -> dict[str, int]:
    """Return the length of the longest chain below each entry that is in no circle."""
    unseen: dict[str, int] = {}
    answered_by: dict[str, list[str]] = {}
    for i, entry in entries.items():
        known = {a for a in entry.after if a in entries and a != i}
        unseen[i] = len(known)
        for a in known:
            answered_by.setdefault(a, []).append(i)
    ready = [i for i, missing in unseen.items() if not missing]
    depths = dict.fromkeys(ready, 0)
    for i in ready:
        for later in answered_by.get(i, ()):
            unseen[later] -= 1
            depth = max(depths.get(later, 0), depths[i] + 1)
            depths[later] = depth
            if not unseen[later]:
                ready.append(later)
    return {i: depths[i] for i in ready}
