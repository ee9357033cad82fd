"""What the hub is told and what it asks its driver to do: plain data (SPEC §11)."""

from __future__ import annotations

from aluna_protocol.dataclass import dataclass
from aluna_protocol.entry import Entry
from aluna_protocol.faults import Fault
from aluna_protocol.handshake import Candidate
from aluna_protocol.ids import ConnectionId, DeviceId, DocumentId, Head, LogId, SpaceId


@dataclass(frozen=True, slots=True)
class Dialled:
    """A connection we opened stands."""

    connection: ConnectionId
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Accepted:
    """Somebody opened a connection to us."""

    connection: ConnectionId


@dataclass(frozen=True, slots=True)
class BytesReceived:
    """The connection brought *data*, cut anywhere."""

    connection: ConnectionId
    data: bytes


@dataclass(frozen=True, slots=True)
class ConnectionLost:
    """The connection is gone, whoever ended it."""

    connection: ConnectionId


@dataclass(frozen=True, slots=True)
class EntriesStored:
    """What `StoreEntries` asked for is durable."""

    connection: ConnectionId
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class EntriesLoaded:
    """What `LoadEntries` asked for; empty when the store has none after that height."""

    connection: ConnectionId
    log: LogId
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class EntriesWritten:
    """Our device wrote these entries, in order, and they are durable."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class NothingPending:
    """Everything this device wrote in shared spaces is sealed and was given as `EntriesWritten`."""


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """The person here writes in *document* now, or in none."""

    space: SpaceId
    document: DocumentId | None


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed."""


HubEvent = (
    Dialled
    | Accepted
    | BytesReceived
    | ConnectionLost
    | EntriesStored
    | EntriesLoaded
    | EntriesWritten
    | NothingPending
    | PresenceChanged
    | Tick
)


@dataclass(frozen=True, slots=True)
class SendBytes:
    """Put *data* on the connection."""

    connection: ConnectionId
    data: bytes


@dataclass(frozen=True, slots=True)
class CloseConnection:
    """End the connection once everything sent has left; its end needs no `ConnectionLost`."""

    connection: ConnectionId


@dataclass(frozen=True, slots=True)
class StoreEntries:
    """Make these verified entries durable, then say `EntriesStored`."""

    connection: ConnectionId
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class LoadEntries:
    """Read what leads to the tip of the branch *log* after *after*, about *max_bytes*.

    Then say `EntriesLoaded`. Below its fork those are entries of the branch it left.
    """

    connection: ConnectionId
    log: LogId
    after: int
    max_bytes: int


@dataclass(frozen=True, slots=True)
class PeerArrived:
    """A session with *device* stands."""

    connection: ConnectionId
    device: DeviceId


@dataclass(frozen=True, slots=True)
class PeerLeft:
    """The session with *device* has ended."""

    connection: ConnectionId
    device: DeviceId


@dataclass(frozen=True, slots=True)
class PeerHas:
    """*device* holds these branches of ours durably up to these places, known to lie on them."""

    device: DeviceId
    logs: tuple[tuple[LogId, Head], ...]
    ahead: tuple[tuple[LogId, Head], ...] = ()
    """Tips it told that are not held here: how much more of a log it says to have."""


@dataclass(frozen=True, slots=True)
class InventoryHeard:
    """The peer told all it holds of *space*: seal what waits there, unless we are an old copy."""

    connection: ConnectionId
    space: SpaceId


@dataclass(frozen=True, slots=True)
class PresenceSeen:
    """*device* writes in *document*, or in none any more."""

    device: DeviceId
    space: SpaceId
    document: DocumentId | None


@dataclass(frozen=True, slots=True)
class SpaceIntroduced:
    """*device* says that we have a seat in a space founded by this entry, verified as such."""

    device: DeviceId
    founding: Entry


@dataclass(frozen=True, slots=True)
class MembersChanged:
    """Control entries arrived in *space*: members or epochs may have changed."""

    space: SpaceId


@dataclass(frozen=True, slots=True)
class PeerFaulted:
    """*device* did something wrong, and that is proved: the peer, or for a fork the author."""

    device: DeviceId
    fault: Fault
    log: LogId | None


@dataclass(frozen=True, slots=True)
class OwnLogBehind:
    """More of our own log came, signed by us: this is an old copy, start a new incarnation."""

    space: SpaceId


@dataclass(frozen=True, slots=True)
class OwnLogForked:
    """Another branch of our own log came, signed by us: start a new incarnation."""

    space: SpaceId


@dataclass(frozen=True, slots=True)
class UpdateNeeded:
    """Somebody with the right keys speaks another version; people must be told."""

    device: DeviceId | None


HubEffect = (
    SendBytes
    | CloseConnection
    | StoreEntries
    | LoadEntries
    | PeerArrived
    | PeerLeft
    | PeerHas
    | InventoryHeard
    | PresenceSeen
    | MembersChanged
    | SpaceIntroduced
    | PeerFaulted
    | OwnLogBehind
    | OwnLogForked
    | UpdateNeeded
)
