"""One simulated machine: a disk, a clock that is wrong, and while it runs a real device and hub.

It does what the node's driver and connections do, without sockets and at a time that is told.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from aluna_protocol import limits
from aluna_protocol.entry import Entry, EpochKey
from aluna_protocol.handshake import Candidate
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
    InventoryHeard,
    LoadEntries,
    MembersChanged,
    NothingPending,
    OwnLogBehind,
    OwnLogForked,
    PeerHas,
    SendBytes,
    SpaceIntroduced,
    StoreEntries,
    Tick,
)
from aluna_protocol.ids import ConnectionId, SpaceId
from aluna_sync.circles import accept
from aluna_sync.device import ENGINE_NAME, Device, Identity
from aluna_sync.engine.in_process import InProcessEngine
from aluna_sync.facts import News, PeopleChanged
from aluna_sync.node.keeping import Keeping
from aluna_sync.safety import Safety
from aluna_sync.vault_secrets import fresh_secrets
from simulator.body import Body
from simulator.disk import PowerCutError
from simulator.engine import MarkedContents
from simulator.tapped import TappedHub

if TYPE_CHECKING:
    from simulator.world import World

SEAL_SECONDS = 0.2
OPEN_SECONDS = 0.02
MUCH = 2**40
NOBODY = ConnectionId(0)
"""Stands for the connection of entries that came over none."""
_T = TypeVar("_T")


class Machine(Body):
    """A device of one person, running or not."""

    honest = True

    def __init__(self, world: World, index: int, person: int, clock: float, home: Path) -> None:
        super().__init__(world, index, person, clock, home)
        self.device: Device | None = None
        self.hub: TappedHub
        self.keeping: Keeping
        self.links: set[ConnectionId] = set()
        self.boots = 0
        self.backups: list[Path] = []
        self._events: list[HubEvent] = []
        self._busy = False
        self._known: set[SpaceId] = set()
        self.must_begin_again = False
        self.idle = False
        self._open_due = self._seal_due = self._guarding = False
        self._seal_waits = False
        """Somebody here, who may be gone in a moment, kept us from sealing."""
        self.rebirths = self.restores = 0
        self.kept = 0.0
        """How much of what is not synced a power cut leaves."""
        self.durable: set[bytes] = set()
        """Hashes of the entries that are on the disk for certain."""

    @property
    def on(self) -> bool:
        """Tell whether it runs."""
        return self.device is not None

    @property
    def running(self) -> Device:
        """The device; where it went down meanwhile, nothing more of what was being done is."""
        if self.device is None:
            raise PowerCutError
        return self.device

    # -- on and off ------------------------------------------------------------------------------

    def start(self) -> None:
        """Open the store as it lies there, and begin to listen."""
        store = self.disk.open()
        identity = Identity(self.keys, self.incarnation, self.person, self.person_name, self.name)
        self.device = Device(
            self.disk.home,
            identity,
            store,
            self._safety(),
            InProcessEngine(MarkedContents),
            turn=nullcontext(),
            random_bytes=self.random_bytes,
            clock=self.wallclock,
            on_lock=self.disk.close,
        )
        self.boots += 1
        incarnation = self.device.spaces.incarnation
        self.hub = TappedHub(self, incarnation, ENGINE_NAME)
        self.keeping = Keeping(self.device, self.hub, lambda: self.now)
        self._known, self._events, self._busy = set(), [], False
        self.must_begin_again = self._open_due = self._seal_due = self._seal_waits = False
        self.device.take_written = self._take_written
        self.device.take_arrived = self.take_arrived
        self.device.may_write = self.may_write
        self.device.on_old_copy = self._old_copy
        self.device.subscribe(self._news)
        self.share_new_spaces()
        self.world.watch.booted(self)
        self.wake()
        self._seal_later()

    def _safety(self) -> Safety:
        """Nothing here asks for it: there is no vault file, and nobody chooses anything."""
        return Safety(self.disk.home, fresh_secrets(self.person_name, self.name, bytes))

    def _news(self, news: News) -> None:
        if isinstance(news, PeopleChanged):
            self.share_new_spaces()
            self.wake()

    def share_new_spaces(self) -> None:
        """Let the hub know every space: it names private ones to devices of their person alone."""
        device = self.running
        for space, replica in device.spaces.replicas.items():
            if space not in self._known:
                self._known.add(space)
                # What a space begins with is durable before the hub hears of it.
                self.world.watch.stored(self, device.store.log.control_entries(space))
                keys = device.spaces.epoch_keys[space].items()
                self.hub.add_space(replica, [EpochKey(epoch, key) for epoch, key in keys])

    def stop(self) -> None:
        """Say goodbye to everybody and end."""
        self.guarded(lambda: self.perform(self.hub.leave(self.now)))
        if self.device is not None:
            device, self.device = self.device, None
            self.links.clear()
            device.lock()

    def crash(self, kept: float, *, silent: bool) -> None:
        """Die: what is not synced is gone but for *kept* of it; others may not even notice."""
        assert self.device is not None
        self.device = None
        self.links.clear()
        self.disk.lose_power(kept)
        for link in self.world.wire.of(self):
            other = next(p.target for p in link.pipes if p.target is not self)
            self.world.wire.break_off(link, kept, silent=other if silent else None)

    def guarded(self, what: Callable[[], object]) -> None:
        """Do *what*; when the power goes meanwhile, crash."""
        if self._guarding:
            what()
            return
        self._guarding = True
        try:
            what()
        except PowerCutError:
            if self.on:
                self.crash(self.kept, silent=False)
        finally:
            self._guarding = False

    # -- the wire --------------------------------------------------------------------------------

    def received(self, connection: ConnectionId, data: bytes) -> None:
        """Take bytes from the wire."""
        if self.on and connection in self.links:
            self.handle(BytesReceived(connection, data))

    def lost(self, connection: ConnectionId) -> None:
        """Learn that a connection is gone."""
        if self.on and connection in self.links:
            self.links.discard(connection)
            self.handle(ConnectionLost(connection))

    def accept(self, connection: ConnectionId) -> None:
        """Somebody connected."""
        self.links.add(connection)
        self.handle(Accepted(connection))

    def dialled(self, connection: ConnectionId, candidate: Candidate) -> None:
        """A connection to *candidate* stands."""
        self.links.add(connection)
        self.handle(Dialled(connection, candidate))

    # -- the hub ---------------------------------------------------------------------------------

    def handle(self, event: HubEvent) -> None:
        """Give *event* to the hub and do all that follows, as `Connections.handle` does."""
        self._events.append(event)
        if not self._busy:
            self.guarded(self._work)

    def _work(self) -> None:
        self._busy = True
        while self._events:
            event = self._events.pop(0)
            effects = self.hub.handle(event, self.now)
            self.world.watch.worked(self, event, effects)
            self.perform(effects)
        self._busy = False

    def perform(self, effects: Sequence[HubEffect]) -> None:
        """Do *effects* in order."""
        for effect in effects:
            self.world.watch.effect(self, effect)
            self.do(effect)

    def do(self, effect: HubEffect) -> None:
        """Do one thing the hub asks for."""
        store = self.running.store
        match effect:
            case SendBytes(connection, data):
                if connection in self.links:
                    self.world.wire.send(connection, data)
            case CloseConnection(connection):
                if connection in self.links:
                    self.links.discard(connection)
                    self.world.wire.close(connection)
            case StoreEntries(connection, entries):
                store.log.append(entries)
                self.world.watch.stored(self, entries)
                self._events.append(EntriesStored(connection, entries))
                self.wake()
            case LoadEntries():
                self._events.append(self.load(effect))
            case PeerHas(device, logs):
                with store.passing():
                    for log, head in logs:
                        store.peers.acknowledge(device, log, head.height)
                        store.peers.told(device, log, head.height)
                    for log, head in effect.ahead:
                        store.peers.told(device, log, head.height)
            case InventoryHeard():
                self.seal()
            case MembersChanged(space):
                for key in self.running.spaces.learn_keys(space):
                    self.hub.directory.add_epoch_key(space, key)
                    self.world.watch.learn_secrets([key.key])
                self._seal_later()
                self.wake()
                self.running.tell(PeopleChanged())
            case SpaceIntroduced(_, founding):
                self.world.watch.introduced(self, founding)
                if accept(self.running, founding):
                    self.share_new_spaces()
            case OwnLogBehind() | OwnLogForked():
                self._old_copy()
            case _:
                pass

    def _old_copy(self) -> None:
        self.must_begin_again = True
        self.wake()

    def load(self, asked: LoadEntries) -> EntriesLoaded:
        """Read what a peer wants."""
        found = self.running.store.log.entries(asked.log, asked.after, asked.max_bytes)
        return EntriesLoaded(asked.connection, asked.log, tuple(found))

    def tick(self) -> None:
        """Time passed; a hub without connections has nothing to do then."""
        if self.on and self.links:
            self.handle(Tick())
        if self.on and not self.must_begin_again:
            self.guarded(self.keep_keys)
        if self.on and self._seal_waits:
            self.guarded(self.seal)

    def keep_keys(self) -> None:
        """Mint and hand over what is due."""
        self.keeping.look(self._known)

    @property
    def lacks_a_key(self) -> bool:
        """Tell whether somebody cannot write or read, and this machine is about to mend it."""
        return self.on and any(map(self.keeping.minting.waits, self._known))

    # -- sealing and opening, as the driver does them --------------------------------------------

    def await_(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run a coroutine that never waits."""
        return self.world.runner.run(work)

    def seal_later(self) -> None:
        """A person wrote: it becomes an entry soon."""
        self._seal_later()

    def _seal_later(self) -> None:
        if not self._seal_due:
            self._seal_due = True
            self.world.wire.later(SEAL_SECONDS, self._timer(self._seal_now))

    def _seal_now(self) -> None:
        self._seal_due = False
        self.seal()

    def _timer(self, what: Callable[[], None]) -> Callable[[], None]:
        boot = self.boots

        def ring() -> None:
            if self.on and self.boots == boot:
                self.guarded(what)

        return ring

    def seal(self) -> None:
        """Seal own edits where somebody is there, or too many wait (`Node.seal`)."""
        device = self.running
        if self.must_begin_again:
            return
        self._seal_waits = False
        for space in sorted(device.spaces.rows):
            waiting = device.store.log.pending_bytes(space)
            somebody = any(space in s.shared.values() for s in self.hub.sessions)
            due = waiting and (somebody or waiting >= limits.SEAL_AT_BYTES)
            if due and self._may_seal(space):
                device.seal(space)
            elif due:
                self._seal_waits = True
        if not self.pending():
            self.handle(NothingPending())

    def pending(self) -> bool:
        """Tell whether something written in shared spaces waits to be sealed."""
        return any(self.running.store.log.pending_bytes(space) for space in self._known)

    def _may_seal(self, space: SpaceId) -> bool:
        compared = space not in self._known or self.hub.may_seal(space)
        return compared and self.running.spaces.can_write(space)

    def _take_written(self, written: Sequence[Entry]) -> None:
        self.world.watch.stored(self, written)
        self.world.watch.wrote(self, written)
        shared = tuple(one for one in written if one.header.log.space in self._known)
        self.running.take_written_alone(
            [one for one in written if one.header.log.space not in self._known]
        )
        if shared:
            self.handle(EntriesWritten(shared))

    def take_arrived(self, arrived: Sequence[Entry]) -> None:
        """Take what a bundle brought, as the `Carrying` of a node does."""
        self.share_new_spaces()
        self.world.watch.stored(self, arrived)
        self.handle(EntriesStored(NOBODY, tuple(arrived)))
        self.wake()

    def may_write(self, space: SpaceId) -> bool:
        """Tell whether own words may be sealed for a bundle now."""
        return not self.must_begin_again and self._may_seal(space)

    def wake(self) -> None:
        """There may be something to open."""
        self.idle = False
        if not self._open_due:
            self._open_due = True
            self.world.wire.later(OPEN_SECONDS, self._timer(self._open))

    def _open(self) -> None:
        self._open_due = False
        device = self.running
        if self.must_begin_again:
            self.rebirths += 1
            self.hub.directory.incarnation = self.await_(device.begin_again())
            self.must_begin_again = False
            self._seal_later()
        for space in list(device.spaces.rows):
            if self.await_(device.open_some(space)) is not None:
                self.wake()
                return
        self.idle = True
