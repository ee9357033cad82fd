"""How commands speak: data on stdout, talk on stderr, and never a terminal trick from a record."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Final

import click

from aluna_sync.journal.display import safe_text
from aluna_tui.commands.grammar import Invocation

_BOLD: Final = "\x1b[1m"
_NORMAL: Final = "\x1b[0m"

_OUR_BOLD: Final = re.compile("(\x1b\\[[01]m)")


def printable(text: str, *, keep_bold: bool = False) -> str:
    """Return *text* without anything that could steer a terminal; line breaks and tabs stay.

    Records, names and titles were written by other people. Bold, our own only trick, may stay.
    """
    if not keep_bold or "\x1b" not in text:
        return safe_text(text, newlines=True)
    pieces = _OUR_BOLD.split(text)
    kept = [p if p in (_BOLD, _NORMAL) else safe_text(p, newlines=True) for p in pieces]
    line = "".join(kept)
    # Whatever a record holds, its line never leaves the terminal in bold.
    return line if line.endswith(_NORMAL) else line + _NORMAL


class Voice:
    """Speaks for one command, as the shared options ask: bold or not, prose or columns."""

    def __init__(self, invocation: Invocation) -> None:
        self.as_json = invocation.as_json
        self.plain = invocation.plain
        self.terminal = sys.stdout.isatty()
        self.bold_allowed = invocation.color and not invocation.plain and self.terminal

    def bold(self, text: str) -> str:
        """Return *text* in bold letters where stdout is a terminal that wants them."""
        clean = printable(text)
        return f"{_BOLD}{clean}{_NORMAL}" if self.bold_allowed and clean else clean

    def data(self, text: str) -> None:
        """Print a line of what was asked for."""
        click.echo(printable(text, keep_bold=self.bold_allowed), color=True)

    def json(self, value: Mapping[str, object]) -> None:
        """Print *value* as one line of JSON."""
        click.echo(json.dumps(value, ensure_ascii=False))

    def talk(self, text: str) -> None:
        """Tell the person something that is not the data asked for."""
        click.echo(printable(text), err=True)
