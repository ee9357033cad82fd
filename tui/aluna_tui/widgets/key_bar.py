"""The line of keys at the foot of every screen: seven at most, in the person's language."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual.widgets import Static

from aluna_tui.keys import FOOTER_MOST, KEYS
from aluna_tui.texts import _


class KeyBar(Static):
    """Names the keys that matter here; each can be clicked."""

    def __init__(self, *ids: str) -> None:
        super().__init__(markup=False, id="keys")
        self.ids = ids[:FOOTER_MOST]

    def on_mount(self) -> None:
        """Write the line."""
        self.update(self.line())

    def line(self) -> Text:
        """Return the keys and what they do, two spaces apart."""
        text = Text(no_wrap=True, overflow="ellipsis")
        for place, id_ in enumerate(self.ids):
            key = KEYS[id_]
            if place:
                text.append("  ")
            click = Style.from_meta({"@click": key.action})
            text.append(key.shown, Style(bold=True) + click)
            text.append(f" {_(key.name)}", click)
        return text
