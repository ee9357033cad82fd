"""One line with words at both ends."""

from __future__ import annotations

from rich.text import Text


def two_ends(left: str, right: str, width: int) -> Text:
    """Return one line of *width* cells with *left* at its beginning and *right* at its end."""
    text = Text(no_wrap=True, overflow="ellipsis")
    beginning, end = Text(f" {left}"), Text(f"{right} ")
    end.truncate(max(0, width * 2 // 3), overflow="ellipsis")
    beginning.truncate(max(1, width - end.cell_len - 2), overflow="ellipsis")
    text.append_text(beginning)
    text.append(" " * max(0, width - beginning.cell_len - end.cell_len))
    end.stylize("dim")
    text.append_text(end)
    return text
