"""A page with nothing on it: for when somebody looks over the shoulder, and for rest."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static


class QuietScreen(Screen[None]):
    """Shows nothing, or a few *words* of rest; any key brings back what was there."""

    def __init__(self, words: str = "") -> None:
        super().__init__(id="quiet")
        self._words = words

    def compose(self) -> ComposeResult:
        """Lay out a blank page."""
        yield Static(self._words, markup=False, classes="rest")

    def on_key(self, event: events.Key) -> None:
        """Go back on any key, which does nothing else."""
        event.stop()
        event.prevent_default()
        self.app.pop_screen()

    def on_click(self) -> None:
        """Go back on a click too."""
        self.app.pop_screen()
