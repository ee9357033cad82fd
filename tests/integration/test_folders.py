"""Folders that some tool carries: what is put there, what is read, what is left to others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from aluna_sync.device import Device
from aluna_sync.exchange import folder as folders
from aluna_sync.exchange.files import Disk
from aluna_sync.exchange.folder import Folder
from aluna_sync.founding import admit, create_vault, enter, own_seat, welcome
from aluna_sync.node.carrying import MOST_LOOK_SECONDS
from aluna_sync.store.folders import Seen
from harness.bundles import get, put, states
from harness.carrying import state
from harness.folders import folder_of, look, names, until_quiet
from harness.processes import (
    COST,
    PASSPHRASE,
    PATIENCE_SECONDS,
    Json,
    Person,
    records_of,
    unopened,
    wait_until,
    write,
)

WORDS = "la semilla de la memoria"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty folder that everybody sees."""
    shared = tmp_path / "shared"
    shared.mkdir()
    return shared


@pytest.fixture
def shared(devices: list[Device], place: Path) -> list[Folder]:
    """One folder, as three devices use it."""
    return [folder_of(one, place) for one in devices]


# -- carrying ------------------------------------------------------------------------------------


def test_three_devices_that_only_have_a_folder_come_to_the_same(
    devices: list[Device], shared: list[Folder], place: Path
) -> None:
    for number, one in enumerate(devices):
        write(one, f"nota {number}")
    until_quiet(*shared)
    assert len(states(*devices)) == 1
    assert all(len(records_of(one)) == 3 for one in devices)
    assert all(peer.lacks == 0 and peer.we_lack == 0 for one in devices for peer in one.peers())
    # What all have is carried no more: each keeps one file that says what it holds.
    assert len(names(place)) == 3
    before = names(place)
    for folder in shared:
        looked = look(folder, seconds=600)
        assert (looked.files, looked.written) == (0, 0)
    assert names(place) == before


def test_names_tell_nothing_and_are_never_the_same(
    devices: list[Device], shared: list[Folder], place: Path
) -> None:
    seen: set[str] = set()
    for number in range(4):
        write(devices[0], f"nota {number}")
        look(shared[0])
        new = names(place) - seen
        assert len(new) == 1
        seen |= new
    assert all(len(name) == 30 and name.endswith(".bin") for name in seen)
    assert all((path.stat().st_mode & 0o777) == 0o600 for path in place.iterdir())


def test_what_is_not_a_bundle_is_left_alone(
    devices: list[Device], shared: list[Folder], place: Path
) -> None:
    (place / "foto.jpg").write_bytes(os.urandom(5000))
    (place / ".stfolder").mkdir()
    (place / "link.bin").symlink_to("/etc/passwd")
    os.mkfifo(place / "pipe.bin")
    (place / "sparse.bin").touch()
    os.truncate(place / "sparse.bin", 2**40)
    strange = names(place)
    before = {name: (place / name).lstat().st_mtime_ns for name in strange}
    write(devices[0], "uno")
    until_quiet(*shared)
    assert len(states(*devices)) == 1
    assert {name: (place / name).lstat().st_mtime_ns for name in strange} == before


def test_no_device_touches_a_file_of_another(
    devices: list[Device], shared: list[Folder], place: Path
) -> None:
    for number in range(30):
        write(devices[0], f"nota {number}")
        look(shared[0])
    files = shared[1].device.store.folders
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    look(shared[1])
    now = {path.name: path.read_bytes() for path in place.iterdir()}
    own = {name for name, one in files.files(shared[1].row).items() if one.state is Seen.OWN}
    assert {name: data for name, data in now.items() if name not in own} == before


def test_many_small_files_of_ones_own_become_few(
    devices: list[Device], shared: list[Folder], place: Path
) -> None:
    ana, bo, _ = shared
    most = 0
    for number in range(60):
        write(devices[0], f"nota {number}")
        look(ana)
        most = max(most, len(names(place)))
    assert most <= 2 * folders.CLASS_FILES
    # Nothing of it is lost on the way.
    look(bo)
    assert states(devices[0]) == states(devices[1])
    until_quiet(*shared)
    assert len(names(place)) == 3


def test_compaction_writes_the_merged_file_before_it_deletes_any(
    devices: list[Device], place: Path
) -> None:
    class Watching(Disk):
        def remove(self, path: Path) -> None:
            if path.exists():
                reader = folder_of(devices[1], place)
                look(reader)
                assert states(devices[0]) == states(devices[1])
            super().remove(path)

    ana = folder_of(devices[0], place, disk=Watching())
    for number in range(20):
        write(devices[0], f"nota {number}")
        look(ana)
    assert len(records_of(devices[1])) >= folders.CLASS_FILES
    look(folder_of(devices[1], place))
    assert len(records_of(devices[1])) == 20


