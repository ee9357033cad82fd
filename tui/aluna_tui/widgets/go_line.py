"""A line one can go from: focus it with Tab or the arrows, Enter goes."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from aluna_tui.texts import N_


class GoLine(Static, can_focus=True):
    """One line with words at the left and an aside at the right."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go", N_("Open"), show=False),
        Binding("down", "app.focus_next", N_("Down"), show=False),
        Binding("up", "app.focus_previous", N_("Up"), show=False),
    ]

    class Chosen(Message):
        """The person pressed Enter on a line; *what* is what the line stands for."""

        def __init__(self, what: object) -> None:
            super().__init__()
            self.what = what

    def __init__(self, words: str, aside: str, what: object) -> None:
        super().__init__(markup=False, classes="go")
        self._words, self._aside, self.what = words, aside, what

    def on_resize(self) -> None:
        """Fit both ends to the width."""
        width = self.content_size.width
        aside = Text(self._aside, "dim")
        aside.truncate(max(0, width // 2), overflow="ellipsis")
        words = Text(self._words)
        words.truncate(max(1, width - aside.cell_len - 2), overflow="ellipsis")
        gap = width - words.cell_len - aside.cell_len
        line = Text.assemble(words, " " * max(2, gap), aside) if self._aside else words
        line.no_wrap = True
        self.update(line)

    def say(self, words: str) -> None:
        """Say something else."""
        self._words = words
        self.on_resize()

    def action_go(self) -> None:
        """Go."""
        self.post_message(self.Chosen(self.what))

    def on_click(self) -> None:
        """Go by mouse."""
        self.action_go()
