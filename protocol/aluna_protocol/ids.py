"""Identifiers as types, so that one kind of bytes is never taken for another (SPEC §2)."""

from __future__ import annotations

import enum
from typing import NewType

from aluna_protocol.dataclass import dataclass

DeviceId = NewType("DeviceId", bytes)
"""32 bytes: the Ed25519 public key that signs everything the device says."""
StaticKey = NewType("StaticKey", bytes)
"""32 bytes: the X25519 public key of a device, its Noise static key."""
SpaceId = NewType("SpaceId", bytes)
"""32 bytes: BLAKE2b-256 of the founding operation."""
PersonId = NewType("PersonId", bytes)
"""16 random bytes; one person may hold several devices."""
DocumentId = NewType("DocumentId", bytes)
"""16 bytes: 8 random ones, and 8 that bind them to space and person; never ordered by time."""
ActorId = NewType("ActorId", bytes)
"""16 bytes: BLAKE2b-128 of device, document and incarnation."""
EntryHash = NewType("EntryHash", bytes)
"""32 bytes: BLAKE2b-256 of an entry's header."""
PartHash = NewType("PartHash", bytes)
"""32 bytes: BLAKE2b-256 of a part as it travels."""
EpochId = NewType("EpochId", bytes)
"""32 bytes: BLAKE2b-256 of an epoch key."""
ChangeHash = NewType("ChangeHash", bytes)
"""32 bytes: Automerge's hash of a change."""
ConnectionId = NewType("ConnectionId", int)
"""The caller's name for one connection, never reused."""
Instant = NewType("Instant", float)
"""Seconds of a monotonic clock; only differences mean anything."""

OWN_KEYS = (b"f/", b"m/", b"r/")
"""How keys of a document begin under which a person says what is hers alone (SPEC §6.5.2)."""
OWN_ID_ACTOR_BYTES = 8
"""How much of its author's actor an own key repeats: 2^64 tries would find another such actor."""
OWN_ID_LETTERS = 2 * OWN_ID_ACTOR_BYTES + 8
"""Hex digits at the end of an own key: those of the actor, and 4 bytes that tell hers apart."""

NO_HASH = EntryHash(bytes(32))
"""What the first entry of a log names as its predecessor."""


class Lane(enum.IntEnum):
    """The two chains of a device in a space: who belongs and with which keys, and the words."""

    CONTROL = 0
    CONTENT = 1


@dataclass(frozen=True, slots=True, order=True)
class LogId:
    """One signed chain of one device (SPEC §5): a restored backup starts a new incarnation."""

    space: SpaceId
    device: DeviceId
    incarnation: int
    lane: Lane
    branch: int = 0
    """Ours alone and never told: a log that forked has several, 0 is the one seen first here."""

    @property
    def base(self) -> LogId:
        """The log as others name it, without the branch."""
        if self.branch == 0:
            return self
        return LogId(self.space, self.device, self.incarnation, self.lane)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a log: a height alone would hide a fork."""

    height: int
    hash: EntryHash


EMPTY_LOG = Head(0, NO_HASH)
