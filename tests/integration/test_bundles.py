"""Journals on sticks: bundles written by one device, read by others, sealed for each space."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aluna_protocol import bundle
from aluna_sync.agreeing import Agreeing
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from aluna_sync.exchange.reading import read_bundle, read_bundle_in_turns
from aluna_tui.roads import DeviceRoads
from aluna_tui.texts import use_language
from harness.bundles import (
    carry_to,
    get,
    peer,
    put,
    refused,
    states,
)
from harness.carrying import state
from harness.processes import Person, collective_of, records_of, sync, write

WORDS = "la semilla de la memoria"


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """An empty directory, as a stick is."""
    place = tmp_path / "stick"
    place.mkdir()
    return place


# -- carrying ------------------------------------------------------------------------------------


def test_three_devices_that_only_have_bundles_come_to_the_same(
    devices: list[Device], stick: Path
) -> None:
    for number, one in enumerate(devices):
        write(one, f"nota {number}")
    assert len(states(*devices)) == 3
    for one in devices:
        carry_to(one, stick / "x.bin", *(other for other in devices if other is not one))
    for one in devices:
        carry_to(one, stick / "x.bin", *(other for other in devices if other is not one))
    assert len(states(*devices)) == 1
    assert all(len(records_of(one)) == 3 for one in devices)
    for one, other in itertools.permutations(devices, 2):
        assert peer(one, other).lacks == 0


def test_a_bundle_is_for_chosen_people_only(devices: list[Device], stick: Path) -> None:
    ana, bo, cleo = devices
    write(ana, "para Bo")
    written = put(ana, stick / "x.bin", {bo.person})
    assert written.readers == (bo.device,)
    assert get(bo, stick / "x.bin").new == 1
    assert refused(cleo, stick / "x.bin") == "bundle-not-for-us"


def test_only_what_somebody_is_not_known_to_have_is_carried(
    devices: list[Device], stick: Path
) -> None:
    ana, bo, cleo = devices
    write(ana, "uno")
    carry_to(ana, stick / "x.bin", bo, cleo)
    carry_to(bo, stick / "x.bin", ana)
    carry_to(cleo, stick / "x.bin", ana)
    write(ana, "dos")
    (stick / "x.bin").unlink()
    assert put(ana, stick / "x.bin").entries == 1
    everything = put(ana, stick / "all.bin", everything=True)
    assert everything.entries == ana.store.log.count(ana.collective())
    taken = get(bo, stick / "all.bin")
    assert (taken.new, taken.known) == (1, everything.entries - 1)


def test_what_comes_by_a_bundle_is_passed_on_by_the_next(
    devices: list[Device], stick: Path
) -> None:
    ana, bo, cleo = devices
    write(ana, "de Ana")
    carry_to(ana, stick / "x.bin", bo)
    write(bo, "de Bo")
    carry_to(bo, stick / "x.bin", cleo)
    assert len(records_of(cleo)) == 2
    # Cleo's word reaches Ana by Bo's next bundle and not before: only who writes one says so.
    assert peer(ana, cleo).lacks == 1
    carry_to(cleo, stick / "x.bin", ana)
    assert peer(ana, cleo).lacks == 0
    assert states(ana) == states(cleo)


def test_a_receipt_travels_back_and_survives_a_restart(people: list[Person], stick: Path) -> None:
    ana, bo, _ = people
    with ana.opened() as one, bo.opened() as other:
        write(one, "acta")
        carry_to(one, stick / "x.bin", other)
        before = peer(one, other)
        assert (before.lacks, before.lacks_mine) == (1, 1)
        carry_to(other, stick / "y.bin", one)
    with ana.opened() as one:
        (found,) = [each for each in one.peers() if each.person_name == "Bo"]
        assert (found.lacks, found.lacks_mine, found.we_lack) == (0, 0, 0)
    told = ana.do("devices", lang="en")
    assert "Bo's “laptop” has everything" in told.out
    assert "Cleo's “laptop” and this device have not met yet" in told.out


def test_what_a_receipt_tells_of_more_is_known_to_be_lacking_here(
    devices: list[Device], stick: Path
) -> None:
    ana, bo, cleo = devices
    write(bo, "uno", "dos")
    carry_to(bo, stick / "x.bin", cleo)
    # Cleo writes for Ana as if Ana had all of it: only the receipt tells.
    for log, head in bo.store.log.heads(bo.collective()).items():
        cleo.store.peers.acknowledge(ana.device, log, head.height)
    carry_to(cleo, stick / "y.bin", ana)
    assert peer(ana, cleo).we_lack == 1
    carry_to(bo, stick / "x.bin", ana)
    assert peer(ana, cleo).we_lack == 0


def test_a_session_and_a_bundle_are_two_roads_of_one_journal(
    people: list[Person], stick: Path
) -> None:
    ana, bo, cleo = people
    with ana.opened() as one:
        write(one, "de Ana")
    sync(ana, bo)
    with bo.opened() as two, cleo.opened() as three:
        # What the session told counts: nothing is carried to Ana again.
        assert put(two, stick / "a.bin", {two.people(two.collective())[1].id}).entries == 0
        carry_to(two, stick / "x.bin", three)
        write(three, "de Cleo")
        carry_to(three, stick / "y.bin", two)
    assert sync(ana, bo)["complete"]
    assert ana.state() == bo.state() == cleo.state()


def test_reading_in_turns_does_the_same(devices: list[Device], stick: Path) -> None:
    ana, bo, cleo = devices
    write(ana, "uno")
    put(ana, stick / "x.bin")
    told: list[tuple[int, int]] = []
    taken = asyncio.run(
        read_bundle_in_turns(bo, stick / "x.bin", progress=lambda *at: told.append(at))
    )
    again = read_bundle(cleo, stick / "x.bin")
    assert (taken.new, taken.known) == (again.new, again.known) == (1, again.known)
    assert told[-1][0] == told[-1][1] > 0


def test_a_laptop_two_years_off_with_its_clock_in_1998_comes_back_by_a_bundle(
    people: list[Person], stick: Path
) -> None:
    ana, bo, _ = people
    with ana.opened() as one, bo.opened() as two:
        two.clock = lambda: datetime(1998, 4, 1, tzinfo=UTC)
        write(two, "de antes")
        for year in range(2):
            write(one, *(f"{year} {month}" for month in range(24)))
        put(one, stick / "x.bin")
        os.utime(stick / "x.bin", (0, 0))
        get(two, stick / "x.bin")
        put(two, stick / "y.bin")
        os.utime(stick / "y.bin", (2**33, 2**33))
        get(one, stick / "y.bin")
        assert len(states(one, two)) == 1
        assert len(records_of(two)) == 49


# -- what is in a file ---------------------------------------------------------------------------


def test_a_stolen_bundle_tells_nothing_and_opens_nothing(
    devices: list[Device], stick: Path, tmp_path: Path
) -> None:
    ana, bo, _ = devices
    write(ana, WORDS, body=WORDS * 50)
    put(ana, stick / "x.bin")
    data = (stick / "x.bin").read_bytes()
    secrets = [WORDS.encode(), b"Ana", b"Semilla", b"laptop", ana.collective(), ana.device]
    secrets += [bo.device, bo.identity.keys.static, ana.identity.keys.static]
    secrets += list(ana.spaces.epoch_keys[ana.collective()].values())
    assert not [secret for secret in secrets if secret in data]
    (thief,) = collective_of(tmp_path / "thief", "Eva")
    with thief.opened() as eva:
        assert refused(eva, stick / "x.bin") == "bundle-not-for-us"


def test_bundles_of_the_same_words_have_nothing_in_common(
    devices: list[Device], stick: Path
) -> None:
    ana = devices[0]
    write(ana, WORDS)
    put(ana, stick / "x.bin")
    put(ana, stick / "y.bin")
    one, other = ((stick / name).read_bytes() for name in ("x.bin", "y.bin"))
    start = bundle.HEADER_BYTES - bundle.SALT_BYTES
    assert one[:start] == other[:start]
    pieces = {one[at : at + 16] for at in range(start, len(one) - 16, 16)}
    assert not any(other[at : at + 16] in pieces for at in range(start, len(other) - 16))


# -- screens, removals, copies ---------------------------------------------------------------------


def test_the_screens_write_and_read_bundles_and_say_what_came(
    devices: list[Device], stick: Path
) -> None:
    ana, bo, _ = devices
    write(ana, "uno")
    use_language("en")
    try:
        said = asyncio.run(DeviceRoads(ana).write(str(stick), lambda *_at: None))
        assert "sealed for Bo and Cleo" in said[0]
        (path,) = stick.iterdir()
        assert said[-1] == str(path)
        (told,) = asyncio.run(DeviceRoads(bo).read(str(path), lambda *_at: None))
        assert "1 new entry" in told
        with pytest.raises(AlunaError, match="bundle-not-for-us"):
            asyncio.run(DeviceRoads(ana).read(str(path), lambda *_at: None))
        DeviceRoads(bo).add_folder(str(stick))
        ((shown, words),) = DeviceRoads(bo).folders()
        assert shown == str(stick.resolve())
        assert "0 files of this device" in words[0]
        DeviceRoads(bo).forget_folder(shown)
        assert DeviceRoads(bo).folders() == []
    finally:
        use_language("es")


def test_who_was_removed_is_sealed_nothing_and_acknowledges_nothing(
    devices: list[Device], stick: Path
) -> None:
    ana, bo, cleo = devices
    write(ana, "antes")
    for one, others in ((ana, (bo, cleo)), (bo, (ana,)), (cleo, (ana, bo))):
        carry_to(one, stick / "x.bin", *others)
    asked = Agreeing(ana, ana.collective()).remove(cleo.person)
    carry_to(ana, stick / "x.bin", bo)
    assert Agreeing(bo, bo.collective()).second(asked.id).missing == 0
    carry_to(bo, stick / "x.bin", ana)
    write(ana, "después")
    (stick / "x.bin").unlink()
    assert put(ana, stick / "x.bin").readers == (bo.device,)
    assert refused(cleo, stick / "x.bin") == "bundle-not-for-us"
    get(bo, stick / "x.bin")
    assert len(records_of(bo)) == 2
    # She does not know yet, and writes for all: what proves itself is kept, her word is not taken.
    before = ana.store.peers.acknowledged(ana.collective()).get(cleo.device)
    write(cleo, "tarde")
    put(cleo, stick / "y.bin")
    taken = get(ana, stick / "y.bin")
    assert (taken.refused, taken.writers) == (0, set())
    assert ana.store.peers.acknowledged(ana.collective()).get(cleo.device) == before
    assert len(records_of(ana)) == 2


def test_d3_an_older_copy_of_a_device_that_reads_its_own_later_words_begins_anew(
    people: list[Person], stick: Path, tmp_path: Path
) -> None:
    ana, bo, _ = people
    older = ana.copy(tmp_path / "older")
    with ana.opened() as one, bo.opened() as two:
        write(one, "uno")
        carry_to(one, stick / "x.bin", two)
        put(two, stick / "y.bin", everything=True)
        whole = state(one)
    with older.opened() as copy:
        before = copy.spaces.incarnation
        write(copy, "otra")
        taken = get(copy, stick / "y.bin")
        assert taken.old_copy
        assert copy.spaces.incarnation != before
        assert len(records_of(copy)) == 2
        with bo.opened() as two:
            carry_to(copy, stick / "z.bin", two)
            assert state(two) == state(copy) != whole


def test_a_device_reads_nothing_of_what_it_wrote_itself(devices: list[Device], stick: Path) -> None:
    ana = devices[0]
    write(ana, "uno")
    put(ana, stick / "x.bin")
    assert refused(ana, stick / "x.bin") == "bundle-not-for-us"


def test_a_whole_journal_is_read_from_a_copy_under_any_name(
    devices: list[Device], stick: Path
) -> None:
    ana, bo, _ = devices
    write(ana, "uno")
    put(ana, stick / "x.bin")
    shutil.copy(stick / "x.bin", stick / "vacaciones (copia 2).jpg")
    assert get(bo, stick / "vacaciones (copia 2).jpg").new == 1
