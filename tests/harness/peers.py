"""One device of the fake network: its hub, and a store that is a dictionary."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from aluna_protocol import acts, entry, epoch
from aluna_protocol.branches import Fork, runs
from aluna_protocol.crypto import DeviceKeys, blake2b
from aluna_protocol.entry import Entry, EpochKey, Part, follows
from aluna_protocol.hub import Hub
from aluna_protocol.hub_events import (
    CloseConnection,
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
)
from aluna_protocol.ids import (
    DeviceId,
    DocumentId,
    EntryHash,
    Head,
    Lane,
    LogId,
    PersonId,
    SpaceId,
)
from aluna_protocol.membership import Admit, Genesis, Seat, SpaceKind, sign_seat
from aluna_protocol.operations import Operation
from aluna_protocol.replica import SpaceReplica

if TYPE_CHECKING:
    from harness.network import Network


def heads(peer: Peer, space: SpaceId) -> dict[LogId, Head]:
    """Return the ends of all logs of *space* at *peer*."""
    return {
        log: Head(run[-1].header.height, run[-1].hash)
        for log, run in peer.logs.items()
        if log.space == space
    }


@dataclass
class Peer:
    """One device: its hub, and a store that is a dictionary."""

    name: str
    network: Network
    keys: DeviceKeys
    rng: random.Random
    hub: Hub
    incarnation: int = 7
    person_name: str = ""
    """Whose device this is, where it is not the only one of *name*."""
    logs: dict[LogId, list[Entry]] = field(default_factory=dict)
    epoch_keys: dict[SpaceId, dict[bytes, EpochKey]] = field(default_factory=dict)
    acknowledged: dict[tuple[DeviceId, LogId], int] = field(default_factory=dict)
    seen: list[HubEffect] = field(default_factory=list)
    forks: dict[LogId, Fork] = field(default_factory=dict)
    looked_up: int = 0
    """How often an entry was looked up in the store: never where nothing forked."""

    @property
    def seat(self) -> Seat:
        whose = self.person_name or self.name
        person = PersonId(blake2b(whose.encode(), size=16))
        return sign_seat(self.keys, "laptop", person, whose)

    def found(
        self,
        name: str = "Semilla",
        kind: SpaceKind = SpaceKind.COLLECTIVE,
        collective: SpaceId | None = None,
    ) -> SpaceId:
        genesis = Genesis(kind, name, collective or b"", self.seat, self.rng.randbytes(16))
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
            case SpaceIntroduced(_, founding):
                self.enter(founding.header.log.space, [founding])
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
