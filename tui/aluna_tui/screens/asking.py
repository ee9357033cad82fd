"""A page that explains, asks a few lines, does one slow thing and says what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import ClassVar

from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from aluna_protocol.dataclass import dataclass
from aluna_sync.errors import AlunaError, LockedError
from aluna_tui.keys import EVERYWHERE
from aluna_tui.screens.page import Page
from aluna_tui.sentences import sentences
from aluna_tui.texts import N_, _
from aluna_tui.widgets.work import start


@dataclass(frozen=True, slots=True)
class Question:
    """One line to fill in; what is *secret* is not shown while it is typed."""

    id: str
    words: str
    secret: bool = False


Act = Callable[[Mapping[str, str]], Awaitable[str]]
"""Does it with the answers by id, and returns what to say; raises `AlunaError`."""


def refuse_different(answers: Mapping[str, str]) -> None:
    """Raise LockedError passphrases-differ unless a new passphrase was typed twice alike."""
    if answers["new"] != answers["again"]:
        raise LockedError("passphrases-differ")


def path_of(words: str) -> Path:
    """Return the file somebody means who typed *words*."""
    return Path(words.strip()).expanduser().absolute()


class Asking(Page):
    """A page with lines to fill in. Enter goes on before the next key is looked at: it may belong
    to a passphrase, which must not be seen in the line before.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next", N_("Go on"), show=False, priority=True)
    ]

    def action_next(self) -> None:
        """Go to the next line, or do it on the last."""
        if not isinstance(self.focused, Input):
            raise SkipAction
        self.filled_in(self.focused)

    def filled_in(self, line: Input) -> None:
        """Go on from *line*."""
        raise NotImplementedError


class AskingPage(Asking):
    """Asks *questions* one under the other; Enter on the last does *act*."""

    KEY_IDS = ("back", *EVERYWHERE)
    HELP = N_("Fill in the lines and press Enter on the last one. Esc leaves without doing it.")

    def __init__(
        self, title: str, explained: Iterable[str], questions: Iterable[Question], act: Act
    ) -> None:
        super().__init__()
        self._title = title
        self._explained = list(explained)
        self._questions = list(questions)
        self._act = act
        self._busy = False

    def body(self) -> Iterable[Widget]:
        """Yield what it is and cannot do, the lines, and room for an answer."""
        widgets: list[Widget] = [
            Static(words, markup=False, classes="quiet") for words in self._explained
        ]
        for question in self._questions:
            widgets.append(Static(question.words, markup=False, classes="label"))
            widgets.append(Input(password=question.secret, id=question.id, compact=True))
        widgets.append(Static("", markup=False, id="answer", classes="gap"))
        yield VerticalScroll(*widgets, classes="welcome", can_focus=False)

    def on_mount(self) -> None:
        """Put the cursor on the first line."""
        self.query(Input).first().focus()

    def show_facts(self) -> None:
        """Write the head line."""
        if self.is_mounted:
            self.say_head(self._title)

    def filled_in(self, line: Input) -> None:
        """Go to the next line; on the last, do it."""
        if line.id != self._questions[-1].id:
            self.focus_next()
        elif not self._busy:
            start(self, "act", self._do, exclusive=True)

    async def _do(self) -> None:
        self._busy = True
        answers = {each.id: self.query_one(f"#{each.id}", Input).value for each in self._questions}
        try:
            if not all(value.strip() for value in answers.values()):
                self._answer(_("There is still an empty line."))
                return
            self._answer(_("A moment: the key is made slow on purpose."))
            said = await self._act(answers)
            for field in self.query(Input):
                field.value = ""
                field.disabled = True
            self._answer(said)
        except AlunaError as error:
            self._answer(" ".join(sentences(error)))
        finally:
            self._busy = False

    def _answer(self, words: str) -> None:
        self.query_one("#answer", Static).update(words)
        self.query_one(VerticalScroll).scroll_end(animate=False)
