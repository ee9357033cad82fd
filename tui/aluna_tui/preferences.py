"""How the screens look and answer on this device: language, colours, keys.

They lie in a small file beside the vault that people may edit by hand. Nothing in it is secret, and
nothing in it can keep anybody out: what does not fit is left alone and said.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aluna_tui.key_map import refusal
from aluna_tui.keys import KEYS
from aluna_tui.texts import LANGUAGES

NAME: Final = "preferences.toml"
THEMES: Final = ("aluna-ansi", "aluna-light", "aluna-dark")
"""The first is the one the screens begin with; what each looks like is in `themes`."""
MOST_BYTES: Final = 64 * 1024
"""A file that is longer was not written for this."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What was chosen; empty means as it comes."""

    language: str = ""
    theme: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    """By id of an order, the key that starts it."""
    left_alone: tuple[str, ...] = ()
    """What in the file does not fit, by name."""

    def with_key(self, id_: str, key: str) -> Preferences:
        """Return the same with another key for one order; empty is the key it comes with."""
        keys = {**self.keys, id_: key}
        if not key:
            keys.pop(id_)
        return Preferences(self.language, self.theme, keys, self.left_alone)


def path_in(home: Path) -> Path:
    """Return where the preferences of the vault in *home* lie."""
    return home / NAME


def load(path: Path) -> Preferences:
    """Return the preferences in the file at *path*; what is not there, or does not fit, is none."""
    try:
        with path.open("rb") as stream:
            found = tomllib.loads(stream.read(MOST_BYTES).decode())
    except FileNotFoundError:
        return Preferences()
    except (OSError, ValueError):
        return Preferences(left_alone=(NAME,))
    language, theme, keys = (found.get(name, "") for name in ("language", "theme", "keys"))
    wrong: list[str] = [name for name in found if name not in ("language", "theme", "keys")]
    if language not in ("", *LANGUAGES):
        wrong.append("language")
        language = ""
    if theme not in ("", *THEMES):
        wrong.append("theme")
        theme = ""
    chosen, unfit = _keys(keys)
    return Preferences(str(language), str(theme), chosen, (*wrong, *unfit))


def _keys(found: object) -> tuple[Mapping[str, str], list[str]]:
    if not isinstance(found, dict):
        return {}, ["keys"] if found else []
    taken: dict[str, str] = {}
    wrong: list[str] = []
    for id_, key in found.items():
        if id_ in KEYS and isinstance(key, str) and not refusal(id_, key, taken):
            taken[id_] = key
        else:
            wrong.append(f"keys.{id_}")
    return taken, wrong


def save(path: Path, chosen: Preferences) -> None:
    """Write *chosen* in one step; what could not be read is put aside, not overwritten.

    Raises OSError where the disk refuses.
    """
    if NAME in chosen.left_alone and path.exists():
        path.replace(path.with_suffix(".old.toml"))
    lines = [f'{name} = "{value}"' for name, value in (
        ("language", chosen.language), ("theme", chosen.theme)) if value]  # fmt: skip
    if chosen.keys:
        lines += ["", "[keys]", *(f'{id_} = "{key}"' for id_, key in sorted(chosen.keys.items()))]
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
