"""The plain conversation as a process: through pipes, on a terminal, with a companion in reach."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aluna_sync.locks import node_runs
from harness.processes import (
    PASSPHRASE,
    PROGRAM,
    Person,
    collective_of,
    environment,
    wait_until,
    write,
)
from harness.terminal import Terminal
from unit.plain.conversing import assert_plain

SCRIPT = str(Path(__file__).with_name("plain_on_loopback.py"))


def asked(folder: Path, lang: str) -> dict[str, str]:
    """Return an environment in which the passphrase is asked for."""
    env = environment(folder, lang)
    del env["ALUNA_PASSPHRASE_FILE"]
    return env


def said_to(command: list[str], env: dict[str, str], *lines: str) -> tuple[int, str]:
    """Give a process *lines* through a pipe; return its exit code and all that it said."""
    done = subprocess.run(
        command,
        env=env,
        input="".join(f"{line}\n" for line in lines).encode(),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == b""
    said = done.stdout.decode()
    assert_plain(said)
    return done.returncode, said


def quiet(person: Person) -> None:
    """Let nothing of this vault go out on a network."""
    with person.opened() as device:
        device.be_quiet(on=True)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("create", "write", "impact", "yes", "read", "Semilla, ", "Until soon.")),
        ("es", ("crear", "escribir", "impacto", "sí", "leer", "Semilla, ", "Hasta pronto.")),
    ],
)
def test_the_first_minute_through_pipes(tmp_path: Path, lang: str, words: tuple[str, ...]) -> None:
    create, write_, impact, yes, read, home, bye = words
    code, said = said_to(
        [sys.executable, SCRIPT, str(tmp_path / "vault")], asked(tmp_path, lang),
        create, "Itzel", "Semilla", PASSPHRASE, PASSPHRASE, "",
        write_, impact, "Nos siguieron dos noches.", "", "", yes,
        read, "1", "1", yes, "<", "<", "<", "end",
    )  # fmt: skip
    assert code == 0
    assert home in said
    assert said.splitlines().count("Nos siguieron dos noches.") == 1
    assert said.rstrip().endswith(bye)
    assert not node_runs(tmp_path / "vault")


@pytest.mark.parametrize("how", ["option", "variable"])
def test_the_program_itself_converses_without_a_verb(tmp_path: Path, how: str) -> None:
    (itzel,) = collective_of(tmp_path, "Itzel")
    quiet(itzel)
    env = environment(itzel.folder)
    command = [*PROGRAM, "--home", str(itzel.home)]
    if how == "option":
        command.append("--plain")
    else:
        env["ALUNA_PLAIN"] = "1"
    code, said = said_to(command, env, "?", "status", "demo --help", "end")
    assert code == 0
    assert "Passphrase:" not in said, "it lay ready in a file"
    assert "You are at home: from here everything can be reached." in said


def test_a_passphrase_given_by_descriptor_is_taken_once(tmp_path: Path) -> None:
    (itzel,) = collective_of(tmp_path, "Itzel")
    quiet(itzel)
    reading, writing = os.pipe()
    os.write(writing, f"{PASSPHRASE}\n".encode())
    os.close(writing)
    command = [*PROGRAM, "--home", str(itzel.home), "--plain", "--passphrase-fd", str(reading)]
    with subprocess.Popen(
        command, env=asked(itzel.folder, "en"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        pass_fds=[reading],
    ) as process:  # fmt: skip
        os.close(reading)
        out, _err = process.communicate(b"status\nlock\n", timeout=120)
    said = out.decode()
    assert_plain(said)
    assert "Semilla, " in said
    assert said.rstrip().endswith("Passphrase:"), "after a lock it is asked for"


def test_on_a_terminal_the_passphrase_is_unseen_and_nothing_is_drawn(tmp_path: Path) -> None:
    (itzel,) = collective_of(tmp_path, "Itzel")
    command = [sys.executable, SCRIPT, str(itzel.home)]
    terminal = Terminal(command, {**asked(itzel.folder, "en"), "TERM": "xterm-256color"})
    terminal.read_until("Passphrase:")
    terminal.type_in(PASSPHRASE + "\r")
    terminal.read_until("What do you want to do:")
    terminal.type_in("write note\r")
    terminal.read_until("Note:")
    terminal.type_in("Una nota corta.\r")
    terminal.read_until("And:")
    terminal.type_in("\r")
    terminal.read_until("keeping it:")
    terminal.type_in("\r")
    terminal.read_until("or other:")
    terminal.type_in("yes\r")
    terminal.read_until("Written.")
    terminal.read_until("What do you want to do:")
    terminal.type_in("\x03")
    terminal.read_until("You are at home.")
    terminal.type_in("invite --listen 127.0.0.1:0\r")
    terminal.read_until("The door is open.")
    terminal.type_in("\x03")
    terminal.read_until("What was done before is safe.")
    terminal.read_until("What do you want to do:")
    terminal.type_in("end\r")
    assert terminal.ended() == 0
    assert PASSPHRASE not in terminal.seen
    shown = terminal.seen.replace("\r\n", "\n").replace("^C", "")
    assert "\x1b" not in shown
    assert_plain("\n".join(line.rstrip() for line in shown.splitlines() if line.strip()))


def test_when_the_terminal_goes_or_somebody_locks_what_was_said_is_kept(tmp_path: Path) -> None:
    (itzel,) = collective_of(tmp_path, "Itzel")
    for number in (signal.SIGHUP, signal.SIGTERM, None):
        with subprocess.Popen(
            [sys.executable, SCRIPT, str(itzel.home)], env=asked(itzel.folder, "en"),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        ) as process:  # fmt: skip
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{PASSPHRASE}\nwrite note\nPrimera línea.\n".encode())
            process.stdin.flush()
            for line in process.stdout:
                if line == b"And:\n":
                    break
            if number is None:
                assert itzel.do("lock").code == 0
            else:
                process.send_signal(number)
            assert process.wait(60) == 0
        assert not node_runs(itzel.home)
    with itzel.opened() as device:
        assert len(device.drafts()) == 3


def test_companions_are_met_in_the_background_and_told_between_prompts(tmp_path: Path) -> None:
    itzel, julia = collective_of(tmp_path, "Itzel", "Julia")
    with julia.opened() as device:
        write(device, "Una reunión")
    with julia.node() as node, subprocess.Popen(
        [sys.executable, SCRIPT, str(itzel.home), "--peer", node.address],
        env=asked(itzel.folder, "en"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(f"{PASSPHRASE}\n".encode())
        process.stdin.flush()
        wait_until(lambda: bool(itzel.records()), "what Julia wrote arrives")
        time.sleep(0.2)  # the child has stored it, and says so next
        out, _err = process.communicate(b"?\n\nread\nnewest\nend\n", timeout=60)
        assert process.returncode == 0
    said = out.decode()
    assert_plain(said)
    assert "Julia is here." in said
    assert "Meanwhile 1 record arrived or changed." in said
    assert "Una reunión (event, not read yet)" in said
    assert not node_runs(itzel.home), "the node ends with the conversation"


def test_the_node_ends_even_when_the_conversation_is_killed(tmp_path: Path) -> None:
    (itzel,) = collective_of(tmp_path, "Itzel")
    with subprocess.Popen(
        [sys.executable, SCRIPT, str(itzel.home)], env=asked(itzel.folder, "en"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(f"{PASSPHRASE}\n".encode())
        process.stdin.flush()
        wait_until(lambda: node_runs(itzel.home), "the node runs")
        process.kill()
    wait_until(lambda: not node_runs(itzel.home), "the node ends as well")


class Piped:
    """A conversation through pipes, whose answers depend on what is said."""

    def __init__(self, home: Path, env: dict[str, str]) -> None:
        self.said = ""
        self._process = subprocess.Popen(
            [sys.executable, SCRIPT, str(home)],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def answer(self, *lines: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        self._process.stdin.flush()

    def until(self, words: str) -> str:
        """Return the first line to come that holds *words*."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said += line.decode()
            if words in line.decode():
                return line.decode().rstrip("\n")
        raise AssertionError(f"it ended without “{words}”: {self.said}")

    def ended(self) -> int:
        out, _err = self._process.communicate(timeout=60)
        self.said += out.decode()
        assert_plain(self.said)
        return self._process.returncode

    def __enter__(self) -> Piped:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def test_two_conversations_meet_at_the_door_and_compare_their_words(tmp_path: Path) -> None:
    (itzel,) = collective_of(tmp_path, "Itzel")
    newcomer = tmp_path / "Julia" / "vault"
    newcomer.parent.mkdir()
    with (
        Piped(itzel.home, asked(itzel.folder, "en")) as host,
        Piped(newcomer, asked(newcomer.parent, "en")) as guest,
    ):
        host.answer(PASSPHRASE, "invite --listen 127.0.0.1:0 --minutes 3")
        door = host.until("aluna join ").split("aluna join ")[1]
        guest.answer("enter", door.replace(" --at", ""), "Julia", PASSPHRASE, PASSPHRASE)
        hers = guest.until("Both of you should see: ")
        assert host.until("Both of you should see: ") == hers
        guest.until("Are they the same on the other screen?")
        guest.answer("yes")
        host.until("do you let them in?")
        host.answer("yes")
        guest.until("What goes?")
        guest.answer("", "people", "end")
        guest.until("You are in “Semilla”, Julia.")
        host.until("What do you want to do:")
        host.answer("people", "end")
        assert (guest.ended(), host.ended()) == (0, 0)
    assert "Julia" in host.said
    assert "Itzel" in guest.said.split("You are in “Semilla”, Julia.")[1]
