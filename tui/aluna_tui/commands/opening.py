"""Where the passphrase comes from, and opening the vault for one command."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from aluna_sync.errors import AlunaError, LockedError
from aluna_sync.journal.vocabulary import speak
from aluna_tui.commands.grammar import Invocation
from aluna_tui.commands.output import Voice
from aluna_tui.texts import _, language

if TYPE_CHECKING:
    from aluna_sync.device import Device

_LONGEST_PASSPHRASE = 4096
"""Bytes: a file descriptor given by mistake must not be read for ever."""

asking: ContextVar[Callable[[str], str] | None] = ContextVar("asking", default=None)
"""Who asks for what must not be seen, where that is not this module: a conversation."""


def home_of(invocation: Invocation) -> Path:
    """Return where the vault is."""
    return invocation.home or invocation.doors.default_home()


@contextmanager
def open_device(invocation: Invocation, *, merges: bool = False) -> Iterator[Device]:
    """Open the vault, and close it whatever happens.

    *merges*: the command reads what others wrote through Automerge, so the engine runs in a
    process of its own. Raises `LockedError` without the right passphrase.
    """
    home = home_of(invocation)
    if not invocation.doors.vault_exists(home):
        raise AlunaError("no-vault", home=str(home))
    device = invocation.doors.kept(home, merges=merges)
    if device is None:
        passphrase = given_passphrase(invocation)
        if passphrase is None:
            passphrase = ask(_("Passphrase: "))
        device = invocation.doors.unlock(home, passphrase, merges=merges)
    if invocation.collective is not None:
        device.speak_in(device.collective(invocation.collective))
    speak(device.vocabulary)
    try:
        yield device
    finally:
        speak(None)
        device.lock()


def hear_of_node(device: Device) -> None:
    """Let *device* know what the node or the screens of its vault see, where they run."""
    from aluna_sync.locks import node_runs

    device.hear_of_node(runs=lambda: node_runs(device.home))


def given_passphrase(invocation: Invocation) -> str | None:
    """Return the passphrase given by descriptor or file; None when it must be asked for."""
    if invocation.passphrase_fd is not None:
        return passphrase_from(invocation.passphrase_fd)
    path = os.environ.get("ALUNA_PASSPHRASE_FILE")
    return _from_file(Path(path)) if path else None


def new_passphrase(invocation: Invocation, voice: Voice) -> str:
    """Return the passphrase for a new vault: given, or asked twice after offering six words."""
    given = given_passphrase(invocation)
    return choose_passphrase(invocation, voice) if given is None else given


def choose_passphrase(invocation: Invocation, voice: Voice) -> str:
    """Ask twice for a passphrase that is to be, after offering six words."""
    offered = invocation.doors.offered_words(language())
    voice.talk(_("A passphrase keeps your words closed. Nobody can open them without it."))
    voice.talk(_("Six words for you, if you like them: {words}").format(words=" ".join(offered)))
    chosen = ask(_("Passphrase (Enter takes the six words): "), may_be_empty=True)
    wanted = chosen or " ".join(offered)
    if ask(_("Once more, so that it stays in your hands: ")) != wanted:
        raise LockedError("passphrases-differ")
    return wanted


def ask(prompt: str, *, may_be_empty: bool = False) -> str:
    """Ask on the terminal, or through `asking`, without showing what is typed."""
    if (through := asking.get()) is not None:
        return _not_empty(through(prompt), may_be_empty=may_be_empty)
    import getpass
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            answer = getpass.getpass(prompt)
        except (getpass.GetPassWarning, EOFError, OSError):
            raise LockedError("no-passphrase") from None
    return _not_empty(answer, may_be_empty=may_be_empty)


def _not_empty(answer: str, *, may_be_empty: bool) -> str:
    if not answer and not may_be_empty:
        raise LockedError("empty-passphrase")
    return answer


def passphrase_from(descriptor: int) -> str:
    """Return the passphrase that lies ready in an open file descriptor."""
    try:
        with os.fdopen(os.dup(descriptor), "rb") as stream:
            return _first_line(stream.read(_LONGEST_PASSPHRASE))
    except (OSError, UnicodeDecodeError):
        raise LockedError("passphrase-unreadable", source=f"fd {descriptor}") from None


def _from_file(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            facts = os.fstat(stream.fileno())
            if os.name == "posix" and (
                stat.S_IMODE(facts.st_mode) & 0o077 or facts.st_uid != os.getuid()
            ):
                raise LockedError("passphrase-file-open-to-others", path=str(path))
            return _first_line(stream.read(_LONGEST_PASSPHRASE))
    except (OSError, UnicodeDecodeError):
        raise LockedError("passphrase-unreadable", source=str(path)) from None


def on_terminal(invocation: Invocation) -> bool:
    """Tell whether a person can be asked."""
    return not invocation.as_json and sys.stdin.isatty() and sys.stderr.isatty()


def yes(question: str) -> bool:
    """Ask a question on the terminal; anything but a yes is a no."""
    import click

    from aluna_sync.journal.folding import fold

    try:
        answer = click.prompt(question, default="", show_default=False, prompt_suffix="", err=True)
    except click.Abort:
        return False
    return fold(str(answer)) in {"y", "yes", "s", "si"}


def _first_line(data: bytes) -> str:
    line = data.decode().partition("\n")[0].removesuffix("\r")
    if not line:
        raise LockedError("empty-passphrase")
    return line
