"""Who lacks what: by each device's own acknowledgements, for each space, whatever the road."""

from __future__ import annotations

import asyncio
from typing import Any

from aluna_protocol.ids import Lane, LogId
from aluna_sync.circles import found_circle
from aluna_sync.device import Device
from aluna_sync.facts import LackFacts, PeerFacts
from aluna_sync.journal.edit_kinds import SetText
from harness.processes import Json, Person, sync, wait_until, write


def of(device: Device, name: str) -> PeerFacts:
    """What *device* knows of the one device of *name*."""
    [found] = [peer for peer in device.peers() if peer.person_name == name]
    return found


def devices_of(person: Person) -> dict[str, Json]:
    """What `aluna devices --json` says, by person."""
    return {one["person"]: one for one in person.ask("devices")["devices"]}


def numbers(said: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(said[name] for name in ("lacks", "lacks_mine", "we_lack"))


def test_what_was_acknowledged_survives_a_kill_and_what_was_not_is_still_lacking(
    people: list[Person],
) -> None:
    ana, bo = people[:2]
    with ana.opened() as device:
        write(device, "uno", "dos", "tres")
    with bo.node() as bos, ana.start("node", "--no-lan", "--peer", bos.address, "--json") as anas:
        anas.wait_json(event="here")
        wait_until(lambda: devices_of(ana)["Bo"]["lacks"] == 0, "Bo acknowledges")
        anas.kill()
        bos.kill()
    told = devices_of(ana)
    assert numbers(told["Bo"]) == (0, 0, 0)
    assert numbers(told["Cleo"]) == (3, 3, None)
    assert not any(one["online"] for one in told.values()), "what was killed is in touch no more"
    assert ana.collective()["pending"] == 3, "Cleo has none of them"
    with ana.opened() as device:
        write(device, "cuatro")
    told = devices_of(ana)
    assert (told["Bo"]["lacks"], told["Cleo"]["lacks"]) == (1, 4)
    assert ana.collective()["pending"] == 4


def test_what_a_third_brings_counts_once_the_device_itself_says_so(people: list[Person]) -> None:
    """Ana's notes reach Cleo through Bo; Ana knows when Cleo tells her, not before."""
    ana, bo, cleo = people
    with ana.opened() as device:
        write(device, "uno", "dos")
    sync(bo, ana)
    sync(cleo, bo)
    assert numbers(devices_of(ana)["Cleo"]) == (2, 2, None)
    assert numbers(devices_of(bo)["Cleo"]) == (0, 0, 0)
    report = sync(ana, cleo)
    assert report["met"][0]["sent"]["entries"] == 0, "nothing is sent again"
    assert numbers(devices_of(ana)["Cleo"]) == (0, 0, 0)
    assert ana.collective()["pending"] == 0


def test_what_another_road_acknowledges_counts_as_much(people: list[Person]) -> None:
    """A bundle brings acknowledgements through the very same door of the store."""
    ana, bo = people[:2]
    with ana.opened() as device, bo.opened() as other:
        space = device.collective()
        for title in ("uno", "dos", "tres"):
            write(device, title)
            device.seal(space)
        own = device.spaces.own_log(space, Lane.CONTENT)
        theirs = LogId(space, other.device, other.spaces.incarnation, Lane.CONTENT)
        device.store.peers.acknowledge(other.device, own, 2)
        device.store.peers.told(other.device, theirs, 5)
        assert (of(device, "Bo").lacks, of(device, "Bo").we_lack) == (1, 5)
    with ana.opened() as device:
        peer = of(device, "Bo")
        assert (peer.lacks, peer.lacks_mine, peer.we_lack) == (1, 1, 5)
        device.store.peers.acknowledge(peer.device, own, 1)
        assert of(device, "Bo").lacks == 1, "an older word takes nothing back"


def test_each_space_is_told_for_itself(people: list[Person]) -> None:
    ana, bo = people[:2]
    with ana.opened() as device:
        bos = next(one.id for one in device.people(device.collective()) if one.name == "Bo")
        circle = found_circle(device, device.collective(), "Guardia", [bos])
    for _ in range(2):
        sync(ana, bo)
    with ana.opened() as device:
        write(device, "de todas")
        asyncio.run(device.add("event", [SetText("title", "del círculo")], circle))
    with ana.opened() as device:
        peers = {peer.person_name: peer for peer in device.peers()}
        shared = {one.space: one for one in peers["Bo"].spaces}
        assert set(shared) == {device.collective(), circle}
        assert isinstance(shared[circle], LackFacts)
        assert (shared[circle].name, shared[circle].kind) == ("Guardia", "circle")
        assert (shared[circle].lacks, shared[device.collective()].lacks) == (1, 1)
        assert peers["Bo"].lacks == 2
        assert [one.kind for one in peers["Cleo"].spaces] == ["collective"]
        assert peers["Cleo"].lacks == 1, "of the circle it lacks nothing: it is not in it"
    assert "Guardia" in ana.do("devices").out
