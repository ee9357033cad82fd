"""Logs as the trees they may be: branches, where each begins, what lies where (SPEC §5.3).

A log is a chain unless its author signed two entries at one height: then each goes on as a branch
of its own. Branches are numbered here alone, in the order they came; peers tell each other tips.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final, Protocol

from aluna_protocol import limits
from aluna_protocol.dataclass import dataclass
from aluna_protocol.entry import Entry
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import EMPTY_LOG, NO_HASH, DeviceId, EntryHash, Head, LogId

FEW: Final = 8
"""Branches of a log that are looked through one by one; of more, every place is remembered."""
BRINGERS: Final = limits.MAX_DEVICES
"""Devices that may each have taken as many of the author as it may bring."""


class EntryIndex(Protocol):
    """What the store knows of entries that are durable."""

    def hash_at(self, log: LogId, height: int) -> EntryHash | None:
        """Return the hash of the branch *log*'s own entry at *height*, None if not there."""


class TooManyBranchesError(RemoteProtocolError):
    """A device has more logs and branches than anybody takes of one device."""


@dataclass(frozen=True, slots=True)
class Fork:
    """Where a branch leaves another."""

    parent: LogId
    first: int
    """Height of the first entry that is the branch's own."""


class Branches:
    """Every log of one space: the tips in memory, everything below them in an index."""

    def __init__(self, index: EntryIndex | None = None) -> None:
        self.tips: dict[LogId, Head] = {}
        """The verified end of every branch, whether stored already or on its way to the store."""
        self.forks: dict[LogId, Fork] = {}
        self._index = index
        self._of: dict[LogId, list[LogId]] = {}
        self._children: dict[LogId, list[LogId]] = {}
        self._count: Counter[DeviceId] = Counter()
        self._arriving: dict[LogId, dict[int, EntryHash]] = {}
        """Entries the index may not have yet."""
        self._places: dict[LogId, dict[Head, LogId]] = {}
        """Of logs of many branches: on which of them, the first apart, each entry lies."""

    def restore(self, tips: Mapping[LogId, Head], forks: Mapping[LogId, Fork]) -> None:
        """Take over what the store holds."""
        for log in sorted(tips):
            self._register(log, forks.get(log))
            self.tips[log] = tips[log]

    def _register(self, log: LogId, fork: Fork | None) -> None:
        if log in self.tips:
            return
        known = self._of.setdefault(log.base, [])
        self._count[log.device] += not known
        known.append(log)
        if fork is not None:
            self.forks[log] = fork
            self._children.setdefault(fork.parent, []).append(log)

    # -- looking things up -----------------------------------------------------------------------

    def of(self, log: LogId) -> Sequence[LogId]:
        """Return every branch of *log*, in the order they came."""
        return self._of.get(log.base, ())

    def tip(self, log: LogId) -> Head:
        """Return the end of one branch."""
        return self.tips.get(log, EMPTY_LOG)

    def owner(self, log: LogId, height: int) -> LogId:
        """Return the branch whose own the entry at *height* on the way to *log*'s tip is."""
        fork = self.forks.get(log)
        while fork is not None and height < fork.first:
            log = fork.parent
            fork = self.forks.get(log)
        return log

    def hash_at(self, log: LogId, height: int) -> EntryHash | None:
        """Return the hash at *height* on the way to *log*'s tip, None when it is not held."""
        if height == 0:
            return NO_HASH
        owner = self.owner(log, height)
        tip = self.tip(owner)
        if height >= tip.height:
            return tip.hash if height == tip.height else None
        arriving = self._arriving.get(owner)
        found = None if arriving is None else arriving.get(height)
        if found is not None or self._index is None:
            return found
        return self._index.hash_at(owner, height)

    def find(self, log: LogId, place: Head) -> LogId | None:
        """Return the branch of *log* whose own the entry at *place* is, None when not held."""
        if place.height == 0:
            return log.base if place.hash == NO_HASH else None
        known = self.of(log)
        if len(known) > FEW:
            if self._is_at(known[0], place):
                return known[0]
            return self._places_of(log.base, known).get(place)
        for branch in known:
            if self.owner(branch, place.height) == branch and self._is_at(branch, place):
                return branch
        return None

    def _places_of(self, log: LogId, known: Sequence[LogId]) -> Mapping[Head, LogId]:
        """Return where each entry of a log of many branches lies, but for those of the first."""
        places = self._places.get(log)
        if places is None:
            places = self._places[log] = {}
            for branch in known[1:]:
                for height in range(self.forks[branch].first, self.tip(branch).height + 1):
                    places[Head(height, self.hash_at(branch, height) or NO_HASH)] = branch
        return places

    def _is_at(self, log: LogId, place: Head) -> bool:
        return self.hash_at(log, place.height) == place.hash

    def leads(self, log: LogId, place: Head) -> bool:
        """Tell whether the entry at *place* lies on the way to *log*'s tip."""
        return self._is_at(log, place)

    def after(self, log: LogId, place: Head) -> LogId | None:
        """Return the branch that holds the entry at *place* right after *log*, None if none does.

        *log* is the branch whose own the entry before it is.
        """
        if self._is_at(log, place):
            return log
        children = self._children.get(log, ())
        if len(children) > FEW:
            found = self.find(log, place)
            begins = found is not None and self.forks.get(found) == Fork(log, place.height)
            return found if begins else None
        for branch in children:
            if self.forks[branch].first == place.height and self._is_at(branch, place):
                return branch
        return None

    def anchors(self, log: LogId, below: int) -> tuple[Head, ...]:
        """Return places on the way to *log*'s tip below a height, at doubling distances, last 0."""
        found: list[Head] = []
        distance = 1
        while distance < below and len(found) < limits.MAX_ANCHORS - 1:
            found.append(Head(below - distance, self.hash_at(log, below - distance) or NO_HASH))
            distance *= 2
        return (*found, EMPTY_LOG)

    # -- growing ---------------------------------------------------------------------------------

    def branch_for(
        self, log: LogId, before: Head, *, by_author: bool = False
    ) -> tuple[LogId, Fork | None]:
        """Return the branch that goes on from *before* on *log*, and its fork if it is a new one.

        The author itself may bring only so many; what one device took, all others take from it, or
        they would hold different entries for ever (SPEC §5.3). Raises `TooManyBranchesError`.
        """
        bringers = 1 if by_author else BRINGERS
        known = self.of(log)
        if self.tip(log) == before:
            if not known and self._count[log.device] >= limits.MAX_LOGS_PER_DEVICE * bringers:
                raise TooManyBranchesError("too many logs of one device")
            return log, None
        if len(known) >= limits.MAX_BRANCHES * bringers:
            raise TooManyBranchesError("too many branches of one device")
        return replace(log, branch=known[-1].branch + 1), Fork(log, before.height + 1)

    def grow(self, log: LogId, fork: Fork | None, run: Sequence[Entry]) -> None:
        """Take verified entries that go on from the tip of *log*, or begin it at *fork*."""
        self._register(log, fork)
        arriving = self._arriving.setdefault(log, {})
        arriving.update((one.header.height, one.hash) for one in run)
        if log.branch and (places := self._places.get(log.base)) is not None:
            places.update((Head(one.header.height, one.hash), log) for one in run)
        self.tips[log] = Head(run[-1].header.height, run[-1].hash)

    def grow_by_own(self, entry: Entry) -> None:
        """Take an entry this device wrote, which is in the store."""
        log = entry.header.log
        self._register(log, None)
        self.tips[log] = Head(entry.header.height, entry.hash)

    def stored(self, entries: Iterable[Entry]) -> None:
        """Forget what was kept only until the index has it."""
        for log, run in groupby(entries, key=lambda entry: entry.header.log):
            arriving = self._arriving.get(log, {})
            for entry in run:
                arriving.pop(entry.header.height, None)
            if not arriving:
                self._arriving.pop(log, None)


def on_branch(entry: Entry, log: LogId) -> Entry:
    """Return *entry* named as one of the branch *log*; nothing that is signed changes."""
    if entry.header.log is log or entry.header.log == log:
        return entry
    return replace(entry, header=replace(entry.header, log=log))


def runs(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Cut *entries* into runs of one log whose entries follow each other (SPEC §9.6)."""
    found: list[list[Entry]] = []
    last: Entry | None = None
    for entry in entries:
        header = entry.header
        follows = last is not None and header.log == last.header.log
        if follows and last is not None and header.previous == last.hash:
            found[-1].append(entry)
        else:
            found.append([entry])
        last = entry
    return found
