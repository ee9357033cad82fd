"""What two devices say to each other inside a session (SPEC §11)."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aluna_protocol import crypto, limits, wire
from aluna_protocol.entry import (
    Entry,
    Header,
    Kind,
    check_header,
    hash_header,
    hash_part,
)
from aluna_protocol.errors import IncompatibleVersionError, RemoteProtocolError
from aluna_protocol.ids import (
    EMPTY_LOG,
    DeviceId,
    DocumentId,
    EntryHash,
    EpochId,
    Head,
    Lane,
    LogId,
    PartHash,
    SpaceId,
)

PROTOCOL_VERSION = 1
TAG_BYTES = 16
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
class Link:
    """What the receiver cannot derive of one entry of a run; None: as in the link before."""

    kind: Kind
    heads: tuple[EntryHash, ...] | None
    epoch: EpochId | None
    salt: bytes
    commitment: bytes
    signature: bytes
    parts: tuple[bytes | tuple[PartHash, int], ...]
    """A part, or hash and size of one that was dropped."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A run of one log in short form: what the receiver derives is left out."""

    tag: bytes
    device: DeviceId
    incarnation: int
    lane: Lane
    first_height: int
    previous: EntryHash
    """Of the entry before the first: the run may be of any branch."""
    links: tuple[Link, ...]


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


Message = Hello | Have | Want | Batch | Presence | Ping | Goodbye | Done | Anchors


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
            packed = [_pack_link(link) for link in links]
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


def _pack_link(link: Link) -> list[Any]:
    return [
        int(link.kind),
        None if link.heads is None else list(link.heads),
        link.epoch,
        link.salt,
        link.commitment,
        link.signature,
        [part if isinstance(part, bytes) else list(part) for part in link.parts],
    ]


def decode(data: bytes) -> Message:
    """Parse one message; raise `RemoteProtocolError` for anything else."""
    if data.startswith(BATCH_START):
        return wire.read(data, limits.MAX_MESSAGE, _read_batch)
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


def _read_batch(reader: wire.Reader) -> Batch:
    reader.array(8)
    reader.item()
    tag = _tag(reader.item())
    log = _log(reader.item(), reader.item(), reader.item())
    first_height = wire.integer(reader.item(), 1, limits.MAX_HEIGHT)
    previous = EntryHash(wire.octets(reader.item(), 32))
    links: list[Link] = []
    parts = 0
    for _ in range(reader.array(at_most=limits.MAX_BATCH_LINKS)):
        links.append(_read_link(reader))
        parts += len(links[-1].parts)
        if parts > limits.MAX_BATCH_PARTS:
            raise RemoteProtocolError("too many parts in a batch")
    return Batch(tag, *log, first_height, previous, tuple(links))


def _read_link(reader: wire.Reader) -> Link:
    reader.array(7)
    kind = Kind(wire.integer(reader.item(), 0, len(Kind) - 1))
    heads: tuple[EntryHash, ...] | None = None
    if reader.at_array():
        count = reader.array(at_most=limits.MAX_MEMBERSHIP_HEADS)
        heads = tuple(EntryHash(wire.octets(reader.item(), 32)) for _ in range(count))
    elif reader.item() is not None:
        raise RemoteProtocolError("expected an array")
    epoch = reader.item()
    return Link(
        kind,
        heads,
        None if epoch is None else EpochId(wire.octets(epoch, at_most=32)),
        salt=wire.octets(reader.item(), at_most=16),
        commitment=wire.octets(reader.item(), at_most=32),
        signature=wire.octets(reader.item(), 64),
        parts=tuple(_read_part(reader) for _ in range(reader.array(at_most=limits.MAX_PARTS))),
    )


def _read_part(reader: wire.Reader) -> bytes | tuple[PartHash, int]:
    if reader.at_array():
        reader.array(2)
        part_hash = PartHash(wire.octets(reader.item(), 32))
        return part_hash, wire.integer(reader.item(), 1, limits.MAX_PART_BYTES)
    part = wire.octets(reader.item(), at_most=limits.MAX_PART_BYTES)
    if not part:
        raise RemoteProtocolError("part empty")
    return part


# -- the short form of entries (SPEC §11.5) ------------------------------------------------------


def shorten(run: Sequence[Entry]) -> tuple[Link, ...]:
    """Return the links of a `Batch`: what the receiver cannot derive of each entry of a run."""
    links: list[Link] = []
    heads: tuple[EntryHash, ...] | None = None
    epoch: EpochId | None = None
    for entry in run:
        header = entry.header
        links.append(
            Link(
                header.kind,
                None if header.membership_heads == heads else header.membership_heads,
                None if header.epoch == epoch else header.epoch,
                header.salt,
                header.commitment,
                entry.signature,
                tuple(
                    reference if part is None else part
                    for part, reference in zip(entry.parts, header.parts, strict=True)
                ),
            )
        )
        heads, epoch = header.membership_heads, header.epoch
    return tuple(links)


def lengthen(batch: Batch, space: SpaceId) -> list[Entry]:
    """Rebuild the entries of *batch*; raise `RemoteProtocolError` when they cannot be a run."""
    if not batch.links:
        raise RemoteProtocolError("an empty batch")
    log = LogId(space, batch.device, batch.incarnation, batch.lane)
    run: list[Entry] = []
    end = Head(batch.first_height - 1, batch.previous)
    heads: tuple[EntryHash, ...] | None = None
    epoch: EpochId | None = None
    for link in batch.links:
        heads = heads if link.heads is None else link.heads
        epoch = epoch if link.epoch is None else link.epoch
        if heads is None or epoch is None:
            raise RemoteProtocolError("a batch begins with its heads and epoch")
        run.append(_lengthen_link(link, log, end, heads, epoch))
        end = Head(end.height + 1, run[-1].hash)
    if len(run) > 1 and sum(entry.size for entry in run) > limits.MAX_BATCH_BYTES:
        raise RemoteProtocolError("a batch of too many entries")
    return run


def _lengthen_link(
    link: Link, log: LogId, end: Head, heads: tuple[EntryHash, ...], epoch: EpochId
) -> Entry:
    references = tuple(
        (hash_part(part), len(part)) if isinstance(part, bytes) else part for part in link.parts
    )
    header = Header(
        kind=link.kind,
        log=log,
        height=end.height + 1,
        previous=end.hash,
        membership_heads=heads,
        epoch=epoch,
        salt=link.salt,
        commitment=link.commitment,
        parts=references,
    )
    if header.kind.lane is not log.lane or header.height > limits.MAX_HEIGHT:
        raise RemoteProtocolError("entry in the wrong lane")
    check_header(header)
    encoded = header.encode()
    present = tuple(part if isinstance(part, bytes) else None for part in link.parts)
    return Entry(header, encoded, hash_header(encoded), link.signature, present)
