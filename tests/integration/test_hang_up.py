"""The terminal goes while the screens are open: what is typed is kept, and the vault locked."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

import pytest

from aluna_sync.founding import create_vault, unlock
from aluna_sync.locks import NodeLock
from aluna_sync.vault import KdfCost
from aluna_sync.vault_file import MIB

PASSPHRASE = "una frase larga de prueba"
SCREENS = """
import pathlib, sys
from aluna_sync.node import NodeOptions
from aluna_tui.app import run
options = NodeOptions(listen=("127.0.0.1", 0), lan=False)
sys.exit(run(pathlib.Path(sys.argv[1]), node_options=options, passphrase=sys.argv[2]))
"""
PATIENCE = 60.0


def read_until(terminal: int, words: str) -> None:
    """Read what the program draws until *words* stand in it."""
    seen = b""
    deadline = time.monotonic() + PATIENCE
    while words.encode() not in seen:
        assert time.monotonic() < deadline, seen[-2000:]
        if select.select([terminal], [], [], 0.2)[0]:
            seen += os.read(terminal, 65536)


def wait_for_end(process: int) -> int:
    """Return the exit status, or fail and end the process."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        select.select([], [], [], 0.05)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    pytest.fail("the screens live on without a terminal, unlocked")


def test_s12_when_the_terminal_goes_what_is_typed_is_kept_and_the_screens_end_locked(
    tmp_path: Path,
) -> None:
    home = tmp_path / "vault"
    cost = KdfCost(2, 64 * MIB)
    create_vault(
        home, PASSPHRASE, person="Itzel", device="laptop", collective="Semilla", cost=cost
    ).lock()
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(ALUNA_LANG="es", TERM="xterm-256color")
        os.execv(sys.executable, [sys.executable, "-c", SCREENS, str(home), PASSPHRASE])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    read_until(terminal, "Semilla")
    os.write(terminal, b"n")
    read_until(terminal, "nota")
    os.write(terminal, b"nota\r")
    read_until(terminal, "Palabras")
    os.write(terminal, b"a medio decir")
    read_until(terminal, "decir")

    os.close(terminal)

    assert wait_for_end(process) == 0
    with NodeLock(home):
        device = unlock(home, PASSPHRASE)
    assert any("a medio decir" in draft for draft in device.drafts().values())
    device.lock()
