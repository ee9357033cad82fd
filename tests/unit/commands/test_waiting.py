"""Driving coroutines from commands."""

from __future__ import annotations

import asyncio

import pytest

from aluna_sync.errors import AlunaError
from aluna_tui.commands.waiting import first_error, run_in_loop, run_now


async def _at_once() -> int:
    return 7


async def _waits() -> int:
    await asyncio.sleep(0)
    return 8


def test_a_coroutine_that_never_waits_needs_no_loop() -> None:
    assert run_now(_at_once()) == 7


def test_one_that_waits_is_refused_without_a_loop() -> None:
    with pytest.raises(RuntimeError, match="needs a loop"):
        run_now(_waits())


def test_one_that_waits_runs_in_a_loop() -> None:
    assert run_in_loop(_waits()) == 8


def test_the_first_error_of_nested_groups_is_told() -> None:
    inner = AlunaError("no-vault")
    nested = ExceptionGroup("", [ExceptionGroup("", [inner]), AlunaError("nobody")])
    group = nested.subgroup(AlunaError)
    assert group is not None
    assert first_error(group) is inner
