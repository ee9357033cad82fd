"""A view as compact bytes for the index, and back: JSON arrays, ids in hex, actors by number."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

from aluna_protocol.ids import ActorId, ChangeHash, DocumentId
from aluna_sync.engine.types import Cell, Scalar, View
from aluna_sync.errors import AlunaError

FORMAT: Final = 1
_ACTS: Final = "f/"
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def pack_view(view: View) -> bytes:
    """Return *view* as bytes only `unpack_view` reads."""
    numbers = {actor: number for number, actor in enumerate(view.actors)}
    cells: list[object] = []
    for key, cell in view.cells.items():
        number = numbers.setdefault(cell.actor, len(numbers))
        # A list can be no scalar, so bytes travel as a list of their hex.
        value = [cell.value.hex()] if isinstance(cell.value, bytes) else cell.value
        cells += (key, number, value)
    texts: list[str] = []
    for key, text in view.texts.items():
        texts += (key, text)
    packed = [
        FORMAT,
        view.document.hex(),
        b"".join(view.heads).hex(),
        len(view.actors),
        [actor.hex() for actor in numbers],
        texts,
        cells,
    ]
    return _encode(packed).encode("utf-8", "surrogatepass")


def unpack_view(data: bytes) -> View:
    """Return the view in *data*; raise `AlunaError("index-damaged")` if it is not one."""
    try:
        packed = json.loads(data.decode("utf-8", "surrogatepass"))
        version, document, heads, actors, numbers, texts, cells = packed
        if version != FORMAT:
            raise AlunaError("index-damaged")
        return _view(document, bytes.fromhex(heads), actors, numbers, texts, cells)
    except (ValueError, TypeError, IndexError, RecursionError):
        raise AlunaError("index-damaged") from None


def narrowed(view: View, fields: Collection[str]) -> View:
    """Return of *view* what is in *fields*; all of it where somebody acted.

    Whether a record was put away is told by everything it says (`putting_away`).
    """
    if any(key.startswith(_ACTS) for key in view.cells):
        return view

    def wanted(key: str) -> bool:
        _letter, slash, rest = key.partition("/")
        return not slash or rest.partition("/")[0] in fields

    return replace(
        view,
        texts={key: text for key, text in view.texts.items() if wanted(key)},
        cells={key: cell for key, cell in view.cells.items() if wanted(key)},
    )


def _view(
    document: str, heads: bytes, actors: int, numbers: list[str], texts: list[str], cells: list[Any]
) -> View:
    known = [ActorId(bytes.fromhex(number)) for number in numbers]
    return View(
        document=DocumentId(bytes.fromhex(document)),
        heads=tuple(ChangeHash(heads[i : i + 32]) for i in range(0, len(heads), 32)),
        texts=dict(zip(texts[::2], texts[1::2], strict=True)),
        cells={
            key: Cell(_scalar(value), known[number])
            for key, number, value in zip(cells[::3], cells[1::3], cells[2::3], strict=True)
        },
        actors=tuple(known[:actors]),
    )


def _scalar(value: Any) -> Scalar:
    scalar: Scalar = bytes.fromhex(value[0]) if isinstance(value, list) else value
    return scalar
