"""A picture as its words say it, every record in it a place to open: the twin of every drawing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.display import first_words
from aluna_tui.drawn.canvas import Canvas, Tone, wrap
from aluna_tui.labels import glyph
from aluna_tui.picture_words import Names, lines
from aluna_tui.picture_words.base import TITLE_WIDTH
from aluna_tui.texts import _

if TYPE_CHECKING:
    from aluna_sync.journal.pictures.drawing import Picture

# Signs that no title holds: what people wrote is shown without control characters.
_FROM, _SIGN, _TO = "\x02", "\x03", "\x04"
_RECORD: Final = re.compile(f"{_FROM}([0-9a-f]{{32}}){_SIGN}([^{_TO}]*){_TO}")
_HANGING: Final = 2
_ROOM: Final = 16
"""A title is not cut to less than this: it goes to the next line instead."""


@dataclass(frozen=True, slots=True)
class Marked(Names):
    """Names that remember which record they name."""

    def of(self, document: DocumentId) -> str:
        """Return a record's title between signs, with its id."""
        return f"{_FROM}{document.hex()}{_SIGN}{titled(self, document)}{_TO}"


def titled(names: Names, document: DocumentId) -> str:
    """Return a record's sign and title."""
    title, type_ = names.record(document)
    return f"{glyph(type_)} {first_words(title, TITLE_WIDTH) or _('(no words yet)')}"


def draw_words(canvas: Canvas, picture: Picture, names: Names) -> None:
    """Draw *picture* as lines of words."""
    marked = Marked(names.record, names.person, names.text)
    for line in lines(picture, marked):
        draw_line(canvas, line)


def draw_line(canvas: Canvas, line: str) -> None:
    """Draw one line of a twin; what stands at the left edge is a heading."""
    words = line.lstrip(" ")
    indent = len(line) - len(words)
    row, column = canvas.line(), indent
    tone = Tone.PLAIN if indent or _FROM in line else Tone.STRONG
    for piece, document in _pieces(words):
        room = canvas.width - column
        if cell_len(piece) > room and (document is None or room < _ROOM):
            row, column = _over_lines(canvas, row, column, piece, document, indent, tone)
        elif document is None:
            column += canvas.put(row, column, piece, tone=tone)
        else:
            canvas.record(row, column, piece, document, room)
            column += min(cell_len(piece), room)


def _over_lines(
    canvas: Canvas,
    row: int,
    column: int,
    piece: str,
    document: DocumentId | None,
    indent: int,
    tone: Tone,
) -> tuple[int, int]:
    """Write what does not fit behind *column* on lines of its own; return where it ended."""
    hanging = min(indent + _HANGING, canvas.width // 2)
    if document is not None:
        row = canvas.line()
        canvas.record(row, hanging, piece, document, canvas.width - hanging)
        return row, hanging + min(cell_len(piece), canvas.width - hanging)
    first = wrap(piece, max(1, canvas.width - column))[0] if column < canvas.width else ""
    said = piece.lstrip(" ")
    if first and said.startswith(first):
        lead = " " if piece.startswith(" ") and column > indent else ""
        column += canvas.put(row, column, lead + first, tone=tone)
        said = said[len(first) :].lstrip(" ")
    for one in wrap(said, canvas.width - hanging) if said else ():
        row = canvas.line(one, tone, hanging)
        column = hanging + cell_len(one)
    return row, column


def _pieces(words: str) -> list[tuple[str, DocumentId | None]]:
    found: list[tuple[str, DocumentId | None]] = []
    at = 0
    for one in _RECORD.finditer(words):
        if one.start() > at:
            found.append((words[at : one.start()], None))
        found.append((one[2], DocumentId(bytes.fromhex(one[1]))))
        at = one.end()
    if at < len(words):
        found.append((words[at:], None))
    return found
