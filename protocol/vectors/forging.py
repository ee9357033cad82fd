"""Takes Automerge changes apart and puts them together, checksum included: what an insider can do.

A change can be changed byte by byte (`sealed`), column by column (`Forged`) or operation by
operation (`Row`); the columns of rows get the one spelling Automerge writes (SPEC §6.5.1).
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from aluna_protocol.lint import runs

T = TypeVar("T")
OBJECT_ACTOR, OBJECT_COUNTER, KEY_ACTOR, KEY_COUNTER, KEY_TEXT = 0x01, 0x02, 0x11, 0x13, 0x15
INSERT, ACTION, VALUE_META, VALUE = 0x34, 0x42, 0x56, 0x57
PRED_COUNT, PRED_ACTOR, PRED_COUNTER = 0x70, 0x71, 0x73
PUT, DELETE, MAKE_TEXT = 1, 3, 4
NULL, FALSE, TRUE, UINT, INT, F64, STR, BYTES = range(8)


# -- numbers and columns -------------------------------------------------------------------------


def leb(number: int) -> bytes:
    """Unsigned LEB128."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number))


def sleb(number: int) -> bytes:
    """Signed LEB128."""
    out = bytearray()
    while not -0x40 <= number < 0x40:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number & 0x7F))


def counted(data: bytes) -> bytes:
    """Length-prefixed bytes."""
    return leb(len(data)) + data


def rle(values: Iterable[T | None], spell: Callable[[T], bytes]) -> bytes:
    """Spell a run-length column; nulls only give an empty one."""
    out = bytearray()
    literal: list[T] = []

    def flush() -> None:
        if literal:
            out.extend(sleb(-len(literal)) + b"".join(map(spell, literal)))
            literal.clear()

    found = list(values)
    if all(value is None for value in found):
        return b""
    for value, group in itertools.groupby(found):
        size = len(list(group))
        if value is not None and size == 1:
            literal.append(value)
            continue
        flush()
        out += b"\0" + leb(size) if value is None else sleb(size) + spell(value)
    flush()
    return bytes(out)


def deltas(values: Iterable[int | None]) -> bytes:
    """Spell a delta column."""
    steps: list[int | None] = []
    before = 0
    for value in values:
        steps.append(None if value is None else value - before)
        before = before if value is None else value
    return rle(steps, sleb)


def booleans(values: Iterable[bool]) -> bytes:
    """Spell a boolean column."""
    groups = [(value, len(list(group))) for value, group in itertools.groupby(values)]
    first = b"\0" if groups and groups[0][0] else b""
    return first + b"".join(leb(size) for _, size in groups)


# -- changes in pieces ---------------------------------------------------------------------------


def sealed(body: bytes, kind: int = 1) -> bytes:
    """Put magic, checksum, type and length before *body*."""
    chunk = bytes((kind,)) + counted(body)
    return b"\x85\x6f\x4a\x83" + hashlib.sha256(chunk).digest()[:4] + chunk


