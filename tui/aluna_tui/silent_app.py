"""A program that ends without telling: an unexpected error shows a sentence and a code only."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from typing import Final

from rich.text import Text
from textual.app import App
from textual.worker import WorkerFailed

from aluna_tui.themes import THEMES
from aluna_tui.view_models.crash import crash_sentence
from aluna_tui.widgets.harmless import HarmlessFilter

CLEAR_MEMORY: Final = "\x1b[3J"
"""Clears what the terminal remembers above its screen."""
_CLEAR: Final = "\x1b[H\x1b[2J" + CLEAR_MEMORY
_SIDE_DOORS: Final = ("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEVTOOLS_HOST", "RUST_BACKTRACE")
"""These make libraries write what happens on screen, or the stack, into files and terminals."""


def _to_nowhere(data: str) -> None:
    """Take the place of a terminal that is gone."""


def _nothing() -> None:
    """Take the place of flushing it."""


class SilentApp(App[int]):
    """Shows only harmless letters, and never a traceback: it would hold words of people."""

    def __init__(self) -> None:
        super().__init__()
        self._filters.append(HarmlessFilter())
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def on_load(self) -> None:
        """Hear of errors of tasks that belong to nobody, too."""
        asyncio.get_running_loop().set_exception_handler(self._loop_error)

    def action_colours(self) -> None:
        """Put on the next dress: the terminal's colours, light, dark."""
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def wipe(self) -> None:
        """Clear the terminal and its memory, and draw again."""
        if self._driver is not None:
            self._driver.write(_CLEAR)
        self.refresh(repaint=True, layout=True)

    def fall_silent(self) -> None:
        """Draw nothing any more: the terminal is gone.

        A write would fill a queue nobody empties, and stop the program while it is unlocked.
        """
        if self._driver is not None:
            self._driver.write = _to_nowhere  # type: ignore[method-assign]
            self._driver.flush = _nothing  # type: ignore[method-assign]

    def _loop_error(self, _loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):
            self._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        """End with one sentence: the library would print every local variable."""
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            error = error.error
        self._return_code = 1
        if self._exception is None:
            self._exit_renderables.append(Text(crash_sentence(error)))
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        """End without a traceback: it would print every local variable."""
        error = sys.exc_info()[1]
        self._handle_exception(error if isinstance(error, Exception) else RuntimeError())


def close_side_doors() -> None:
    """Keep libraries from writing logs and traces anywhere."""
    for name in _SIDE_DOORS:
        os.environ.pop(name, None)
    logging.getLogger("asyncio").disabled = True
