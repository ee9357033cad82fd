"""The fake network: bytes of a connection arrive in order, late, cut anywhere, or it breaks."""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from aluna_protocol.ids import ConnectionId

TRANSCRIPT_BYTES = 65_536
"""What the wire remembers of a connection, to say it again to somebody else."""


class End(Protocol):
    """Whoever holds one end of a connection."""

    @property
    def place(self) -> int:
        """Where in the network it is."""

    def received(self, connection: ConnectionId, data: bytes) -> None:
        """Take what arrived."""

    def lost(self, connection: ConnectionId) -> None:
        """The connection is gone."""


@dataclass(slots=True)
class Pipe:
    """One direction of a connection."""

    source: End
    target: End
    name: ConnectionId
    """What the target calls the connection."""
    queue: deque[tuple[float, bytes]] = field(default_factory=deque)
    ended: bool = False
    """Nothing more comes; the target learns it after the queue."""
    silent: bool = False
    """The target never learns of it by itself."""
    stalled: bool = False
    due: float = 0.0


@dataclass(slots=True)
class Link:
    """One connection."""

    pipes: tuple[Pipe, Pipe]
    """What the caller says, what the callee says."""
    said: bytearray = field(default_factory=bytearray)
    """The first bytes of the caller."""

    @property
    def open(self) -> bool:
        """Tell whether something can still arrive on both sides."""
        return not any(pipe.ended for pipe in self.pipes)


