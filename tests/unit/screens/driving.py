"""Driving the screens in tests: open, wait until calm, read what is on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from aluna_tui.app import AlunaApp
from aluna_tui.screens.page import Page

from .fakes import Clock, FakeDevice, app_with

NARROW, WIDE = (80, 24), (120, 36)


async def calm(pilot: Pilot[int]) -> None:
    """Wait until nothing is left to do: messages, workers, the short pauses while typing."""
    for _round in range(2):
        await pilot.pause()
        work = [worker for worker in pilot.app.workers if worker.group != "node"]
        if work:
            await pilot.app.workers.wait_for_complete(work)
        await pilot.pause(0.08)


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Press keys one after the other, each time until calm."""
    for key in keys:
        await pilot.press(key)
    await calm(pilot)


def shown(app: AlunaApp) -> str:
    """Return the letters on the screen."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


def on(app: AlunaApp, screen: type[Screen[Any]]) -> bool:
    """Tell whether *screen* is in front."""
    return isinstance(app.screen, screen)


def edge(app: AlunaApp) -> str:
    """Return the line at the edge."""
    assert isinstance(app.screen, Page)
    return shown(app).splitlines()[-2].strip()


@asynccontextmanager
async def opened(
    device: FakeDevice,
    size: tuple[int, int] = NARROW,
    *,
    clock: Clock | None = None,
    slept: Clock | None = None,
) -> AsyncIterator[tuple[AlunaApp, Pilot[int]]]:
    """Open the screens on *device*, unlocked, at home."""
    app = app_with(device, clock=clock, slept=slept)
    async with app.run_test(size=size) as pilot:
        await calm(pilot)
        yield app, pilot
