"""A person with several devices: linked at a door, with her private notes and her circles."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from aluna_protocol.ids import EntryHash, SpaceId
from aluna_sync.agreeing import Agreeing, changed_rules
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


async def test_who_keeps_no_door_opens_one_for_devices_of_hers_alone(tmp_path: Path) -> None:
    people = collective_of(tmp_path, "Ana", "Bo")
    async with together(*people) as ((ana, anas), (bo, bos)):
        space = Agreeing(ana, ana.collective())
        rules = ana.spaces.replicas[space.space].membership.rules
        space.set_rules(
            changed_rules(rules, keepers=[ana.person], quorum=None, admitting=None, gives_past=None)
        )
        asked = [one.id for one in space.requests()]
        await until(lambda: [one.id for one in Agreeing(bo, space.space).requests()] == asked)
        for act in asked:
            Agreeing(bo, space.space).second(act)
        await until(lambda: not Agreeing(bo, space.space).keepers().everybody)
        with pytest.raises(AlunaError, match="not-a-keeper"):
            await bos.open_door(1, yes, listen=("127.0.0.1", 0))
        (await enter(bos, tmp_path / "phone" / "vault", mine=True)).lock()
        assert len(people_named(bo, "Bo")) == 2
        await (await anas.open_door(1, yes, listen=("127.0.0.1", 0))).close()


async def test_who_was_not_let_in_keeps_no_vault_made_for_it(tmp_path: Path) -> None:
    async def answer(_asked: object) -> bool:
        return False

    async def still_comparing(_knock: object) -> bool:
        await asyncio.Event().wait()
        return True

    home = tmp_path / "dana" / "vault"
    [one] = collective_of(tmp_path, "Ana")
    async with together(one) as ((_ana, anas),):
        door = await anas.open_door(1, still_comparing, listen=("127.0.0.1", 0))
        try:
            with pytest.raises(AlunaError, match="door-refused-here"):
                await join(
                    home, PASSPHRASE, door.words, person="Dana", device_name="pc",
                    at=door.address, lan=False, on_found=answer, cost=COST,
                )  # fmt: skip
        finally:
            await door.close()
        assert not home.exists(), "so that the next try may choose another passphrase"
        with pytest.raises(AlunaError, match="no-door"):
            await join(
                one.home, PASSPHRASE, door.words, person="Dana", device_name="pc",
                at=door.address, lan=False, on_found=answer, mine=False,
            )  # fmt: skip
        assert one.home.exists(), "a vault that was there stays"


async def test_who_needs_two_yeses_is_told_nothing_before_and_comes_in_by_the_next_door(
    tmp_path: Path,
) -> None:
    people, home = collective_of(tmp_path, "Ana", "Bo", "Cleo"), tmp_path / "dana" / "vault"
    async with together(*people) as ((ana, anas), (bo, _bos), (cleo, _cleos)):
        space = Agreeing(ana, ana.collective())
        rules = changed_rules(
            ana.spaces.replicas[space.space].membership.rules,
            keepers=None, quorum=None, admitting=2, gives_past=None,
        )  # fmt: skip
        space.set_rules(rules)
        await until(lambda: bool(Agreeing(bo, space.space).requests()))
        for act in [one.id for one in Agreeing(bo, space.space).requests()]:
            Agreeing(bo, space.space).second(act)
        await until(lambda: Agreeing(ana, space.space).keepers().admitting == 2)

        async def knock() -> Device:
            door = await anas.open_door(1, yes, listen=("127.0.0.1", 0))
            try:
                return await join(
                    home, PASSPHRASE, door.words, person="Dana", device_name="pc",
                    at=door.address, lan=False, on_found=yes, cost=COST,
                )  # fmt: skip
            except AlunaError:
                with pytest.raises(AlunaError, match="admission-waits"):
                    await door.wait()
                raise
            finally:
                await door.close()

        for _ in range(2):
            with pytest.raises(AlunaError, match="door-refused"):
                await knock()
        assert home.exists(), "its keys are those that wait for a yes"
        waiting = asked_for_dana(ana, space.space)
        assert len(waiting) == 1, "asked once, however often it knocks"
        await until(lambda: asked_for_dana(cleo, space.space) == waiting)
        Agreeing(cleo, space.space).second(waiting[0])
        await until(lambda: not asked_for_dana(ana, space.space))
        dana = await knock()
        try:
            assert {one.name for one in dana.people(dana.collective())} >= {"Ana", "Bo", "Cleo"}
        finally:
            dana.lock()


def asked_for_dana(device: Device, space: SpaceId) -> list[EntryHash]:
    return [one.id for one in Agreeing(device, space).requests() if one.about == "Dana"]
