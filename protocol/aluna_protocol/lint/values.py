"""The values of a change: few types, exact lengths, valid text (SPEC §8.3)."""

from __future__ import annotations

import enum
import math
import struct
from collections.abc import Iterator

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
_CONTINUATION = bytes(range(0x80, 0xC0))
_WIDTHS = bytes(
    4 if lead >= 0xF0 else 3 if lead >= 0xE0 else 2 if lead >= 0xC0 else 1 for lead in range(256)
)
"""By its first byte in UTF-8, how many bytes a letter takes."""
_WIDTH = (b"", b"\1", b"\2", b"\3", b"\4")


def check_values(kinds: dict[int, Kind], meta: bytes, raw: bytes, ops: int) -> None:
    """Check the value columns against what each operation may carry, in order of *kinds*."""
    at = 0
    letters_from = 0
    widths: list[bytes] = []
    for kind, tag, count in _values(kinds, runs.numbers(meta, ops), ops):
        size = tag >> _TYPE_BITS
        until = at + size * count
        if until > len(raw):
            raise RemoteProtocolError("values past the end")
        if kind is Kind.LETTER:
            if tag & _TYPE_MASK != _STR or not 1 <= size < len(_WIDTH):
                raise RemoteProtocolError("not a letter")
            widths.append(_WIDTH[size] * count)
        else:
            if widths:
                _check_letters(raw[letters_from:at], widths)
                widths = []
            letters_from = until
            if kind is Kind.SCALAR:
                for place in range(at, until, size) if size else (at,):
                    _check_scalar(tag & _TYPE_MASK, raw[place : place + size])
            elif tag:
                raise RemoteProtocolError("value where none belongs")
        at = until
    if widths:
        _check_letters(raw[letters_from:at], widths)
    if at != len(raw):
        raise RemoteProtocolError("values left over")


def _values(
    kinds: dict[int, Kind], tags: dict[int, int | None], ops: int
) -> Iterator[tuple[Kind, int, int]]:
    """Yield the operations side by side with their tags, as `runs.merged` would but faster."""
    ends = [*kinds, ops][1:]
    spans = zip(kinds.values(), ends, strict=True)
    kind, kind_end = next(spans)
    row = 0
    for tag, tag_end in zip(tags.values(), [*tags, ops][1:], strict=True):
        if tag is None:
            raise RemoteProtocolError("value without a type")
        while row < tag_end:
            if row == kind_end:
                kind, kind_end = next(spans)
            end = min(tag_end, kind_end)
            yield kind, tag, end - row
            row = end


def _check_letters(encoded: bytes, widths: list[bytes]) -> None:
    """See that *encoded* is one letter after the other, each as wide as its operation says."""
    _decoded(encoded)
    if encoded.translate(_WIDTHS, _CONTINUATION) != b"".join(widths):
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
