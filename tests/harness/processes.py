"""Real `aluna` processes and the vaults they work on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aluna_sync.device import Device
from aluna_sync.founding import admit, create_vault, enter, own_seat, unlock, welcome
from aluna_sync.journal.edit_kinds import Edit, SetText
from aluna_sync.vault import KdfCost
from aluna_tui.commands.status import as_json
from harness.relay import Relay

PASSPHRASE = "una frase larga de prueba"
PROGRAM = (sys.executable, "-m", "aluna_tui")
COST = KdfCost(2, 64 * 1024 * 1024)
"""The least a vault may ask for; commands unlock with whatever the vault's file says."""
PATIENCE_SECONDS = 30.0
"""For a condition that comes true in well under a second on an idle machine."""

Json = dict[str, Any]


def environment(folder: Path, lang: str = "en") -> dict[str, str]:
    """Return the environment of a person whose passphrase lies in *folder*, as a file."""
    secret = folder / "passphrase"
    if not secret.exists():
        secret.touch(0o600)
        secret.write_text(f"{PASSPHRASE}\n")
    scratch = folder / "tmp"
    scratch.mkdir(exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(scratch),
        "ALUNA_PASSPHRASE_FILE": str(secret),
        "ALUNA_LANG": lang,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONWARNINGS": "error",
        "TERM": "dumb",
    }


@dataclass
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Json:
        """What it printed as one line of JSON."""
        lines = self.out.splitlines()
        assert lines, self
        found: Json = json.loads(lines[-1])
        return found


