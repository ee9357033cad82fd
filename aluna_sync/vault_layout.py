"""The bytes of the vault file (security design §5.3, decision 0018).

    header:       magic 8 | version 1 | passes u32 | memory u64 | salt 16
    panic:        what a panic removes, 1, in the clear: it must act without a passphrase
    compartment:  key slot of the passphrase 72 | key slot of the word shares 72 | body 2,088
    compartment:  the same again

A key slot holds the key of its body, a body the secrets of one device. There are always two
compartments and two slots in each, full of noise where nothing was put, so that the file tells
neither whether there is a second passphrase nor whether there are word shares. One derivation
serves both passphrases: whichever is typed, the same work is done on the same bytes.

The first version of the file (one passphrase, `magic | version | passes | memory | salt | nonce |
sealed secrets`) is still read.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from aluna_protocol import crypto
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import RemoteProtocolError
from aluna_sync.errors import AlunaError, LockedError
from aluna_sync.vault_file import KdfCost, derive

MAGIC: Final = b"ALUNAVLT"
VERSION: Final = 2
HEADER: Final = struct.Struct(">8sBIQ16s")
FIRST_VERSION: Final = struct.Struct(">8sBIQ16s24s")
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 24
SALT_BYTES: Final = 16
SEAL_BYTES: Final = NONCE_BYTES + crypto.TAG_BYTES
SLOT_BYTES: Final = KEY_BYTES + SEAL_BYTES
PAYLOAD_BYTES: Final = 2048
"""More than the longest secrets: six keys and ids, two names of 256 bytes, the settings."""
BODY_BYTES: Final = PAYLOAD_BYTES + SEAL_BYTES
COMPARTMENTS: Final = 2
FILE_BYTES: Final = HEADER.size + 1 + COMPARTMENTS * (2 * SLOT_BYTES + BODY_BYTES)
_LENGTH: Final = struct.Struct(">H")

RandomBytes = Callable[[int], bytes]


class Removes(enum.IntEnum):
    """What a panic removes from this device."""

    EVERYTHING = 0
    """The keys, then every file of this program."""
    KEYS = 1
    """Only the keys: at once, whatever the size of the journal, which nothing opens any more."""
    SHARED = 2
    """What was shared with others; what is private stays, under the same passphrase."""
    PRIVATE = 3
    """What is private, and drafts; what was shared stays, under the same passphrase."""


@dataclass(frozen=True, slots=True)
class Compartment:
    """Two wraps of one key, and what that key opens."""

    by_passphrase: bytes
    by_shares: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Layout:
    """A vault file taken apart."""

    cost: KdfCost
    salt: bytes
    removes: Removes
    compartments: tuple[Compartment, ...]

    @property
    def header(self) -> bytes:
        """The bytes every seal of the file is bound to."""
        return HEADER.pack(MAGIC, VERSION, self.cost.passes, self.cost.memory, self.salt)

    def to_bytes(self) -> bytes:
        """Return the bytes of the file, always as many."""
        pieces = [self.header, bytes([self.removes])]
        for one in self.compartments:
            pieces += [one.by_passphrase, one.by_shares, one.body]
        return b"".join(pieces)

    def with_compartment(self, index: int, **changes: bytes) -> Layout:
        """Return the layout with some bytes of one compartment changed, the other untouched."""
        new = list(self.compartments)
        new[index] = replace(new[index], **changes)
        return replace(self, compartments=tuple(new))


@dataclass(frozen=True, slots=True)
class Opened:
    """What a key opened: which compartment, the key of its body, and the payload."""

    index: int
    key: bytes
    payload: bytes


def new_layout(cost: KdfCost, salt: bytes, random_bytes: RandomBytes) -> Layout:
    """Return a layout with noise in every compartment."""
    noise = tuple(noise_compartment(random_bytes) for _ in range(COMPARTMENTS))
    return Layout(cost, salt, Removes.EVERYTHING, noise)


def noise_compartment(random_bytes: RandomBytes) -> Compartment:
    """Return a compartment nobody has a key of."""
    return Compartment(random_bytes(SLOT_BYTES), random_bytes(SLOT_BYTES), random_bytes(BODY_BYTES))


def parse(data: bytes) -> Layout:
    """Return a file of this version taken apart.

    Raises AlunaError vault-damaged, vault-too-new, vault-parameters, before anything is hashed.
    """
    check_kind(data)
    if data[len(MAGIC)] != VERSION or len(data) != FILE_BYTES:
        raise AlunaError("vault-damaged")
    cost, salt = parse_header(data)
    try:
        removes = Removes(data[HEADER.size])
    except ValueError:
        # Whoever changed it must not get less than everything.
        removes = Removes.EVERYTHING
    place = HEADER.size + 1
    found = []
    for _ in range(COMPARTMENTS):
        pieces = []
        for size in (SLOT_BYTES, SLOT_BYTES, BODY_BYTES):
            pieces.append(data[place : place + size])
            place += size
        found.append(Compartment(*pieces))
    return Layout(cost, salt, removes, tuple(found))


def parse_header(header: bytes) -> tuple[KdfCost, bytes]:
    """Return cost and salt; AlunaError vault-parameters."""
    _, _, passes, memory, salt = HEADER.unpack_from(header)
    return KdfCost(passes, memory), salt


def check_kind(data: bytes) -> None:
    """Refuse what is no vault, or one of a newer program."""
    if len(data) <= FIRST_VERSION.size + crypto.TAG_BYTES or not data.startswith(MAGIC):
        raise AlunaError("vault-damaged")
    if data[len(MAGIC)] > VERSION:
        raise AlunaError("vault-too-new", found=data[len(MAGIC)], known=VERSION)


# -- slots and bodies ----------------------------------------------------------------------------


def seal_key(header: bytes, wrapping: bytes, key: bytes, random_bytes: RandomBytes) -> bytes:
    """Return a key slot: *key* under *wrapping*."""
    nonce = random_bytes(NONCE_BYTES)
    return nonce + crypto.seal(wrapping, nonce, key, header + b"key")


def open_key(header: bytes, wrapping: bytes, slot: bytes) -> bytes | None:
    """Return the key in *slot*, None when *wrapping* does not open it."""
    return _open(wrapping, slot, header + b"key")


def seal_body(header: bytes, key: bytes, payload: bytes, random_bytes: RandomBytes) -> bytes:
    """Return a body: *payload*, padded to the one length all have, under *key*."""
    nonce = random_bytes(NONCE_BYTES)
    return nonce + crypto.seal(key, nonce, padded(payload), header + b"body")


def open_body(header: bytes, key: bytes, body: bytes) -> bytes | None:
    """Return the payload of *body*, None when *key* does not open it."""
    found = _open(key, body, header + b"body")
    return None if found is None else unpadded(found)


def padded(payload: bytes) -> bytes:
    """Return *payload* brought to the one length all have."""
    filled = (_LENGTH.pack(len(payload)) + payload).ljust(PAYLOAD_BYTES, b"\0")
    if len(filled) > PAYLOAD_BYTES:
        raise ValueError("secrets longer than a body")
    return filled


def unpadded(filled: bytes) -> bytes:
    """Return the payload `padded` was given."""
    (length,) = _LENGTH.unpack_from(filled)
    return filled[_LENGTH.size : _LENGTH.size + length]


def _open(key: bytes, sealed: bytes, bound_to: bytes) -> bytes | None:
    try:
        return crypto.open_sealed(key, sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
    except RemoteProtocolError:
        return None


def open_with(layout: Layout, wrapping: bytes, *, shares: bool = False) -> Opened | None:
    """Return what *wrapping* opens; every compartment is tried, whichever it is."""
    found = None
    for index, one in enumerate(layout.compartments):
        slot = one.by_shares if shares else one.by_passphrase
        key = open_key(layout.header, wrapping, slot)
        if key is not None:
            payload = open_body(layout.header, key, one.body)
            if payload is None:
                raise AlunaError("vault-damaged")
            found = Opened(index, key, payload)
    return found


def find(layout: Layout, key: bytes) -> Opened | None:
    """Return the compartment whose body *key* opens."""
    for index, one in enumerate(layout.compartments):
        payload = open_body(layout.header, key, one.body)
        if payload is not None:
            return Opened(index, key, payload)
    return None


# -- the first version ---------------------------------------------------------------------------


def is_first_version(data: bytes) -> bool:
    """Tell whether *data* is a vault file as it was before there were compartments."""
    check_kind(data)
    return data[len(MAGIC)] == 1


def open_first_version(data: bytes, passphrase: bytes) -> tuple[bytes, KdfCost]:
    """Return payload and cost; LockedError wrong-passphrase, AlunaError vault-parameters."""
    _, _, passes, memory, salt, nonce = FIRST_VERSION.unpack_from(data)
    cost = KdfCost(passes, memory)
    size = FIRST_VERSION.size
    try:
        key = derive(passphrase, salt, cost)
        return crypto.open_sealed(key, nonce, data[size:], data[:size]), cost
    except RemoteProtocolError:
        raise LockedError("wrong-passphrase") from None
