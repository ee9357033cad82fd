"""The one door to msgpack: strict shapes, canonical bytes (SPEC §4).

Structures are fixed-position arrays, never maps. Bytes are bounded before they are parsed, because
msgpack amplifies up to 72 times; signatures and hashes are always over the bytes received.
"""

from __future__ import annotations

import unicodedata
from typing import Any, TypeVar

import msgpack

from aluna_protocol import limits
from aluna_protocol.errors import RemoteProtocolError

T = TypeVar("T")


def pack(value: object) -> bytes:
    """Return the canonical bytes of *value*: arrays, integers, bytes, text, booleans, nil."""
    packed: bytes = msgpack.packb(value, use_bin_type=True)
    return packed


def unpack(data: bytes, max_bytes: int) -> Any:
    """Parse *data*, at most *max_bytes* long; raise `RemoteProtocolError` for anything else."""
    if len(data) > max_bytes:
        raise RemoteProtocolError("message too long")
    try:
        return msgpack.unpackb(
            data,
            raw=False,
            use_list=True,
            strict_map_key=True,
            max_array_len=4 * limits.MAX_DEVICES,
            max_map_len=0,
            max_ext_len=0,
        )
    except (ValueError, msgpack.UnpackException, OverflowError):
        # UnicodeDecodeError, StackError, ExtraData and FormatError are all ValueErrors.
        raise RemoteProtocolError("not a well-formed message") from None


def unpack_canonical(data: bytes, max_bytes: int) -> Any:
    """Parse *data* and refuse any other spelling of the same value than ours."""
    value = unpack(data, max_bytes)
    try:
        again = pack(value)
    except (ValueError, OverflowError, TypeError, RecursionError):
        raise RemoteProtocolError("not a canonical message") from None
    if again != data:
        raise RemoteProtocolError("not a canonical message")
    return value


def octets_array(data: bytes, max_bytes: int, at_most: int) -> tuple[bytes, ...]:
    """Parse an array of 1 to *at_most* byte strings without ever building anything else.

    What inflates to megabytes may be made of millions of empty arrays: they are refused one by one.
    """
    if len(data) > max_bytes:
        raise RemoteProtocolError("message too long")
    unpacker = msgpack.Unpacker(
        max_buffer_size=max(len(data), 1), max_array_len=0, max_map_len=0, max_ext_len=0
    )
    unpacker.feed(data)
    try:
        count = unpacker.read_array_header()
        if not 1 <= count <= at_most:
            raise RemoteProtocolError("array empty or too long")
        items = tuple(octets(unpacker.unpack()) for _ in range(count))
    except (ValueError, msgpack.UnpackException, OverflowError):
        raise RemoteProtocolError("not a well-formed message") from None
    if unpacker.tell() != len(data):
        raise RemoteProtocolError("not a well-formed message")
    return items


def tagged(value: object) -> list[Any]:
    """Return *value* if it is an array that starts with an integer: what it is."""
    fields = array(value)
    if not fields or not isinstance(fields[0], int) or isinstance(fields[0], bool):
        raise RemoteProtocolError("expected an array that starts with its kind")
    return fields


def array(value: object, length: int | None = None, *, at_most: int | None = None) -> list[Any]:
    """Return *value* if it is an array of exactly *length* (or at most *at_most*) items."""
    if not isinstance(value, list):
        raise RemoteProtocolError("expected an array")
    if length is not None and len(value) != length:
        raise RemoteProtocolError("array of the wrong length")
    if at_most is not None and len(value) > at_most:
        raise RemoteProtocolError("array too long")
    return value


def octets(value: object, length: int | None = None, *, at_most: int | None = None) -> bytes:
    """Return *value* if it is bytes of exactly *length* (or at most *at_most*)."""
    if not isinstance(value, bytes):
        raise RemoteProtocolError("expected bytes")
    if length is not None and len(value) != length:
        raise RemoteProtocolError("bytes of the wrong length")
    if at_most is not None and len(value) > at_most:
        raise RemoteProtocolError("bytes too long")
    return value


def integer(value: object, low: int = 0, high: int = 2**63 - 1) -> int:
    """Return *value* if it is an integer from *low* to *high*, both included."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise RemoteProtocolError("expected an integer in range")
    return value


def boolean(value: object) -> bool:
    """Return *value* if it is a boolean."""
    if not isinstance(value, bool):
        raise RemoteProtocolError("expected a boolean")
    return value


def name(value: object) -> str:
    """Return *value* if it is a name: short NFC text without invisible characters."""
    if not isinstance(value, str) or not value.strip():
        raise RemoteProtocolError("expected a name")
    if len(value.encode()) > limits.MAX_NAME_BYTES:
        raise RemoteProtocolError("name too long")
    if not unicodedata.is_normalized("NFC", value):
        raise RemoteProtocolError("name not normalised")
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for letter in value):
        raise RemoteProtocolError("name with invisible characters")
    return value
