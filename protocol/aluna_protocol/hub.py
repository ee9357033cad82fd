"""All sessions of a device: `handle(event, now)` returns effects (SPEC §11).

Rule of this file: whatever opens, greets and ends a session lives here; what goes through it is
decided in `exchange`, and who may be at its other end in `directory`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aluna_protocol import crypto, limits, messages
from aluna_protocol.directory import Directory
from aluna_protocol.entry import EpochKey
from aluna_protocol.errors import IncompatibleVersionError, RemoteProtocolError
from aluna_protocol.exchange import Exchange
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
    PeerArrived,
    PeerLeft,
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
from aluna_protocol.replica import SpaceReplica
from aluna_protocol.session import Session

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
        own = LogId(space, self._device, self.directory.incarnation, Lane.CONTENT)
        height = self.directory.replicas[space].head(own).height
        here = [s for s in self.sessions if not s.greeted or space in s.shared.values()]
        return all(space in s.inventoried and s.peer_head(own).height <= height for s in here)

    def handle(self, event: HubEvent, now: Instant) -> list[HubEffect]:
        """Advance on *event* and return what the driver must do, in order."""
        match event:
            case Dialled(connection, candidate):
                return self._dialled(connection, candidate, now)
            case Accepted(connection):
                return self._accepted(connection, now)
            case BytesReceived(connection, data):
                return self._bytes(connection, data, now)
            case ConnectionLost(connection):
                return self._forget(connection, now)
            case EntriesStored(connection, entries):
                return self.exchange.entries_stored(connection, entries, now)
            case EntriesLoaded(connection, log, entries):
                return self.exchange.entries_loaded(connection, log, entries, now)
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
                return self._hang_up(connection, now)
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
                    effects.append(UpdateNeeded(None))
                    effects += self._hang_up(connection, now)
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
        effects: list[HubEffect] = []
        if session.device is not None:
            other = self.session_with(session.device)
            if other is not None and self._keeps(other, session):
                return [CloseConnection(connection)]
            if other is not None:
                effects += self._say_goodbye(other, Bye.DUPLICATE, now)
            effects.append(PeerArrived(connection, session.device))
        self.exchange.sessions[connection] = session
        effects.append(session.say(self._hello(session), now))
        return effects + self._session_bytes(session, result.remainder, now)

    def _keeps(self, old: Session, new: Session) -> bool:
        """Of two sessions keep the one the lower device dialled; of equals, the newer."""
        if old.initiator == new.initiator or new.device is None:
            return False
        we_are_lower = self._device < new.device
        return old.initiator == we_are_lower

    def _hello(self, session: Session) -> messages.Hello:
        tags = [session.our_tag(space) for space in self.directory.shareable()]
        size = next(count for count in messages.TAG_COUNTS if count >= len(tags))
        tags += [self._random(messages.TAG_BYTES) for _ in range(size - len(tags))]
        return messages.Hello(self._engine, tuple(sorted(tags)))

    def _session_bytes(self, session: Session, data: bytes, now: Instant) -> list[HubEffect]:
        session.received_bytes += len(data)
        effects: list[HubEffect] = []
        try:
            if session.device is None and session.received_bytes > INTRODUCTION_BYTES:
                raise RemoteProtocolError("introduction too long")  # noqa: TRY301
            for packed in session.transport.decrypt(data):
                session.last_heard = now
                effects += self._message(session, messages.decode(packed), now)
                if session.connection not in self.exchange.sessions:
                    break
        except IncompatibleVersionError:
            effects.append(UpdateNeeded(session.device))
            effects += self._say_goodbye(session, Bye.UPDATE_NEEDED, now)
        except RemoteProtocolError:
            # What was accepted before the fault stays in the effects: it is verified already.
            effects += self._hang_up(session.connection, now)
        return effects

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
                return self.exchange.peer_wants(session, self._space_of(session, tag), logs, now)
            case messages.Batch() as batch:
                return self.exchange.batch(session, self._space_of(session, batch.tag), batch, now)
            case messages.Presence(tag, document):
                space = self._space_of(session, tag)
                if session.device not in self.directory.replicas[space].members:
                    raise RemoteProtocolError("presence of somebody outside")
                return [PresenceSeen(session.device, space, document)]
            case messages.Ping():
                return []
            case messages.Done():
                session.peer_done = True
                return []
            case messages.Goodbye(reason):
                told = [UpdateNeeded(session.device)] if reason is Bye.UPDATE_NEEDED else []
                return [*told, *self._hang_up(session.connection, now)]

    def _space_of(self, session: Session, tag: bytes) -> SpaceId:
        space = session.shared.get(tag)
        if space is None:
            raise RemoteProtocolError("a space we do not share")
        return space

    def _greeted(self, session: Session, tags: tuple[bytes, ...], now: Instant) -> list[HubEffect]:
        if session.greeted:
            raise RemoteProtocolError("greeted twice")
        session.greeted = True
        known = {session.their_tag(space): space for space in self.directory.replicas}
        session.shared = {tag: known[tag] for tag in tags if tag in known}
        if session.device is None:
            session.shared = {t: s for t, s in session.shared.items() if s == session.space}
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
                effects += self._hang_up(connection, now)
        for session in self.sessions:
            effects += self._tick_session(session, now, tell=tell)
        return effects

    def _tick_session(self, session: Session, now: Instant, *, tell: bool) -> list[HubEffect]:
        stranger_too_long = session.device is None and now - session.since > INTRODUCTION_SECONDS
        if session.silent_too_long(now) or stranger_too_long:
            return self._hang_up(session.connection, now)
        if session.transport.expired(now):
            return self._say_goodbye(session, Bye.LEAVING, now)
        effects = self.exchange.tell_haves(session, now) if tell else []
        if session.ping_due(now):
            effects.append(session.say(messages.Ping(), now))
        return effects

    def leave(self, now: Instant) -> list[HubEffect]:
        """End every session politely, before the vault is locked."""
        effects: list[HubEffect] = []
        for session in self.sessions:
            effects += self._say_goodbye(session, Bye.LEAVING, now)
        return effects

    def _say_goodbye(self, session: Session, reason: Bye, now: Instant) -> list[HubEffect]:
        goodbye = session.say(messages.Goodbye(reason), now)
        return [goodbye, *self._hang_up(session.connection, now)]

    def _hang_up(self, connection: ConnectionId, now: Instant) -> list[HubEffect]:
        return [CloseConnection(connection), *self._forget(connection, now)]

    def _forget(self, connection: ConnectionId, now: Instant) -> list[HubEffect]:
        self._handshakes.pop(connection, None)
        session = self.exchange.sessions.get(connection)
        if session is None:
            return []
        effects = self.exchange.forget(session, now)
        if session.device is not None:
            effects.insert(0, PeerLeft(connection, session.device))
        return effects
