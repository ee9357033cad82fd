"""What a conversation stands on: the open vault, the verbs run inside it, the node beside it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from aluna_sync.errors import AlunaError
from aluna_sync.journal.vocabulary import speak
from aluna_sync.locks import VaultLock
from aluna_tui.commands.grammar import Fronts, Invocation
from aluna_tui.commands.opening import asking
from aluna_tui.commands.table import Entry, find_entry
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.idle import Idleness
from aluna_tui.plain.errors import LockedNowError
from aluna_tui.plain.streams import lent
from aluna_tui.plain.talk import Talk
from aluna_tui.texts import _, bind_libraries

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_tui.plain.companion import Companion
    from aluna_tui.plain.kept import KeptDoors

T = TypeVar("T")
ALONE: Final = frozenset(
    (
        "invite",
        "join",
        "sync",
        "node",
        "bundle",
        "folder",
        "restore",
        "panic",
        "lock",
        "doctor",
        "notebook",
        "recover",
    )
)
"""Verbs that are the node themselves for a while, or want to be alone with the vault."""


class Session:
    """One vault and one person in front of it."""

    def __init__(
        self,
        talk: Talk,
        home: Path,
        doors: KeptDoors,
        companion: Companion | None,
        idleness: Idleness,
        *,
        fronts: Fronts | None = None,
        collective: str | None = None,
        passphrase_fd: int | None = None,
    ) -> None:
        self.talk = talk
        self.home = home
        self.doors = doors
        self._companion = companion
        self._idleness = idleness
        self._fronts = fronts
        self._collective = collective
        self._passphrase_fd = passphrase_fd
        self._lock = VaultLock(home)
        """Held while the key is in memory, so that `aluna lock` elsewhere finds this process."""
        self.after_verb: Callable[[], None] = _nothing
        """Called when a verb has ended, whatever it left behind."""
        talk.still_there = self._still_there
        talk.heard = idleness.touch
        talk.news = self._news

    # -- open and locked -------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether the vault opens without asking."""
        return self.doors.is_open

    def invocation(self) -> Invocation:
        """Return what a verb run inside the conversation starts from."""
        return Invocation(
            doors=self.doors, fronts=self._fronts, home=self.home, plain=True, color=False,
            collective=self._collective, passphrase_fd=self._passphrase_fd,
        )  # fmt: skip

    def unlock(self, passphrase: str) -> None:
        """Open the vault with *passphrase* and keep its key; raises as `Doors.unlock`."""
        self.doors.unlock(self.home, passphrase, merges=False).lock()

    def given_once(self) -> None:
        """Forget the descriptor of the passphrase: what lies in it is read once."""
        self._passphrase_fd = None

    def begin(self) -> None:
        """Count the minutes, and meet companions in the background."""
        with self.device() as device:
            self._idleness.choose(device.safety.settings.idle_minutes)
            belongs = device.belongs()
        self._idleness.begin()
        self._lock.acquire()
        if self._companion is not None and belongs:
            self._companion.begin(self.doors.key())

    def lock(self) -> None:
        """Forget the key, and say goodbye to companions."""
        if self._companion is not None:
            self._companion.end()
        self.doors.lock()
        self._lock.release()
        speak(None)

    def minutes(self) -> int:
        """Return after how many minutes without an answer it locks."""
        return self._idleness.minutes

    def _still_there(self) -> None:
        if self.is_open and self._idleness.is_over():
            raise LockedNowError(idle=True, typed=self.talk.ear.unfinished())

    def _news(self) -> list[str]:
        return [] if self._companion is None or not self.is_open else self._companion.news()

    # -- the device ------------------------------------------------------------------------------

    @contextmanager
    def device(self, *, merges: bool = False) -> Iterator[Device]:
        """Open the vault for one step; raises AlunaError."""
        device = self.doors.kept(self.home, merges=merges)
        if device is None:
            raise LockedNowError
        speak(device.vocabulary)
        try:
            yield device
        finally:
            speak(None)
            device.lock()

    def merging(self, work: Callable[[Device], Coroutine[Any, Any, T]]) -> T:
        """Do *work* on the device with an engine that may read what others wrote."""
        with self.device(merges=True) as device:
            return run_in_loop(work(device), device)

    # -- verbs -----------------------------------------------------------------------------------

    def run(self, *arguments: str) -> int:
        """Run a command line as after `aluna`, and return its exit code."""
        from aluna_tui.commands.running import run

        entry = find_entry(arguments[0]) if arguments else None
        before = asking.set(self.talk.hidden)
        try:
            with self._alone(entry), lent(self.talk), self.talk.interrupts():
                code = run(arguments, self.invocation())
        finally:
            self.after_verb()
            asking.reset(before)
            self._idleness.touch()
        bind_libraries()
        return code

    @contextmanager
    def _alone(self, entry: Entry | None) -> Iterator[None]:
        if entry is None or entry.name not in ALONE or not self.is_open:
            yield
            return
        if self._companion is not None:
            self._companion.end()
        self._lock.release()
        try:
            yield
        finally:
            self._go_on()

    def _go_on(self) -> None:
        try:
            self.begin()
        except AlunaError:
            # What the verb destroyed or put in its place opens with another key.
            self.lock()
            raise LockedNowError from None

    def run_line(self, line: str) -> int:
        """Run what somebody typed as after `aluna`."""
        return self.run(*split(line))


def split(line: str) -> list[str]:
    """Return the words of a command line; marks that do not pair are letters."""
    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    return words[1:] if words[:1] == ["aluna"] else words


def _nothing() -> None:
    """Take the place of what nobody asked for."""


def locked_words(*, idle: bool, minutes: int) -> str:
    """Say that it is locked, and why."""
    if idle:
        return _(
            "It locked itself: nothing was said for {minutes} minutes, or the machine slept. "
            "What you had said is kept."
        ).format(minutes=minutes)
    return _("Locked. What you wrote is kept.")


def say_what_stays(talk: Talk) -> None:
    """Say, on a terminal, what locking does not take away: nothing here clears a screen."""
    if talk.ear.terminal:
        talk.say(_("What was said stays above, in the memory of your terminal: close its window."))
