"""The reader over the whole screen, for narrow terminals and for links followed."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from aluna_protocol.ids import DocumentId
from aluna_sync.errors import AlunaError
from aluna_sync.facts import News, RecordsChanged
from aluna_tui.keys import EVERYWHERE
from aluna_tui.screens.page import Page
from aluna_tui.screens.pick import PickScreen
from aluna_tui.sentences import what_happened
from aluna_tui.taking_back_words import LIMIT, OTHERS_WORDS
from aluna_tui.texts import _
from aluna_tui.view_models.belonging import sure_choices
from aluna_tui.widgets.bindings import bindings
from aluna_tui.widgets.reader_pane import ReaderPane
from aluna_tui.widgets.work import start


class ReaderScreen(Page):
    """One record; Esc goes back to where it was opened from."""

    KEY_IDS = ("edit", "take_back", "back", *EVERYWHERE)
    HELP = ReaderPane.HELP
    BINDINGS = bindings("edit", "take_back")

    def __init__(self, document: DocumentId) -> None:
        super().__init__()
        self.document = document

    def body(self) -> Iterable[Widget]:
        """Yield the page."""
        yield ReaderPane()

    def on_mount(self) -> None:
        """Show the record."""
        pane = self.query_one(ReaderPane)
        pane.read(self.document)
        pane.look_apart()
        pane.note_read()
        pane.focus()

    def show_facts(self) -> None:
        """Show the record as it is now."""
        if self.is_mounted:
            self.say_head(_("Journal"))
            self.query_one(ReaderPane).show_again()

    def take_news(self, news: News) -> None:
        """Show what a companion changed; the page stays where it is."""
        if isinstance(news, RecordsChanged):
            self.show_facts()

    def on_reader_pane_follow(self, event: ReaderPane.Follow) -> None:
        """Read a linked record."""
        self.aluna.read(event.document)

    def on_reader_pane_said(self, event: ReaderPane.Said) -> None:
        """Write a line at the edge."""
        self.say_edge(event.words)

    def action_take_back(self) -> None:
        """Say what taking back can and cannot do, and ask."""

        def chosen(said: tuple[str, ...] | None) -> None:
            if said == ("yes",):
                start(self, "take_back", self._take_back, exclusive=True)

        limit = f"{_(LIMIT)} {_(OTHERS_WORDS)}"
        self.app.push_screen(PickScreen(_("Take this record back?"), sure_choices(limit)), chosen)

    async def _take_back(self) -> None:
        try:
            await self.aluna.unlocked.take_back(self.document)
        except AlunaError as error:
            self.say_edge(what_happened(error))
        else:
            self.show_facts()
            self.say_edge(_("Taken back."))

    def action_edit(self) -> None:
        """Write in this record."""
        self.aluna.write_in(self.document)
