"""A person with several devices: linked at a door, with her private notes and her circles."""

from __future__ import annotations

from pathlib import Path

import pytest

from aluna_sync.agreeing import Agreeing
from aluna_sync.circles import found_circle
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from aluna_sync.founding import unlock
from aluna_sync.journal.edit_kinds import SetText
from aluna_sync.node import Node, NodeOptions, join
from harness.processes import COST, PASSPHRASE, collective_of
from harness.together import together, until


async def yes(_asked: object) -> bool:
    return True


async def enter(node: Node, home: Path, *, mine: bool, door_mine: bool = True) -> Device:
    door = await node.open_door(1, yes, mine=door_mine, listen=("127.0.0.1", 0))
    try:
        entered = await join(
            home, PASSPHRASE, door.words, person="sin nombre", device_name="teléfono",
            at=door.address, lan=False, on_found=yes, cost=COST, mine=mine,
        )  # fmt: skip
    finally:
        await door.close()
    entered.lock()
    return unlock(home, PASSPHRASE)


def titles(device: Device, kind: str) -> set[str]:
    found = set()
    for space in device.spaces.of_kind(kind):
        for name, _ in device.store.index.state_parts(space):
            record = device.record(name)
            if record is not None:
                found.add(record.title)
    return found


async def test_a_second_device_is_the_same_person_and_holds_what_is_only_hers(
    tmp_path: Path,
) -> None:
    people = collective_of(tmp_path, "Ana", "Bo")
    async with together(*people) as ((ana, anas), (bo, _)):
        circle = found_circle(
            ana, ana.collective(), "Cocina", [Agreeing(ana, ana.collective()).person("Bo")]
        )
        await ana.add("event", [SetText("title", "del círculo")], circle)
        await ana.add("note", [SetText("body", "sólo mía")], ana.private_space())
        await ana.add("event", [SetText("title", "de todas")], ana.collective())
        phone = await enter(anas, tmp_path / "phone" / "vault", mine=True)
        try:
            assert (phone.person, phone.person_name) == (ana.person, "Ana")
            [me] = [one for one in bo.people(bo.collective()) if one.name == "Ana"]
            await until(lambda: len(people_named(bo, "Ana")) == 2)
            options = NodeOptions(None, lan=False, peers=(anas.listening or ("", 0),))
            async with Node(phone, options).running():
                await until(lambda: titles(phone, "circle") == {"del círculo"})
                await until(lambda: titles(phone, "private") == {"sólo mía"})
                await until(lambda: titles(phone, "collective") == {"de todas"})
                await phone.add("note", [SetText("body", "desde el teléfono")])
                await until(lambda: "desde el teléfono" in titles(ana, "private"))
            assert titles(bo, "private") == set()
            assert me.id == ana.person
        finally:
            phone.lock()


def people_named(device: Device, name: str) -> tuple[object, ...]:
    found = [one for one in device.people(device.collective()) if one.name == name]
    return found[0].devices if found else ()


async def test_who_did_not_ask_is_not_made_another_persons_device(tmp_path: Path) -> None:
    [one] = collective_of(tmp_path, "Ana")
    async with together(one) as ((ana, anas),):
        with pytest.raises(AlunaError) as error:
            await enter(anas, tmp_path / "other" / "vault", mine=False)
        assert error.value.code == "door-interrupted"
        assert len(ana.people(ana.collective())) == 1
        assert len(people_named(ana, "Ana")) == 1


async def test_a_device_that_belongs_already_keeps_its_person(tmp_path: Path) -> None:
    people = collective_of(tmp_path, "Ana", "Bo")
    async with together(people[0]) as ((_ana, anas),):
        with pytest.raises(AlunaError) as error:
            await enter(anas, people[1].home, mine=True)
        assert error.value.code == "not-a-new-device"
