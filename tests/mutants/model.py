"""What a document of changes shows, by the plainest reading of the operations: no Automerge here.

A key shows the put or text with the highest id of those nothing replaced. The letters of a text
form a tree, each below the one it was inserted after, later ones first; deleted ones are left out.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable

from aluna_protocol.ids import ActorId
from aluna_protocol.lint import runs
from aluna_sync.engine.types import Cell, Scalar
from vectors import forging
from vectors.forging import Row

Id = tuple[int, bytes]
"""Counter and actor: the order of operations."""
_HEAD: Id = (0, b"")


class Model:
    """A document written change by change, causes first."""

    def __init__(self) -> None:
        self._under: defaultdict[str, dict[Id, Row]] = defaultdict(dict)
        self._texts: dict[Id, dict[Id, list[Id]]] = {}
        """By text, the letters inserted after each letter."""
        self._letters: dict[Id, str] = {}

    def copy(self) -> Model:
        """Return the same document, to be written on by itself."""
        other = Model()
        other._under.update({key: dict(ids) for key, ids in self._under.items()})
        other._texts = {
            text: defaultdict(list, {after: list(ids) for after, ids in letters.items()})
            for text, letters in self._texts.items()
        }
        other._letters = dict(self._letters)
        return other

    def write(self, raw: bytes) -> None:
        """Do what a change says."""
        change = forging.taken_apart(raw)
        counter, _ = runs.unsigned(change.start_op, 0)
        for row in forging.rows_of(change):
            own = (counter, change.actor)
            counter += 1
            if row.object_actor is None:
                self._write_key(own, row)
            else:
                self._write_text(own, row)

    def shown(self) -> tuple[dict[str, str], dict[str, Cell]]:
        """Return texts and cells by key."""
        texts: dict[str, str] = {}
        cells: dict[str, Cell] = {}
        for key, standing in self._under.items():
            if not standing:
                continue
            winner = max(standing)
            row = standing[winner]
            if row.action == forging.MAKE_TEXT:
                texts[key] = self._text(winner)
            else:
                cells[key] = Cell(_scalar(row), ActorId(winner[1]))
        return texts, cells

    def _write_key(self, own: Id, row: Row) -> None:
        assert row.key_text is not None
        standing = self._under[row.key_text.decode()]
        for actor, counter in row.preds:
            assert actor is not None
            assert counter is not None
            standing.pop((counter, actor), None)
        if row.action != forging.DELETE:
            standing[own] = row
        if row.action == forging.MAKE_TEXT:
            self._texts[own] = defaultdict(list)

    def _write_text(self, own: Id, row: Row) -> None:
        assert row.object_actor is not None
        assert row.object_counter is not None
        assert row.key_counter is not None
        named = _HEAD if row.key_actor is None else (row.key_counter, row.key_actor)
        if row.insert:
            self._texts[row.object_counter, row.object_actor][named].append(own)
            self._letters[own] = row.value.decode()
        else:
            self._letters[named] = ""

    def _text(self, text: Id) -> str:
        after = self._texts[text]
        out = []
        stack = sorted(after.get(_HEAD, ()))
        while stack:
            here = stack.pop()
            out.append(self._letters[here])
            stack += sorted(after.get(here, ()))
        return "".join(out)


def shown_by(changes: Iterable[bytes]) -> tuple[dict[str, str], dict[str, Cell]]:
    """Return what a document of *changes* shows, texts and cells by key."""
    model = Model()
    for raw in changes:
        model.write(raw)
    return model.shown()


def _scalar(row: Row) -> Scalar:
    match row.tag:
        case forging.FALSE | forging.TRUE:
            return row.tag == forging.TRUE
        case forging.UINT:
            return runs.unsigned(row.value, 0)[0]
        case forging.INT:
            return runs.signed(row.value, 0)[0]
        case forging.F64:
            number: float = struct.unpack("<d", row.value)[0]
            return number
        case forging.STR:
            return row.value.decode()
        case forging.BYTES:
            return row.value
        case _:
            return None
