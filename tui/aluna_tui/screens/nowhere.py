"""A vault that belongs to no collective yet: the roads by which somebody may let it in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from aluna_tui.screens.asking import Act, AskingPage, Question, path_of
from aluna_tui.screens.page import Page
from aluna_tui.screens.pick import PickScreen
from aluna_tui.texts import N_, _
from aluna_tui.view_models.choices import Choice
from aluna_tui.view_models.plain import one_line
from aluna_tui.widgets.go_line import GoLine

ENTER, MINE, CARD, READ = "enter", "mine", "card", "read"


class NowhereScreen(Page):
    """What can be done while nobody has let this device in; each asks for the passphrase."""

    KEY_IDS = ("help", "quiet", "leave")
    HELP = N_(
        "This device has its keys and belongs to no collective yet. Near each other, five words "
        "are enough. From far away: its card goes to somebody who belongs, and her bundle comes "
        "back. Neither opens anything for whoever finds it."
    )

    def __init__(self, person: str) -> None:
        super().__init__()
        self._person = person

    def body(self) -> Iterable[Widget]:
        """Yield what there is to do."""
        said = _("{person}, this device belongs to no collective yet.").format(
            person=one_line(self._person, 40)
        )
        yield VerticalScroll(
            Static(said, markup=False, classes="measure"),
            GoLine(_("Enter one with five words"), "", ENTER),
            GoLine(_("Make this another device of mine, with five words"), "", MINE),
            GoLine(_("Write its card, for somebody far away"), "", CARD),
            GoLine(_("Read the bundle that lets it in"), "", READ),
            classes="welcome",
            can_focus=False,
        )

    def on_mount(self) -> None:
        """Begin with the first road."""
        self.query(GoLine).first().focus()

    def show_facts(self) -> None:
        """Write the head line."""
        if self.is_mounted:
            self.say_head(_("Nobody has let this device in yet"), _("nothing has left this device"))

    def on_go_line_chosen(self, event: GoLine.Chosen) -> None:
        """Take one of the roads."""
        match event.what:
            case "enter":
                self._ask(_("Enter one with five words"), self._words_asked(), self._enter)
            case "mine":
                title = _("Make this another device of mine, with five words")
                self._ask(title, self._words_asked(), self._enter_as_mine)
            case "card":
                where = Question("file", _("Where to? A directory, or a name for the file"))
                self._ask(_("Write its card, for somebody far away"), where, self._write_card)
            case _:
                self._ask(
                    _("Read the bundle that lets it in"), Question("file", _("Which file?")),
                    self._read,
                )  # fmt: skip

    def _words_asked(self) -> Question:
        return Question("words", _("The five words of the door"))

    def _ask(self, title: str, question: Question, act: Act) -> None:
        passphrase = Question("passphrase", _("Your passphrase"), secret=True)
        self.app.push_screen(AskingPage(title, [], [question, passphrase], act))

    async def _enter(self, answers: Mapping[str, str]) -> str:
        return await self._through_door(answers, self._person)

    async def _enter_as_mine(self, answers: Mapping[str, str]) -> str:
        return await self._through_door(answers, "")

    async def _through_door(self, answers: Mapping[str, str], person: str) -> str:
        outside = self.aluna.outside
        device = await outside.enter(
            answers["passphrase"], person, answers["words"], self._same_at_door
        )
        self.aluna.begin(device)
        return _("This device is in.")

    async def _write_card(self, answers: Mapping[str, str]) -> str:
        cards, where = self.aluna.outside.cards, path_of(answers["file"])
        path, words = await asyncio.to_thread(cards.write, answers["passphrase"], where)
        said = _("The card is in {path}. Its words, to read by voice to who lets you in: {words}")
        return said.format(path=path, words=" ".join(words))

    async def _read(self, answers: Mapping[str, str]) -> str:
        passphrase, where = answers["passphrase"], path_of(answers["file"])
        await self.aluna.outside.cards.read(passphrase, where, self._same_in_bundle)
        self.aluna.begin(await self.aluna.open_vault(passphrase))
        return _("This device is in.")

    async def _same_at_door(self, person: str, words: Sequence[str]) -> bool:
        said = _("{person} is at the door. Both of you must see: {words}")
        return await self._same(said.format(person=one_line(person, 40), words=" ".join(words)))

    async def _same_in_bundle(self, collective: str, person: str, words: Sequence[str]) -> bool:
        said = _("“{name}” let you in; {person} signed it. The words: {words}")
        return await self._same(
            said.format(
                name=one_line(collective, 60), person=one_line(person, 40), words=" ".join(words)
            )
        )

    async def _same(self, said: str) -> bool:
        # The first is what a hurried Enter takes: it must not be the yes.
        choices = [
            Choice("no", _("no, or we have not compared them")),
            Choice("yes", _("yes, they are the same")),
        ]
        return await self.app.push_screen_wait(PickScreen(said, choices)) == ("yes",)

    def action_back(self) -> None:
        """There is nothing behind this page."""
