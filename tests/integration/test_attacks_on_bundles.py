"""Bundles cut, moved, spliced, forged, for others, and on media that fail (S1-S6, T7)."""

from __future__ import annotations

import errno
import gzip
import io
import itertools
import os
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from aluna_protocol import bundle
from aluna_sync.checkup import check_store
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from aluna_sync.exchange.files import read_at
from harness.bundles import (
    carry_to,
    get,
    place_for,
    put,
    refused,
    states,
)
from harness.carrying import state
from harness.disks import FailingDisk
from harness.processes import Person, collective_of, write

WORDS = "la semilla de la memoria"


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """An empty directory, as a stick is."""
    place = tmp_path / "stick"
    place.mkdir()
    return place


# -- S1, S2: what is no bundle -------------------------------------------------------------------


def test_s1_what_is_no_regular_file_is_refused(devices: list[Device], stick: Path) -> None:
    ana, bo, _ = devices
    write(ana, "uno")
    put(ana, stick / "x.bin")
    (stick / "link").symlink_to(stick / "x.bin")
    os.mkfifo(stick / "pipe")
    (stick / "directory").mkdir()
    for name in ("link", "pipe", "directory"):
        assert refused(bo, stick / name) == "not-a-plain-file"
    with (stick / "sparse").open("wb") as file:
        file.write((stick / "x.bin").read_bytes())
        file.truncate(2**40)
    assert refused(bo, stick / "sparse") == "bundle-too-large"
    (stick / "hard").hardlink_to(stick / "x.bin")
    assert refused(bo, stick / "hard") == refused(bo, stick / "x.bin") == "not-a-plain-file"
    (stick / "hard").unlink()
    assert get(bo, stick / "x.bin").new == 1


@pytest.mark.parametrize(
    ("how", "lang"),
    [
        ("symbolic link", "en"),
        ("hard link", "en"),
        ("hard link", "es"),
        ("pipe", "es"),
        ("device", "en"),
        ("directory", "es"),
    ],
)
def test_s1_bundles_cards_and_backups_are_read_from_plain_files_alone(
    people: list[Person], stick: Path, how: str, lang: str
) -> None:
    """By the commands themselves, which say what is wrong and wait for nothing."""
    ana = people[0]
    strange = make_strange(stick / "strange", how)
    nowhere = Person(stick / "other" / "vault")
    nowhere.folder.mkdir()
    for one, command in (
        (ana, ("bundle", "read", str(strange))),
        (ana, ("admit", str(strange), "--yes")),
        (nowhere, ("restore", str(strange))),
    ):
        done = one.do(*command, lang=lang, seconds=20)
        assert done.code == 1, (command, done)
        said = "is no plain file" if lang == "en" else "no es un archivo común"
        assert said in " ".join(done.err.split()), (command, done)
    assert not nowhere.home.exists()


def make_strange(path: Path, how: str) -> Path:
    if how == "device":
        return Path("/dev/zero")
    real = path.with_name("real")
    real.write_bytes(b"words")
    match how:
        case "symbolic link":
            path.symlink_to(real)
        case "hard link":
            path.hardlink_to(real)
        case "pipe":
            os.mkfifo(path)
        case _:
            path.mkdir()
    return path


def bombs() -> dict[str, bytes]:
    zeros = bytes(50_000_000)
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../etc/x", zeros)
    with tarfile.open(fileobj=tarred, mode="w:gz") as archive:
        found = tarfile.TarInfo("../../etc/x")
        found.size = len(zeros)
        archive.addfile(found, io.BytesIO(zeros))
    return {
        "zip": zipped.getvalue(),
        "tar": tarred.getvalue(),
        "gzip": gzip.compress(zeros),
        "random": os.urandom(100_000),
        "text": b"words " * 1000,
        "empty": b"",
        "magic": bundle.MAGIC,
    }


def test_s2_bombs_and_random_files_are_refused_by_their_first_bytes(
    devices: list[Device], stick: Path
) -> None:
    for name, data in bombs().items():
        (stick / name).write_bytes(data)
        assert refused(devices[0], stick / name) == "not-a-bundle", name


def test_a_bundle_of_a_newer_version_is_told_apart(devices: list[Device], stick: Path) -> None:
    ana, bo, _ = devices
    put(ana, stick / "x.bin")
    data = (stick / "x.bin").read_bytes()
    (stick / "newer.bin").write_bytes(data[:8] + b"\0\2" + data[10:])
    assert refused(bo, stick / "newer.bin") == "bundle-of-newer"


