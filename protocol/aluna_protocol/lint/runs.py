"""Automerge's columns read as runs: the cost follows the encoded bytes, never the operations.

A column is returned as a dictionary from the row where a run starts to what the run holds; it lasts
until the next start. Every reader demands the one spelling that Automerge itself writes, because
Automerge computes a change's hash again from its own spelling when a document is saved and loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from aluna_protocol.errors import RemoteProtocolError

T = TypeVar("T")
Steps = tuple[int, int, int]
"""A run of a delta column: the row it starts at, its first value and what each row adds."""

MAX_COUNTER = 2**40
"""Counters number operations of one document; no document will ever come near this."""
_LEB_BITS = 63
_NOTHING, _RUN, _LITERAL, _NULLS = range(4)


def unsigned(data: bytes, at: int) -> tuple[int, int]:
    """Read a minimal unsigned LEB128 below 2^63; return it and where it ends.

    All readers here raise `IndexError` past the end and `RemoteProtocolError` for the rest.
    """
    byte = data[at]
    at += 1
    if byte < 0x80:
        return byte, at
    value = byte & 0x7F
    shift = 7
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
        if shift > _LEB_BITS:
            raise RemoteProtocolError("number too large")
    if byte == 0:
        raise RemoteProtocolError("number not minimal")
    if value >> _LEB_BITS:
        raise RemoteProtocolError("number too large")
    return value, at


def signed(data: bytes, at: int) -> tuple[int, int]:
    """Read a minimal signed LEB128 of 64 bits; return it and where it ends."""
    byte = data[at]
    at += 1
    if byte < 0x80:
        return (byte - 0x80 if byte & 0x40 else byte), at
    value = byte & 0x7F
    shift = 7
    while True:
        before = byte
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
        if shift > _LEB_BITS:
            raise RemoteProtocolError("number too large")
    if (byte == 0 and not before & 0x40) or (byte == 0x7F and before & 0x40):
        raise RemoteProtocolError("number not minimal")
    if byte & 0x40:
        value -= 1 << shift
    if not -(1 << 63) <= value < 1 << 63:
        raise RemoteProtocolError("number too large")
    return value, at


def text(data: bytes, at: int) -> tuple[bytes, int]:
    """Read length-prefixed bytes; return them and where they end."""
    size, at = unsigned(data, at)
    end = at + size
    if end > len(data):
        raise RemoteProtocolError("text past the end")
    return data[at:end], end


def _runs(
    column: bytes, read: Callable[[bytes, int], tuple[T, int]], limit: int
) -> tuple[dict[int, T | None], int]:
    """Read a run-length column of at most *limit* rows; return it and how many rows it has."""
    found: dict[int, T | None] = {}
    at = row = 0
    size = len(column)
    kind = _NOTHING
    last: T | None = None
    value: T
    while at < size:
        byte = column[at]
        if byte < 0x80:
            count = byte - 0x80 if byte & 0x40 else byte
            at += 1
        else:
            count, at = signed(column, at)
        if count > 1:
            value, at = read(column, at)
            if value == last:
                raise RemoteProtocolError("runs that should be one")
            found[row] = last = value
            row += count
            kind = _RUN
        elif count < 0:
            if kind == _LITERAL or row - count > limit:
                raise RemoteProtocolError("literals out of place")
            for place in range(row, row - count):
                value, at = read(column, at)
                if value == last:
                    raise RemoteProtocolError("a literal that should be a run")
                found[place] = last = value
            row -= count
            kind = _LITERAL
        elif count == 0 and kind != _NULLS:
            count, at = unsigned(column, at)
            if count == 0:
                raise RemoteProtocolError("run of nothing")
            found[row] = last = None
            row += count
            kind = _NULLS
        else:
            raise RemoteProtocolError("run out of place")
        if row > limit:
            raise RemoteProtocolError("more rows than operations")
    if kind == _NOTHING or (kind == _NULLS and len(found) == 1):
        raise RemoteProtocolError("column that should be absent")
    return found, row


def _exactly(rows: int, expected: int) -> None:
    if rows != expected:
        raise RemoteProtocolError("fewer rows than operations")


def numbers(column: bytes, rows: int) -> dict[int, int | None]:
    """Read a run-length column of exactly *rows* unsigned numbers or nulls."""
    found, seen = _runs(column, unsigned, rows)
    _exactly(seen, rows)
    return found


def numbers_up_to(column: bytes, limit: int) -> tuple[dict[int, int | None], int]:
    """Read a run-length column of unsigned numbers; return it and its rows, at most *limit*."""
    return _runs(column, unsigned, limit)


def texts(column: bytes, rows: int) -> dict[int, bytes | None]:
    """Read a run-length column of exactly *rows* texts or nulls."""
    found, seen = _runs(column, text, rows)
    _exactly(seen, rows)
    return found


def deltas(column: bytes, rows: int) -> dict[int, Steps | None]:
    """Read a delta column of exactly *rows* counters or nulls, each from 0 to `MAX_COUNTER`."""
    raw, seen = _runs(column, signed, rows)
    _exactly(seen, rows)
    found: dict[int, Steps | None] = {}
    starts = list(raw)
    starts.append(rows)
    value = 0
    for place, (row, step) in enumerate(raw.items()):
        if step is None:
            found[row] = None
            continue
        found[row] = (row, value + step, step)
        first = value + step
        value += step * (starts[place + 1] - row)
        if not (0 <= first < MAX_COUNTER and 0 <= value < MAX_COUNTER):
            raise RemoteProtocolError("counter out of range")
    return found


def booleans(column: bytes, rows: int) -> dict[int, bool]:
    """Read a boolean column of exactly *rows* values."""
    found: dict[int, bool] = {}
    at = row = 0
    size = len(column)
    value = False
    while at < size:
        count, at = unsigned(column, at)
        if count:
            found[row] = value
        elif value or row or at == size:
            raise RemoteProtocolError("run of nothing")
        row += count
        if row > rows:
            raise RemoteProtocolError("more rows than operations")
        value = not value
    _exactly(row, rows)
    return found


def merged(rows: int, *columns: Mapping[int, object]) -> Iterator[tuple[int, int, list[Any]]]:
    """Walk columns of *rows* rows side by side: yield a first row, the row after, the values.

    The list of values is reused from one step to the next.
    """
    starts = sorted(set().union(*columns))
    values: list[Any] = [None] * len(columns)
    numbered = list(enumerate(columns))
    for row, end in zip(starts, [*starts, rows][1:], strict=True):
        for place, column in numbered:
            if row in column:
                values[place] = column[row]
        yield row, end, values


def at_row(steps: Steps, row: int) -> int:
    """Return the value of a delta run at *row*."""
    return steps[1] + steps[2] * (row - steps[0])
