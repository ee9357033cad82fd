"""A picture one can walk in: arrows go from place to place, Enter opens what stands there."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from aluna_tui.drawn import Drawing, Place, Span, Tone
from aluna_tui.texts import N_

_STYLES = {Tone.PLAIN: Style(), Tone.STRONG: Style(bold=True), Tone.QUIET: Style(dim=True)}
_EMPTY = Drawing((), ())


class DrawingView(ScrollView, can_focus=True):
    """Draws the lines on screen; only the person moves the cursor."""

    HELP = N_(
        "The arrows go from one place to the next, Enter opens what stands there. What hurt and "
        "what sustained us always open together."
    )
    COMPONENT_CLASSES: ClassVar[set[str]] = {"drawing-view--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "row(-1)", N_("Up"), show=False),
        Binding("down", "row(1)", N_("Down"), show=False),
        Binding("left", "step(-1)", N_("The place before"), show=False),
        Binding("right", "step(1)", N_("The next place"), show=False),
        Binding("pageup", "page(-1)", N_("Page up"), show=False),
        Binding("pagedown", "page(1)", N_("Page down"), show=False),
        Binding("home", "first", N_("To the top"), show=False),
        Binding("enter", "choose", N_("Open"), show=False),
    ]

    class Chosen(Message):
        """The person opened *place*."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    class Stands(Message):
        """The cursor stands on *place*, None where there is none."""

        def __init__(self, place: Place | None) -> None:
            super().__init__()
            self.place = place

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._drawing = _EMPTY
        self._cursor = 0

    @property
    def current(self) -> Place | None:
        """The place under the cursor."""
        places = self._drawing.places
        return places[self._cursor] if places else None

    def show(self, drawing: Drawing) -> None:
        """Show *drawing*; the cursor stays on the place it was on, as far as it is still there."""
        before = self.current
        self._drawing = drawing
        self.virtual_size = Size(0, max(1, len(drawing.lines)))
        self._cursor = next(
            (
                at
                for at, one in enumerate(drawing.places)
                if before is not None and (one.title, one.records, one.harm) == _what(before)
            ),
            0,
        )
        self.refresh()
        self.post_message(self.Stands(self.current))

    # -- moving ---------------------------------------------------------------------------------

    def action_step(self, step: int) -> None:
        """Go to the next place, or the one before."""
        self._go(self._cursor + step)

    def action_row(self, step: int) -> None:
        """Go to the nearest place above or below; where there is none, scroll."""
        here = self.current
        if here is None:
            self.scroll_relative(y=step, animate=False)
            return
        places = self._drawing.places
        beyond = [
            (abs(one.row - here.row), abs(one.start - here.start), at)
            for at, one in enumerate(places)
            if (one.row - here.row) * step > 0
        ]
        if not beyond:
            self.scroll_relative(y=step, animate=False)
            return
        self._go(min(beyond)[2])

    def action_page(self, step: int) -> None:
        """Move by a screen, and the cursor to the first place there."""
        height = max(1, self.size.height - 1)
        self.scroll_to(y=self.scroll_offset.y + step * height, animate=False)
        top = max(0, min(self.scroll_offset.y + step * height, len(self._drawing.lines) - 1))
        for at, one in enumerate(self._drawing.places):
            if one.row >= top:
                self._stand(at)
                return

    def action_first(self) -> None:
        """Go to the top."""
        self.scroll_to(y=0, animate=False)
        self._stand(0)

    def action_choose(self) -> None:
        """Open what stands here."""
        if place := self.current:
            self.post_message(self.Chosen(place))

    def on_click(self, event: events.Click) -> None:
        """Go to the place clicked; a second click opens it."""
        row = event.y + self.scroll_offset.y
        for at, one in enumerate(self._drawing.places):
            if one.row == row and one.start <= event.x < one.end:
                if at == self._cursor and event.chain > 1:
                    self.action_choose()
                else:
                    self._go(at)
                return

    def _go(self, at: int) -> None:
        self._stand(at)
        if place := self.current:
            self.scroll_to_region(Region(0, max(0, place.row - 1), 1, 3), animate=False, force=True)

    def _stand(self, at: int) -> None:
        self._cursor = min(max(0, at), max(0, len(self._drawing.places) - 1))
        self.refresh()
        self.post_message(self.Stands(self.current))

    # -- drawing --------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        row = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        lines = self._drawing.lines
        if row >= len(lines):
            return Strip.blank(width, self.rich_style)
        strip = Strip([_segment(one) for one in lines[row]]).adjust_cell_length(width)
        strip = strip.apply_style(self.rich_style)
        here = self.current
        if here is None or here.row != row or here.start >= width:
            return strip
        style = self.get_component_rich_style("drawing-view--cursor")
        if not self.has_focus:
            style = Style(bold=True)
        before, under, after = strip.divide([here.start, min(here.end, width), width])
        return Strip.join([before, under.apply_style(style), after])


def _what(place: Place) -> tuple[object, ...]:
    return place.title, place.records, place.harm


def _segment(span: Span) -> Segment:
    return Segment(span.words, _STYLES[span.tone])
