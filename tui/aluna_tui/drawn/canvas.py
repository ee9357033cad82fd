"""A sheet of cells that pictures are drawn on, and the places in it that can be opened.

What is drawn is plain text with three weights: it reads the same without colour. A place names the
records it stands for, harm and what sustained people in it always together (domain C7, C10).
"""

from __future__ import annotations

import enum
from dataclasses import field
from typing import Final

from rich.cells import cell_len, set_cell_size

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.pictures.looking import Ids, Pair

CUT: Final = "…"


class Tone(enum.Enum):
    """How words stand out: by weight, never by colour alone."""

    PLAIN = enum.auto()
    STRONG = enum.auto()
    QUIET = enum.auto()


@dataclass(frozen=True, slots=True)
class Span:
    """Words of one weight."""

    words: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Place:
    """Cells of one line that Enter opens, called *title*; *harm* never stands without its pair."""

    row: int
    start: int
    end: int
    title: str
    records: Ids = ()
    harm: Pair | None = None

    @property
    def only(self) -> DocumentId | None:
        """The one record this place is, if it is one."""
        return self.records[0] if len(self.records) == 1 and self.harm is None else None


@dataclass(frozen=True, slots=True)
class Drawing:
    """Lines of spans, and places from top to bottom and left to right."""

    lines: tuple[tuple[Span, ...], ...]
    places: tuple[Place, ...]

    @property
    def text(self) -> str:
        """The picture as plain text, without spaces at the ends."""
        return "\n".join("".join(one.words for one in line).rstrip() for line in self.lines)


@dataclass(slots=True)
class Canvas:
    """Something to draw on, *width* cells wide and as long as it takes."""

    width: int
    _rows: list[list[tuple[int, Span]]] = field(default_factory=list)
    _places: list[Place] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many lines there are."""
        return len(self._rows)

    def line(self, words: str = "", tone: Tone = Tone.PLAIN, indent: int = 0) -> int:
        """Begin a line with *words*; return which it is."""
        row = len(self._rows)
        self.put(row, indent, words, tone=tone)
        return row

    def put(
        self, row: int, column: int, words: str, width: int | None = None, tone: Tone = Tone.PLAIN
    ) -> int:
        """Write *words* at a place, cut to *width* cells; return how many cells they took."""
        while len(self._rows) <= row:
            self._rows.append([])
        room = max(0, self.width - column if width is None else min(width, self.width - column))
        said = cut(words, room)
        if said:
            self._rows[row].append((column, Span(said, tone)))
        return cell_len(said)

    def wrapped(self, words: str, indent: int = 0, tone: Tone = Tone.PLAIN) -> None:
        """Write *words* on as many lines as they need."""
        for one in wrap(words, max(1, self.width - indent)):
            self.line(one, tone, indent)

    def place(
        self,
        row: int,
        column: int,
        width: int,
        title: str,
        *,
        records: Ids = (),
        harm: Pair | None = None,
    ) -> None:
        """Let Enter open what stands in these cells."""
        self._places.append(Place(row, column, column + width, title, records, harm))

    def record(self, row: int, column: int, words: str, document: DocumentId, width: int) -> None:
        """Write a record's line and let Enter open it."""
        took = self.put(row, column, words, width)
        self.place(row, column, max(1, took), words, records=(document,))

    def drawing(self) -> Drawing:
        """Return what was drawn."""
        places = sorted(self._places, key=lambda one: (one.row, one.start))
        return Drawing(tuple(_spans(sorted(row, key=_column)) for row in self._rows), tuple(places))


def _column(written: tuple[int, Span]) -> int:
    return written[0]


def _spans(written: list[tuple[int, Span]]) -> tuple[Span, ...]:
    spans: list[Span] = []
    at = 0
    for column, span in written:
        if column > at:
            spans.append(Span(" " * (column - at)))
        spans.append(span)
        at = max(at, column) + cell_len(span.words)
    return tuple(spans)


def cut(words: str, cells: int) -> str:
    """Return *words* in at most *cells* cells, with a sign where they go on."""
    if cell_len(words) <= cells:
        return words
    return set_cell_size(words, max(0, cells - 1)).rstrip() + CUT if cells else ""


def wrap(words: str, cells: int) -> list[str]:
    """Return *words* in lines of at most *cells* cells; a longer word is cut into pieces."""
    lines: list[str] = []
    line = ""
    for word in words.split():
        while cell_len(word) > cells:
            if line:
                lines.append(line)
                line = ""
            piece = set_cell_size(word, cells).rstrip()
            lines.append(piece)
            word = word[len(piece) :]
        if line and cell_len(line) + 1 + cell_len(word) > cells:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line] if line or not lines else lines
