"""Choosing: type to narrow, arrows to move, Enter to take; one or several."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap
from typing import ClassVar, Final

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from aluna_tui.texts import N_, _
from aluna_tui.view_models.choices import Choice, found
from aluna_tui.widgets.bindings import bindings

_PANEL_LETTERS: Final = 64
_PANEL_SIDES: Final = 8
_OTHER_ROWS: Final = 12
"""Of the panel: its frame, the question, what is typed, the keys and the empty lines between."""
_MEANING_ROWS: Final = 2


class PickScreen(ModalScreen[tuple[str, ...] | None]):
    """Gives the ids chosen, or None when the person left without choosing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("back"),
        Binding("up", "move(-1)", N_("Up"), show=False, priority=True),
        Binding("down", "move(1)", N_("Down"), show=False, priority=True),
        Binding("pageup", "move(-8)", N_("Page up"), show=False, priority=True),
        Binding("pagedown", "move(8)", N_("Page down"), show=False, priority=True),
        Binding("f2", "done", N_("Done"), show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        choices: Iterable[Choice],
        chosen: Iterable[str] | None = None,
        typed: str = "",
        *,
        free: bool = False,
    ) -> None:
        super().__init__()
        self._free = free
        """What was typed is as welcome as what can be chosen."""
        self._typed = typed
        self._title = title
        self._choices = list(choices)
        self._several = chosen is not None
        self._chosen = dict.fromkeys(chosen or ())
        self._found: list[Choice] = []

    def compose(self) -> ComposeResult:
        """Lay out the question, what is typed, what was found and what it means."""
        with Vertical(classes="panel"):
            yield Static(self._title, markup=False, classes="title")
            yield Input(
                self._typed, id="words", placeholder=_("type to narrow"), select_on_focus=False
            )
            yield OptionList(markup=False, id="found", compact=True)
            yield Static("", markup=False, id="meaning", classes="quiet")
            yield Static(self._keys(), markup=False, classes="quiet")

    def on_mount(self) -> None:
        """Show everything and wait for words."""
        self.query_one("#meaning").styles.height = self._meaning_rows()
        self._show(self._typed)
        self.query_one("#words").focus()

    def _meaning_rows(self) -> int:
        """Return the rows of the longest meaning, so that none is cut and nothing moves.

        On a low terminal a long list goes first.
        """
        width, height = self.app.size
        letters = min(_PANEL_LETTERS, width * 94 // 100 - _PANEL_SIDES)
        wanted = max((len(wrap(one.words, letters)) for one in self._choices), default=0)
        room = height - _OTHER_ROWS - min(len(self._choices), height * 36 // 100)
        return max(_MEANING_ROWS, min(wanted, room))

    def _keys(self) -> str:
        if self._several:
            return _("Enter adds or takes out · F2 or Esc when done")
        return _("Enter to choose · Esc to leave it as it was")

    @on(Input.Changed, "#words")
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._show(event.value)

    @on(Input.Submitted, "#words")
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        self._take_highlighted()

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take_highlighted()

    @on(OptionList.OptionHighlighted)
    def _explain(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        # The list says so a moment later: by then other words may have found less.
        if event.option_index < len(self._found):
            self.query_one("#meaning", Static).update(self._found[event.option_index].words)

    def on_key(self, event: events.Key) -> None:
        """Keep typing in the box wherever the focus is."""
        if event.is_printable and not self.query_one("#words").has_focus:
            self.query_one("#words").focus()

    def _take_highlighted(self) -> None:
        options = self.query_one("#found", OptionList)
        place = options.highlighted
        if place is None or place >= len(self._found):
            return
        choice = self._found[place]
        if not self._several:
            self.dismiss((choice.id,))
            return
        if choice.id in self._chosen:
            del self._chosen[choice.id]
        else:
            self._chosen[choice.id] = None
        options.replace_option_prompt_at_index(place, self._line(choice))

    def _show(self, words: str) -> None:
        self._found = found(self._choices, words)
        if self._free and words.strip():
            said = _("in these words: {words}").format(words=words.strip())
            self._found.append(Choice(words.strip(), said))
        options = self.query_one("#found", OptionList)
        options.clear_options()
        options.add_options([Option(self._line(choice)) for choice in self._found])
        meaning = self.query_one("#meaning", Static)
        if self._found:
            options.highlighted = 0
            meaning.update(self._found[0].words)
        else:
            meaning.update(_("Nothing is called so."))

    def _line(self, choice: Choice) -> Text:
        line = Text(no_wrap=True, overflow="ellipsis")
        if self._several:
            line.append("x " if choice.id in self._chosen else "  ", "bold")
        line.append(choice.label, "bold" if choice.id in self._chosen else "")
        if choice.key:
            line.append(f"  {choice.key}", "dim")
        return line

    def action_move(self, step: int) -> None:
        """Move the cursor of the list by *step*."""
        options = self.query_one("#found", OptionList)
        if self._found:
            place = (options.highlighted or 0) + step
            options.highlighted = min(max(0, place), len(self._found) - 1)

    def action_done(self) -> None:
        """Give what is chosen."""
        self.dismiss(tuple(self._chosen) if self._several else None)

    def action_back(self) -> None:
        """Leave; what several choices gathered is kept."""
        self.action_done()
