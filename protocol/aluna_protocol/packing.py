"""The changes of a part as one padded plaintext: deflated, and of few sizes (SPEC §5.4)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from aluna_protocol import limits, wire
from aluna_protocol.errors import RemoteProtocolError

PRESET = (
    b"\x85\x6f\x4a\x83t/title/t/body/s/terms/imp.s/dimensions/dim.s/expressions/exp.s/fields/fld."
    b'typeschemanoteeventimpactcopingcare_practiceagreementr/when/r/about/{"after":[],"value":'
    b" de la que el en y a los se del las por con para una su no al lo como "
)
"""Bytes most parts contain: zlib finds them at once, which halves small records."""


def padded_length(length: int) -> int:
    """Return the Padmé length for *length* bytes: at most 12 % more, few distinct sizes."""
    exponent = length.bit_length() - 1
    dropped = max(exponent - exponent.bit_length(), 0)
    mask = (1 << dropped) - 1
    return (length + mask) & ~mask


def encode_changes(changes: Sequence[bytes]) -> bytes:
    """Return the padded plaintext of a part: length ‖ deflated changes ‖ zeros."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, PRESET)
    body = packer.compress(wire.pack(list(changes))) + packer.flush()
    plain = len(body).to_bytes(3, "big") + body
    return plain + bytes(padded_length(len(plain)) - len(plain))


def decode_changes(plaintext: bytes) -> tuple[bytes, ...]:
    """Parse `encode_changes`; refuse bombs before they inflate and anything hidden in padding."""
    length = int.from_bytes(plaintext[:3], "big")
    body, padding = plaintext[3 : 3 + length], plaintext[3 + length :]
    if len(plaintext) < 3 or len(body) != length or any(padding):
        raise RemoteProtocolError("part of the wrong shape")
    if len(plaintext) != padded_length(3 + length):
        raise RemoteProtocolError("part padded wrongly")
    inflater = zlib.decompressobj(-15, zdict=PRESET)
    try:
        packed = inflater.decompress(body, limits.MAX_PART_PLAINTEXT)
    except zlib.error:
        raise RemoteProtocolError("part does not inflate") from None
    if not inflater.eof or inflater.unconsumed_tail or inflater.unused_data:
        raise RemoteProtocolError("part inflates beyond its bound")
    return wire.octets_array(packed, limits.MAX_PART_PLAINTEXT, limits.MAX_CHANGES_PER_PART)
