"""What a node does when it starts, and with what stays private: neither grows with the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from aluna_protocol import limits
from aluna_protocol.ids import DeviceId, DocumentId
from aluna_sync.device import Device
from aluna_sync.engine.in_process import InProcessEngine
from aluna_sync.engine.types import Applied, SignedChange
from aluna_sync.founding import create_vault, unlock
from aluna_sync.journal.edit_kinds import SetText
from aluna_sync.node import Node, NodeOptions
from aluna_sync.vault import KdfCost
from aluna_sync.vault_file import MIB

ALONE = NodeOptions(listen=None, lan=False, quiet=True)


class CountingEngine(InProcessEngine):
    """An engine that remembers which documents it was made to build again."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[DocumentId] = []

    async def open(
        self,
        document: DocumentId,
        changes: list[SignedChange],
        aside: Mapping[int, str] | None = None,
    ) -> Applied:
        self.opened.append(document)
        return await super().open(document, changes, aside)


@pytest.fixture
def engine() -> CountingEngine:
    return CountingEngine()


@pytest.fixture
def device(tmp_path: Path, engine: CountingEngine) -> Device:
    return create_vault(
        tmp_path / "vault",
        "una frase larga de prueba",
        person="Itzel",
        device="laptop",
        collective="Semilla",
        engine=engine,
        turn=asyncio.Lock(),
        cost=KdfCost(2, 64 * MIB),
    )


async def settled(node: Node) -> None:
    """Let everything a starting node does at once be done."""
    await node.ready()
    for _ in range(100):
        await asyncio.sleep(0)


async def test_starting_a_node_opens_no_record_however_many_wait_to_be_sealed(
    device: Device, engine: CountingEngine
) -> None:
    for number in range(50):
        await device.add("note", [SetText("body", f"nota {number}")])
    engine.opened.clear()

    node = Node(device, ALONE)
    async with node.running():
        await settled(node)

    assert engine.opened == []
    device.lock()


async def test_private_words_are_sealed_for_this_device_once_they_are_many(
    device: Device,
) -> None:
    space = device.private_space()
    body = "palabras sólo mías, cada una distinta: "
    for number in range(2 * limits.SEAL_AT_BYTES // 2_000):
        await device.add("note", [SetText("body", body + str(number) * 2_000)])
    state = device.status().spaces
    assert device.store.log.pending_bytes(space) >= limits.SEAL_AT_BYTES

    node = Node(device, ALONE)
    async with node.running():
        await settled(node)
        node.seal()

    assert device.store.log.pending_bytes(space) == 0
    # The hub names the space to this person's other devices alone; nobody else is here.
    assert space in node.hub.directory.replicas
    assert space not in node.hub.directory.nameable(None)
    assert space not in node.hub.directory.nameable(DeviceId(bytes(32)))
    assert [one.state for one in device.status().spaces] == [one.state for one in state]
    await device.rebuild(lambda done, total: None)
    assert [one.state for one in device.status().spaces] == [one.state for one in state]
    device.lock()


def test_a_store_whose_vault_is_missing_is_kept_when_a_new_vault_is_made(
    device: Device, tmp_path: Path
) -> None:
    device.lock()
    home = tmp_path / "vault"
    before = (home / "store.db").read_bytes()
    vault = (home / "vault").rename(tmp_path / "mislaid")

    cost = KdfCost(2, 64 * MIB)
    create_vault(
        home, "otra frase larga", person="Julia", device="laptop", collective=None, cost=cost
    ).lock()

    [kept] = home.glob("store-without-vault-*.db")
    assert kept.read_bytes() == before
    (home / "vault").unlink()
    (home / "store.db").unlink()
    kept.rename(home / "store.db")
    vault.rename(home / "vault")
    opened = unlock(home, "una frase larga de prueba")
    assert opened.person_name == "Itzel"
    opened.lock()
