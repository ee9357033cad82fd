"""A machine that slept: what was open is dead, and nobody has to notice by hand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from aluna_sync.device import Device
from aluna_sync.node import Node, NodeOptions
from aluna_sync.node.watching import ASLEEP_SECONDS
from harness.processes import records_of

ALONE = NodeOptions(listen=("127.0.0.1", 0), lan=False)
A_FEW_SECONDS = 15.0


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(A_FEW_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)


def fell_asleep(node: Node) -> None:
    """From now on the clock of the day shows how long it slept; the other clock stood still."""
    watch = node.reach.meeting.discovery._watch
    watch._clock = lambda: time.time() + 10 * ASLEEP_SECONDS


@pytest.mark.timeout(60)
async def test_l6_after_a_sleep_the_address_that_was_typed_is_dialled_at_once(
    devices: list[Device],
) -> None:
    ana, bo = devices[:2]
    anas = Node(ana, ALONE)
    async with anas.running():
        assert anas.listening is not None
        bos = Node(bo, NodeOptions(listen=None, lan=False, peers=(anas.listening,)))
        async with bos.running():
            await until(lambda: bos.hub.session_with(ana.device) is not None)
            before = bos.hub.session_with(ana.device)
            fell_asleep(bos)
            await until(lambda: bos.hub.session_with(ana.device) not in (None, before))
            await until(lambda: anas.hub.session_with(bo.device) is not None)
            assert len(bos.hub.sessions) == 1
            assert bo.online == {ana.device}
    assert records_of(ana) == records_of(bo)


@pytest.mark.timeout(60)
async def test_l6_both_sides_may_have_slept(devices: list[Device]) -> None:
    ana, bo = devices[:2]
    anas = Node(ana, ALONE)
    async with anas.running():
        assert anas.listening is not None
        bos = Node(bo, NodeOptions(listen=None, lan=False, peers=(anas.listening,)))
        async with bos.running():
            await until(lambda: bos.hub.session_with(ana.device) is not None)
            before = bos.hub.session_with(ana.device)
            fell_asleep(anas)
            fell_asleep(bos)
            await until(lambda: bos.hub.session_with(ana.device) not in (None, before))
            await until(lambda: ana.online == {bo.device})
