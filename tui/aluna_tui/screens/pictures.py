"""Pictures: which there are, one of them drawn or in words, and what a place in it holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from aluna_protocol.ids import DocumentId
from aluna_sync.errors import AlunaError
from aluna_sync.facts import News, RecordsChanged
from aluna_tui.drawn import Place, draw, tell
from aluna_tui.drawn.told import titled
from aluna_tui.keys import EVERYWHERE
from aluna_tui.picture_labels import picture_title
from aluna_tui.screens.page import Page
from aluna_tui.sentences import what_happened
from aluna_tui.texts import N_, _
from aluna_tui.view_models import pictures as looking
from aluna_tui.widgets.bindings import bindings
from aluna_tui.widgets.drawing_view import DrawingView
from aluna_tui.widgets.go_line import GoLine

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_sync.journal.pictures.drawing import Picture

_MARGINS = 5
"""Cells beside a drawing: two at each side, one for the scroll bar."""


def real(page: Page) -> Device:
    """Return the device itself: a picture is of records that are really there."""
    from aluna_sync.device import Device

    device = page.device
    if not isinstance(device, Device):
        raise AlunaError("no-collective")
    return device


class PicturesScreen(Page):
    """Every picture there is, each with what it shows."""

    KEY_IDS = ("back", "search", *EVERYWHERE)
    HELP = N_(
        "Pictures show what you share, never one person, and never how much. Nothing in them is a "
        "goal. Enter opens one; inside, Enter opens what stands in a place."
    )

    def body(self) -> Iterable[Widget]:
        """Yield a line for each picture."""
        lines = (GoLine(title, about, name) for name, title, about in looking.choices())
        yield VerticalScroll(*lines, id="sections", can_focus=False)

    def on_mount(self) -> None:
        """Begin at the first."""
        self.query(GoLine).first().focus()

    def show_facts(self) -> None:
        """Write the head line."""
        if self.is_mounted:
            self.say_head(_("Pictures"), _("what all of you share"))

    def on_go_line_chosen(self, event: GoLine.Chosen) -> None:
        """Open a picture of the collective."""
        choice = looking.Choice(str(event.what), self.device.collective())
        self.app.push_screen(PictureScreen(choice))


class PictureScreen(Page):
    """One picture; the same records give the same one on every device."""

    HELP = N_(
        "The arrows go from one place to the next and Enter opens what stands there. t says the "
        "same in words, s looks at what another circle shares. In the map x changes the columns; "
        "in the calendar and in the year, minus and plus go to the one before and after."
    )
    BINDINGS = bindings("twin", "columns", "whose", "earlier", "later")

    def __init__(self, choice: looking.Choice) -> None:
        super().__init__()
        self._choice = choice
        self._in_words = False
        self._drawn: Picture | None = None

    def footer(self) -> tuple[str, ...]:
        """Return the keys this picture has."""
        name = self._choice.name
        if name in looking.BY_PERIOD:
            return ("back", "earlier", "later", *EVERYWHERE)
        return ("back", "twin", "columns" if name == looking.IMPACTS else "whose", *EVERYWHERE)

    @property
    def drawing(self) -> DrawingView:
        """Where it is drawn."""
        return self.query_one(DrawingView)

    def body(self) -> Iterable[Widget]:
        """Yield the drawing."""
        yield DrawingView(id="drawing")

    def on_mount(self) -> None:
        """Let the arrows walk in it."""
        self.drawing.focus()

    def take_news(self, news: News) -> None:
        """Look again when records changed."""
        if isinstance(news, RecordsChanged):
            self._look_again()

    def on_screen_resume(self) -> None:
        """Look again: what was opened may have been written in."""
        self._drawn = None
        super().on_screen_resume()

    def show_facts(self) -> None:
        """Draw for the width there is."""
        if not self.is_mounted:
            return
        device = real(self)
        whose = looking.whose_words(device, self._choice.space)
        self.say_head(picture_title(self._choice.name), whose)
        if self._drawn is None:
            try:
                self._drawn = looking.look_at(device, self._choice, self.aluna.now().date())
            except AlunaError as error:
                self.say_edge(what_happened(error))
                return
        draw_it = tell if self._in_words else draw
        width = self.size.width - _MARGINS
        shown = draw_it(self._drawn, looking.names_of(device), width)
        self.drawing.show(shown)
        if not shown.lines:
            self.say_edge(_("Not spoken yet."))

    def _look_again(self) -> None:
        self._drawn = None
        self.show_facts()

    # -- what the keys do -----------------------------------------------------------------------

    def action_twin(self) -> None:
        """Say it in words, or draw it again."""
        self._in_words = not self._in_words
        self.show_facts()

    def action_columns(self) -> None:
        """Change the columns of the map."""
        if self._choice.name == looking.IMPACTS:
            self._choice = self._choice.turned()
            self._look_again()

    def action_whose(self) -> None:
        """Look at what the next circle shares, and at the collective again after the last."""
        spaces = looking.shared_spaces(real(self))
        at = spaces.index(self._choice.space) if self._choice.space in spaces else -1
        self._choice = self._choice.of(spaces[(at + 1) % len(spaces)])
        self._look_again()

    def action_earlier(self) -> None:
        """Go to the month or year before."""
        self._move(-1)

    def action_later(self) -> None:
        """Go to the month or year after."""
        self._move(1)

    def _move(self, step: int) -> None:
        if self._choice.name in looking.BY_PERIOD:
            self._choice = self._choice.moved(step, self.aluna.now().date())
            self._look_again()

    def on_drawing_view_stands(self, event: DrawingView.Stands) -> None:
        """Say at the edge what stands under the cursor, uncut."""
        self.say_edge(event.place.title if event.place else "")

    def on_drawing_view_chosen(self, event: DrawingView.Chosen) -> None:
        """Open one record, or all that stands in the place."""
        only = event.place.only
        if only is not None:
            self.aluna.read(only)
        else:
            self.app.push_screen(PlaceScreen(event.place))


class PlaceScreen(Page):
    """What stands in one place of a picture: what hurt and what sustained us, together."""

    KEY_IDS = ("back", "open", *EVERYWHERE)
    HELP = N_(
        "What stands in this place of the picture. What hurt never stands alone: where nobody has "
        "said yet what sustained you there, that is said too. Enter reads a record."
    )

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place

    def body(self) -> Iterable[Widget]:
        """Yield a column; `on_mount` fills it."""
        yield VerticalScroll(id="sections", can_focus=False)

    async def on_mount(self) -> None:
        """Write what stands here."""
        await self.query_one("#sections").mount_all(list(self._lines()))
        lines = self.query(GoLine)
        if lines:
            lines.first().focus()

    def show_facts(self) -> None:
        """Write the head line."""
        if self.is_mounted:
            self.say_head(self._place.title, _("what all of you share"))

    def _lines(self) -> Iterable[Widget]:
        harm = self._place.harm
        if harm is None:
            yield from self._records(self._place.records)
            return
        yield Static(_("What this did to us"), markup=False, classes="name")
        yield from self._records(harm.harm)
        yield Static(_("What sustained us"), markup=False, classes="name")
        yield from self._records(harm.sustained)

    def _records(self, documents: Iterable[DocumentId]) -> Iterable[Widget]:
        names = looking.names_of(real(self))
        found = [GoLine(titled(names, one), "", one) for one in documents]
        yield from found
        if not found:
            yield Static(_("not spoken yet"), markup=False, classes="indent quiet")

    def on_go_line_chosen(self, event: GoLine.Chosen) -> None:
        """Read a record."""
        if isinstance(event.what, bytes):
            self.aluna.read(DocumentId(event.what))
