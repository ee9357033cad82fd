"""The values of a change: few types, exact lengths, valid text (SPEC §8.3)."""

from __future__ import annotations

import enum
import math
import struct

from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.lint import runs

MAX_VALUE_BYTES = 64 * 1024
"""The longest value under one key: a note or the JSON of one act; long writing lives in texts."""


class Kind(enum.Enum):
    """What an operation may carry."""

    NOTHING = enum.auto()
    """A deletion or a new text."""
    LETTER = enum.auto()
    """Exactly one code point."""
    SCALAR = enum.auto()
    """A value our engine can write and read."""


_NULL, _FALSE, _TRUE, _UINT, _INT, _F64, _STR, _BYTES = range(8)
_TYPE_BITS = 4
_TYPE_MASK = 0x0F
_FIRST_OF_WIDTH = (0, 0x00, 0x80, 0x800, 0x10000)
"""By the bytes a letter takes in UTF-8, the first code point that needs so many."""


def check_values(kinds: dict[int, Kind], meta: bytes, raw: bytes, ops: int) -> None:
    """Check the value columns against what each operation may carry."""
    at = 0
    for row, end, (kind, tag) in runs.merged(ops, kinds, runs.numbers(meta, ops)):
        if tag is None:
            raise RemoteProtocolError("value without a type")
        size = tag >> _TYPE_BITS
        count = end - row
        until = at + size * count
        if until > len(raw):
            raise RemoteProtocolError("values past the end")
        if kind is Kind.LETTER:
            _check_letters(tag & _TYPE_MASK, size, raw[at:until], count)
        elif kind is Kind.SCALAR:
            for place in range(at, until, size) if size else (at,):
                _check_scalar(tag & _TYPE_MASK, raw[place : place + size])
        elif tag:
            raise RemoteProtocolError("value where none belongs")
        at = until
    if at != len(raw):
        raise RemoteProtocolError("values left over")


def _check_letters(kind: int, width: int, encoded: bytes, count: int) -> None:
    """Accept *count* letters of *width* bytes each: shortest form makes the boundaries certain."""
    if kind != _STR or not 1 <= width < len(_FIRST_OF_WIDTH):
        raise RemoteProtocolError("not a letter")
    letters = _decoded(encoded)
    if len(letters) != count or ord(min(letters)) < _FIRST_OF_WIDTH[width]:
        raise RemoteProtocolError("not one letter each")


def _check_scalar(kind: int, value: bytes) -> None:
    size = len(value)
    match kind:
        case k if k in (_NULL, _FALSE, _TRUE):
            fits = size == 0
        case k if k == _UINT:
            fits = size > 0 and runs.unsigned(value, 0)[1] == size
        case k if k == _INT:
            fits = size > 0 and runs.signed(value, 0)[1] == size
        case k if k == _F64:
            fits = size == struct.calcsize("<d") and math.isfinite(struct.unpack("<d", value)[0])
        case k if k == _STR:
            fits = size <= MAX_VALUE_BYTES
            _decoded(value)
        case k if k == _BYTES:
            fits = size <= MAX_VALUE_BYTES
        case _:
            raise RemoteProtocolError("type of value not allowed")
    if not fits:
        raise RemoteProtocolError("value of the wrong length")


def _decoded(encoded: bytes) -> str:
    try:
        return encoded.decode()
    except UnicodeDecodeError:
        raise RemoteProtocolError("not UTF-8") from None
