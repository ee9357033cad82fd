"""Where answers come from: a terminal, a pipe, or the lines a test gives."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable, Iterable
from typing import Final, Protocol

TICK_SECONDS: Final = 1.0
"""How often it is looked whether somebody is still there."""
LONGEST_LINE: Final = 1_000_000
"""Bytes of one answer: more than anybody types or pastes, less than what fills a memory."""

Tick = Callable[[], None]


class Ear(Protocol):
    """Hears one line after the other."""

    @property
    def terminal(self) -> bool:
        """Whether a person types on a terminal, which shows what she types."""
        ...

    def line(self, tick: Tick) -> str | None:
        """Return the next line, None at the end; call *tick* now and then while nobody speaks."""
        ...

    def hidden(self, prompt: str) -> str | None:
        """Return a line that is not shown while it is typed; None at the end."""
        ...

    def soon(self, seconds: float) -> bool:
        """Wait for a line for at most *seconds*; take it and tell whether one came."""
        ...

    def unfinished(self) -> str:
        """Take what was typed of a line that has not ended."""
        ...


class StreamEar:
    """Hears a file descriptor of this process."""

    def __init__(self, descriptor: int = 0) -> None:
        self._descriptor = descriptor
        self._heard = b""
        self._ended = False
        self.terminal = os.isatty(descriptor)

    def line(self, tick: Tick) -> str | None:
        """Return the next line; see `Ear.line`."""
        while b"\n" not in self._heard and not self._ended:
            if self._waits(TICK_SECONDS):
                self._read()
            tick()
        return self._take()

    def hidden(self, prompt: str) -> str | None:
        """Return a line typed unseen; see `Ear.hidden`."""
        if not self.terminal:
            return self.line(lambda: None)
        import getpass

        try:
            return getpass.getpass(prompt + " ")
        except (EOFError, OSError):
            return None

    def soon(self, seconds: float) -> bool:
        """Wait a little for a line; see `Ear.soon`."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and b"\n" not in self._heard:
            if self._ended:
                time.sleep(left)
            elif self._waits(left):
                self._read()
        return b"\n" in self._heard and self._take() is not None

    def _waits(self, seconds: float) -> bool:
        if sys.platform == "win32":
            # There is no waiting for a console there: the answer is waited for itself, and what
            # comes too late locks instead.
            return True
        return bool(select.select([self._descriptor], [], [], seconds)[0])

    def _read(self) -> None:
        try:
            piece = os.read(self._descriptor, 65536)
        except OSError:
            piece = b""
        self._heard += piece
        self._ended = not piece or len(self._heard) > LONGEST_LINE

    def _take(self) -> str | None:
        line, end, self._heard = self._heard.partition(b"\n")
        if not end and not line:
            return None
        return line.decode("utf-8", "replace").removesuffix("\r")

    def unfinished(self) -> str:
        """Take what was typed of a line without an end; see `Ear.unfinished`."""
        if not self.terminal or sys.platform == "win32":
            return ""
        import termios

        try:
            before = termios.tcgetattr(self._descriptor)
            letters = [*before]
            letters[3] &= ~termios.ICANON
            letters[6] = [*before[6]]
            letters[6][termios.VMIN] = letters[6][termios.VTIME] = 0
            termios.tcsetattr(self._descriptor, termios.TCSANOW, letters)
            try:
                typed = os.read(self._descriptor, 65536)
            finally:
                termios.tcsetattr(self._descriptor, termios.TCSANOW, before)
        except (OSError, termios.error):
            return ""
        return typed.decode("utf-8", "replace")


class ScriptEar:
    """Hears lines known beforehand, one after the other."""

    terminal = False

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)

    def line(self, tick: Tick) -> str | None:
        """Return the next line; see `Ear.line`."""
        tick()
        return next(self._lines, None)

    def hidden(self, prompt: str) -> str | None:
        """Return the next line; see `Ear.hidden`."""
        return next(self._lines, None)

    def soon(self, seconds: float) -> bool:
        """Take the next line, if there is one; see `Ear.soon`."""
        return next(self._lines, None) is not None

    def unfinished(self) -> str:
        """Nothing: a script says whole lines."""
        return ""
