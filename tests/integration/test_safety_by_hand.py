"""Somebody at a real terminal: panic and its five seconds, word lists, passphrases, closing all."""

from __future__ import annotations

from pathlib import Path

import pytest

from aluna_sync.errors import LockedError
from aluna_sync.founding import unlock
from aluna_sync.vault import Removes
from harness.processes import PASSPHRASE, Person, environment, write
from harness.terminal import Terminal
from integration.test_panic import bytes_of

OTHER = "otra frase larga y nueva"
F12 = "\x1b[24~"
WRITER = Path(__file__).with_name("writer.py")
SCREENS = """
import pathlib, sys
from aluna_sync.node import NodeOptions
from aluna_tui.app import run
from aluna_tui.texts import use_language
use_language(sys.argv[3])
options = NodeOptions(listen=("127.0.0.1", 0), lan=False)
sys.exit(run(pathlib.Path(sys.argv[1]), node_options=options, passphrase=sys.argv[2]))
"""


def at_terminal(one: Person, *arguments: str, asks: bool = True) -> Terminal:
    """Start a command on a terminal; *asks*: the passphrase is typed, not in a file."""
    env = environment(one.folder, "en")
    if asks:
        del env["ALUNA_PASSPHRASE_FILE"]
    return Terminal(one.command(*arguments), {**env, "TERM": "xterm-256color"})


def test_s11_any_key_within_the_five_seconds_stops_a_panic(people: list[Person]) -> None:
    ana = people[0]
    before = bytes_of(ana.home)
    with at_terminal(ana, "panic") as terminal:
        terminal.read_until("everything that is here")
        terminal.read_until("Any key stops it")
        terminal.read_until("In 5 seconds")
        terminal.read_until("In 4 seconds")
        terminal.type_in("x")
        terminal.read_until("Nothing was destroyed")
        assert terminal.ended() == 130
    assert bytes_of(ana.home) == before


def test_s11_a_panic_nobody_stops_counts_down_and_destroys(people: list[Person]) -> None:
    ana = people[0]
    with at_terminal(ana, "panic") as terminal:
        for left in ("5 seconds", "4 seconds", "3 seconds", "2 seconds", "1 second"):
            terminal.read_until(f"In {left}.")
        terminal.read_until("The keys are destroyed")
        assert terminal.ended() == 0
    assert not ana.home.exists()


def test_s11_a_part_asks_for_the_passphrase_and_enter_takes_everything(
    people: list[Person],
) -> None:
    ana = people[0]
    with ana.opened() as device:
        device.safety.choose_removes(Removes.PRIVATE)
    with at_terminal(ana, "panic", "--now") as terminal:
        terminal.read_until("everything goes): ")
        terminal.type_in("\r")
        terminal.read_until("Goes: everything that is here")
        assert terminal.ended() == 0
    assert not ana.home.exists()


def test_each_list_is_shown_alone_and_wiped_from_the_terminal(people: list[Person]) -> None:
    ana = people[0]
    with at_terminal(ana, "recover", "split") as terminal:
        terminal.read_until("Passphrase: ")
        terminal.type_in(f"{PASSPHRASE}\r")
        shares = []
        for number in (1, 2, 3):
            terminal.read_until(f"List {number} of 3:")
            came = terminal.read_until("then Enter")
            assert f"List {number + 1} of 3" not in terminal.seen
            words = came.split("Copy it")[0].split()
            shares.append(" ".join(word for word in words if word.isalpha()))
            terminal.type_in("\r")
            terminal.read_until("\x1b[3J")
        assert terminal.ended() == 0
    with at_terminal(ana, "recover", "open") as terminal:
        terminal.read_until("one list: ")
        terminal.type_in(f"{shares[0]}\r")
        terminal.read_until("another list: ")
        terminal.type_in(f"{shares[2]}\r")
        terminal.read_until("six words): ")
        terminal.type_in(f"{OTHER}\r")
        terminal.read_until("Once more")
        terminal.type_in(f"{OTHER}\r")
        assert terminal.ended() == 0, terminal.seen
    unlock(ana.home, OTHER).lock()
    with pytest.raises(LockedError):
        unlock(ana.home, PASSPHRASE)


