"""The page of the door on real vaults: what waits is seen, said yes to, and asked for."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from aluna_sync.agreeing import Agreeing
from aluna_sync.device import Device
from aluna_tui.app import AlunaApp
from aluna_tui.screens.belonging import BelongingScreen
from aluna_tui.texts import use_language
from harness.carrying import carry
from harness.circles import circle_of
from harness.processes import PASSPHRASE, collective_of

from .driving import WIDE, calm, edge, on, press, shown
from .fakes import FakeDevice, outside_of


def screens_of(device: Device) -> AlunaApp:
    outside = dataclasses.replace(
        outside_of(FakeDevice()), unlock=lambda _passphrase: device, make_node=lambda _device: None
    )
    return AlunaApp(outside, passphrase=PASSPHRASE)


async def test_what_waits_is_said_yes_to_from_the_page(tmp_path: Path) -> None:
    people = collective_of(tmp_path, "Ana", "Bo", "Cleo")
    with people[0].opened() as ana, people[1].opened() as bo:
        space = Agreeing(ana, ana.collective())
        space.remove(space.person("Cleo"))
        carry(ana, bo)
        app = screens_of(bo)
        async with app.run_test(size=WIDE) as pilot:
            await calm(pilot)
            await press(pilot, "p")
            assert on(app, BelongingScreen)
            assert "Ana pide que Cleo se vaya" in shown(app)
            await press(pilot, "y")
            await press(pilot, "enter")
            assert "Cleo" in {one.name for one in bo.people(bo.collective())}, "nothing yet"
            await press(pilot, "down", "enter")
            assert {one.name for one in bo.people(bo.collective())} == {"Ana", "Bo"}
            assert "Nada espera" in shown(app)


async def test_stopping_a_device_explains_itself_and_begins_with_no(tmp_path: Path) -> None:
    people = collective_of(tmp_path, "Ana", "Bo", "Cleo")
    with people[0].opened() as ana:
        app = screens_of(ana)
        async with app.run_test(size=WIDE) as pilot:
            await calm(pilot)
            await press(pilot, "p", "u")
            await press(pilot, "down", "down", "enter")
            await press(pilot, "enter")
            assert "No, dejarlo como está" in shown(app)
            await press(pilot, "enter")
            membership = ana.spaces.replicas[ana.collective()].membership
            assert not membership.suspended
            await press(pilot, "u")
            await press(pilot, "down", "down", "enter")
            await press(pilot, "enter")
            await press(pilot, "down", "enter")
            assert len(ana.spaces.replicas[ana.collective()].membership.suspended) == 1
            assert "Detenido" in shown(app)
            assert edge(app)


@pytest.mark.parametrize(
    ("lang", "asked", "behind"),
    [
        ("es", "Ana pide que Bo se vaya", "sigue teniendo lugar en «Cocina»"),
        ("en", "Ana asks that Bo go", "still holds a place in “Cocina”"),
    ],
)
async def test_who_is_to_go_is_to_go_from_the_circles_as_well(
    tmp_path: Path, lang: str, asked: str, behind: str
) -> None:
    use_language(lang)
    people = collective_of(tmp_path, "Ana", "Bo", "Cleo")
    with people[0].opened() as ana, people[1].opened() as bo, people[2].opened() as cleo:
        circle = circle_of("Cocina", ana, bo, cleo)
        app = screens_of(ana)
        async with app.run_test(size=WIDE) as pilot:
            await calm(pilot)
            await press(pilot, "p", "u", "enter")
            await press(pilot, "enter")
            await press(pilot, "down", "enter")
            for space in (ana.collective(), circle):
                assert [one.about for one in Agreeing(ana, space).requests()] == ["Bo"]
        carry(ana, cleo)
        for name in ana.store.log.heads(circle):
            cleo.store.log.append(list(ana.store.log.entries(name, 0, 2**40)))
        log = cleo.store.log
        cleo.spaces.replicas[circle].restore(log.heads(circle), log.control_entries(circle))
        app = screens_of(cleo)
        async with app.run_test(size=WIDE) as pilot:
            await calm(pilot)
            await press(pilot, "p")
            said = " ".join(shown(app).split())
            assert said.count(asked) == 2
            await press(pilot, "y")
            await press(pilot, "enter")
            await press(pilot, "down", "enter")
            assert behind in " ".join(shown(app).split())
            await press(pilot, "y")
            await press(pilot, "enter")
            await press(pilot, "down", "enter")
            assert behind not in " ".join(shown(app).split())
        assert bo.person not in cleo.spaces.replicas[circle].membership.persons


async def test_who_rests_is_shown_resting_among_the_people(tmp_path: Path) -> None:
    people = collective_of(tmp_path, "Ana", "Bo")
    with people[0].opened() as ana:
        Agreeing(ana, ana.collective()).rest(resting=True)
        app = screens_of(ana)
        async with app.run_test(size=WIDE) as pilot:
            await calm(pilot)
            await press(pilot, "g")
            assert "Ana (tú) · en descanso" in shown(app)
    assert people[0].ask("people")["people"][0]["resting"] is True
    assert "Ana (you): 1 device · resting" in people[0].do("people").out


async def test_who_keeps_the_door_is_chosen_from_the_page(tmp_path: Path) -> None:
    people = collective_of(tmp_path, "Ana", "Bo")
    with people[0].opened() as ana:
        app = screens_of(ana)
        async with app.run_test(size=WIDE) as pilot:
            await calm(pilot)
            await press(pilot, "p", "u")
            await press(pilot, *"elegir", "enter")
            await press(pilot, "enter", "f2")  # Ana is taken out of those who keep it
            assert "Que solo estas personas" in shown(app)
            await press(pilot, "down", "enter")
            [request] = Agreeing(ana, ana.collective()).requests()
            assert (request.what, request.missing) == ("rules", 1)
