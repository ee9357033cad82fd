"""What removed and suspended devices wrote that is not applied (SPEC §6.4.5).

First by entries: which of them lie beyond the cuts, where a log may be a tree. Then by the changes
of one document: what somebody had built upon without knowing stands, and all else falls with what
builds on it. Both depend on nothing but what is held, so devices that hold the same agree.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from aluna_protocol.branches import Branches
from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import ChangeHash, DeviceId, EntryHash, Head, Lane, LogId, SpaceId
from aluna_protocol.outcome import Barring, Membership

NOWHERE: Final = Barring(frozenset(), frozenset())
"""Of who was seated by an admission that has no effect: nobody removed it, and no cut names it."""


def barred_in(membership: Membership, branches: Branches) -> dict[DeviceId, Barring]:
    """Return every device that writes in a space, or did, and holds no seat or is suspended."""
    found = dict(membership.barred)
    for log in branches.tips:
        if log.lane is Lane.CONTENT and log.device not in membership.seats:
            found.setdefault(log.device, NOWHERE)
    return found


class Cuts:
    """Up to where each content log of the barred devices of a space stands.

    *has_seen* tells whether who has seen some heads has seen any of some acts.
    """

    def __init__(
        self,
        space: SpaceId,
        branches: Branches,
        barred: Mapping[DeviceId, Barring],
        has_seen: Callable[[Sequence[EntryHash], frozenset[EntryHash]], bool],
    ) -> None:
        self.barred = barred
        self._branches = branches
        self._has_seen = has_seen
        self._unaware: dict[tuple[EntryHash, ...], frozenset[DeviceId]] = {}
        self._absent: list[tuple[LogId, Head]] = []
        marks: dict[LogId, list[Head]] = {}
        for device, barring in barred.items():
            for mark in barring.cut:
                log = LogId(space, device, mark.incarnation, Lane.CONTENT)
                marks.setdefault(log, []).append(mark.head)
        self.stands: dict[LogId, int] = {}
        """Of each branch, the height up to which its own entries stand."""
        for log in {tip.base for tip in branches.tips if self._may_bar(tip)}:
            self._measure(log, marks.get(log, ()))
        self._known = len(branches.tips)

    def _may_bar(self, log: LogId) -> bool:
        return log.lane is Lane.CONTENT and log.device in self.barred

    def _measure(self, log: LogId, marks: Iterable[Head]) -> None:
        """Find up to where each branch of *log* stands: the named entries, and all before them."""
        branches = self._branches
        below = 0
        top = dict.fromkeys(branches.of(log), 0)
        for head in marks:
            branch = branches.find(log, head)
            if branch is None:
                self._absent.append((log, head))
                below = max(below, head.height - 1)
            else:
                top[branch] = max(top[branch], head.height)
        # A branch is numbered after the one it leaves.
        for branch in sorted(top, key=lambda one: one.branch, reverse=True):
            fork = branches.forks.get(branch)
            if fork is not None and top[branch] >= fork.first:
                top[fork.parent] = max(top[fork.parent], fork.first - 1)
        self.stands.update((branch, max(height, below)) for branch, height in top.items())

    @property
    def outdated(self) -> bool:
        """Tell whether entries came that may have moved what stands: new branches, named tips."""
        branches = self._branches
        return len(branches.tips) != self._known or any(
            branches.find(log, head) is not None for log, head in self._absent
        )

    def bars(self, log: LogId, height: int) -> bool:
        """Tell whether the entry at *height* of the branch *log*, its own, is barred."""
        return self._may_bar(log) and height > self.stands.get(log, 0)

    def unaware_of(self, heads: tuple[EntryHash, ...]) -> frozenset[DeviceId]:
        """Return the barred devices whose barring who names *heads*, all complete, had not seen."""
        found = self._unaware.get(heads)
        if found is None:
            found = self._unaware[heads] = frozenset(
                device
                for device, barring in self.barred.items()
                if not self._has_seen(heads, barring.acts)
            )
        return found


@dataclass(frozen=True, slots=True)
class Carried:
    """A change as one entry brings it, by what its envelope says."""

    hash: ChangeHash
    deps: tuple[ChangeHash, ...]
    device: DeviceId
    """Who signed the entry."""
    barred: bool
    """Whether the entry is."""
    unaware_of: frozenset[DeviceId]
    """The barred devices whose removals and suspensions the entry has not seen."""


class Fall(enum.Enum):
    """Why a change is not applied."""

    BARRED = enum.auto()
    """Its entry is barred, and nobody had built upon it unaware."""
    BUILT_ON_BARRED = enum.auto()
    """It builds on one of those."""


def fallen(carried: Iterable[Carried]) -> dict[ChangeHash, Fall]:
    """Return which changes of one document are not applied, given all that are held of it.

    A change that several entries bring is barred when all of them are.
    """
    changes: dict[ChangeHash, list[Carried]] = {}
    for one in carried:
        changes.setdefault(one.hash, []).append(one)
    barred = {name for name, ways in changes.items() if all(way.barred for way in ways)}
    if not barred:
        return {}
    order = _effects_first(changes)
    builders: dict[ChangeHash, frozenset[DeviceId]] = {}
    found: dict[ChangeHash, Fall] = {}
    for name in order:
        unaware = builders.pop(name, frozenset())
        if name in barred and not unaware.issuperset(way.device for way in changes[name]):
            found[name] = Fall.BARRED
        for way in changes[name]:
            if not way.barred:
                unaware |= way.unaware_of - {way.device}
        if unaware:
            for dep in changes[name][0].deps:
                builders[dep] = builders.get(dep, frozenset()) | unaware
    for name in reversed(order):
        if name not in found and any(dep in found for dep in changes[name][0].deps):
            found[name] = Fall.BUILT_ON_BARRED
    return found


def _effects_first(changes: Mapping[ChangeHash, Sequence[Carried]]) -> list[ChangeHash]:
    """Return the changes in an order where whatever builds on one comes before it."""
    followers = dict.fromkeys(changes, 0)
    for ways in changes.values():
        for dep in ways[0].deps:
            if dep in followers:
                followers[dep] += 1
    order: list[ChangeHash] = []
    last = [name for name, count in followers.items() if not count]
    while last:
        name = last.pop()
        order.append(name)
        for dep in changes[name][0].deps:
            if dep in followers:
                followers[dep] -= 1
                if not followers[dep]:
                    last.append(dep)
    return order
