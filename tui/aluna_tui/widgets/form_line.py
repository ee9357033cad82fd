"""Lines of a form: what stands in a field, and a way to change it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from aluna_tui.texts import N_, _
from aluna_tui.view_models.form import FormLine

NAME_CELLS = 30


class FieldLine(Static, can_focus=True):
    """A field chosen from a list: Enter opens the list."""

    HELP = N_("Press Enter or begin to type to see what can be chosen, each with what it means.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "ask", N_("Choose"), show=False),
        Binding("down", "app.focus_next", N_("Down"), show=False),
        Binding("up", "app.focus_previous", N_("Up"), show=False),
    ]

    class Asked(Message):
        """The person wants to choose for *line*."""

        def __init__(self, line: FormLine, typed: str = "") -> None:
            super().__init__()
            self.line = line
            self.typed = typed
            """What was typed already to narrow the list."""

    def __init__(self, line: FormLine, words: str) -> None:
        super().__init__(_line(line.name, words), markup=False, classes="field")
        self.line = line

    def say(self, words: str) -> None:
        """Show *words* as what stands here."""
        self.update(_line(self.line.name, words))

    def action_ask(self) -> None:
        """Ask for the list."""
        self.post_message(self.Asked(self.line))

    def on_key(self, event: events.Key) -> None:
        """Take a letter as the beginning of what is looked for, never as an order."""
        if event.is_printable and event.character is not None:
            event.stop()
            self.post_message(self.Asked(self.line, event.character))

    def on_click(self) -> None:
        """Ask by mouse."""
        self.action_ask()


class FieldWords(Horizontal):
    """A field of a few free words, or of a date: what was understood is said beside it."""

    def __init__(self, line: FormLine, words: str, stands: str) -> None:
        super().__init__(classes="field")
        self.line = line
        self.words = words
        self._stands = stands

    def compose(self) -> Iterable[Widget]:
        """Lay out name, box and what was understood."""
        yield Static(_name(self.line.name), markup=False, classes="fieldname")
        name = self.line.field.name
        yield Input(self.words, placeholder=self._stands, id=f"words-{name}", compact=True)
        yield Static("", markup=False, classes="echo quiet")

    def stands(self, words: str) -> None:
        """Say what stands in the record while nothing is typed."""
        self.query_one(Input).placeholder = words

    def echo(self, words: str) -> None:
        """Say what was understood."""
        self.query_one(".echo", Static).update(words)


def _name(name: str) -> Text:
    text = Text(name, no_wrap=True)
    text.truncate(NAME_CELLS - 1, overflow="ellipsis", pad=True)
    text.append(" ")
    return text


def _line(name: str, words: str) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append_text(_name(name))
    line.append(words, "dim" if words == _("without words yet") else "")
    return line
