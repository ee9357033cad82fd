"""The reader over the whole screen, for narrow terminals and for links followed."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from aluna_protocol.ids import DocumentId
from aluna_sync.facts import News, RecordsChanged
from aluna_tui.keys import EVERYWHERE
from aluna_tui.screens.page import Page
from aluna_tui.texts import _
from aluna_tui.widgets.bindings import bindings
from aluna_tui.widgets.reader_pane import ReaderPane


class ReaderScreen(Page):
    """One record; Esc goes back to where it was opened from."""

    KEY_IDS = ("edit", "back", *EVERYWHERE)
    HELP = ReaderPane.HELP
    BINDINGS = bindings("edit")

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

    def action_edit(self) -> None:
        """Write in this record."""
        self.aluna.write_in(self.document)
