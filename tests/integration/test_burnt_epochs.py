"""A key that may be used no more: the devices make another by themselves, and go on writing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from aluna_protocol import acts, epoch
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Entry, Kind
from aluna_protocol.ids import EpochId, Lane, PersonId, SpaceId
from aluna_protocol.membership import sign_seat
from aluna_protocol.replica import SpaceReplica
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from aluna_sync.founding import admit
from aluna_sync.journal.edit_kinds import SetText
from aluna_sync.node import sealing
from harness.carrying import carry
from harness.processes import Person
from harness.together import together, until

SEIZED = DeviceKeys(bytes([41]) * 32, bytes([42]) * 32)
OUTSIDE = sign_seat(SEIZED, "seized", PersonId(bytes([43]) * 16), "Nobody")


def control(device: Device) -> list[Entry]:
    return list(device.store.log.control_entries(device.collective()))


def active(device: Device) -> EpochId | None:
    found = device.spaces.replicas[device.collective()].active_epoch
    return None if found is None else found.id


def sign(device: Device, what: Callable[[SpaceReplica], list[Entry]]) -> None:
    """Write control entries in the name of *device*, whatever they are."""
    replica = device.spaces.replicas[device.collective()]
    device.store.log.append(what(replica))
    device.spaces.learn_keys(device.collective())


def give_away(device: Device) -> None:
    """Hand the key in use to a device nobody seated."""
    space, keys = device.collective(), device.identity.keys
    key = device.spaces.writing_key(space)
    sign(
        device,
        lambda replica: acts.share(
            keys, device.spaces.incarnation, replica, OUTSIDE, [key], device.random_bytes
        ),
    )


def titles(device: Device) -> set[str]:
    space = device.collective()
    found = (device.record(name) for name, _ in device.store.index.state_parts(space))
    return {record.title for record in found if record is not None}


def alike(*devices: Device) -> bool:
    spaces = [next(s for s in d.status().spaces if s.kind == "collective") for d in devices]
    return len({one.state for one in spaces}) == 1


async def add(device: Device, title: str, space: SpaceId) -> None:
    await device.add("event", [SetText("title", title)], space)


async def test_k8_after_the_key_was_given_away_both_write_again_and_have_the_same_journal(
    people: list[Person],
) -> None:
    ana, bo = people[:2]
    with ana.opened() as device:
        burnt = active(device)
        space = device.collective()
        give_away(device)
        await add(device, "mientras tanto", space)
        assert not device.spaces.can_write(space)
        assert not device.status().spaces[0].writable
    told = await asyncio.to_thread(ana.do, "status")
    assert "what you write waits on this device, safe" in told.out
    async with together(ana, bo) as ((anas, _), (bos, _)):
        await add(bos, "también", space)
        await until(lambda: titles(anas) == titles(bos) == {"mientras tanto", "también"})
        await until(lambda: alike(anas, bos))
        assert active(anas) == active(bos) is not None
        assert active(anas) != burnt
        for device in (anas, bos):
            assert device.spaces.can_write(space)
            log = device.spaces.own_log(space, Lane.CONTENT)
            sealed = device.store.log.entries(log, 0, 10**6)
            assert sealed
            # Bo may have written before he heard of it; whoever had heard never did.
            assert device is bos or all(one.header.epoch != burnt for one in sealed)
        assert anas.status().spaces[0].writable


async def test_k6_boxes_that_hold_no_key_keep_nobody_from_writing(people: list[Person]) -> None:
    with people[0].opened() as anas, people[1].opened() as bos, people[2].opened() as malas:
        # Mala names an epoch, and what she boxes for everybody is another key.
        space, keys = malas.collective(), malas.identity.keys
        named = epoch.named(malas.random_bytes(32))
        wrong = type(named)(named.id, malas.random_bytes(32))
        sign(
            malas,
            lambda replica: acts.rekey(
                keys, malas.spaces.incarnation, replica, wrong, malas.random_bytes
            ),
        )
        carry_control(malas, anas, bos)
        assert active(anas) == active(bos) == named.id
        assert not anas.spaces.can_write(space)
    async with together(people[0], people[1]) as ((anas, _), (bos, _)):
        await add(anas, "una", space)
        await add(bos, "otra", space)
        await until(lambda: titles(anas) == titles(bos) == {"una", "otra"})
        await until(lambda: alike(anas, bos))
        assert active(anas) == active(bos) != named.id


def carry_control(one: Device, *others: Device) -> None:
    for other in others:
        have = {entry.hash for entry in control(other)}
        other.store.log.append([entry for entry in control(one) if entry.hash not in have])
        log, space = other.store.log, other.collective()
        other.spaces.replicas[space].restore(log.heads(space), log.control_entries(space))


async def test_k6_who_lacks_the_key_in_use_is_handed_it_at_a_meeting(people: list[Person]) -> None:
    with people[0].opened() as anas:
        # Ana makes a new key that she boxes for herself alone, as if Bo had come meanwhile.
        space, keys = anas.collective(), anas.identity.keys
        key = epoch.named(anas.random_bytes(32))

        def alone(replica: SpaceReplica) -> list[Entry]:
            seat = replica.membership.seats[keys.device]
            box = epoch.seal_key(
                key, space, keys.device, keys.device, seat.static, anas.random_bytes(32)
            )
            body = epoch.encode_operation(epoch.Rekey(key.id, (box,)))
            return [acts._write(keys, anas.spaces.incarnation, replica, Kind.EPOCH, body)]

        sign(anas, alone)
        assert anas.spaces.can_write(space)
    async with together(people[0], people[1]) as ((anas, _), (bos, _)):
        await add(anas, "una", space)
        await until(lambda: bos.spaces.can_write(space))
        await add(bos, "otra", space)
        await until(lambda: titles(anas) == titles(bos) == {"una", "otra"})
        assert active(anas) == active(bos) == key.id


async def test_words_that_somebody_kept_from_leaving_leave_by_themselves_later(
    people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who told of more of our log than there is, or says nothing any more, goes some time."""
    monkeypatch.setattr(sealing, "SEAL_AGAIN_SECONDS", 0.05)
    async with together(people[0], people[1]) as ((anas, node), (bos, _)):
        await until(lambda: bool(anas.online))
        asked: list[SpaceId] = []
        may_seal = node.hub.may_seal

        def blocked(space: SpaceId) -> bool:
            asked.append(space)
            return False

        monkeypatch.setattr(node.hub, "may_seal", blocked)
        await add(anas, "espera", anas.collective())
        await until(lambda: len(asked) > 3)
        assert titles(bos) == set()
        monkeypatch.setattr(node.hub, "may_seal", may_seal)
        await until(lambda: titles(bos) == {"espera"})