def test_a_passphrase_is_changed_by_hand(people: list[Person]) -> None:
    ana = people[0]
    with at_terminal(ana, "passphrase") as terminal:
        terminal.read_until("passphrase of now: ")
        terminal.type_in(f"{PASSPHRASE}\r")
        terminal.read_until("six words): ")
        terminal.type_in(f"{OTHER}\r")
        terminal.read_until("Once more")
        terminal.type_in(f"{OTHER}\r")
        terminal.read_until("is changed")
        assert terminal.ended() == 0
        assert OTHER not in terminal.seen, "what is typed is not shown"
    unlock(ana.home, OTHER).lock()


def test_setting_up_asks_once_what_a_panic_removes(tmp_path: Path) -> None:
    ana = Person(tmp_path / "Ana" / "vault")
    ana.folder.mkdir()
    with at_terminal(ana, "init", "Semilla", "--as", "Ana") as terminal:
        terminal.read_until("six words): ")
        terminal.type_in(f"{PASSPHRASE}\r")
        terminal.read_until("Once more")
        terminal.type_in(f"{PASSPHRASE}\r")
        terminal.read_until("emptied in a hurry")
        terminal.read_until("Enter: 1) ")
        terminal.type_in("2\r")
        assert terminal.ended() == 0, terminal.seen
    with ana.opened() as device:
        assert device.safety.removes is Removes.KEYS


def test_s11_f12_twice_on_the_real_screens_destroys_after_five_seconds(
    people: list[Person],
) -> None:
    ana = people[0]
    with ana.opened() as device:
        write(device, "uno")
    env = {**environment(ana.folder, "en"), "TERM": "xterm-256color"}
    command = [ana.program[0], "-c", SCREENS, str(ana.home), PASSPHRASE, "en"]
    with ana.start_script(WRITER, "100000", "x") as writer, Terminal(command, env) as terminal:
        assert writer.next_line() == "open"
        terminal.read_until("Semilla")
        terminal.type_in(F12)
        terminal.read_until("F12 again")
        terminal.type_in(F12)
        terminal.read_until("5 seconds")
        terminal.read_until("1 second.")
        terminal.read_until("are destroyed")
        assert writer.process.wait(1.0) == -9
        assert not ana.home.exists()
        terminal.type_in("x")
        assert terminal.ended() == 0


def test_s12_lock_closes_a_node_that_runs(people: list[Person]) -> None:
    ana = people[0]
    with ana.node() as node:
        assert ana.ask("lock") == {"open": False, "closed": 1}
        assert node.ended().code == 0
    assert ana.ask("lock") == {"open": False, "closed": 0}


def test_s12_lock_closes_open_screens_keeps_what_is_typed_and_leaves_the_terminal_sane(
    people: list[Person],
) -> None:
    ana = people[0]
    with ana.opened() as device:
        write(device, "uno")
    env = {**environment(ana.folder, "es"), "TERM": "xterm-256color"}
    command = [ana.program[0], "-c", SCREENS, str(ana.home), PASSPHRASE, "es"]
    with Terminal(command, env, rows=24) as terminal:
        terminal.read_until("Semilla")
        terminal.type_in("n")
        terminal.read_until("nota")
        terminal.type_in("nota\r")
        terminal.read_until("Palabras")
        terminal.type_in("a medio decir")
        terminal.read_until("decir")
        assert ana.ask("lock") == {"open": False, "closed": 1}
        assert terminal.ended() == 0
        assert "\x1b[?1049l" in terminal.seen, "the terminal is given back"
    with ana.opened() as device:
        assert any("a medio decir" in draft for draft in device.drafts().values())
