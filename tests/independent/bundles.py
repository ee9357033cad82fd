"""SPEC §18: bundles, from the first byte of a file to the messages of each section."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nacl import bindings
from nacl.exceptions import CryptoError

from independent.encoding import (
    MAX_CONTROL_MESSAGE,
    MAX_MESSAGE,
    Refused,
    agree,
    array,
    blake2b,
    integer,
    kind_of,
    octets,
    refuse,
    unpack,
    unpack_canonical,
    verify,
)
from independent.messages import read_message

START = b"\x93aluna\r\n"
BOXES, MAX_BOXES, BOX = 64, 4096, 96
CHUNK, TAG, HEADER = 65_536, 16, 28
MAX_FILE = 2**31


@dataclass(frozen=True)
class Place:
    """§18.2: what a box holds."""

    offset: int
    length: int
    key: bytes


def read_header(data: bytes) -> tuple[int, bytes]:
    """§18.1: the number of boxes and the salt."""
    if data[:8] != START or len(data) < HEADER:
        refuse("not a bundle")
    if data[8:10] != b"\0\1":
        refuse("bundle of an unknown version")
    boxes = int.from_bytes(data[10:12], "big")
    if boxes % BOXES or not BOXES <= boxes <= MAX_BOXES:
        refuse("table of the wrong size")
    return boxes, data[12:28]


def opened(box: bytes, secret: bytes) -> bytes:
    """§3.3: the plaintext of a box."""
    static = bytes(bindings.crypto_scalarmult_base(secret))
    key = blake2b(box[:32] + static, 32, key=agree(secret, box[:32]), person="aluna-box-v1")
    return open_sealed(box[32:], b"", bytes(24), key)


def open_sealed(sealed: bytes, ad: bytes, nonce: bytes, key: bytes) -> bytes:
    """§3.1: XChaCha20-Poly1305."""
    try:
        return bytes(
            bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, ad or None, nonce, key)
        )
    except (CryptoError, ValueError):
        refuse("sealed part does not open")


def places(data: bytes, secret: bytes) -> list[Place]:
    """§18.2: the sections for whoever holds *secret*, in the order of the file."""
    boxes, _ = read_header(data)
    body = HEADER + BOX * boxes
    found = []
    for at in range(HEADER, body, BOX):
        try:
            plain = opened(data[at : at + BOX], secret)
        except Refused:
            continue
        offset, length = (int.from_bytes(plain[n : n + 8], "big") for n in (0, 8))
        last = length % (CHUNK + TAG)
        if offset < body or offset + length > MAX_FILE or length == 0 or 0 < last <= TAG:
            refuse("section in an impossible place")
        found.append(Place(offset, length, plain[16:]))
    found.sort(key=lambda place: place.offset)
    if any(a.offset + a.length > b.offset for a, b in itertools.pairwise(found)):
        refuse("sections overlap")
    return found


def plaintext(data: bytes, place: Place) -> bytes:
    """§18.3: what the chunks of a section hold."""
    sealed = data[place.offset : place.offset + place.length]
    pieces = [sealed[at : at + CHUNK + TAG] for at in range(0, len(sealed), CHUNK + TAG)]
    return b"".join(
        open_sealed(
            piece,
            data[:HEADER],
            number.to_bytes(8, "big") + bytes([piece is pieces[-1]]) + bytes(15),
            place.key,
        )
        for number, piece in enumerate(pieces)
    )


def messages(data: bytes, place: Place) -> Iterator[bytes]:
    """§18.3: the messages of a section, each checked."""
    plain, space = plaintext(data, place), None
    while plain:
        size = int.from_bytes(plain[:4], "big")
        if len(plain) >= 4 and size > MAX_MESSAGE:
            refuse("message too long")
        if len(plain) < 4 + size:
            refuse("message cut short")
        message, plain = plain[4 : 4 + size], plain[4 + size :]
        if message[:2] == b"\x98\x03":
            _, fields = read_message(message)
            if space is None:
                refuse("a section begins with a receipt")
            if fields[0] != data[12:28]:
                refuse("a batch of another bundle")
        else:
            said = read_receipt(message)
            if space not in (None, said[0]):
                refuse("a section is of one space")
            space = said[0]
        yield message


def read_receipt(message: bytes) -> list[Any]:
    """§18.4: what its writer said."""
    kind, items = kind_of(unpack(message, MAX_CONTROL_MESSAGE))
    if kind != 0 or len(items) != 2:
        refuse("unknown message")
    body = octets(items[0])
    said = array(unpack_canonical(body, MAX_CONTROL_MESSAGE), 4)
    octets(said[0], 32)
    octets(said[1], 32)
    rows, readers = array(said[2]), array(said[3])
    if len(rows) > 512 or len(readers) > 1024:
        refuse("array too long")
    for row in rows:
        device, incarnation, lane, height, tip = array(row, 5)
        octets(device, 32)
        integer(incarnation, 0, 2**32 - 1)
        integer(lane, 0, 1)
        integer(height, 1, 2**32)
        octets(tip, 32)
    for reader in readers:
        octets(reader, 32)
    verify(said[1], b"aluna-receipt-v1" + body, octets(items[1], 64))
    return said