# -- S3, T7: cut, moved, spliced -----------------------------------------------------------------


def long_bundle(ana: Device, stick: Path) -> bytes:
    """Return a bundle of several chunks and many runs."""
    for number in range(12):
        write(ana, f"nota {number}", body=os.urandom(16_000).hex())
        ana.seal(ana.collective())
    put(ana, stick / "long.bin")
    return (stick / "long.bin").read_bytes()


def test_t7_s3_a_bundle_cut_anywhere_gives_what_came_whole_and_the_rest_later(
    people: list[Person], stick: Path, tmp_path: Path
) -> None:
    with people[0].opened() as ana:
        data = long_bundle(ana, stick)
        total = ana.store.log.count(ana.collective())
        whole = state(ana)
    with people[1].opened() as bo:
        place = place_for(bo, data)
        held = bo.store.log.count(bo.collective())
    chunk = bundle.SEALED_CHUNK
    assert place.length > 2 * chunk
    cuts = [bundle.HEADER_BYTES, 500, place.offset, place.offset + 1]
    cuts += [place.offset + chunk + step for step in (-1, 0, 1)]
    cuts += [place.offset + 2 * chunk, place.end - 1]
    found = []
    for number, cut in enumerate(cuts):
        (stick / "cut.bin").write_bytes(data[:cut])
        with people[1].copy(tmp_path / f"bo {number}").opened() as bo:
            taken = get(bo, stick / "cut.bin")
            assert taken.cut_short
            assert not taken.refused
            assert check_store(bo).bad == 0
            assert bo.store.log.count(bo.collective()) == held + taken.new
            found.append(taken.new)
            # Reading goes on where the store is.
            rest = get(bo, stick / "long.bin")
            assert held + taken.new + rest.new == total
            assert not rest.cut_short
            assert state(bo) == whole
    assert found == sorted(found)
    assert found[0] == found[3] == 0
    assert 0 < found[-2] < found[-1] + 1 <= total - held


def test_s3_chunks_moved_and_bundles_spliced_are_an_incomplete_stick(
    people: list[Person], stick: Path, tmp_path: Path
) -> None:
    with people[0].opened() as ana:
        data = long_bundle(ana, stick)
        put(ana, stick / "again.bin", everything=True)
    again = (stick / "again.bin").read_bytes()
    with people[1].opened() as bo:
        place, other = place_for(bo, data), place_for(bo, again)
    chunk = bundle.SEALED_CHUNK
    first, second = place.offset, place.offset + chunk
    swapped = data[:first] + data[second : second + chunk] + data[first:second]
    swapped += data[second + chunk :]
    spliced = data[:second] + again[other.offset + chunk : other.end]
    end = place.end - place.length % chunk
    no_end = data[:end] + os.urandom(len(data) - end)
    for number, bad in enumerate((swapped, spliced, no_end)):
        (stick / "bad.bin").write_bytes(bad)
        with people[1].copy(tmp_path / f"bo {number}").opened() as bo:
            taken = get(bo, stick / "bad.bin")
            assert taken.cut_short
            assert check_store(bo).bad == 0
            get(bo, stick / "long.bin")
            again_taken = get(bo, stick / "bad.bin")
            assert again_taken.new == 0


