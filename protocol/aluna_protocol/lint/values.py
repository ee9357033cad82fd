"""The values of a change: few types, exact lengths, valid text (SPEC §8.3)."""

from __future__ import annotations

import enum
import math
import struct
from typing import NamedTuple

from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.lint import runs

MAX_VALUE_BYTES = 64 * 1024
"""The longest value under one key: a note or the JSON of one act; long writing lives in texts."""

Scalar = str | int | float | bool | bytes | None


class Kind(enum.Enum):
    """What an operation may carry."""

    NOTHING = enum.auto()
    """A deletion or a new text."""
    LETTER = enum.auto()
    """Exactly one code point."""
    SCALAR = enum.auto()
    """A value our engine can write and read."""


class Values(NamedTuple):
    """What the operations of a change carry, each kind in the order of its operations."""

    letters: str
    scalars: list[Scalar]


_NULL, _FALSE, _TRUE, _UINT, _INT, _F64, _STR, _BYTES = range(8)
_TYPE_BITS = 4
_TYPE_MASK = 0x0F
_DOUBLE = struct.Struct("<d")
_CONTINUATION = bytes(range(0x80, 0xC0))
_LETTER_TAGS = bytes(width << _TYPE_BITS | _STR for width in (1, 2, 3, 4))
"""The tags a letter can have, by the bytes it takes in UTF-8 less one."""
_TAG_BY_LEAD = bytes(
    _LETTER_TAGS[3 if lead >= 0xF0 else 2 if lead >= 0xE0 else 1 if lead >= 0xC0 else 0]
    for lead in range(256)
)
"""The tag of a letter, by its first byte in UTF-8."""


def read_values(kinds: dict[int, Kind], meta: bytes, raw: bytes, ops: int) -> Values:
    """Read the value columns, checked against what each operation may carry by *kinds*."""
    tags = _tags(meta, ops)
    at = 0
    letter_tags, encoded = bytearray(), bytearray()
    scalars: list[Scalar] = []
    for row, end, kind in zip(kinds, [*kinds, ops][1:], kinds.values(), strict=True):
        here = tags[row:end]
        if kind is Kind.LETTER:
            packed = _letter_tags(here)
            until = at + sum(packed.count(tag) * (tag >> _TYPE_BITS) for tag in _LETTER_TAGS)
            letter_tags += packed
            encoded += raw[at:until]
            at = until
        elif kind is Kind.SCALAR:
            for tag in here:
                until = at + (tag >> _TYPE_BITS)
                if until > len(raw):
                    raise RemoteProtocolError("values past the end")
                scalars.append(_scalar(tag & _TYPE_MASK, raw[at:until]))
                at = until
        elif any(here):
            raise RemoteProtocolError("value where none belongs")
    if at != len(raw):
        raise RemoteProtocolError("values past the end" if at > len(raw) else "values left over")
    letters = _decoded(encoded)
    if encoded.translate(_TAG_BY_LEAD, _CONTINUATION) != letter_tags:
        raise RemoteProtocolError("not one letter each")
    return Values(letters, scalars)


def _tags(meta: bytes, ops: int) -> list[int]:
    """Return the tag of each operation.

    The only place where operations are counted out: `MAX_OPS` of them take 160 kB.
    """
    found = runs.numbers(meta, ops)
    tags: list[int] = []
    for row, end, tag in zip(found, [*found, ops][1:], found.values(), strict=True):
        if tag is None:
            raise RemoteProtocolError("value without a type")
        tags += [tag] * (end - row)
    return tags


def _letter_tags(tags: list[int]) -> bytes:
    """Return *tags* packed into bytes, if all of them are tags of letters."""
    try:
        packed = bytes(tags)
    except ValueError:
        raise RemoteProtocolError("not a letter") from None
    if packed.translate(None, _LETTER_TAGS):
        raise RemoteProtocolError("not a letter")
    return packed


def _scalar(kind: int, value: bytes) -> Scalar:
    """Return the scalar of *kind* that *value* spells, all of it."""
    size = len(value)
    scalar: Scalar = None
    end = 0
    match kind:
        case k if k == _NULL:
            pass
        case k if k in (_FALSE, _TRUE):
            scalar = kind == _TRUE
        case k if k == _UINT and size:
            scalar, end = runs.unsigned(value, 0)
        case k if k == _INT and size:
            scalar, end = runs.signed(value, 0)
        case k if k == _F64 and size == _DOUBLE.size:
            scalar, end = _finite(value), size
        case k if k == _STR and size <= MAX_VALUE_BYTES:
            scalar, end = _decoded(value), size
        case k if k == _BYTES and size <= MAX_VALUE_BYTES:
            scalar, end = value, size
        case _:
            raise RemoteProtocolError("value of a type or length not allowed")
    if end != size:
        raise RemoteProtocolError("value of the wrong length")
    return scalar


def _finite(value: bytes) -> float:
    number: float = _DOUBLE.unpack(value)[0]
    if not math.isfinite(number):
        raise RemoteProtocolError("number not finite")
    return number


def _decoded(encoded: bytes | bytearray) -> str:
    try:
        return encoded.decode()
    except UnicodeDecodeError:
        raise RemoteProtocolError("not UTF-8") from None
