"""The door: a passphrase, and nothing of the journal until it is right."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from aluna_sync.errors import AlunaError
from aluna_tui.screens.asking import AskingPage, Question, refuse_different
from aluna_tui.screens.page import Page
from aluna_tui.sentences import sentences
from aluna_tui.texts import N_, _
from aluna_tui.widgets.go_line import GoLine
from aluna_tui.widgets.work import start


class UnlockScreen(Page):
    """Asks for the passphrase; deriving the key is slow on purpose and never stops typing."""

    KEY_IDS = ("help", "quiet", "leave")
    HELP = N_(
        "Type your passphrase and press Enter. The program makes a key from it, which takes a "
        "moment on purpose. Nothing is lost if it is wrong: try again."
    )

    def body(self) -> Iterable[Widget]:
        """Yield the question in the middle of an empty page."""
        yield Vertical(
            Static(_("Your passphrase"), markup=False, classes="quiet"),
            Input(password=True, id="passphrase"),
            Static("", markup=False, id="answer"),
            GoLine(_("The passphrase is forgotten: open with two lists of words"), "", "recover"),
            classes="door",
        )

    def on_mount(self) -> None:
        """Put the cursor where the passphrase goes."""
        self.query_one("#passphrase").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Try the passphrase in a thread."""
        event.stop()
        if event.value:
            self.try_passphrase(event.value)

    def try_passphrase(self, passphrase: str) -> None:
        """Open the vault with *passphrase*; a second try waits for the first."""
        self._answer(_("Opening… it takes a moment on purpose."))
        start(self, "unlock", self._open, passphrase, exclusive=True)

    async def _open(self, passphrase: str) -> None:
        try:
            device = await self.aluna.open_vault(passphrase)
        except AlunaError as error:
            self._answer(" ".join(sentences(error)))
            field = self.query_one("#passphrase", Input)
            field.focus()
            field.select_all()
            return
        self.aluna.begin(device)

    def _answer(self, words: str) -> None:
        self.query_one("#answer", Static).update(words)

    def on_go_line_chosen(self, _event: GoLine.Chosen) -> None:
        """Ask for two lists of words and a new passphrase."""

        async def recover(answers: Mapping[str, str]) -> str:
            refuse_different(answers)
            keeping = self.aluna.outside.keeping
            shares = (answers["one"], answers["other"])
            await asyncio.to_thread(keeping.recover, shares, answers["new"])
            self.aluna.begin(await self.aluna.open_vault(answers["new"]))
            return _("The new passphrase opens this vault. The lists of words still do, too.")

        self.app.push_screen(
            AskingPage(
                _("Open with two lists of words"),
                [_("Write the twenty words of each list; their first four letters are enough.")],
                [
                    Question("one", _("Words of one list")),
                    Question("other", _("Words of another list")),
                    Question("new", _("The new passphrase"), secret=True),
                    Question("again", _("The new passphrase once more"), secret=True),
                ],
                recover,
            )
        )

    def action_back(self) -> None:
        """There is nothing behind the door."""
