"""What the system says to a conversation: the terminal went, lock, or the person's Ctrl-C."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType

from aluna_tui.plain.errors import GoneError
from aluna_tui.plain.talk import Talk


class Signals:
    """Turns signals into what a conversation understands, while the block runs."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._before: dict[int, object] = {}

    def __enter__(self) -> None:
        for name in ("SIGHUP", "SIGTERM", "SIGINT"):
            number = getattr(signal, name, None)
            if number is not None:
                self._before[number] = signal.getsignal(number)
        self.arm()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def arm(self) -> None:
        """Listen; again after a verb, because a loop that ends leaves its own handlers behind."""
        for number in self._before:
            signal.signal(number, self._interrupt if number == signal.SIGINT else self._gone)

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        # Between two questions something is being kept or closed: that is done first.
        if self._talk.interruptible:
            raise KeyboardInterrupt

    @staticmethod
    def _gone(_number: int, _frame: FrameType | None) -> None:
        raise GoneError
