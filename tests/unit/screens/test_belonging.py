"""The page of the door on real vaults: what waits is seen, said yes to, and asked for."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from aluna_sync.agreeing import Agreeing
from aluna_sync.device import Device
from aluna_tui.app import AlunaApp
from aluna_tui.screens.belonging import BelongingScreen
from harness.carrying import carry
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