@dataclass
class Person:
    """Somebody with a vault, seen from outside: commands, and nodes that stay."""

    home: Path
    before: tuple[str, ...] = ()
    """Put before every command: how to enter the machine this person is at."""
    lang: str = "en"
    program: tuple[str, ...] = PROGRAM

    @property
    def folder(self) -> Path:
        """Where everything of this person lies."""
        return self.home.parent

    def command(self, *arguments: str) -> list[str]:
        """Return the command line that does *arguments* on this vault."""
        return [*self.before, *self.program, "--home", str(self.home), *arguments]

    def do(self, *arguments: str, lang: str | None = None, seconds: float = 90.0) -> Done:
        """Run one command to its end, whatever its exit code."""
        ran = subprocess.run(
            self.command(*arguments),
            env=environment(self.folder, lang or self.lang),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        return Done(ran.returncode, ran.stdout, ran.stderr)

    def ask(self, *arguments: str) -> Json:
        """Run one command that must succeed and return its JSON."""
        done = self.do(*arguments, "--json")
        assert done.code == 0, done
        return done.json

    def start(self, *arguments: str) -> Running:
        """Start a command that stays."""
        return Running(self.command(*arguments), environment(self.folder, self.lang))

    def start_script(self, script: Path, *arguments: str) -> Running:
        """Start a program of the tests on this vault."""
        command = [*self.before, sys.executable, str(script), str(self.home), *arguments]
        return Running(command, environment(self.folder, self.lang))

    @contextlib.contextmanager
    def node(self, *arguments: str) -> Iterator[Running]:
        """Run a node on loopback while the block runs; `address` says where it listens."""
        listen = () if "--listen" in arguments else ("--listen", "127.0.0.1:0")
        with self.start("node", "--no-lan", *listen, *arguments, "--json") as running:
            running.address = str(running.wait_json(event="listening")["address"])
            yield running

    def state(self) -> str:
        """Return the `state` of the one collective."""
        return str(self.collective()["state"])

    def collective(self) -> Json:
        """Return what `status` says of the one collective.

        Asked in this process where its vault can be seen from here: it is looked at very often.
        """
        if self.before or self.program != PROGRAM:
            status = self.ask("status")
        else:
            secret = Path(environment(self.folder)["ALUNA_PASSPHRASE_FILE"])
            device = unlock(self.home, secret.read_text().rstrip("\n"))
            try:
                status = as_json(device.status())
            finally:
                device.lock()
        found: Json = next(s for s in status["spaces"] if s["kind"] == "collective")
        return found

    @contextlib.contextmanager
    def opened(self) -> Iterator[Device]:
        """Open the vault in this very process."""
        device = unlock(self.home, PASSPHRASE)
        try:
            yield device
        finally:
            device.lock()

    def records(self) -> set[str]:
        """Return the ids of every record readable in the collective, in hex."""
        with self.opened() as device:
            return records_of(device)

    def copy(self, folder: Path) -> Person:
        """Return the same vault copied into *folder*."""
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copytree(self.home, folder / self.home.name)
        return Person(folder / self.home.name, self.before, self.lang, self.program)


class Running:
    """A process whose lines are read as they come."""

    def __init__(self, command: Sequence[str], env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.address = ""
        self.lines: list[str] = []
        self.err = b""
        self._queue: queue.Queue[str | None] = queue.Queue()
        self._readers = [
            threading.Thread(target=self._read_lines, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read_lines(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._queue.put(line.decode().rstrip("\n"))
        self._queue.put(None)

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.err += line

    def next_line(self, seconds: float = PATIENCE_SECONDS) -> str | None:
        """Return the next line of its output, None at the end of it."""
        try:
            line = self._queue.get(timeout=seconds)
        except queue.Empty:
            raise AssertionError(
                f"nothing said in {seconds} s: {self.lines} {self.err!r}"
            ) from None
        if line is None:
            self._queue.put(None)  # it stays ended, however often one asks
        else:
            self.lines.append(line)
        return line

    def wait_json(self, **fields: object) -> Json:
        """Return the first line to come that holds *fields*."""
        end = time.monotonic() + PATIENCE_SECONDS
        while (line := self.next_line(max(0.0, end - time.monotonic()))) is not None:
            said: Json = json.loads(line)
            if all(said.get(name) == value for name, value in fields.items()):
                return said
        raise AssertionError(f"it ended without {fields}: {self.lines} {self.err!r}")

    def rest(self) -> list[str]:
        """Return the lines not read yet of a process that has ended."""
        found = []
        while (line := self.next_line()) is not None:
            found.append(line)
        return found

    def kill(self) -> None:
        """End it with SIGKILL and wait until it is gone."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> Done:
        """Ask it to end as `kill` does, and return what became of it."""
        self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self, seconds: float = PATIENCE_SECONDS) -> Done:
        """Wait until it has ended by itself."""
        code = self.process.wait(seconds)
        self.rest()
        for reader in self._readers:
            reader.join()
        return Done(code, "\n".join(self.lines), self.err.decode())

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()
        for reader in self._readers:
            reader.join()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


# -- vaults --------------------------------------------------------------------------------------


def collective_of(folder: Path, *names: str, collective: str = "Semilla") -> list[Person]:
    """Found a collective of *names* in *folder*, a device each, and return them.

    They entered without a network: every device holds what the founder's log says.
    """
    homes = [folder / name / "vault" for name in names]
    for home in homes:
        home.parent.mkdir(parents=True)
    founder = create_vault(
        homes[0], PASSPHRASE, person=names[0], device="laptop", collective=collective, cost=COST
    )
    space = founder.collective()
    keys = founder.identity.keys
    others = [
        create_vault(home, PASSPHRASE, person=name, device="laptop", collective=None, cost=COST)
        for home, name in zip(homes[1:], names[1:], strict=True)
    ]
    for other in others:
        admit(founder, space, own_seat(other), bytes(16))
    for other in others:
        enter(other, welcome(founder, space), keys.static)
    for device in (founder, *others):
        device.lock()
    return [Person(home) for home in homes]


def write(device: Device, *titles: str, type_: str = "event", body: str = "") -> list[str]:
    """Write a record in the collective for each of *titles*; return their ids in hex."""

    async def written() -> list[str]:
        space = device.collective()
        found = []
        for title in titles:
            edits: list[Edit] = [SetText("title", title)]
            if body:
                edits.append(SetText("body", body))
            found.append((await device.add(type_, edits, space)).hex())
        return found

    return asyncio.run(written())


def records_of(device: Device) -> set[str]:
    """Return the ids of every record readable in the collective, in hex."""
    parts = device.store.index.state_parts(device.collective())
    return {document.hex() for document, _ in parts}


def sync(one: Person, other: Person, *, relay: Relay | None = None) -> Json:
    """Let *other* run a node and *one* sync with it once; return the report of *one*."""
    with other.node() as node:
        through = node.address if relay is None else relay.to(node.address)
        done = one.do("sync", "--once", "--no-lan", "--peer", through, "--json")
        assert done.code == 0, (done, node.err)
        # What arrived is stored, and acknowledged, before the last of it is readable.
        wait_until(lambda: unopened(other) == 0, "what arrived becomes readable")
        assert node.stop().code == 0
    return done.json


def unopened(one: Person) -> int:
    """Return how many entries of the collective are stored and not readable yet."""
    with one.opened() as device:
        return device.store.log.unopened_count(device.collective())


def moved(report: Json) -> tuple[int, int]:
    """Return how many entries a `sync` sent and received."""
    met = report["met"]
    return (
        sum(one["sent"]["entries"] for one in met),
        sum(one["received"]["entries"] for one in met),
    )


def wait_until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Return once *condition* holds; fail saying *what* was waited for."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s in vain: {what}"
        pause.wait(0.02)
