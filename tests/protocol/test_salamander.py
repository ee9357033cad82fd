"""One ciphertext that opens under two epochs, and why nobody is shown two texts (row K5).

XChaCha20-Poly1305 does not commit to its key: who knows both keys solves one linear equation for a
block of ciphertext, and the same bytes and tag open under either. The commitment in the signed
header is what stops it (SPEC §5.4).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace

import pytest

from aluna_protocol import crypto, entry, epoch, packing
from aluna_protocol.entry import BadPart, Entry, EpochKey, Part
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import EMPTY_LOG
from vectors.making import CONTENT, DOCUMENT, EVE, SALT

P = 2**130 - 5
CLAMP = 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
CONSTANTS = struct.unpack("<4I", b"expand 32-byte k")
NONCE = SALT + bytes(8)
LOG = replace(CONTENT, device=EVE.device)
ONE, OTHER = epoch.named(bytes([1]) * 32), epoch.named(bytes([2]) * 32)
TEXT = Part(DOCUMENT, (b"what everybody agreed on",))


def quarter(state: list[int], a: int, b: int, c: int, d: int) -> None:
    for one, two, three, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[one] = (state[one] + state[two]) & 0xFFFFFFFF
        mixed = state[three] ^ state[one]
        state[three] = (mixed << turn | mixed >> (32 - turn)) & 0xFFFFFFFF


def rounds(state: list[int]) -> list[int]:
    """The twenty rounds of ChaCha."""
    for _ in range(10):
        for column in range(4):
            quarter(state, column, column + 4, column + 8, column + 12)
        for row in range(4):
            quarter(state, row, 4 + (row + 1) % 4, 8 + (row + 2) % 4, 12 + (row + 3) % 4)
    return state


def one_time_key(key: bytes, nonce: bytes) -> tuple[int, int]:
    """The key of Poly1305 that XChaCha20-Poly1305 derives: r and s."""
    mixed = rounds([*CONSTANTS, *struct.unpack("<8I", key), *struct.unpack("<4I", nonce[:16])])
    subkey = mixed[:4] + mixed[12:]
    start = [*CONSTANTS, *subkey, 0, 0, *struct.unpack("<2I", nonce[16:])]
    block = [(a + b) & 0xFFFFFFFF for a, b in zip(rounds(list(start)), start, strict=True)]
    r, s = struct.pack("<4I", *block[:4]), struct.pack("<4I", *block[4:8])
    return int.from_bytes(r, "little") & CLAMP, int.from_bytes(s, "little")


def poly(ciphertext: bytes, r: int, s: int) -> int:
    """The tag of *ciphertext*, whole blocks, no associated data."""
    lengths = bytes(8) + len(ciphertext).to_bytes(8, "little")
    total = 0
    for at in range(0, len(ciphertext) + 16, 16):
        block = (ciphertext + lengths)[at : at + 16]
        total = (total + int.from_bytes(block + b"\1", "little")) * r % P
    return (total + s) % 2**128


def salamander(prefix: bytes, one: bytes, other: bytes) -> bytes:
    """Return a ciphertext with its tag that begins with *prefix* and opens under both keys."""
    keys = [one_time_key(key, NONCE) for key in (one, other)]
    for filler in range(256):
        start = prefix + filler.to_bytes(16, "little")
        blank = start + bytes(16)
        sums = [(poly_sum(blank, r), r, s) for r, s in keys]
        for block in last_blocks(sums):
            ciphertext = start + block.to_bytes(16, "little")
            tags = {poly(ciphertext, r, s) for r, s in keys}
            if len(tags) == 1:
                return ciphertext + tags.pop().to_bytes(16, "little")
    raise AssertionError("no ciphertext found")


def poly_sum(ciphertext: bytes, r: int) -> int:
    """What Poly1305 has before it adds s and forgets all but 128 bits."""
    lengths = bytes(8) + len(ciphertext).to_bytes(8, "little")
    total = 0
    for at in range(0, len(ciphertext) + 16, 16):
        block = (ciphertext + lengths)[at : at + 16]
        total = (total + int.from_bytes(block + b"\1", "little")) * r % P
    return total


def last_blocks(sums: list[tuple[int, int, int]]) -> Iterator[int]:
    """Solve for the last block: it counts r² times; the two sums may differ by some 2^128."""
    (sum_one, r_one, s_one), (sum_other, r_other, s_other) = sums
    factor = pow((r_one * r_one - r_other * r_other) % P, -1, P)
    for carry in range(-4, 5):
        missing = sum_other + s_other - sum_one - s_one + carry * 2**128
        block = missing * factor % P
        if block < 2**128:
            yield block


def hostile_entry(committed: EpochKey) -> tuple[Entry, list[bytes]]:
    """An entry by Eve whose one part opens under both epochs, committed to one of them."""
    secrets = [entry.entry_keys(key.key, LOG, 1, EMPTY_LOG.hash, SALT) for key in (ONE, OTHER)]
    part_keys = [secret.part_key(0) for secret in secrets]
    readable = packing.encode_changes(TEXT.changes)
    prefix = crypto.seal(part_keys[0], NONCE, readable)[: len(readable) // 16 * 16]
    part = salamander(prefix, *part_keys)
    honest = entry.seal_changes(EVE, LOG, EMPTY_LOG, (), committed, [TEXT], SALT)
    references = (entry.refer(part, DOCUMENT),)
    return entry.sign_entry(EVE, replace(honest.header, parts=references), [part]), part_keys


def test_the_arithmetic_here_is_that_of_the_library() -> None:
    for number in range(4):
        key, text = bytes([number]) * 32, bytes(16 * number)
        sealed = crypto.seal(key, NONCE, text)
        tag = poly(sealed[:-16], *one_time_key(key, NONCE))
        assert tag.to_bytes(16, "little") == sealed[-16:]


def test_k5_a_part_that_opens_under_two_epochs_is_read_under_the_committed_one_or_by_nobody() -> (
    None
):
    signed, part_keys = hostile_entry(ONE)
    (part,) = signed.parts
    assert part is not None
    texts = [crypto.open_sealed(key, NONCE, part) for key in part_keys]
    # The cipher alone is deceived: two texts, no error.
    assert texts[0] != texts[1]
    with pytest.raises(RemoteProtocolError):
        crypto.open_sealed(bytes(32), NONCE, part)
    entry.verify_entry(entry.decode_entry(signed.encoded, signed.signature, signed.parts))
    assert entry.open_parts(signed, OTHER.key) == [BadPart("commitment")]
    # Under the epoch committed to it is one text for everybody: here not even a part.
    assert entry.open_parts(signed, ONE.key) == [BadPart("part")]


def test_k5_no_header_makes_one_part_readable_under_two_epochs() -> None:
    """Whatever epoch the header names and whichever it commits to, at most one key opens it."""
    for committed in (ONE, OTHER):
        for named in (ONE, OTHER):
            signed, _ = hostile_entry(committed)
            header = replace(signed.header, epoch=named.id)
            again = entry.sign_entry(EVE, header, [part for part in signed.parts if part])
            opened = [entry.open_parts(again, key.key) for key in (ONE, OTHER)]
            assert opened.count([BadPart("commitment")]) == 1


def test_k5_an_epoch_named_falsely_opens_for_nobody() -> None:
    honest = entry.seal_changes(EVE, LOG, EMPTY_LOG, (), ONE, [TEXT], SALT)
    assert entry.open_parts(honest, ONE.key) == [TEXT]
    swapped = replace(honest.header, epoch=OTHER.id)
    signed = entry.sign_entry(EVE, swapped, [part for part in honest.parts if part])
    assert entry.open_parts(signed, OTHER.key) == [BadPart("commitment")]
