"""Three who write, remove and suspend one another without a network."""

from __future__ import annotations

import asyncio

from aluna_protocol.ids import DocumentId
from aluna_sync.agreeing import Agreeing
from aluna_sync.device import Device
from aluna_sync.journal.edit_kinds import SetText
from harness.carrying import carry, read
from harness.processes import write


def record(one: Device, title: str, body: str = "") -> DocumentId:
    (name,) = write(one, title, body=body)
    return DocumentId(bytes.fromhex(name))


def edit(one: Device, document: DocumentId, text: str, *, seal: bool = True) -> None:
    asyncio.run(one.edit(document, [SetText("body", text)]))
    if seal:
        one.seal(one.collective())


def space(one: Device) -> Agreeing:
    return Agreeing(one, one.collective())


def give(one: Device, *others: Device) -> None:
    carry(one, *others)
    for other in others:
        other.spaces.learn_keys(other.collective())
    read(*others)


def remove(gone: Device, ask: Device, second: Device) -> None:
    """Let two remove a third, who is not told; both know of it afterwards."""
    asked = space(ask).remove(gone.person)
    give(ask, second)
    space(second).second(asked.id)
    give(second, ask)
    read(second)


def reasons(one: Device) -> list[str]:
    return sorted(aside.reason for aside in one.store.log.set_asides(one.collective()))


def titles(one: Device) -> set[str]:
    space = one.collective()
    found = [one.store.index.row(document) for document, _ in one.store.index.state_parts(space)]
    return {row.title for row in found if row is not None}
