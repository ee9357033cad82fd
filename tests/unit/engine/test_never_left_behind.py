"""Whoever asked may be cancelled at any moment, and again: no engine process is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from aluna_sync.engine import channel
from aluna_sync.engine.child_process import ChildLimits
from aluna_sync.engine.process import ProcessEngine
from aluna_sync.engine.types import EngineError, Put
from unit.engine.writing import actor, document

TURNS = 24
"""Turns of the loop within which a start, or an end, has begun and is not over."""
_READY = (
    f"import os, signal; os.write(1, bytes.fromhex('{channel.frame([0, 'ready', None]).hex()}'));"
)
_HEARS = f"{_READY} [None for _ in iter(lambda: os.read(0, 1 << 16), b'')]"
"""A child that says it is there, hears everything, answers nothing and ends when it should."""
_STAYS = f"{_READY} os.close(1); signal.pause()"
"""A child that closes its mouth and stays."""


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Every process started from here on."""
    found: list[subprocess.Popen[bytes]] = []

    class Listed(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            found.append(self)
            super().__init__(*args, **kwargs)

    monkeypatch.setattr(subprocess, "Popen", Listed)
    return found


def engine_of(script: str) -> ProcessEngine:
    return ProcessEngine((sys.executable, "-IS", "-c", script), ChildLimits(close=0.2))


async def give_up(work: Coroutine[Any, Any, object], after: int) -> None:
    """Cancel *work* after some turns of the loop, then twice more; wait until it has ended."""
    task = asyncio.ensure_future(work)
    for _ in range(after):
        await asyncio.sleep(0)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    with contextlib.suppress(asyncio.CancelledError, EngineError):
        await task


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0)


def left(children: list[subprocess.Popen[bytes]]) -> list[int]:
    return [one.pid for one in children if one.returncode is None]


@pytest.mark.parametrize("turns", range(TURNS))
async def test_a_start_given_up_leaves_no_process(
    children: list[subprocess.Popen[bytes]], turns: int
) -> None:
    engine = engine_of(_HEARS)
    await give_up(engine.view(document(0)), turns)
    await engine.close()
    assert left(children) == []
    assert len(children) <= 1


async def test_a_start_given_up_goes_on_with_the_next_request() -> None:
    engine = ProcessEngine()
    for turns in range(TURNS):
        await give_up(engine.view(document(0)), turns)
    with pytest.raises(EngineError):
        await engine.view(document(0))
    assert engine.restarts == 0
    await engine.close()


@pytest.mark.parametrize("turns", range(TURNS))
async def test_a_child_whose_end_nobody_waits_for_any_more_leaves_no_process(
    children: list[subprocess.Popen[bytes]], turns: int
) -> None:
    engine = engine_of(_STAYS)
    asked = asyncio.ensure_future(engine.view(document(0)))
    await until(lambda: engine.pid is not None)
    await until(lambda: engine.pid is None)  # it is given up, and waited for
    asked.cancel()
    await give_up(engine.view(document(0)), turns)  # waits for the first before it starts another
    await engine.close()
    assert asked.cancelled()
    assert left(children) == []


@pytest.mark.parametrize("turns", range(TURNS))
async def test_closing_given_up_and_done_again_leaves_no_process(
    children: list[subprocess.Popen[bytes]], turns: int
) -> None:
    engine = engine_of(_STAYS if turns % 2 else _HEARS)
    edit = asyncio.ensure_future(engine.edit(document(0), actor("ana"), [Put("l/x", 1)]))
    await until(lambda: engine.pid is not None)
    edit.cancel()
    await give_up(engine.close(), turns)
    await engine.close()
    assert left(children) == []
    assert len(children) == 1
