"""One more device of mine, by hand: the door in the screens of one, `join` on another terminal."""

from __future__ import annotations

import asyncio
import re
import socket
from pathlib import Path

import pytest

from aluna_sync.journal.edit_kinds import SetText
from aluna_sync.store.rows import Query
from harness.processes import PASSPHRASE, Person, environment
from harness.terminal import Terminal

SCREENS = """
import pathlib, sys
from aluna_sync.node import NodeOptions
from aluna_tui.app import run
from aluna_tui.texts import use_language
home, passphrase, lang, port = sys.argv[1:]
use_language(lang)
options = NodeOptions(listen=("127.0.0.1", int(port)), lan=False)
sys.exit(run(pathlib.Path(home), node_options=options, passphrase=passphrase))
"""
DOWN, ESCAPE = "\x1b[B", "\x1b"
ANOTHER_OF_MINE = 8
"""Its place among what can be asked for."""
CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
PRIVATE, SHARED = "sólo mía", "de todas"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


def screens(one: Person, lang: str, port: int) -> Terminal:
    env = {**environment(one.folder, lang), "TERM": "xterm-256color"}
    return Terminal(
        [one.program[0], "-c", SCREENS, str(one.home), PASSPHRASE, lang, str(port)], env
    )


def joining(one: Person, lang: str, *words: str) -> Terminal:
    env = {**environment(one.folder, lang), "TERM": "xterm-256color"}
    return Terminal(one.command("join", *words, "--mine", "--device", "tableta"), env)


def open_door(terminal: Terminal) -> list[str]:
    """From home, open a door for a device of mine; return its words, and where it is after them."""
    terminal.read_until("Semilla")
    terminal.type_in("p")
    terminal.read_until("Semilla")
    return ask_for_door(terminal)


def ask_for_door(terminal: Terminal) -> list[str]:
    terminal.type_in("u")
    terminal.read_until("Enter")
    terminal.type_in(DOWN * ANOTHER_OF_MINE + "\r")
    at = len(terminal.seen)
    terminal.read_until("127.0.0.1:")
    terminal.read_until("▄▄▄▄▄")
    shown = CONTROL.sub(" ", terminal.seen[at:])
    words = [re.findall(rf" {number}  (\w+)", shown)[-1] for number in range(1, 6)]
    [address] = set(re.findall(r"127\.0\.0\.1:\d+", shown))
    return [*words, address]


@pytest.mark.parametrize(
    ("lang", "both", "yes", "entered", "is_in"),
    [
        ("es", "Ambas personas deben ver: ", "sí", "«Semilla», Ana", "Tu aparato ya entró"),
        ("en", "Both of you should see: ", "yes", "“Semilla”, Ana", "Your device is in"),
    ],
)
def test_a_door_in_the_screens_lets_a_device_of_mine_in_and_it_receives_what_is_only_mine(
    people: list[Person], tmp_path: Path, lang: str, both: str, yes: str, entered: str, is_in: str
) -> None:
    ana = people[0]
    with ana.opened() as device:
        asyncio.run(device.add("note", [SetText("body", PRIVATE)], device.private_space()))
        asyncio.run(device.add("event", [SetText("title", SHARED)], device.collective()))
    phone = Person(tmp_path / "phone" / "vault", lang=lang)
    phone.folder.mkdir()
    port = free_port()
    with screens(ana, lang, port) as here:
        words = open_door(here)
        with joining(phone, lang, *words) as there:
            there.read_until(both)
            safety = there.read_until("?").split("\r\n")[0].split()
            assert len(safety) == 4
            here.read_until("tableta")
            for word in safety:
                here.read_until(word)
            there.type_in(f"{yes}\r")
            here.type_in(f"{DOWN}\r")
            there.read_until("Enter: 1")
            there.type_in("\r")
            there.read_until(entered)
            assert there.ended() == 0, there.seen
        here.read_until(is_in)
        synced = phone.do("sync", "--once", "--no-lan", "--peer", f"127.0.0.1:{port}")
        assert synced.code == 0, synced
        here.type_in(ESCAPE)
    with phone.opened() as device, ana.opened() as hers:
        assert (device.person, device.person_name) == (hers.person, "Ana")
        assert {row.title for row in device.list(Query()).rows} == {PRIVATE, SHARED}
        assert len(hers.people(hers.collective())[0].devices) == 2


def test_a_no_in_the_screens_leaves_the_door_open_and_leaving_the_page_closes_it(
    people: list[Person], tmp_path: Path
) -> None:
    ana = people[0]
    with screens(ana, "en", free_port()) as here:
        words = open_door(here)
        for name, answer in (("first", "\r"), ("second", f"{DOWN}\r")):
            one = Person(tmp_path / name / "vault")
            one.folder.mkdir()
            with joining(one, "en", *words) as there:
                there.read_until("the same on the other screen?")
                here.read_until("tableta")
                here.read_until("no, or we have not")
                there.type_in("yes\r")
                here.type_in(answer)
                there.read_until("Enter: 1" if answer != "\r" else "said no")
                there.type_in("\r")
                assert (there.ended() == 0) is (answer != "\r"), there.seen
        here.read_until("Your device is in.")
        here.type_in(ESCAPE)
        here.read_until("Nothing waits")
        words = ask_for_door(here)
        here.type_in(ESCAPE)
        here.read_until("Nothing waits")
        late = Person(tmp_path / "late" / "vault")
        late.folder.mkdir()
        assert late.do("join", *words, "--mine").code == 4
        assert not late.home.exists()
