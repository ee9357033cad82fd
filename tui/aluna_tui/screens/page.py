"""What every screen has: a head line, a body, one line at the edge for news, the keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from aluna_sync.facts import News
from aluna_tui.keys import EVERYWHERE
from aluna_tui.view_models.facade import JournalDevice
from aluna_tui.widgets.bindings import bindings
from aluna_tui.widgets.ends import two_ends
from aluna_tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from aluna_tui.shell import Shell


class Page(Screen[None]):
    """A calm page. Subclasses give `body`, a title and the ids of their keys."""

    KEY_IDS: ClassVar[tuple[str, ...]] = EVERYWHERE
    MORE_IDS: ClassVar[tuple[str, ...]] = ()
    """Keys the foot has no room for: help and orders know them."""
    HELP: ClassVar[str] = ""
    BINDINGS = bindings("back")

    @property
    def aluna(self) -> Shell:
        """The program this screen belongs to."""
        return cast("Shell", self.app)

    @property
    def device(self) -> JournalDevice:
        """The unlocked device."""
        return self.aluna.unlocked

    def compose(self) -> ComposeResult:
        """Lay out head, body, edge and keys."""
        yield Static(id="head", markup=False)
        yield from self.body()
        yield Static(id="edge", markup=False)
        yield KeyBar(*self.footer())

    def body(self) -> Iterable[Widget]:
        """Yield the widgets between head and edge."""
        return ()

    def footer(self) -> tuple[str, ...]:
        """Return the ids of the keys at the foot; a page that has other keys at times says so."""
        return self.KEY_IDS

    def every_key(self) -> tuple[str, ...]:
        """Return the ids of everything a key does here."""
        return (*self.KEY_IDS, *self.MORE_IDS)

    def say_head(self, left: str, right: str = "") -> None:
        """Write the head line: what this is at the left, whose eyes or what state at the right."""
        head = self.query_one("#head", Static)
        head.update(two_ends(left, right, max(20, self.size.width - 2)))

    def say_edge(self, words: str) -> None:
        """Write the one line at the edge; nothing else on the screen moves."""
        self.query_one("#edge", Static).update(Text(words, no_wrap=True, overflow="ellipsis"))

    def take_news(self, news: News) -> None:
        """Hear of something that happened; screens that care override this."""

    def on_screen_resume(self) -> None:
        """Write again what may have changed while another screen was in front."""
        self.show_facts()

    def on_resize(self) -> None:
        """Fit the head line to the new width."""
        self.show_facts()

    def show_facts(self) -> None:
        """Write everything that is computed from facts; called whenever it may have changed."""

    async def settle(self) -> None:
        """Make everything typed durable; called before locking and leaving."""

    def action_back(self) -> None:
        """Go back to the screen before."""
        self.aluna.go_back()
