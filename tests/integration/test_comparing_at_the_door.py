"""Two people compare four words: either may take its time, and nothing is taken before the yes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from aluna_sync.founding import create_vault
from aluna_sync.node import door as doors
from aluna_sync.node.door import Admitted, Knock
from aluna_sync.node.driver import Node
from aluna_sync.node.entering import Found, OnFound, join
from aluna_sync.node.options import NodeOptions
from aluna_sync.node.transport import Connection
from harness.processes import COST, PASSPHRASE


class Meeting:
    """A keeper that says yes at once, and a newcomer that answers once the keeper has."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.welcomed = asyncio.Event()
        self.seen: list[tuple[int, ...]] = []
        goes_on = doors._goes_on

        async def watched(connection: Connection) -> bool:
            self.welcomed.set()
            return await goes_on(connection)

        monkeypatch.setattr(doors, "_goes_on", watched)

    async def knock(self, knock: Knock) -> bool:
        self.seen.append(knock.safety_words)
        return True

    async def hold(
        self, home: Path, on_found: OnFound
    ) -> tuple[Admitted | None, Device | AlunaError]:
        """Let Dana in at Ana's; return what the door said, and Dana's device or why not."""
        ana = create_vault(
            home / "ana", PASSPHRASE, person="Ana", device="pc", collective="Semilla", cost=COST
        )
        node = Node(ana, NodeOptions(listen=("127.0.0.1", 0), lan=False, quiet=True))
        entered: Device | AlunaError
        try:
            async with node.running():
                door = await node.open_door(1, self.knock)
                try:
                    entered = await join(
                        home / "dana", PASSPHRASE, door.words, person="Dana", device_name="pc",
                        at=door.address, lan=False, on_found=on_found, cost=COST,
                    )  # fmt: skip
                except AlunaError as error:
                    entered = error
                admitted = await door.wait()
                await door.close()
        finally:
            await ana.engine.close()
            ana.lock()
        return admitted, entered


async def test_who_still_compares_when_the_keeper_has_said_yes_comes_in_with_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting(monkeypatch)
    adopted: list[object] = []
    adopt = Node.adopt

    def watched(node: Node, connection: Connection, newcomer: object) -> None:
        adopted.append(newcomer)
        adopt(node, connection, newcomer)  # type: ignore[arg-type]

    monkeypatch.setattr(Node, "adopt", watched)

    async def later(found: Found) -> bool:
        await meeting.welcomed.wait()
        assert adopted == [], "no session, whose wait is short, begins while words are compared"
        meeting.seen.append(found.safety_words)
        return True

    admitted, dana = await meeting.hold(tmp_path, later)
    assert isinstance(dana, Device)
    try:
        assert admitted is not None
        assert admitted.device == dana.device
        assert meeting.seen[0] == meeting.seen[1]
        assert {person.name for person in dana.people(dana.collective())} == {"Ana", "Dana"}
        assert [peer.device for peer in dana.peers() if peer.last_met] != []
    finally:
        dana.lock()


async def test_i4_a_welcome_that_is_there_already_is_not_taken_when_the_words_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting(monkeypatch)

    async def differ(found: Found) -> bool:
        await meeting.welcomed.wait()
        return False

    admitted, refused = await meeting.hold(tmp_path, differ)
    assert isinstance(refused, AlunaError)
    assert refused.code == "door-refused-here"
    # The keeper's person said yes and was told so: its signed admission cannot be taken back.
    assert admitted is not None
