"""Doors that make passphrases cheap, and a node that meets whom a test says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aluna_protocol.ids import DeviceId, PersonId
from aluna_sync.device import Device
from aluna_sync.facts import Met, PeerFacts
from aluna_sync.founding import create_vault
from aluna_sync.node import Admitted, Knock, NodeOptions, SyncReport
from aluna_sync.vault import KdfCost
from aluna_sync.vault_file import MIB
from aluna_tui.commands.doors import Doors

CHEAP = KdfCost(passes=2, memory=64 * MIB)
JULIAS = DeviceId(b"j" * 32)


def peer(**changes: Any) -> PeerFacts:
    """Return Julia's laptop, up to date, with *changes*."""
    facts: dict[str, Any] = {
        "device": JULIAS,
        "device_name": "laptop",
        "person": PersonId(b"j" * 16),
        "person_name": "Julia",
        "online": False,
        "last_met": "2026-03-13T10:00:00+00:00",
        "lacks": 0,
        "lacks_mine": 0,
        "we_lack": 0,
    }
    return PeerFacts(**{**facts, **changes})


def met(*, complete: bool = True) -> Met:
    """Return a session with Julia that moved a little."""
    return Met(JULIAS, "Julia", 2, 400, 3, 600, 0.25, complete)


class CheapDoors(Doors):
    """The real doors, with a key derivation that takes no time."""

    def create_vault(
        self, home: Path, passphrase: str, *, person: str, device: str, collective: str
    ) -> Device:
        return create_vault(
            home, passphrase, person=person, device=device, collective=collective, cost=CHEAP
        )


class FakeDoor:
    """A door at which somebody may stand already."""

    words = (0, 1, 2, 3, 2047)
    address = ("127.0.0.1", 4747)

    def __init__(self, answer: Admitted | None) -> None:
        self._answer = answer
        self.closed = False

    async def wait(self) -> Admitted | None:
        return self._answer

    async def close(self) -> None:
        self.closed = True


class _Hub:
    def may_seal(self, _space: object) -> bool:
        return False


class FakeNode:
    """A node that reports what a test gave it; *knock* stands at the door if there is one."""

    hub = _Hub()

    def __init__(self, report: SyncReport | None, knock: Knock | None) -> None:
        self._report = report
        self._knock = knock
        self.listening = ("127.0.0.1", 4700)

    async def sync_once(self, wait: float) -> SyncReport:
        assert wait >= 0
        assert self._report is not None
        return self._report

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        yield

    async def wait_until_settled(self, wait: float) -> bool:
        return wait > 0

    async def open_door(self, minutes: float, on_knock: Any, **_where: Any) -> FakeDoor:
        assert minutes > 0
        if self._knock is not None and await on_knock(self._knock):
            return FakeDoor(Admitted(self._knock.person_name, JULIAS))
        return FakeDoor(None)


class FakeDoors(CheapDoors):
    """Doors to a fake node; remembers the options it was given."""

    def __init__(self, report: SyncReport | None = None, knock: Knock | None = None) -> None:
        self._node = FakeNode(report, knock)
        self.options: list[NodeOptions] = []

    def node(self, device: Device, options: NodeOptions) -> Any:
        self.options.append(options)
        return self._node
