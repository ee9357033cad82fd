"""Whom a device recognises when who belongs changes, and how often it looks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from aluna_protocol import announce
from aluna_protocol.handshake import PairCandidate, pair_key
from aluna_protocol.ids import DeviceId
from aluna_sync.node import meeting as meeting_module
from aluna_sync.node.meeting import Meeting
from aluna_sync.node.neighbours import Found, Gone
from aluna_sync.node.options import NodeOptions
from harness.network import Network, Peer

PATIENCE_SECONDS = 10.0


class Nowhere:
    """A memory in which nobody was ever met."""

    def places(self, interfaces: object) -> dict[DeviceId, list[tuple[str, int]]]:
        return {}


REMEMBERS_NOTHING: Any = Nowhere()


class Announcing:
    """Stands for the network: counts how often something is said on it."""

    def __init__(self) -> None:
        self.announced = 0
        self.known: list[str] = []
        self.interfaces: tuple[object, ...] = ()

    async def announce(self, mint: object) -> None:
        self.announced += 1

    def recognise(self, instance: str) -> None:
        self.known.append(instance)


def meeting_of(peer: Peer) -> tuple[Meeting, Announcing]:
    made = Meeting(
        peer.hub,
        None,  # type: ignore[arg-type]  # nobody connects here
        peer.keys.static,
        NodeOptions(listen=("127.0.0.1", 0)),
        peer.rng.randbytes,
        lambda lan: None,
        lambda change: None,
        REMEMBERS_NOTHING,
    )
    network: Any = Announcing()
    made.discovery = network
    made._port = 4000
    return made, network


@asynccontextmanager
async def following(meeting: Meeting) -> AsyncIterator[None]:
    task = asyncio.ensure_future(meeting.follow_members())
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


def heard_from(sender: Peer, to: Peer) -> Found:
    """Return what *sender* says to *to* alone, as it is found on the network."""
    space = next(iter(to.hub.directory.replicas))
    key = pair_key(sender.keys, to.keys.static, space)
    txt = announce.announce_member(
        sender.keys.static,
        [PairCandidate(space, to.keys.device, to.keys.static, key)],
        nonce=sender.rng.randbytes(16),
        filler=sender.rng.randbytes(512),
        wallclock=time.time(),
    )
    return Found(f"of {sender.name}", "eth0", ("10.0.0.7",), 4000, txt)


async def test_l1_a_member_that_changes_the_membership_without_end_makes_us_announce_seldom(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(meeting_module, "MEMBERS_SECONDS", 0.5)
    ana = Network().peer("Ana")
    ana.found()
    meeting, network = meeting_of(ana)
    async with following(meeting):
        began = asyncio.get_running_loop().time()
        while asyncio.get_running_loop().time() - began < 0.3:
            meeting.members_changed()
            await asyncio.sleep(0)
        assert network.announced == 1, "at once"
        await until(lambda: network.announced == 2)
        assert asyncio.get_running_loop().time() - began >= 0.5, "and again after a while"


async def test_somebody_who_was_there_before_its_admission_was_known_is_recognised_then() -> None:
    network = Network()
    ana, cleo = network.peer("Ana"), network.peer("Cleo")
    space = ana.found()
    meeting, heard = meeting_of(ana)
    found = heard_from(cleo, ana)
    meeting._discovered(found)
    assert heard.known == []
    ana.admit(space, cleo)
    async with following(meeting):
        meeting.members_changed()
        await until(lambda: heard.known == [found.instance])
    meeting._discovered(Gone(found.instance))
    assert found.instance not in meeting._candidates


async def test_l1_who_is_not_recognised_is_not_dialled() -> None:
    network = Network()
    ana, stranger = network.peer("Ana"), network.peer("Stranger")
    ana.found()
    meeting, heard = meeting_of(ana)
    meeting._discovered(heard_from(stranger, ana))
    meeting._discovered(Found("rubbish", "eth0", ("10.0.0.8",), 1, {b"v": b"9"}))
    meeting._discovered(Found("door", "eth0", ("10.0.0.8",), 1, announce.announce_door(bytes(16))))
    assert heard.known == []
    assert not meeting.still_trying(1)
