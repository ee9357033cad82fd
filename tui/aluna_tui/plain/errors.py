"""How a conversation leaves the place where it is; none of these is a mistake of anybody.

They are no `Exception`: a verb that runs inside the conversation must not take them for trouble.
"""

from __future__ import annotations


class BackError(BaseException):
    """The person goes back one place."""


class LockedNowError(BaseException):
    """The vault closes: somebody asked for it, or nobody was there for the minutes chosen."""

    def __init__(self, *, idle: bool = False, typed: str = "") -> None:
        super().__init__()
        self.idle = idle
        self.typed = typed
        """What was typed of a line that had not ended."""


class LeaveError(BaseException):
    """The conversation ends: it was asked to."""


class GoneError(LeaveError):
    """Nobody listens any more: the input ended, or the terminal went."""
