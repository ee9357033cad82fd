"""Words of others made fit for a line; matching that ignores accents and case."""

from __future__ import annotations

from typing import Final

from aluna_sync.journal.display import safe_text
from aluna_sync.journal.folding import fold

LINE_LETTERS: Final = 400
"""No terminal line shows more, so no more of a hostile title is ever looked at."""
PAGE_LETTERS: Final = 20_000
"""Letters of a text shown before asking to go on: wrapping more at once would be felt."""


def one_line(text: str, limit: int = LINE_LETTERS) -> str:
    """Return the harmless words of *text* on one line, at most *limit* letters."""
    line = " ".join(safe_text(text[: limit * 8]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def paragraphs(text: str, limit: int = PAGE_LETTERS) -> tuple[str, bool]:
    """Return the harmless beginning of *text* with its line breaks, and whether there is more."""
    return safe_text(text[:limit], newlines=True).replace("\t", " ").strip("\n"), len(text) > limit


def matches(words: str, *texts: str) -> bool:
    """Tell whether each word of *words* lies somewhere in *texts*, accents and case aside."""
    haystack = fold(" ".join(texts))
    return all(word in haystack for word in fold(words).split())
