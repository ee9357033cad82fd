"""What passes through the pipes between the engine process and its parent: length, then msgpack.

The parent treats every answer as hostile: an Automerge taken over by a document must not reach
past this module. So no pickle or marshal, only `aluna_protocol.wire`, bounded before it is parsed,
and each field checked for its type. Long lists travel packed in bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Sequence
from typing import Any

from aluna_protocol import limits, wire
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId, ChangeHash, DeviceId, DocumentId
from aluna_sync.engine.types import (
    Applied,
    Cell,
    Delete,
    Edited,
    HistoryStep,
    Operation,
    Put,
    Refused,
    Scalar,
    SignedChange,
    Splice,
    View,
)

LENGTH = struct.Struct(">I")
MAX_REQUEST = 256 * limits.MIB
"""All changes of one document; sent by ourselves, so only a guard against a lost frame."""
MAX_ANSWER = 16 * limits.MIB
"""One view: many times the longest text a person will write."""
OUT_OF_MEMORY = 77
"""The exit code of a child that reached its memory limit."""
_CHANGE = struct.Struct(">16s32sI")
_STEP = struct.Struct(">32s16sQQ")
_ROWS = 1024
"""Items per inner list, below what `wire` admits."""


@dataclass(frozen=True, slots=True)
class Job:
    """One document of an `apply` or `open`."""

    document: DocumentId
    changes: Sequence[SignedChange]
    create: bool
    fresh: bool
    """Forget what is held first: `open`."""
    skip: Collection[int] = ()
    singly: Collection[int] = ()


def frame(value: object) -> bytes:
    """Return *value* packed, behind its length."""
    packed = wire.pack(value)
    return LENGTH.pack(len(packed)) + packed


def indexes(numbers: Collection[int]) -> bytes:
    """Pack indexes of a batch."""
    return struct.pack(f">{len(numbers)}I", *numbers)


def read_indexes(value: object, below: int) -> tuple[int, ...]:
    """Read `indexes`, each smaller than *below*."""
    packed = wire.octets(value)
    if len(packed) % 4:
        raise RemoteProtocolError("indexes of the wrong length")
    numbers = struct.unpack(f">{len(packed) // 4}I", packed)
    if numbers and max(numbers) >= below:
        raise RemoteProtocolError("index outside the batch")
    return numbers


def job(one: Job) -> list[object]:
    """Encode a job."""
    changes = b"".join(
        _CHANGE.pack(change.actor, change.device, len(change.raw)) + change.raw
        for change in one.changes
    )
    skip, singly = indexes(one.skip), indexes(one.singly)
    return [one.document, changes, one.create, one.fresh, skip, singly]


def read_job(value: object) -> Job:
    """Read `job`."""
    document, packed, create, fresh, skip, singly = wire.array(value, 6)
    packed = wire.octets(packed)
    changes: list[SignedChange] = []
    at = 0
    while at < len(packed):
        actor, device, size = _CHANGE.unpack_from(packed, at)
        at += _CHANGE.size
        raw = packed[at : at + size]
        changes.append(SignedChange(raw, ActorId(actor), DeviceId(device)))
        at += size
    return Job(
        document=DocumentId(wire.octets(document, 16)),
        changes=changes,
        create=wire.boolean(create),
        fresh=wire.boolean(fresh),
        skip=frozenset(read_indexes(skip, len(changes))),
        singly=frozenset(read_indexes(singly, len(changes))),
    )


def operation(one: Operation) -> list[object]:
    """Encode an operation."""
    match one:
        case Splice(key, position, delete, text):
            return [key, position, delete, text]
        case Put(key, value):
            return [key, value]
        case Delete(key):
            return [key]


def read_operation(value: object) -> Operation:
    """Read `operation`."""
    match value:
        case [str(key), int(position), int(delete), str(text)]:
            return Splice(key, position, delete, text)
        case [str(key), written]:
            return Put(key, _scalar(written))
        case [str(key)]:
            return Delete(key)
        case _:
            raise RemoteProtocolError("not an operation")


def view(one: View) -> list[object]:
    """Encode a view."""
    cells: list[object] = [[key, cell.value, cell.actor] for key, cell in one.cells.items()]
    texts: list[object] = [[key, text] for key, text in one.texts.items()]
    heads, actors = b"".join(one.heads), b"".join(one.actors)
    return [one.document, heads, _sliced(texts), _sliced(cells), actors]


def read_view(value: object) -> View:
    """Read `view`."""
    document, heads, texts, cells, actors = wire.array(value, 5)
    return View(
        document=DocumentId(wire.octets(document, 16)),
        heads=tuple(ChangeHash(head) for head in _joined(heads, 32)),
        texts=dict(_text(item) for rows in wire.array(texts) for item in wire.array(rows)),
        cells=dict(_cell(item) for rows in wire.array(cells) for item in wire.array(rows)),
        actors=tuple(ActorId(actor) for actor in _joined(actors, 16)),
    )


def applied(one: Applied) -> list[object]:
    """Encode what applying gave."""
    refused: list[object] = [[item.index, item.reason, item.by_lint] for item in one.refused]
    shown = None if one.view is None else view(one.view)
    return [one.document, shown, indexes(one.waiting), _sliced(refused)]


def read_applied(value: object, one: Job) -> Applied:
    """Read `applied`, the answer to *one*."""
    document, shown, waiting, refused = wire.array(value, 4)
    if document != one.document:
        raise RemoteProtocolError("answer for another document")
    size = len(one.changes)
    read = None if shown is None else read_view(shown)
    if read is not None and read.document != one.document:
        raise RemoteProtocolError("view of another document")
    return Applied(
        document=one.document,
        view=read,
        waiting=read_indexes(waiting, size),
        refused=tuple(
            _refused(item, size) for rows in wire.array(refused) for item in wire.array(rows)
        ),
    )


def edited(one: Edited) -> list[object]:
    """Encode a local change."""
    return [one.change, one.change_hash, view(one.view)]


def read_edited(value: object) -> Edited:
    """Read `edited`."""
    change, change_hash, shown = wire.array(value, 3)
    return Edited(
        wire.octets(change, at_most=limits.MAX_PART_BYTES),
        ChangeHash(wire.octets(change_hash, 32)),
        read_view(shown),
    )


def history(steps: Sequence[HistoryStep]) -> bytes:
    """Encode a history."""
    return b"".join(_STEP.pack(step.hash, step.actor, step.seq, step.operations) for step in steps)


def read_history(value: object) -> list[HistoryStep]:
    """Read `history`."""
    packed = wire.octets(value)
    if len(packed) % _STEP.size:
        raise RemoteProtocolError("history of the wrong length")
    return [
        HistoryStep(ChangeHash(change), ActorId(actor), seq, operations)
        for change, actor, seq, operations in _STEP.iter_unpack(packed)
    ]


def _sliced(items: list[object]) -> list[object]:
    return [items[at : at + _ROWS] for at in range(0, len(items), _ROWS)]


def _joined(value: object, width: int) -> list[bytes]:
    packed = wire.octets(value)
    if len(packed) % width:
        raise RemoteProtocolError("ids of the wrong length")
    return [packed[at : at + width] for at in range(0, len(packed), width)]


def _text(value: Any) -> tuple[str, str]:
    match value:
        case [str(key), str(text)]:
            return key, text
        case _:
            raise RemoteProtocolError("not a text")


def _cell(value: Any) -> tuple[str, Cell]:
    match value:
        case [str(key), written, bytes(actor)] if len(actor) == 16:
            return key, Cell(_scalar(written), ActorId(actor))
        case _:
            raise RemoteProtocolError("not a cell")


def _scalar(value: object) -> Scalar:
    if value is None or isinstance(value, str | int | float | bool | bytes):
        return value
    raise RemoteProtocolError("not a value")


def _refused(value: object, below: int) -> Refused:
    index, reason, by_lint = wire.array(value, 3)
    if not isinstance(reason, str) or len(reason) > limits.MAX_NAME_BYTES:
        raise RemoteProtocolError("not a reason")
    return Refused(wire.integer(index, 0, below - 1), reason, wire.boolean(by_lint))
