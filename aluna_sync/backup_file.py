"""The bytes of a sealed backup (security design §5.4, decision 0018).

    magic 8 | version 1 | header of a vault file 37 | key slot of the passphrase 72 |
    key slot of the word shares 72 | slot with the key of this backup 72 | chunks

The two key slots hold one key, as in the vault file; that key opens the key of the backup, drawn
for it alone. Chunks are sealed one by one, numbered, bound to everything before them; the last one
says that it is the last, so neither a cut nor a swap goes unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from aluna_protocol import crypto
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import RemoteProtocolError
from aluna_sync import vault_layout
from aluna_sync.errors import AlunaError
from aluna_sync.vault_layout import HEADER, KEY_BYTES, NONCE_BYTES, SLOT_BYTES, RandomBytes

MAGIC: Final = b"ALUNABKP"
VERSION: Final = 1
CHUNK_BYTES: Final = 64 * 1024
PROLOGUE_BYTES: Final = len(MAGIC) + 1 + HEADER.size + 3 * SLOT_BYTES
_BOUND: Final = b"aluna-backup-v1"


@dataclass(frozen=True, slots=True)
class Slots:
    """The beginning of a backup: what a passphrase or word shares open."""

    header: bytes
    by_passphrase: bytes
    by_shares: bytes

    def open(self, wrapping: bytes, *, shares: bool) -> bytes | None:
        """Return the key the slots hold, None when *wrapping* does not open it."""
        slot = self.by_shares if shares else self.by_passphrase
        return vault_layout.open_key(self.header, wrapping, slot)


def sealed(
    slots: Slots, key: bytes, content: Iterable[bytes], random_bytes: RandomBytes
) -> Iterator[bytes]:
    """Yield the bytes of a backup of *content*, openable with *key*, which *slots* hold."""
    backup_key = random_bytes(KEY_BYTES)
    prologue = b"".join(
        (
            MAGIC,
            bytes([VERSION]),
            slots.header,
            slots.by_passphrase,
            slots.by_shares,
            vault_layout.seal_key(slots.header, key, backup_key, random_bytes),
        )
    )
    yield prologue
    bound_to = crypto.blake2b(prologue, person=_BOUND)
    number = 0
    waiting = b""
    for piece in content:
        waiting += piece
        # The last chunk is never empty and never taken for another: it waits for what follows it.
        while len(waiting) > CHUNK_BYTES:
            chunk, waiting = waiting[:CHUNK_BYTES], waiting[CHUNK_BYTES:]
            yield _seal(backup_key, number, chunk, bound_to, last=False)
            number += 1
    yield _seal(backup_key, number, waiting, bound_to, last=True)


def read_slots(file: BinaryIO) -> tuple[Slots, bytes]:
    """Return the slots of a backup and its whole prologue.

    Raises AlunaError not-a-backup, backup-too-new, vault-parameters, before anything is hashed.
    """
    prologue = file.read(PROLOGUE_BYTES)
    if len(prologue) != PROLOGUE_BYTES or not prologue.startswith(MAGIC):
        raise AlunaError("not-a-backup")
    if prologue[len(MAGIC)] != VERSION:
        raise AlunaError("backup-too-new", found=prologue[len(MAGIC)], known=VERSION)
    place = len(MAGIC) + 1 + HEADER.size
    header = prologue[len(MAGIC) + 1 : place]
    vault_layout.parse_header(header)
    slots = Slots(
        header,
        prologue[place : place + SLOT_BYTES],
        prologue[place + SLOT_BYTES : place + 2 * SLOT_BYTES],
    )
    return slots, prologue


def opened(file: BinaryIO, slots: Slots, prologue: bytes, key: bytes) -> Iterator[bytes]:
    """Yield the content of a backup, each piece verified; AlunaError backup-damaged."""
    backup_key = vault_layout.open_key(slots.header, key, prologue[-SLOT_BYTES:])
    if backup_key is None:
        raise AlunaError("backup-damaged")
    bound_to = crypto.blake2b(prologue, person=_BOUND)
    size = CHUNK_BYTES + crypto.TAG_BYTES
    number = 0
    chunk = file.read(size)
    while True:
        following = file.read(size)
        yield _open(backup_key, number, chunk, bound_to, last=not following)
        if not following:
            return
        chunk = following
        number += 1


def _nonce(number: int) -> bytes:
    # The key seals nothing but this file.
    return number.to_bytes(NONCE_BYTES, "big")


def _seal(key: bytes, number: int, chunk: bytes, bound_to: bytes, *, last: bool) -> bytes:
    return crypto.seal(key, _nonce(number), chunk, bound_to + bytes([last]))


def _open(key: bytes, number: int, chunk: bytes, bound_to: bytes, *, last: bool) -> bytes:
    try:
        return crypto.open_sealed(key, _nonce(number), chunk, bound_to + bytes([last]))
    except RemoteProtocolError:
        raise AlunaError("backup-damaged") from None
