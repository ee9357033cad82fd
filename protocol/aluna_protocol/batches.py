"""Batches: runs of a log in short form, what the receiver can derive left out (SPEC §11.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aluna_protocol import limits, wire
from aluna_protocol.dataclass import dataclass
from aluna_protocol.entry import (
    DOCUMENT_BYTES,
    NO_DOCUMENT,
    Entry,
    Header,
    Kind,
    PartReference,
    check_header,
    hash_header,
    refer,
)
from aluna_protocol.errors import RemoteProtocolError
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

TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class Link:
    """What the receiver cannot derive of one entry of a run; None: as in the link before."""

    kind: Kind
    heads: tuple[EntryHash, ...] | None
    epoch: EpochId | None
    salt: bytes
    commitment: bytes
    signature: bytes
    documents: tuple[DocumentId, ...] | None
    """Of each part; of a control entry's body none."""
    parts: tuple[bytes | tuple[PartHash, int], ...]
    """A part, or hash and size of one that was taken back."""


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


def pack_link(link: Link) -> list[Any]:
    """Return the fields of a link."""
    return [
        int(link.kind),
        None if link.heads is None else list(link.heads),
        link.epoch,
        link.salt,
        link.commitment,
        link.signature,
        None if link.documents is None else list(link.documents),
        [part if isinstance(part, bytes) else list(part) for part in link.parts],
    ]


def read_batch(reader: wire.Reader) -> Batch:
    """Read a batch item by item, so that nothing of another shape is ever built."""
    reader.array(8)
    reader.item()
    tag = wire.octets(reader.item(), TAG_BYTES)
    log = (
        DeviceId(wire.octets(reader.item(), 32)),
        wire.integer(reader.item(), 0, 2**32 - 1),
        Lane(wire.integer(reader.item(), 0, len(Lane) - 1)),
    )
    first_height = wire.integer(reader.item(), 1, limits.MAX_HEIGHT)
    previous = EntryHash(wire.octets(reader.item(), 32))
    links: list[Link] = []
    parts = 0
    for _ in range(reader.array(at_most=limits.MAX_BATCH_LINKS)):
        links.append(_read_link(reader))
        parts += max(len(links[-1].parts), len(links[-1].documents or ()))
        if parts > limits.MAX_BATCH_PARTS:
            raise RemoteProtocolError("too many parts in a batch")
    return Batch(tag, *log, first_height, previous, tuple(links))


def _read_link(reader: wire.Reader) -> Link:
    reader.array(8)
    kind = Kind(wire.integer(reader.item(), 0, len(Kind) - 1))
    heads = _read_or_nil(reader, limits.MAX_MEMBERSHIP_HEADS, 32)
    epoch = reader.item()
    return Link(
        kind,
        None if heads is None else tuple(map(EntryHash, heads)),
        None if epoch is None else EpochId(wire.octets(epoch, at_most=32)),
        salt=wire.octets(reader.item(), at_most=16),
        commitment=wire.octets(reader.item(), at_most=32),
        signature=wire.octets(reader.item(), 64),
        documents=_read_documents(reader),
        parts=tuple(_read_part(reader) for _ in range(reader.array(at_most=limits.MAX_PARTS))),
    )


def _read_documents(reader: wire.Reader) -> tuple[DocumentId, ...] | None:
    documents = _read_or_nil(reader, limits.MAX_PARTS, DOCUMENT_BYTES)
    return None if documents is None else tuple(map(DocumentId, documents))


def _read_or_nil(reader: wire.Reader, at_most: int, length: int) -> list[bytes] | None:
    """Read byte strings of *length*, or nil: those of the link before."""
    if reader.at_array():
        return [wire.octets(reader.item(), length) for _ in range(reader.array(at_most=at_most))]
    if reader.item() is not None:
        raise RemoteProtocolError("expected an array")
    return None


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
    documents: tuple[DocumentId, ...] | None = None
    for entry in run:
        header = entry.header
        named = tuple(part.document for part in header.parts if part.document)
        links.append(
            Link(
                header.kind,
                None if header.membership_heads == heads else header.membership_heads,
                None if header.epoch == epoch else header.epoch,
                header.salt,
                header.commitment,
                entry.signature,
                None if named == documents else named,
                tuple(
                    (reference.hash, reference.size) if part is None else part
                    for part, reference in zip(entry.parts, header.parts, strict=True)
                ),
            )
        )
        heads, epoch, documents = header.membership_heads, header.epoch, named
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
    documents: tuple[DocumentId, ...] | None = None
    for link in batch.links:
        heads = heads if link.heads is None else link.heads
        epoch = epoch if link.epoch is None else link.epoch
        documents = documents if link.documents is None else link.documents
        if heads is None or epoch is None or documents is None:
            raise RemoteProtocolError("a batch begins with its heads and epoch")
        if link.kind.lane is not log.lane or end.height >= limits.MAX_HEIGHT:
            raise RemoteProtocolError("entry in the wrong lane")
        references = _references(link, documents)
        run.append(_lengthen_link(link, log, end, heads, epoch, references))
        end = Head(end.height + 1, run[-1].hash)
    if len(run) > 1 and sum(entry.size for entry in run) > limits.MAX_BATCH_BYTES:
        raise RemoteProtocolError("a batch of too many entries")
    return run


def _references(link: Link, documents: tuple[DocumentId, ...]) -> tuple[PartReference, ...]:
    """Return what the header of *link* says of its parts."""
    if link.kind is not Kind.CHANGES:
        documents = (*documents, *[NO_DOCUMENT] * len(link.parts))
    if len(documents) != len(link.parts):
        raise RemoteProtocolError("documents and parts do not match")
    return tuple(
        refer(part, document) if isinstance(part, bytes) else PartReference(*part, document)
        for part, document in zip(link.parts, documents, strict=True)
    )


def _lengthen_link(
    link: Link,
    log: LogId,
    end: Head,
    heads: tuple[EntryHash, ...],
    epoch: EpochId,
    references: tuple[PartReference, ...],
) -> Entry:
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
    check_header(header)
    encoded = header.encode()
    present = tuple(part if isinstance(part, bytes) else None for part in link.parts)
    return Entry(header, encoded, hash_header(encoded), link.signature, present)
