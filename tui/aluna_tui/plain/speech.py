"""Words as the plain conversation prints them: one sentence a line, nothing a reader would spell.

Whatever comes in, from a record, a verb or a library, what goes out holds no control characters,
no drawing characters, no signs that stand for words, and no blanks that only make columns.
"""

from __future__ import annotations

import re
from typing import Final

from aluna_sync.journal.display import safe_text
from aluna_tui.type_labels import TYPES

_SEQUENCES: Final = re.compile("\x1b(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|.)")
_JOINTS: Final = re.compile(r"\s+(?:[·•→←↔—–|¦]+\s+)+")
"""Signs between two pieces of a line: heard as a pause, written as a comma."""
_AFTER_END: Final = re.compile('([.!?…:]["”’»)]*),(?= )')
_DRAWN: Final = re.compile("[\u2190-\u21ff\u2300-\u23ff\u2500-\u25ff\u2800-\u28ff\ue000-\uf8ff·•¦]")
"""Arrows, technical signs, boxes, blocks, shapes, braille drawings, and dots that only part."""
_ENDS: Final = re.compile(r"(?<=[.!?…])([\"”’»)]*)\s+(?=[\"“‘«]|[¿¡]?[A-ZÁÉÍÓÚÑÜ0-9])")
_NUMBERED: Final = re.compile(r"\d{1,3}\.")
_SIGNS: Final = frozenset(label.glyph for label in TYPES.values())


def plain_lines(text: str) -> list[str]:
    """Return *text* as the lines that are printed: each holds one sentence, none is empty."""
    lines: list[str] = []
    for line in safe_text(_SEQUENCES.sub("", text), newlines=True).split("\n"):
        words = _DRAWN.sub(" ", _JOINTS.sub(", ", line.replace("\t", " ")))
        words = _AFTER_END.sub(r"\1", words)
        words = " ".join(words.split()).strip(" ,") if line.strip() else ""
        lines += _sentences(words)
    return lines


def without_sign(words: str) -> str:
    """Return *words* without the sign of a record type the screens put before them."""
    sign, blank, rest = words.partition(" ")
    return rest if blank and sign in _SIGNS else words


def prompt_words(text: str) -> str:
    """Return *text* as a question that waits for an answer: it ends in a colon."""
    words = " ".join(plain_lines(text)).rstrip(" .")
    return words if words.endswith(":") else f"{words}:"


def _sentences(line: str) -> list[str]:
    found: list[str] = []
    start = 0
    for end in _ENDS.finditer(line):
        piece = line[start : end.end(1)]
        # "1. A choice" is one thing, not a sentence that is a number.
        if _NUMBERED.fullmatch(piece):
            continue
        found.append(piece)
        start = end.end()
    rest = line[start:]
    return [*found, rest] if rest else found
