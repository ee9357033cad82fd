"""Words without accents or case, so that people find what they mean however they type it."""

from __future__ import annotations

import unicodedata


def fold(words: str) -> str:
    """Return *words* without accents, case or repeated spaces."""
    if words.isascii():
        return " ".join(words.lower().split())
    letters = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())
