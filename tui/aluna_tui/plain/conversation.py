"""The whole conversation: opening, home, locking and opening again, until it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from aluna_sync.errors import AlunaError, EngineError, ExitCode
from aluna_tui.commands.grammar import Fronts, Invocation
from aluna_tui.idle import Idleness, slept
from aluna_tui.plain.beginning import nowhere, unlock, welcome
from aluna_tui.plain.companion import Companion
from aluna_tui.plain.ear import Ear, StreamEar
from aluna_tui.plain.errors import BackError, GoneError, LeaveError, LockedNowError
from aluna_tui.plain.home import home
from aluna_tui.plain.kept import KeptDoors
from aluna_tui.plain.session import Session, locked_words, say_what_stays
from aluna_tui.plain.signals import Signals
from aluna_tui.plain.talk import Talk
from aluna_tui.texts import _
from aluna_tui.view_models.crash import crash_sentence


class ConversingDoors(KeptDoors):
    """Kept doors whose countdown is stopped by a line, wherever the line comes from."""

    def __init__(self, ear: Ear) -> None:
        super().__init__()
        self._ear = ear

    def count_down(self, seconds: int, tell: Callable[[int], None]) -> bool:
        """Let time pass in which a line says no; see `Doors.count_down`."""
        for left in range(seconds, 0, -1):
            tell(left)
            if self._ear.soon(1.0):
                return False
        return True


def run(
    invocation: Invocation, fronts: Fronts | None, *, node_arguments: Sequence[str] = ()
) -> int:
    """Hold the conversation of this process over its stdin and stdout; return its exit code."""
    ear = StreamEar()
    home_directory = invocation.home or invocation.doors.default_home()
    doors, companion = ConversingDoors(ear), Companion(home_directory, node_arguments)
    session = session_of(
        Talk(ear, sys.stdout), home_directory, doors, companion, invocation, fronts
    )
    signals = Signals(session.talk)
    session.after_verb = signals.arm
    with signals:
        return converse(session)


def session_of(
    talk: Talk,
    home_directory: Path,
    doors: KeptDoors,
    companion: Companion | None,
    invocation: Invocation,
    fronts: Fronts | None = None,
) -> Session:
    """Return what a conversation stands on, as the shared options of *invocation* say."""
    return Session(
        talk, home_directory, doors, companion, Idleness(3, time.monotonic, slept), fronts=fronts,
        collective=invocation.collective, passphrase_fd=invocation.passphrase_fd,
    )  # fmt: skip


def converse(session: Session) -> int:
    """Converse until it ends; whatever happens, the vault is locked then."""
    talk = session.talk
    try:
        _from_lock_to_lock(session)
    except GoneError:
        return ExitCode.DONE
    except (LeaveError, BackError):
        session.lock()
        with suppress(GoneError):
            talk.say(_("It is closed. Until soon."))
            say_what_stays(talk)
    except AlunaError as error:
        with suppress(GoneError):
            talk.trouble(error)
        return error.exit_code
    except Exception as error:
        # Only a code: the words of the error could be somebody's.
        with suppress(GoneError):
            talk.say(crash_sentence(error))
        return ExitCode.NOT_DONE
    finally:
        session.lock()
    return ExitCode.DONE


def _from_lock_to_lock(session: Session) -> NoReturn:
    first = True
    while True:
        try:
            if not session.doors.vault_exists(session.home):
                welcome(session)
                first = False
            # What was made or brought back just now may be open already.
            if not session.is_open and not unlock(session, first=first):
                raise LeaveError
            first = False
            _inside(session)
        except LockedNowError as locked:
            minutes = session.minutes()
            session.lock()
            session.talk.say(locked_words(idle=locked.idle, minutes=minutes))
            say_what_stays(session.talk)


def _inside(session: Session) -> NoReturn:
    """Stay behind the door until it locks or ends."""
    session.begin()
    while True:
        try:
            with session.device() as device:
                belongs = device.belongs()
            if not belongs:
                nowhere(session)
            home(session)
        except EngineError as error:
            session.talk.trouble(AlunaError("engine-died", reason=error.code))
        except BackError:
            raise LeaveError from None
