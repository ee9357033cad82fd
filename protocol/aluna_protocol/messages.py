"""What two devices say to each other inside a session (SPEC §11)."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aluna_protocol import crypto, limits, wire
from aluna_protocol.entry import (
    NO_EPOCH,
    Entry,
    Header,
    Kind,
    check_header,
    hash_header,
    hash_part,
)
from aluna_protocol.errors import IncompatibleVersionError, RemoteProtocolError
from aluna_protocol.ids import (
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
BATCH_START = b"\x97\x03"
"""How every `Batch` begins, an array of seven whose first is 3; only such may be long."""
MAX_LOGS_PER_MESSAGE = 512
"""A `Have` of 512 logs is 45 KiB, below the bound of a control message."""


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
    """How much of each log is stored here, durably. *last* ends the first, whole inventory."""

    tag: bytes
    logs: tuple[tuple[DeviceId, int, Lane, Head], ...]
    last: bool


@dataclass(frozen=True, slots=True)
class Want:
    """Send me these logs from after these heights."""

    tag: bytes
    logs: tuple[tuple[DeviceId, int, Lane, int], ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """A run of one log in short form: what the receiver derives is left out."""

    tag: bytes
    device: DeviceId
    incarnation: int
    lane: Lane
    first_height: int
    links: tuple[Any, ...]


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


Message = Hello | Have | Want | Batch | Presence | Ping | Goodbye | Done


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
            return wire.pack([2, tag, [[d, i, int(lane), after] for d, i, lane, after in logs]])
        case Batch(tag, device, incarnation, lane, first_height, links):
            return wire.pack([3, tag, device, incarnation, int(lane), first_height, list(links)])
        case Presence(tag, document):
            return wire.pack([4, tag, document or b""])
        case Ping():
            return wire.pack([5])
        case Goodbye(reason):
            return wire.pack([6, int(reason)])
        case Done():
            return wire.pack([7])


def decode(data: bytes) -> Message:
    """Parse one message; raise `RemoteProtocolError` for anything else."""
    is_batch = data[:2] == BATCH_START
    bound = limits.MAX_MESSAGE if is_batch else limits.MAX_CONTROL_MESSAGE
    match wire.tagged(wire.unpack(data, bound)):
        case [0, version, engine, tags]:
            return _decode_hello(version, engine, tags)
        case [1, tag, rows, last]:
            logs = wire.array(rows, at_most=MAX_LOGS_PER_MESSAGE)
            return Have(_tag(tag), tuple(_log_head(row) for row in logs), wire.boolean(last))
        case [2, tag, rows]:
            logs = wire.array(rows, at_most=MAX_LOGS_PER_MESSAGE)
            return Want(_tag(tag), tuple(_log_after(row) for row in logs))
        case [3, tag, device, incarnation, lane, first_height, links]:
            return Batch(
                _tag(tag),
                *_log(device, incarnation, lane),
                wire.integer(first_height, 1, limits.MAX_HEIGHT),
                tuple(wire.array(links)),
            )
        case [4, tag, document]:
            present = DocumentId(wire.octets(document, 16)) if document != b"" else None
            return Presence(_tag(tag), present)
        case [5]:
            return Ping()
        case [6, reason]:
            return Goodbye(Bye(wire.integer(reason, 0, len(Bye) - 1)))
        case [7]:
            return Done()
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


def _log_head(row: object) -> tuple[DeviceId, int, Lane, Head]:
    device, incarnation, lane, height, entry_hash = wire.array(row, 5)
    head = Head(wire.integer(height, 1, limits.MAX_HEIGHT), EntryHash(wire.octets(entry_hash, 32)))
    return *_log(device, incarnation, lane), head


def _log_after(row: object) -> tuple[DeviceId, int, Lane, int]:
    device, incarnation, lane, after = wire.array(row, 4)
    return *_log(device, incarnation, lane), wire.integer(after, 0, limits.MAX_HEIGHT)


# -- the short form of entries (SPEC §11.5) ------------------------------------------------------


def shorten(run: Sequence[Entry]) -> tuple[Any, ...]:
    """Return the links of a `Batch`: what the receiver cannot derive of each entry of a run."""
    links: list[Any] = []
    heads: tuple[EntryHash, ...] | None = None
    epoch: EpochId | None = None
    for entry in run:
        header = entry.header
        links.append(
            [
                int(header.kind),
                None if header.membership_heads == heads else list(header.membership_heads),
                None if header.epoch == epoch else header.epoch,
                header.salt,
                header.commitment,
                entry.signature,
                [
                    [part_hash, size] if part is None else part
                    for part, (part_hash, size) in zip(entry.parts, header.parts, strict=True)
                ],
            ]
        )
        heads, epoch = header.membership_heads, header.epoch
    return tuple(links)


def lengthen(batch: Batch, space: SpaceId, before: Head) -> list[Entry]:
    """Rebuild the entries of *batch*, which must go on from *before*."""
    if batch.first_height != before.height + 1 or not batch.links:
        raise RemoteProtocolError("batch does not go on from what we have")
    log = LogId(space, batch.device, batch.incarnation, batch.lane)
    run: list[Entry] = []
    end = before
    heads: tuple[EntryHash, ...] = ()
    epoch = NO_EPOCH
    for position, link in enumerate(batch.links):
        kind, packed_heads, packed_epoch, salt, commitment, signature, parts = wire.array(link, 7)
        if position == 0 and (packed_heads is None or packed_epoch is None):
            raise RemoteProtocolError("a batch begins with its heads and epoch")
        if packed_heads is not None:
            heads = tuple(
                EntryHash(wire.octets(h, 32))
                for h in wire.array(packed_heads, at_most=limits.MAX_MEMBERSHIP_HEADS)
            )
        if packed_epoch is not None:
            epoch = EpochId(wire.octets(packed_epoch, at_most=32))
        references, present = _parts(wire.array(parts, at_most=limits.MAX_PARTS))
        header = Header(
            kind=Kind(wire.integer(kind, 0, len(Kind) - 1)),
            log=log,
            height=end.height + 1,
            previous=end.hash,
            membership_heads=heads,
            epoch=epoch,
            salt=wire.octets(salt, at_most=16),
            commitment=wire.octets(commitment, at_most=32),
            parts=references,
        )
        if header.kind.lane is not log.lane or header.height > limits.MAX_HEIGHT:
            raise RemoteProtocolError("entry in the wrong lane")
        check_header(header)
        encoded = header.encode()
        end = Head(header.height, hash_header(encoded))
        run.append(Entry(header, encoded, end.hash, wire.octets(signature, 64), present))
    return run


def _parts(
    packed: list[Any],
) -> tuple[tuple[tuple[PartHash, int], ...], tuple[bytes | None, ...]]:
    references: list[tuple[PartHash, int]] = []
    present: list[bytes | None] = []
    for part in packed:
        if isinstance(part, bytes):
            if not 1 <= len(part) <= limits.MAX_PART_BYTES:
                raise RemoteProtocolError("part empty or too long")
            references.append((hash_part(part), len(part)))
            present.append(part)
        else:
            part_hash, size = wire.array(part, 2)
            references.append(
                (
                    PartHash(wire.octets(part_hash, 32)),
                    wire.integer(size, 1, limits.MAX_PART_BYTES),
                )
            )
            present.append(None)
    return tuple(references), tuple(present)
