"""Saying and asking: the only way words leave the conversation, and answers come into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from aluna_sync.errors import AlunaError
from aluna_sync.journal.folding import fold
from aluna_tui.plain.ear import Ear
from aluna_tui.plain.errors import BackError, GoneError, LeaveError, LockedNowError
from aluna_tui.plain.speech import plain_lines, prompt_words
from aluna_tui.sentences import sentences
from aluna_tui.texts import N_, _

BACK: Final = "<"
WHERE: Final = "?"
YES: Final = ("y", "yes", "s", "si")
NO: Final = ("n", "no")
END: Final = ("end", "terminar", "quit", "exit", "adios")
LOCK: Final = ("lock", "cerrar")
EVERYWHERE: Final = N_(
    "Everywhere: “?” says where you are, “<” goes back, “lock” locks, “end” ends the conversation."
)
ENTER_BACK: Final = N_("Enter alone goes back.")
ENTER_OUT: Final = N_("Enter alone leaves it out.")


class Talk:
    """One conversation: what is said, what is asked, and where one is."""

    def __init__(self, ear: Ear, out: TextIO) -> None:
        self.ear = ear
        self._out = out
        self._places: list[str] = []
        self.interruptible = False
        """Whether Ctrl-C goes back: while an answer is waited for, or a verb runs."""
        self.still_there: Callable[[], None] = _nothing
        """Called while an answer is waited for; raises `LockedNowError` when nobody is there."""
        self.heard: Callable[[], None] = _nothing
        """Called when somebody said something."""
        self.news: Callable[[], list[str]] = list
        """What arrived meanwhile: asked before every prompt, never in the middle of one."""

    # -- saying ----------------------------------------------------------------------------------

    def say(self, *texts: str) -> None:
        """Print *texts*, one sentence a line."""
        try:
            for text in texts:
                for line in plain_lines(text):
                    self._out.write(line + "\n")
            self._out.flush()
        except (OSError, ValueError):
            raise GoneError from None

    def trouble(self, error: AlunaError) -> None:
        """Say what went wrong, what is safe and what to do."""
        self.say(*sentences(error))

    def prompt(self, text: str) -> None:
        """Print a question that waits; on a terminal the answer is typed behind it."""
        words = prompt_words(text)
        try:
            self._out.write(f"{words} " if self.ear.terminal else f"{words}\n")
            self._out.flush()
        except (OSError, ValueError):
            raise GoneError from None

    @contextmanager
    def place(self, words: str) -> Iterator[None]:
        """Be somewhere that `?` explains with *words*."""
        self._places.append(words)
        try:
            yield
        finally:
            self._places.pop()

    def where(self, hint: str = "") -> None:
        """Say where one is and what can be said here."""
        self.say(*self._places[-1:], hint, _(EVERYWHERE))

    # -- asking ----------------------------------------------------------------------------------

    def answer(self, prompt: str, hint: str = "") -> str:
        """Ask and return what was said, which may be nothing.

        `?` explains and asks again; raises `BackError` for `<`, and what ends a conversation.
        """
        self.say(*self.news())
        while True:
            line = self._line(prompt)
            words = line.strip()
            if words == WHERE:
                self.where(hint)
                continue
            if words == BACK:
                raise BackError
            if fold(words) in END:
                raise LeaveError
            if fold(words) in LOCK:
                raise LockedNowError
            return line

    def ask(self, prompt: str, hint: str = "") -> str:
        """Ask for something one cannot leave out; raises `BackError` for an empty line as well."""
        words = self.answer(prompt, f"{hint} {_(ENTER_BACK)}".strip()).strip()
        if not words:
            raise BackError
        return words

    def yes(self, question: str, hint: str = "") -> bool:
        """Ask until a yes or a no is said; an empty line goes back."""
        while True:
            words = fold(self.ask(_("{question} Yes or no").format(question=question), hint))
            if words in YES:
                return True
            if words in NO:
                return False
            self.say(_("Say yes, or no."))

    @contextmanager
    def interrupts(self) -> Iterator[None]:
        """Let Ctrl-C be heard while the block runs."""
        before, self.interruptible = self.interruptible, True
        try:
            yield
        finally:
            self.interruptible = before

    def hidden(self, prompt: str) -> str:
        """Ask for something nobody else is to see."""
        words = prompt_words(prompt)
        try:
            with self.interrupts():
                if not self.ear.terminal:
                    self.prompt(prompt)
                line = self.ear.hidden(words)
        except KeyboardInterrupt:
            raise LeaveError from None
        if line is None:
            raise GoneError
        self.heard()
        return line

    def raw(self) -> str | None:
        """Return the next line for a verb that reads stdin, None at the end."""
        self.heard()
        line = self.ear.line(self.still_there)
        self.heard()
        return line

    def _line(self, prompt: str) -> str:
        try:
            with self.interrupts():
                self.prompt(prompt)
                line = self.ear.line(self.still_there)
        except KeyboardInterrupt:
            if self.ear.terminal:
                self._out.write("\n")  # behind what the terminal shows for the key
            self.say(_("Nothing is lost."))
            raise BackError from None
        if line is None:
            raise GoneError
        # Whoever comes back after the minutes chosen finds it locked, wherever the answer waited.
        self.still_there()
        self.heard()
        return line


def _nothing() -> None:
    """Take the place of what nobody asked for."""
