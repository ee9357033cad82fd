"""Tells the story on stdout while it happens, or keeps quiet until the JSON at the end."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping

from aluna_sync.journal.display import safe_text
from aluna_tui.texts import _, language

_INDENT = "   "


def amount(count: int) -> str:
    """Return *count* with its thousands apart, as the language in use does it."""
    return f"{count:,}".replace(",", " ") if language() == "es" else f"{count:,}"


def seconds(value: float) -> str:
    """Return a duration with one decimal."""
    text = f"{value:.1f} s"
    return text.replace(".", ",") if language() == "es" else text


class Teller:
    """Prints for people; with *as_json* only `json` and `trouble` print."""

    def __init__(self, *, as_json: bool, plain: bool) -> None:
        self._as_json = as_json
        wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self._bold = wanted and not plain and sys.stdout.isatty()
        self._plain = plain

    def heading(self, text: str) -> None:
        """Print the beginning of a step."""
        self._print("")
        self._print(f"\x1b[1m{safe_text(text)}\x1b[0m" if self._bold else safe_text(text))

    def line(self, text: str) -> None:
        """Print a sentence of the story."""
        self._print(_INDENT + safe_text(text))

    def command(self, words: str) -> None:
        """Print a command as somebody would type it."""
        sign = _("Command:") if self._plain else "$"
        self.line(f"{sign} {words}")

    def quote(self, text: str) -> None:
        """Print what a command printed."""
        mark = "" if self._plain else "│ "
        for line in text.splitlines():
            self.line(f"{mark}{line}".rstrip())

    def json(self, value: Mapping[str, object]) -> None:
        """Print *value*, when JSON was asked for."""
        if self._as_json:
            sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
            sys.stdout.flush()

    def trouble(self, lines: Iterable[str]) -> None:
        """Say on stderr what went wrong."""
        sys.stdout.flush()
        for line in lines:
            sys.stderr.write(safe_text(line) + "\n")

    def _print(self, text: str) -> None:
        if not self._as_json:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
