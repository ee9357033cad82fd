"""What goes where: inventories, batches, acknowledgements, who is there (SPEC §11).

The receiver pulls (`pulling`), the sender is paced (`serving`); own new entries are pushed to
whoever has everything before them. What a peer says it has is its acknowledgement, as far as it is
known to lie on a branch of ours. Whatever decides between sessions about entries lives here.
"""

from __future__ import annotations

from collections.abc import Iterable

from aluna_protocol import inviting, limits, messages
from aluna_protocol.branches import Branches
from aluna_protocol.directory import Directory
from aluna_protocol.entry import Entry
from aluna_protocol.hub_events import (
    CloseConnection,
    HubEffect,
    InventoryHeard,
    MembersChanged,
    PeerArrived,
    PeerLeft,
    SpaceIntroduced,
)
from aluna_protocol.ids import (
    ConnectionId,
    DeviceId,
    Head,
    Instant,
    Lane,
    LogId,
    SpaceId,
)
from aluna_protocol.messages import Bye
from aluna_protocol.peer_logs import Places
from aluna_protocol.pulling import Pulling
from aluna_protocol.serving import Serving
from aluna_protocol.session import Session, acknowledge, inventory
from aluna_protocol.taking import Taking

CROSSING_SECONDS = 5.0
"""Two devices that dial each other do so within this time; later one has lost the session."""
HAVE_DELAY_SECONDS = 0.5
"""Others usually get a live entry from its author: wait so long before offering it as well."""


