"""Safety of this device: what protects it, how each stands, and what it cannot do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from aluna_sync.errors import AlunaError
from aluna_sync.vault_layout import Removes
from aluna_tui.honest import limits
from aluna_tui.keys import EVERYWHERE
from aluna_tui.screens.asking import AskingPage, Question, path_of, refuse_different
from aluna_tui.screens.page import Page
from aluna_tui.screens.pick import PickScreen
from aluna_tui.screens.shares import SharesPage
from aluna_tui.sentences import what_happened
from aluna_tui.texts import N_, _
from aluna_tui.view_models.safety import (
    Protection,
    backup_choices,
    idle_choices,
    removes_choices,
    safety_page,
    shares_choices,
)
from aluna_tui.widgets.go_line import GoLine
from aluna_tui.widgets.work import start


class SafetyScreen(Page):
    """One protection after the other; Enter changes it."""

    KEY_IDS = ("back", "panic", *EVERYWHERE)
    HELP = N_(
        "What protects this device. Under each line stands what it cannot do. Move with Tab or the "
        "arrows, and press Enter to change it."
    )

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Protection, ...] = ()

    def body(self) -> Iterable[Widget]:
        """Yield an empty column; `show_facts` fills it."""
        yield VerticalScroll(id="sections", can_focus=False)

    def show_facts(self) -> None:
        """Compute the page, and write it if it says something else."""
        if not self.is_mounted or not self.aluna.has_device:
            return
        self.say_head(_("Safety of this device"))
        page = safety_page(self.device)
        if page != self._shown:
            self._shown = page
            start(self, "sections", self._write, page, exclusive=True)

    async def _write(self, page: tuple[Protection, ...]) -> None:
        column = self.query_one("#sections", VerticalScroll)
        focused = self.focused
        place = list(column.query(GoLine)).index(focused) if isinstance(focused, GoLine) else 0
        widgets: list[Widget] = []
        for one in page:
            widgets.append(GoLine(one.words, one.standing, one.id))
            widgets += [
                Static(words, markup=False, classes="indent measure quiet") for words in one.limits
            ]
        async with self.batch():
            await column.remove_children()
            await column.mount_all(widgets)
        if self.aluna.screen is self:
            list(column.query(GoLine))[place].focus(scroll_visible=False)

    def on_go_line_chosen(self, event: GoLine.Chosen) -> None:
        """Change what the line stands for."""
        match event.what:
            case "idle":
                self.app.push_screen(PickScreen(_("Lock"), idle_choices()), self._idle)
            case "panic":
                self.app.push_screen(
                    PickScreen(_("F12 twice removes"), removes_choices()), self._removes
                )
            case "passphrase":
                self.app.push_screen(self._passphrase_page())
            case "shares":
                self.app.push_screen(
                    PickScreen(_("Lists of words"), shares_choices()), self._shares
                )
            case "backup":
                self.app.push_screen(PickScreen(_("A sealed copy"), backup_choices()), self._backup)
            case _:
                self._notebook()

    def _change(self, group: str, act: object) -> None:
        start(self, group, self._changed, act, exclusive=True)

    async def _changed(self, act: object) -> None:
        assert callable(act)
        try:
            await asyncio.to_thread(act)
        except AlunaError as error:
            self.say_edge(what_happened(error))
        else:
            self.show_facts()

    def _idle(self, chosen: tuple[str, ...] | None) -> None:
        if chosen:
            minutes = int(chosen[0])
            self.aluna.choose_idle(minutes)
            self._change("idle", lambda: self.device.safety.choose_idle(minutes))

    def _removes(self, chosen: tuple[str, ...] | None) -> None:
        if chosen:
            removes = Removes(int(chosen[0]))
            self._change("removes", lambda: self.device.safety.choose_removes(removes))

    # -- the passphrase --------------------------------------------------------------------------

    def _passphrase_page(self) -> Page:
        async def change(answers: Mapping[str, str]) -> str:
            refuse_different(answers)
            safety = self.device.safety
            await asyncio.to_thread(safety.change_passphrase, answers["old"], answers["new"])
            return _("The passphrase is changed. The old one opens nothing here any more.")

        offered = _("Six words for you, if you like them: {words}").format(
            words=self.aluna.outside.offered_words()
        )
        return AskingPage(
            _("Change the passphrase"),
            [*limits("passphrase"), offered],
            [
                Question("old", _("The passphrase of now"), secret=True),
                Question("new", _("The new passphrase"), secret=True),
                Question("again", _("The new passphrase once more"), secret=True),
            ],
            change,
        )

    # -- lists of words --------------------------------------------------------------------------

    def _shares(self, chosen: tuple[str, ...] | None) -> None:
        if chosen == ("split",):
            start(self, "shares", self._split, exclusive=True)
        elif chosen == ("off",):
            self._change("shares", self.device.safety.forget_shares)

    async def _split(self) -> None:
        try:
            shares = await asyncio.to_thread(self.device.safety.split)
        except AlunaError as error:
            self.say_edge(what_happened(error))
        else:
            await self.app.push_screen(SharesPage(shares))

    # -- a sealed copy ---------------------------------------------------------------------------

    def _backup(self, chosen: tuple[str, ...] | None) -> None:
        if not chosen:
            return
        outside = self.aluna.outside
        phrase = outside.offered_words() if chosen == ("own",) else None

        async def write(answers: Mapping[str, str]) -> str:
            path = path_of(answers["file"])
            outside.keeping.seal(self.device)
            size = await asyncio.to_thread(outside.keeping.back_up, self.device, path, phrase)
            said = _("The copy is in {file} ({size} KiB).").format(file=path, size=-(-size // 1024))
            if phrase is None:
                return said
            return said + " " + _("Only these six words open it: {words}").format(words=phrase)

        title, question = _("Write a sealed copy"), _("File to write, on a stick for example")
        page = AskingPage(title, limits("backup"), [Question("file", question)], write)
        self.app.push_screen(page)

    # -- a second passphrase ---------------------------------------------------------------------

    def _notebook(self) -> None:
        outside = self.aluna.outside
        if self.device.safety.settings.beside:

            async def off(_answers: Mapping[str, str]) -> str:
                await asyncio.to_thread(outside.keeping.notebook_off, self.device)
                return _("The second passphrase opens nothing any more, and its notebook is gone.")

            question = _("It is destroyed with what is written in it. Write anything and Enter:")
            questions = [Question("sure", question)]
            self.app.push_screen(AskingPage(_("A second passphrase"), [], questions, off))
            return

        async def on(answers: Mapping[str, str]) -> str:
            refuse_different(answers)
            keeping = outside.keeping
            await asyncio.to_thread(
                keeping.notebook_on, self.device, answers["new"], answers["name"].strip()
            )
            return _(
                "From now on the second passphrase opens the notebook. Write some ordinary things "
                "in it now and then: an empty one looks like what it is."
            )

        self.app.push_screen(
            AskingPage(
                _("A second passphrase"),
                limits("notebook"),
                [
                    Question("name", _("What the group of the notebook is called")),
                    Question("new", _("The second passphrase"), secret=True),
                    Question("again", _("The second passphrase once more"), secret=True),
                ],
                on,
            )
        )
