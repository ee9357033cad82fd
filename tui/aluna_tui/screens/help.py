"""F1: what the thing before you is, and which keys work here."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from aluna_tui.keys import KEYS
from aluna_tui.texts import _
from aluna_tui.widgets.bindings import bindings


class HelpScreen(ModalScreen[None]):
    """A simple panel over the page."""

    BINDINGS = bindings("back")

    def __init__(self, about: str, key_ids: tuple[str, ...]) -> None:
        super().__init__()
        self._about = about
        self._key_ids = key_ids

    def compose(self) -> ComposeResult:
        """Lay out the words and the keys."""
        with VerticalScroll(classes="panel"):
            if self._about:
                yield Static(_(self._about), markup=False, classes="measure")
            yield Static(self._keys(), markup=False, classes="measure gap")
            yield Static(_("Esc to go back"), markup=False, classes="quiet gap")

    def _keys(self) -> Text:
        lines = Text()
        for place, id_ in enumerate(self._key_ids):
            key = KEYS[id_]
            lines.append("\n" if place else "")
            lines.append(f"{key.shown:<7}", "bold")
            lines.append(_(key.words))
        return lines

    def action_back(self) -> None:
        """Close the panel."""
        self.dismiss(None)
