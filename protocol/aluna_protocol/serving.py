"""What peers ask of us: runs of logs, paced by what they acknowledge (SPEC §11.4-§11.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aluna_protocol import limits, messages
from aluna_protocol.branches import Branches
from aluna_protocol.directory import Directory
from aluna_protocol.entry import Entry, verify_entry
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.hub_events import HubEffect, LoadEntries
from aluna_protocol.ids import (
    EMPTY_LOG,
    ConnectionId,
    DeviceId,
    Head,
    Instant,
    Lane,
    LogId,
    SpaceId,
)
from aluna_protocol.session import Loading, Session, inventory

MAX_ANCHORS_PER_SESSION = 4096
"""Tips for which a peer is told once where to begin; 1 MB of memory."""


class Serving:
    """Answers what is wanted, from what is stored."""

    def __init__(
        self,
        directory: Directory,
        sessions: Mapping[ConnectionId, Session],
        stored: Mapping[LogId, Head],
    ) -> None:
        self._directory = directory
        self._sessions = sessions
        self._stored = stored

    def want(
        self,
        session: Session,
        space: SpaceId,
        rows: tuple[tuple[DeviceId, int, Lane, Head, Head], ...],
        now: Instant,
    ) -> list[HubEffect]:
        """Queue what the peer may have of what it asks for."""
        lanes = self._directory.lanes(session, space)
        branches = self._directory.replicas[space].branches
        effects: list[HubEffect] = []
        for device, incarnation, lane, after, tip in rows:
            log = LogId(space, device, incarnation, lane)
            branch = branches.find(log, tip) if lane in lanes else None
            if branch is None or self._stored.get(branch, EMPTY_LOG).height < tip.height:
                continue
            start = session.logs.common(branches, branch, tip.height)
            if after.height > start:
                if branches.leads(branch, after):
                    start = after.height
                elif session.logs.unknown_tips(log) and self._may_anchor(session):
                    effects += self._anchor(session, branches, branch, after, tip, now)
                    continue
            if start < tip.height:
                session.note_want(branch, start)
        return effects + self.pump(session, now)

    def _may_anchor(self, session: Session) -> bool:
        """Tell whether we say where to begin; otherwise all the peer may lack is sent."""
        return len(session.anchored) < MAX_ANCHORS_PER_SESSION

    def _anchor(
        self,
        session: Session,
        branches: Branches,
        branch: LogId,
        after: Head,
        tip: Head,
        now: Instant,
    ) -> list[HubEffect]:
        """Tell a peer whose log forked from ours where it may begin, once for each tip."""
        if (branch, tip) in session.anchored:
            return []
        session.anchored.add((branch, tip))
        places = branches.anchors(branch, min(after.height, tip.height))
        tag = session.our_tag(branch.space)
        log = (branch.device, branch.incarnation, branch.lane)
        return [session.say(messages.Anchors(tag, *log, tip, places), now)]

    def pump(self, session: Session, now: Instant) -> list[HubEffect]:
        """Read what is to be sent next, if anything is and the window is open."""
        following = session.next_to_load()
        return [] if following is None else self._load(session, *following, limits.BATCH_BYTES)

    def _load(self, session: Session, branch: LogId, after: int, max_bytes: int) -> list[HubEffect]:
        session.loading = Loading(branch, after, max_bytes)
        return [LoadEntries(session.connection, branch, after, max_bytes)]

    def loaded(
        self, connection: ConnectionId, branch: LogId, run: tuple[Entry, ...], now: Instant
    ) -> list[HubEffect]:
        """Send what was read for a peer."""
        session = self._sessions.get(connection)
        loading = None if session is None else session.loading
        if session is None or loading is None:
            return []
        session.loading = None
        permitted = branch.lane in self._directory.lanes(session, branch.space)
        vouched = self._vouched(run) if permitted else ()
        if run and permitted and not vouched and loading.max_bytes < limits.MAX_BATCH_BYTES:
            return self._load(session, branch, loading.after, 2 * loading.max_bytes)
        effects: list[HubEffect] = []
        if vouched:
            effects = self.send(session, vouched, now)
        if session.serving.get(branch) == loading.after:
            del session.serving[branch]
            if vouched and vouched[-1].header.height < self._stored[branch].height:
                # Behind all others: each log a peer waits for moves.
                session.serving[branch] = vouched[-1].header.height
        return effects + self.pump(session, now)

    def _vouched(self, run: tuple[Entry, ...]) -> tuple[Entry, ...]:
        """Return *run* up to the last entry whose signature holds.

        Only the last signature of what we were sent was checked; whoever passed it on may have
        spoilt those between, so that we would seem to forge.
        """
        for end in range(len(run), 0, -1):
            try:
                verify_entry(run[end - 1])
            except RemoteProtocolError:
                continue
            return run[:end]
        return ()

    def send(self, session: Session, run: Sequence[Entry], now: Instant) -> list[HubEffect]:
        """Send a run of one log, and before it what takes back parts that are missing in it."""
        pruned = any(part is None for one in run for part in one.parts)
        effects = self.tell_haves(session, now) if pruned else []
        first, last = run[0].header, run[-1]
        log = first.log
        batch = messages.Batch(
            session.our_tag(log.space),
            log.device,
            log.incarnation,
            log.lane,
            first.height,
            first.previous,
            messages.shorten(run),
        )
        session.note_sent(last.header.log, Head(last.header.height, last.hash), len(run))
        return [*effects, session.say(batch, now)]

    def tell_haves(self, session: Session, now: Instant) -> list[HubEffect]:
        """Tell the peer about logs that grew here."""
        effects: list[HubEffect] = []
        due, session.have_due = session.have_due, set()
        if not session.greeted:
            return []
        for space in sorted({log.space for log in due} & set(session.shared.values())):
            lanes = self._directory.lanes(session, space)
            heads = {log: self._stored[log] for log in due if log.space == space}
            for have in inventory(session.our_tag(space), heads, lanes):
                effects += [session.say(have, now)]
        return effects
