"""The one door to msgpack: strict shapes, canonical bytes (SPEC §4).

Structures are fixed-position arrays, never maps. Bytes are bounded before they are parsed, because
msgpack amplifies up to 72 times; signatures and hashes are always over the bytes received.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgpack

from aluna_protocol import limits
from aluna_protocol.errors import RemoteProtocolError

T = TypeVar("T")

_ARRAY_STARTS: Final = frozenset(range(0x90, 0xA0)) | {0xDC, 0xDD}

_INVISIBLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Spelled out: a table of Unicode grows with its version, and two devices would not agree."""
_BLANK: Final = re.compile("[ \xa0\u1680\u2000-\u200a\u202f\u205f\u3000]*")


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


class Reader:
    """Walks one value whose shape is known, item by item: nothing else is ever built.

    Two MiB of empty arrays cost their own two MiB, where parsing them whole costs 130. Use `read`.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._unpacker = msgpack.Unpacker(
            max_buffer_size=max(len(data), 1), max_array_len=0, max_map_len=0, max_ext_len=0
        )
        self._unpacker.feed(data)
        self.item: Callable[[], Any] = self._unpacker.unpack
        """Return the next item, which holds no others: bytes, text, an integer, a boolean, nil."""
        self.place: Callable[[], int] = self._unpacker.tell
        """Return how many bytes are behind."""

    def array(self, length: int | None = None, *, at_most: int | None = None) -> int:
        """Enter an array of exactly *length* (or at most *at_most*) items; return how many."""
        try:
            count: int = self._unpacker.read_array_header()
        except (ValueError, msgpack.UnpackException):
            raise RemoteProtocolError("expected an array") from None
        if length is not None and count != length:
            raise RemoteProtocolError("array of the wrong length")
        if at_most is not None and count > at_most:
            raise RemoteProtocolError("array too long")
        return count

    def at_array(self) -> bool:
        """Tell whether an array comes next."""
        place = self.place()
        return place < len(self._data) and self._data[place] in _ARRAY_STARTS


def read(data: bytes, max_bytes: int, shape: Callable[[Reader], T]) -> T:
    """Return what *shape* makes of *data*; raise `RemoteProtocolError` for anything else."""
    if len(data) > max_bytes:
        raise RemoteProtocolError("message too long")
    reader = Reader(data)
    try:
        value = shape(reader)
    except (ValueError, msgpack.UnpackException, OverflowError):
        raise RemoteProtocolError("not a well-formed message") from None
    if reader.place() != len(data):
        raise RemoteProtocolError("not a well-formed message")
    return value


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
    """Return *value* if it is a name: short text without invisible characters (SPEC §4.2)."""
    if not isinstance(value, str) or _BLANK.fullmatch(value):
        raise RemoteProtocolError("expected a name")
    if len(value.encode()) > limits.MAX_NAME_BYTES:
        raise RemoteProtocolError("name too long")
    if _INVISIBLE.search(value):
        raise RemoteProtocolError("name with invisible characters")
    return value
