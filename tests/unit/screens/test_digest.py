"""The page after an outage, on real vaults: care first, what hurts only when asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from aluna_sync.journal.edit_kinds import Edit, SetReading, SetText
from aluna_tui.app import AlunaApp
from aluna_tui.screens.digest import DigestScreen
from aluna_tui.screens.reader import ReaderScreen
from harness.carrying import carry, read_all
from harness.processes import collective_of

from .driving import WIDE, calm, edge, on, press, shown
from .test_belonging import screens_of

HARM, COPING, CARE = "Nos quitaron el sueño", "Cocinar para todas", "Respirar juntas"


@asynccontextmanager
async def back_again(tmp_path: Path, *texts: str) -> AsyncIterator[tuple[AlunaApp, Pilot[int]]]:
    """Open the screens of Bo, who was apart while Ana wrote."""
    people = collective_of(tmp_path, "Ana", "Bo")
    with people[0].opened() as ana, people[1].opened() as bo:
        space = ana.collective()
        about_us: list[Edit] = [SetText("title", HARM), SetReading("about", "us")]
        harm = await ana.add("impact", about_us, space)
        coping = await ana.add("coping", [SetText("title", COPING)], space)
        await ana.add("care_practice", [SetText("title", CARE)], space)
        for words in texts:
            await ana.add("event", [SetText("title", words)], space)
        await ana.link(coping, "sustained", harm)
        carry(ana, bo)
        await read_all(bo)
        app = screens_of(bo)
        async with app.run_test(size=WIDE) as pilot:
            await calm(pilot)
            await press(pilot, "j")
            yield app, pilot


async def test_care_comes_first_and_what_hurts_only_when_asked_beside_what_sustained(
    tmp_path: Path,
) -> None:
    async with back_again(tmp_path) as (app, pilot):
        assert on(app, DigestScreen)
        page = shown(app)
        assert page.index(CARE) < page.index(COPING)
        assert HARM not in page
        assert "Sólo se abren si lo pides" in page
        await press(pilot, "h")
        page = shown(app)
        assert page.index(HARM) < page.index(f"Lo que nos sostuvo: {COPING}")
        await press(pilot, "h")
        assert HARM not in shown(app)


async def test_a_line_opens_its_record_and_long_sections_open_in_parts(tmp_path: Path) -> None:
    async with back_again(tmp_path, *(f"retén {number:02}" for number in range(15))) as (
        app,
        pilot,
    ):
        assert "y 3 más" in shown(app)
        assert "retén 14" not in shown(app)
        while "y 3 más" in shown(app):
            await press(pilot, "down")
            if app.focused is not None and "más" in str(app.focused.render()):
                await press(pilot, "enter")
        assert "retén 14" in shown(app)
        await press(pilot, "enter")
        assert on(app, ReaderScreen)


async def test_that_one_looked_is_kept_only_when_one_says_so(tmp_path: Path) -> None:
    async with back_again(tmp_path) as (app, pilot):
        await press(pilot, "escape", "j")
        assert CARE in shown(app)
        await press(pilot, "y")
        assert "Guardado" in edge(app)
        assert CARE in shown(app), "nothing goes away under the eyes of who reads"
        await press(pilot, "escape", "j")
        assert CARE not in shown(app)
