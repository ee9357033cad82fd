"""One established session: what the peer has, what it asked for, what is under way (SPEC §11).

Everything that moves a session's state lives here and in `peer_logs`; `exchange` decides between
sessions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import field

from aluna_protocol import limits, messages
from aluna_protocol.dataclass import dataclass
from aluna_protocol.faults import Fault
from aluna_protocol.hub_events import HubEffect, PeerFaulted, PeerHas, SendBytes
from aluna_protocol.ids import (
    ConnectionId,
    DeviceId,
    DocumentId,
    Head,
    Instant,
    Lane,
    LogId,
    SpaceId,
    StaticKey,
)
from aluna_protocol.peer_logs import PeerLogs, Places
from aluna_protocol.transport import Transport


@dataclass(frozen=True, slots=True)
class Loading:
    """What is being read from the store for the peer."""

    log: LogId
    after: int
    max_bytes: int


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
    named: frozenset[SpaceId] = frozenset()
    """Spaces we named or introduced: of others the peer does not know that we are in them."""
    shared: dict[bytes, SpaceId] = field(default_factory=dict)
    """Their tag of each space both are in."""
    inventoried: set[SpaceId] = field(default_factory=set)
    """Spaces whose whole inventory the peer has told."""
    logs: PeerLogs = field(default_factory=PeerLogs)
    asked: set[LogId] = field(default_factory=set)
    """Logs asked of this peer and under way."""
    delivered: Instant | None = None
    """When something that was asked of it came last."""
    sent: dict[LogId, int] = field(default_factory=dict)
    """Height up to which each branch was sent in this session."""
    serving: dict[LogId, int] = field(default_factory=dict)
    """Branches the peer asked for, and the height after which to go on."""
    loading: Loading | None = None
    in_flight: deque[tuple[LogId, Head]] = field(default_factory=deque)
    """Ends of batches sent and not yet acknowledged."""
    resends: int = 0
    """Batches given up as lost since the last acknowledgement."""
    introduced: set[SpaceId] = field(default_factory=set)
    """Spaces whose founding the peer was told in this session."""
    offered: set[SpaceId] = field(default_factory=set)
    """Spaces whose founding the peer told."""
    anchored: set[tuple[LogId, Head]] = field(default_factory=set)
    """Tips for which the peer was told where to begin."""
    have_due: set[LogId] = field(default_factory=set)
    """Branches whose new tips the peer has not been told."""
    lanes_told: dict[SpaceId, tuple[Lane, ...]] = field(default_factory=dict)
    """What the inventory it was told last was of."""
    presence: dict[SpaceId, DocumentId | None] = field(default_factory=dict)
    """Where the peer said to write."""
    faults: set[tuple[Fault, LogId | None]] = field(default_factory=set)
    """What was told of this peer already."""
    idle: int = 0
    idle_since: Instant | None = None
    """How many messages brought nothing since then."""
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

    def acknowledged(self) -> None:
        """Let go of the batches the peer holds now."""
        under_way = len(self.in_flight)
        self.in_flight = deque(
            (branch, last)
            for branch, last in self.in_flight
            if last.height > self.logs.reach.get(branch, 0)
        )
        if len(self.in_flight) < under_way:
            self.resends = 0

    def note_want(self, branch: LogId, after: int) -> None:
        """Queue what the peer asked for; what it asks for again was lost on it.

        Entries may overtake their past and be dropped, but only so often before one is
        acknowledged: nobody makes us send without end.
        """
        lost = [one for one in self.in_flight if one[0] == branch and one[1].height > after]
        if lost and self.resends < limits.MAX_RESENDS:
            self.resends += 1
            for one in lost:
                self.in_flight.remove(one)
        self.serving[branch] = after

    def next_to_load(self) -> tuple[LogId, int] | None:
        """Return what to read next, control first and each in turn, while the window is open."""
        if self.loading is not None or len(self.in_flight) >= limits.BATCH_WINDOW:
            return None
        control = (item for item in self.serving.items() if item[0].lane is Lane.CONTROL)
        return next(control, next(iter(self.serving.items()), None))

    def note_sent(self, log: LogId, last: Head, entries: int) -> None:
        """Take that a batch up to *last*, an entry of the branch *log*, is on its way."""
        self.sent[log] = max(self.sent.get(log, 0), last.height)
        self.in_flight.append((log, last))
        self.sent_entries += entries

    def follows_what_was_sent(self, log: LogId, first_height: int) -> bool:
        """Tell whether a live entry at *first_height* goes on from what the peer has or gets."""
        reached = max(self.sent.get(log, 0), self.logs.reach.get(log, 0))
        return reached == first_height - 1 and log not in self.serving

    def floods(self, now: Instant) -> bool:
        """Count a message that brought nothing; tell whether there were too many of late."""
        if self.idle_since is None or now - self.idle_since >= limits.IDLE_WINDOW_SECONDS:
            self.idle, self.idle_since = 0, now
        self.idle += 1
        return self.idle > limits.MAX_IDLE_MESSAGES

    def overdue(self, now: Instant) -> bool:
        """Tell whether the peer should have told its whole inventory by now."""
        told = self.greeted and self.inventoried >= set(self.shared.values())
        return not told and now - self.since >= limits.GREETING_SECONDS

    def silent_too_long(self, now: Instant) -> bool:
        """Tell whether the peer has to be taken for gone."""
        return now - self.last_heard >= limits.PEER_SILENT_SECONDS

    def ping_due(self, now: Instant) -> bool:
        """Tell whether it is time to say that we are still here."""
        return now - self.last_said >= limits.KEEPALIVE_SECONDS


def inventory(
    tag: bytes, heads: Mapping[LogId, Head], lanes: tuple[Lane, ...]
) -> Iterator[messages.Have]:
    """Yield the messages that tell everything held of one space; the last one says so."""
    branches = sorted(log for log in heads if log.lane in lanes)
    rows = [(log.device, log.incarnation, log.lane, heads[log]) for log in branches]
    step = messages.MAX_LOGS_PER_MESSAGE
    for at in range(0, max(1, len(rows)), step):
        yield messages.Have(tag, tuple(rows[at : at + step]), last=at + step >= len(rows))


def faulted(session: Session, fault: Fault, log: LogId | None = None) -> list[HubEffect]:
    """Name the peer of *session*, once for each fault and log."""
    if session.device is None or (fault, log) in session.faults:
        return []
    session.faults.add((fault, log))
    return [PeerFaulted(session.device, fault, log)]


def acknowledge(session: Session, gained: Places, ahead: Places | None = None) -> list[HubEffect]:
    """Take what the peer turned out to hold of ours, and what it says to have beyond that."""
    if gained:
        session.acknowledged()
    if session.device is None or not (gained or ahead):
        return []
    return [PeerHas(session.device, tuple(gained), tuple(ahead or ()))]
