"""The first minute: create or enter, how to be called, a passphrase; no more than that."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from aluna_sync.errors import AlunaError, LockedError
from aluna_sync.vault_layout import Removes
from aluna_tui.honest import limits, removes_words
from aluna_tui.screens.asking import Asking, AskingPage, Question, path_of, refuse_different
from aluna_tui.screens.page import Page
from aluna_tui.screens.pick import PickScreen
from aluna_tui.sentences import sentences
from aluna_tui.texts import N_, _
from aluna_tui.view_models.choices import Choice
from aluna_tui.view_models.plain import one_line
from aluna_tui.view_models.safety import removes_choices
from aluna_tui.widgets.go_line import GoLine
from aluna_tui.widgets.work import start


class WelcomeScreen(Asking):
    """Creates a collective, or enters one through an open door."""

    KEY_IDS = ("help", "quiet", "leave")
    HELP = N_(
        "Everything you write is kept encrypted on this device and shared only with companions "
        "you let in. If the passphrase is lost nobody can open it, not even us, unless you made "
        "word lists before, on the page of safety: write it down somewhere safe."
    )

    def __init__(self) -> None:
        super().__init__()
        self._road = "create"
        self._offered = ""
        self._busy = False
        self._removes = Removes.EVERYTHING

    def body(self) -> Iterable[Widget]:
        """Yield the few questions, one under the other."""
        self._offered = self.aluna.outside.offered_words()
        yield VerticalScroll(
            GoLine(_("Create a collective"), "", "create"),
            GoLine(_("Enter one with five words"), "", "enter"),
            GoLine(_("Come back from a sealed copy"), "", "restore"),
            GoLine(_("Come back from a sealed copy with two lists of words"), "", "shares"),
            GoLine(_("Make this another device of mine, with five words"), "", "mine"),
            GoLine(_("Be let in from far away, with a card"), "", "card"),
            *_asked(_("How do you want to be called?"), "person"),
            *_asked(_("Name of the collective"), "place"),
            *_asked(
                _("A passphrase; leave it empty to take these six words:"), "first", secret=True
            ),
            Static(self._offered, markup=False, id="offered"),
            *_asked(_("The passphrase once more"), "second", secret=True),
            Static(
                _("If one day it has to be emptied in a hurry, F12 twice removes:"),
                markup=False,
                classes="label",
            ),
            GoLine(removes_words(self._removes), "", "removes"),
            Static("", markup=False, id="answer", classes="gap"),
            classes="welcome",
            can_focus=False,
        )

    def on_mount(self) -> None:
        """Begin with what to do."""
        self._choose("create")
        self.query(GoLine).first().focus()

    def show_facts(self) -> None:
        """Write the head line."""
        if self.is_mounted:
            self.say_head(_("Welcome"), _("nothing has left this device"))

    def on_go_line_chosen(self, event: GoLine.Chosen) -> None:
        """Take one of the roads, or choose what a panic removes."""
        if event.what == "removes":
            self.app.push_screen(PickScreen(_("F12 twice removes"), removes_choices()), self._panic)
            return
        if event.what in ("restore", "shares"):
            by_shares = event.what == "shares"
            self.app.push_screen(self._by_shares_page() if by_shares else self._restore_page())
            return
        self._choose(str(event.what))
        self.query_one("#place" if self._road == "mine" else "#person").focus()

    def _choose(self, road: str) -> None:
        self._road = road
        entering = road != "create"
        words = _("The five words of the door") if entering else _("Name of the collective")
        self.query_one("#label-place", Static).update(words)
        for id_ in ("#label-person", "#person"):
            # Whose device it becomes is who opened the door: there is nothing to be called.
            self.query_one(id_).display = road != "mine"
        for id_ in ("#label-place", "#place"):
            self.query_one(id_).display = road != "card"
        for line in self.query(GoLine):
            line.set_class(line.what == road, "chosen")

    def _panic(self, chosen: tuple[str, ...] | None) -> None:
        if chosen:
            self._removes = Removes(int(chosen[0]))
            for line in self.query(GoLine):
                if line.what == "removes":
                    line.say(removes_words(self._removes))

    def _restore_page(self) -> Page:
        async def restore(answers: Mapping[str, str]) -> str:
            keeping, passphrase = self.aluna.outside.keeping, answers["passphrase"]
            await keeping.restore(path_of(answers["file"]), passphrase)
            self.aluna.begin(await self.aluna.open_vault(passphrase))
            return _("This device is back, as it was when the copy was made.")

        return AskingPage(
            _("Come back from a sealed copy"),
            limits("restore"),
            [
                Question("file", _("File of the copy")),
                Question("passphrase", _("Passphrase of the copy, or its own phrase"), secret=True),
            ],
            restore,
        )

    def _by_shares_page(self) -> Page:
        async def restore(answers: Mapping[str, str]) -> str:
            refuse_different(answers)
            shares = (answers["one"], answers["other"])
            await self.aluna.outside.keeping.restore(
                path_of(answers["file"]), answers["new"], shares
            )
            self.aluna.begin(await self.aluna.open_vault(answers["new"]))
            return _("This device is back, as it was when the copy was made.")

        return AskingPage(
            _("Come back from a sealed copy with two lists of words"),
            [
                *limits("restore"),
                _("Write the twenty words of each list; their first four letters are enough."),
            ],
            [
                Question("file", _("File of the copy")),
                Question("one", _("Words of one list")),
                Question("other", _("Words of another list")),
                Question("new", _("The new passphrase"), secret=True),
                Question("again", _("The new passphrase once more"), secret=True),
            ],
            restore,
        )

    def filled_in(self, line: Input) -> None:
        """Go to the next line; after the passphrase once more, begin."""
        if line.id != "second":
            self.focus_next()
        elif not self._busy:
            start(self, "welcome", self._begin, exclusive=True)

    async def _begin(self) -> None:
        mine = self._road == "mine"
        person, place = "" if mine else self._value("person"), self._value("place")
        first = self.query_one("#first", Input).value or self._offered
        if missing := _missing(self._road, person, place):
            self._answer(missing)
            return
        self._busy = True
        try:
            if first != self.query_one("#second", Input).value:
                raise LockedError("passphrases-differ")
            self._answer(_("A moment: the key is made slow on purpose."))
            outside = self.aluna.outside
            match self._road:
                case "create":
                    device = await self.aluna.found_vault(first, person, place)
                case "card":
                    await asyncio.to_thread(outside.cards.make_vault, first, person)
                    device = await self.aluna.open_vault(first)
                case _:
                    device = await outside.enter(first, person, place, self._found)
        except AlunaError as error:
            self._answer(" ".join(sentences(error)))
        else:
            if self._removes is not Removes.EVERYTHING:
                await asyncio.to_thread(device.safety.choose_removes, self._removes)
            self.aluna.begin(device)
        finally:
            self._busy = False

    async def _found(self, person: str, words: Sequence[str]) -> bool:
        said = _("{person} is at the door. Both of you must see: {words}").format(
            person=one_line(person, 40), words=" ".join(words)
        )
        self._answer(said)
        # The first is what a hurried Enter takes: it must not be the yes.
        choices = [
            Choice("no", _("no, or we have not compared them")),
            Choice("yes", _("yes, the same on both screens")),
        ]
        same = await self.app.push_screen_wait(PickScreen(said, choices)) == ("yes",)
        if same:
            self._answer(_("Now wait for their yes."))
        return same

    def _value(self, id_: str) -> str:
        return self.query_one(f"#{id_}", Input).value.strip()

    def _answer(self, words: str) -> None:
        answer = self.query_one("#answer", Static)
        answer.update(words)
        self.call_after_refresh(answer.scroll_visible, animate=False)

    def action_back(self) -> None:
        """There is nothing behind the welcome."""


def _missing(road: str, person: str, place: str) -> str:
    """Say what was left empty that *road* needs; nothing when all is there."""
    if road == "mine":
        return "" if place else _("The five words are still missing.")
    if road == "card":
        return "" if person else _("Your name is still empty.")
    if place and person:
        return ""
    return _("Your name and the line under it are still empty.")


def _asked(question: str, id_: str, *, secret: bool = False) -> list[Widget]:
    return [
        Static(question, markup=False, classes="label", id=f"label-{id_}"),
        Input(password=secret, id=id_, compact=True),
    ]
