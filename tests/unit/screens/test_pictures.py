"""Pictures on real vaults: drawn and in words, places that open, harm never alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from aluna_protocol.ids import DocumentId
from aluna_sync.device import Device
from aluna_sync.journal.edit_kinds import AddMember, Edit, SetReading, SetText
from aluna_sync.journal.types import Json
from aluna_tui.app import AlunaApp
from aluna_tui.screens.pictures import PictureScreen, PicturesScreen, PlaceScreen
from aluna_tui.screens.reader import ReaderScreen
from harness.processes import collective_of

from .driving import NARROW, WIDE, calm, edge, on, press, shown
from .test_belonging import screens_of

MARCH: Json = {"value": "2026-03-12", "precision": "dat.day", "words": "el 12 de marzo"}


async def some_history(ana: Device) -> dict[str, DocumentId]:
    """Write an impact with what sustained people in it, an event, a care time, a note."""

    async def add(type_: str, title: str, *edits: Edit) -> DocumentId:
        written: list[Edit] = [SetText("title", title), *edits]
        return await ana.add(type_, written, ana.collective())

    made = {
        "impact": await add(
            "impact", "Nos quitaron el sueño", AddMember("dimensions", "dim.organizational"),
            AddMember("fields", "fld.security"), SetReading("about", "us"),
        ),
        "coping": await add("coping", "Cocinar para todas"),
        "event": await add("event", "Retén en la salida", SetReading("when", MARCH)),
        "care": await add("care_time", "Respirar juntas", SetReading("when", MARCH)),
    }  # fmt: skip
    await ana.link(made["coping"], "sustained", made["impact"])
    await ana.add("note", [SetText("body", "Sólo mía.")])
    return made


@asynccontextmanager
async def looking(
    tmp_path: Path, size: tuple[int, int] = NARROW
) -> AsyncIterator[tuple[AlunaApp, Pilot[int], dict[str, DocumentId]]]:
    (ana,) = collective_of(tmp_path, "Ana")
    with ana.opened() as device:
        made = await some_history(device)
        app = screens_of(device)
        async with app.run_test(size=size) as pilot:
            await calm(pilot)
            await press(pilot, "o")
            yield app, pilot, made


async def open_picture(pilot: Pilot[int], number: int) -> None:
    await press(pilot, *["down"] * number, "enter")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_every_picture_opens_in_both_sizes_drawn_and_in_words(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with looking(tmp_path, size) as (app, pilot, _made):
        assert on(app, PicturesScreen)
        number = 0
        while True:
            await open_picture(pilot, number)
            if not on(app, PictureScreen):
                break
            assert "Sólo mía" not in shown(app)
            await press(pilot, "t")
            assert "Sólo mía" not in shown(app)
            await press(pilot, "escape", "escape", "o")
            number += 1
            if number == 15:
                break
        assert number == 15


async def test_a_cell_of_the_map_opens_what_hurt_and_what_sustained_together(
    tmp_path: Path,
) -> None:
    async with looking(tmp_path) as (app, pilot, _made):
        await open_picture(pilot, 1)
        assert "1 daño" in shown(app)
        assert "Nos quitaron el sueño" not in shown(app), "a map does not open what hurt by itself"
        assert edge(app) == "Organizativa · Seguridad"
        await press(pilot, "enter")
        assert on(app, PlaceScreen)
        page = shown(app)
        assert page.index("Nos quitaron el sueño") < page.index("Lo que nos sostuvo")
        assert page.index("Lo que nos sostuvo") < page.index("Cocinar para todas")
        await press(pilot, "down", "enter")
        assert on(app, ReaderScreen)
        assert "Cocinar para todas" in shown(app)


async def test_x_shows_the_map_by_expressions_and_its_harm_without_a_place(tmp_path: Path) -> None:
    async with looking(tmp_path) as (app, pilot, _made):
        await open_picture(pilot, 1)
        await press(pilot, "x")
        page = shown(app)
        assert "Pensamientos" in page
        assert "Simbolismos" in page
        await press(pilot, "enter")
        assert "Nos quitaron el sueño" in shown(app)


async def test_the_timeline_has_two_lanes_and_its_entries_open(tmp_path: Path) -> None:
    async with looking(tmp_path, WIDE) as (app, pilot, _made):
        await open_picture(pilot, 0)
        page = shown(app)
        line = next(one for one in page.splitlines() if "Retén" in one)
        assert "Respirar juntas" in line, "what we did stands beside what they did to us"
        assert "marzo de 2026" in page
        assert "Lo que nos sostuvo: todavía sin palabras." in page
        await press(pilot, "right", "enter")
        assert on(app, ReaderScreen)
        assert "Respirar juntas" in shown(app)


async def test_the_calendar_goes_from_month_to_month(tmp_path: Path) -> None:
    async with looking(tmp_path) as (app, pilot, _made):
        await open_picture(pilot, 5)
        assert "marzo de 2026" in shown(app)
        assert "Respirar juntas" in shown(app)
        await press(pilot, "plus")
        assert "abril de 2026" in shown(app)
        assert "Respirar juntas" not in shown(app)
        await press(pilot, "minus", "minus")
        assert "febrero de 2026" in shown(app)


async def test_arrows_find_the_nearest_place_and_nothing_moves_by_itself(tmp_path: Path) -> None:
    async with looking(tmp_path) as (app, pilot, _made):
        await open_picture(pilot, 2)
        assert edge(app) == "▪ Nos quitaron el sueño"
        await press(pilot, "right")
        assert edge(app) == "◆ Cocinar para todas"
        await press(pilot, "left")
        assert edge(app) == "▪ Nos quitaron el sueño"
        await press(pilot, "up")
        assert edge(app) == "▪ Nos quitaron el sueño"
