"""Entries: the signed links of a log, and the sealed parts they carry (SPEC §5)."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import NamedTuple

from aluna_protocol import crypto, limits, packing, wire
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.ids import (
    ActorId,
    DeviceId,
    DocumentId,
    EntryHash,
    EpochId,
    Head,
    Lane,
    LogId,
    PartHash,
    PersonId,
    SpaceId,
)

VERSION = 1
SALT_BYTES = 16
DOCUMENT_BYTES = 16
DOCUMENT_RANDOM_BYTES = 8
NO_EPOCH = EpochId(b"")
NO_DOCUMENT = DocumentId(b"")


class Kind(enum.IntEnum):
    """What an entry carries."""

    CHANGES = 0
    MEMBERSHIP = 1
    EPOCH = 2

    @property
    def lane(self) -> Lane:
        """The chain entries of this kind belong to."""
        return Lane.CONTENT if self is Kind.CHANGES else Lane.CONTROL


class PartReference(NamedTuple):
    """What a header says of a part, which stays when the part itself is taken back."""

    hash: PartHash
    size: int
    document: DocumentId
    """Whose changes the part holds; empty for the body of a control entry."""


@dataclass(frozen=True, slots=True)
class Header:
    """The signed part of an entry, with positions fixed (SPEC §5.1)."""

    kind: Kind
    log: LogId
    height: int
    previous: EntryHash
    membership_heads: tuple[EntryHash, ...]
    """Membership entries nobody had answered, as far as the author knew; sorted."""
    epoch: EpochId
    """Empty for control entries."""
    salt: bytes
    commitment: bytes
    parts: tuple[PartReference, ...]
    """Hash, size in bytes and document of each part, in order."""

    def encode(self) -> bytes:
        """Return the exact bytes that are hashed and signed."""
        return wire.pack(
            [
                VERSION,
                int(self.kind),
                self.log.space,
                self.log.device,
                self.log.incarnation,
                self.height,
                self.previous,
                list(self.membership_heads),
                self.epoch,
                self.salt,
                self.commitment,
                [list(part) for part in self.parts],
            ]
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """A header with its exact bytes, its signature and its parts; None is a dropped part."""

    header: Header
    encoded: bytes
    hash: EntryHash
    signature: bytes
    parts: tuple[bytes | None, ...]

    @property
    def size(self) -> int:
        """Bytes of header and parts together."""
        return len(self.encoded) + sum(len(part) for part in self.parts if part is not None)


def hash_header(encoded: bytes) -> EntryHash:
    """Return the hash the next entry of the log names."""
    return EntryHash(crypto.blake2b(encoded, person=b"aluna-entry-v1"))


def hash_part(part: bytes) -> PartHash:
    """Return the hash a header holds of a part."""
    return PartHash(crypto.blake2b(part, person=b"aluna-part-v1"))


def refer(part: bytes, document: DocumentId = NO_DOCUMENT) -> PartReference:
    """Return what a header says of *part*, the changes of *document*, as it travels."""
    return PartReference(hash_part(part), len(part), document)


def actor_of(device: DeviceId, document: DocumentId, incarnation: int) -> ActorId:
    """Return the only Automerge actor this log may write *document* as (SPEC §6.1)."""
    data = device + document + incarnation.to_bytes(4, "big")
    return ActorId(crypto.blake2b(data, size=16, person=b"aluna-actor-v1"))


def document_of(space: SpaceId, person: PersonId, random: bytes) -> DocumentId:
    """Return the id of a new document of *person* in *space* from 8 fresh random bytes (SPEC §5.5).

    Half of the id binds it to both: no document can stand in two spaces at once, and everybody can
    tell who may take it back.
    """
    if len(random) != DOCUMENT_RANDOM_BYTES:
        raise LocalProtocolError("a document id takes eight random bytes")
    bound = crypto.blake2b(space + person + random, size=8, person=b"aluna-document-2")
    return DocumentId(random + bound)


def is_of(document: DocumentId, space: SpaceId, person: PersonId) -> bool:
    """Tell whether *document* was made by *person* for *space*."""
    return document == document_of(space, person, document[:DOCUMENT_RANDOM_BYTES])


def sign_entry(keys: crypto.DeviceKeys, header: Header, parts: Sequence[bytes]) -> Entry:
    """Return *header* signed, carrying *parts*."""
    encoded = header.encode()
    entry_hash = hash_header(encoded)
    return Entry(header, encoded, entry_hash, crypto.sign(keys, _to_sign(entry_hash)), tuple(parts))


def verify_entry(entry: Entry) -> None:
    """Check the signature; because the hash names the predecessor it vouches for the whole run."""
    crypto.verify(entry.header.log.device, _to_sign(entry.hash), entry.signature)


def _to_sign(entry_hash: EntryHash) -> bytes:
    return b"aluna-entry-sig-v1" + entry_hash


def decode_header(encoded: bytes) -> Header:
    """Parse the bytes of a header; raise `RemoteProtocolError` for any other shape."""
    fields = wire.array(wire.unpack_canonical(encoded, limits.MAX_CONTROL_MESSAGE), 12)
    if wire.integer(fields[0]) != VERSION:
        raise RemoteProtocolError("entry of an unknown version")
    kind = Kind(wire.integer(fields[1], 0, len(Kind) - 1))
    log = LogId(
        SpaceId(wire.octets(fields[2], 32)),
        DeviceId(wire.octets(fields[3], 32)),
        wire.integer(fields[4], 0, 2**32 - 1),
        kind.lane,
    )
    heads = [
        EntryHash(wire.octets(h, 32))
        for h in wire.array(fields[7], at_most=limits.MAX_MEMBERSHIP_HEADS)
    ]
    header = Header(
        kind=kind,
        log=log,
        height=wire.integer(fields[5], 1, limits.MAX_HEIGHT),
        previous=EntryHash(wire.octets(fields[6], 32)),
        membership_heads=tuple(heads),
        epoch=EpochId(wire.octets(fields[8], at_most=32)),
        salt=wire.octets(fields[9], at_most=SALT_BYTES),
        commitment=wire.octets(fields[10], at_most=32),
        parts=tuple(_part_reference(part) for part in wire.array(fields[11])),
    )
    check_header(header)
    return header


def _part_reference(value: object) -> PartReference:
    part_hash, size, document = wire.array(value, 3)
    return PartReference(
        PartHash(wire.octets(part_hash, 32)),
        wire.integer(size, 1, limits.MAX_PART_BYTES),
        DocumentId(wire.octets(document, at_most=DOCUMENT_BYTES)),
    )


def check_header(header: Header) -> None:
    """Refuse a header whose fields do not fit together (SPEC §5.2)."""
    heads = header.membership_heads
    if len(heads) > limits.MAX_MEMBERSHIP_HEADS or list(heads) != sorted(set(heads)):
        raise RemoteProtocolError("membership heads not sorted or too many")
    sizes = sum(part.size for part in header.parts)
    if not 1 <= len(header.parts) <= limits.MAX_PARTS or sizes > limits.MAX_ENTRY_BYTES:
        raise RemoteProtocolError("too few or too many parts")
    sealed = header.kind is Kind.CHANGES
    lengths = (len(header.epoch), len(header.salt), len(header.commitment))
    if lengths != ((32, SALT_BYTES, 32) if sealed else (0, 0, 0)):
        raise RemoteProtocolError("epoch fields do not fit the kind")
    if any(len(part.document) != sealed * DOCUMENT_BYTES for part in header.parts):
        raise RemoteProtocolError("document does not fit the kind")
    if not sealed and (len(header.parts) != 1 or sizes > limits.MAX_CONTROL_BODY):
        raise RemoteProtocolError("a control entry has one body")
    if not sealed and header.height > limits.MAX_CONTROL_HEIGHT:
        raise RemoteProtocolError("control log too long")


def _check_own(header: Header) -> None:
    """Refuse to sign a header that others would refuse: our own mistake, and nobody else's."""
    try:
        check_header(header)
    except RemoteProtocolError as error:
        raise LocalProtocolError(str(error)) from None


