"""A fake network of devices: real hubs and membership, a store in memory, a clock that is told."""

from __future__ import annotations

import itertools
import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from aluna_protocol import acts, entry, epoch, membership
from aluna_protocol.branches import Fork, runs
from aluna_protocol.crypto import DeviceKeys, blake2b
from aluna_protocol.entry import Entry, EpochKey, Part, follows
from aluna_protocol.hub import Hub
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
    StoreEntries,
    Tick,
)
from aluna_protocol.ids import (
    ConnectionId,
    DeviceId,
    DocumentId,
    EntryHash,
    Head,
    Instant,
    Lane,
    LogId,
    PersonId,
    SpaceId,
)
from aluna_protocol.membership import Admit, Genesis, Seat, SpaceKind, sign_seat
from aluna_protocol.operations import Operation
from aluna_protocol.replica import SpaceReplica

_connections = itertools.count(1)


@dataclass
class Peer:
    """One device: its hub, and a store that is a dictionary."""

    name: str
    network: Network
    keys: DeviceKeys
    rng: random.Random
    hub: Hub
    incarnation: int = 7
    logs: dict[LogId, list[Entry]] = field(default_factory=dict)
    epoch_keys: dict[SpaceId, dict[bytes, EpochKey]] = field(default_factory=dict)
    acknowledged: dict[tuple[DeviceId, LogId], int] = field(default_factory=dict)
    seen: list[HubEffect] = field(default_factory=list)
    forks: dict[LogId, Fork] = field(default_factory=dict)
    looked_up: int = 0
    """How often an entry was looked up in the store: never where nothing forked."""

    @property
    def seat(self) -> Seat:
        person = PersonId(blake2b(self.name.encode(), size=16))
        return sign_seat(self.keys, "laptop", person, self.name)

    def found(self, name: str = "Semilla", kind: SpaceKind = SpaceKind.COLLECTIVE) -> SpaceId:
        genesis = Genesis(kind, name, b"", self.seat, self.rng.randbytes(16))
        replica, written, key = acts.found(self.keys, self.incarnation, genesis, self.rng.randbytes)
        self.epoch_keys.setdefault(replica.space, {})[key.id] = key
        self._keep(written)
        self.hub.add_space(self.replica(replica.space), [key])
        return replica.space

    def replica(self, space: SpaceId) -> SpaceReplica:
        """What a device knows of a space after it was started."""
        replica = SpaceReplica(space, self)
        replica.restore(heads(self, space), self.control(space), self.forks)
        return replica

    def hash_at(self, log: LogId, height: int) -> EntryHash | None:
        """The index of the store: what lies at *height* on the branch itself."""
        self.looked_up += 1
        run = self.logs.get(log, [])
        at = height - run[0].header.height if run else 0
        return run[at].hash if 0 <= at < len(run) else None

    def admit(self, space: SpaceId, other: Peer, *, hand_over: bool = True) -> None:
        """Seat *other* and, as the door does, hand it every control entry at once."""
        replica = self.hub.directory.replicas[space]
        scratch = self.replica(space)
        assert scratch.heads == replica.heads
        written = acts.admit(
            self.keys,
            self.incarnation,
            scratch,
            Admit(other.seat, b""),
            list(self.epoch_keys[space].values()),
            self.rng.randbytes,
        )
        self._keep(written)
        self.handle(EntriesWritten(tuple(written)))
        if hand_over:
            other.enter(space, self.control(space))

    def declare(self, space: SpaceId, operation: Operation) -> EntryHash:
        """Say *operation* in *space*, and let everybody connected hear of it."""
        scratch = self.replica(space)
        scratch.collective = self.hub.directory.replicas[space].collective
        written = acts.declare(self.keys, self.incarnation, scratch, operation)
        self._keep(written)
        self.handle(EntriesWritten(tuple(written)))
        return written[0].hash

    def mint(self, space: SpaceId) -> None:
        """Begin a new epoch in *space*, whose key every member is given."""
        scratch = self.replica(space)
        scratch.collective = self.hub.directory.replicas[space].collective
        key = epoch.named(self.rng.randbytes(32))
        written = acts.rekey(self.keys, self.incarnation, scratch, key, self.rng.randbytes)
        self.epoch_keys[space][key.id] = key
        self.hub.directory.add_epoch_key(space, key)
        self._keep(written)
        self.handle(EntriesWritten(tuple(written)))

    def enter(self, space: SpaceId, control: list[Entry]) -> None:
        replica = SpaceReplica(space)
        for run in runs(control):
            self._keep(replica.admit_run(run), replica.branches.forks)
        keys = acts.keys_for(self.keys, space, control)
        self.epoch_keys[space] = {key.id: key for key in keys}
        self.hub.add_space(self.replica(space), keys)

    def snapshot(self) -> dict[LogId, list[Entry]]:
        """A copy of the store, to come back to."""
        return {log: list(run) for log, run in self.logs.items()}

    def restart(self, store: dict[LogId, list[Entry]] | None = None) -> None:
        """Start anew from the store, or from an older copy of it; nobody is connected."""
        if store is not None:
            self.logs = {log: list(run) for log, run in store.items()}
            self.forks = {log: fork for log, fork in self.forks.items() if log in self.logs}
        spaces = list(self.hub.directory.replicas)
        self.hub = Hub(self.keys, self.incarnation, "automerge-0.7.2", self.rng.randbytes)
        for space in spaces:
            self.hub.add_space(self.replica(space), list(self.epoch_keys[space].values()))

    def write(self, space: SpaceId, *changes: bytes, documents: Sequence[DocumentId] = ()) -> Entry:
        """Seal opaque changes, one document each: *documents*, or ones nobody ever saw."""
        replica = self.hub.directory.replicas[space]
        log = LogId(space, self.keys.device, self.incarnation, Lane.CONTENT)
        active = replica.active_epoch
        assert active is not None
        sealed = entry.seal_changes(
            self.keys,
            log,
            replica.head(log),
            replica.heads_to_name(self.keys.device),
            self.epoch_keys[space][active.id],
            [
                Part(document, (change,))
                for document, change in zip(
                    documents or [DocumentId(self.rng.randbytes(16)) for _ in changes],
                    changes,
                    strict=True,
                )
            ],
            self.rng.randbytes(16),
        )
        self._keep([sealed])
        self.handle(EntriesWritten((sealed,)))
        self.handle(NothingPending())
        return sealed

    def new_document(self, space: SpaceId) -> DocumentId:
        """Return the id of a document of this person."""
        return entry.document_of(space, self.seat.person, self.rng.randbytes(8))

    def prune(self, space: SpaceId) -> int:
        """Destroy the parts of what was taken back; return how many."""
        gone = self.hub.directory.replicas[space].withdrawn
        destroyed = 0
        for log, run in self.logs.items():
            if log.space == space and log.lane is Lane.CONTENT:
                for at, one in enumerate(run):
                    kept = tuple(
                        None if named.document in gone else part
                        for part, named in zip(one.parts, one.header.parts, strict=True)
                    )
                    destroyed += kept.count(None) - one.parts.count(None)
                    run[at] = replace(one, parts=kept)
        return destroyed

    def control(self, space: SpaceId) -> list[Entry]:
        return [
            e
            for log, run in sorted(self.logs.items())
            if log.space == space and log.lane is Lane.CONTROL
            for e in run
        ]

    def words(self, space: SpaceId) -> set[bytes]:
        """Every change this device can read."""
        readable: set[bytes] = set()
        for log, run in self.logs.items():
            if log.space != space or log.lane is not Lane.CONTENT:
                continue
            for sealed in run:
                key = self.epoch_keys[space][sealed.header.epoch]
                for part in entry.open_parts(sealed, key.key):
                    if part is not None:
                        assert isinstance(part, Part)
                        readable |= set(part.changes)
        return readable

    def _keep(self, written: Sequence[Entry], forks: Mapping[LogId, Fork] | None = None) -> None:
        for one in written:
            log, height = one.header.log, one.header.height
            run = self.logs.setdefault(log, [])
            if log.branch and not run:
                self.forks[log] = fork = (forks or {})[log]
                assert height == fork.first
            if run or log.branch:
                assert not run or follows(one.header, Head(run[-1].header.height, run[-1].hash))
            else:
                assert height == 1
            run.append(one)

    def path(self, log: LogId) -> list[Entry]:
        """Every entry that leads to the tip of the branch *log*."""
        fork = self.forks.get(log)
        before = [] if fork is None else self.path(fork.parent)[: fork.first - 1]
        return [*before, *self.logs.get(log, [])]

    def hashes(self, space: SpaceId) -> set[bytes]:
        """Every entry held of *space*."""
        return {e.hash for log, run in self.logs.items() if log.space == space for e in run}

    def handle(self, event: HubEvent) -> None:
        for effect in self.hub.handle(event, self.network.now):
            self.perform(effect)

    def perform(self, effect: HubEffect) -> None:
        self.seen.append(effect)
        match effect:
            case SendBytes(connection, data):
                self.network.carry(self, connection, data)
            case CloseConnection(connection):
                self.network.close(self, connection)
            case StoreEntries(connection, run):
                space = run[0].header.log.space
                self._keep(run, self.hub.directory.replicas[space].branches.forks)
                self.network.later(self, EntriesStored(connection, run))
            case LoadEntries(connection, log, after, max_bytes):
                run = self._load(log, after, max_bytes)
                self.network.later(self, EntriesLoaded(connection, log, run))
            case PeerHas(device, logs):
                for log, head in logs:
                    known = self.acknowledged.get((device, log), 0)
                    self.acknowledged[device, log] = max(known, head.height)
            case InventoryHeard():
                self.network.later(self, NothingPending())
            case OwnLogBehind() | OwnLogForked():
                self.incarnation = int.from_bytes(self.rng.randbytes(4), "big")
                self.hub.directory.incarnation = self.incarnation
            case MembersChanged(space):
                for key in acts.keys_for(self.keys, space, self.control(space)):
                    self.epoch_keys.setdefault(space, {})[key.id] = key
                    self.hub.directory.add_epoch_key(space, key)
            case _:
                pass

    def _load(self, log: LogId, after: int, max_bytes: int) -> tuple[Entry, ...]:
        run: list[Entry] = []
        size = 0
        for one in self.path(log)[after:]:
            if run and size + one.size > max_bytes:
                break
            run.append(one)
            size += one.size
        return tuple(run)


