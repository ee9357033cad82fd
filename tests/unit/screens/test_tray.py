"""The page of what came too late, on real vaults: read, taken in, left out."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aluna_sync.agreeing import Agreeing
from aluna_sync.journal.edit_kinds import SetText
from aluna_tui.screens.tray import TrayScreen
from harness.carrying import carry, read_all
from harness.processes import collective_of, write

from .driving import WIDE, calm, on, press, shown
from .test_belonging import screens_of


async def test_what_came_too_late_is_read_and_taken_in_from_its_page(tmp_path: Path) -> None:
    people = collective_of(tmp_path, "Ana", "Bo")
    with people[0].opened() as ana, people[1].opened() as bo:
        Agreeing(ana, ana.collective()).suspend(bo.device)
        await bo.add("event", [SetText("body", "Nadie lo supo.")], bo.collective())
        carry(bo, ana)
        await read_all(ana)
        app = screens_of(ana)
        async with app.run_test(size=WIDE) as pilot:
            await calm(pilot)
            await press(pilot, "v")
            assert on(app, TrayScreen)
            assert "Nadie lo supo." in shown(app)
            await press(pilot, "x")
            await press(pilot, "enter")
            await press(pilot, "down", "enter")
            assert "Nadie lo supo." not in shown(app)
        [row] = ana.store.index.state_parts(ana.collective())
        record = ana.record(row[0])
        assert record is not None
        assert record.texts["body"] == "Nadie lo supo."


async def test_what_is_left_out_is_shown_no_more(tmp_path: Path) -> None:
    people = collective_of(tmp_path, "Ana", "Bo")
    with people[0].opened() as ana, people[1].opened() as bo:
        await asyncio.to_thread(write, ana, "acta")
        Agreeing(ana, ana.collective()).suspend(bo.device)
        await bo.add("event", [SetText("body", "Nadie lo supo.")], bo.collective())
        carry(bo, ana)
        await read_all(ana)
        app = screens_of(ana)
        async with app.run_test(size=WIDE) as pilot:
            await calm(pilot)
            await press(pilot, "v", "x")
            await press(pilot, "enter")
            await press(pilot, "down", "down", "enter")
            assert "Nadie lo supo." not in shown(app)
        assert len(list(ana.store.index.state_parts(ana.collective()))) == 1
