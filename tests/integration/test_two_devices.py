"""Two people, two processes each: found, invite, enter, write, meet, and have the same journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aluna_sync.vault import create_vault_file, open_vault_file
from harness.processes import COST, PASSPHRASE, Json, Person, moved, sync
from integration.namespaces import Lab, available

WRITER = Path(__file__).with_name("writer.py")
MANY = 1000


@pytest.fixture(scope="session")
def namespaces() -> str | None:
    return available()


@pytest.fixture
def lab(namespaces: str | None) -> Iterator[Lab]:
    if namespaces is not None:
        pytest.skip(f"NOT TESTED, two hosts with real discovery: {namespaces}")
    with Lab() as lab:
        yield lab


def newcomer(folder: Path, name: str, before: tuple[str, ...] = ()) -> Person:
    (folder / name).mkdir()
    return Person(folder / name / "vault", before)


def enter_by_invitation(
    ana: Person, bo: Person, listen: tuple[str, ...], *, give_address: bool
) -> None:
    """Ana founds a collective and opens the door; Bo comes in with the five words."""
    assert ana.do("init", "Semilla", "--as", "Ana").code == 0
    with ana.start("invite", "--yes-to", "Bo", *listen, "--json") as door:
        said = door.wait_json()
        at = ("--at", said["address"]) if give_address else ()
        joined = bo.do("join", *said["words"], "--as", "Bo", *at, "--json")
        assert joined.code == 0, (joined, door.err)
        assert joined.json["person"] == "Bo"
        ended = door.ended()
        assert ended.code == 0, ended
        assert ended.json["admitted"]["person"] == "Bo"


def unlock_faster(*people: Person) -> None:
    """Let the vaults ask for less work: the key derivation is not what these tests are about."""
    for one in people:
        secrets = open_vault_file(one.home, PASSPHRASE)
        (one.home / "vault").unlink()
        create_vault_file(one.home, PASSPHRASE, secrets, cost=COST)


def write_apart(*people: Person) -> None:
    """Each writes a thousand records in a process of their own, at the same time."""
    writing = [one.start_script(WRITER, str(MANY), one.folder.name) for one in people]
    for process in writing:
        with process:
            ended = process.ended(120)
            assert ended.code == 0, ended
            assert len(process.lines) == 1 + MANY


def assert_same_journal(ana: Person, bo: Person, records: int) -> None:
    here, there = ana.collective(), bo.collective()
    assert here["state"] == there["state"]
    assert here["records"] == there["records"] == records
    assert here["pending"] == there["pending"] == 0
    assert here["set_aside"] == there["set_aside"] == 0
    assert ana.records() == bo.records()


@pytest.mark.timeout(180)
def test_two_devices_on_loopback_go_from_nothing_to_the_same_journal(tmp_path: Path) -> None:
    ana, bo = newcomer(tmp_path, "ana"), newcomer(tmp_path, "bo")
    enter_by_invitation(ana, bo, ("--listen", "127.0.0.1:0"), give_address=True)
    unlock_faster(ana, bo)
    ana.ask("add", "event", "Nos pararon en la salida")
    bo.ask("add", "event", "Nos siguieron hasta la casa")
    sync(bo, ana)
    assert_same_journal(ana, bo, 2)
    write_apart(ana, bo)
    report = sync(ana, bo)
    assert report["complete"]
    assert_same_journal(ana, bo, 2 + 2 * MANY)
    assert moved(sync(ana, bo)) == (0, 0)
    assert moved(sync(bo, ana)) == (0, 0)


def sync_where_they_are(one: Person, other: Person) -> Json:
    """Meet with nothing but the network: no address is given."""
    with other.start("node", "--json") as node:
        node.wait_json(event="listening")
        done = one.do("sync", "--once", "--json")
        assert done.code == 0, (done, node.err)
        assert node.stop().code == 0
    return done.json


@pytest.mark.namespaces
@pytest.mark.timeout(180)
def test_two_hosts_on_a_network_find_each_other_and_have_the_same_journal(
    lab: Lab, tmp_path: Path
) -> None:
    hosts = [lab.host("one"), lab.host("other")]
    enters = [tuple(host.command([])) for host in hosts]
    ana, bo = newcomer(tmp_path, "ana", enters[0]), newcomer(tmp_path, "bo", enters[1])
    enter_by_invitation(ana, bo, (), give_address=False)
    unlock_faster(ana, bo)
    ana.ask("add", "event", "Nos pararon en la salida")
    bo.ask("add", "event", "Nos siguieron hasta la casa")
    sync_where_they_are(bo, ana)
    assert_same_journal(ana, bo, 2)
    write_apart(ana, bo)
    assert sync_where_they_are(ana, bo)["complete"]
    assert_same_journal(ana, bo, 2 + 2 * MANY)
    assert moved(sync_where_they_are(bo, ana)) == (0, 0)
