"""What can go wrong, as data: a stable code and fields; the top layer makes sentences of them."""

from __future__ import annotations

import enum


class ExitCode(enum.IntEnum):
    """The exit codes of the command line, a contract."""

    DONE = 0
    NOT_DONE = 1
    WRONG_USE = 2
    LOCKED = 3
    NOBODY = 4
    INCOMPLETE = 5
    INTERRUPTED = 130


class AlunaError(Exception):
    """Something could not be done. *code* names it; *fields* fill the sentence people read.

    Fields never hold words of a record, passphrases or keys.
    """

    exit_code = ExitCode.NOT_DONE

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


class WrongUseError(AlunaError):
    """The person asked for something that does not exist or cannot be meant that way."""

    exit_code = ExitCode.WRONG_USE


class LockedError(AlunaError):
    """No passphrase, a wrong one, or a vault of another device."""

    exit_code = ExitCode.LOCKED


class NobodyError(AlunaError):
    """There was nobody to sync with."""

    exit_code = ExitCode.NOBODY


class IncompleteError(AlunaError):
    """Time ran out before everything had arrived on both sides."""

    exit_code = ExitCode.INCOMPLETE


class EngineError(Exception):
    """The engine could not do what was asked; *code* says why, without any content."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the one error people are told of: a task group wraps it."""
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first
