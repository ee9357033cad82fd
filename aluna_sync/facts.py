"""Facts about people, devices and sync, as plain data for commands and screens."""

from __future__ import annotations

import enum

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DeviceId, DocumentId, EpochId, PersonId, SpaceId


class Lan(enum.StrEnum):
    """What this device sees of the local network."""

    POSSIBLE = "possible"
    NO_INTERFACE = "no-interface"
    BLOCKED = "blocked"
    NOBODY = "nobody"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class SpaceFacts:
    """One space this device belongs to."""

    id: SpaceId
    name: str
    kind: str
    """"collective", "circle" or "private"."""
    persons: int
    devices: int
    records: int
    entries: int
    state: str
    """BLAKE2b-256 in hex: equal on two devices exactly when they are in sync."""
    pending: int
    """Records with own edits that some other device of the space has not acknowledged."""
    set_aside: int
    epoch: EpochId
    limited: int = 0
    """How many of those only this device set aside, for a limit of its own: others may read them,
    so even with the same entries its state differs from theirs."""
    late: int = 0
    """How many records hold something somebody wrote who was removed or suspended by then, which
    nobody here has read or declined: none of it enters by itself."""
    writable: bool = True
    """Somebody made a key to write under that only who belongs was given, and we have it. Without
    one, what is written waits here."""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A person of the collective."""

    id: PersonId
    name: str
    me: bool
    devices: tuple[DeviceId, ...]
    alike: bool = False
    """Another person's name looks like this one: letters of a key stand behind both."""
    here: bool = True
    """She belongs; otherwise she did, and what she wrote keeps her name."""
    resting: bool = False
    """She said that she rests: nothing is asked of her and nothing waits for her."""


@dataclass(frozen=True, slots=True)
class FaultFacts:
    """Something a device was shown to have done wrong (protocol: `Fault`)."""

    fault: str
    first: str
    last: str
    """ISO dates and times with zone."""
    times: int


@dataclass(frozen=True, slots=True)
class LackFacts:
    """What another device lacks of one space, and we of what it has there."""

    space: SpaceId
    name: str
    kind: str
    """"collective", "circle" or "private"."""
    persons: int
    lacks: int
    """Records it has not acknowledged."""
    lacks_mine: int
    """Of those, how many hold something this device wrote."""
    we_lack: int | None
    """Entries it said it has and we do not; None when never told."""


@dataclass(frozen=True, slots=True)
class PeerFacts:
    """Another device, and what it lacks as far as its own acknowledgements tell.

    Numbers are over every space it shares with this device.
    """

    device: DeviceId
    device_name: str
    person: PersonId
    person_name: str
    online: bool
    last_met: str | None
    """ISO date and time with zone, None if never."""
    lacks: int
    """Records of ours or others' that it has not acknowledged."""
    lacks_mine: int
    """Of those, how many hold something this device wrote."""
    we_lack: int | None
    """Entries it said it has and we do not; None when never told."""
    faults: tuple[FaultFacts, ...] = ()
    """What it was shown to have done wrong, the oldest first."""
    spaces: tuple[LackFacts, ...] = ()
    """The same numbers for each space, the collectives first."""


@dataclass(frozen=True, slots=True)
class Status:
    """Everything `aluna status` tells."""

    engine: str
    spaces: tuple[SpaceFacts, ...]
    peers: tuple[PeerFacts, ...]
    lan: Lan


@dataclass(frozen=True, slots=True)
class Met:
    """What one session of `aluna sync` moved."""

    device: DeviceId
    person: str
    sent_entries: int
    sent_bytes: int
    received_entries: int
    received_bytes: int
    seconds: float
    complete: bool


# -- news for screens: a device tells its listeners, in the order things happened -----------------


@dataclass(frozen=True, slots=True)
class RecordsChanged:
    """Records were written or arrived and are readable now."""

    documents: tuple[DocumentId, ...]
    from_device: DeviceId | None
    """None when this device wrote them."""
    new: int
    """How many of them were not known before."""


@dataclass(frozen=True, slots=True)
class PeersChanged:
    """Who is here, or what somebody lacks, changed."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Long work: *done* of *total* records made readable; equal when it has ended."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class PeopleChanged:
    """Somebody entered, or the membership of a space changed."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A companion has this record open, or None any more (presence, never stored)."""

    person: PersonId
    device: DeviceId
    document: DocumentId | None


@dataclass(frozen=True, slots=True)
class OtherVersionMet:
    """A companion's program is of another version; None when we cannot tell whose."""

    device: DeviceId | None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Who made a record took it back: it is gone from here."""

    document: DocumentId
    by: PersonId | None
    note: DocumentId | None
    """The private note with what this person had written in it, None where that was nothing."""


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """How this device is to behave on a network was changed here."""


@dataclass(frozen=True, slots=True)
class Probed:
    """The addresses of the present network were asked; so many answered."""

    answered: int


News = (
    RecordsChanged
    | PeersChanged
    | Progress
    | PeopleChanged
    | Writing
    | OtherVersionMet
    | SettingsChanged
    | TakenBack
    | Probed
)
