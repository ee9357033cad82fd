"""A text as people see it, and the pieces it may consist of when it was begun twice apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from aluna_sync.journal import keys
from aluna_sync.journal.schema import MergeKind
from aluna_sync.journal.splices import Hunk, begins_otherwise, side_by_side

BETWEEN: Final = "\n\n"
"""Each piece stays a paragraph of its own."""
UNSEEN: Final = "\n"
"""May stand before the first word of a piece, and is not read: words put there apart each bring
their own, and so none runs into another."""

_FIRST: Final = Hunk(0, 0, UNSEEN)

Piece = tuple[str, str]
"""The key of a piece and its words."""


def pieces_of(texts: Mapping[str, str], field: str) -> list[Piece]:
    """Return the pieces of *field* that say something, in order; one empty one if none does."""
    found = []
    for key in sorted(texts):
        parsed = keys.parse_key(key)
        if parsed is not None and parsed.kind is MergeKind.TEXT and parsed.field == field:
            found.append((key, seen(texts[key])))
    return [piece for piece in found if piece[1]] or found[:1]


def note_pieces(texts: Mapping[str, str], field: str, item: str) -> list[Piece]:
    """Return the pieces of the note of *item* in the set *field*, as `pieces_of` does."""
    beginning = keys.note_key(field, item, "")
    found = [
        (key, seen(texts[key]))
        for key in sorted(texts)
        if key.startswith(beginning) and keys.parse_note_key(key)
    ]
    return [piece for piece in found if piece[1]] or found[:1]


def seen(words: str) -> str:
    """Return what people read of the *words* of a piece."""
    return words.removeprefix(UNSEEN)


def rewritten(words: str | None, text: str) -> list[Hunk]:
    """Return the hunks of the *words* of a piece after which people read *text*; None begins one.

    What others write meanwhile comes beside it, word by word.
    """
    if words is None:
        return [Hunk(0, 0, UNSEEN + text if text.startswith(UNSEEN) else text)]
    if not words.startswith(UNSEEN) and not text.startswith(UNSEEN):
        found = side_by_side(words, text)
        if not begins_otherwise(words, found):
            return found
    return side_by_side(words, UNSEEN + text)


def stroked(words: str | None, hunks: list[Hunk]) -> list[Hunk]:
    """Return *hunks* of what people read of a piece as hunks of its *words*, letter by letter."""
    if words is None or not words.startswith(UNSEEN):
        return hunks if not applied(words or "", hunks).startswith(UNSEEN) else [_FIRST, *hunks]
    return [Hunk(one.start + len(UNSEEN), one.end + len(UNSEEN), one.text) for one in hunks]


def joined(pieces: Iterable[Piece]) -> str:
    """Return what people read."""
    return BETWEEN.join(words for _, words in pieces)


def applied(words: str, hunks: list[Hunk]) -> str:
    """Return *words* after *hunks*, which stand in order and apart."""
    parts: list[str] = []
    end = 0
    for hunk in hunks:
        parts += (words[end : hunk.start], hunk.text)
        end = hunk.end
    return "".join((*parts, words[end:]))


def shared_out(pieces: list[Piece], hunks: list[Hunk]) -> list[list[Hunk]] | None:
    """Return the hunks of the joined text by piece; None if one touches what lies between."""
    shares: list[list[Hunk]] = []
    start = taken = 0
    for _, words in pieces:
        end = start + len(words)
        inside = [h for h in hunks if start <= h.start and h.end <= end]
        shares.append([Hunk(h.start - start, h.end - start, h.text) for h in inside])
        taken += len(inside)
        start = end + len(BETWEEN)
    return shares if taken == len(hunks) else None
