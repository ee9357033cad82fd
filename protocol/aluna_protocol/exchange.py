"""What goes where: inventories, who is asked for which log, batches, acknowledgements (SPEC §11).

The receiver pulls: inventories are exchanged, each missing log is asked of one peer, control
before content; own new entries are pushed to whoever has everything before them. What a peer says
it has is its acknowledgement. Whatever decides between sessions about entries lives here.
"""

from __future__ import annotations

from aluna_protocol import limits, messages
from aluna_protocol.directory import Directory
from aluna_protocol.entry import Entry
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.hub_events import (
    HubEffect,
    InventoryHeard,
    LoadEntries,
    LogRefused,
    MembersChanged,
    OwnLogBehind,
    OwnLogForked,
    PeerArrived,
    PeerHas,
    StoreEntries,
)
from aluna_protocol.ids import (
    EMPTY_LOG,
    NO_HASH,
    ConnectionId,
    DeviceId,
    Head,
    Instant,
    Lane,
    LogId,
    SpaceId,
)
from aluna_protocol.replica import MissingPastError
from aluna_protocol.session import Session, inventory

HAVE_DELAY_SECONDS = 0.5
"""Others usually get a live entry from its author: wait so long before offering it as well."""


class Exchange:
    """The entries of all sessions of one device."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self.sessions: dict[ConnectionId, Session] = {}
        self.stored: dict[LogId, Head] = {}
        """The durable end of every log."""
        self._pulling: dict[LogId, ConnectionId] = {}
        self._haves_due: Instant | None = None

    def complete(self, session: Session) -> bool:
        """Tell whether both sides are known to hold everything the other holds."""
        if not session.greeted or session.device is None or not session.peer_done:
            return False
        return all(
            space in session.inventoried and self._equal(session, space)
            for space in session.shared.values()
        )

    def _equal(self, session: Session, space: SpaceId) -> bool:
        lanes = self._directory.lanes(session, space)
        logs = {log for log in self.stored | session.peer_heads if log.space == space}
        return all(
            self.stored.get(log, EMPTY_LOG) == session.peer_head(log)  # a height hides a fork
            for log in logs
            if log.lane in lanes
        )

    def tell_everything(self, session: Session, space: SpaceId, now: Instant) -> list[HubEffect]:
        """Tell a greeted peer all we hold of *space*."""
        heads = {log: head for log, head in self.stored.items() if log.space == space}
        effects: list[HubEffect] = []
        lanes = self._directory.lanes(session, space)
        for have in inventory(session.our_tag(space), heads, lanes):
            effects += [session.say(have, now)]
        return effects

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
        effects: list[HubEffect] = []
        logs: list[tuple[LogId, Head]] = []
        for device, incarnation, lane, head in rows:
            log = LogId(space, device, incarnation, lane)
            session.note_peer_head(log, head)
            logs.append((log, head))
            effects += self._about_own_log(log, head)
        if session.device is not None and logs:
            effects.append(PeerHas(session.device, tuple(logs)))
        if last and space not in session.inventoried:
            session.inventoried.add(space)
            effects.append(InventoryHeard(session.connection, space))
        return effects + self._pull(session, space, now) + self._pump(session, now)

    def _about_own_log(self, log: LogId, head: Head) -> list[HubEffect]:
        """Look whether a peer knows our own log better than we do, or otherwise (D3)."""
        ours = self.stored.get(log, EMPTY_LOG)
        if (log.device, log.incarnation) != (self._directory.device, self._directory.incarnation):
            return []
        if head.height > ours.height:
            return [OwnLogBehind(log.space)]
        forked = ours.height == head.height and ours.hash != head.hash
        return [OwnLogForked(log.space)] if forked else []

    def _pull(self, session: Session, space: SpaceId, now: Instant) -> list[HubEffect]:
        """Ask for what this peer has and nobody else is sending already, control first."""
        if space not in session.inventoried:
            return []
        replica = self._directory.replicas[space]
        behind = [
            log
            for log, head in session.peer_heads.items()
            if log.space == space
            and head.height > replica.head(log).height
            and log not in session.refused
        ]
        control = [log for log in behind if log.lane is Lane.CONTROL]
        wanted = control or [
            log for log in behind if log.lane in self._directory.lanes(session, space)
        ]
        wanted = sorted(log for log in wanted if log not in self._pulling)
        effects: list[HubEffect] = []
        step = messages.MAX_LOGS_PER_MESSAGE
        for start in range(0, len(wanted), step):
            chunk = wanted[start : start + step]
            self._pulling.update(dict.fromkeys(chunk, session.connection))
            rows = tuple(
                (log.device, log.incarnation, log.lane, replica.head(log).height) for log in chunk
            )
            effects += [session.say(messages.Want(session.our_tag(space), rows), now)]
        return effects

    def peer_wants(
        self,
        session: Session,
        space: SpaceId,
        rows: tuple[tuple[DeviceId, int, Lane, int], ...],
        now: Instant,
    ) -> list[HubEffect]:
        """Queue what the peer may have of what it asks for."""
        lanes = self._directory.lanes(session, space)
        for device, incarnation, lane, after in rows:
            log = LogId(space, device, incarnation, lane)
            if lane in lanes and self.stored.get(log, EMPTY_LOG).height > after:
                session.note_want(log, after)
        return self._pump(session, now)

    def _pump(self, session: Session, now: Instant) -> list[HubEffect]:
        following = session.next_to_load()
        if following is None:
            return []
        log, after = following
        session.loading = log
        return [LoadEntries(session.connection, log, after, limits.BATCH_BYTES)]

    def entries_loaded(
        self, connection: ConnectionId, log: LogId, run: tuple[Entry, ...], now: Instant
    ) -> list[HubEffect]:
        """Send what was read for a peer."""
        session = self.sessions.get(connection)
        if session is None:
            return []
        session.loading = None
        effects: list[HubEffect] = []
        if run and log.lane in self._directory.lanes(session, log.space):
            effects += self._send_batch(session, log, run, now)
            last = run[-1].header.height
            session.serving[log] = last
        if not run or session.serving[log] >= self.stored[log].height:
            session.serving.pop(log, None)
        return effects + self._pump(session, now)

    def _send_batch(
        self, session: Session, log: LogId, run: tuple[Entry, ...], now: Instant
    ) -> list[HubEffect]:
        batch = messages.Batch(
            session.our_tag(log.space),
            log.device,
            log.incarnation,
            log.lane,
            run[0].header.height,
            messages.shorten(run),
        )
        session.note_sent(log, run[-1].header.height, len(run))
        return [session.say(batch, now)]

    def batch(
        self, session: Session, space: SpaceId, batch: messages.Batch, now: Instant
    ) -> list[HubEffect]:
        """Check a run of entries and have it stored."""
        log = LogId(space, batch.device, batch.incarnation, batch.lane)
        if batch.lane not in self._directory.lanes(session, space):
            raise RemoteProtocolError("content from somebody outside")
        replica = self._directory.replicas[space]
        head = replica.head(log)
        new: list[Entry] = []
        # Even a batch we cannot take says how far its sender is: the rest is pulled when it can be.
        reached = Head(batch.first_height + len(batch.links) - 1, NO_HASH)
        if reached.height > session.peer_head(log).height:
            session.note_peer_head(log, reached)
        if batch.first_height == head.height + 1 and log not in session.refused:
            try:
                new = replica.admit_run(messages.lengthen(batch, space, head))
            except RemoteProtocolError as error:
                waits = isinstance(error, MissingPastError)
                if not (waits and self._control_behind(session, space)):
                    return self._refuse(session, log, now)
        self._release(log, session)
        if not new:
            return self._pull(session, space, now)
        session.received_entries += len(new)
        # Whoever sends an entry has it: it need not say so again.
        session.note_peer_head(log, replica.head(log))
        effects: list[HubEffect] = [StoreEntries(session.connection, tuple(new))]
        if session.device is not None:
            effects.append(PeerHas(session.device, ((log, session.peer_head(log)),)))
        if replica.head(log).height < session.peer_head(log).height:
            self._pulling[log] = session.connection
        return effects

    def _refuse(self, session: Session, log: LogId, now: Instant) -> list[HubEffect]:
        """Take no more of *log* from this peer; everything else it has still is for us.

        It was forged, is the other branch of a fork, or names a past nobody here can have.
        """
        session.refused.add(log)
        self._release(log, session)
        return [LogRefused(session.connection, log), *self._pull(session, log.space, now)]

    def _control_behind(self, session: Session, space: SpaceId) -> bool:
        return any(
            head.height > self._directory.replicas[space].head(log).height
            for log, head in session.peer_heads.items()
            if log.space == space and log.lane is Lane.CONTROL and log not in session.refused
        )

    def _release(self, log: LogId, session: Session) -> None:
        if self._pulling.get(log) == session.connection:
            del self._pulling[log]

    def entries_stored(
        self, connection: ConnectionId, entries: tuple[Entry, ...], now: Instant
    ) -> list[HubEffect]:
        """Acknowledge what is durable and offer it to others."""
        logs = self._note_stored(entries)
        effects: list[HubEffect] = []
        for session in self.sessions.values():
            session.have_due |= logs
            if session.connection == connection:
                effects += self.tell_haves(session, now)
        if self._haves_due is None:
            self._haves_due = Instant(now + HAVE_DELAY_SECONDS)
        for space in {log.space for log in logs if log.lane is Lane.CONTROL}:
            effects += self._control_arrived(space, now)
        return effects

    def _note_stored(self, entries: tuple[Entry, ...]) -> set[LogId]:
        for entry in entries:
            self.stored[entry.header.log] = Head(entry.header.height, entry.hash)
        return {entry.header.log for entry in entries}

    def _control_arrived(self, space: SpaceId, now: Instant) -> list[HubEffect]:
        effects: list[HubEffect] = [MembersChanged(space)]
        for session in self.sessions.values():
            if space not in session.shared.values():
                continue
            # What named an unknown past may hold now.
            session.refused -= {
                log for log in session.refused if log.space == space and log.lane is Lane.CONTENT
            }
            if session.device is None and self._directory.whose(space, session.static) is not None:
                session.device = self._directory.whose(space, session.static)
                if session.device is not None:
                    effects.append(PeerArrived(session.connection, session.device))
            if session.greeted:
                effects += self.tell_everything(session, space, now)
            effects += self._pull(session, space, now)
        return effects

    def entries_written(self, entries: tuple[Entry, ...], now: Instant) -> list[HubEffect]:
        """Take own new entries; push a few to whoever follows, offer many to be pulled."""
        effects: list[HubEffect] = []
        for entry in entries:
            self._directory.replicas[entry.header.log.space].add_own(entry)
        logs = self._note_stored(entries)
        for session in self.sessions.values():
            for log in sorted(logs):
                run = tuple(entry for entry in entries if entry.header.log == log)
                if log.lane not in self._directory.lanes(session, log.space):
                    continue
                session.told_done = False
                known = log.space in session.inventoried and _fits_one_batch(run)
                if known and session.follows_what_was_sent(log, run[0].header.height):
                    effects += self._send_batch(session, log, run, now)
                else:
                    session.have_due.add(log)
            effects += self.tell_haves(session, now)
        for space in {log.space for log in logs if log.lane is Lane.CONTROL}:
            effects += self._control_arrived(space, now)
        return effects

    def nothing_pending(self, now: Instant) -> list[HubEffect]:
        """Tell whoever told us all that they know all of ours, once each time it becomes true."""
        effects: list[HubEffect] = []
        for session in self.sessions.values():
            heard = session.greeted and set(session.shared.values()) <= session.inventoried
            if heard and not session.told_done:
                session.told_done = True
                effects.append(session.say(messages.Done(), now))
        return effects

    def tell_haves(self, session: Session, now: Instant) -> list[HubEffect]:
        """Tell the peer about logs that grew here."""
        effects: list[HubEffect] = []
        due, session.have_due = session.have_due, set()
        if not session.greeted:
            return []
        for space in sorted({log.space for log in due}):
            lanes = self._directory.lanes(session, space)
            if space not in session.shared.values():
                continue
            heads = {log: self.stored[log] for log in due if log.space == space}
            for have in inventory(session.our_tag(space), heads, lanes):
                effects += [session.say(have, now)]
        return effects

    def forget(self, session: Session, now: Instant) -> list[HubEffect]:
        """Drop a session; what it was sending is asked of somebody else."""
        self.sessions.pop(session.connection, None)
        for log in [log for log, holder in self._pulling.items() if holder == session.connection]:
            del self._pulling[log]
        effects: list[HubEffect] = []
        for other in self.sessions.values():
            for space in other.shared.values():
                effects += self._pull(other, space, now)
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
