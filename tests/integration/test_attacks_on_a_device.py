"""What is planted in the surroundings of a device: variables, clocks, modes (S8, S13, S14)."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.processes import PASSPHRASE, PATIENCE_SECONDS, Person, environment, sync, write

CANARY = "Chirimbolo"
SCREENS = """
import sys
from aluna_tui import __main__
def screens(self, home):
    from aluna_sync.node import NodeOptions
    from aluna_tui.app import run
    return run(home, passphrase=sys.argv[1], node_options=NodeOptions(listen=None, lan=False))
__main__._Fronts.screens = screens
__main__.main(sys.argv[2:])
"""
"""The whole program but for the network, which has no place in this test."""


def screens_say(one: Person, extra: dict[str, str], words: bytes) -> None:
    """Open the screens in a terminal until they show *words*, then end them with ^q."""
    env = environment(one.folder, "es") | {"TERM": "xterm-256color"} | extra
    process, terminal = pty.fork()
    if process == 0:
        script = SCREENS
        command = [sys.executable, "-c", script, PASSPHRASE, "--home", str(one.home)]
        os.execve(sys.executable, command, env)
    seen = b""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while words not in seen:
        assert time.monotonic() < deadline, seen[-2000:]
        if select.select([terminal], [], [], 0.2)[0]:
            seen += os.read(terminal, 65536)
    os.write(terminal, b"\x11")
    while time.monotonic() < deadline:
        try:
            os.read(terminal, 65536)
        except OSError:
            break
    os.waitpid(process, 0)
    os.close(terminal)


def test_s13_textual_writes_no_log_of_keys_whatever_the_environment_asks(
    people: list[Person], tmp_path: Path
) -> None:
    log = tmp_path / "keys.log"
    planted = {"TEXTUAL_LOG": str(log), "TEXTUAL": "debug,devtools", "TEXTUAL_DEBUG": "1"}
    screens_say(people[0], planted, b"Semilla")
    assert not log.exists()


def test_s13_without_the_hardening_the_log_would_be_written(tmp_path: Path) -> None:
    """The positive control: this is what the variable does to a program that keeps it."""
    log = tmp_path / "keys.log"
    script = (
        "from textual.app import App\nasync def press(p):\n    await p.press('a')\n    app.exit()\n"
        "app = App()\napp.run(headless=True, auto_pilot=press)"
    )
    env = {**os.environ, "TEXTUAL_LOG": str(log)}
    subprocess.run([sys.executable, "-c", script], env=env, timeout=60, check=True)
    assert "key='a'" in log.read_text()


@pytest.mark.parametrize(
    "planted",
    [
        {"PYTHONINSPECT": "1"},
        {"PYTHONFAULTHANDLER": "1"},
        {"RUST_BACKTRACE": "full"},
        {"PYTHONBREAKPOINT": "os.system", "PYTHONDEVMODE": ""},
    ],
)
def test_s13_a_command_ends_and_says_nothing_more_whatever_the_environment_asks(
    people: list[Person], planted: dict[str, str]
) -> None:
    ana = people[0]
    with ana.opened() as device:
        write(device, CANARY)
    ran = {
        name: subprocess.run(
            ana.command("status", "--json"),
            env=environment(ana.folder) | extra,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
        )
        for name, extra in (("plain", {}), ("planted", planted))
    }  # fmt: skip
    assert ran["planted"].returncode == 0
    assert ran["planted"].stdout == ran["plain"].stdout
    assert ran["planted"].stderr == ran["plain"].stderr
    assert CANARY not in ran["planted"].stdout + ran["planted"].stderr


def test_s12_the_program_itself_is_hardened_before_anything_is_opened(
    people: list[Person],
) -> None:
    script = """
import ctypes, faulthandler, resource, sys
from aluna_tui import __main__
def look(self, **_):
    core = resource.getrlimit(resource.RLIMIT_CORE)
    print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), core, faulthandler.is_enabled())
    return 0
__main__._Fronts.demo = look
__main__.main(["--home", sys.argv[1], "demo"])
"""
    ran = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", script, str(people[0].home)],
        env=environment(people[0].folder), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.stdout.split("\n")[0] == "0 (0, 0) False", ran


def test_s8_every_file_of_a_life_is_for_its_owner_only(people: list[Person]) -> None:
    ana, bo = people[:2]
    os.umask(0)
    try:
        with ana.opened() as device:
            write(device, "uno")
        with ana.node() as node:
            bo.ask("sync", "--once", "--no-lan", "--peer", node.address)
            found = {path: path.stat().st_mode & 0o777 for path in ana.home.rglob("*")}
    finally:
        os.umask(0o077)
    assert any(path.name.endswith("-wal") for path in found)
    assert {path.name: oct(mode) for path, mode in found.items() if mode & 0o077} == {}
    assert ana.home.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("years", [-10, 10])
def test_s14_a_clock_that_jumps_years_loses_nothing_and_all_converge(
    people: list[Person], years: int
) -> None:
    ana, bo = people[:2]
    with ana.opened() as device:
        write(device, "antes")
        device.clock = lambda: datetime(2026 + years, 2, 28, 12, tzinfo=UTC)
        write(device, "durante")
        device.clock = lambda: datetime(2026, 11, 22, 12, tzinfo=UTC)
        write(device, "después")
    with bo.opened() as device:
        device.clock = lambda: datetime(2026 - years, 2, 28, 12, tzinfo=UTC)
        write(device, "al mismo tiempo, dice su reloj")
    sync(ana, bo)
    assert ana.state() == bo.state()
    assert len(ana.records()) == len(bo.records()) == 4
