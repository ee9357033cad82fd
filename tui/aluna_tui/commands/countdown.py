"""Seconds in which somebody may still say no: with any key on a terminal, with Ctrl-C elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_LOOK_SECONDS: Final = 0.05

Pressed = Callable[[float], bool]
"""Waits for a key for at most some seconds, and tells whether one came."""


def count_down(seconds: int, tell: Callable[[int], None]) -> bool:
    """Call *tell* with the seconds left, one by one; return whether no key was pressed meanwhile.

    Ctrl-C raises KeyboardInterrupt, as always.
    """
    with _keys() if sys.stdin.isatty() else _no_keys() as pressed:
        for left in range(seconds, 0, -1):
            tell(left)
            end = time.monotonic() + 1.0
            while (wait := end - time.monotonic()) > 0:
                if pressed(wait):
                    return False
    return True


@contextmanager
def _no_keys() -> Iterator[Pressed]:
    def only_wait(seconds: float) -> bool:
        time.sleep(seconds)
        return False

    yield only_wait


if sys.platform == "win32":

    @contextmanager
    def _keys() -> Iterator[Pressed]:
        import msvcrt

        def pressed(seconds: float) -> bool:
            time.sleep(min(seconds, _LOOK_SECONDS))
            return msvcrt.kbhit()

        yield pressed

else:

    @contextmanager
    def _keys() -> Iterator[Pressed]:
        import select
        import termios
        import tty

        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        # What was typed before the question does not answer it.
        tty.setcbreak(descriptor, termios.TCSAFLUSH)
        try:
            yield lambda seconds: bool(select.select([descriptor], [], [], seconds)[0])
        finally:
            # The key that said no is not left for the shell.
            termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)
