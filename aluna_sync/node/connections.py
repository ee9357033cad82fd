"""The open connections of a node, and the only place where hub effects touch the world."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Callable
from dataclasses import field

from aluna_protocol.dataclass import dataclass
from aluna_protocol.handshake import Candidate
from aluna_protocol.hub import Hub
from aluna_protocol.hub_events import (
    Accepted,
    BytesReceived,
    CloseConnection,
    ConnectionLost,
    Dialled,
    EntriesLoaded,
    EntriesStored,
    HubEffect,
    HubEvent,
    LoadEntries,
    MembersChanged,
    PeerArrived,
    PeerHas,
    SendBytes,
    StoreEntries,
)
from aluna_protocol.ids import ConnectionId, Instant
from aluna_sync.node.transport import Connection, ConnectionLostError, HalfOpen, source_of
from aluna_sync.store.store import Store


def now() -> Instant:
    """Return the monotonic time the hub lives by."""
    return Instant(time.monotonic())


@dataclass(slots=True)
class Link:
    """A connection with the key of the target it was dialled for, empty when it was accepted."""

    connection: Connection
    target: str = ""
    arrived: bool = False


@dataclass(slots=True)
class Connections:
    """Drives the hub: events in, effects out, in order, never nested."""

    hub: Hub
    store: Store
    tasks: asyncio.TaskGroup
    watch: Callable[[HubEffect], None]
    """Hears every effect that is not about bytes or the store."""
    lost: Callable[[Link], None]
    links: dict[ConnectionId, Link] = field(default_factory=dict)
    _half_open: HalfOpen[ConnectionId] = field(default_factory=HalfOpen)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _events: deque[HubEvent] = field(default_factory=deque)
    _busy: bool = False
    _closing: bool = False

    def accept(self, connection: Connection) -> None:
        """Take a connection somebody opened to us, within the limits for strangers."""
        if self._closing:
            connection.abort()
            return
        key = ConnectionId(next(self._ids))
        self.links[key] = Link(connection)
        for dropped in self._half_open.admitted(key, source_of(connection.peer[0]), now()):
            self._drop(dropped)
        if key in self.links:
            self._start(key, Accepted(key))

    def dialled(self, connection: Connection, candidate: Candidate, target: str) -> None:
        """Take a connection we opened to reach *candidate*."""
        if self._closing:
            connection.abort()
            return
        key = ConnectionId(next(self._ids))
        self.links[key] = Link(connection, target)
        self._start(key, Dialled(key, candidate))

    def _start(self, key: ConnectionId, event: HubEvent) -> None:
        self.handle(event)
        self.tasks.create_task(self._read(key))

    async def _read(self, key: ConnectionId) -> None:
        link = self.links.get(key)
        while link is not None:
            data = await link.connection.read()
            if not data:
                break
            self.handle(BytesReceived(key, data))
            link = self.links.get(key)
        if link is not None and key in self.links:
            link.connection.abort()
            self._forget(key)
            self.handle(ConnectionLost(key))

    def _drop(self, key: ConnectionId) -> None:
        link = self.links.get(key)
        if link is not None:
            link.connection.abort()
            self._forget(key)
            self.handle(ConnectionLost(key))

    def _forget(self, key: ConnectionId) -> None:
        link = self.links.pop(key, None)
        self._half_open.gone(key)
        if link is not None:
            self.lost(link)

    def handle(self, event: HubEvent) -> None:
        """Give *event* to the hub and do what it says, with everything that follows from it."""
        self._events.append(event)
        if self._busy:
            return
        self._busy = True
        try:
            while self._events:
                self.perform(self.hub.handle(self._events.popleft(), now()))
        finally:
            self._busy = False

    def perform(self, effects: list[HubEffect]) -> None:
        """Do *effects* in order."""
        members_changed = False
        for effect in effects:
            match effect:
                case SendBytes(connection, data):
                    self._send(connection, data)
                case CloseConnection(connection):
                    # Who has no seat any more must not get what was queued while she had one.
                    self._close(connection, at_once=members_changed)
                case StoreEntries(connection, entries):
                    self.store.log.append(entries)
                    self._events.append(EntriesStored(connection, entries))
                    self.watch(effect)
                case LoadEntries(connection, log, after, max_bytes):
                    found = tuple(self.store.log.entries(log, after, max_bytes))
                    self._events.append(EntriesLoaded(connection, log, found))
                case PeerHas(device, logs, ahead):
                    # They say it again at the next meeting: not worth waiting for the disk.
                    with self.store.passing():
                        for log, head in logs:
                            self.store.peers.acknowledge(device, log, head.height)
                            self.store.peers.told(device, log, head.height)
                        for log, head in ahead:
                            self.store.peers.told(device, log, head.height)
                    self.watch(effect)
                case PeerArrived(connection):
                    self._half_open.authenticated(connection)
                    if connection in self.links:
                        self.links[connection].arrived = True
                    self.watch(effect)
                case MembersChanged():
                    members_changed = True
                    self.watch(effect)
                case _:
                    self.watch(effect)

    def _send(self, key: ConnectionId, data: bytes) -> None:
        link = self.links.get(key)
        if link is None:
            return
        try:
            link.connection.write(data)
        except ConnectionLostError:
            self._forget(key)
            self._events.append(ConnectionLost(key))

    def _close(self, key: ConnectionId, *, at_once: bool) -> None:
        link = self.links.get(key)
        if link is not None:
            self._forget(key)
            if at_once:
                link.connection.cut()
            elif not self._closing:
                self.tasks.create_task(link.connection.close())

    def drop(self, connection: Connection) -> None:
        """Drop *connection* at once, if it is still open."""
        self.lose(lambda one: one is connection)

    def lose(self, lost: Callable[[Connection], bool]) -> None:
        """Drop at once every connection that is *lost*: its network went, or we slept."""
        for key, link in list(self.links.items()):
            if lost(link.connection):
                self._drop(key)

    def hang_up(self) -> None:
        """Say goodbye to every peer and go on."""
        self.perform(self.hub.leave(now()))
        self.lose(lambda connection: True)

    async def close_all(self) -> None:
        """Say goodbye to every peer and close."""
        self._closing = True
        links = list(self.links.values())
        try:
            self.perform(self.hub.leave(now()))
        finally:
            # On a full disk even noting who left fails: that must not keep the sockets open.
            for link in links:
                await link.connection.close()
