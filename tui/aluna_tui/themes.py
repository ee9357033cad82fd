"""Three dresses: the terminal's own sixteen colours, light, and dark."""

from __future__ import annotations

from typing import Final

from textual.theme import BUILTIN_THEMES, Theme

_ANSI: Final = BUILTIN_THEMES["ansi-dark"]

THEMES: Final = (
    Theme(
        name="aluna-ansi",
        ansi=True,
        dark=_ANSI.dark,
        primary="ansi_cyan",
        secondary="ansi_blue",
        warning="ansi_yellow",
        error="ansi_red",
        success="ansi_green",
        accent="ansi_cyan",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        variables=dict(_ANSI.variables),
    ),
    Theme(
        name="aluna-light",
        dark=False,
        primary="#2f6f6a",
        secondary="#6b5b95",
        warning="#8a5a00",
        error="#9b2c2c",
        success="#2f6f3a",
        accent="#2f6f6a",
        foreground="#22262a",
        background="#faf8f3",
        surface="#faf8f3",
        panel="#efebe2",
    ),
    Theme(
        name="aluna-dark",
        dark=True,
        primary="#8fc7c0",
        secondary="#b9a9e0",
        warning="#e0b060",
        error="#e39a9a",
        success="#9ccfa4",
        accent="#8fc7c0",
        foreground="#e6e2d8",
        background="#171a1c",
        surface="#171a1c",
        panel="#22272a",
    ),
)
"""The first is the one the screens begin with."""
