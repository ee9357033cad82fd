"""Lines of the journal list, and the window of rows behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.display import safe_text
from aluna_sync.store.rows import ListRow, Page
from aluna_tui.labels import glyph
from aluna_tui.texts import _
from aluna_tui.view_models.plain import one_line
from aluna_tui.view_models.words import short_day

CHUNK: Final = 100
"""Rows fetched at once: more than any terminal shows, few enough to take a millisecond."""
_CHUNKS_KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class RowLine:
    """One line of a list, in the pieces that are painted differently."""

    unread: bool
    glyph: str
    title: str
    snippet: tuple[tuple[str, bool], ...]
    """Words around a match; True marks the words that matched."""
    mark: str
    when: str


def row_line(row: ListRow, today: str) -> RowLine:
    """Return what the list shows of *row*; *today* is an ISO date."""
    return RowLine(
        unread=row.unread,
        glyph=glyph(row.type),
        title=one_line(row.title) or _("without words yet"),
        snippet=_snippet(row.snippet),
        mark=_("two readings") if row.readings else _("was put away") if row.put_away else "",
        when=short_day(row.when, today),
    )


def _snippet(text: str) -> tuple[tuple[str, bool], ...]:
    pieces: list[tuple[str, bool]] = []
    for index, piece in enumerate(text[:2000].split("\x02")):
        matched, found, rest = piece.partition("\x03")
        if index == 0 or not found:
            pieces.append((_flat(piece), False))
            continue
        pieces.append((_flat(matched), True))
        pieces.append((_flat(rest), False))
    return tuple((words, match) for words, match in pieces if words)


def _flat(text: str) -> str:
    return safe_text(text)


class RowWindow:
    """Rows of a list of any length, fetched by chunks and frozen until asked to move.

    What arrives after the list was opened never shifts the lines already seen: later chunks are
    fetched with room for the arrivals, and rows that lines already show are left out.
    """

    def __init__(self, fetch: Callable[[int, int], Page]) -> None:
        self._fetch = fetch
        self._chunks: dict[int, list[ListRow]] = {}
        self._arrived = 0
        first = fetch(0, CHUNK)
        self._chunks[0] = first.rows
        self.total = first.total

    @property
    def arrived(self) -> int:
        """How many new records wait to be shown."""
        return self._arrived

    def row(self, index: int) -> ListRow | None:
        """Return the row at *index*, None when there is none."""
        if not 0 <= index < self.total:
            return None
        number, place = divmod(index, CHUNK)
        rows = self._chunks.get(number)
        if rows is None:
            rows = self._load(number)
        return rows[place] if place < len(rows) else None

    def announce(self, new: int) -> None:
        """Count *new* arrivals without showing them."""
        self._arrived += new

    def refresh_seen(self) -> bool:
        """Read the fetched rows again, each in its own place; tell whether any line changed."""
        changed = False
        for number, rows in list(self._chunks.items()):
            fresh = self._fetch(number * CHUNK, CHUNK + self._arrived).rows
            by_id = {row.document: row for row in fresh}
            renewed = [by_id.get(row.document, row) for row in rows]
            changed = changed or renewed != rows
            self._chunks[number] = renewed
        return changed

    def index_near(self, document: DocumentId, around: int) -> int | None:
        """Return where *document* is, looking in the chunks nearest to *around* first."""
        last = max(0, (self.total - 1) // CHUNK)
        start = min(max(0, around // CHUNK), last)
        for number in dict.fromkeys((start, start - 1, start + 1, 0)):
            if not 0 <= number <= last:
                continue
            rows = self._chunks.get(number) or self._load(number)
            for place, row in enumerate(rows):
                if row.document == document:
                    return number * CHUNK + place
        return None

    def _load(self, number: int) -> list[ListRow]:
        fetched = self._fetch(number * CHUNK, CHUNK + self._arrived).rows
        if self._arrived:
            shown = {row.document for rows in self._chunks.values() for row in rows}
            fetched = [row for row in fetched if row.document not in shown]
        rows = fetched[:CHUNK]
        if len(self._chunks) >= _CHUNKS_KEPT:
            del self._chunks[next(iter(self._chunks))]
        self._chunks[number] = rows
        return rows