@dataclass
class _Wire:
    """One connection: who holds its ends, by the id each knows it by."""

    ends: dict[ConnectionId, Peer]
    open: bool = True

    def other(self, connection: ConnectionId) -> tuple[ConnectionId, Peer]:
        return next((c, p) for c, p in self.ends.items() if c != connection)


class Network:
    """Named peers; everything said is delivered in order until nobody says anything."""

    def __init__(self, seed: int = 1) -> None:
        self.rng = random.Random(seed)
        self.now = Instant(1000.0)
        self.peers: dict[str, Peer] = {}
        self._wires: dict[ConnectionId, _Wire] = {}
        self._queue: deque[tuple[Peer, HubEvent]] = deque()
        self.carried: list[bytes] = []

    def peer(self, name: str) -> Peer:
        rng = random.Random(self.rng.randbytes(8))
        keys = DeviceKeys(rng.randbytes(32), rng.randbytes(32))
        hub = Hub(keys, 7, "automerge-0.7.2", rng.randbytes)
        self.peers[name] = Peer(name, self, keys, rng, hub)
        return self.peers[name]

    def dial(self, caller: Peer, callee: Peer, *, group: SpaceId | None = None) -> ConnectionId:
        here, there = ConnectionId(next(_connections)), ConnectionId(next(_connections))
        wire = _Wire({here: caller, there: callee})
        self._wires[here] = self._wires[there] = wire
        hub = caller.hub
        candidate = (
            hub.directory.groups(group)[0]
            if group is not None
            else hub.directory.pair(callee.keys.device)
        )
        assert candidate is not None
        callee.handle(Accepted(there))
        caller.handle(Dialled(here, candidate))
        return here

    def carry(self, sender: Peer, connection: ConnectionId, data: bytes) -> None:
        wire = self._wires[connection]
        if wire.open:
            self.carried.append(data)
            there, peer = wire.other(connection)
            self._queue.append((peer, BytesReceived(there, data)))

    def close(self, sender: Peer, connection: ConnectionId) -> None:
        wire = self._wires[connection]
        there, peer = wire.other(connection)
        if wire.open:
            wire.open = False
            self._queue.append((peer, ConnectionLost(there)))

    def cut(self, connection: ConnectionId) -> None:
        """The cable is pulled: both ends lose the connection, whatever was on the way is gone."""
        wire = self._wires[connection]
        wire.open = False
        ends = set(wire.ends)
        self._queue = deque(
            (peer, event)
            for peer, event in self._queue
            if not (isinstance(event, BytesReceived) and event.connection in ends)
        )
        for end, peer in wire.ends.items():
            self._queue.append((peer, ConnectionLost(end)))

    def later(self, peer: Peer, event: HubEvent) -> None:
        self._queue.append((peer, event))

    def step(self) -> bool:
        if not self._queue:
            return False
        peer, event = self._queue.popleft()
        peer.handle(event)
        return True

    def run_until_quiet(self, limit: int = 100_000) -> None:
        for _ in range(limit):
            if not self.step():
                return
        raise AssertionError("the network never falls quiet")

    def pass_time(self, seconds: float) -> None:
        """Let time pass in steps of a second, delivering everything said meanwhile."""
        end = self.now + seconds
        while self.now < end:
            self.now = Instant(min(end, self.now + 1.0))
            for peer in self.peers.values():
                peer.handle(Tick())
            self.run_until_quiet()


def heads(peer: Peer, space: SpaceId) -> dict[LogId, Head]:
    """Return the ends of all logs of *space* at *peer*."""
    return {
        log: Head(run[-1].header.height, run[-1].hash)
        for log, run in peer.logs.items()
        if log.space == space
    }


__all__ = ["Network", "Peer", "heads", "membership"]
