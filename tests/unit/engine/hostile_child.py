"""An engine process whose Automerge does something terrible to changes that contain its name."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from aluna_sync.engine import channel, child
from aluna_sync.engine.automerge_door import AutomergeContents


class PanicException(BaseException):
    """Named as the one of pyo3, which cannot be imported."""


class HostileContents(AutomergeContents):
    """Automerge, until it meets a word."""

    def __init__(self) -> None:
        super().__init__()
        self._poisoned = False

    def apply(self, changes: Sequence[bytes]) -> None:
        if self._poisoned:
            raise RuntimeError("poisoned lock: another task failed inside")
        together = b"".join(changes)
        if b"PANIC" in together:
            self._poisoned = True
            raise PanicException("called `Option::unwrap()` on a `None` value")
        if b"ABORT" in together:
            os.abort()
        if b"HANG" in together:
            os.read(os.pipe()[0], 1)
        if b"SPIN" in together:
            child.CPU_SECONDS = 0
            child.allow_time()
            while True:
                pass
        if b"MEMORY" in together:
            bytearray(4 * 1024**3)
        if b"PRINT" in together:
            sys.stdout.write("Key error key=None")
            sys.stdout.flush()
            os.write(1, b"\x00\x00\x00\x01garbage")
            os.write(2, b"panicked at src/lib.rs")
        super().apply(changes)


def nonsense(kind: str) -> None:
    """Answer like an Automerge that was taken over."""
    requests, answers = child.private_channel()
    replies = {
        "garbage": b"\x00\x00\x00\x04\xc1\xc1\xc1\xc1",
        "huge": b"\xff\xff\xff\xff",
        "lies": channel.frame([0, "ready", None])
        + channel.frame([1, "applied", [7, [b"x" * 16, None, b"", []]]]),
        "not-an-array": b"\x00\x00\x00\x01\x80",
    }
    if kind == "chatter":
        # Says something all the time and never the last word.
        answers.write(channel.frame([0, "ready", None]))
        while True:
            answers.write(channel.frame([1, "next", [0, channel.indexes((0,))]]))
            answers.flush()
    answers.write(replies[kind])
    answers.flush()
    requests.read()
    os._exit(0)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        nonsense(sys.argv[1])
    child.main(HostileContents)
