"""A fake network of devices: real hubs and membership, a store in memory, a clock that is told."""

from __future__ import annotations

import itertools
import random
from collections import deque
from dataclasses import dataclass

from aluna_protocol import membership
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.hub import Hub
from aluna_protocol.hub_events import (
    Accepted,
    BytesReceived,
    ConnectionLost,
    Dialled,
    HubEvent,
    Tick,
)
from aluna_protocol.ids import (
    ConnectionId,
    Instant,
    SpaceId,
)
from harness.peers import Peer, heads

_connections = itertools.count(1)


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


__all__ = ["Network", "Peer", "heads", "membership"]
