"""Circles and private spaces on sticks: who can open them, and who cannot tell that they are."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from aluna_protocol import bundle, crypto
from aluna_protocol.errors import RemoteProtocolError
from aluna_sync.circles import found_circle
from aluna_sync.device import Device
from harness.bundles import (
    carry_to,
    get,
    linked,
    places_in,
    put,
    write_in,
)
from harness.circles import circle_of
from harness.processes import Person

WORDS = "la semilla de la memoria"


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """An empty directory, as a stick is."""
    place = tmp_path / "stick"
    place.mkdir()
    return place


def test_a_device_outside_a_circle_cannot_open_or_tell_its_section(
    devices: list[Device], stick: Path
) -> None:
    ana, bo, cleo = devices
    circle = circle_of("Guardia", ana, bo)
    write_in(ana, circle, WORDS * 20)
    put(ana, stick / "x.bin")
    data = (stick / "x.bin").read_bytes()
    header = bundle.read_header(data)
    table = data[bundle.HEADER_BYTES : header.body]
    bos = bundle.read_table(bo.identity.keys, header, table)
    cleos = bundle.read_table(cleo.identity.keys, header, table)
    assert len(bos) == 2
    assert len(cleos) == 1
    assert header.boxes == 64
    (hidden,) = [place for place in bos if place not in cleos]
    sealed = data[hidden.offset : hidden.end]
    for key in keys_of(cleo, cleos):
        for number, last in itertools.product(range(3), (False, True)):
            with pytest.raises(RemoteProtocolError):
                crypto.open_sealed(key, bundle._nonce(number, last=last), sealed, header.encode())
    taken = get(cleo, stick / "x.bin")
    assert taken.spaces == {cleo.collective()}
    assert circle not in cleo.spaces.rows
    assert taken.waiting == 0
    taken = get(bo, stick / "x.bin")
    assert taken.spaces == {bo.collective(), circle}
    assert ana.status().spaces[-1].state == bo.status().spaces[-1].state
    # Whether there is a circle shows neither in the table nor in the beginning of the file.
    put(cleo, stick / "y.bin")
    plain = (stick / "y.bin").read_bytes()
    assert bundle.read_header(plain).boxes == header.boxes
    # Nor anywhere in the store of who is outside.
    assert all(circle not in row for row in cleo.store.log._db.rows("SELECT id FROM spaces"))


def test_a_circle_becomes_known_by_a_bundle_to_those_it_is_for_and_to_nobody_else(
    devices: list[Device], stick: Path
) -> None:
    ana, bo, cleo = devices
    circle = found_circle(ana, ana.collective(), "Guardia", [bo.person])
    write_in(ana, circle, WORDS)
    put(ana, stick / "x.bin")
    taken = get(bo, stick / "x.bin")
    assert (taken.waiting, taken.refused) == (0, 0)
    assert bo.spaces.name(circle) == "Guardia"
    assert bo.store.index.count(circle) == 1
    assert get(cleo, stick / "x.bin").spaces == {cleo.collective()}
    assert circle not in cleo.spaces.rows
    write_in(bo, circle, "respuesta")
    carry_to(bo, stick / "y.bin", ana)
    assert ana.store.index.count(circle) == 2
    # Cleo carries what she has to Bo: of the circle she has nothing.
    assert put(cleo, stick / "z.bin").spaces == (cleo.collective(),)


def keys_of(device: Device, places: list[bundle.Place]) -> list[bytes]:
    """Return every secret a device has."""
    keys = [device.identity.keys.static_secret, device.identity.keys.sign_seed]
    keys += [key for held in device.spaces.epoch_keys.values() for key in held.values()]
    return keys + [place.key for place in places]


def test_filler_is_more_than_a_few_words_in_a_circle(devices: list[Device], stick: Path) -> None:
    ana, bo, cleo = devices
    circle = circle_of("Guardia", ana, bo)

    def unseen(name: str) -> int:
        """Return how much of a file Cleo cannot account for."""
        put(ana, stick / name)
        data = (stick / name).read_bytes()
        (place,) = (p for p in places_in(cleo, data))
        return len(data) - bundle.read_header(data).body - place.length

    without = sorted(unseen(f"{number}.bin") for number in range(12))
    write_in(ana, circle, "unas palabras")
    within = sorted(unseen(f"c{number}.bin") for number in range(12))
    # Two ranges that overlap: from one file alone nobody can tell which it is.
    assert without[0] < within[-1]
    assert within[0] < without[-1]


def test_private_notes_go_to_ones_own_other_device_and_to_nobody_else(
    people: list[Person], stick: Path, tmp_path: Path
) -> None:
    second = linked(people, tmp_path / "phone")
    with people[0].opened() as ana, people[1].opened() as bo, second.opened() as phone:
        write_in(ana, ana.private_space(), "solo mía")
        written = put(ana, stick / "x.bin")
        assert ana.private_space() in written.spaces
        get(phone, stick / "x.bin")
        (private,) = [one for one in phone.spaces.rows if one == ana.private_space()]
        assert phone.store.index.count(private) == 1
        assert len(places_in(phone, (stick / "x.bin").read_bytes())) == 2
        assert len(places_in(bo, (stick / "x.bin").read_bytes())) == 1
        assert get(bo, stick / "x.bin").spaces == {bo.collective()}
        # To Bo alone, nothing private is carried at all.
        assert put(ana, stick / "y.bin", {bo.person}).spaces == (ana.collective(),)
