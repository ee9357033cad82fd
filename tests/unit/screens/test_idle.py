"""The vault closes when nobody is there, and after every sleep of the machine (S12)."""

from __future__ import annotations

import sys
import time

import pytest

from aluna_sync.vault_secrets import IDLE_MINUTES
from aluna_tui.idle import SLEPT_SECONDS, Idleness, slept
from aluna_tui.screens.home import HomeScreen
from aluna_tui.screens.unlock import UnlockScreen

from .driving import calm, on, opened, press, shown
from .fakes import Clock, FakeDevice


async def test_s12_a_machine_that_slept_is_locked_when_it_wakes(device: FakeDevice) -> None:
    asleep = Clock()
    async with opened(device, slept=asleep) as (app, pilot):
        await app.lock_if_idle()
        assert on(app, HomeScreen)
        asleep.seconds = 30.0
        await app.lock_if_idle()
        await calm(pilot)
        assert device.locked
        assert on(app, UnlockScreen)


async def test_s12_the_key_that_woke_the_machine_reaches_nothing(device: FakeDevice) -> None:
    asleep = Clock()
    async with opened(device, slept=asleep) as (app, pilot):
        asleep.seconds = 30.0
        await press(pilot, "d")
        await calm(pilot)
        assert device.locked
        assert on(app, UnlockScreen)
        assert "Cocinar" not in shown(app)


async def test_s12_a_key_pressed_too_late_locks_before_the_next_look(device: FakeDevice) -> None:
    clock = Clock()
    async with opened(device, clock=clock) as (app, pilot):
        clock.seconds = 181.0
        await press(pilot, "d")
        await calm(pilot)
        assert device.locked
        assert on(app, UnlockScreen)


def test_sleep_counts_from_the_unlocking_and_two_readings_apart_are_no_sleep() -> None:
    clock, asleep = Clock(), Clock()
    asleep.seconds = 500.0
    idleness = Idleness(3, clock, asleep)
    assert not idleness.is_over()
    asleep.seconds += SLEPT_SECONDS / 2
    assert not idleness.is_over()
    asleep.seconds += SLEPT_SECONDS
    assert idleness.is_over()
    idleness.touch()
    assert idleness.is_over(), "whoever touches a key after a sleep has not opened the vault"
    idleness.begin()
    assert not idleness.is_over()


@pytest.mark.parametrize(("asked", "taken"), [(0, 1), (3, 3), (4, 3), (12, 15), (999, 15)])
def test_the_minutes_are_the_nearest_that_can_be_chosen(asked: int, taken: int) -> None:
    assert taken in IDLE_MINUTES
    assert Idleness(asked, Clock(), Clock()).minutes == taken


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has CLOCK_BOOTTIME")
def test_on_linux_the_sleep_is_the_difference_of_two_clocks() -> None:
    before = time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
    assert before - 0.1 <= slept() <= before + 0.1
