"""One process of the demonstration: what it prints is read as it comes, and it always ends."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from typing import IO, Any, Final

PATIENCE_SECONDS: Final = 30.0
"""No command of the story takes a third of this on a slow machine."""
_END_SECONDS: Final = 5.0

Said = dict[str, Any]
"""One line of JSON."""


class StepFailedError(Exception):
    """A step did not do what it promises; *heard* is what the command said on stderr."""

    def __init__(self, what: str, heard: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.heard = heard


class Program:
    """A running command; *words* is what a person would have typed."""

    def __init__(self, words: str, process: subprocess.Popen[str], text: str | None) -> None:
        self.words = words
        self.process = process
        self.said: list[Said] = []
        """The lines of JSON on its stdout."""
        self.said_at: list[float] = []
        self._out: list[str] = []
        self._heard: list[str] = []
        self._news = threading.Condition()
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        with contextlib.suppress(BrokenPipeError):  # it ended without reading: its code says why
            process.stdin.write(text or "")
            process.stdin.close()
        self._readers = [
            threading.Thread(target=self._read, args=pair, daemon=True)
            for pair in ((process.stdout, self._take_out), (process.stderr, self._heard.append))
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, pipe: IO[str], take: Callable[[str], None]) -> None:
        with pipe:
            for line in pipe:
                with self._news:
                    take(line)
                    self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def _take_out(self, line: str) -> None:
        self._out.append(line)
        if line.startswith("{"):
            with contextlib.suppress(ValueError):
                self.said.append(json.loads(line))
                self.said_at.append(time.monotonic())

    @property
    def heard(self) -> str:
        """What it said on stderr so far."""
        return "".join(self._heard)

    def wait_said(self, number: int = 0) -> Said:
        """Return the line of JSON *number* once it is there; raises StepFailedError."""
        end = time.monotonic() + PATIENCE_SECONDS
        with self._news:
            while len(self.said) <= number:
                left = end - time.monotonic()
                if left <= 0 or not any(reader.is_alive() for reader in self._readers):
                    raise StepFailedError(self.words, self.heard)
                self._news.wait(min(left, 0.2))
            return self.said[number]

    def wait_records(self, count: int, began: float, end: float) -> float:
        """Return when a node told that *count* records came in after *began*.

        Raises StepFailedError when it has not by *end*.
        """
        with self._news:
            while (arrived := self._arrived(count, began)) is None:
                left = end - time.monotonic()
                if left <= 0 or self.process.poll() is not None:
                    raise StepFailedError(f"{self.words}: {self.said[-1:]}", self.heard)
                self._news.wait(min(left, 0.2))
            return arrived

    def _arrived(self, count: int, began: float) -> float | None:
        told = 0
        for said, at in zip(self.said, self.said_at, strict=True):
            if said.get("event") == "records" and at >= began:
                told += int(said["count"])
                if told >= count:
                    return at
        return None

    def finish(self, code: int = 0) -> str:
        """Return its whole stdout once it ended with *code*; raises StepFailedError."""
        try:
            ended = self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            ended = self.process.wait()
        for reader in self._readers:
            reader.join(_END_SECONDS)
        if ended != code:
            raise StepFailedError(f"{self.words} → {ended}", self.heard)
        return "".join(self._out)

    def ask_to_end(self) -> None:
        """Ask it to end in good order; `stop` waits for that."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """End it in good order; it is killed when it does not."""
        self.ask_to_end()
        try:
            self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
