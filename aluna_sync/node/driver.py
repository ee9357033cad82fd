"""The one loop of a device: sockets, clock, discovery, sealing, opening (architecture §8)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aluna_protocol.entry import EpochKey
from aluna_protocol.hub import Hub
from aluna_protocol.hub_events import (
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
    SpaceIntroduced,
    StoreEntries,
    Tick,
    UpdateNeeded,
)
from aluna_protocol.ids import ConnectionId, DeviceId, Lane, SpaceId
from aluna_sync.circles import accept
from aluna_sync.device import ENGINE_NAME, Device
from aluna_sync.errors import AlunaError, first_of
from aluna_sync.facts import (
    Lan,
    News,
    OtherVersionMet,
    PeersChanged,
    PeopleChanged,
    RecordsChanged,
    SettingsChanged,
    Writing,
)
from aluna_sync.locks import NodeLock
from aluna_sync.node.carrying import Carrying
from aluna_sync.node.connections import Connections, Link
from aluna_sync.node.door import OnKnock, OpenDoor
from aluna_sync.node.keeping import Keeping
from aluna_sync.node.meeting import Meeting
from aluna_sync.node.misconduct import Misconduct
from aluna_sync.node.opening import Opening
from aluna_sync.node.options import NodeOptions, SyncReport
from aluna_sync.node.reach import Reach
from aluna_sync.node.sealing import Sealing
from aluna_sync.node.settling import Settling
from aluna_sync.node.siblings import Siblings
from aluna_sync.node.transport import Connection
from aluna_sync.node.visits import Visit, report

TICK_SECONDS = 0.25
PEERS_SECONDS = 1.0
"""What others lack is told at most so often: during a catch-up it changes with every batch."""
SETTLE_STEP_SECONDS = 0.05
TRIES_AT_ONCE = 2
"""Times an address is tried before `sync --once` gives it up: everybody is greeted each time."""


class Node:
    """Keeps a device in touch with the others of its spaces. One at a time per vault."""

    def __init__(self, device: Device, options: NodeOptions) -> None:
        self.device = device
        self.options = options
        self.hub = Hub(
            device.identity.keys, device.spaces.incarnation, ENGINE_NAME, device.random_bytes
        )
        self.visits: dict[ConnectionId, Visit] = {}
        self.update_needed = False
        self._connections: Connections | None = None
        self._reach: Reach | None = None
        self._settings_changed = asyncio.Event()
        self._known: set[SpaceId] = set()
        self._ready_now = asyncio.Event()
        self._opening = Opening(device)
        self._sealing = Sealing(device, self.hub, self._known, self._opening, self._all_sealed)
        self._misconduct = Misconduct(device)
        self._peers_changed = False
        self._carrying = Carrying(
            device, self.hub, self._opening, self._known, self._share_new_spaces, self._begin_again
        )
        self.keeping = Keeping(device, self.hub)
        changed = self._settings_changed.set
        self._siblings = Siblings(device, self._known, self._carrying.written, changed)
        self._share_new_spaces()

    def _share_new_spaces(self) -> None:
        for space, replica in self.device.spaces.replicas.items():
            if space not in self._known:
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
                self.device.node_ended()

    @asynccontextmanager
    async def _tasks(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            connections = Connections(self.hub, self.device.store, tasks, self._watch, self._lost)
            self._connections = connections
            self._carrying.begin(connections)
            reach = self._reach = Reach(
                self.device, self.hub, connections, self.options, tasks, self._online_changed
            )
            await reach.begin()
            loops = [
                self._tick(),
                self._sealing.run(),
                self._opening.run(),
                self._siblings.watch(),
                self._carrying.run(),
                reach.obey(self._settings_changed),
            ]
            running = [tasks.create_task(loop) for loop in loops]
            self._opening.wake()
            self._sealing.due()
            self._ready_now.set()
            try:
                yield
            finally:
                for task in running:
                    task.cancel()
                await reach.end()
                await connections.close_all()
                self._carrying.end()
                self._misconduct.end()
                self._connections = self._reach = None

    @property
    def listening(self) -> tuple[str, int] | None:
        """Where this node listens now, None while it does not."""
        return None if self._reach is None else self._reach.listening

    @property
    def _meeting(self) -> Meeting | None:
        return None if self._reach is None else self._reach.meeting

    @property
    def reach(self) -> Reach:
        """How it reaches others now; raises AlunaError node-not-running."""
        if self._reach is None:
            raise AlunaError("node-not-running")
        return self._reach

    async def ready(self) -> None:
        """Return once the node listens and dials."""
        await self._ready_now.wait()

    def _all_sealed(self) -> None:
        if self._connections is not None:
            self._connections.handle(NothingPending())

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
            case SpaceIntroduced(_, founding):
                if accept(self.device, founding):
                    self._share_new_spaces()
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
        dialled_at = () if self._reach is None else self._reach.addresses
        self.device.node_sees(online, lan, dialled_at)

    async def _begin_again(self) -> None:
        """Write anew what was written since, because this turned out to be an older copy."""
        self.hub.directory.incarnation = await self.device.begin_again()
        self._sealing.due()

    def _members_changed(self, space: SpaceId) -> None:
        for key in self.device.spaces.learn_keys(space):
            self.hub.directory.add_epoch_key(space, key)
        if self._meeting is not None:
            self._meeting.members_changed()
        self._sealing.due()
        self._opening.wake()
        self.device.tell(PeopleChanged())

    # -- what the person does --------------------------------------------------------------------

    def _news(self, news: News) -> None:
        match news:
            case RecordsChanged(from_device=None):
                self._sealing.due()
            case SettingsChanged():
                self._settings_changed.set()
            case PeopleChanged():
                # What somebody wrote may stand no more, or stand again; a circle may be new.
                self._share_new_spaces()
                self._opening.wake()
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

    def seal(self) -> None:
        """Seal own edits where somebody is there to send them to, or too many are waiting."""
        self._sealing.seal()

    # -- once ------------------------------------------------------------------------------------

    async def sync_once(self, wait: float) -> SyncReport:
        """Meet every reachable device; end when nothing is missing, or after *wait* seconds."""
        async with self.running():
            await self._carrying.now()
            await self.wait_until_settled(wait)
            folders = await self._carrying.now()
            for visit in self.visits.values():
                if visit.ended is None:
                    visit.complete = self.hub.exchange.complete(visit.session)
        return report(self.device, self.visits.values(), folders, update_needed=self.update_needed)

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
            pending=self._sealing.waiting(),
            opened=self._opening.idle,
            complete=all(self.hub.exchange.complete(session) for session in self.hub.sessions),
            looking=self._meeting.looking,
            searching=self.options.probe,
            dialling=not self.update_needed and self._meeting.still_trying(TRIES_AT_ONCE),
        ).settled

    async def open_door(
        self,
        minutes: float,
        on_knock: OnKnock,
        *,
        space: SpaceId | None = None,
        listen: tuple[str, int] | None = None,
        mine: bool = False,
    ) -> OpenDoor:
        """Open the door of a collective; who comes in is in touch at once.

        *mine*: for another device of this person. *listen* None: where the node listens, on
        another port. Raises AlunaError port-taken.
        """
        host = self.options.listen[0] if self.options.listen is not None else "127.0.0.1"
        return await OpenDoor.open(
            self.device,
            space if space is not None else self.device.collective(),
            minutes,
            listen if listen is not None else (host, 0),
            on_knock,
            self.adopt,
            mine=mine,
        )
