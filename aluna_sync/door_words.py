"""The one door to `mnemonic`: numbers as words people can read aloud.

Only its two lists of 2,048 words are used, and the package itself is never imported: that would
cost every command 20 ms.
"""

from __future__ import annotations

import functools
import importlib.util
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from aluna_sync.errors import WrongUseError

FILES: Final = MappingProxyType({"es": "spanish.txt", "en": "english.txt"})
"""Languages with a list; in doubt the first one that knows all the words is meant."""


def words_for(indices: Iterable[int], language: str) -> list[str]:
    """Return the words of *indices* (0 to 2,047) in *language*: "es", "en" or a locale of them.

    Any other language reads English words.
    """
    words = _words(_list_for(language))
    return [words[index] for index in indices]


def indices_of(words: Sequence[str], *, language: str | None = None) -> tuple[int, ...]:
    """Return the indices of *words*, all of one language; accents and case do not matter.

    Twelve words are in both lists: where all of *words* are, *language* decides. Raises
    `WrongUseError` "door-words-unknown" naming the first word that no list has beside the others.
    """
    plain = [_plain(word) for word in words]
    preferred = _list_for(language) if language else "es"
    order = sorted(FILES, key=lambda one: one != preferred)
    best: list[int] = []
    for one in order:
        known = _indices(one)
        found = [known[word] for word in plain if word in known]
        if len(found) == len(plain):
            return tuple(found)
        first_unknown = next(at for at, word in enumerate(plain) if word not in known)
        best.append(first_unknown)
    raise WrongUseError("door-words-unknown", word=words[max(best)])


def _list_for(language: str) -> str:
    short = language.replace("-", "_").split("_")[0].lower()
    return short if short in FILES else "en"


@functools.cache
def _words(language: str) -> tuple[str, ...]:
    spec = importlib.util.find_spec("mnemonic")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("mnemonic is not installed", name="mnemonic")
    file = Path(spec.origin).with_name("wordlist") / FILES[language]
    return tuple(unicodedata.normalize("NFC", file.read_text(encoding="utf-8")).split())


@functools.cache
def _indices(language: str) -> dict[str, int]:
    return {_plain(word): index for index, word in enumerate(_words(language))}


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.strip().casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
