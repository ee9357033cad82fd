"""What one peer holds of our logs, and what it says to have beyond them (SPEC §11.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from aluna_protocol import limits
from aluna_protocol.branches import Branches
from aluna_protocol.dataclass import dataclass
from aluna_protocol.entry import Entry
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import NO_HASH, Head, Instant, Lane, LogId, SpaceId

Places = list[tuple[LogId, Head]]
Tips = dict[Head, None]
"""A set of tips, in the order they were told."""


class TooManyLogsError(RemoteProtocolError):
    """A peer tells more logs than anybody may have."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A log the peer is not asked for."""

    tips: Tips
    until: Instant | None = None
    """When it is asked for again; None: not in this session."""
    waits: bool = False
    """It is asked for again when control entries of its space have arrived."""


class PeerLogs:
    """The logs of one peer. Logs are named without branches, except where they are our own."""

    def __init__(self) -> None:
        self.reach: dict[LogId, int] = {}
        """For branches of ours: the height up to which the peer is known to hold them."""
        self.refused: dict[LogId, Refusal] = {}
        self._ahead: dict[tuple[SpaceId, Lane], dict[LogId, Tips]] = {}
        self._unknown = 0
        self._tips = 0
        self._passed_over: set[tuple[SpaceId, Lane]] = set()
        """Where the peer told more tips than are remembered."""
        self._retry: Instant | None = None

    def ahead(self, space: SpaceId, lane: Lane) -> Mapping[LogId, Collection[Head]]:
        """Return the tips we lack, of logs the peer may be asked for."""
        return self._ahead.get((space, lane), {})

    def unknown_tips(self, log: LogId) -> Collection[Head]:
        """Return the tips of *log* the peer told and we lack, refused or not."""
        if (refusal := self.refused.get(log)) is not None:
            return refusal.tips
        return self.ahead(log.space, log.lane).get(log, ())

    def has_more(self, space: SpaceId, lane: Lane) -> bool:
        """Tell whether the peer says to have anything we lack."""
        if (space, lane) in self._passed_over:
            return True
        return bool(self.ahead(space, lane)) or any(
            refusal.tips and (log.space, log.lane) == (space, lane)
            for log, refusal in self.refused.items()
        )

    # -- what it tells ---------------------------------------------------------------------------

    def told(
        self,
        branches: Branches,
        log: LogId,
        tips: Iterable[Head],
        sent: Mapping[Head, LogId] | None = None,
    ) -> tuple[Places, list[Head]]:
        """Take tips the peer has of *log*.

        Return what it is now known to hold of ours, and which of the tips are news and not. *sent*:
        ends of batches under way to it, which need not be looked up. Raises `TooManyLogsError`.
        """
        gained: Places = []
        news: list[Head] = []
        for tip in tips:
            branch = (sent or {}).get(tip) or branches.find(log, tip)
            if branch is not None and branch.base == log:
                gained += self.holds(branches, branch, tip)
            elif tip not in self.unknown_tips(log):
                self._add(log, tip)
                news.append(tip)
        return gained, news

    def showed(self, log: LogId, tip: Head) -> None:
        """Take that the peer sent a run up to *tip*, which we could not take yet."""
        self._add(log, tip)

    def holds(self, branches: Branches, branch: LogId, place: Head) -> Places:
        """Take that the peer holds *place*, which is *branch*'s own, and all that leads to it."""
        gained: Places = []
        while place.height > self.reach.get(branch, 0):
            self.reach[branch] = place.height
            gained.append((branch, place))
            fork = branches.forks.get(branch)
            if fork is None:
                break
            branch, height = branches.owner(fork.parent, fork.first - 1), fork.first - 1
            place = Head(height, branches.hash_at(branch, height) or NO_HASH)
        return gained

    def arrived(self, branches: Branches, entries: Sequence[Entry]) -> Places:
        """Take that we hold *entries* of one log now; return what the peer turns out to hold."""
        log = entries[0].header.log.base
        tips = self.unknown_tips(log)
        gained: Places = []
        for entry in entries:
            tip = Head(entry.header.height, entry.hash)
            if tip in tips:
                gained += self.holds(branches, entry.header.log, tip)
                self._remove(log, tip)
        return gained

    def common(self, branches: Branches, log: LogId, height: int) -> int:
        """Return up to which height the peer holds the way to *height* on the branch *log*."""
        while height > 0:
            log = branches.owner(log, height)
            reach = min(self.reach.get(log, 0), height)
            fork = branches.forks.get(log)
            if fork is None or reach >= fork.first:
                return reach
            log, height = fork.parent, fork.first - 1
        return 0

    # -- what it is not asked for ----------------------------------------------------------------

    def refuse(self, log: LogId, until: Instant | None = None, *, waits: bool = False) -> None:
        """Ask this peer no more for *log*."""
        before = self.refused.get(log)
        tips = self._ahead.get((log.space, log.lane), {}).pop(log, None)
        if before is None and tips is None:
            self._count(1)
        self.refused[log] = Refusal(tips or (before.tips if before else {}), until, waits)
        if until is not None and (self._retry is None or until < self._retry):
            self._retry = until

    def _ask_again(self, logs: Iterable[LogId]) -> None:
        for log in list(logs):
            tips = self.refused.pop(log).tips
            if tips:
                self._ahead.setdefault((log.space, log.lane), {})[log] = tips
            else:
                self._unknown -= 1

    def control_arrived(self, space: SpaceId) -> None:
        """Ask again for what waited for control entries of *space*."""
        self._ask_again(
            log for log, one in self.refused.items() if one.waits and log.space == space
        )

    def retry(self, now: Instant) -> set[SpaceId]:
        """Ask again for what was refused long enough; return the spaces."""
        if self._retry is None or now < self._retry:
            return set()
        due = [log for log, one in self.refused.items() if one.until and one.until <= now]
        self._ask_again(due)
        later = [one.until for one in self.refused.values() if one.until is not None]
        self._retry = min(later, default=None)
        return {log.space for log in due}

    def _add(self, log: LogId, tip: Head) -> None:
        lane = (log.space, log.lane)
        refusal = self.refused.get(log)
        tips = self._ahead.get(lane, {}).get(log) if refusal is None else refusal.tips
        if tips is not None and tip in tips:
            return
        if self._tips >= limits.MAX_UNKNOWN_TIPS:
            self._passed_over.add(lane)
            return
        if tips is None:
            self._count(1)
            tips = self._ahead.setdefault(lane, {})[log] = {}
        self._tips += 1
        tips[tip] = None

    def _remove(self, log: LogId, tip: Head) -> None:
        refusal = self.refused.get(log)
        ahead = self._ahead.get((log.space, log.lane), {})
        tips = ahead[log] if refusal is None else refusal.tips
        del tips[tip]
        self._tips -= 1
        if tips:
            return
        if refusal is None:
            del ahead[log]
        elif refusal.until is None:
            return
        else:
            del self.refused[log]
        self._unknown -= 1

    def _count(self, more: int) -> None:
        if self._unknown + more > limits.MAX_UNKNOWN_LOGS:
            raise TooManyLogsError("too many logs told")
        self._unknown += more
