"""Looking at the files of a folder; it waits for the medium, so it is done in another thread."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from aluna_protocol import bundle, crypto, limits
from aluna_sync.errors import AlunaError
from aluna_sync.exchange.files import opened, read_at
from aluna_sync.store.folders import Stamp

MOST_FILES: Final = 65_536
"""Looked at in one folder: a directory with more is not one for this."""


def scan(path: Path) -> dict[str, Stamp] | None:
    """Return the regular files that may be bundles; None when the folder is not there."""
    found: dict[str, Stamp] = {}
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if len(found) == MOST_FILES:
                    break
                with suppress(OSError):
                    facts = entry.stat(follow_symlinks=False)
                    fits = bundle.HEADER_BYTES <= facts.st_size <= limits.MAX_BUNDLE_BYTES
                    if stat.S_ISREG(facts.st_mode) and fits:
                        found[entry.name] = _stamp_of(facts)
    except OSError:
        return None
    return found


def _stamp_of(facts: os.stat_result) -> Stamp:
    return Stamp(facts.st_size, facts.st_mtime_ns, facts.st_ino)


def stamp_of(path: Path) -> Stamp:
    """Return what changes when the file at *path* does; raises OSError."""
    return _stamp_of(path.stat(follow_symlinks=False))


def digest_of(path: Path) -> bytes | None:
    """Return the hash of a whole file, None when it cannot be read."""
    digest, at = crypto.blake2b(b"aluna-own-file"), 0
    try:
        with opened(path, may_be_linked=True) as descriptor:  # whoever copies keeps it so
            while piece := read_at(descriptor, at, limits.MIB):
                digest = crypto.blake2b(digest + piece)
                at += len(piece)
    except AlunaError:
        return None
    return digest


def is_empty(path: Path) -> bool:
    """Tell whether a tool has only reserved the place of a file so far."""
    try:
        with opened(path) as descriptor:
            return not any(read_at(descriptor, 0, bundle.HEADER_BYTES))
    except AlunaError:
        return False
