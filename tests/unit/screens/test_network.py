"""The page of the network: what it says, what its keys do, and that it starts nothing unasked."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.widgets import Input

from aluna_sync.errors import WrongUseError
from aluna_sync.facts import Lan, Probed, Status
from aluna_sync.node import Knock
from aluna_tui.app import AlunaApp
from aluna_tui.network_words import what_to_do
from aluna_tui.screens.home import HomeScreen
from aluna_tui.screens.network import NetworkScreen
from aluna_tui.texts import use_language
from aluna_tui.view_models.facade import OpenedDoor
from aluna_tui.view_models.network import network_page

from .driving import WIDE, calm, edge, on, press, shown
from .fake_vault import PASSPHRASE
from .fakes import FakeDevice, outside_of


class FakeReach:
    """Notes what people ask of it."""

    def __init__(self, device: FakeDevice) -> None:
        self.met: list[tuple[str, int]] = []
        self.probed = 0
        self._device = device

    def meet_at(self, host: str, port: int) -> None:
        if host == "a-name":
            raise WrongUseError("not-an-address", host=host)
        self.met.append((host, port))

    async def probe(self) -> None:
        self.probed += 1
        self._device.tell(Probed(1))


class FakeNode:
    """A node that runs until it is cancelled."""

    def __init__(self, device: FakeDevice) -> None:
        self.reach = FakeReach(device)

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def open_door(
        self, minutes: float, on_knock: Callable[[Knock], Awaitable[bool]], *, mine: bool = False
    ) -> OpenedDoor:
        raise NotImplementedError


@pytest.fixture
def node(device: FakeDevice) -> FakeNode:
    return FakeNode(device)


@pytest.fixture
def app(device: FakeDevice, node: FakeNode) -> AlunaApp:
    outside = dataclasses.replace(outside_of(device), make_node=lambda unlocked: node)
    return AlunaApp(outside, passphrase=PASSPHRASE)


@pytest.mark.parametrize(("lang", "words"), [("es", "192.168.1.20:4747"), ("en", "Not quiet")])
async def test_the_page_shows_where_this_device_is_as_text_and_as_a_code(
    app: AlunaApp, lang: str, words: str
) -> None:
    use_language(lang)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        await press(pilot, "r")
        assert on(app, NetworkScreen)
        assert words in shown(app)
        assert "▀▀▀▀▀" in shown(app), "the corner of a QR code"
        await press(pilot, "escape")
        assert on(app, HomeScreen)


async def test_an_address_that_is_typed_is_met_and_a_wrong_one_is_said(
    app: AlunaApp, node: FakeNode
) -> None:
    use_language("en")
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        await press(pilot, "r", "m")
        line: Any = app.screen.query_one("#address", Input)
        assert line.display
        line.value = "nowhere"
        await press(pilot, "enter")
        assert "is not an address" in edge(app)
        line.value = "a-name:4747"
        await press(pilot, "enter")
        assert "is not an address" in edge(app)
        line.value = "192.168.1.7:4747"
        await press(pilot, "enter")
        assert node.reach.met == [("192.168.1.7", 4747)]
        assert not line.display
        await press(pilot, "m", "escape")
        assert on(app, NetworkScreen), "Esc leaves the line first"
        assert not line.display


async def test_l8_a_search_explains_itself_before_it_begins(app: AlunaApp, node: FakeNode) -> None:
    use_language("en")
    reach: Any = node.reach
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        await press(pilot, "r", "b")
        assert "port scan" in " ".join(shown(app).split())
        assert reach.probed == 0
        await press(pilot, "b")
        assert reach.probed == 1
        assert "1 address answered" in edge(app)
        await press(pilot, "b")
        assert reach.probed == 1, "it explains itself each time"


async def test_l8_one_key_makes_this_device_quiet_and_again_not(
    app: AlunaApp, device: FakeDevice
) -> None:
    use_language("en")
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        await press(pilot, "r", "c")
        quiet: Any = device
        assert quiet.quiet
        assert "sends nothing on a network unless you ask" in " ".join(shown(app).split())
        assert "not listening now" in shown(app)
        await press(pilot, "c", "f")
        assert not device.quiet
        assert device.findable


async def test_without_a_node_nothing_is_promised(device: FakeDevice) -> None:
    use_language("en")
    app = AlunaApp(outside_of(device), passphrase=PASSPHRASE)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        await press(pilot, "r", "b", "b")
        assert "has ended" in edge(app)


@pytest.mark.parametrize("lan", list(Lan))
def test_l6_each_state_of_the_network_says_what_helps(lan: Lan) -> None:
    use_language("en")
    said = what_to_do(lan.value)
    assert bool(said) == (lan is not Lan.POSSIBLE)
    if lan is Lan.NOBODY:
        assert "cannot be told from here" in said, "only what is known"

    class Seeing(FakeDevice):
        def status(self, *, state: bool = True) -> Status:
            return dataclasses.replace(super().status(state=state), lan=lan)

    seeing: Any = Seeing()
    assert network_page(seeing).advice == said
