"""The journal: a list that never moves by itself, search as you type, the page beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from aluna_protocol.ids import DocumentId
from aluna_sync.facts import News, RecordsChanged
from aluna_sync.store.rows import Page as Rows
from aluna_sync.store.rows import Query
from aluna_tui.keys import EVERYWHERE
from aluna_tui.labels import type_plural
from aluna_tui.screens.page import Page
from aluna_tui.screens.pick import PickScreen
from aluna_tui.texts import N_, _, listed, ngettext
from aluna_tui.view_models.choices import type_choices
from aluna_tui.widgets.bindings import bindings
from aluna_tui.widgets.reader_pane import ReaderPane
from aluna_tui.widgets.record_list import RecordList, arrivals_words

WIDE: Final = 100
"""From this many columns on, the page stands beside the list."""
_TYPING_PAUSE: Final = 0.03
_PAGE_PAUSE: Final = 0.06


class JournalScreen(Page):
    """All records, or some of them."""

    KEY_IDS = ("write", "search", "filter", *EVERYWHERE)
    MORE_IDS = ("unread", "put_away")
    HELP = RecordList.HELP
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("filter", "unread", "put_away", "edit"),
        Binding("tab", "other_pane", N_("The other pane"), show=False),
    ]

    def __init__(self, types: tuple[str, ...] = (), *, unread: bool = False) -> None:
        super().__init__()
        self._types = types
        self._unread = unread
        self._put_away = False
        self._words = ""
        self._typing: Timer | None = None
        self._reading: Timer | None = None

    def body(self) -> Iterable[Widget]:
        """Yield the search line, the list and the page."""
        yield Input(
            id="search",
            placeholder=_("/ searches as you type, accents do not matter"),
            compact=True,
        )
        yield Horizontal(
            RecordList(self._fetch, self.aluna.today(), id="records"), ReaderPane(), id="panes"
        )

    def on_mount(self) -> None:
        """Begin in the list."""
        self.records.empty_words = _("Nothing here yet. n writes something new.")
        self.records.focus()

    @property
    def records(self) -> RecordList:
        """The list."""
        return self.query_one("#records", RecordList)

    @property
    def pane(self) -> ReaderPane:
        """The page beside the list."""
        return self.query_one(ReaderPane)

    @property
    def wide(self) -> bool:
        """Whether both fit side by side."""
        return self.size.width >= WIDE

    def _fetch(self, offset: int, limit: int) -> Rows:
        return self.device.list(
            Query(
                words=self._words,
                types=self._types,
                unread_only=self._unread,
                put_away=self._put_away,
                offset=offset,
                limit=limit,
            )
        )

    def show_facts(self) -> None:
        """Write the head line and fit the panes to the width."""
        if not self.is_mounted:
            return
        names = listed([type_plural(type_) for type_ in self._types])
        left = _("Journal") + (f" · {names}" if names else "")
        if self._unread:
            left += " · " + _("what you have not read")
        if self._put_away:
            left += " · " + _("what was put away")
        total = self.records.total
        self.say_head(
            left, ngettext("{count} record", "{count} records", total).format(count=total)
        )
        self.pane.display = self.wide
        if self.wide and self.pane.document is None and self.records.current:
            self._show_beside(self.records.current.document)

    def on_screen_resume(self) -> None:
        """Show what changed while reading or writing; the cursor stays on its record."""
        if self.is_mounted:
            self.records.take_arrivals(0)
            self.pane.show_again()
        super().on_screen_resume()

    # -- looking for ----------------------------------------------------------------------------

    @on(Input.Changed, "#search")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(_TYPING_PAUSE, self._look)

    @on(Input.Submitted, "#search")
    def _searched(self, event: Input.Submitted) -> None:
        event.stop()
        self._look()
        self.records.focus()

    def _look(self) -> None:
        words = self.query_one("#search", Input).value
        if words != self._words:
            self._words = words
            self._look_again()

    def _look_again(self) -> None:
        self.records.empty_words = (
            _("Nothing was found. Fewer words find more.")
            if self._words
            else _("Nothing here yet. n writes something new.")
        )
        self.records.look_for(self._fetch)
        self.show_facts()

    def on_key(self, event: events.Key) -> None:
        """From the search line, down and Esc lead to the list."""
        if self.query_one("#search").has_focus and event.key in ("down", "escape"):
            event.stop()
            event.prevent_default()
            self.records.focus()

    def action_search(self) -> None:
        """Go to the search line."""
        self.query_one("#search").focus()

    def action_filter(self) -> None:
        """Choose the types shown."""
        self.app.push_screen(
            PickScreen(_("Which types to show"), type_choices(), self._types), self._take_types
        )

    def _take_types(self, types: tuple[str, ...] | None) -> None:
        if types is not None:
            self._types = types
            self._look_again()

    def action_unread(self) -> None:
        """Show only what is not read yet, or everything again."""
        self._unread = not self._unread
        self._look_again()

    def action_put_away(self) -> None:
        """Show only what was put away, or what was not again."""
        self._put_away = not self._put_away
        self._look_again()

    # -- reading --------------------------------------------------------------------------------

    def on_record_list_highlighted(self, event: RecordList.Highlighted) -> None:
        """Show the record beside, once the cursor rests."""
        if self._reading is not None:
            self._reading.stop()
        document = event.row.document if event.row else None
        self._reading = self.set_timer(_PAGE_PAUSE, lambda: self._show_beside(document))

    def _show_beside(self, document: DocumentId | None) -> None:
        if self.wide:
            self.pane.read(document)

    def on_record_list_opened(self, event: RecordList.Opened) -> None:
        """Read: beside if there is room, else over the whole screen."""
        if not self.wide:
            self.aluna.read(event.row.document)
            return
        self.pane.read(event.row.document)
        self.pane.note_read()
        self.pane.focus()
        self.records.take_arrivals(0)

    def on_reader_pane_follow(self, event: ReaderPane.Follow) -> None:
        """Read a linked record over the whole screen."""
        self.aluna.read(event.document)

    def on_reader_pane_said(self, event: ReaderPane.Said) -> None:
        """Write a line at the edge."""
        self.say_edge(event.words)

    def action_edit(self) -> None:
        """Write in the record under the cursor."""
        if row := self.records.current:
            self.aluna.write_in(row.document)

    def action_other_pane(self) -> None:
        """Go from the list to the page, and on through its links."""
        if self.wide and self.records.has_focus:
            self.pane.focus()
        else:
            self.focus_next()

    def action_back(self) -> None:
        """From the page to the list, from words to all records, from the list to home."""
        focused = self.focused
        if focused is not None and self.pane in (focused, *focused.ancestors):
            self.records.focus()
        elif self._words:
            self.query_one("#search", Input).value = ""
        else:
            super().action_back()

    # -- news -----------------------------------------------------------------------------------

    def take_news(self, news: News) -> None:
        """Announce arrivals at the edge; own writing is shown at once."""
        if not isinstance(news, RecordsChanged):
            return
        if news.from_device is None:
            self.records.show_again(news.documents[-1] if news.new and news.documents else None)
        else:
            self.records.take_arrivals(news.new)
        if self.pane.document in news.documents:
            self.pane.show_again()
            self.pane.look_apart()
        self.show_facts()

    def on_record_list_arrived(self, event: RecordList.Arrived) -> None:
        """Say how many wait."""
        self.say_edge(arrivals_words(event.waiting))
