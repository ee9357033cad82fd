"""The one door to Automerge: what the core asks of a document, and nothing else.

Facts of `automerge==0.2.0.dev4` that shape it: it has no `apply_changes`, but a sync message built
here carries any number of changes in any order; panics arrive as a `BaseException` named
PanicException and poison the document; text positions count code points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol, assert_never

from automerge import core

from aluna_protocol.ids import ActorId, ChangeHash
from aluna_sync.engine.types import Cell, Delete, EngineError, Operation, Put, Scalar, Splice

AUTOMERGE_VERSION = "0.2.0.dev4"
_SYNC_MESSAGE = b"\x42\x00\x00\x00"
"""A sync message without heads, needs or haves; a counted list of changes follows."""
_OBJECT_ID = b"\x10\x10"
"""Automerge's spelling of an operation id: a tag, the actor's length, the actor, the counter."""


class Contents(Protocol):
    """One document of Automerge, as the core sees it; any method may raise anything at all."""

    def apply(self, changes: Sequence[bytes]) -> None:
        """Apply uncompressed changes, all in one step."""

    def heads(self) -> set[ChangeHash]:
        """Return the hashes of the changes nothing follows."""

    def read(self, heads: Sequence[ChangeHash] | None) -> tuple[dict[str, str], dict[str, Cell]]:
        """Return texts and cells by key, now or as they stood at *heads*."""

    def write(self, actor: ActorId, operations: Iterable[Operation]) -> bytes | None:
        """Write *operations* as one change; return it, or None if they change nothing.

        Raises `EngineError` for operations that do not fit, leaving the document as it was.
        """


def check_version() -> None:
    """Raise `EngineError` unless exactly the Automerge this door was made for is installed."""
    package = Path(core.__file__).parent.parent
    if (package.parent / f"automerge-{AUTOMERGE_VERSION}.dist-info").is_dir():
        return
    # Installed in another way than pip does; importing this takes 30 ms.
    from importlib import metadata

    if metadata.version("automerge") != AUTOMERGE_VERSION:
        raise EngineError("wrong-automerge")


class AutomergeContents:
    """`Contents` of the real Automerge."""

    def __init__(self) -> None:
        self._document = core.Document()

    def apply(self, changes: Sequence[bytes]) -> None:
        """Apply uncompressed changes, all in one sync message built here."""
        parts = [_SYNC_MESSAGE, _leb(len(changes))]
        for change in changes:
            parts += (_leb(len(change)), change)
        message = core.Message.decode(b"".join(parts))
        self._document.receive_sync_message(core.SyncState(), message)

    def heads(self) -> set[ChangeHash]:
        """Return the hashes of the changes nothing follows."""
        return {ChangeHash(head) for head in self._document.get_heads()}

    def read(self, heads: Sequence[ChangeHash] | None) -> tuple[dict[str, str], dict[str, Cell]]:
        """Return texts and cells by key, now or as they stood at *heads*."""
        document = self._document
        at = None if heads is None else [bytes(head) for head in heads]
        texts: dict[str, str] = {}
        cells: dict[str, Cell] = {}
        keys = document.keys(core.ROOT, at)
        for key, (value, written) in zip(keys, document.values(core.ROOT, at), strict=True):
            if isinstance(value, core.ObjType):
                texts[key] = document.text(written, at)
            else:
                cells[key] = Cell(_scalar(value[1]), _actor_of(written))
        return texts, cells

    def write(self, actor: ActorId, operations: Iterable[Operation]) -> bytes | None:
        """Write *operations* as one change; return it, or None if they change nothing."""
        document = self._document
        document.set_actor(actor)
        before = document.get_heads()
        with document.transaction() as transaction:
            for operation in operations:
                _write(transaction, operation)
        change = document.get_last_local_change()
        if change is None or document.get_heads() == before:
            return None
        return bytes(change.raw_bytes)


def _write(transaction: Any, operation: Operation) -> None:
    match operation:
        case Splice():
            _splice(transaction, operation)
        case Put(key, value):
            transaction.put(core.ROOT, key, _type_of(value), value)
        case Delete(key):
            transaction.delete(core.ROOT, key)
        case _:
            assert_never(operation)


def _splice(transaction: Any, splice: Splice) -> None:
    found = transaction.get(core.ROOT, splice.key)
    if found is None:
        text = transaction.put_object(core.ROOT, splice.key, core.ObjType.Text)
    elif isinstance(found[0], core.ObjType):
        text = found[1]
    else:
        raise EngineError("not-a-text")
    length = transaction.length(text)
    if not (0 <= splice.position <= length and 0 <= splice.delete <= length - splice.position):
        raise EngineError("position-outside")
    transaction.splice_text(text, splice.position, splice.delete, splice.text)


def _type_of(value: Scalar) -> core.ScalarType:
    match value:
        case None:
            return core.ScalarType.Null
        case bool():
            return core.ScalarType.Boolean
        case int():
            return core.ScalarType.Int
        case float():
            return core.ScalarType.F64
        case str():
            return core.ScalarType.Str
        case bytes():
            return core.ScalarType.Bytes


def _scalar(value: object) -> Scalar:
    if value is None or isinstance(value, str | int | float | bool | bytes):
        return value
    raise TypeError("a value the lint does not let in")


def _actor_of(operation: bytes) -> ActorId:
    if not operation.startswith(_OBJECT_ID):
        raise ValueError("operation id of an unknown form")
    return ActorId(operation[2:18])


def _leb(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
