"""Twelve devices of eight persons, parted and healed by each road, as real processes.

One side admits a person while the other removes one who keeps writing and acting (M4, M5, M8).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aluna_protocol.ids import SpaceId
from aluna_sync.device import Device
from harness.crowd import Crowd, Watch, at_once, found_crowd
from harness.mangling import Carrier
from harness.processes import Json, Person
from integration.discovering import REASON
from integration.namespaces import LAN, TRUNK, Lab

pytestmark = [pytest.mark.namespaces, pytest.mark.timeout(400)]

PERSONS = {"Ana": 2, "Bo": 2, "Cleo": 2, "Dora": 2, "Eva": 1, "Fani": 1, "Gala": 1, "Hana": 1}
LEFT = ("ana1", "ana2", "bo1", "bo2", "cleo2", "gala1", "hana1")
RIGHT = ("cleo1", "dora1", "dora2", "eva1", "fani1")
NEW, GONE = "iris1", "hana1"
STILL_IN = (*(name for name in (*LEFT, *RIGHT) if name != GONE), NEW)
CIRCLE = ("ana1", "ana2", "eva1")
SYNC_QUIETLY = ("sync", "--no-lan", "--quiet", "--wait", "0", "--json")
AFTER = "después de saberlo"
OTHER = "other"


@pytest.fixture
def lab() -> Iterator[Lab]:
    if REASON is not None:
        pytest.skip(f"NOT TESTED, twelve devices on a network: {REASON}")
    with Lab() as lab:
        yield lab


def add(one: Person, title: str, *options: str) -> Json:
    return one.ask("add", "event", title, *options)


def let_in(host: Person, guest: Person, name: str) -> None:
    """Let somebody new in by five words, found on the network of both."""
    with host.start("invite", "--minutes", "5", "--yes-to", name, "--json") as door:
        words = door.wait_json()["words"]
        entered = guest.do("join", *words, "--as", name, "--yes", "--json")
        assert entered.code == 0, (entered, door.err)
        assert door.wait_json()["admitted"]["person"] == name
        assert door.ended().code == 0


def collective(watch: Watch) -> SpaceId:
    return next(iter(watch.devices.values())).collective()


# -- the parting ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parted(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    """Twelve devices and a thirteenth, as they stand after a day apart; only to be copied."""
    if REASON is not None:
        pytest.skip(f"NOT TESTED, twelve devices on a network: {REASON}")
    folder = tmp_path_factory.mktemp("parted")
    founded = Crowd(found_crowd(folder, PERSONS))
    assert len(founded.people) == len(LEFT) + len(RIGHT) == 12
    with Lab() as lab:
        crowd = founded.placed(lab, {LAN: LEFT, OTHER: RIGHT})
        enter = tuple(lab.host(f"host-{NEW}").command([]))
        crowd.people[NEW] = Person(folder / NEW / "vault", enter)
        crowd[NEW].folder.mkdir()
        lab.trunk("between", LAN, OTHER)
        with crowd.watched(founded.people) as watch, crowd.running(founded.people):
            together(crowd, watch)
            lab.cut("between", TRUNK)
            apart(crowd, watch)
    return crowd


def together(crowd: Crowd, watch: Watch) -> None:
    """All on one network: a circle is founded, everybody hears of everything."""
    add(crowd["ana1"], "todas juntas")
    crowd["ana1"].ask("circle", "new", "Cocina", "Eva")
    space = collective(watch)
    watch.wait(
        lambda: all(watch.titles(name, space) == {"todas juntas"} for name in watch.devices),
        "all twelve read the same",
    )
    watch.wait(lambda: all(in_circle(watch[name]) for name in CIRCLE), "they are in the circle")


def in_circle(device: Device) -> bool:
    log = device.store.log
    return any(row.kind == "circle" and log.epoch_keys(row.id) for row in log.spaces())


def apart(crowd: Crowd, watch: Watch) -> None:
    """Seven let somebody in, five remove somebody of the seven, who keeps writing and acting."""
    space = collective(watch)
    stopped = crowd[GONE].ask("suspend", "fani/aparato 1", "--yes")
    assert stopped["missing"] == 0
    let_in(crowd["gala1"], crowd[NEW], "Iris")
    asked = crowd["dora1"].ask("remove", "Hana", "--yes")
    assert asked["missing"] == 1
    prefix = asked["id"][:12]
    watch.wait(lambda: watch.alike(space, RIGHT), "the five know what was asked")
    assert crowd["eva1"].ask("second", prefix)["missing"] == 0
    writing = ("ana2", "bo1", "cleo2", GONE, "cleo1", "dora2", "fani1")
    at_once(writing, lambda name: add(crowd[name], f"aparte {name}"))
    add(crowd["ana1"], "del círculo, aquí", "--space", "circle:Cocina")
    add(crowd["eva1"], "del círculo, allá", "--space", "circle:Cocina")
    watch.wait(lambda: watch.alike(space, LEFT), "the seven hold the same")
    watch.wait(lambda: watch.alike(space, RIGHT), "and so do the five")
    assert watch.holds("ana1", space) != watch.holds("eva1", space)
    assert "aparte hana1" in watch.titles("ana1", space)


# -- what must have come out ---------------------------------------------------------------------


def healed(crowd: Crowd, watch: Watch) -> bool:
    space = collective(watch)
    return watch.alike(space, STILL_IN)


def check(crowd: Crowd) -> None:
    """Check what every road must lead to, by what the commands say."""
    status = crowd.ask(STILL_IN, "status")
    spaces = {
        name: {space["kind"]: space for space in said["spaces"]} for name, said in status.items()
    }
    assert len({one["collective"]["state"] for one in spaces.values()}) == 1
    for facts in spaces.values():
        assert (facts["collective"]["persons"], facts["collective"]["devices"]) == (8, 12)
        assert facts["collective"]["late"] == 1
    assert len({spaces[name]["circle"]["state"] for name in CIRCLE}) == 1
    assert {name for name in spaces if "circle" in spaces[name]} == set(CIRCLE)
    rules = crowd.ask(STILL_IN, "keepers")
    for said in rules.values():
        assert [(one["what"], one["by"], one["about"]) for one in said["void"]] == [
            ("suspend", "Hana", "Fani/aparato 1")
        ]
        assert said["requests"] == said["suspended"] == []
    listed = crowd.ask(["ana1", GONE], "list")
    assert AFTER in {one["title"] for one in listed["ana1"]["records"]}
    assert AFTER not in {one["title"] for one in listed[GONE]["records"]}
    with crowd[GONE].opened() as gone, crowd["ana1"].opened() as ana:
        space = gone.collective()
        active = ana.spaces.replicas[space].active_epoch
        assert active is not None
        assert active.exposure <= ana.spaces.replicas[space].members
        assert active.id not in gone.spaces.epoch_keys[space]


def test_a_parting_heals_over_the_lan(parted: Crowd, lab: Lab, tmp_path: Path) -> None:
    crowd = parted.copied(tmp_path).placed(lab, {LAN: (*LEFT, NEW), OTHER: RIGHT})
    lab.trunk("between", LAN, OTHER)
    with crowd.watched(crowd.people) as watch, crowd.running():
        watch.wait(lambda: healed(crowd, watch), "everybody still in holds the same")
        crowd[GONE].do("add", "event", "sigo aquí", "--json")
        add(crowd["ana1"], AFTER)
        watch.wait(
            lambda: all(AFTER in watch.titles(name, collective(watch)) for name in STILL_IN),
            "what is written afterwards reaches everybody",
        )
        watch.wait(lambda: healed(crowd, watch), "and all is quiet")
    check(crowd)


def test_a_parting_heals_by_one_bundle_each_way(parted: Crowd, lab: Lab, tmp_path: Path) -> None:
    """Each side is in touch among itself, and never with the other."""
    crowd = parted.copied(tmp_path).placed(lab, {LAN: (*LEFT, NEW), OTHER: RIGHT})
    there, back = (str(tmp_path / name) for name in ("there", "back"))
    crowd["ana1"].ask("bundle", "write", there)
    assert crowd["eva1"].ask("bundle", "read", there)["complete"]
    add(crowd["eva1"], AFTER)
    crowd["eva1"].ask("bundle", "write", back)
    assert crowd["ana1"].ask("bundle", "read", back)["complete"]
    with crowd.watched(crowd.people) as watch, crowd.running():
        watch.wait(lambda: healed(crowd, watch), "both sides hold the same")
    check(crowd)


def test_a_parting_heals_by_a_folder_that_is_carried_badly(parted: Crowd, tmp_path: Path) -> None:
    """Three copies of one folder, each for some of the devices of either side."""
    crowd = parted.copied(tmp_path)
    places = [tmp_path / f"copy {number}" for number in range(3)]
    carrier = Carrier(places, seed=4)
    for number, name in enumerate(crowd.people):
        crowd[name].ask("folder", "add", str(places[number % len(places)]))

    def look(*names: str) -> None:
        for done in at_once(names, lambda name: crowd[name].do(*SYNC_QUIETLY)):
            assert done.code in (0, 5), done

    for _ in range(2):
        look("ana1", "cleo1", "hana1", "eva1", NEW)
        carrier.mangle()
    with crowd.watched(crowd.people) as watch:
        for written in (None, AFTER):
            if written is not None:
                add(crowd["ana1"], written)
            for _ in range(4):
                look(*STILL_IN, GONE)
                carrier.mirror()
                if healed(crowd, watch):
                    break
            assert healed(crowd, watch), watch.told()
    check(crowd)