@dataclass(frozen=True)
class Forged:
    """A change in pieces."""

    deps: tuple[bytes, ...]
    actor: bytes
    seq: bytes
    start_op: bytes
    time: bytes = b"\0"
    message: bytes = b""
    others: tuple[bytes, ...] = ()
    columns: dict[int, bytes] = field(default_factory=dict)
    extra: bytes = b""

    def but(self, **changes: object) -> Forged:
        """Return it with some pieces replaced."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def column(self, name: int, data: bytes | None) -> Forged:
        """Return it with one column replaced, or removed."""
        columns = {**self.columns, name: data}
        kept = {name: data for name, data in sorted(columns.items()) if data is not None}
        return self.but(columns=kept)

    @property
    def body(self) -> bytes:
        """What the checksum stands before."""
        table = b"".join(leb(name) + leb(len(data)) for name, data in self.columns.items())
        return (
            leb(len(self.deps))
            + b"".join(self.deps)
            + counted(self.actor)
            + self.seq
            + self.start_op
            + self.time
            + counted(self.message)
            + leb(len(self.others))
            + b"".join(map(counted, self.others))
            + leb(len(self.columns))
            + table
            + b"".join(self.columns.values())
            + self.extra
        )

    @property
    def raw(self) -> bytes:
        """The bytes of the change."""
        return sealed(self.body)

    @property
    def hash(self) -> bytes:
        """What others name it by."""
        return hashlib.sha256(self.raw[8:]).digest()


def taken_apart(raw: bytes) -> Forged:
    """Return the pieces of an honest change."""
    _, at = runs.unsigned(raw, 9)
    count, at = runs.unsigned(raw, at)
    deps = tuple(raw[at + 32 * n : at + 32 * (n + 1)] for n in range(count))
    author, at = runs.text(raw, at + 32 * count)
    seq, at = runs.unsigned(raw, at)
    start_op, at = runs.unsigned(raw, at)
    count, at = runs.unsigned(raw, at + 2)
    others = []
    for _ in range(count):
        other, at = runs.text(raw, at)
        others.append(other)
    count, at = runs.unsigned(raw, at)
    sizes = []
    for _ in range(count):
        name, at = runs.unsigned(raw, at)
        size, at = runs.unsigned(raw, at)
        sizes.append((name, size))
    columns = {}
    for name, size in sizes:
        columns[name] = raw[at : at + size]
        at += size
    forged = Forged(deps, author, leb(seq), leb(start_op), others=tuple(others), columns=columns)
    assert forged.raw == raw
    return forged


# -- operations ----------------------------------------------------------------------------------

Id = tuple[bytes, int]
"""An operation: its actor and its counter."""


@dataclass(frozen=True, slots=True)
class Row:
    """One operation as its columns hold it, None for a null."""

    action: int | None = PUT
    key_text: bytes | None = None
    object_actor: bytes | None = None
    object_counter: int | None = None
    key_actor: bytes | None = None
    key_counter: int | None = None
    insert: bool = False
    tag: int = NULL
    value: bytes = b""
    preds: tuple[tuple[bytes | None, int | None], ...] = ()

    def but(self, **changes: object) -> Row:
        """Return it with something replaced."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]


def put(key: str, tag: int, value: bytes = b"", *preds: Id) -> Row:
    """Return an operation that puts a value under a key of the root."""
    return Row(PUT, key.encode(), tag=tag, value=value, preds=preds)


def make_text(key: str, *preds: Id) -> Row:
    """Return an operation that makes a text under a key of the root."""
    return Row(MAKE_TEXT, key.encode(), preds=preds)


def delete(key: str, *preds: Id) -> Row:
    """Return an operation that deletes a key of the root."""
    return Row(DELETE, key.encode(), preds=preds)


def letter(text: Id, after: Id | None, value: str) -> Row:
    """Return an operation that inserts a letter into a text, at its head if *after* is None."""
    actor, counter = after or (None, 0)
    return Row(PUT, None, *text, actor, counter, insert=True, tag=STR, value=value.encode())


def take_out(text: Id, which: Id) -> Row:
    """Return an operation that deletes a letter of a text."""
    return Row(DELETE, None, *text, *which, preds=(which,))


def actors_of(rows: Sequence[Row]) -> set[bytes]:
    """Return the actors that operations name."""
    named = {actor for row in rows for actor in (row.object_actor, row.key_actor)}
    named |= {actor for row in rows for actor, _ in row.preds}
    return {actor for actor in named if actor is not None}


