"""Sticks and folders on the screens: a path is asked for, and what was done is said."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import pytest
from textual.widgets import Input

from aluna_protocol.ids import PersonId
from aluna_sync.errors import AlunaError
from aluna_tui.screens.carrying import CarryingScreen
from aluna_tui.screens.home import HomeScreen
from aluna_tui.texts import use_language

from .driving import calm, on, press, shown
from .fakes import MARTA, FakeDevice, app_with


class FakeRoads:
    """Remembers what it was asked to do."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self.known = ["/media/compartida"]
        self.persons: Sequence[PersonId] | None = None

    async def write(
        self,
        where: str,
        told: Callable[[int, int], None],
        persons: Sequence[PersonId] | None = None,
    ) -> list[str]:
        self.done.append(("write", where))
        self.persons = persons
        told(1, 2)
        return ["Escrito: 3 entradas."]

    async def read(self, where: str, told: Callable[[int, int], None]) -> list[str]:
        self.done.append(("read", where))
        if "roto" in where:
            raise AlunaError("not-a-bundle", path=where)
        return ["De Marta: 2 entradas nuevas."]

    def folders(self) -> list[tuple[str, list[str]]]:
        return [(path, ["un archivo de este aparato"]) for path in self.known]

    def add_folder(self, where: str) -> None:
        self.done.append(("add", where))
        self.known.append(where)

    def forget_folder(self, path: str) -> None:
        self.known.remove(path)


async def test_a_bundle_is_written_and_read_and_folders_are_kept(device: FakeDevice) -> None:
    roads = FakeRoads()
    app = app_with(device)
    app.outside = dataclasses.replace(app.outside, roads=lambda _device: roads)
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        await press(pilot, "l")
        assert on(app, CarryingScreen)
        assert "/media/compartida" in shown(app)
        await press(pilot, "enter")
        await press(pilot, *"/media/usb", "enter")
        assert roads.done[-1] == ("write", "/media/usb")
        assert "Escrito: 3 entradas." in shown(app)
        assert roads.persons is None
        await press(pilot, "down", "down", "enter", *"roto.bin", "enter")
        assert roads.done[-1] == ("read", "roto.bin")
        assert not app.screen.query_one("#path", Input).display
        await press(pilot, "down", "down", "enter", *"x.bin", "enter")
        assert "De Marta: 2 entradas nuevas." in shown(app)
        await press(pilot, "down", "down", "down", "enter", *"/otra", "enter")
        assert roads.known == ["/media/compartida", "/otra"]
        await press(pilot, "down", "down", "down", "down", "enter")
        assert roads.known == ["/otra"]
        assert "/media/compartida (" not in shown(app)


async def test_esc_leaves_the_line_first_and_then_the_page(device: FakeDevice) -> None:
    app = app_with(device)
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        await press(pilot, "l", "enter", *"algo", "escape")
        assert on(app, CarryingScreen)
        assert app.screen.query_one("#path", Input).value == ""
        await press(pilot, "escape")
        assert on(app, HomeScreen)


@pytest.mark.parametrize(
    ("lang", "words", "who"),
    [
        ("es", "Escribir un bulto para algunas", "¿Quién lo va a leer?"),
        ("en", "Write a bundle for some of you", "Who is to read it?"),
    ],
)
async def test_a_bundle_is_written_for_those_who_were_chosen(
    device: FakeDevice, lang: str, words: str, who: str
) -> None:
    use_language(lang)
    roads = FakeRoads()
    app = app_with(device)
    app.outside = dataclasses.replace(app.outside, roads=lambda _device: roads)
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        await press(pilot, "l")
        assert words in shown(app)
        await press(pilot, "down", "enter")
        assert who in shown(app)
        assert "Itzel" not in shown(app), "she has one device, which has it all"
        await press(pilot, "escape")
        assert roads.done == []
        assert not app.screen.query_one("#path", Input).display
        await press(pilot, "enter", "enter", "f2", *"/media/usb", "enter")
        assert roads.done == [("write", "/media/usb")]
        assert roads.persons == [MARTA]
        await press(pilot, "enter", *"/media/usb", "enter")
        assert roads.persons is None, "the next is for everybody again"
