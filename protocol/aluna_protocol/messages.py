"""What two devices say to each other inside a session (SPEC §11)."""

from __future__ import annotations

import enum

from aluna_protocol import crypto, limits, wire
from aluna_protocol.batches import (
    TAG_BYTES,
    Batch,
    Link,
    lengthen,
    pack_link,
    read_batch,
    shorten,
)
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import IncompatibleVersionError, RemoteProtocolError
from aluna_protocol.ids import (
    EMPTY_LOG,
    DeviceId,
    DocumentId,
    EntryHash,
    Head,
    Lane,
    SpaceId,
)

__all__ = [
    "BATCH_START",
    "MAX_LOGS_PER_MESSAGE",
    "PROTOCOL_VERSION",
    "TAG_BYTES",
    "TAG_COUNTS",
    "Anchors",
    "Batch",
    "Bye",
    "Done",
    "Goodbye",
    "Have",
    "Hello",
    "Link",
    "Message",
    "Ping",
    "Presence",
    "Want",
    "decode",
    "encode",
    "lengthen",
    "shorten",
    "space_tag",
]

PROTOCOL_VERSION = 1
TAG_COUNTS = (16, 32, 64)
BATCH_START = b"\x98\x03"
"""How every `Batch` begins, an array of eight whose first is 3; only such may be long."""
MAX_LOGS_PER_MESSAGE = 512
"""A `Have` of 512 rows is 45 KiB, a `Want` 62: below the bound of a control message."""


class Bye(enum.IntEnum):
    """Why a session ends, as told to the peer."""

    LEAVING = 0
    DUPLICATE = 1
    UPDATE_NEEDED = 2


@dataclass(frozen=True, slots=True)
class Hello:
    """First on both sides: which spaces we are in, as tags only who is in them recognises."""

    engine: str
    tags: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Have:
    """All tips of these logs that are stored here, durably. *last* ends the first inventory."""

    tag: bytes
    logs: tuple[tuple[DeviceId, int, Lane, Head], ...]
    last: bool


@dataclass(frozen=True, slots=True)
class Want:
    """Send me what leads to these tips, the last of each row, from after these places."""

    tag: bytes
    logs: tuple[tuple[DeviceId, int, Lane, Head, Head], ...]


@dataclass(frozen=True, slots=True)
class Anchors:
    """What you have is not on the way to that tip: ask again from one of these you hold."""

    tag: bytes
    device: DeviceId
    incarnation: int
    lane: Lane
    tip: Head
    places: tuple[Head, ...]
    """Places on the way to the tip, the highest first; the last is the beginning."""


@dataclass(frozen=True, slots=True)
class Presence:
    """I am writing in this document now; None: in none any more. Never stored."""

    tag: bytes
    document: DocumentId | None


