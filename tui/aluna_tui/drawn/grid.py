"""A grid of rows and columns with words in its cells, none of them shaded by how much there is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from rich.cells import cell_len

from aluna_protocol.dataclass import dataclass
from aluna_sync.journal.pictures.looking import Ids, Pair
from aluna_tui.drawn.canvas import Canvas, Tone, wrap

NOTHING: Final = "—"
"""A cell nobody has put into words yet; the legend says so."""
_LABEL: Final = 18
_LEAST: Final = 9
_LONGEST: Final = 14
"""Up to here no word of a heading is cut in two."""
_MOST: Final = 24
"""Wider columns would stand too far apart to be read as one line."""
_GAP: Final = 1


@dataclass(frozen=True, slots=True)
class Box:
    """What one cell says, a line each, and what it opens."""

    lines: tuple[str, ...]
    title: str = ""
    records: Ids = ()
    harm: Pair | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its label, a cell for each column, None for one without words yet."""

    label: str
    boxes: tuple[Box | None, ...]


def draw_grid(
    canvas: Canvas, columns: Sequence[str], rows: Sequence[Row], *, least: int = _LEAST
) -> None:
    """Draw a grid; where columns of *least* cells do not fit side by side, in several sheets."""
    label = min(_LABEL, max((cell_len(row.label) for row in rows), default=0) + _GAP)
    room = canvas.width - label
    longest = max((cell_len(word) for one in columns for word in one.split()), default=0)
    least = max(least, min(longest, _LONGEST))
    at_once = max(1, min(len(columns), room // (least + _GAP)))
    for first in range(0, len(columns), at_once):
        some = range(first, min(first + at_once, len(columns)))
        if first:
            canvas.line()
        _sheet(canvas, [columns[i] for i in some], rows, some, label)


def _sheet(
    canvas: Canvas, columns: Sequence[str], rows: Sequence[Row], some: range, label: int
) -> None:
    width = min(_MOST, (canvas.width - label) // len(columns))
    heads = [wrap(one, width - _GAP) for one in columns]
    top = canvas.rows
    for line, words in enumerate(zip_longest(*heads, fillvalue="")):
        for at, one in enumerate(words):
            canvas.put(top + line, label + at * width, one, width - _GAP, Tone.STRONG)
    for row in rows:
        _row(canvas, row, some, label, width)


def _row(canvas: Canvas, row: Row, some: range, label: int, width: int) -> None:
    top = canvas.line()
    for line, words in enumerate(wrap(row.label, label - _GAP)):
        canvas.put(top + line, 0, words, label - _GAP)
    for at, column in enumerate(some):
        box, left = row.boxes[column], label + at * width
        if box is None:
            canvas.put(top, left, NOTHING, width - _GAP, Tone.QUIET)
            continue
        lines = [piece for one in box.lines for piece in wrap(one, width - _GAP)]
        for line, words in enumerate(lines):
            canvas.put(top + line, left, words, width - _GAP)
        canvas.place(top, left, width - _GAP, box.title, records=box.records, harm=box.harm)
    canvas.line()
