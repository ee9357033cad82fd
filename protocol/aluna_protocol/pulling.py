"""Who is asked for what: each missing log of one peer at a time, never for ever (SPEC §11.11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from aluna_protocol import limits, messages
from aluna_protocol.branches import Branches
from aluna_protocol.dataclass import dataclass
from aluna_protocol.directory import Directory
from aluna_protocol.faults import Backoff, Fault
from aluna_protocol.hub_events import HubEffect
from aluna_protocol.ids import (
    EMPTY_LOG,
    ConnectionId,
    Head,
    Instant,
    Lane,
    LogId,
    SpaceId,
)
from aluna_protocol.session import Session, faulted


@dataclass(frozen=True, slots=True)
class Pull:
    """A log asked of one peer."""

    connection: ConnectionId
    tip: Head
    since: Instant
    """When it was asked for, or brought something last."""
    anchored: bool = False
    """The peer has said once already where to begin."""


class Pulling:
    """What is asked of all sessions. Logs are named without branches."""

    def __init__(self, directory: Directory, sessions: Mapping[ConnectionId, Session]) -> None:
        self._directory = directory
        self._sessions = sessions
        self._pulls: dict[LogId, Pull] = {}
        self.backoff = Backoff()

    def _branches(self, space: SpaceId) -> Branches:
        return self._directory.replicas[space].branches

    def pull(self, session: Session, space: SpaceId, now: Instant) -> list[HubEffect]:
        """Ask for what this peer has and nobody else is sending already, control first."""
        if space not in session.inventoried or len(session.asked) >= limits.WANT_WINDOW:
            return []
        wanted = session.logs.ahead(space, Lane.CONTROL)
        if not wanted and Lane.CONTENT in self._directory.lanes(session, space):
            wanted = session.logs.ahead(space, Lane.CONTENT)
        chosen: list[tuple[LogId, Head]] = []
        for log, tips in wanted.items():
            if len(session.asked) + len(chosen) >= limits.WANT_WINDOW:
                break
            if log not in self._pulls:
                chosen.append((log, max(tips, key=lambda tip: tip.height)))
        chosen = [one for one in chosen if not self._held_back(session, one[0], now)]
        branches = self._branches(space)
        rows = [(log, _below(branches, log, tip), tip) for log, tip in chosen]
        return self._ask(session, rows, now)

    def _held_back(self, session: Session, log: LogId, now: Instant) -> bool:
        """Refuse what the peer withheld not long ago, maybe in another session."""
        until = self.backoff.until(session.static, log, now)
        if until is not None:
            session.logs.refuse(log, until)
        return until is not None

    def _ask(
        self, session: Session, rows: Iterable[tuple[LogId, Head, Head]], now: Instant
    ) -> list[HubEffect]:
        packed = []
        for log, after, tip in rows:
            anchored = log in self._pulls
            self._pulls[log] = Pull(session.connection, tip, now, anchored)
            session.asked.add(log)
            packed.append((log.device, log.incarnation, log.lane, after, tip))
        if not packed:
            return []
        tag = session.our_tag(log.space)
        return [session.say(messages.Want(tag, tuple(packed)), now)]

    def anchors(
        self, session: Session, space: SpaceId, told: messages.Anchors, now: Instant
    ) -> list[HubEffect]:
        """Ask again from the highest of the places that we hold."""
        log = LogId(space, told.device, told.incarnation, told.lane)
        pull = self._pulls.get(log)
        if pull is None or pull.connection != session.connection or pull.tip != told.tip:
            return []
        if pull.anchored:
            return self.withheld(session, log, now)
        branches = self._branches(space)
        held = next(place for place in told.places if branches.find(log, place) is not None)
        return self._ask(session, [(log, held, pull.tip)], now)

    # -- how it goes on --------------------------------------------------------------------------

    def progress(self, session: Session, log: LogId, now: Instant) -> None:
        """Take that *session* brought entries of *log* we did not have."""
        pull = self._pulls.get(log)
        if pull is not None and pull.connection == session.connection:
            session.delivered = now
            self._pulls[log] = replace(pull, since=now)
            self.backoff.delivered(session.static, log)

    def settle(self, log: LogId, now: Instant) -> list[HubEffect]:
        """Take that entries of *log* came: who sent all that was asked for may be asked more."""
        pull = self._pulls.get(log)
        session = None if pull is None else self._sessions.get(pull.connection)
        if pull is None or session is None or pull.tip in session.logs.unknown_tips(log):
            return []
        return self.free(session, log, now)

    def free(self, session: Session, log: LogId, now: Instant) -> list[HubEffect]:
        """Ask *session* for something else than *log*, and for more of *log* whoever told it."""
        self.release(session, log)
        effects = self.pull(session, log.space, now)
        for other in [*self._sessions.values()]:
            if log in other.logs.ahead(log.space, log.lane):
                effects += self.pull(other, log.space, now)
        return effects

    def release(self, session: Session, log: LogId) -> None:
        """Ask *session* no more for *log*; whoever has it may be asked."""
        session.asked.discard(log)
        pull = self._pulls.get(log)
        if pull is not None and pull.connection == session.connection:
            del self._pulls[log]

    def withheld(self, session: Session, log: LogId, now: Instant) -> list[HubEffect]:
        """Ask others for what this peer says to have and does not send."""
        session.logs.refuse(log, self.backoff.longer(session.static, log, now))
        return faulted(session, Fault.WITHHELD, log) + self.free(session, log, now)

    def tick(self, now: Instant) -> list[HubEffect]:
        """Let nobody wait for what does not come."""
        effects: list[HubEffect] = []
        for session in [*self._sessions.values()]:
            for space in session.logs.retry(now):
                effects += self.pull(session, space, now)
        for log, pull in [*self._pulls.items()]:
            session = self._sessions[pull.connection]
            if now - pull.since < limits.WITHHELD_SECONDS or self._pulls.get(log) != pull:
                continue
            if now - (session.delivered or pull.since) < limits.WITHHELD_SECONDS:
                effects += self._ask_another(session, log, now)
            else:
                effects += self.withheld(session, log, now)
        return effects

    def _ask_another(self, slow: Session, log: LogId, now: Instant) -> list[HubEffect]:
        """Ask somebody else for what has to wait behind other things the peer is sending."""
        for other in self._sessions.values():
            free = len(other.asked) < limits.WANT_WINDOW and other is not slow
            if free and log in other.logs.ahead(log.space, log.lane):
                self.release(slow, log)
                effects = self.pull(other, log.space, now)
                return effects + self.pull(slow, log.space, now)
        return []


def _below(branches: Branches, log: LogId, tip: Head) -> Head:
    """Return the highest place we hold from which *tip* may go on: the end of a branch, mostly."""
    ends = [branches.tip(branch) for branch in branches.of(log)]
    lower = [end for end in ends if end.height < tip.height]
    if lower:
        return max(lower, key=lambda end: end.height)
    before = branches.hash_at(log, tip.height - 1)
    return EMPTY_LOG if before is None else Head(tip.height - 1, before)