def test_k7_a_device_of_somebody_whom_another_seated_is_refused_before_anything_is_written(
    devices: list[Device],
) -> None:
    ana, bo, cleo = devices
    carry(ana, bo)
    space, before, key = bo.collective(), control(bo), active(bo)
    seat = sign_seat(SEIZED, "another", cleo.person, "Cleo")
    with pytest.raises(AlunaError) as refused:
        admit(bo, space, seat, bytes(16))
    assert refused.value.code == "person-already-in"
    assert refused.value.fields == {"name": "Cleo"}
    assert control(bo) == before
    assert active(bo) == key
    assert bo.spaces.can_write(space)
    # She herself may: it is her second device.
    admit(cleo, space, seat, bytes(16))
    assert SEIZED.device in cleo.spaces.replicas[space].members


def test_k7_where_there_is_no_room_nobody_is_handed_a_key(
    devices: list[Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = devices[0]
    space, before = ana.collective(), control(ana)
    monkeypatch.setattr("aluna_protocol.limits.MAX_DEVICES", 3)
    seat = sign_seat(SEIZED, "laptop", OUTSIDE.person, "Dani")
    with pytest.raises(AlunaError) as refused:
        admit(ana, space, seat, bytes(16))
    assert refused.value.code == "may-not-admit"
    assert control(ana) == before
