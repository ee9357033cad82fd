"""The one loop of a device: sockets, clock, discovery, sealing, opening (architecture §8)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aluna_protocol import limits
from aluna_protocol.entry import Entry, EpochKey
from aluna_protocol.hub import Hub
from aluna_protocol.hub_events import (
    EntriesWritten,
    HubEffect,
    InventoryHeard,
    MembersChanged,
    NothingPending,
    OwnLogBehind,
    OwnLogForked,
    PeerArrived,
    PeerFaulted,
    PeerHas,
    PeerLeft,
    PresenceChanged,
    PresenceSeen,
    StoreEntries,
    Tick,
    UpdateNeeded,
)
from aluna_protocol.ids import ConnectionId, DeviceId, Lane, SpaceId
from aluna_sync.device import ENGINE_NAME, Device
from aluna_sync.errors import AlunaError, first_of
from aluna_sync.facts import (
    Lan,
    News,
    OtherVersionMet,
    PeersChanged,
    PeopleChanged,
    RecordsChanged,
    Writing,
)
from aluna_sync.locks import NodeLock
from aluna_sync.node.connections import Connections, Link
from aluna_sync.node.door import OnKnock, OpenDoor
from aluna_sync.node.keeping import Keeping
from aluna_sync.node.meeting import Meeting
from aluna_sync.node.misconduct import Misconduct
from aluna_sync.node.opening import Opening
from aluna_sync.node.options import NodeOptions, SyncReport
from aluna_sync.node.settling import Settling
from aluna_sync.node.siblings import Siblings
from aluna_sync.node.transport import Connection, Listener
from aluna_sync.node.visits import Visit, report
from aluna_sync.store.rows import Address

TICK_SECONDS = 0.25
SEAL_SECONDS = 0.2
"""Own edits become an entry so soon while somebody is here."""
SEAL_SECONDS_TOGETHER = 0.02
"""The same while a companion has open what is being written."""
SEAL_AGAIN_SECONDS = 2.0
"""What somebody who may be gone by then kept from leaving, or a key that was missing."""
PEERS_SECONDS = 1.0
"""What others lack is told at most so often: during a catch-up it changes with every batch."""
SETTLE_STEP_SECONDS = 0.05
TRIES_AT_ONCE = 2
"""Dials of an address that does not answer before `sync --once` gives it up."""


class Node:
    """Keeps a device in touch with the others of its spaces. One at a time per vault."""

    def __init__(self, device: Device, options: NodeOptions) -> None:
        self.device = device
        self.options = options
        self.listening: tuple[str, int] | None = None
        self.hub = Hub(
            device.identity.keys, device.spaces.incarnation, ENGINE_NAME, device.random_bytes
        )
        self.visits: dict[ConnectionId, Visit] = {}
        self.update_needed = False
        self._connections: Connections | None = None
        self._meeting: Meeting | None = None
        self._known: set[SpaceId] = set()
        self._to_seal = asyncio.Event()
        self._ready_now = asyncio.Event()
        self._opening = Opening(device)
        self._misconduct = Misconduct(device)
        self._peers_changed = False
        self.keeping = Keeping(device, self.hub)
        self._siblings = Siblings(device, self._known, self._take_written)
        self._share_new_spaces()

    def _share_new_spaces(self) -> None:
        for space, replica in self.device.spaces.replicas.items():
            if space not in self._known and self.device.space_kind(space) != "private":
                self._known.add(space)
                keys = self.device.spaces.epoch_keys[space].items()
                self.hub.add_space(replica, [EpochKey(epoch, key) for epoch, key in keys])

    # -- running ---------------------------------------------------------------------------------

    async def run(self) -> None:
        """Meet others until cancelled; raises AlunaError node-already-running, port-taken."""
        async with self.running():
            await asyncio.Event().wait()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Meet others while the block runs, then say goodbye."""
        with NodeLock(self.device.home):
            unsubscribe = self.device.subscribe(self._news)
            try:
                async with self._tasks():
                    yield
            except BaseExceptionGroup as group:
                raise first_of(group) from None
            finally:
                unsubscribe()
                self.device.take_written = self.device.take_written_alone
                self.device.set_online(frozenset(), Lan.QUIET)

    @asynccontextmanager
    async def _tasks(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            connections = Connections(self.hub, self.device.store, tasks, self._watch, self._lost)
            meeting = Meeting(
                self.hub,
                connections,
                self.device.identity.keys.static,
                self.options,
                self.device.random_bytes,
                lambda lan: self.device.set_online(self.device.online, lan),
            )
            self._connections, self._meeting = connections, meeting
            self.device.take_written = self._take_written
            listener = await self._listen(connections)
            loops = [
                self._tick(),
                self._seal_when_due(),
                self._opening.run(),
                self._siblings.watch(),
                meeting.follow_members(),
                meeting.dial(),
            ]
            if meeting.discovery is not None:
                loops.append(meeting.discovery.run())
            if meeting.discovery is not None and self.listening is not None:
                loops.append(meeting.announce(self.listening[1]))
            running = [tasks.create_task(loop) for loop in loops]
            meeting.begin(self.device.store.peers.addresses())
            self._opening.wake()
            self._to_seal.set()
            self._ready_now.set()
            try:
                yield
            finally:
                for task in running:
                    task.cancel()
                if listener is not None:
                    listener.close()
                await connections.close_all()
                self._misconduct.end()
                self._connections = self._meeting = None
                self.listening = None

    async def _listen(self, connections: Connections) -> Listener | None:
        if self.options.listen is None:
            return None
        listener = await Listener.bind(*self.options.listen, connections.accept)
        self.listening = listener.address
        return listener

    async def ready(self) -> None:
        """Return once the node listens and dials."""
        await self._ready_now.wait()

    # -- connections brought by the door ---------------------------------------------------------

    def adopt(self, connection: Connection, newcomer: DeviceId | None) -> None:
        """Hold a session on a connection that a door opened; *newcomer* None: we are the one."""
        if self._connections is None:
            raise AlunaError("node-not-running")
        self._share_new_spaces()
        candidate = None if newcomer is None else self.hub.directory.pair(newcomer)
        if candidate is None:
            self._connections.accept(connection)
        else:
            self._connections.dialled(connection, candidate, "")

    # -- what the hub says -----------------------------------------------------------------------

    def _watch(self, effect: HubEffect) -> None:
        match effect:
            case StoreEntries(entries=entries):
                if any(one.header.log.lane is Lane.CONTENT for one in entries):
                    self._opening.wake()
            case PeerArrived(connection, device):
                self._arrived(connection, device)
            case PeerLeft(connection, device):
                self._left(connection, device)
            case PeerHas():
                self._peers_changed = True
            case InventoryHeard():
                # At once: who looks in for a moment must not miss what is unsealed.
                self.seal()
            case PresenceSeen(device, _, document):
                self.device.saw_writing(device, document)
            case MembersChanged(space):
                self._members_changed(space)
            case PeerFaulted():
                self._misconduct.note(effect)
            case OwnLogBehind() | OwnLogForked():
                self._opening.first(self._begin_again)
            case UpdateNeeded(device):
                self.update_needed = True
                self.device.tell(OtherVersionMet(device))
            case _:
                pass

    def _arrived(self, connection: ConnectionId, device: DeviceId) -> None:
        assert self._connections is not None
        assert self._meeting is not None
        session = self.hub.exchange.sessions.get(connection)
        link = self._connections.links.get(connection)
        self._meeting.arrived(device, link)
        if link is not None and link.target:
            host, port = link.connection.peer
            self.device.store.peers.remember_address(Address(device, host, port))
        if session is not None:
            self.visits[connection] = Visit(session, device, time.monotonic())
        self._online_changed()

    def _left(self, connection: ConnectionId, device: DeviceId) -> None:
        visit = self.visits.get(connection)
        if visit is not None:
            visit.end(complete=self.hub.exchange.complete(visit.session))
        self.device.store.peers.met(device, self.device.clock().isoformat(timespec="seconds"))
        if self._meeting is not None:
            self._meeting.left(device)
        self._online_changed()

    def _lost(self, link: Link) -> None:
        if self._meeting is not None:
            self._meeting.lost(link)

    def _online_changed(self) -> None:
        online = frozenset(s.device for s in self.hub.sessions if s.device is not None)
        lan = self._meeting.lan if self._meeting is not None else Lan.QUIET
        self.device.set_online(online, lan)

    async def _begin_again(self) -> None:
        """Write anew what was written since, because this turned out to be an older copy."""
        self.hub.directory.incarnation = await self.device.begin_again()
        self._to_seal.set()

    def _members_changed(self, space: SpaceId) -> None:
        for key in self.device.spaces.learn_keys(space):
            self.hub.directory.add_epoch_key(space, key)
        if self._meeting is not None:
            self._meeting.members_changed()
        self._to_seal.set()
        self._opening.wake()
        self.device.tell(PeopleChanged())

    # -- what the person does --------------------------------------------------------------------

    def _news(self, news: News) -> None:
        match news:
            case RecordsChanged(from_device=None):
                self._to_seal.set()
            case Writing(device=device) if device == self.device.device:
                self._tell_presence()
            case _:
                pass

    def _tell_presence(self) -> None:
        if self._connections is None:
            return
        for space in self._known:
            document = self.device.presence.get(space)
            self._connections.handle(PresenceChanged(space, document))

    def _take_written(self, written: Sequence[Entry]) -> None:
        shared = tuple(one for one in written if one.header.log.space in self._known)
        self.device.take_written_alone(
            [one for one in written if one.header.log.space not in self._known]
        )
        if shared and self._connections is not None:
            self._connections.handle(EntriesWritten(shared))

    # -- loops -----------------------------------------------------------------------------------

    async def _tick(self) -> None:
        told = 0.0
        while True:
            await asyncio.sleep(TICK_SECONDS)
            if self._connections is not None:
                self._connections.handle(Tick())
            self.keeping.look(() if self._opening.must_begin_again else self._known)
            if self._peers_changed and time.monotonic() - told >= PEERS_SECONDS:
                self._peers_changed = False
                told = time.monotonic()
                self.device.tell(PeersChanged())

    async def _seal_when_due(self) -> None:
        while True:
            await self._to_seal.wait()
            await asyncio.sleep(self._seal_delay())
            self._to_seal.clear()
            self.seal()

    def _seal_delay(self) -> float:
        together = set(self.device.presence.values()) & set(self.device.writing().values())
        return SEAL_SECONDS_TOGETHER if together else SEAL_SECONDS

    def seal(self) -> None:
        """Seal own edits where somebody is there to send them to, or too many are waiting."""
        if self._opening.must_begin_again:
            return
        for space in sorted(self.device.spaces.rows):
            waiting = self.device.store.log.pending_bytes(space)
            somebody = any(space in session.shared.values() for session in self.hub.sessions)
            due = waiting and (somebody or waiting >= limits.SEAL_AT_BYTES)
            if due and self._may_seal(space):
                self.device.seal(space)
            elif due:
                asyncio.get_running_loop().call_later(SEAL_AGAIN_SECONDS, self._to_seal.set)
        if self._connections is not None and not self._pending():
            self._connections.handle(NothingPending())

    def _pending(self) -> bool:
        return any(self.device.store.log.pending_bytes(space) for space in self._known)

    def _may_seal(self, space: SpaceId) -> bool:
        compared = space not in self._known or self.hub.may_seal(space)
        return compared and self.device.spaces.can_write(space)

    # -- once ------------------------------------------------------------------------------------

    async def sync_once(self, wait: float) -> SyncReport:
        """Meet every reachable device; end when nothing is missing, or after *wait* seconds."""
        async with self.running():
            await self.wait_until_settled(wait)
            for visit in self.visits.values():
                if visit.ended is None:
                    visit.complete = self.hub.exchange.complete(visit.session)
        return report(self.device, self.visits.values(), update_needed=self.update_needed)

    async def wait_until_settled(self, wait: float) -> bool:
        """Return when everybody there is in sync and nobody is about to appear.

        False after *wait* seconds without that.
        """
        began = time.monotonic()
        while not self._settled(began):
            if time.monotonic() - began >= wait:
                return False
            await asyncio.sleep(SETTLE_STEP_SECONDS)
        return True

    def _settled(self, began: float) -> bool:
        if self._meeting is None:
            return False
        now = time.monotonic()
        return Settling(
            elapsed=now - began,
            others=frozenset(peer.device for peer in self.device.peers()),
            visited=frozenset(visit.device for visit in self.visits.values()),
            newest=min((now - visit.began for visit in self.visits.values()), default=0.0),
            pending=self._pending(),
            opened=self._opening.idle,
            complete=all(self.hub.exchange.complete(session) for session in self.hub.sessions),
            looking=self._meeting.discovery is not None,
            dialling=not self.update_needed and self._meeting.still_trying(TRIES_AT_ONCE),
        ).settled

    async def open_door(
        self,
        minutes: float,
        on_knock: OnKnock,
        *,
        space: SpaceId | None = None,
        listen: tuple[str, int] | None = None,
    ) -> OpenDoor:
        """Open the door of a collective; who comes in is in touch at once.

        *listen* None: where the node listens, on another port. Raises AlunaError port-taken.
        """
        host = self.options.listen[0] if self.options.listen is not None else "127.0.0.1"
        return await OpenDoor.open(
            self.device,
            space if space is not None else self.device.collective(),
            minutes,
            listen if listen is not None else (host, 0),
            on_knock,
            self.adopt,
        )
