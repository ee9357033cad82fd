"""What verbs find as stdin, stdout and stderr while they run inside the conversation."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from aluna_tui.plain.talk import Talk
from aluna_tui.texts import _


class _Out(io.TextIOBase):
    """Says whole lines; what is left without an end is a question for whoever reads next."""

    encoding = "utf-8"

    def __init__(self, talk: Talk, *, asks: bool) -> None:
        self._talk = talk
        self._asks = asks
        self._kept = ""

    def isatty(self) -> bool:
        """Tell whether a person can be asked; nothing is ever drawn, so stdout is no terminal."""
        return self._asks

    def writable(self) -> bool:
        """It can be written to."""
        return True

    def write(self, text: str) -> int:
        """Take *text* and say the lines that are whole."""
        whole, end, self._kept = (self._kept + text).rpartition("\n")
        if end:
            self._talk.say(whole)
        return len(text)

    def take_question(self) -> str:
        """Return what was said last without an end."""
        kept, self._kept = self._kept.strip(), ""
        return kept


class _Bytes(io.RawIOBase):
    """The bytes of stdin, for verbs that read a text whole."""

    def __init__(self, read: _In) -> None:
        self._in = read

    def read(self, size: int = -1) -> bytes:
        """Return everything up to a line that holds only a full stop."""
        return self._in.read(size).encode()


class _In(io.TextIOBase):
    """Lines of the conversation, for verbs that ask or read."""

    encoding = "utf-8"

    def __init__(self, talk: Talk, outs: tuple[_Out, ...]) -> None:
        self._talk = talk
        self._outs = outs
        self.buffer = _Bytes(self)

    def isatty(self) -> bool:
        """Somebody is there to be asked."""
        return True

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        """Ask what a verb wants to know; the empty text at the end."""
        question = " ".join(out.take_question() for out in self._outs).strip()
        if question:
            self._talk.prompt(question)
        line = self._talk.raw()
        return "" if line is None else line + "\n"

    def read(self, size: int | None = -1, /) -> str:
        """Return what is written up to a line that holds only a full stop."""
        return said_text(self._talk)


def said_text(talk: Talk) -> str:
    """Return what is written up to a line that holds only a full stop, or to the end."""
    talk.say(_("Write, line after line; a line with only a full stop ends it."))
    lines: list[str] = []
    while (line := talk.raw()) is not None and line.strip() != ".":
        lines.append(line)
    return "\n".join(lines)


@contextmanager
def lent(talk: Talk) -> Iterator[None]:
    """Let whatever runs inside speak and ask through *talk*."""
    before = sys.stdin, sys.stdout, sys.stderr
    out, err = _Out(talk, asks=False), _Out(talk, asks=True)
    sys.stdin, sys.stdout, sys.stderr = _In(talk, (err, out)), out, err
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
        for stream in (out, err):
            talk.say(stream.take_question())