def decode_entry(encoded: bytes, signature: bytes, parts: Sequence[bytes | None]) -> Entry:
    """Rebuild an entry from its bytes and check that the parts present are the ones it names."""
    header = decode_header(encoded)
    if len(parts) != len(header.parts):
        raise RemoteProtocolError("parts missing")
    for part, named in zip(parts, header.parts, strict=True):
        if part is not None and (len(part) != named.size or hash_part(part) != named.hash):
            raise RemoteProtocolError("part does not match its header")
    if header.kind is not Kind.CHANGES and parts[0] is None:
        raise RemoteProtocolError("a control entry cannot be pruned")
    return Entry(header, encoded, hash_header(encoded), signature, tuple(parts))


def follows(header: Header, head: Head) -> bool:
    """Tell whether *header* is the next link after *head*."""
    return header.height == head.height + 1 and header.previous == head.hash


# -- sealing -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """The changes of one document inside an entry, in the clear."""

    document: DocumentId
    changes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class EntryKeys:
    """What seals one entry: a key for its parts and the commitment its header carries."""

    key: bytes
    commitment: bytes

    def part_key(self, index: int) -> bytes:
        """Return the key of part *index*; no two parts anywhere share one."""
        return crypto.blake2b(index.to_bytes(2, "big"), key=self.key, person=b"aluna-partkey-v1")


