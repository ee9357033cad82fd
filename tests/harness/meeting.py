"""People of a collective in this very process, who meet by hand: what each reads of whom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aluna_protocol import entry as entries
from aluna_protocol import epoch
from aluna_protocol.entry import Entry, Kind, Part
from aluna_protocol.ids import DocumentId, EpochId, Lane, SpaceId
from aluna_sync.agreeing import Agreeing, changed_rules
from aluna_sync.device import Device
from aluna_sync.journal.edit_kinds import SetText
from harness.carrying import carry, read
from harness.made import let_in

Make = Callable[[str], Device]
Together = Callable[..., list[Device]]


def rules_of(device: Device) -> Agreeing:
    return Agreeing(device, device.collective())


def from_now_on(
    asks: Device, others: list[Device], *, gives_past: bool, admitting: int | None = None
) -> None:
    standing = asks.spaces.replicas[asks.collective()].membership.rules
    rules = changed_rules(
        standing, keepers=None, quorum=None, admitting=admitting, gives_past=gives_past
    )
    done = rules_of(asks).set_rules(rules)
    if done.missing:
        give(asks, *others)
        rules_of(others[0]).second(done.id)
        give(others[0], asks)


def give(one: Device, *others: Device, seal: bool = False) -> None:
    """Bring all that *one* has to *others*, and read it there."""
    carry(one, *others, seal=seal)
    for other in others:
        other.spaces.learn_keys(other.collective())
    read(*others)


def meet(*people: Device) -> None:
    """Let everybody have what all have; what waits is sealed."""
    for _ in range(2):
        for one in people:
            give(one, *(other for other in people if other is not one), seal=True)


def write(one: Device, title: str, space: SpaceId | None = None) -> DocumentId:
    where = one.collective() if space is None else space
    return asyncio.run(one.add("event", [SetText("title", title)], where))


def edit(one: Device, record: DocumentId, **texts: str) -> None:
    asyncio.run(one.edit(record, [SetText(name, text) for name, text in texts.items()]))


def titles(one: Device, space: SpaceId | None = None) -> set[str]:
    where = one.collective() if space is None else space
    found = [one.store.index.row(name) for name, _ in one.store.index.state_parts(where)]
    return {row.title for row in found if row is not None}


def content_of(author: Device, holder: Device, space: SpaceId | None = None) -> list[Entry]:
    where = holder.collective() if space is None else space
    log = author.spaces.own_log(where, Lane.CONTENT)
    return holder.store.log.entries(log, 0, 2**40)


def opened_by(one: Device, sealed: Entry) -> list[bytes]:
    """Return every change of an entry that a device can read with any key it has."""
    key = one.spaces.epoch_keys[sealed.header.log.space].get(sealed.header.epoch)
    if key is None:
        return []
    parts = entries.open_parts(sealed, key)
    return [raw for part in parts if isinstance(part, Part) for raw in part.changes]


def rekeys(one: Device) -> list[EpochId]:
    """Return what was minted in the collective, as far as a device knows."""
    found = []
    for entry in one.store.log.control_entries(one.collective()):
        if entry.header.kind is Kind.EPOCH:
            operation = epoch.decode_operation(entry.parts[0] or b"")
            if isinstance(operation, epoch.Rekey):
                found.append(operation.epoch)
    return found


def let_in_and_removed(people: list[Device], newcomer: Device) -> None:
    """Ana lets somebody in, then she and the last of *people* remove the third; Bo is away."""
    ana, _bo, cleo, eva = people
    let_in(ana, newcomer)
    asked = rules_of(ana).remove(cleo.person)
    give(ana, eva)
    rules_of(eva).second(asked.id)
    give(eva, ana)
