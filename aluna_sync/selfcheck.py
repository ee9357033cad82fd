"""Whether the packages installed beside us are the ones we were written against.

Cheap enough for `doctor` and for creating a vault, not for every command: it reads metadata files.
The lines of automerge differ wildly (plain pip installs one of 2022), so this is worth a look.
"""

from __future__ import annotations

import re
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.errors import AlunaError


@dataclass(frozen=True, slots=True)
class Part:
    """A package we need: what is installed (empty if nothing) and what is wanted."""

    name: str
    found: str
    wanted: str
    fits: bool


EXACTLY: Final = {"automerge": "0.2.0.dev4", "textual": "8.2.8"}
"""Packages whose other versions behave otherwise."""
AT_LEAST: Final = {
    "apsw-sqlite3mc": "3.54",
    "click": "8.5",
    "mnemonic": "0.21",
    "msgpack": "1.2.4",
    "platformdirs": "4.10",
    "pynacl": "1.6.2",
    "segno": "1.6.6",
    "shamir-mnemonic": "0.3",
    "zeroconf": "0.150",
}


def check_parts() -> list[Part]:
    """Return every package we need and whether it fits."""
    parts: list[Part] = []
    for name, wanted in EXACTLY.items():
        found = _installed(name)
        parts.append(Part(name, found, wanted, fits=found == wanted))
    for name, wanted in AT_LEAST.items():
        found = _installed(name)
        fits = bool(found) and _numbers(found) >= _numbers(wanted)
        parts.append(Part(name, found, f"≥ {wanted}", fits=fits))
    if _installed("apsw"):
        # The plain apsw would shadow the one that encrypts pages.
        parts.append(Part("apsw", _installed("apsw"), "-", fits=False))
    return parts


def require_parts() -> None:
    """Raise `AlunaError` "wrong-versions", naming them, when something does not fit."""
    wrong = [f"{part.name} {part.found or '-'}" for part in check_parts() if not part.fits]
    if wrong:
        raise AlunaError("wrong-versions", parts=wrong)


def _installed(name: str) -> str:
    # 15 ms to import: only those who check pay for it.
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:4])