def entry_keys(
    epoch_key: bytes, log: LogId, height: int, previous: EntryHash, salt: bytes
) -> EntryKeys:
    """Derive the keys of one entry, bound to its place in its log (SPEC §5.4)."""
    place = log.space + log.device + log.incarnation.to_bytes(4, "big")
    data = place + height.to_bytes(8, "big") + previous + salt
    both = crypto.blake2b(data, size=64, key=epoch_key, person=b"aluna-seal-v1")
    return EntryKeys(both[:32], both[32:])


@dataclass(frozen=True, slots=True)
class EpochKey:
    """An epoch's key under its name."""

    id: EpochId
    key: bytes


def seal_changes(
    keys: crypto.DeviceKeys,
    log: LogId,
    head: Head,
    membership_heads: Sequence[EntryHash],
    epoch: EpochKey,
    parts: Sequence[Part],
    salt: bytes,
) -> Entry:
    """Seal *parts* as the next entry after *head*; *salt* is 16 fresh random bytes."""
    if log.lane is not Lane.CONTENT or len(salt) != SALT_BYTES:
        raise LocalProtocolError("changes are sealed into the content lane with a fresh salt")
    secret = entry_keys(epoch.key, log, head.height + 1, head.hash, salt)
    nonce = salt + bytes(crypto.XNONCE_BYTES - SALT_BYTES)
    sealed = [
        crypto.seal(secret.part_key(index), nonce, packing.encode_changes(part.changes))
        for index, part in enumerate(parts)
    ]
    header = Header(
        kind=Kind.CHANGES,
        log=log,
        height=head.height + 1,
        previous=head.hash,
        membership_heads=tuple(sorted(membership_heads)),
        epoch=epoch.id,
        salt=salt,
        commitment=secret.commitment,
        parts=tuple(
            refer(ciphertext, part.document) for ciphertext, part in zip(sealed, parts, strict=True)
        ),
    )
    _check_own(header)
    return sign_entry(keys, header, sealed)


@dataclass(frozen=True, slots=True)
class BadPart:
    """A part that does not open, and why; the others of its entry are not touched by it."""

    reason: str


def open_parts(entry: Entry, epoch_key: bytes) -> list[Part | BadPart | None]:
    """Return the parts of *entry* in the clear, None where one was dropped; never raises.

    When the commitment is not to *epoch_key* every part is bad, on every device alike.
    """
    header = entry.header
    secret = entry_keys(epoch_key, header.log, header.height, header.previous, header.salt)
    if not crypto.same(secret.commitment, header.commitment):
        return [BadPart("commitment")] * len(entry.parts)
    nonce = header.salt + bytes(crypto.XNONCE_BYTES - SALT_BYTES)
    return [
        None if part is None else _open_part(secret.part_key(index), nonce, part, named.document)
        for index, (part, named) in enumerate(zip(entry.parts, header.parts, strict=True))
    ]


def _open_part(key: bytes, nonce: bytes, part: bytes, document: DocumentId) -> Part | BadPart:
    try:
        return Part(document, packing.decode_changes(crypto.open_sealed(key, nonce, part)))
    except RemoteProtocolError:
        return BadPart("part")


def control_entry(
    keys: crypto.DeviceKeys,
    kind: Kind,
    log: LogId,
    head: Head,
    membership_heads: Sequence[EntryHash],
    body: bytes,
) -> Entry:
    """Sign *body* (a membership or epoch operation) as the next entry of the control lane."""
    if kind is Kind.CHANGES or log.lane is not Lane.CONTROL:
        raise LocalProtocolError("only membership and epoch operations go into the control lane")
    header = Header(
        kind=kind,
        log=log,
        height=head.height + 1,
        previous=head.hash,
        membership_heads=tuple(sorted(membership_heads)),
        epoch=NO_EPOCH,
        salt=b"",
        commitment=b"",
        parts=(refer(body),),
    )
    _check_own(header)
    return sign_entry(keys, header, [body])
