"""Words made safe to show: nothing that moves the cursor, hides, or turns the line around."""

from __future__ import annotations

import re
from typing import Final

_BREAKS: Final = re.compile("\r\n?|[\u0085\u2028\u2029\v\f]")
_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_BLANKS: Final = re.compile("[\t\n]+")
_PILED_MARKS: Final = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_SURELY_SAFE: Final = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff]*")
_SURELY_SAFE_LINES: Final = re.compile("[\n -~\u00a1-\u00ac\u00ae-\u02ff]*")
"""What nearly every text in Latin letters consists of: looked at once instead of four times."""


def safe_text(words: str, *, newlines: bool = False) -> str:
    """Return *words* without control, bidirectional and invisible characters, and no piled marks.

    Line breaks and tabs stay when *newlines*, otherwise each run of them becomes one space.
    """
    if _SURELY_SAFE.fullmatch(words) or (newlines and _SURELY_SAFE_LINES.fullmatch(words)):
        return words
    words = _PILED_MARKS.sub(r"\1", _UNSAFE.sub("", _BREAKS.sub("\n", words)))
    return words if newlines else _BLANKS.sub(" ", words)


def first_words(words: str, at_most: int) -> str:
    """Return how *words* begin, on one line of at most *at_most* letters, ending at a word."""
    # A hostile title may be megabytes long: look only at a beginning that surely holds enough.
    line = " ".join(safe_text(words[: at_most * 8].lstrip()).split())
    if len(line) <= at_most and len(words) <= at_most * 8:
        return line
    cut = line[: at_most - 1]
    if len(line) > at_most - 1 and not line[at_most - 1].isspace() and " " in cut[at_most // 2 :]:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip() + "…"
