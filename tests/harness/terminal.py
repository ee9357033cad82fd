"""A program on a terminal of its own: what it shows, and what somebody types."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Sequence
from types import TracebackType

import pytest

PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.1


class Terminal:
    """Runs *command*; everything it ever showed stays in `seen`."""

    def __init__(self, command: Sequence[str], env: dict[str, str], *, rows: int = 40) -> None:
        self.seen = ""
        self._process, self._terminal = pty.fork()
        if self._process == 0:
            os.execvpe(command[0], list(command), env)
        size = struct.pack("HHHH", rows, 100, 0, 0)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, size)
        self._ended: int | None = None

    def read_until(self, words: str) -> str:
        """Read until *words* were shown after everything waited for before; return what came."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        came = ""
        while words not in came:
            if not self._read() and self._ended is not None:
                pytest.fail(f"it ended without “{words}”: {self.seen[-2000:]}")
            if time.monotonic() > deadline:
                pytest.fail(f"waited in vain for “{words}”: {self.seen[-2000:]}")
            came = self.seen[self._waited :]
        self._waited += came.index(words) + len(words)
        return came

    _waited = 0

    def _read(self) -> bool:
        try:
            if not select.select([self._terminal], [], [], _LOOK_SECONDS)[0]:
                self._look_for_end()
                return False
            data = os.read(self._terminal, 65536)
        except OSError:
            # Linux says so when the last process of a terminal is gone.
            data = b""
        self.seen += data.decode(errors="replace")
        if not data:
            self._look_for_end()
        return bool(data)

    def _look_for_end(self) -> None:
        if self._ended is None:
            ended, status = os.waitpid(self._process, os.WNOHANG)
            if ended:
                self._ended = os.waitstatus_to_exitcode(status)

    def type_in(self, text: str) -> None:
        """Type *text*; a line ends with a carriage return, as from a keyboard."""
        os.write(self._terminal, text.encode())

    def ended(self) -> int:
        """Wait until it has ended by itself, and return its exit code."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._ended is None and time.monotonic() < deadline:
            self._read()
        if self._ended is None:
            pytest.fail(f"it goes on: {self.seen[-2000:]}")
        return self._ended

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._look_for_end()
        if self._ended is None:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
        os.close(self._terminal)
