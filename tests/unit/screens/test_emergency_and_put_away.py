"""An emergency in two keys from anywhere; what was put away stays out of sight until asked for."""

from __future__ import annotations

import dataclasses

import pytest

from aluna_tui.screens.home import HomeScreen
from aluna_tui.screens.new_record import NewRecordScreen
from aluna_tui.screens.quiet import QuietScreen
from aluna_tui.screens.reader import ReaderScreen

from .driving import on, opened, press, shown
from .fakes import FakeDevice, document


@pytest.mark.parametrize(
    "before",
    [(), ("d",), ("d", "slash", "p"), ("d", "enter"), ("n",), ("ctrl+p",), ("f1",), ("g",)],
    ids=["home", "journal", "searching", "reading", "choosing", "orders", "help", "people"],
)
async def test_an_emergency_is_open_after_two_keys_from_anywhere(
    device: FakeDevice, before: tuple[str, ...]
) -> None:
    known = set(device.records)
    async with opened(device) as (app, pilot):
        await press(pilot, *before)
        await press(pilot, "f4", "f2")
        (new,) = [one for one in device.records.values() if one.id not in known]
        assert new.type == "emergency"
        assert on(app, ReaderScreen)


async def test_words_can_be_written_before_an_emergency_is_kept(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "f4", "f4", *"afuera")
        assert on(app, NewRecordScreen)
        await press(pilot, "f2")
        (new,) = [one for one in device.records.values() if one.type == "emergency"]
        assert "afuera" in new.texts.values()


async def test_the_quiet_screen_stays_a_quiet_screen(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "f9")
        assert on(app, QuietScreen)
        await press(pilot, "f4")
        assert on(app, HomeScreen)


async def test_home_says_which_key_it_is(device: FakeDevice) -> None:
    async with opened(device) as (app, _pilot):
        assert "F4 emergencia" in shown(app).splitlines()[-1]


async def test_the_journal_leaves_out_what_was_put_away_until_it_is_asked_for(
    device: FakeDevice,
) -> None:
    note = device.records[document(3)]
    device.records[note.id] = dataclasses.replace(note, put_away=True)
    async with opened(device) as (app, pilot):
        await press(pilot, "d")
        assert "Notas de la acción" not in shown(app)
        assert "Turnos de guardia" in shown(app)
        await press(pilot, "h")
        assert "Notas de la acción" in shown(app)
        assert "Turnos de guardia" not in shown(app)
        await press(pilot, "enter")
        assert on(app, ReaderScreen)
        assert "guardado" in shown(app)
        await press(pilot, "escape", "h")
        assert "Notas de la acción" not in shown(app)
