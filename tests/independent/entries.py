"""SPEC §5: headers, signatures, parts, and the log gate as far as chains go."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import msgpack

from independent.encoding import (
    MAX_CONTROL_MESSAGE,
    Refused,
    array,
    at_most,
    blake2b,
    integer,
    octets,
    open_x,
    refuse,
    unpack_canonical,
    verify,
)

MIB = 1_048_576
NOTHING = bytes(32)
PRESET = bytes.fromhex(
    "856f4a83742f7469746c652f742f626f64792f732f7465726d732f696d702e732f64696d656e73696f6e732f64696d2e"
    "732f65787072657373696f6e732f6578702e732f6669656c64732f666c642e74797065736368656d616e6f7465657665"
    "6e74696d70616374636f70696e67636172655f707261637469636561677265656d656e74722f7768656e2f722f61626f"
    "75742f7b226166746572223a5b5d2c2276616c7565223a206465206c612071756520656c20656e20792061206c6f7320"
    "73652064656c206c617320706f7220636f6e207061726120756e61207375206e6f20616c206c6f20636f6d6f20"
)


@dataclass(frozen=True)
class Header:
    """§5.1, with the hash of its bytes."""

    hash: bytes
    kind: int
    space: bytes
    device: bytes
    incarnation: int
    height: int
    previous: bytes
    heads: tuple[bytes, ...]
    epoch: bytes
    salt: bytes
    commitment: bytes
    parts: tuple[tuple[bytes, int, bytes], ...]

    @property
    def log(self) -> tuple[bytes, bytes, int, int]:
        """§2: the lane follows from the kind."""
        return self.space, self.device, self.incarnation, 1 if self.kind == 0 else 0


def read_header(data: bytes) -> Header:
    """§5.1 and §5.2, rules 1 to 4."""
    items = array(unpack_canonical(data, MAX_CONTROL_MESSAGE), 12)
    if integer(items[0]) != 1:
        refuse("entry of an unknown version")
    kind = integer(items[1], 0, 2)
    place = (
        octets(items[2], 32),
        octets(items[3], 32),
        integer(items[4], 0, 2**32 - 1),
    )
    heads = tuple(octets(one, 32) for one in array(items[7], at_most=64))
    header = Header(
        blake2b(data, person="aluna-entry-v1"),
        kind,
        *place,
        integer(items[5], 1, 2**32),
        octets(items[6], 32),
        heads,
        at_most(items[8], 32),
        at_most(items[9], 16),
        at_most(items[10], 32),
        tuple(
            (octets(part[0], 32), integer(part[1], 1, MIB), at_most(part[2], 16))
            for part in (array(one, 3) for one in array(items[11]))
        ),
    )
    check_header(header)
    return header


def check_header(header: Header) -> None:
    """§5.2, rules 1 to 4."""
    if any(one >= other for one, other in zip(header.heads, header.heads[1:], strict=False)):
        refuse("membership heads not sorted or too many")
    total = sum(size for _, size, _ in header.parts)
    if not 1 <= len(header.parts) <= 512 or total > MIB:
        refuse("too few or too many parts")
    lengths = (len(header.epoch), len(header.salt), len(header.commitment))
    if lengths != ((32, 16, 32) if header.kind == 0 else (0, 0, 0)):
        refuse("epoch fields do not fit the kind")
    if {len(document) for _, _, document in header.parts} != {16 if header.kind == 0 else 0}:
        refuse("document does not fit the kind")
    if header.kind != 0 and (len(header.parts) != 1 or total > 262_144):
        refuse("a control entry has one body")
    if header.kind != 0 and header.height > 16_384:
        refuse("control log too long")


@dataclass(frozen=True)
class Entry:
    """A header, its signature and its parts; None is a part that is not here."""

    header: Header
    signature: bytes
    parts: tuple[bytes | None, ...]

    def verify(self) -> None:
        """§5.1."""
        message = b"aluna-entry-sig-v1" + self.header.hash
        verify(self.header.device, message, self.signature)


def read_entry(header: bytes, signature: bytes, parts: list[bytes | None]) -> Entry:
    """§5.2, rules 5 and 6."""
    read = read_header(header)
    if len(parts) != len(read.parts):
        refuse("parts missing")
    for part, (hashed, size, _) in zip(parts, read.parts, strict=True):
        same = part is None or (len(part) == size and hash_part(part) == hashed)
        if not same:
            refuse("part does not match its header")
    if read.kind != 0 and parts[0] is None:
        refuse("a control entry cannot be pruned")
    return Entry(read, signature, tuple(parts))


def hash_part(part: bytes) -> bytes:
    """§2."""
    return blake2b(part, person="aluna-part-v1")


# -- sealing -------------------------------------------------------------------------------------


def padme(length: int) -> int:
    """§5.4: P(L)."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    significant = exponent.bit_length()
    if exponent <= significant:
        return length
    step: int = 2 ** (exponent - significant)
    return -(-length // step) * step


def entry_keys(epoch_key: bytes, header: Header) -> tuple[bytes, bytes]:
    """§5.4: the entry key and the commitment."""
    place = header.space + header.device + header.incarnation.to_bytes(4, "big")
    place += header.height.to_bytes(8, "big") + header.previous + header.salt
    both = blake2b(place, 64, key=epoch_key, person="aluna-seal-v1")
    return both[:32], both[32:]


def part_key(entry_key: bytes, index: int) -> bytes:
    """§5.4."""
    return blake2b(index.to_bytes(2, "big"), key=entry_key, person="aluna-partkey-v1")


def open_entry(entry: Entry, epoch_key: bytes) -> list[tuple[bytes, list[bytes]] | None]:
    """§5.6: document and changes of each part, None for a bad one."""
    key, commitment = entry_keys(epoch_key, entry.header)
    if commitment != entry.header.commitment:
        return [None] * len(entry.parts)
    found: list[tuple[bytes, list[bytes]] | None] = []
    for index, part in enumerate(entry.parts):
        try:
            nonce = entry.header.salt + bytes(8)
            changes = read_plaintext(open_x(part_key(key, index), nonce, part or b""))
            found.append((entry.header.parts[index][2], changes))
        except Refused:
            found.append(None)
    return found


def read_plaintext(plain: bytes) -> list[bytes]:
    """§5.4 and §5.6."""
    length = int.from_bytes(plain[:3], "big")
    body, rest = plain[3 : 3 + length], plain[3 + length :]
    if len(plain) < 3 or len(body) != length or rest.strip(b"\0"):
        refuse("part of the wrong shape")
    if len(plain) != padme(3 + length):
        refuse("part padded wrongly")
    inflater = zlib.decompressobj(-15, PRESET)
    try:
        data = inflater.decompress(body, 4 * MIB)
    except zlib.error:
        refuse("part does not inflate")
    if not inflater.eof or inflater.unused_data:
        refuse("part inflates beyond its bound")
    return read_changes(data)


def read_changes(data: bytes) -> list[bytes]:
    """§5.6: never build nested values."""
    unpacker: Any = msgpack.Unpacker(max_buffer_size=len(data) or 1, max_array_len=0, max_map_len=0)
    unpacker.feed(data)
    try:
        count = unpacker.read_array_header()
        if not 1 <= count <= 4096:
            refuse("array empty or too long")
        changes = [octets(unpacker.unpack()) for _ in range(count)]
    except (ValueError, msgpack.UnpackException):
        refuse("not a well-formed message")
    if unpacker.tell() != len(data):
        refuse("not a well-formed message")
    return changes


def actor_of(device: bytes, document: bytes, incarnation: int) -> bytes:
    """§6.1."""
    return blake2b(device + document + incarnation.to_bytes(4, "big"), 16, person="aluna-actor-v1")


def document_of(space: bytes, person: bytes, random: bytes) -> bytes:
    """§5.5."""
    return random + blake2b(space + person + random, 8, person="aluna-document-2")