@dataclass(frozen=True, slots=True)
class Ping:
    """Still here."""


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The session ends."""

    reason: Bye


@dataclass(frozen=True, slots=True)
class Done:
    """Everything written here was told: nothing waits to be sealed."""


@dataclass(frozen=True, slots=True)
class Introduce:
    """You have a seat in a space you did not name: this is the entry that founds it."""

    header: bytes
    signature: bytes
    body: bytes


Message = Hello | Have | Want | Batch | Presence | Ping | Goodbye | Done | Anchors | Introduce


def space_tag(space: SpaceId, handshake_hash: bytes, *, by_initiator: bool) -> bytes:
    """Return how one side names *space* in this session and no other (SPEC §11.1)."""
    role = b"initiator" if by_initiator else b"responder"
    data = b"tag" + role + handshake_hash
    return crypto.blake2b(data, size=TAG_BYTES, key=space, person=b"aluna-space-v1")


def encode(message: Message) -> bytes:
    """Return the bytes of *message*."""
    match message:
        case Hello(engine, tags):
            return wire.pack([0, PROTOCOL_VERSION, engine, list(tags)])
        case Have(tag, logs, last):
            rows = [[d, i, int(lane), head.height, head.hash] for d, i, lane, head in logs]
            return wire.pack([1, tag, rows, last])
        case Want(tag, logs):
            asked = [
                [d, i, int(lane), after.height, after.hash, tip.height, tip.hash]
                for d, i, lane, after, tip in logs
            ]
            return wire.pack([2, tag, asked])
        case Batch(tag, device, incarnation, lane, first_height, previous, links):
            packed = [pack_link(link) for link in links]
            log = (device, incarnation, int(lane))
            return wire.pack([3, tag, *log, first_height, previous, packed])
        case Presence(tag, document):
            return wire.pack([4, tag, document or b""])
        case Ping():
            return wire.pack([5])
        case Goodbye(reason):
            return wire.pack([6, int(reason)])
        case Done():
            return wire.pack([7])
        case Anchors(tag, device, incarnation, lane, tip, places):
            packed = [[place.height, place.hash] for place in places]
            return wire.pack([8, tag, device, incarnation, int(lane), tip.height, tip.hash, packed])
        case Introduce(header, signature, body):
            return wire.pack([9, header, signature, body])


def decode(data: bytes) -> Message:
    """Parse one message; raise `RemoteProtocolError` for anything else."""
    if data.startswith(BATCH_START):
        return wire.read(data, limits.MAX_MESSAGE, read_batch)
    match wire.tagged(wire.unpack(data, limits.MAX_CONTROL_MESSAGE)):
        case [0, version, engine, tags]:
            return _decode_hello(version, engine, tags)
        case [1, tag, rows, last]:
            logs = wire.array(rows, at_most=MAX_LOGS_PER_MESSAGE)
            return Have(_tag(tag), tuple(_log_head(row) for row in logs), wire.boolean(last))
        case [2, tag, rows]:
            logs = wire.array(rows, at_most=MAX_LOGS_PER_MESSAGE)
            return Want(_tag(tag), tuple(_log_wanted(row) for row in logs))
        case [4, tag, document]:
            present = DocumentId(wire.octets(document, 16)) if document != b"" else None
            return Presence(_tag(tag), present)
        case [5]:
            return Ping()
        case [6, reason]:
            return Goodbye(Bye(wire.integer(reason, 0, len(Bye) - 1)))
        case [7]:
            return Done()
        case [8, tag, device, incarnation, lane, height, tip_hash, places]:
            log = _log(device, incarnation, lane)
            return Anchors(_tag(tag), *log, _head(height, tip_hash), _places(places))
        case [9, header, signature, body]:
            signed = wire.octets(signature, crypto.SIGNATURE_BYTES)
            return Introduce(wire.octets(header), signed, wire.octets(body))
        case _:
            raise RemoteProtocolError("unknown message")


def _decode_hello(version: object, engine: object, tags: object) -> Hello:
    if wire.integer(version) != PROTOCOL_VERSION:
        raise IncompatibleVersionError("unknown session version")
    packed = wire.array(tags)
    if len(packed) not in TAG_COUNTS:
        raise RemoteProtocolError("tags not padded")
    return Hello(wire.name(engine), tuple(_tag(tag) for tag in packed))


def _tag(value: object) -> bytes:
    return wire.octets(value, TAG_BYTES)


def _log(device: object, incarnation: object, lane: object) -> tuple[DeviceId, int, Lane]:
    return (
        DeviceId(wire.octets(device, 32)),
        wire.integer(incarnation, 0, 2**32 - 1),
        Lane(wire.integer(lane, 0, len(Lane) - 1)),
    )


def _head(height: object, entry_hash: object, lowest: int = 1) -> Head:
    found = wire.integer(height, lowest, limits.MAX_HEIGHT)
    return Head(found, EntryHash(wire.octets(entry_hash, 32)))


def _log_head(row: object) -> tuple[DeviceId, int, Lane, Head]:
    device, incarnation, lane, height, entry_hash = wire.array(row, 5)
    return *_log(device, incarnation, lane), _head(height, entry_hash)


def _log_wanted(row: object) -> tuple[DeviceId, int, Lane, Head, Head]:
    device, incarnation, lane, *places = wire.array(row, 7)
    after, tip = _head(places[0], places[1], lowest=0), _head(places[2], places[3])
    return *_log(device, incarnation, lane), after, tip


def _places(packed: object) -> tuple[Head, ...]:
    rows = [wire.array(row, 2) for row in wire.array(packed, at_most=limits.MAX_ANCHORS)]
    places = tuple(_head(height, entry_hash, lowest=0) for height, entry_hash in rows)
    heights = [place.height for place in places]
    if heights != sorted(set(heights), reverse=True) or places[-1:] != (EMPTY_LOG,):
        raise RemoteProtocolError("anchors do not lead back to the beginning")
    return places
