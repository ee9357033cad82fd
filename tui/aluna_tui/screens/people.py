"""Gente: who belongs, with which devices, and what each of them lacks."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from aluna_sync.facts import News
from aluna_tui.keys import EVERYWHERE
from aluna_tui.screens.page import Page
from aluna_tui.texts import N_, _
from aluna_tui.view_models.people import PeoplePage, people_page
from aluna_tui.widgets.work import start


class PeopleScreen(Page):
    """One person after another, each device in a sentence."""

    KEY_IDS = ("back", *EVERYWHERE)
    HELP = N_(
        "Who belongs to the collective and with which devices. What a device lacks is known from "
        "what it said itself the last time you met."
    )

    def __init__(self) -> None:
        super().__init__()
        self._shown: PeoplePage | None = None

    def body(self) -> Iterable[Widget]:
        """Yield an empty column; `show_facts` fills it."""
        yield VerticalScroll(id="sections")

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one("#sections").focus()

    def take_news(self, news: News) -> None:
        """Write the page again."""
        self.show_facts()

    def show_facts(self) -> None:
        """Compute the page, and write it if it says something else."""
        if not self.is_mounted:
            return
        page = people_page(self.device, self.aluna.now())
        self.say_head(_("People"), page.lan)
        if page != self._shown:
            self._shown = page
            start(self, "sections", self._write, page, exclusive=True)

    async def _write(self, page: PeoplePage) -> None:
        column = self.query_one("#sections", VerticalScroll)
        widgets: list[Widget] = []
        for person in page.persons:
            widgets.append(Static(person.name, markup=False, classes="name"))
            widgets += [Static(words, markup=False, classes="indent") for words in person.devices]
        if page.set_aside:
            widgets.append(Static(page.set_aside, markup=False, classes="measure gap"))
        widgets += [Static(words, markup=False, classes="measure gap") for words in page.notes]
        async with self.batch():
            await column.remove_children()
            await column.mount_all(widgets)
