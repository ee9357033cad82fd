"""Taking out of a record what one wrote in it oneself: seen first, then done or left."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from aluna_protocol.ids import DocumentId
from aluna_sync.errors import AlunaError
from aluna_sync.facts import News, RecordsChanged
from aluna_tui.keys import EVERYWHERE
from aluna_tui.screens.page import Page
from aluna_tui.screens.pick import PickScreen
from aluna_tui.sentences import sentences, what_happened
from aluna_tui.taking_back_words import LIMIT_OF_MINE, WHAT_STAYS
from aluna_tui.texts import N_, _
from aluna_tui.view_models.belonging import sure_choices
from aluna_tui.view_models.plain import one_line
from aluna_tui.view_models.taking_out import TakingOutPage, taking_out_page
from aluna_tui.widgets.bindings import bindings
from aluna_tui.widgets.work import start

if TYPE_CHECKING:
    from aluna_sync.own_fragments import Fragments


class TakingOutScreen(Page):
    """What this person wrote in a record, and one key that takes it out."""

    KEY_IDS = ("take_out", "back", *EVERYWHERE)
    HELP = N_(
        "What you wrote in this record, whoever made it: first you see what would go and what "
        "stays, then you say yes or no. What others wrote stays as it is."
    )
    BINDINGS = bindings("take_out", "back")

    def __init__(self, document: DocumentId) -> None:
        super().__init__()
        self.document = document
        self._found: Fragments | None = None
        self._shown: TakingOutPage | None = None
        self._done = False

    def body(self) -> Iterable[Widget]:
        """Yield an empty column; what was found fills it."""
        yield VerticalScroll(id="sections")

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one("#sections").focus()

    def take_news(self, news: News) -> None:
        """Look again when the record changed."""
        if isinstance(news, RecordsChanged) and self.document in news.documents:
            self.show_facts()

    def show_facts(self) -> None:
        """Look for what is hers, and write it if it says something else."""
        if self.is_mounted:
            self.say_head(_("What you wrote in it"))
            start(self, "sections", self._look, exclusive=True)

    async def _look(self) -> None:
        record = self.device.record(self.document)
        if record is None or self._done:
            return
        try:
            self._found = await self.device.own_fragments(self.document)
        except AlunaError as error:
            await self._write([_text(words, "") for words in sentences(error)])
            return
        page = taking_out_page(self.device, record, self._found)
        if page != self._shown:
            self._shown = page
            await self._write(_widgets(page))

    async def _write(self, widgets: Iterable[Widget]) -> None:
        column = self.query_one("#sections", VerticalScroll)
        async with self.batch():
            await column.remove_children()
            await column.mount_all(widgets)

    def action_take_out(self) -> None:
        """Ask whether to take out what is shown."""
        if self._found is None or not self._found.edits or self._done:
            self.say_edge(_("There is nothing to take out."))
            return
        seen = self._found

        def chosen(said: tuple[str, ...] | None) -> None:
            if said == ("yes",):
                start(self, "take_out", self._take_out, seen, exclusive=True)

        words = _("Take out what you wrote in it?")
        self.app.push_screen(PickScreen(words, sure_choices(_(LIMIT_OF_MINE))), chosen)

    async def _take_out(self, seen: Fragments) -> None:
        try:
            standing = await self.device.own_fragments(self.document)
            if (standing.words, standing.edits) != (seen.words, seen.edits):
                self.say_edge(_("The record changed meanwhile: look again, nothing was done."))
                self.show_facts()
                return
            found = await self.device.take_out_mine(self.document)
        except AlunaError as error:
            self.say_edge(what_happened(error))
            return
        self._done = True
        lines = [_("What you wrote is out of it."), _(LIMIT_OF_MINE)]
        lines += [_(WHAT_STAYS)] if found.stays else []
        await self._write([_text(words, "gap") for words in lines])


def _text(words: str, classes: str) -> Static:
    return Static(words, markup=False, classes=f"measure {classes}")


def _widgets(page: TakingOutPage) -> list[Widget]:
    widgets: list[Widget] = [Static(page.title, markup=False, classes="title")]
    if page.goes:
        widgets.append(_text(_("This goes out of it:"), "gap"))
        for said in page.goes:
            widgets.append(Static(said.name, markup=False, classes="name"))
            widgets += [_text(line, "indent") for line in said.lines]
        widgets.append(_text(_(LIMIT_OF_MINE), "quiet gap"))
    else:
        widgets.append(_text(_("You wrote nothing in it that can be taken out."), "gap"))
    if page.stays:
        widgets.append(Static(_("This stays"), markup=False, classes="name"))
        widgets += [_text(one_line(line), "indent") for line in page.stays]
        widgets.append(_text(_(WHAT_STAYS), "quiet gap"))
    return widgets
