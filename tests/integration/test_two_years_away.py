"""A laptop that was off for two years and takes the year for 1998 comes back by each road.

And what is stolen on the road opens nothing (S1, S4).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aluna_sync.founding import create_vault
from harness.processes import (
    COST,
    PASSPHRASE,
    Person,
    collective_of,
    environment,
    wait_until,
    write,
)
from integration.discovering import REASON
from integration.namespaces import Lab

pytestmark = pytest.mark.timeout(300)
IN_1998 = (sys.executable, str(Path(__file__).with_name("in_1998.py")))
CANARY = "jacaranda-4417"


@pytest.fixture
def lab() -> Iterator[Lab]:
    if REASON is not None:
        pytest.skip(f"NOT TESTED, a laptop that comes back: {REASON}")
    with Lab() as lab:
        yield lab


@pytest.fixture
def people(tmp_path: Path) -> list[Person]:
    """Ana, Bo whose laptop goes into a drawer with something unsent, Cleo, and Dora."""
    people = collective_of(tmp_path, "Ana", "Bo", "Cleo", "Dora")
    with people[1].opened() as bo:
        write(bo, "de antes")
    return people


def two_years(ana: Person, cleo: Person) -> None:
    """Somebody is removed, and so the key is another; and much is written."""
    asked = ana.ask("remove", "Dora", "--yes")
    by_hand(ana, cleo)
    cleo.ask("second", asked["id"][:12])
    with cleo.opened() as device:
        write(device, *(f"mes {month}" for month in range(24)))
    by_hand(cleo, ana)


def by_hand(one: Person, other: Person) -> None:
    """Carry all that *one* has to *other* on a stick."""
    path = str(one.folder / f"to {other.folder.name}")
    one.ask("bundle", "write", path)
    assert other.ask("bundle", "read", path)["complete"]


def in_1998(one: Person, before: tuple[str, ...] = ()) -> Person:
    return Person(one.home, before, program=IN_1998)


def everything_is_here(*people: Person) -> None:
    assert len({one.state() for one in people}) == 1
    assert {len(one.records()) for one in people} == {25}
    told = people[1].ask("people")
    assert "Dora" not in {one["name"] for one in told["people"]}


def test_the_clock_of_the_laptop_says_1998(tmp_path: Path) -> None:
    said = subprocess.run(
        [*IN_1998, "--clock"], env=environment(tmp_path), capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["1998-04-01", "1998-04-01"]


def test_a_laptop_two_years_away_comes_back_on_the_lan(people: list[Person], lab: Lab) -> None:
    """They met here before: where that was is tried, whatever either clock says."""
    ana, bo, cleo, _ = people
    places = [tuple(lab.host(f"host-{number}").command([])) for number in range(2)]
    at_anas, at_bos = (Person(one.home, at) for one, at in zip((ana, bo), places, strict=True))
    with at_anas.start("node", "--json") as node:
        node.wait_json(event="listening")
        assert at_bos.do("sync", "--wait", "15", "--json").code == 0
    with bo.opened() as device:
        write(device, "antes de apagarla")
    two_years(ana, cleo)
    with at_anas.start("node", "--json") as node:
        node.wait_json(event="listening")
        done = in_1998(bo, places[1]).do("sync", "--wait", "30", "--json")
        assert done.code == 0, done
        assert done.json["met"][0]["complete"]
        wait_until(lambda: ana.state() == bo.state(), "both hold the same")
    assert len(ana.records()) == len(bo.records()) == 26


def test_a_laptop_two_years_away_comes_back_by_a_bundle(
    people: list[Person], tmp_path: Path
) -> None:
    ana, bo, cleo, _ = people
    two_years(ana, cleo)
    there, back = tmp_path / "there", tmp_path / "back"
    ana.ask("bundle", "write", str(there))
    os.utime(there, (0, 0))
    laptop = in_1998(bo)
    assert laptop.ask("bundle", "read", str(there))["complete"]
    laptop.ask("bundle", "write", str(back))
    os.utime(back, (2**33, 2**33))
    ana.ask("bundle", "read", str(back))
    everything_is_here(ana, bo)


def test_a_laptop_two_years_away_comes_back_by_a_folder(
    people: list[Person], tmp_path: Path
) -> None:
    ana, bo, cleo, _ = people
    place = tmp_path / "shared"
    place.mkdir()
    laptop = in_1998(bo)
    for one in (ana, laptop):
        one.ask("folder", "add", str(place))
    two_years(ana, cleo)
    for one in (ana, laptop, ana, laptop):
        done = one.do("sync", "--no-lan", "--quiet", "--wait", "0", "--json")
        assert done.code == 0, done
    everything_is_here(ana, bo)


def test_s4_a_stolen_bundle_card_or_folder_opens_nothing(
    people: list[Person], tmp_path: Path
) -> None:
    ana, _, _, _ = people
    stranger = Person(tmp_path / "thief" / "vault")
    stranger.folder.mkdir()
    create_vault(
        stranger.home, PASSPHRASE, person="Nadie", device="laptop", collective="Otra", cost=COST
    ).lock()
    with ana.opened() as device:
        write(device, CANARY)
    bundle, place, card = tmp_path / "bundle", tmp_path / "folder", tmp_path / "card"
    place.mkdir()
    ana.ask("bundle", "write", str(bundle))
    ana.ask("folder", "add", str(place))
    assert ana.do("sync", "--no-lan", "--quiet", "--wait", "0", "--json").code == 0
    [carried] = place.iterdir()
    late = Person(tmp_path / "late" / "vault")
    late.folder.mkdir()
    late.ask("card", str(card), "--as", "Eva")
    ana.ask("admit", str(card), "--yes")
    invitation = tmp_path / "invitation"
    ana.ask("bundle", "write", str(invitation), "--for", "Eva")
    for stolen in (bundle, carried, invitation, card):
        refused = stranger.do("bundle", "read", str(stolen), "--json")
        assert refused.code != 0, (stolen, refused)
        data = stolen.read_bytes()
        for word in (CANARY, "Semilla", "Cleo", PASSPHRASE):
            assert word.encode() not in data, (stolen, word)
    with stranger.opened() as device, ana.opened() as hers:
        space = hers.collective()
        assert space not in device.spaces.rows
        keys = {key for known in hers.spaces.epoch_keys.values() for key in known.values()}
        own = hers.identity.keys
        secrets = (*keys, own.sign_seed, own.static_secret)
    for stolen in (bundle, carried, invitation, card):
        assert not any(secret in stolen.read_bytes() for secret in secrets)
