"""Words people wrote are nowhere in the open: not on disk, not on the line, not in what is said."""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.processes import Person, Running, collective_of, sync, wait_until
from harness.relay import Relay

COLLECTIVE, ANA, BO = "Zarzaquemada", "Almudrota", "Bergamasca"
TITLE, BODY, TERM, DRAFT = "Chirimbolo", "Perendengue", "Zangolotino", "Tarambana"
NAMES = (COLLECTIVE, ANA, BO)
WORDS = (TITLE, BODY, TERM, DRAFT)
CANARIES = (*NAMES, *WORDS)


def traces(data: bytes, canaries: tuple[str, ...] = CANARIES) -> set[str]:
    """Return the canaries found in *data*, however they are spelt or coded."""
    folded = data.lower()
    found = set()
    for canary in canaries:
        word = canary.lower()
        forms = (
            word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"),
            canary.encode().hex().encode(), word[::-1].encode(),
        )  # fmt: skip
        found |= {canary for form in forms if form in folded}
    return found


def files_under(folder: Path) -> Iterator[Path]:
    for root, _, names in os.walk(folder):
        yield from (Path(root) / name for name in names)


def traces_on_disk(*people: Person) -> dict[Path, set[str]]:
    """Return every file of these people in which a canary is found, by content or by name."""
    found = {}
    for one in people:
        for path in files_under(one.folder):
            inside = traces(path.read_bytes()) | traces(str(path.relative_to(one.folder)).encode())
            if inside:
                found[path] = inside
    return found


@pytest.fixture
def two(tmp_path: Path) -> list[Person]:
    """Two people whose names, and whose collective's name, are canaries."""
    made = collective_of(tmp_path, ANA, BO, collective=COLLECTIVE)
    for one, name in zip(made, ("a", "b"), strict=True):
        one.folder.rename(tmp_path / name)  # the folder is the test's, its name is not
        one.home = tmp_path / name / "vault"
    return made


def write_canaries(one: Person) -> str:
    done = one.ask("add", "event", f"{TITLE} {BODY}\n\n{BODY}", "--set", f"own_terms={TERM}")
    with one.opened() as device:
        device.save_draft("new event", DRAFT)
    return str(done["id"])


def test_s8_no_byte_of_the_data_directories_holds_a_word_anybody_wrote(two: list[Person]) -> None:
    ana, bo = two
    write_canaries(ana)
    write_canaries(bo)
    with ana.node() as node, bo.node("--peer", node.address) as other:
        for running in (node, other):
            running.wait_json(event="here")
            running.wait_json(event="records")
        assert any(path.name.endswith("-wal") for path in files_under(ana.folder))
        assert traces_on_disk(ana, bo) == {}
        node.kill()
        other.kill()
    assert traces_on_disk(ana, bo) == {}, "what two killed nodes left behind"
    for one in two:
        shown = one.do("search", TITLE)
        assert TITLE in shown.out
        one.ask("doctor", "--rebuild")
    assert traces_on_disk(ana, bo) == {}, "after both built their index again"


def test_no_byte_on_the_line_holds_a_word_anybody_wrote(two: list[Person], relay: Relay) -> None:
    ana, bo = two
    write_canaries(ana)
    write_canaries(bo)
    assert sync(ana, bo, relay=relay)["complete"]
    assert ana.state() == bo.state()
    assert relay.passed > 2000
    assert traces(relay.traffic) == set()


def test_s8_nothing_of_the_records_is_said_by_a_node_nor_of_an_entering_on_the_line(
    tmp_path: Path, relay: Relay
) -> None:
    (ana,) = collective_of(tmp_path, "ana", collective=COLLECTIVE)
    write_canaries(ana)
    (tmp_path / "b").mkdir()
    bo = Person(tmp_path / "b" / "vault")
    with ana.start("invite", "--yes-to", BO, "--listen", "127.0.0.1:0", "--json") as door:
        said = door.wait_json()
        joined = bo.do("join", *said["words"], "--as", BO, "--at", relay.to(said["address"]))
        assert joined.code == 0, joined
        assert door.ended().code == 0
    assert traces(relay.traffic) == set()
    assert traces_on_disk(ana, bo) == {}
    assert TITLE in bo.do("list").out


@pytest.mark.parametrize("lang", ["en", "es"])
def test_s8_what_a_node_says_into_a_file_names_neither_people_nor_records(
    two: list[Person], lang: str
) -> None:
    ana, bo = two
    ana.lang = bo.lang = lang
    write_canaries(ana)
    write_canaries(bo)
    with ana.start("node", "--no-lan", "--listen", "127.0.0.1:0") as node:
        address = listening_at(node)
        assert bo.do("sync", "--once", "--no-lan", "--peer", address).code == 0
        ended = node.stop()
    assert traces(ended.out.encode() + ended.err.encode()) == set(), ended


def listening_at(node: Running) -> str:
    """Return the address a node without --json says on stderr."""
    wait_until(lambda: b"127.0.0.1:" in node.err, "a node that listens")
    return "127.0.0.1:" + node.err.partition(b"127.0.0.1:")[2].split(b".\n")[0].decode()


# -- the same searches find what is there ---------------------------------------------------------


def test_the_search_of_the_disk_finds_a_word_in_a_plain_database_and_its_wal(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").mkdir()
    plain = Person(tmp_path / "a" / "vault")
    database = sqlite3.connect(tmp_path / "a" / "plain.db")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE records(words TEXT)")
    database.execute("INSERT INTO records VALUES(?)", (f"hoy {TITLE.upper()}",))
    database.commit()
    assert traces_on_disk(plain) == {tmp_path / "a" / "plain.db-wal": {TITLE}}
    database.close()
    assert traces_on_disk(plain) == {tmp_path / "a" / "plain.db": {TITLE}}


def test_the_search_of_the_line_finds_a_word_sent_in_the_open(relay: Relay) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host, port = relay.to(f"127.0.0.1:{listening.getsockname()[1]}").split(":")

        def answer() -> None:
            there, _ = listening.accept()
            with there:
                there.sendall(there.recv(100).upper())

        answering = threading.Thread(target=answer)
        answering.start()
        with socket.create_connection((host, int(port))) as end:
            end.sendall(BODY.encode())
            assert end.recv(100) == BODY.upper().encode()
        answering.join()
    assert traces(relay.traffic) == {BODY}


def test_the_search_finds_a_word_in_other_codings() -> None:
    for coded in (TITLE.encode("utf-16-le"), TITLE.encode().hex().encode(), TITLE.upper().encode()):
        assert traces(b"\0\0" + coded) == {TITLE}
