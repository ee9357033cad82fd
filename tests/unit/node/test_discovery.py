"""Discovery on loopback: names after a sleep, and nothing at all when quiet."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from aluna_protocol.announce import announce_door, instance_label
from aluna_sync.facts import Lan
from aluna_sync.node import discovery as discovery_module
from aluna_sync.node.discovery import (
    Announcement,
    Discovery,
    DiscoveryNews,
    LanChanged,
    NetworkChanged,
)
from aluna_sync.node.interfaces import Interface
from aluna_sync.node.watching import ASLEEP_SECONDS

LOOPBACK = Interface("lo", "127.0.0.1", 8)
PATIENCE_SECONDS = 10.0


class Minted:
    """Makes announcements and remembers them."""

    def __init__(self) -> None:
        self.instances: list[str] = []
        self._numbers = itertools.count(int(time.time_ns()) % 2**40)

    def __call__(self, interface: Interface) -> Announcement:
        labels = [instance_label(next(self._numbers).to_bytes(8, "little")) for _ in range(2)]
        self.instances.append(labels[0])
        return Announcement(labels[0], labels[1], 40000, announce_door(bytes(16)))


class Clock:
    """The clock of the module, which a machine that slept finds moved on."""

    monotonic = staticmethod(time.monotonic)

    def __init__(self) -> None:
        self.slept = 0.0

    def time(self) -> float:
        return time.time() + self.slept


@asynccontextmanager
async def running(
    discovery: Discovery, mint: Callable[[Interface], Announcement]
) -> AsyncIterator[None]:
    await discovery.announce(mint)
    task = asyncio.ensure_future(discovery.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)


async def test_l6_after_a_sleep_a_device_goes_by_new_names(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, minted, news = Clock(), Minted(), list[DiscoveryNews]()
    monkeypatch.setattr(discovery_module, "time", clock)
    discovery = Discovery("127.0.0.1", news.append, look=lambda: (LOOPBACK,), tick_seconds=0.01)
    async with running(discovery, minted):
        await until(lambda: len(minted.instances) == 1)
        clock.slept = ASLEEP_SECONDS - 5
        await asyncio.sleep(0.1)
        assert len(minted.instances) == 1, "a busy machine is not one that slept"
        clock.slept += ASLEEP_SECONDS + 5
        await until(lambda: len(minted.instances) == 2)
    assert len(set(minted.instances)) == 2
    assert sum(isinstance(each, NetworkChanged) for each in news) == 2


async def test_l6_an_interface_that_goes_and_comes_gets_new_names() -> None:
    seen: list[tuple[Interface, ...]] = [(LOOPBACK,)]
    minted, news = Minted(), list[DiscoveryNews]()
    discovery = Discovery("127.0.0.1", news.append, look=lambda: seen[-1], tick_seconds=0.01)
    async with running(discovery, minted):
        await until(lambda: len(minted.instances) == 1)
        seen.append(())
        await until(lambda: discovery.lan() is Lan.NO_INTERFACE)
        seen.append((LOOPBACK,))
        await until(lambda: len(minted.instances) == 2)
    assert len(set(minted.instances)) == 2


async def test_l8_a_quiet_discovery_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """It follows the network, because what is typed is dialled anew when that changes."""

    def no_link(*arguments: object) -> None:
        raise AssertionError("a socket would be opened")

    monkeypatch.setattr(discovery_module, "_Link", no_link)
    monkeypatch.setattr(discovery_module, "require_multicast", no_link)
    monkeypatch.setattr(discovery_module, "ask", no_link)
    minted, news = Minted(), list[DiscoveryNews]()
    discovery = Discovery(
        "127.0.0.1", news.append, quiet=True, look=lambda: (LOOPBACK,), tick_seconds=0.01
    )
    async with running(discovery, minted):
        await until(lambda: len(news) == 2)
        discovery.ask("127.0.0.1")
    assert news == [NetworkChanged((LOOPBACK,)), LanChanged(Lan.QUIET)]
    assert minted.instances == []


async def test_l6_where_multicast_is_refused_it_is_told_and_tried_again() -> None:
    """An address that is not this machine's: no socket can be opened there."""
    elsewhere = Interface("eth9", "192.0.2.1", 24)
    minted, news = Minted(), list[DiscoveryNews]()
    discovery = Discovery("192.0.2.1", news.append, look=lambda: (elsewhere,), tick_seconds=0.01)
    async with running(discovery, minted):
        await until(lambda: discovery.lan() is Lan.BLOCKED)
    assert minted.instances == []
