"""All sessions of a device: `handle(event, now)` returns effects (SPEC §11).

Rule of this file: whatever opens, greets and ends a session lives here; what goes through it is
decided in `exchange`, and who may be at its other end in `directory`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aluna_protocol import crypto, inviting, limits, messages
from aluna_protocol.directory import Directory
from aluna_protocol.entry import EpochKey
from aluna_protocol.errors import IncompatibleVersionError, RemoteProtocolError
from aluna_protocol.exchange import Exchange
from aluna_protocol.faults import Fault
from aluna_protocol.handshake import (
    Candidate,
    Established,
    Incompatible,
    InitiatorHandshake,
    ResponderHandshake,
    Send,
)
from aluna_protocol.hub_events import (
    Accepted,
    BytesReceived,
    CloseConnection,
    ConnectionLost,
    Dialled,
    EntriesLoaded,
    EntriesStored,
    EntriesWritten,
    HubEffect,
    HubEvent,
    NothingPending,
    PresenceChanged,
    PresenceSeen,
    SendBytes,
    Tick,
    UpdateNeeded,
)
from aluna_protocol.ids import (
    ConnectionId,
    DeviceId,
    DocumentId,
    Instant,
    Lane,
    LogId,
    SpaceId,
)
from aluna_protocol.messages import Bye
from aluna_protocol.peer_logs import TooManyLogsError
from aluna_protocol.replica import SpaceReplica
from aluna_protocol.session import Session, faulted

INTRODUCTION_SECONDS = 10.0
INTRODUCTION_BYTES = 256 * limits.KIB
"""What somebody who is not known yet may send: membership, nothing else."""


Handshake = InitiatorHandshake | ResponderHandshake


class Hub:
    """The sessions of one device over all its spaces.

    *random_bytes* is the only source of randomness. The caller restores the replicas from its
    store before the first event and adds spaces with `add_space`.
    """

    def __init__(
        self,
        keys: crypto.DeviceKeys,
        incarnation: int,
        engine: str,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._keys = keys
        self._device = keys.device
        self.directory = Directory(keys, incarnation)
        self.exchange = Exchange(self.directory)
        self._engine = engine
        self._random = random_bytes
        self._handshakes: dict[ConnectionId, Handshake] = {}
        self._presence: dict[SpaceId, DocumentId] = {}
        self._now = Instant(0.0)

    def add_space(self, replica: SpaceReplica, epoch_keys: Iterable[EpochKey]) -> None:
        """Take a space whose entries are in the store."""
        self.directory.add_space(replica, epoch_keys)
        self.exchange.stored.update(replica.heads)

    @property
    def sessions(self) -> list[Session]:
        """Every session that stands."""
        return list(self.exchange.sessions.values())

    def session_with(self, device: DeviceId) -> Session | None:
        """Return the session with *device*, if one stands."""
        return next((s for s in self.sessions if s.device == device), None)

    def may_seal(self, space: SpaceId) -> bool:
        """Tell whether we have compared with everybody here and nobody knows our log better."""
        here = [s for s in self.sessions if not s.greeted or space in s.shared.values()]
        return all(
            (space in session.inventoried and not self._knows_better(session, space))
            or self.exchange.pulling.backoff.distrusted(session.static, self._now)
            for session in here
        )

    def _knows_better(self, session: Session, space: SpaceId) -> bool:
        """Tell whether a peer tells of our own log what we do not have, and may still send it."""
        incarnation = self.directory.incarnation
        return any(
            LogId(space, self._device, incarnation, lane) in session.logs.ahead(space, lane)
            for lane in Lane
        )

    def handle(self, event: HubEvent, now: Instant) -> list[HubEffect]:
        """Advance on *event* and return what the driver must do, in order."""
        self._now = now
        match event:
            case Dialled(connection, candidate):
                return self._dialled(connection, candidate, now)
            case Accepted(connection):
                return self._accepted(connection, now)
            case BytesReceived(connection, data):
                return self._bytes(connection, data, now)
            case ConnectionLost(connection):
                return self._lost(connection, now)
            case EntriesStored(connection, entries):
                return self.exchange.entries_stored(connection, entries, now)
            case EntriesLoaded(connection, log, entries):
                return self.exchange.serving.loaded(connection, log, entries, now)
            case EntriesWritten(entries):
                return self.exchange.entries_written(entries, now)
            case NothingPending():
                return self.exchange.nothing_pending(now)
            case PresenceChanged(space, document):
                return self._presence_changed(space, document, now)
            case Tick():
                return self._tick(now)

    def _dialled(
        self, connection: ConnectionId, candidate: Candidate, now: Instant
    ) -> list[HubEffect]:
        machine = InitiatorHandshake(
            self._keys, candidate, ephemeral_secret=self._random(32), now=now
        )
        self._handshakes[connection] = machine
        return []

    def _accepted(self, connection: ConnectionId, now: Instant) -> list[HubEffect]:
        low, high = limits.SILENCE_SECONDS
        silence = low + (high - low) * int.from_bytes(self._random(4), "big") / 2**32
        machine = ResponderHandshake(
            self._keys,
            self.directory.candidates(),
            challenge=self._random(32),
            ephemeral_secret=self._random(32),
            silence=silence,
            now=now,
        )
        self._handshakes[connection] = machine
        return [
            SendBytes(connection, effect.data)
            for effect in machine.start()
            if isinstance(effect, Send)
        ]

    def _bytes(self, connection: ConnectionId, data: bytes, now: Instant) -> list[HubEffect]:
        machine = self._handshakes.get(connection)
        if machine is not None:
            try:
                return self._handshake(connection, machine, data, now)
            except RemoteProtocolError:
                return self._hang_up(connection)
        session = self.exchange.sessions.get(connection)
        return [] if session is None else self._session_bytes(session, data, now)

    def _handshake(
        self,
        connection: ConnectionId,
        machine: Handshake,
        data: bytes,
        now: Instant,
    ) -> list[HubEffect]:
        effects: list[HubEffect] = []
        for effect in machine.receive(data, now):
            match effect:
                case Send(sent):
                    effects.append(SendBytes(connection, sent))
                case Established():
                    initiator = isinstance(machine, InitiatorHandshake)
                    effects += self._established(connection, effect, now, initiator=initiator)
                case Incompatible():
                    effects += [UpdateNeeded(None), *self._hang_up(connection)]
        return effects

    def _established(
        self, connection: ConnectionId, result: Established, now: Instant, *, initiator: bool
    ) -> list[HubEffect]:
        space = result.candidate.space
        session = Session(
            connection=connection,
            space=space,
            static=result.static,
            device=result.device or self.directory.whose(space, result.static),
            initiator=initiator,
            handshake_hash=result.handshake_hash,
            transport=result.transport,
            since=now,
            last_heard=now,
            last_said=now,
        )
        del self._handshakes[connection]
        effects = self.exchange.join(session, now)
        if connection not in self.exchange.sessions:
            return effects
        effects.append(session.say(self._hello(session), now))
        return effects + self._session_bytes(session, result.remainder, now)

    def _hello(self, session: Session) -> messages.Hello:
        session.named = self.directory.nameable(session.device)
        tags = [session.our_tag(space) for space in session.named]
        size = next(count for count in messages.TAG_COUNTS if count >= len(tags))
        tags += [self._random(messages.TAG_BYTES) for _ in range(size - len(tags))]
        return messages.Hello(self._engine, tuple(sorted(tags)))

    def _session_bytes(self, session: Session, data: bytes, now: Instant) -> list[HubEffect]:
        session.received_bytes += len(data)
        if session.device is None and session.received_bytes > INTRODUCTION_BYTES:
            return self.exchange.end(session, now)
        try:
            said = session.transport.decrypt(data)
        except RemoteProtocolError:
            # Whoever is between us may have done this: it says nothing of the peer.
            return self.exchange.end(session, now)
        effects: list[HubEffect] = []
        for packed in said:
            session.last_heard = now
            answer = self._said(session, packed, now)
            if not answer and session.floods(now):
                answer = faulted(session, Fault.FLOODED) + self.exchange.end(session, now)
            effects += answer
            if session.connection not in self.exchange.sessions:
                break
        return effects

    def _said(self, session: Session, packed: bytes, now: Instant) -> list[HubEffect]:
        try:
            return self._message(session, messages.decode(packed), now)
        except IncompatibleVersionError:
            told = UpdateNeeded(session.device)
            return [told, *self.exchange.end(session, now, Bye.UPDATE_NEEDED)]
        except TooManyLogsError:
            return faulted(session, Fault.TOO_MANY) + self.exchange.end(session, now)
        except RemoteProtocolError:
            return faulted(session, Fault.BROKEN_MESSAGE) + self.exchange.end(session, now)

    def _message(
        self, session: Session, message: messages.Message, now: Instant
    ) -> list[HubEffect]:
        if not session.greeted and not isinstance(message, messages.Hello | messages.Goodbye):
            raise RemoteProtocolError("no greeting")
        match message:
            case messages.Hello(engine, tags):
                # Another engine may read the same words otherwise: people must know, sync goes on.
                other = [] if engine == self._engine else [UpdateNeeded(session.device)]
                return [*other, *self._greeted(session, tags, now)]
            case messages.Have(tag, logs, last):
                return self.exchange.peer_has(
                    session, self._space_of(session, tag), logs, now, last=last
                )
            case messages.Want(tag, logs):
                return self.exchange.serving.want(session, self._space_of(session, tag), logs, now)
            case messages.Batch() as batch:
                return self.exchange.taking.batch(
                    session, self._space_of(session, batch.tag), batch, now
                )
            case messages.Presence(tag, document):
                return self._present(session, self._space_of(session, tag), document)
            case messages.Anchors() as anchors:
                space = self._space_of(session, anchors.tag)
                return self.exchange.pulling.anchors(session, space, anchors, now)
            case messages.Introduce() as introduced:
                return self.exchange.introduced(session, introduced, now)
            case messages.Ping():
                return []
            case messages.Done():
                session.peer_done = True
                return []
            case messages.Goodbye(reason):
                told = [UpdateNeeded(session.device)] if reason is Bye.UPDATE_NEEDED else []
                return [*told, *self.exchange.end(session, now)]

    def _present(
        self, session: Session, space: SpaceId, document: DocumentId | None
    ) -> list[HubEffect]:
        device, known = session.device, session.presence.get(space)
        seats = self.directory.replicas[space].membership.seats
        if device is None or device not in seats or known == document:
            return []  # its admission may be on its way here; what is known is not said again
        session.presence[space] = document
        return [PresenceSeen(device, space, document)]

    def _space_of(self, session: Session, tag: bytes) -> SpaceId:
        space = session.shared.get(tag)
        if space is None:
            raise RemoteProtocolError("a space we do not share")
        return space

    def _greeted(self, session: Session, tags: tuple[bytes, ...], now: Instant) -> list[HubEffect]:
        if session.greeted:
            raise RemoteProtocolError("greeted twice")
        session.greeted = True
        known = {session.their_tag(space): space for space in session.named}
        session.shared = {tag: known[tag] for tag in tags if tag in known}
        effects: list[HubEffect] = []
        for space in session.shared.values():
            effects += self.exchange.tell_everything(session, space, now)
        for space, document in self._presence.items():
            effects += self._tell_presence(session, space, document, now)
        return effects

    def _presence_changed(
        self, space: SpaceId, document: DocumentId | None, now: Instant
    ) -> list[HubEffect]:
        if document is None:
            self._presence.pop(space, None)
        else:
            self._presence[space] = document
        effects: list[HubEffect] = []
        for session in self.sessions:
            effects += self._tell_presence(session, space, document, now)
        return effects

    def _tell_presence(
        self, session: Session, space: SpaceId, document: DocumentId | None, now: Instant
    ) -> list[HubEffect]:
        if space not in session.shared.values() or Lane.CONTENT not in self.directory.lanes(
            session, space
        ):
            return []
        return [session.say(messages.Presence(session.our_tag(space), document), now)]

    def _tick(self, now: Instant) -> list[HubEffect]:
        tell = self.exchange.offers_due(now)
        effects: list[HubEffect] = []
        for connection, machine in list(self._handshakes.items()):
            if now >= machine.deadline:
                effects += self._hang_up(connection)
        for session in self.sessions:
            effects += self._tick_session(session, now, tell=tell)
        return effects + self.exchange.pulling.tick(now)

    def _tick_session(self, session: Session, now: Instant, *, tell: bool) -> list[HubEffect]:
        stranger_too_long = session.device is None and now - session.since > INTRODUCTION_SECONDS
        if session.silent_too_long(now) or stranger_too_long:
            return self.exchange.end(session, now)
        if session.overdue(now):
            self.exchange.pulling.backoff.distrust(session.static, now)
            return self.exchange.end(session, now)
        entered_since = session.greeted and self.directory.entered_since(session)
        if session.transport.expired(now) or entered_since:
            # A Hello names spaces once: a new session names those we entered after it.
            return self.exchange.end(session, now, Bye.LEAVING)
        effects = self.exchange.serving.tell_haves(session, now) if tell else []
        for space in inviting.due(self.directory, session):
            effects += self.exchange.introduce(session, space, now)
        if session.ping_due(now):
            effects.append(session.say(messages.Ping(), now))
        return effects

    def leave(self, now: Instant) -> list[HubEffect]:
        """End every session politely, before the vault is locked."""
        effects: list[HubEffect] = []
        for session in self.sessions:
            effects += self.exchange.end(session, now, Bye.LEAVING)
        return effects

    def _hang_up(self, connection: ConnectionId) -> list[HubEffect]:
        self._handshakes.pop(connection, None)
        return [CloseConnection(connection)]

    def _lost(self, connection: ConnectionId, now: Instant) -> list[HubEffect]:
        self._handshakes.pop(connection, None)
        session = self.exchange.sessions.get(connection)
        return [] if session is None else self.exchange.forget(session, now)