def test_s3_the_command_says_that_the_stick_is_incomplete(
    people: list[Person], stick: Path
) -> None:
    with people[0].opened() as ana:
        data = long_bundle(ana, stick)
    (stick / "cut.bin").write_bytes(data[: len(data) // 2])
    done = people[1].do("bundle", "read", str(stick / "cut.bin"), "--json")
    assert done.code == 5
    assert done.json["complete"] is False
    assert "incomplete stick" in done.err
    whole = people[1].ask("bundle", "read", str(stick / "long.bin"))
    assert whole["complete"] is True
    assert people[0].state() == people[1].state()


# -- S4: for others ------------------------------------------------------------------------------


def test_s4_whom_a_bundle_is_not_for_learns_one_thing_only(
    devices: list[Device], stick: Path, tmp_path: Path
) -> None:
    ana, bo, cleo = devices
    write(ana, WORDS)
    put(ana, stick / "bos.bin", {bo.person})
    (stranger,) = collective_of(tmp_path / "others", "Dana", collective="Otra")
    with stranger.opened() as dana:
        for device in (cleo, dana, ana):
            assert refused(device, stick / "bos.bin") == "bundle-not-for-us"
        said = {
            one.do("bundle", "read", str(stick / "bos.bin")).err
            for one in (stranger, Person(cleo.home))
        }
    assert len(said) == 1


def test_s4_a_bundle_of_another_collective_of_somebody_here_says_the_same(
    devices: list[Device], stick: Path, tmp_path: Path
) -> None:
    ana, bo, _ = devices
    (stranger,) = collective_of(tmp_path / "others", "Dana", collective="Otra")
    with stranger.opened() as dana:
        # Sealed to Bo, by somebody who knows his keys, for a space he is not in.
        seat = bo.spaces.replicas[bo.collective()].membership.seats[bo.device]
        put_for(dana, stick / "x.bin", seat)
        before = state(bo), bo.store.log.count(bo.collective())
        assert refused(bo, stick / "x.bin") == "bundle-not-for-us"
        assert (state(bo), bo.store.log.count(bo.collective())) == before
    assert refused(ana, stick / "x.bin") == "bundle-not-for-us"


def put_for(device: Device, path: Path, seat: Any) -> None:
    from aluna_sync.exchange.choosing import Load, stretches
    from aluna_sync.exchange.writing import write_bundle

    space = device.collective()
    write_bundle(device, path, [Load(space, (seat,), stretches(device, space, []))])


# -- S5: again -----------------------------------------------------------------------------------


def contents(device: Device) -> dict[str, list[Any]]:
    """Return everything the store holds."""
    tables = ("entries", "parts", "logs", "known_by_peers", "records", "documents", "set_aside")
    return {name: device.store.log._db.rows(f"SELECT * FROM {name}") for name in tables}


def test_s5_an_old_bundle_has_no_effect_and_is_counted_as_known(
    devices: list[Device], stick: Path
) -> None:
    ana, bo, _ = devices
    write(ana, "uno")
    put(ana, stick / "old.bin")
    assert get(bo, stick / "old.bin").new == 1
    write(ana, "dos")
    put(ana, stick / "new.bin")
    get(bo, stick / "new.bin")
    before = contents(bo)
    for _ in range(2):
        taken = get(bo, stick / "old.bin")
        assert (taken.new, taken.waiting, taken.refused) == (0, 0, 0)
        assert taken.known > 0
    assert contents(bo) == before


# -- S6: the medium ------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_s6_a_medium_that_fails_at_any_write_leaves_no_half_file_and_a_whole_store(
    devices: list[Device], stick: Path, number: int
) -> None:
    ana, bo, _ = devices
    write(ana, "uno")
    for at in itertools.count():
        disk = FailingDisk(at, number)
        try:
            put(ana, stick / "x.bin", disk=disk)
        except AlunaError:
            # Once it has its name it is whole, even if the directory could not be flushed any more.
            named = disk.calls[at] == "flush_names"
            assert [path.name for path in stick.iterdir()] == (["x.bin"] if named else [])
        else:
            break
        (stick / "x.bin").unlink(missing_ok=True)
    assert at > 10
    assert check_store(ana).store_whole
    assert check_store(ana).bad == 0
    carry_to(ana, stick / "x.bin", bo)
    assert states(ana) == states(bo)


def test_s6_a_store_that_fails_while_reading_keeps_all_or_nothing_of_a_run(
    people: list[Person], stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with people[0].opened() as ana:
        long_bundle(ana, stick)
        whole = state(ana)
    with people[1].opened() as bo:

        def full(_entries: object) -> int:
            raise AlunaError("disk-full")

        monkeypatch.setattr(bo.store.log, "append", full)
        with pytest.raises(AlunaError, match="disk-full"):
            get(bo, stick / "long.bin")
    with people[1].opened() as bo:
        assert check_store(bo).store_whole
        get(bo, stick / "long.bin")
        assert state(bo) == whole


def test_s6_a_medium_taken_out_while_reading_leaves_what_came_whole(
    devices: list[Device], stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aluna_sync.exchange import reading

    ana, bo, _ = devices
    data = long_bundle(ana, stick)
    place = place_for(bo, data)
    real = read_at

    def taken_out(descriptor: int, at: int, size: int) -> bytes:
        if at > place.offset:
            raise AlunaError("file-not-readable", path="")
        return real(descriptor, at, min(size, 2 * bundle.SEALED_CHUNK))

    monkeypatch.setattr(reading, "SLICE_BYTES", 2 * bundle.SEALED_CHUNK)
    monkeypatch.setattr(reading, "read_at", taken_out)
    before = bo.store.log.count(bo.collective())
    assert refused(bo, stick / "long.bin") == "file-not-readable"
    assert bo.store.log.count(bo.collective()) > before
    assert check_store(bo).bad == 0
