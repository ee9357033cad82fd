"""The columns of a change as one table of operations, still in runs (SPEC §6.5.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId
from aluna_protocol.lint import chunk as envelope
from aluna_protocol.lint import runs
from aluna_protocol.lint.chunk import Chunk
from aluna_protocol.lint.facts import OpId

MAX_PREDS = 2 * envelope.MAX_OPS
"""An operation replaces one other; only a key written apart on many devices replaces more."""
_ABSENT: dict[int, None] = {0: None}


class Ids(NamedTuple):
    """A run of operation ids: *size* of them by *actor*, counters *step* apart."""

    actor: ActorId
    first: int
    step: int
    size: int


class Rows(NamedTuple):
    """Consecutive operations that differ only in their counters."""

    row: int
    size: int
    action: int
    insert: bool
    text: OpId | None
    """The text they act in; None for the root."""
    key: bytes | None
    """The key of the root they write."""
    letters: Ids | None
    """The letters they insert after or delete; None at the head of a text and in the root."""
    preds: int
    """How many operations each of them replaces."""


class Table:
    """The operation columns of a change; raises `RemoteProtocolError` where they disagree."""

    def __init__(self, chunk: Chunk) -> None:
        columns = self._columns = chunk.columns
        self._actors = chunk.actors
        self._actions, self.ops = runs.numbers_up_to(
            columns.get(envelope.ACTION, b""), envelope.MAX_OPS
        )
        self._pred_counts = runs.numbers(columns.get(envelope.PRED_COUNT, b""), self.ops)
        self._object_actors = self._numbers(envelope.OBJECT_ACTOR)
        self._key_actors = self._numbers(envelope.KEY_ACTOR)
        self._preds = self._read_preds()
        self._pred = Ids(chunk.actor, 0, 0, 0)

    def rows(self) -> Iterator[Rows]:
        """Yield the operations in order, as few runs as the columns allow."""
        columns = self._columns
        ops = self.ops
        counters = columns.get(envelope.KEY_COUNTER)
        keys = columns.get(envelope.KEY_TEXT)
        for row, end, values in runs.merged(
            ops,
            self._actions,
            runs.booleans(columns.get(envelope.INSERT, b""), ops),
            self._object_actors,
            self._numbers(envelope.OBJECT_COUNTER),
            self._key_actors,
            runs.deltas(counters, ops) if counters else _ABSENT,
            runs.texts(keys, ops) if keys else _ABSENT,
            self._pred_counts,
        ):
            yield self._rows(row, end - row, values)

    def take_preds(self, count: int) -> Iterator[Ids]:
        """Yield the next *count* replaced operations, in runs."""
        while count > 0:
            actor, first, step, held = self._pred
            if not held:
                self._pred = next(self._preds)
                continue
            taken = min(count, held)
            self._pred = Ids(actor, first + step * taken, step, held - taken)
            count -= taken
            yield Ids(actor, first, step, taken)

    def _rows(self, row: int, count: int, values: list[Any]) -> Rows:
        action, insert, object_actor, object_counter, key_actor, steps, key, preds = values
        if action is None or preds is None:
            raise RemoteProtocolError("operation without action")
        if (object_actor is None) != (object_counter is None):
            raise RemoteProtocolError("half an object")
        text = None
        if object_actor is not None:
            if key is not None or steps is None:
                raise RemoteProtocolError("operation in a text without a letter")
            text = (self._actors[object_actor], object_counter)
        elif key is None or steps is not None or key_actor is not None:
            raise RemoteProtocolError("operation in the root without a key")
        letters = None
        if key_actor is not None:
            letters = Ids(self._actors[key_actor], runs.at_row(steps, row), steps[2], count)
        elif steps is not None and runs.at_row(steps, row):
            # No counter is below 0, so a run that is at 0 here stays there as long as it goes on.
            raise RemoteProtocolError("letter without an actor")
        return Rows(row, count, action, insert, text, key, letters, preds)

    def _numbers(self, name: int) -> dict[int, int | None] | dict[int, None]:
        column = self._columns.get(name)
        return runs.numbers(column, self.ops) if column else _ABSENT

    def _read_preds(self) -> Iterator[Ids]:
        """Read the columns of replaced operations, and see that the table of actors is exact."""
        starts = [*self._pred_counts, self.ops]
        total = sum(
            (count or 0) * (starts[place + 1] - starts[place])
            for place, count in enumerate(self._pred_counts.values())
        )
        if total > MAX_PREDS:
            raise RemoteProtocolError("too many replaced operations")
        columns = (
            self._columns.get(envelope.PRED_ACTOR, b""),
            self._columns.get(envelope.PRED_COUNTER, b""),
        )
        actors: dict[int, int | None] = {}
        counters: dict[int, runs.Steps | None] = {}
        if total or columns != (b"", b""):
            actors = runs.numbers(columns[0], total)
            counters = runs.deltas(columns[1], total)
        used = {0, *self._object_actors.values(), *self._key_actors.values(), *actors.values()}
        if used - {None} != set(range(len(self._actors))):
            raise RemoteProtocolError("actors and operations do not match")
        found: list[Ids] = []
        for row, end, (actor, steps) in runs.merged(total, actors, counters):
            if actor is None or steps is None:
                raise RemoteProtocolError("half a replaced operation")
            found.append(Ids(self._actors[actor], runs.at_row(steps, row), steps[2], end - row))
        return iter(found)
