"""A text as people see it, and the pieces it may consist of when it was begun twice apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from aluna_sync.journal import keys
from aluna_sync.journal.schema import MergeKind
from aluna_sync.journal.splices import Hunk

BETWEEN: Final = "\n\n"
"""Each piece stays a paragraph of its own."""

Piece = tuple[str, str]
"""The key of a piece and its words."""


def pieces_of(texts: Mapping[str, str], field: str) -> list[Piece]:
    """Return the pieces of *field* that say something, in order; one empty one if none does."""
    found = []
    for key in sorted(texts):
        parsed = keys.parse_key(key)
        if parsed is not None and parsed.kind is MergeKind.TEXT and parsed.field == field:
            found.append((key, texts[key]))
    return [piece for piece in found if piece[1]] or found[:1]


def note_pieces(texts: Mapping[str, str], field: str, item: str) -> list[Piece]:
    """Return the pieces of the note of *item* in the set *field*, as `pieces_of` does."""
    beginning = keys.note_key(field, item, "")
    found = [
        (key, texts[key])
        for key in sorted(texts)
        if key.startswith(beginning) and keys.parse_note_key(key)
    ]
    return [piece for piece in found if piece[1]] or found[:1]


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