def test_a_newcomer_finds_everything_in_the_folder(
    tmp_path: Path, devices: list[Device], shared: list[Folder], place: Path
) -> None:

    write(devices[0], "de Ana")
    write(devices[1], "de Bo")
    until_quiet(*shared)
    dana = create_vault(
        tmp_path / "dana", PASSPHRASE, person="Dana", device="phone", collective=None, cost=COST
    )
    space = devices[0].collective()
    admit(devices[0], space, own_seat(dana), bytes(16))
    enter(dana, welcome(devices[0], space), devices[0].identity.keys.static)
    new = folder_of(dana, place)
    until_quiet(*shared, new)
    assert len(states(*devices, dana)) == 1
    assert len(records_of(dana)) == 2
    dana.lock()


def test_words_of_others_are_left_to_their_authors_for_a_while(
    devices: list[Device], shared: list[Folder], place: Path, tmp_path: Path
) -> None:
    """Bo has Ana's words by another road; he carries them only when nobody else does."""
    ana, bo, _ = shared
    write(devices[0], "de Ana")
    put(devices[0], tmp_path / "x.bin")
    get(devices[1], tmp_path / "x.bin")
    look(bo, at_once=False)
    (first,) = names(place)
    # The first file of a device says everything; from now on there is a difference to be seen.
    write(devices[0], "más de Ana")
    (tmp_path / "x.bin").unlink()
    put(devices[0], tmp_path / "x.bin")
    get(devices[1], tmp_path / "x.bin")
    assert look(bo, at_once=False, seconds=1).written == 0
    assert look(bo, at_once=False, seconds=folders.PATIENCE_SECONDS - 2).written == 0
    assert look(bo, at_once=False, seconds=2).written == 1
    assert names(place) > {first}
    look(ana)
    # Ana put her own there all the same: nobody else's file keeps her words from anybody.
    assert len(names(place)) == 3


def test_words_are_put_there_when_the_hand_rests(
    devices: list[Device], shared: list[Folder], place: Path
) -> None:
    ana = shared[0]
    look(ana)
    before = names(place)
    for number in range(5):
        write(devices[0], f"nota {number}")
        assert look(ana, at_once=False, seconds=5).written == 0
    assert names(place) == before
    assert look(ana, at_once=False, seconds=folders.PAUSE_SECONDS).written == 1


# -- as programs ---------------------------------------------------------------------------------


@pytest.fixture
def with_folder(people: list[Person], place: Path) -> Iterator[list[Person]]:
    """Three people who use one folder, by command."""
    with ExitStack():
        for one in people:
            assert one.do("folder", "add", str(place)).code == 0
        yield people


def sync_by_folder(one: Person) -> Json:
    done = one.do("sync", "--no-lan", "--wait", "0", "--json")
    assert done.code == 0, done
    return done.json


def test_sync_reads_and_writes_folders(with_folder: list[Person], place: Path) -> None:
    ana, bo, cleo = with_folder
    assert ana.do("add", "note", WORDS, "--space", "collective").code == 0
    for one in (ana, bo, cleo, ana):
        sync_by_folder(one)
    told = sync_by_folder(bo)["folders"][0]
    assert ana.state() == bo.state() == cleo.state()
    assert told["complete"] is True
    listed = ana.ask("folder", "list")["folders"]
    assert [one["folder"] for one in listed] == [str(place.resolve())]
    assert ana.do("folder", "forget", str(place)).code == 0
    assert ana.do("sync", "--no-lan", "--wait", "0").code == 4


def test_a_running_node_passes_on_what_a_folder_brings(
    with_folder: list[Person], place: Path
) -> None:
    ana, bo, cleo = with_folder
    assert cleo.do("folder", "forget", str(place)).code == 0
    assert ana.do("add", "note", WORDS, "--space", "collective").code == 0
    with cleo.node() as third, bo.node("--peer", third.address) as second:
        second.wait_json(event="here")
        sync_by_folder(ana)
        wait_until(
            lambda: unopened(cleo) == 0 and len(cleo.records()) == 1,
            "Cleo reads it",
            MOST_LOOK_SECONDS + PATIENCE_SECONDS,  # a busy machine looks less often
        )
        assert second.stop().code == 0
        assert third.stop().code == 0
    assert ana.state() == bo.state() == cleo.state()


def test_what_a_node_was_brought_is_in_the_folder_when_it_is_asked_to_sync(
    with_folder: list[Person], place: Path
) -> None:
    ana, bo, cleo = with_folder
    assert ana.do("folder", "forget", str(place)).code == 0
    with ana.node() as first:
        assert ana.do("add", "note", WORDS, "--space", "collective").code == 0
        done = bo.do("sync", "--no-lan", "--peer", first.address, "--json")
        assert done.code == 0, done
        assert first.stop().code == 0
    assert sync_by_folder(cleo)["complete"] is True
    assert state_of(ana) == state_of(cleo)


def state_of(one: Person) -> str:
    with one.opened() as device:
        return state(device)
