"""The last door before the terminal: no control, direction or invisible character passes."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from aluna_sync.journal.display import safe_text


@lru_cache(4096)
def _clean(text: str) -> str:
    return safe_text(text)


class HarmlessFilter(LineFilter):
    """Drops characters that could steer the terminal, whichever widget let them through."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return *segments* with harmless text; those already harmless are passed as they are."""
        if all(text.isascii() and text.isprintable() for text, _style, _control in segments):
            return segments
        return [
            segment if segment.control else Segment(_clean(segment.text), segment.style)
            for segment in segments
        ]
