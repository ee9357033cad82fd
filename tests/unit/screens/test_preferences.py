"""Language, colours and keys, changed from their page and there again next time."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input

from aluna_tui import preferences
from aluna_tui.app import AlunaApp
from aluna_tui.key_map import use_keys
from aluna_tui.screens.home import HomeScreen
from aluna_tui.screens.journal import JournalScreen
from aluna_tui.screens.pick import PickScreen
from aluna_tui.screens.preferences import PreferencesScreen

from .driving import WIDE, calm, edge, on, press, shown
from .fake_vault import PASSPHRASE
from .fakes import FakeDevice, outside_of


@pytest.fixture(autouse=True)
def usual_keys() -> Iterator[None]:
    yield
    use_keys({})


def app_in(home: Path, device: FakeDevice) -> AlunaApp:
    outside = dataclasses.replace(outside_of(device), home=home)
    return AlunaApp(outside, passphrase=PASSPHRASE)


async def test_another_language_is_spoken_at_once_and_next_time(
    tmp_path: Path, device: FakeDevice
) -> None:
    app = app_in(tmp_path, device)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        await press(pilot, "comma")
        assert on(app, PreferencesScreen)
        assert "Idioma" in shown(app)
        await press(pilot, "enter", *"engl", "enter")
        assert on(app, HomeScreen)
        assert "Go to" in shown(app)
        assert "Ir a" not in shown(app)
    assert preferences.load(preferences.path_in(tmp_path)).language == "en"


async def test_an_order_takes_another_key_in_the_footer_too(
    tmp_path: Path, device: FakeDevice
) -> None:
    app = app_in(tmp_path, device)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        app.choose_key("write", "f5")
        await press(pilot, "n")
        assert on(app, HomeScreen), "the old key does nothing"
        await press(pilot, "f5")
        assert on(app, PickScreen)
    again = app_in(tmp_path, device)
    async with again.run_test(size=WIDE) as pilot:
        await calm(pilot)
        assert "F5 escribir" in shown(again)
        await press(pilot, "f5")
        assert on(again, PickScreen)


async def test_a_key_is_chosen_by_pressing_it_and_a_taken_one_is_refused_in_words(
    tmp_path: Path, device: FakeDevice
) -> None:
    app = app_in(tmp_path, device)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        await press(pilot, "comma", "down", "down", "enter")
        assert "Escribir algo nuevo" in shown(app)
        await press(pilot, "d")
        assert "d ya hace esto" in edge(app)
        await press(pilot, "enter", "q")
        assert app.preferences.keys == {"write": "q"}
        await press(pilot, "escape", "q")
        assert on(app, PickScreen)


async def test_colours_stay(tmp_path: Path, device: FakeDevice) -> None:
    app = app_in(tmp_path, device)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        await press(pilot, "f8")
    again = app_in(tmp_path, device)
    async with again.run_test(size=WIDE) as pilot:
        await calm(pilot)
        assert again.theme == preferences.THEMES[1]
        await press(pilot, "comma")
        assert "claros" in shown(again)


async def test_a_file_that_says_what_nobody_understands_is_said_and_holds_nobody_up(
    tmp_path: Path, device: FakeDevice
) -> None:
    preferences.path_in(tmp_path).write_text("theme = 'pink'\n[keys]\nwrite = 'alt+x'\n")
    app = app_in(tmp_path, device)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        await press(pilot, "comma")
        assert "theme, keys.write" in " ".join(shown(app).split())
        await press(pilot, "escape", "d")
        assert on(app, JournalScreen)
        assert not isinstance(app.focused, Input)
