"""The home page on a real vault: what today brings, and never an impact unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from aluna_sync.device import Device
from aluna_sync.journal.edit_kinds import AddAct, AddMember, Edit, SetReading, SetText
from aluna_sync.journal.types import Json
from aluna_tui.screens.digest import DigestScreen
from aluna_tui.screens.reader import ReaderScreen
from harness.carrying import carry, read_all
from harness.processes import collective_of

from .driving import NARROW, WIDE, calm, on, press, shown
from .fakes import NOW
from .test_belonging import screens_of

TODAY: Json = {"value": NOW.date().isoformat(), "precision": "dat.day", "words": "hoy"}
WORDS = "Habla quien conoce el caso."


async def proposed(ana: Device, everyone: list[str]) -> None:
    """Write an agreement and ask everybody for their voice."""
    edits: list[Edit] = [SetText("title", "Vocería"), SetText("text", WORDS)]
    edits.append(AddMember("kind", "care"))
    asked: list[Json] = list(everyone)
    edits.append(AddAct("versions", {"act": "propose", "wording": WORDS, "asked": asked}))
    await ana.add("agreement", edits, ana.collective())


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_home_says_what_waits_for_my_voice_care_today_and_what_happened_apart(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    people = collective_of(tmp_path, "Ana", "Bo")
    with people[0].opened() as ana, people[1].opened() as bo:
        await proposed(ana, [ana.person.hex(), bo.person.hex()])
        care: list[Edit] = [SetText("title", "Respirar juntas"), SetReading("when", TODAY)]
        await ana.add("care_time", care, ana.collective())
        about: list[Edit] = [SetText("title", "Nos quitaron el sueño"), SetReading("about", "us")]
        await ana.add("impact", about, ana.collective())
        carry(ana, bo)
        await read_all(bo)
        app = screens_of(bo)
        async with app.run_test(size=size) as pilot:
            await calm(pilot)
            page = shown(app)
            assert "Tu voz hace falta en" in page
            assert "Vocería" in page
            assert "Cuidado, hoy" in page
            assert "Respirar juntas" in page
            assert "Mientras no estábamos juntas" in page
            assert "Nos quitaron el sueño" not in page
            await press(pilot, "enter")
            assert on(app, ReaderScreen)
            await press(pilot, "escape", "j")
            assert on(app, DigestScreen)


async def test_home_stays_calm_when_nothing_waits(tmp_path: Path) -> None:
    (ana,) = collective_of(tmp_path, "Ana")
    with ana.opened() as device:
        app = screens_of(device)
        async with app.run_test(size=NARROW) as pilot:
            await calm(pilot)
            for words in ("Tu voz", "Cuidado, hoy", "Mientras no estábamos"):
                assert words not in shown(app)
            await device.add("event", [SetText("title", "Retén")], device.collective())
            await calm(pilot)
            assert "Mientras no estábamos" not in shown(app), "one's own words are no news"