def columns_of(rows: Sequence[Row], actors: Sequence[bytes]) -> dict[int, bytes]:
    """Spell *rows* as columns, with *actors* as their table."""
    numbers = {actor: number for number, actor in enumerate(actors)}
    preds = [pred for row in rows for pred in row.preds]

    def place(actor: bytes | None) -> int | None:
        return None if actor is None else numbers[actor]

    columns = {
        OBJECT_ACTOR: rle([place(row.object_actor) for row in rows], leb),
        OBJECT_COUNTER: rle([row.object_counter for row in rows], leb),
        KEY_ACTOR: rle([place(row.key_actor) for row in rows], leb),
        KEY_COUNTER: deltas(row.key_counter for row in rows),
        KEY_TEXT: rle([row.key_text for row in rows], counted),
        INSERT: booleans(row.insert for row in rows),
        ACTION: rle([row.action for row in rows], leb),
        VALUE_META: rle([len(row.value) << 4 | row.tag for row in rows], leb),
        VALUE: b"".join(row.value for row in rows),
        PRED_COUNT: rle([len(row.preds) for row in rows], leb),
        PRED_ACTOR: rle([place(actor) for actor, _ in preds], leb),
        PRED_COUNTER: deltas(counter for _, counter in preds),
    }
    return {name: data for name, data in columns.items() if data}


def change(
    author: bytes, seq: int, start_op: int, rows: Sequence[Row], deps: Iterable[bytes] = ()
) -> Forged:
    """Return a change of *rows* as Automerge would spell it."""
    others = tuple(sorted(actors_of(rows) - {author}))
    columns = columns_of(rows, (author, *others))
    return Forged(
        tuple(sorted(deps)), author, leb(seq), leb(start_op), others=others, columns=columns
    )


def rows_of(forged: Forged) -> list[Row]:
    """Return the operations of an honest change."""
    columns = forged.columns
    actors = (forged.actor, *forged.others)
    actions, ops = runs.numbers_up_to(columns[ACTION], 1 << 20)
    counts = _spread(runs.numbers(columns[PRED_COUNT], ops), ops)
    total = sum(count or 0 for count in counts)
    pred_actors = _numbers(columns.get(PRED_ACTOR), total)
    pred_counters = _counters(columns.get(PRED_COUNTER), total)
    preds = zip(pred_actors, pred_counters, strict=True)
    tags = _numbers(columns.get(VALUE_META), ops)
    keys = columns.get(KEY_TEXT)
    texts = _spread(runs.texts(keys, ops), ops) if keys else [None] * ops
    at = 0
    rows = []
    for row in zip(
        _spread(actions, ops),
        texts,
        _numbers(columns.get(OBJECT_ACTOR), ops),
        _numbers(columns.get(OBJECT_COUNTER), ops),
        _numbers(columns.get(KEY_ACTOR), ops),
        _counters(columns.get(KEY_COUNTER), ops),
        _spread(runs.booleans(columns[INSERT], ops), ops),
        tags,
        counts,
        strict=True,
    ):
        action, key, object_actor, object_counter, key_actor, key_counter, insert, tag, count = row
        assert tag is not None
        size = tag >> 4
        rows.append(
            Row(
                action,
                key,
                None if object_actor is None else actors[object_actor],
                object_counter,
                None if key_actor is None else actors[key_actor],
                key_counter,
                bool(insert),
                tag & 0x0F,
                columns.get(VALUE, b"")[at : at + size],
                tuple(
                    (None if actor is None else actors[actor], counter)
                    for actor, counter in itertools.islice(preds, count)
                ),
            )
        )
        at += size
    return rows


def _spread(found: dict[int, T], rows: int) -> list[T]:
    starts = [*found, rows]
    spread: list[T] = []
    for place, value in enumerate(found.values()):
        spread += [value] * (starts[place + 1] - starts[place])
    return spread


def _numbers(column: bytes | None, rows: int) -> list[int | None]:
    return _spread(runs.numbers(column, rows), rows) if column else [None] * rows


def _counters(column: bytes | None, rows: int) -> list[int | None]:
    if not column:
        return [None] * rows
    steps = _spread(runs.deltas(column, rows), rows)
    return [None if run is None else runs.at_row(run, row) for row, run in enumerate(steps)]
