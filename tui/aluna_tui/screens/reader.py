"""The reader over the whole screen, for narrow terminals and for links followed."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from aluna_protocol.ids import DocumentId
from aluna_sync.errors import AlunaError
from aluna_sync.facts import News, RecordsChanged
from aluna_tui.keys import EVERYWHERE
from aluna_tui.screens.act import ActScreen
from aluna_tui.screens.page import Page
from aluna_tui.screens.pick import PickScreen
from aluna_tui.screens.taking_out import TakingOutScreen
from aluna_tui.sentences import what_happened
from aluna_tui.taking_back_words import LIMIT, OTHERS_WORDS
from aluna_tui.texts import _
from aluna_tui.view_models.acts import doable, doable_choices
from aluna_tui.view_models.belonging import sure_choices
from aluna_tui.view_models.choices import Choice
from aluna_tui.widgets.bindings import bindings
from aluna_tui.widgets.reader_pane import ReaderPane
from aluna_tui.widgets.work import start


class ReaderScreen(Page):
    """One record; Esc goes back to where it was opened from."""

    KEY_IDS = ("edit", "act", "back", *EVERYWHERE)
    MORE_IDS = ("take_back",)
    HELP = ReaderPane.HELP
    BINDINGS = bindings("edit", "act", "take_back")

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
            self.query_one(ReaderPane).look_apart()

    def on_reader_pane_follow(self, event: ReaderPane.Follow) -> None:
        """Read a linked record."""
        self.aluna.read(event.document)

    def on_reader_pane_said(self, event: ReaderPane.Said) -> None:
        """Write a line at the edge."""
        self.say_edge(event.words)

    def action_take_back(self) -> None:
        """Say what taking back can and cannot do, and ask; first all of it, or only one's own."""
        record = self.device.record(self.document)
        if record is None:
            return
        if not self.device.may_take_back(self.document):
            self._take_out()
            return

        def chosen(said: tuple[str, ...] | None) -> None:
            if said == ("yes",):
                start(self, "take_back", self._take_back, exclusive=True)
            elif said == ("mine",):
                self._take_out()

        choices = sure_choices(f"{_(LIMIT)} {_(OTHERS_WORDS)}")
        if any(person != self.device.person for person in record.authors):
            mine = _("Only what I wrote in it myself")
            choices.insert(1, Choice("mine", mine, _("First you see what that is.")))
        self.app.push_screen(PickScreen(_("Take this record back?"), choices), chosen)

    def _take_out(self) -> None:
        self.app.push_screen(TakingOutScreen(self.document))

    async def _take_back(self) -> None:
        try:
            await self.aluna.unlocked.take_back(self.document)
        except AlunaError as error:
            self.say_edge(what_happened(error))
        else:
            self.show_facts()
            self.say_edge(_("Taken back."))

    def action_act(self) -> None:
        """Choose what to do with it, and say what goes with that."""
        record = self.device.record(self.document)
        if record is None:
            return
        hers = record.authors[:1] == (self.device.person,)
        found = doable(record, hers=hers)
        if not found:
            self.say_edge(_("There is nothing to do with this but to read and to write in it."))
            return

        def chosen(said: tuple[str, ...] | None) -> None:
            if said:
                self.app.push_screen(ActScreen(self.document, found[int(said[0])]))

        self.app.push_screen(
            PickScreen(_("What do you want to do?"), doable_choices(found)), chosen
        )

    def action_edit(self) -> None:
        """Write in this record."""
        self.aluna.write_in(self.document)
