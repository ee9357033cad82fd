"""What peers send us: checked, taken into our branches, and what it proves (SPEC §11.5)."""

from __future__ import annotations

from aluna_protocol import messages
from aluna_protocol.branches import Branches, TooManyBranchesError
from aluna_protocol.directory import Directory
from aluna_protocol.entry import Entry
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.faults import Fault
from aluna_protocol.hub_events import (
    HubEffect,
    OwnLogBehind,
    OwnLogForked,
    PeerFaulted,
    StoreEntries,
)
from aluna_protocol.ids import DeviceId, Head, Instant, Lane, LogId, SpaceId
from aluna_protocol.peer_logs import TooManyLogsError
from aluna_protocol.pulling import Pulling
from aluna_protocol.replica import GapError, MissingPastError
from aluna_protocol.serving import Serving
from aluna_protocol.session import Session, acknowledge, faulted


class Taking:
    """Takes the batches of all sessions."""

    def __init__(self, directory: Directory, pulling: Pulling, serving: Serving) -> None:
        self._directory = directory
        self._pulling = pulling
        self._serving = serving
        self._own_told: int | None = None
        """The incarnation of which it was told that this is an old copy."""
        self._authors_told: set[tuple[Fault, DeviceId, LogId | None]] = set()

    def _branches(self, space: SpaceId) -> Branches:
        return self._directory.replicas[space].branches

    def batch(
        self, session: Session, space: SpaceId, batch: messages.Batch, now: Instant
    ) -> list[HubEffect]:
        """Check a run of entries and have it stored."""
        log = LogId(space, batch.device, batch.incarnation, batch.lane)
        # Who sends content and has no seat here may have one there: its admission is on its way.
        permitted = batch.lane in self._directory.lanes(session, space)
        refusal = session.logs.refused.get(log)
        if refusal is not None and refusal.until is None and not refusal.waits:
            return []
        try:
            run = messages.lengthen(batch, space)
            if not permitted:
                return self._pass_over(session, log, run, now)
            if self._directory.replicas[space].lacks(run):
                return self._lacking(session, log, run, now)
            return self._admit(session, log, run, now)
        except TooManyLogsError:
            raise
        except RemoteProtocolError:
            return faulted(session, Fault.FORGED, log) + self._refuse(session, log, now)

    def _admit(
        self, session: Session, log: LogId, run: list[Entry], now: Instant
    ) -> list[HubEffect]:
        """Take *run*, or what can be said of it; raise `RemoteProtocolError` when it is forged."""
        try:
            by_author = session.device == log.device
            new = self._directory.replicas[log.space].admit_run(run, by_author=by_author)
        except GapError:
            return self._pass_over(session, log, run, now)
        except MissingPastError:
            return self._wait_for_past(session, log, run, now)
        except TooManyBranchesError:
            effects = self._told_of_author(log.device, Fault.TOO_MANY, None)
            return effects + self._refuse(session, log, now)
        return self._admitted(session, log, _end(run), new, now)

    def _pass_over(
        self, session: Session, log: LogId, run: list[Entry], now: Instant
    ) -> list[HubEffect]:
        """Take only how far its sender is: that can be asked for when it can be judged."""
        end, branches = _end(run), self._branches(log.space)
        branch = branches.find(log, end)
        if branch is not None:
            return acknowledge(session, session.logs.holds(branches, branch, end))
        session.logs.showed(log, end)
        return self._pulling.pull(session, log.space, now)

    def _admitted(
        self, session: Session, log: LogId, end: Head, new: list[Entry], now: Instant
    ) -> list[HubEffect]:
        """Have *new* stored; whoever sends an entry has it and need not say so again."""
        branches = self._branches(log.space)
        session.received_entries += len(new)
        branch = new[-1].header.log if new else branches.find(log, end)
        gained = [] if branch is None else session.logs.holds(branches, branch, end)
        effects = self._about_log(new) if new else []
        if new:
            self._pulling.progress(session, log, now)
            gained += session.logs.arrived(branches, new)
            effects.append(StoreEntries(session.connection, tuple(new)))
        effects += acknowledge(session, gained)
        effects += self._pulling.settle(log, now)
        return effects + self._serving.pump(session, now)

    def _wait_for_past(
        self, session: Session, log: LogId, run: list[Entry], now: Instant
    ) -> list[HubEffect]:
        """Drop entries whose past is missing: nobody's fault, they are asked for after it."""
        session.logs.showed(log, _end(run))
        if not session.logs.ahead(log.space, Lane.CONTROL):
            session.logs.refuse(log, waits=True)
        return self._pulling.free(session, log, now)

    def _lacking(
        self, session: Session, log: LogId, run: list[Entry], now: Instant
    ) -> list[HubEffect]:
        """Drop entries with parts missing that nobody took back, as far as is known here.

        Who has control entries we lack may know of it. Who has not keeps them from us.
        """
        if session.logs.ahead(log.space, Lane.CONTROL):
            return self._wait_for_past(session, log, run, now)
        return self._pulling.withheld(session, log, now)

    def _refuse(self, session: Session, log: LogId, now: Instant) -> list[HubEffect]:
        """Take no more of *log* from this peer; everything else it has still is for us."""
        session.logs.refuse(log)
        return self._pulling.free(session, log, now)

    def _about_log(self, new: list[Entry]) -> list[HubEffect]:
        """Look whether entries prove a fork, or that this is an old copy of ourselves (D1, D3).

        Only what we signed can make us begin again: what peers merely tell may be a lie.
        """
        log = new[0].header.log
        fork = self._branches(log.space).forks.get(log)
        begins = fork is not None and fork.first == new[0].header.height
        if log.device != self._directory.device:
            return self._told_of_author(log.device, Fault.FORKED, log.base) if begins else []
        current = self._directory.incarnation
        if log.incarnation != current or self._own_told == current:
            return []
        self._own_told = current
        return [OwnLogForked(log.space) if log.branch else OwnLogBehind(log.space)]

    def _told_of_author(self, device: DeviceId, fault: Fault, log: LogId | None) -> list[HubEffect]:
        if (fault, device, log) in self._authors_told:
            return []
        self._authors_told.add((fault, device, log))
        return [PeerFaulted(device, fault, log)]


def _end(run: list[Entry]) -> Head:
    return Head(run[-1].header.height, run[-1].hash)
