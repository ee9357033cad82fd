"""The first page: agreements, what waits, who is here; it asks for nothing."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from aluna_sync.facts import News, RecordsChanged
from aluna_tui.keys import EVERYWHERE
from aluna_tui.screens.page import Page
from aluna_tui.texts import N_
from aluna_tui.view_models.drafts import open_drafts
from aluna_tui.view_models.home import home_page
from aluna_tui.view_models.home_lines import HomePage, Line, Section
from aluna_tui.widgets.go_line import GoLine
from aluna_tui.widgets.work import start


class HomeScreen(Page):
    """Sections of a few lines; arrows or Tab move, Enter goes there."""

    KEY_IDS = ("write", "emergency", *EVERYWHERE)
    MORE_IDS = ("search", "journal")
    HELP = N_(
        "The home page says what waits for you and who is here. Nothing painful opens by itself. "
        "Move with Tab or the arrows and press Enter to go there."
    )

    def __init__(self) -> None:
        super().__init__(id="home")
        self._shown: HomePage | None = None
        self._today: tuple[Section, ...] = ()

    def body(self) -> Iterable[Widget]:
        """Yield an empty column; `show_facts` fills it."""
        yield VerticalScroll(id="sections", can_focus=False)

    def on_mount(self) -> None:
        """Look up what today brings, once the page stands."""
        self.call_after_refresh(self._look_up)

    def on_screen_resume(self) -> None:
        """Look it up again after reading or writing."""
        super().on_screen_resume()
        self.call_after_refresh(self._look_up)

    def take_news(self, news: News) -> None:
        """Write the page again when something happened."""
        if isinstance(news, RecordsChanged):
            self._look_up()
        self.show_facts()

    def _look_up(self) -> None:
        from aluna_sync.device import Device
        from aluna_tui.view_models.today import today_sections

        if self.aluna.has_device and isinstance(self.device, Device):
            self._today = today_sections(self.device, self.aluna.now().date())
            self.show_facts()

    def show_facts(self) -> None:
        """Compute the page, and write what changed of it."""
        if not self.is_mounted:
            return
        page = home_page(
            self.device, open_drafts(self.device.drafts()), self.aluna.now(), self._today
        )
        self.say_head(page.collective, page.here)
        if self._shown is not None and page.sections == self._shown.sections:
            return
        self._shown = page
        start(self, "sections", self._write, page, exclusive=True)

    async def _write(self, page: HomePage) -> None:
        column = self.query_one("#sections", VerticalScroll)
        focused = self.focused
        place = list(column.query(GoLine)).index(focused) if isinstance(focused, GoLine) else 0
        widgets: list[Widget] = []
        for section in page.sections:
            widgets.append(Static(section.name, markup=False, classes="name"))
            widgets += [GoLine(line.words, line.aside, line) for line in section.lines]
        async with self.batch():
            await column.remove_children()
            await column.mount_all(widgets)
        lines = list(column.query(GoLine))
        if lines and self.aluna.screen is self:
            lines[min(place, len(lines) - 1)].focus(scroll_visible=False)

    def on_go_line_chosen(self, event: GoLine.Chosen) -> None:
        """Go where the line leads."""
        line = event.what
        if not isinstance(line, Line):
            return
        if line.draft:
            self.aluna.continue_draft(line.draft)
        elif line.document is not None:
            self.aluna.read(line.document)
        elif line.page == "write":
            self.aluna.action_write()
        elif line.page:
            self.aluna.action_show(line.page)

    def action_back(self) -> None:
        """Home is where going back ends."""
