"""Folders in whatever state a tool leaves them: all come to the same, and no file is half (S6)."""

from __future__ import annotations

import errno
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aluna_sync.checkup import check_store
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from aluna_sync.exchange import folder as folders
from aluna_sync.exchange.files import Disk
from aluna_sync.exchange.folder import Folder
from harness.bundles import states
from harness.disks import FailingDisk
from harness.folders import folder_of, look, names, until_quiet
from harness.mangling import Carrier
from harness.processes import (
    collective_of,
    records_of,
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


# -- what tools do -------------------------------------------------------------------------------


def test_a_half_copied_file_gives_what_came_whole_and_the_rest_when_it_is_whole(
    devices: list[Device], shared: list[Folder], place: Path, tmp_path: Path
) -> None:
    ana, bo, _ = shared
    for number in range(8):
        write(devices[0], f"nota {number}", body=os.urandom(12_000).hex())
        devices[0].seal(devices[0].collective())
    look(ana)
    (path,) = place.iterdir()
    data = path.read_bytes()
    sizes = []
    for size in (0, 20, 3000, 80_000, len(data) // 2):
        path.write_bytes(data[:size])
        looked = look(bo)
        sizes.append(len(records_of(devices[1])))
        assert looked.refused == 0
        assert (looked.cut_short == 1) is (size > 28)
    assert sizes == sorted(sizes)
    assert 0 < sizes[-1] < 8
    path.write_bytes(data)
    assert look(bo).cut_short == 0
    assert states(devices[0]) == states(devices[1])
    assert check_store(devices[1]).bad == 0


def test_a_file_of_which_only_the_place_was_reserved_is_read_when_it_comes(
    devices: list[Device], shared: list[Folder], place: Path
) -> None:
    ana, bo, _ = shared
    write(devices[0], "uno")
    look(ana)
    (path,) = place.iterdir()
    data, stamp = path.read_bytes(), path.stat().st_mtime_ns
    path.write_bytes(bytes(len(data)))
    os.utime(path, ns=(stamp, stamp))
    assert look(bo).cut_short == 1
    # The same size, the same time: it is looked at again all the same.
    path.write_bytes(data)
    os.utime(path, ns=(stamp, stamp))
    assert look(bo, seconds=1).new == 0
    assert look(bo, seconds=folders.RETRY_SECONDS).new == 1


def test_renamed_and_doubled_files_are_read_by_what_is_in_them(
    devices: list[Device], shared: list[Folder], place: Path
) -> None:
    ana, bo, cleo = shared
    write(devices[0], "uno")
    look(ana)
    (path,) = place.iterdir()
    shutil.copy(path, place / "x.sync-conflict-20261122-1.bin")
    shutil.copy(path, place / "IMG_0001.jpg")
    path.rename(place / ".syncthing.tmp")
    assert look(bo).new == 1
    assert look(cleo).new == 1
    # Ana's own file is gone under its name: she writes it anew.
    assert look(ana).written == 1
    until_quiet(*shared)
    assert len(states(*devices)) == 1


def test_own_files_deleted_or_broken_by_hand_are_written_anew(
    devices: list[Device], shared: list[Folder], place: Path
) -> None:
    ana, bo, _ = shared
    write(devices[0], "uno")
    look(ana)
    (path,) = place.iterdir()
    path.unlink()
    assert look(ana).written == 1
    (path,) = place.iterdir()
    path.write_bytes(path.read_bytes()[:3000])
    assert look(ana).written == 1
    (again,) = place.iterdir()
    assert again.name != path.name
    assert look(bo).new == 1


def test_a_receipt_deleted_by_hand_is_written_anew_though_nobody_lacks_an_entry(
    devices: list[Device], shared: list[Folder], place: Path
) -> None:
    ana, bo, cleo = shared
    write(devices[0], "uno")
    look(ana)
    look(bo)
    before = names(place)
    look(cleo)
    (receipt,) = names(place) - before
    (place / receipt).unlink()
    # Older files of Cleo may lie there: none of them says what she holds now.
    assert look(cleo).written == 1
    look(ana)
    assert all(peer.lacks == 0 for peer in devices[0].peers())


def test_own_files_only_touched_are_known_for_what_they_are(
    devices: list[Device], shared: list[Folder], place: Path
) -> None:
    ana = shared[0]
    write(devices[0], "uno")
    look(ana)
    (path,) = place.iterdir()
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data)
    os.utime(path, (1, 1))
    assert look(ana).written == 0
    assert names(place) == {path.name}


def test_files_that_wait_are_read_again_when_what_they_wait_for_has_come(
    devices: list[Device], place: Path, tmp_path: Path
) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    for one in (own, other):
        one.mkdir()
    ana, bo = folder_of(devices[0], own), folder_of(devices[1], other)
    write(devices[0], "uno")
    look(ana)
    write(devices[0], "dos")
    look(ana)
    first, second = sorted(own.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    shutil.copy(second, other)
    assert look(bo).waiting == 1
    assert len(records_of(devices[1])) == 0
    # A new process does not know what it tried before.
    bo = folder_of(devices[1], other)
    assert look(bo, seconds=5).waiting == 1
    shutil.copy(first, other)
    looked = look(bo, seconds=5)
    assert (looked.new, looked.waiting) == (2, 0)
    assert len(records_of(devices[1])) == 2


@pytest.mark.parametrize("seed", range(6))
def test_however_a_tool_mangles_its_copies_all_come_to_the_same(
    devices: list[Device], tmp_path: Path, seed: int
) -> None:
    places = [tmp_path / f"copy {number}" for number in range(3)]
    carrier = Carrier(places, seed)
    own = [folder_of(one, place) for one, place in zip(devices, places, strict=True)]
    for round_ in range(6):
        for number, one in enumerate(devices):
            if carrier.random.random() < 0.6:
                write(one, f"nota {round_} {number}")
            if carrier.random.random() < 0.7:
                look(own[number], at_once=carrier.random.random() < 0.5, seconds=30)
        carrier.mangle()
    # The tool is left alone, and does what it is for.
    for _ in range(6):
        carrier.mirror()
        for each in own:
            look(each, seconds=600)
    assert len(states(*devices)) == 1
    assert all(check_store(one).bad == 0 for one in devices)
    assert all(peer.lacks == 0 for one in devices for peer in one.peers())


def test_a_laptop_two_years_off_with_its_clock_in_1998_comes_back_by_a_folder(
    devices: list[Device], shared: list[Folder], place: Path
) -> None:
    ana, bo, _ = shared
    devices[2].clock = lambda: datetime(1998, 4, 1, tzinfo=UTC)
    write(devices[2], "de antes")
    for month in range(24):
        write(devices[month % 2], f"mes {month}")
        look(ana, seconds=86_400)
        look(bo, seconds=86_400)
        for path in place.iterdir():
            os.utime(path, (2**31 + month, 2**31 + month))
    until_quiet(*shared)
    assert len(states(*devices)) == 1
    assert len(records_of(devices[2])) == 25
    assert len(names(place)) == 3


# -- what may fail -------------------------------------------------------------------------------


def test_a_folder_that_is_not_there_is_told_and_waited_for(
    devices: list[Device], shared: list[Folder], place: Path
) -> None:
    ana = shared[0]
    write(devices[0], "uno")
    look(ana)
    kept = place.with_name("unplugged")
    place.rename(kept)
    assert not look(ana).there
    kept.rename(place)
    looked = look(ana)
    assert looked.there
    assert looked.written == 0


def test_a_folder_that_cannot_be_written_is_still_read(devices: list[Device], place: Path) -> None:
    ana = folder_of(devices[0], place)
    write(devices[0], "uno")
    look(ana)
    bo = folder_of(devices[1], place, disk=FailingDisk(0, errno.EROFS, gone=True))
    looked = look(bo)
    assert looked.new == 1
    assert looked.trouble is not None
    assert looked.trouble.code == "place-not-writable"
    assert not looked.whole
    assert len(names(place)) == 1


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_s6_a_folder_that_fails_at_any_call_holds_no_half_file(
    devices: list[Device], place: Path, number: int
) -> None:
    write(devices[0], "uno")
    reader = folder_of(devices[1], place)
    for at in range(0, 60, 3):
        disk = FailingDisk(at, number, gone=True)
        folder = folder_of(devices[0], place, disk=disk)
        looked = look(folder)
        if looked.trouble is None:
            break
        assert look(reader).cut_short == 0
    looked = look(folder_of(devices[0], place))
    assert looked.trouble is None
    assert not [name for name in names(place) if name.startswith(".")]
    look(reader)
    assert states(devices[0]) == states(devices[1])


def test_what_a_killed_process_left_is_removed(devices: list[Device], place: Path) -> None:
    class Killed(Disk):
        def rename(self, old: Path, new: Path) -> None:
            raise SystemExit

        def remove(self, path: Path) -> None:
            raise SystemExit

    write(devices[0], "uno")
    with pytest.raises(SystemExit):
        look(folder_of(devices[0], place, disk=Killed()))
    assert len([name for name in names(place) if name.startswith(".")]) == 1
    assert look(folder_of(devices[0], place)).written == 1
    assert len(names(place)) == 1
    assert not [name for name in names(place) if name.startswith(".")]


def test_a_stolen_folder_opens_nothing(
    devices: list[Device], shared: list[Folder], place: Path, tmp_path: Path
) -> None:
    for number, one in enumerate(devices):
        write(one, f"{WORDS} {number}")
    until_quiet(*shared)
    (thief,) = collective_of(tmp_path / "thief", "Eva")
    with thief.opened() as eva:
        looked = look(folder_of(eva, place), at_once=False)
        assert (looked.new, looked.files) == (0, 0)
        assert len(records_of(eva)) == 0
    data = b"".join(path.read_bytes() for path in place.iterdir())
    for secret in (WORDS.encode(), b"Ana", b"Semilla", devices[0].collective(), devices[0].device):
        assert secret not in data


def test_folders_are_remembered_and_forgotten(devices: list[Device], place: Path) -> None:
    ana = devices[0]
    folder = folder_of(ana, place)
    with pytest.raises(AlunaError, match="folder-known"):
        ana.store.folders.add(place, ana.collective())
    write(ana, "uno")
    look(folder)
    ana.store.folders.forget(folder.row)
    assert ana.store.folders.all() == []
    assert ana.store.folders.files(folder.row) == {}
    assert len(names(place)) == 1
