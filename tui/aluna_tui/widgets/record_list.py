"""The journal list: any number of records, one line each, drawn line by line."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from aluna_protocol.ids import DocumentId
from aluna_sync.store.rows import ListRow, Page
from aluna_tui.texts import N_, _
from aluna_tui.view_models.rows import RowLine, RowWindow, row_line

_DIM = Style(dim=True)
_BOLD = Style(bold=True)
_MATCH = Style(bold=True, underline=True)
_RIGHT_GAP = 1
_SNIPPET_FROM = 24
"""Cells that must be free behind a title before words of the match are worth showing."""


class RecordList(ScrollView, can_focus=True):
    """A list over a window of rows; it never moves unless the person moves it."""

    HELP = N_(
        "Each line is a record. A dot at the left edge: you have not read it yet. "
        "What arrives waits at the edge until you ask for it with the full stop."
    )
    COMPONENT_CLASSES: ClassVar[set[str]] = {"record-list--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", N_("Up"), show=False),
        Binding("down", "move(1)", N_("Down"), show=False),
        Binding("pageup", "page(-1)", N_("Page up"), show=False),
        Binding("pagedown", "page(1)", N_("Page down"), show=False),
        Binding("home", "top", N_("To the top, with what arrived"), show=False),
        Binding("end", "bottom", N_("To the end"), show=False),
        Binding("full_stop", "show_arrivals", N_("Show what arrived"), show=False),
        Binding("enter", "open", N_("Open"), show=False),
    ]

    class Highlighted(Message):
        """The cursor stands on *row*, None when the list is empty."""

        def __init__(self, row: ListRow | None) -> None:
            super().__init__()
            self.row = row

    class Opened(Message):
        """The person asked to read *row*."""

        def __init__(self, row: ListRow) -> None:
            super().__init__()
            self.row = row

    class Arrived(Message):
        """*waiting* new records are not shown yet."""

        def __init__(self, waiting: int) -> None:
            super().__init__()
            self.waiting = waiting

    def __init__(self, fetch: Callable[[int, int], Page], today: str, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._fetch = fetch
        self._today = today
        self._window = RowWindow(fetch)
        self.cursor = 0
        self.empty_words = ""

    def on_mount(self) -> None:
        """Take the size the rows need and say where the cursor is."""
        self._measure()
        self._tell()

    @property
    def total(self) -> int:
        """How many records the list holds."""
        return self._window.total

    @property
    def current(self) -> ListRow | None:
        """The row under the cursor."""
        return self._window.row(self.cursor)

    # -- what the screen asks -------------------------------------------------------------------

    def look_for(self, fetch: Callable[[int, int], Page]) -> None:
        """Show other rows, from the top."""
        self._fetch = fetch
        self._start_again()
        self._go(0)

    def show_again(self, keep: DocumentId | None = None) -> None:
        """Read everything again with the cursor on *keep*, or on the record it is on."""
        current = self.current
        wanted = keep or (current.document if current else None)
        line = self.cursor - self.scroll_offset.y
        self._start_again()
        found = self._window.index_near(wanted, self.cursor) if wanted else None
        place = min(self.cursor, max(0, self.total - 1)) if found is None else found
        self._go(place)
        if found is not None and keep is None:
            self.scroll_to(y=max(0, found - line), animate=False)

    def take_arrivals(self, new: int) -> None:
        """Mark that records changed, *new* of them unknown before; nothing moves."""
        self._window.announce(new)
        if self._window.refresh_seen() or new:
            self.refresh()
        self.post_message(self.Arrived(self._window.arrived))

    def _start_again(self) -> None:
        self._window = RowWindow(self._fetch)
        self._measure()
        self.refresh()
        self.post_message(self.Arrived(0))

    # -- moving ---------------------------------------------------------------------------------

    def action_move(self, step: int) -> None:
        """Move the cursor by *step* lines."""
        self._go(self.cursor + step)

    def action_page(self, step: int) -> None:
        """Move the cursor by *step* screens."""
        self._go(self.cursor + step * max(1, self.size.height - 1))

    def action_top(self) -> None:
        """Go to the first line; what arrived is shown."""
        if self._window.arrived:
            self._start_again()
        self._go(0)

    def action_bottom(self) -> None:
        """Go to the last line."""
        self._go(self.total - 1)

    def action_show_arrivals(self) -> None:
        """Show what arrived, from the top."""
        self._start_again()
        self._go(0)

    def action_open(self) -> None:
        """Ask for the record under the cursor."""
        if row := self.current:
            self.post_message(self.Opened(row))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the line clicked; a second click opens it."""
        index = event.y + self.scroll_offset.y
        if index >= self.total:
            return
        if index == self.cursor and event.chain > 1:
            self.action_open()
        else:
            self._go(index)

    def _go(self, index: int) -> None:
        self.cursor = min(max(0, index), max(0, self.total - 1))
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False)
        self.refresh()
        self._tell()

    def _tell(self) -> None:
        self.post_message(self.Highlighted(self.current))

    def _measure(self) -> None:
        self.virtual_size = Size(0, max(1, self.total))

    # -- drawing --------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Draw one line: the widget asks only for those on screen."""
        index = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        row = self._window.row(index)
        if row is None:
            words = self.empty_words if index == 0 and not self.total else ""
            return Strip([Segment(set_cell_size("   " + words, width), _DIM)], width).apply_style(
                self.rich_style
            )
        strip = _strip(row_line(row, self._today), width)
        if index == self.cursor:
            style = self.get_component_rich_style("record-list--cursor")
            if not self.has_focus:
                style = Style(bold=True)
            return strip.apply_style(self.rich_style).apply_style(style)
        return strip.apply_style(self.rich_style)


def _strip(line: RowLine, width: int) -> Strip:
    right = "  ".join(piece for piece in (line.mark, line.when) if piece)
    right_cells = min(cell_len(right), max(0, width // 2))
    left = f" {'•' if line.unread else ' '} {line.glyph} "
    room = max(4, width - cell_len(left) - right_cells - _RIGHT_GAP - 1)
    title = _cut(line.title, room)
    segments = [Segment(left, None), Segment(title, _BOLD if line.unread else None)]
    room -= cell_len(title)
    if line.snippet and room >= _SNIPPET_FROM:
        segments.append(Segment("  ", None))
        room -= 2
        for words, matched in line.snippet:
            piece = _cut(words, room)
            segments.append(Segment(piece, _MATCH if matched else _DIM))
            room -= cell_len(piece)
            if room <= 0:
                break
    segments.append(Segment(" " * (room + 1), None))
    segments.append(Segment(set_cell_size(right, right_cells), _DIM))
    segments.append(Segment(" " * _RIGHT_GAP, None))
    return Strip(segments).adjust_cell_length(width)


def _cut(text: str, cells: int) -> str:
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, max(0, cells - 1)).rstrip() + "…"


def arrivals_words(waiting: int) -> str:
    """Return the line at the edge for *waiting* records, empty for none."""
    from aluna_tui.texts import ngettext

    if not waiting:
        return ""
    words = ngettext("{count} arrived", "{count} arrived", waiting).format(count=waiting)
    return _("{arrived} · full stop shows them").format(arrived=words)
