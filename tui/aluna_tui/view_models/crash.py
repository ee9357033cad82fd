"""What may be said of an unexpected error: a sentence and a code, never a word of anybody."""

from __future__ import annotations

from pathlib import PurePath
from types import TracebackType

from aluna_tui.texts import _


def error_code(error: BaseException) -> str:
    """Return the kind of *error* and the line of ours it came from: "KeyError-editor-112".

    The message of an error and the variables around it may hold words of a record, so neither is
    looked at.
    """
    place = _place(error.__traceback__)
    return f"{type(error).__name__}-{place}" if place else type(error).__name__


def crash_sentence(error: BaseException) -> str:
    """Return what the person reads when the program has to end."""
    return _(
        "The program had to stop because of an error of its own ({code}). "
        "What you wrote is kept. You can open it again."
    ).format(code=error_code(error))


def _place(traceback: TracebackType | None) -> str:
    ours, last = "", ""
    while traceback is not None:
        path = PurePath(traceback.tb_frame.f_code.co_filename)
        last = f"{path.stem}-{traceback.tb_lineno}"
        if any(part.startswith("aluna_") for part in path.parts):
            ours = last
        traceback = traceback.tb_next
    return ours or last