class Exchange:
    """The entries of all sessions of one device."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self.sessions: dict[ConnectionId, Session] = {}
        self.stored: dict[LogId, Head] = {}
        """The durable end of every branch."""
        self.pulling = Pulling(directory, self.sessions)
        self.serving = Serving(directory, self.sessions, self.stored)
        self.taking = Taking(directory, self.pulling, self.serving)
        self._haves_due: Instant | None = None

    def _branches(self, space: SpaceId) -> Branches:
        return self._directory.replicas[space].branches

    # -- who is there ----------------------------------------------------------------------------

    def join(self, session: Session, now: Instant) -> list[HubEffect]:
        """Take a session that stands, unless another with the same device is kept (SPEC §11.13)."""
        self.sessions[session.connection] = session
        if session.device is None:
            return []
        if not self._directory.belongs(session.device):
            session.device = None  # it was removed during the handshake
            return self.end(session, now)
        return self._is(session, session.device, now)

    def _is(self, session: Session, device: DeviceId, now: Instant) -> list[HubEffect]:
        """Take that *device* is at the other end, which may be where another session leads."""
        session.device = None
        effects: list[HubEffect] = []
        other = next((one for one in self.sessions.values() if one.device == device), None)
        if other is not None and self._keeps(other, session, device, now):
            return self.end(session, now)
        session.device = device
        if other is not None:
            effects += self.end(other, now, Bye.DUPLICATE)
        effects.append(PeerArrived(session.connection, device))
        return effects + self._part(session, now)

    def _keeps(self, old: Session, new: Session, device: DeviceId, now: Instant) -> bool:
        """Of two sessions that crossed keep the one the lower device dialled, else the newer."""
        if old.initiator == new.initiator or now - old.since >= CROSSING_SECONDS:
            return False
        return old.initiator == (self._directory.device < device)

    def end(self, session: Session, now: Instant, reason: Bye | None = None) -> list[HubEffect]:
        """End a session, with a word or without; what it was sending is asked of others."""
        effects: list[HubEffect] = []
        if reason is not None:
            effects.append(session.say(messages.Goodbye(reason), now))
        return [*effects, CloseConnection(session.connection), *self.forget(session, now)]

    def forget(self, session: Session, now: Instant) -> list[HubEffect]:
        """Drop a session; what it was sending is asked of somebody else."""
        del self.sessions[session.connection]
        for log in list(session.asked):
            self.pulling.release(session, log)
        effects: list[HubEffect] = []
        if session.device is not None:
            effects.append(PeerLeft(session.connection, session.device))
        for other in list(self.sessions.values()):
            for space in other.shared.values():
                effects += self.pulling.pull(other, space, now)
        return effects

    def _reseat(self, now: Instant) -> list[HubEffect]:
        """Membership changed: end what leads to nobody of ours, name who was not known (§11.14)."""
        effects: list[HubEffect] = []
        for session in list(self.sessions.values()):
            if session.device is not None and not self._directory.belongs(session.device):
                effects += self.end(session, now)
            elif session.device is None:
                device = self._directory.whose(session.space, session.static)
                if device is not None:
                    effects += self._is(session, device, now)
            else:
                effects += self._part(session, now)
        return effects

    def introduce(self, session: Session, space: SpaceId, now: Instant) -> list[HubEffect]:
        """Tell the peer of a space it has a seat in; share it once both told each other."""
        if self._directory.outside(space, session.device):
            return []  # it may not have heard of that yet
        said = inviting.introduce(self._directory, session, space)
        effects: list[HubEffect] = [] if said is None else [session.say(said, now)]
        session.named |= {space}
        if space in session.offered and space not in session.shared.values():
            session.shared[session.their_tag(space)] = space
            effects += self.tell_everything(session, space, now)
        return effects

    def introduced(
        self, session: Session, message: messages.Introduce, now: Instant
    ) -> list[HubEffect]:
        """Take what the peer tells of a space this device has a seat in."""
        founding = inviting.founding_of(self._directory, session, message)
        if founding is None:
            return []
        space = founding.header.log.space
        session.offered.add(space)
        if space in self._directory.replicas:
            return self.introduce(session, space, now)
        device = session.device
        return [] if device is None else [SpaceIntroduced(device, founding)]

    def _part(self, session: Session, now: Instant) -> list[HubEffect]:
        """End a session that named a space the peer is out of: the next does not (§11.10).

        Only to be silent about it would look as if we withheld what the peer asks for.
        """
        if any(self._directory.outside(space, session.device) for space in session.named):
            return self.end(session, now, Bye.LEAVING)
        return []

    # -- what is told ----------------------------------------------------------------------------

    def complete(self, session: Session) -> bool:
        """Tell whether both sides are known to hold everything the other holds."""
        if not session.greeted or session.device is None or not session.peer_done:
            return False
        if any(inviting.due(self._directory, session)):
            return False
        return all(
            space in session.inventoried and self._equal(session, space)
            for space in session.shared.values()
        )

    def _equal(self, session: Session, space: SpaceId) -> bool:
        lanes = self._directory.lanes(session, space)
        if any(session.logs.has_more(space, lane) for lane in lanes):
            return False
        return all(
            session.logs.reach.get(log, 0) == head.height
            for log, head in self.stored.items()
            if log.space == space and log.lane in lanes
        )

    def tell_everything(self, session: Session, space: SpaceId, now: Instant) -> list[HubEffect]:
        """Tell a greeted peer all we hold of *space*."""
        heads = {log: head for log, head in self.stored.items() if log.space == space}
        lanes = session.lanes_told[space] = self._directory.lanes(session, space)
        return [session.say(have, now) for have in inventory(session.our_tag(space), heads, lanes)]

    def peer_has(
        self,
        session: Session,
        space: SpaceId,
        rows: tuple[tuple[DeviceId, int, Lane, Head], ...],
        now: Instant,
        *,
        last: bool,
    ) -> list[HubEffect]:
        """Take what the peer holds: acknowledgement and offer at once."""
        told: dict[LogId, list[Head]] = {}
        for device, incarnation, lane, head in rows:
            told.setdefault(LogId(space, device, incarnation, lane), []).append(head)
        gained: Places = []
        ahead: Places = []
        branches = self._branches(space)
        sent = {last: branch for branch, last in session.in_flight}
        for log, tips in told.items():
            held, news = session.logs.told(branches, log, tips, sent)
            gained += held
            ahead += [(log, tip) for tip in news]
        effects = acknowledge(session, gained, ahead)
        if last and space not in session.inventoried:
            session.inventoried.add(space)
            effects.append(InventoryHeard(session.connection, space))
        effects += self.pulling.pull(session, space, now)
        return effects + self.serving.pump(session, now)

    # -- what is durable -------------------------------------------------------------------------

    def entries_stored(
        self, connection: ConnectionId, entries: tuple[Entry, ...], now: Instant
    ) -> list[HubEffect]:
        """Acknowledge what is durable and offer it to others."""
        branches = self._note_stored(entries)
        logs = {branch.base for branch in branches}
        control = {log.space for log in logs if log.lane is Lane.CONTROL}
        effects = self._members_changed(control, now)
        for session in self.sessions.values():
            session.have_due |= branches
            for log in logs:
                if session.logs.unknown_tips(log):
                    effects += self._resolve(session, log, entries)
            if session.connection == connection:
                effects += self.serving.tell_haves(session, now)
        if self._haves_due is None:
            self._haves_due = Instant(now + HAVE_DELAY_SECONDS)
        return effects + self._control_arrived(control, now)

    def _resolve(self, session: Session, log: LogId, entries: Iterable[Entry]) -> list[HubEffect]:
        """Look whether what came from elsewhere is what this peer told."""
        of_log = [one for one in entries if one.header.log.base == log]
        return acknowledge(session, session.logs.arrived(self._branches(log.space), of_log))

    def _note_stored(self, entries: tuple[Entry, ...]) -> set[LogId]:
        for entry in entries:
            self.stored[entry.header.log] = Head(entry.header.height, entry.hash)
        for space in {entry.header.log.space for entry in entries}:
            self._branches(space).stored(entries)
        return {entry.header.log for entry in entries}

    def _members_changed(self, spaces: set[SpaceId], now: Instant) -> list[HubEffect]:
        """Before anything more is said: somebody may be out."""
        effects: list[HubEffect] = []
        for space in sorted(spaces):
            effects += [MembersChanged(space), *self._reseat(now)]
        return effects

    def _control_arrived(self, spaces: set[SpaceId], now: Instant) -> list[HubEffect]:
        """Ask, and tell, what was not permitted or not to be judged before."""
        effects: list[HubEffect] = []
        for space in sorted(spaces):
            for session in self.sessions.values():
                if space not in session.shared.values():
                    continue
                session.logs.control_arrived(space)
                lanes = self._directory.lanes(session, space)
                if session.greeted and lanes != session.lanes_told.get(space):
                    effects += self.tell_everything(session, space, now)
                effects += self.pulling.pull(session, space, now)
        return effects

    def entries_written(self, entries: tuple[Entry, ...], now: Instant) -> list[HubEffect]:
        """Take own new entries; push a few to whoever follows, offer many to be pulled."""
        for entry in entries:
            self._directory.replicas[entry.header.log.space].add_own(entry)
        logs = self._note_stored(entries)
        control = {log.space for log in logs if log.lane is Lane.CONTROL}
        effects = self._members_changed(control, now)
        for session in self.sessions.values():
            for log in sorted(logs):
                run = tuple(entry for entry in entries if entry.header.log == log)
                if log.lane not in self._directory.lanes(session, log.space):
                    continue
                session.told_done = False
                known = log.space in session.inventoried and _fits_one_batch(run)
                if known and session.follows_what_was_sent(log, run[0].header.height):
                    effects += self.serving.send(session, run, now)
                else:
                    session.have_due.add(log)
            effects += self.serving.tell_haves(session, now)
        return effects + self._control_arrived(control, now)

    def nothing_pending(self, now: Instant) -> list[HubEffect]:
        """Tell whoever told us all that they know all of ours, once each time it becomes true."""
        effects: list[HubEffect] = []
        for session in self.sessions.values():
            heard = session.greeted and set(session.shared.values()) <= session.inventoried
            if heard and not session.told_done:
                session.told_done = True
                # Whoever hears Done may leave: she is told first of what else she has a seat in.
                for space in inviting.due(self._directory, session):
                    effects += self.introduce(session, space, now)
                effects.append(session.say(messages.Done(), now))
        return effects

    def offers_due(self, now: Instant) -> bool:
        """Tell once whether entries of others have waited long enough to be offered."""
        due = self._haves_due is not None and now >= self._haves_due
        if due:
            self._haves_due = None
        return due


def _fits_one_batch(run: tuple[Entry, ...]) -> bool:
    """Tell whether *run* may be pushed; a longer one is offered, and pulled batch by batch."""
    return len(run) == 1 or sum(entry.size for entry in run) <= limits.BATCH_BYTES
