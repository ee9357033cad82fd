"""What happened while we were apart: to read with calm, in parts, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from aluna_sync.facts import News, RecordsChanged
from aluna_sync.store.arrivals import Since
from aluna_tui.keys import EVERYWHERE
from aluna_tui.screens.page import Page
from aluna_tui.screens.pictures import real
from aluna_tui.texts import N_, _
from aluna_tui.view_models.digest import Asked, DigestLine, DigestPage, digest_page
from aluna_tui.widgets.bindings import bindings
from aluna_tui.widgets.go_line import GoLine
from aluna_tui.widgets.work import start


class DigestScreen(Page):
    """Care first, what hurts last and only when asked for."""

    KEY_IDS = ("back", "looked", "with_harm", *EVERYWHERE)
    HELP = N_(
        "What came to this device since you last said that you looked. You may read it in parts, "
        "or not at all. y keeps that you looked, here alone; h also opens what was done to you, "
        "each beside what sustained you."
    )
    BINDINGS = bindings("looked", "with_harm")

    def __init__(self) -> None:
        super().__init__()
        self._asked = Asked()
        self._since: Since | None = None
        self._shown: DigestPage | None = None

    def body(self) -> Iterable[Widget]:
        """Yield an empty column; `show_facts` fills it."""
        yield VerticalScroll(id="sections", can_focus=False)

    def take_news(self, news: News) -> None:
        """Say at the edge that there is more; what is being read stays where it is."""
        if isinstance(news, RecordsChanged) and news.from_device is not None:
            self.say_edge(_("Something more arrived. Go back and come again to see it."))

    def show_facts(self) -> None:
        """Write the page, unless it stands there already."""
        if not self.is_mounted:
            return
        device = real(self)
        collective = device.collective()
        if self._since is None:
            from aluna_sync.recounting import last_looked

            self._since = last_looked(device, collective)
        today = self.aluna.now().date()
        page = digest_page(device, collective, self._since, today, self._asked)
        self.say_head(_("While we were apart"), page.since)
        if page != self._shown:
            self._shown = page
            start(self, "sections", self._write, page, exclusive=True)

    async def _write(self, page: DigestPage) -> None:
        column = self.query_one("#sections", VerticalScroll)
        focused = self.focused
        place = list(column.query(GoLine)).index(focused) if isinstance(focused, GoLine) else 0
        widgets: list[Widget] = []
        for section in page.sections:
            widgets.append(Static(section.name, markup=False, classes="name"))
            for line in section.lines:
                widgets.append(_widget(line))
                if line.below:
                    widgets.append(Static(line.below, markup=False, classes="indent"))
        if page.foot:
            widgets.append(Static(page.foot, markup=False, classes="measure gap"))
        async with self.batch():
            await column.remove_children()
            await column.mount_all(widgets)
        lines = list(column.query(GoLine))
        if lines and self.aluna.screen is self:
            lines[min(place, len(lines) - 1)].focus(scroll_visible=place > 0)

    def on_go_line_chosen(self, event: GoLine.Chosen) -> None:
        """Read a record, or show the rest of a section."""
        line = event.what
        if not isinstance(line, DigestLine):
            return
        if line.document is not None:
            self.aluna.read(line.document)
        elif line.more is not None:
            self._asked = replace(self._asked, whole=self._asked.whole | {line.more})
            self.show_facts()

    def action_with_harm(self) -> None:
        """Also what was done to us, or not any more."""
        self._asked = replace(self._asked, harm=not self._asked.harm)
        self.show_facts()

    def action_looked(self) -> None:
        """Keep that this person looked; only this device knows."""
        from aluna_sync.recounting import look

        device = real(self)
        look(device, device.collective(), device.store.arrivals.now())
        self.say_edge(_("Kept: next time it begins here. Only this device knows."))


def _widget(line: DigestLine) -> Widget:
    if line.document is None and line.more is None:
        return Static(line.words, markup=False, classes="indent")
    return GoLine(line.words, line.aside, line)
