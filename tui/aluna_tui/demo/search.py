"""Looks for words that must not be readable: in files on disk and in what went over the cable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.journal.folding import fold

LEAST_LETTERS: Final = 7
"""Shorter words turn up in random bytes, or in the names of things, by themselves."""
ENCODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be", "latin-1")
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Searched:
    """How much was looked at, and every word that could be read with where it was."""

    files: int
    bytes: int
    found: dict[str, str]


def canaries(texts: Iterable[str]) -> list[str]:
    """Return what must not be readable of *texts*: each as a whole, and its longer words."""
    wanted: dict[str, None] = {}
    for text in texts:
        wanted.setdefault(text)
        for word in _WORD.findall(text):
            if len(word) >= LEAST_LETTERS:
                wanted.setdefault(word)
    return list(wanted)


def traces(word: str) -> set[bytes]:
    """Return every way *word* may lie in bytes: as written, in small letters, without accents."""
    spoken = {word, word.lower(), fold(word)}
    return {
        form.encode(encoding, "ignore").lower()
        for form in spoken
        for encoding in ENCODINGS
        if form.encode(encoding, "ignore").decode(encoding) == form
    }


def readable(data: bytes, words: Sequence[str]) -> list[str]:
    """Return those of *words* that can be read in *data*, whatever the case of their letters."""
    small = data.lower()
    return [word for word in words if any(trace in small for trace in traces(word))]


def search_bytes(pieces: Iterable[bytes], words: Sequence[str], place: str) -> Searched:
    """Search *pieces* of one *place*."""
    seen, size, found = 0, 0, dict[str, str]()
    for piece in pieces:
        seen, size = seen + 1, size + len(piece)
        found |= dict.fromkeys(readable(piece, words), place)
    return Searched(seen, size, found)


def search_folder(folder: Path, words: Sequence[str]) -> Searched:
    """Search every file below *folder*, and the files' names."""
    seen, size, found = 0, 0, dict[str, str]()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        found |= dict.fromkeys(readable(name.encode(), words), name)
        if path.is_symlink() or not path.is_file():
            continue
        data = path.read_bytes()
        seen, size = seen + 1, size + len(data)
        found |= dict.fromkeys(readable(data, words), name)
    return Searched(seen, size, found)


def write_control(path: Path, words: Sequence[str]) -> None:
    """Write a file in which every one of *words* can be read, in one of four ways."""
    noise = bytes(range(256))
    lines = [
        (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"), fold(word).encode())[
            number % 4
        ]
        for number, word in enumerate(words)
    ]
    path.write_bytes(noise + noise.join(lines) + noise)