class Wire:
    """All connections, and the queue of what is on its way."""

    def __init__(self, heard: Callable[[bytes], None]) -> None:
        self.now = 0.0
        self.rng = Random(0)
        self.delay = 0.01
        self.pieces = 0
        self.links: list[Link] = []
        self.transcripts: list[bytes] = []
        self._heard = heard
        self._pipes: dict[ConnectionId, tuple[Link, Pipe]] = {}
        """By the name the sender knows the connection by."""
        self._names = itertools.count(1)
        self._order = itertools.count()
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._groups: dict[int, int] = {}
        self.events = 0
        """Things that arrived or were done, ticks apart."""
        self.bytes = 0

    # -- time ------------------------------------------------------------------------------------

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        """Do *what* in so many seconds."""
        heapq.heappush(self._queue, (self.now + seconds, next(self._order), what))

    def step(self, until: float) -> bool:
        """Do the next thing that is due by *until*; False when there is none."""
        if not self._queue or self._queue[0][0] > until:
            return False
        due, _, what = heapq.heappop(self._queue)
        self.now = max(self.now, due)
        self.events += 1
        what()
        return True

    # -- connections -----------------------------------------------------------------------------

    def reaches(self, one: int, other: int) -> bool:
        """Tell whether nothing stands between two places."""
        return self._groups.get(one) == self._groups.get(other)

    def connect(self, caller: End, callee: End) -> tuple[ConnectionId, ConnectionId]:
        """Open a connection; return what its two ends call it."""
        here, there = ConnectionId(next(self._names)), ConnectionId(next(self._names))
        link = Link((Pipe(caller, callee, there), Pipe(callee, caller, here)))
        self._pipes[here], self._pipes[there] = (link, link.pipes[0]), (link, link.pipes[1])
        self.links.append(link)
        return here, there

    def send(self, connection: ConnectionId, data: bytes) -> None:
        """Put *data* on its way, cut into pieces."""
        link, pipe = self._pipes[connection]
        if pipe.ended:
            return
        self._heard(data)
        self.bytes += len(data)
        if pipe is link.pipes[0] and len(link.said) < TRANSCRIPT_BYTES:
            link.said += data
        cuts = sorted(self.rng.randrange(len(data) + 1) for _ in range(self.pieces))
        for start, end in itertools.pairwise([0, *cuts, len(data)]):
            if start < end:
                self._put(pipe, data[start:end])

    def _put(self, pipe: Pipe, data: bytes) -> None:
        pipe.due = max(pipe.due, self.now + 2 * self.delay * self.rng.random())
        pipe.queue.append((pipe.due, data))
        self._wake(pipe)

    def _wake(self, pipe: Pipe) -> None:
        self.later(max(0.0, pipe.due - self.now), lambda: self._arrive(pipe))

    def _arrive(self, pipe: Pipe) -> None:
        if not self.reaches(pipe.source.place, pipe.target.place):
            pipe.stalled = True
            return
        arrived = bytearray()
        while pipe.queue and pipe.queue[0][0] <= self.now:
            arrived += pipe.queue.popleft()[1]
        if arrived:
            pipe.target.received(pipe.name, bytes(arrived))
        if pipe.ended and not pipe.queue and not pipe.silent:
            pipe.silent = True  # told once
            pipe.target.lost(pipe.name)

    def close(self, connection: ConnectionId) -> None:
        """End a connection in order: what was said still arrives, then the end of it."""
        link, pipe = self._pipes[connection]
        self._end(pipe)
        # Nobody listens on this side any more.
        other = next(one for one in link.pipes if one is not pipe)
        other.queue.clear()
        other.ended = other.silent = True
        self._forget(link)

    def _end(self, pipe: Pipe) -> None:
        if not pipe.ended:
            pipe.ended = True
            pipe.due = max(pipe.due, self.now)
            self._wake(pipe)

    def _forget(self, link: Link) -> None:
        if link in self.links:
            self.links.remove(link)
            self.transcripts.append(bytes(link.said))
            del self.transcripts[:-8]

    def break_off(self, link: Link, kept: float, *, silent: End | None = None) -> None:
        """A connection dies: *kept* of the bytes on their way arrive; *silent* hears nothing."""
        for pipe in link.pipes:
            size = sum(len(data) for _, data in pipe.queue)
            left = int(kept * size)
            shorter: deque[tuple[float, bytes]] = deque()
            for due, data in pipe.queue:
                if left > 0:
                    shorter.append((due, data[:left]))
                left -= len(data)
            pipe.queue = shorter
            if pipe.target is silent:
                pipe.silent = True
            self._end(pipe)
        self._forget(link)

    def between_machines(self) -> list[Link]:
        """Return the open connections no stranger has an end of."""
        return [one for one in self.links if min(p.source.place for p in one.pipes) >= 0]

    def of(self, end: End) -> list[Link]:
        """Return the open connections that *end* holds."""
        return [link for link in self.links if end in (link.pipes[0].source, link.pipes[0].target)]

    # -- what is done to it ----------------------------------------------------------------------

    def part(self, groups: dict[int, int]) -> list[Link]:
        """Let only places of one group reach each other; return the links between groups."""
        self._groups = groups
        for link in self.links:
            for pipe in link.pipes:
                if pipe.stalled and self.reaches(pipe.source.place, pipe.target.place):
                    pipe.stalled = False
                    self._wake(pipe)
        return [
            link
            for link in self.links
            if not self.reaches(link.pipes[0].source.place, link.pipes[0].target.place)
        ]

    def tamper(self, link: Link, how: int) -> None:
        """Change what is on its way, as somebody between the two can."""
        pipe = link.pipes[self.rng.randrange(2)]
        if pipe.ended:
            return
        if how == 1 or not pipe.queue:
            old = self.rng.choice(self.transcripts) if self.transcripts else b""
            self._put(pipe, old[: self.rng.randrange(1, 400)] or self.rng.randbytes(300))
            return
        at = self.rng.randrange(len(pipe.queue))
        due, data = pipe.queue[at]
        if how == 2:
            pipe.queue.insert(at, (due, data))
            return
        place = self.rng.randrange(len(data))
        flipped = data[place] ^ (1 << self.rng.randrange(8))
        pipe.queue[at] = (due, data[:place] + bytes([flipped]) + data[place + 1 :])
