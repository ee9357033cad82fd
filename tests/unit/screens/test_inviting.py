"""An open door on the screens: words, who is at it, a yes or a no, and that leaving closes it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.widgets import Input

from aluna_protocol.ids import DeviceId
from aluna_sync.door_words import words_for
from aluna_sync.errors import AlunaError
from aluna_sync.node import Admitted, Knock
from aluna_tui.app import AlunaApp
from aluna_tui.screens.home import HomeScreen
from aluna_tui.screens.inviting import InvitingScreen
from aluna_tui.screens.pick import PickScreen
from aluna_tui.texts import use_language
from aluna_tui.view_models.facade import JournalDevice, Reaching

from .driving import WIDE, calm, on, press, shown
from .fake_vault import PASSPHRASE
from .fakes import FakeDevice, outside_of

WORDS = (1, 20, 300, 1000, 2047)
SAFETY = (5, 6, 7, 8)
OnKnock = Callable[[Knock], Awaitable[bool]]


class FakeDoor:
    """A door at which somebody knocks when the test says so."""

    def __init__(self, on_knock: OnKnock, *, mine: bool) -> None:
        self.words: tuple[int, ...] = WORDS
        self.address = ("192.168.1.20", 4747)
        self.mine = mine
        self.closed = False
        self.answers: list[bool] = []
        self.knocks: list[asyncio.Task[None]] = []
        self._on_knock = on_knock
        self._ended: asyncio.Future[Admitted | None] = asyncio.get_running_loop().create_future()

    def knock(self, person: str) -> None:
        self.knocks.append(asyncio.ensure_future(self._ask(person)))

    async def _ask(self, person: str) -> None:
        said = await self._on_knock(Knock(person, "tableta", SAFETY))
        self.answers.append(said)
        if said:
            self._ended.set_result(Admitted(person, DeviceId(bytes(32))))

    async def wait(self) -> Admitted | None:
        return await asyncio.shield(self._ended)

    async def close(self) -> None:
        self.closed = True


class FakeNode:
    """A node whose doors lead nowhere."""

    reach: Reaching

    def __init__(self) -> None:
        self.doors: list[FakeDoor] = []
        self.port_taken = False

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def open_door(self, minutes: float, on_knock: OnKnock, *, mine: bool = False) -> FakeDoor:
        if self.port_taken:
            raise AlunaError("port-taken", port=4747)
        self.doors.append(FakeDoor(on_knock, mine=mine))
        return self.doors[-1]


@pytest.fixture
def node() -> FakeNode:
    return FakeNode()


def app_of(device: FakeDevice, node: FakeNode | None) -> AlunaApp:
    outside = dataclasses.replace(outside_of(device), make_node=lambda _device: node)
    return AlunaApp(outside, passphrase=PASSPHRASE)


def one_line(app: AlunaApp) -> str:
    return " ".join(shown(app).split())


@pytest.mark.parametrize(
    ("lang", "head", "is_in"),
    [
        ("es", "Otro aparato tuyo", "Tu aparato ya entró"),
        ("en", "Another device of", "Your device is in"),
    ],
)
async def test_another_device_of_mine_is_let_in_from_the_screens(
    device: FakeDevice, node: FakeNode, lang: str, head: str, is_in: str
) -> None:
    use_language(lang)
    app = app_of(device, node)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        app.push_screen(InvitingScreen(mine=True))
        await _until_open(pilot, node)
        [door] = node.doors
        assert door.mine
        assert head in shown(app)
        for word in words_for(WORDS, lang):
            assert word in shown(app)
        assert "192.168.1.20:4747" in shown(app)
        door.knock("Itzel")
        await _until(pilot, lambda: on(app, PickScreen) and "tableta" in shown(app))
        for word in words_for(SAFETY, lang):
            assert word in shown(app)
        await pilot.press("enter")
        await _until(pilot, lambda: door.answers == [False])
        assert not door.closed, "somebody else may still come"
        door.knock("Itzel")
        await _until(pilot, lambda: on(app, PickScreen))
        await pilot.press("down", "enter")
        await _until(pilot, lambda: door.closed)
        await calm(pilot)
        assert door.answers == [False, True]
        assert is_in in one_line(app)
        assert words_for(WORDS, lang)[0] not in shown(app)


async def test_leaving_the_page_closes_the_door(device: FakeDevice, node: FakeNode) -> None:
    app = app_of(device, node)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        app.push_screen(InvitingScreen(mine=False))
        await _until_open(pilot, node)
        [door] = node.doors
        assert not door.mine
        await pilot.press("escape")
        await _until(pilot, lambda: door.closed)
        assert on(app, HomeScreen)


async def test_without_a_door_the_page_says_why(device: FakeDevice, node: FakeNode) -> None:
    use_language("en")
    node.port_taken = True
    for one, said in ((node, "4747"), (None, "has ended")):
        app = app_of(device, one)
        async with app.run_test(size=WIDE) as pilot:
            await calm(pilot)
            app.push_screen(InvitingScreen(mine=False))
            await calm(pilot)
            assert said in one_line(app)


@pytest.mark.parametrize(
    ("lang", "missing"), [("es", "Faltan las cinco palabras"), ("en", "five words are still")]
)
async def test_a_new_vault_becomes_another_device_of_whoever_opened_the_door(
    device: FakeDevice, lang: str, missing: str
) -> None:
    use_language(lang)
    entered: list[tuple[str, str]] = []

    async def enter(_passphrase: str, person: str, words: str, _ask: object) -> JournalDevice:
        entered.append((person, words))
        return device

    outside: Any = dataclasses.replace(outside_of(device, vault_exists=False), enter=enter)
    app = AlunaApp(outside)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        await press(pilot, *["down"] * 4, "enter")
        assert not app.screen.query_one("#person", Input).display, "she has a name already"
        await press(pilot, "enter")
        for id_ in ("first", "second"):
            app.screen.query_one(f"#{id_}", Input).value = PASSPHRASE
        app.screen.query_one("#second").focus()
        await press(pilot, "enter")
        assert missing in one_line(app)
        assert entered == []
        app.screen.query_one("#place", Input).value = "a b c d e"
        await press(pilot, "enter")
        assert entered == [("", "a b c d e")]
        assert on(app, HomeScreen)


async def _until(pilot: Any, condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await pilot.pause(0.02)


async def _until_open(pilot: Any, node: FakeNode) -> None:
    await _until(pilot, lambda: bool(node.doors))
    await pilot.pause(0.1)
