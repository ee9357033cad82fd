"""One established session: what the peer has, what it asked for, what is under way (SPEC §11).

Everything that moves a session's state lives here and in `hub`, which decides between sessions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from aluna_protocol import limits, messages
from aluna_protocol.hub_events import SendBytes
from aluna_protocol.ids import (
    EMPTY_LOG,
    ConnectionId,
    DeviceId,
    Head,
    Instant,
    Lane,
    LogId,
    SpaceId,
    StaticKey,
)
from aluna_protocol.transport import Transport


@dataclass(slots=True)
class Session:
    """A peer on a connection, after the handshake."""

    connection: ConnectionId
    space: SpaceId
    """The collective whose keys opened the session."""
    static: StaticKey
    device: DeviceId | None
    """None in an introduction: until membership says whose the key is, only control passes."""
    initiator: bool
    handshake_hash: bytes
    transport: Transport = field(repr=False)
    since: Instant
    last_heard: Instant
    last_said: Instant
    greeted: bool = False
    shared: dict[bytes, SpaceId] = field(default_factory=dict)
    """Their tag of each space both are in."""
    inventoried: set[SpaceId] = field(default_factory=set)
    """Spaces whose whole inventory the peer has told."""
    peer_heads: dict[LogId, Head] = field(default_factory=dict)
    sent: dict[LogId, int] = field(default_factory=dict)
    """Height up to which each log was sent in this session."""
    serving: dict[LogId, int] = field(default_factory=dict)
    """Logs the peer asked for, and the height after which to go on."""
    loading: LogId | None = None
    in_flight: deque[tuple[LogId, int]] = field(default_factory=deque)
    """Batches sent and not yet acknowledged: log and last height."""
    refused: set[LogId] = field(default_factory=set)
    """Logs of which the peer sent something that does not hold."""
    have_due: set[LogId] = field(default_factory=set)
    """Logs whose new height the peer has not been told."""
    told_done: bool = False
    """The peer knows that nothing waits to be sealed here."""
    peer_done: bool = False
    """The peer said so of itself."""
    sent_bytes: int = 0
    received_bytes: int = 0
    sent_entries: int = 0
    received_entries: int = 0

    def say(self, message: messages.Message, now: Instant) -> SendBytes:
        """Seal *message* for the peer."""
        sealed = self.transport.encrypt(messages.encode(message), now)
        self.last_said = now
        self.sent_bytes += len(sealed)
        return SendBytes(self.connection, sealed)

    def our_tag(self, space: SpaceId) -> bytes:
        """Return how we name *space* in this session."""
        return messages.space_tag(space, self.handshake_hash, by_initiator=self.initiator)

    def their_tag(self, space: SpaceId) -> bytes:
        """Return how the peer names *space* in this session."""
        return messages.space_tag(space, self.handshake_hash, by_initiator=not self.initiator)

    def peer_head(self, log: LogId) -> Head:
        """Return the end of *log* as the peer told it."""
        return self.peer_heads.get(log, EMPTY_LOG)

    def note_peer_head(self, log: LogId, head: Head) -> None:
        """Take what the peer says it holds, which also acknowledges batches."""
        if head.height >= self.peer_head(log).height:
            self.peer_heads[log] = head
        self.in_flight = deque(
            (sent_log, last)
            for sent_log, last in self.in_flight
            if sent_log != log or last > head.height
        )

    def note_want(self, log: LogId, after: int) -> None:
        """Queue what the peer asked for."""
        self.serving[log] = after

    def next_to_load(self) -> tuple[LogId, int] | None:
        """Return the log to read next, control first, while the window is open."""
        if self.loading is not None or len(self.in_flight) >= limits.BATCH_WINDOW:
            return None
        return min(self.serving.items(), key=lambda item: (-item[0].lane, item[0]), default=None)

    def note_sent(self, log: LogId, last_height: int, entries: int) -> None:
        """Take that a batch of *log* up to *last_height* is on its way."""
        self.sent[log] = max(self.sent.get(log, 0), last_height)
        self.in_flight.append((log, last_height))
        self.sent_entries += entries

    def follows_what_was_sent(self, log: LogId, first_height: int) -> bool:
        """Tell whether a live entry at *first_height* goes on from what the peer has or gets."""
        reached = max(self.sent.get(log, 0), self.peer_head(log).height)
        return reached == first_height - 1 and log not in self.serving and self.loading != log

    def silent_too_long(self, now: Instant) -> bool:
        """Tell whether the peer has to be taken for gone."""
        return now - self.last_heard >= limits.PEER_SILENT_SECONDS

    def ping_due(self, now: Instant) -> bool:
        """Tell whether it is time to say that we are still here."""
        return now - self.last_said >= limits.KEEPALIVE_SECONDS


def inventory(
    tag: bytes, heads: dict[LogId, Head], lanes: tuple[Lane, ...]
) -> Iterator[messages.Have]:
    """Yield the messages that tell everything held of one space; the last one says so."""
    rows = [
        (log.device, log.incarnation, log.lane, head)
        for log, head in sorted(heads.items(), key=lambda item: item[0])
        if log.lane in lanes
    ]
    step = messages.MAX_LOGS_PER_MESSAGE
    chunks = [tuple(rows[start : start + step]) for start in range(0, len(rows), step)] or [()]
    for number, chunk in enumerate(chunks, start=1):
        yield messages.Have(tag, chunk, last=number == len(chunks))
