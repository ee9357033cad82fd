"""The tray: what came too late, read where it lies, to be taken in or left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from aluna_sync.errors import AlunaError
from aluna_sync.facts import News
from aluna_tui.keys import EVERYWHERE
from aluna_tui.screens.page import Page
from aluna_tui.screens.pick import PickScreen
from aluna_tui.sentences import what_happened
from aluna_tui.texts import N_, _
from aluna_tui.view_models.choices import Choice
from aluna_tui.view_models.late import LateLines, decisions, late_choices, late_lines
from aluna_tui.widgets.bindings import bindings
from aluna_tui.widgets.work import start

if TYPE_CHECKING:
    from aluna_sync.device import Device


class TrayScreen(Page):
    """Each record with something that came too late, as it would read with it."""

    KEY_IDS = ("back", "decide", *EVERYWHERE)
    HELP = N_(
        "Somebody wrote this who did not belong any more, or whose device was stopped. None of it "
        "enters by itself and none of it is lost: whoever belongs may read it, take it in as her "
        "own entry, or leave it out."
    )
    BINDINGS = bindings("back", "decide")

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[LateLines, ...] | None = None

    def body(self) -> Iterable[Widget]:
        """Yield an empty column; `show_facts` fills it."""
        yield VerticalScroll(id="sections")

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one("#sections").focus()

    def take_news(self, news: News) -> None:
        """Write the page again."""
        self.show_facts()

    @property
    def _opened(self) -> Device:
        """The real device: what others wrote is never made up."""
        from aluna_sync.device import Device

        device = self.device
        if not isinstance(device, Device):
            raise AlunaError("no-collective")
        return device

    def show_facts(self) -> None:
        """Read what lies there, and write it if it says something else."""
        if self.is_mounted:
            self.say_head(_("What came too late"))
            start(self, "sections", self._write, exclusive=True)

    async def _write(self) -> None:
        page = await late_lines(self._opened)
        if page == self._shown:
            return
        self._shown = page
        column = self.query_one("#sections", VerticalScroll)
        widgets: list[Widget] = []
        for one in page:
            widgets.append(Static(one.title, markup=False, classes="name"))
            widgets += [Static(line, markup=False, classes="measure indent") for line in one.lines]
        if not widgets:
            widgets.append(Static(_("Nothing came too late."), markup=False, classes="measure"))
        async with self.batch():
            await column.remove_children()
            await column.mount_all(widgets)

    def action_decide(self) -> None:
        """Choose a record, and what becomes of it."""
        waiting = late_choices(self._opened)
        if not waiting:
            self.say_edge(_("Nothing came too late."))
            return
        self._choose(
            _("Decide about"),
            waiting,
            lambda which: self._choose(
                _("What becomes of it?"), decisions(), lambda what: self._decide(which, what)
            ),
        )

    def _choose(self, title: str, choices: Sequence[Choice], then: Callable[[str], None]) -> None:
        def chosen(found: tuple[str, ...] | None) -> None:
            if found:
                then(found[0])

        self.app.push_screen(PickScreen(title, choices), chosen)

    def _decide(self, which: str, what: str) -> None:
        if what != "wait":
            start(self, "decide", self._decided, which, what)

    async def _decided(self, which: str, what: str) -> None:
        from aluna_sync.tray import decline, find, take_in

        try:
            late = find(self._opened, which)
            if what == "take":
                await take_in(self._opened, late)
                self.say_edge(_("Written anew in your name, with a note of whose words they are."))
            else:
                decline(self._opened, late)
                self.say_edge(_("It stays out, and is kept all the same."))
        except AlunaError as error:
            self.say_edge(what_happened(error))
        self.show_facts()
