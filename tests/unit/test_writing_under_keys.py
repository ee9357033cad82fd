"""Under which key words leave the device, and what waits when there is none (rows K8, M4)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aluna_protocol import acts, entry, epoch, limits
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Kind
from aluna_protocol.epoch import Share
from aluna_protocol.ids import EMPTY_LOG, Lane, LogId, PersonId, SpaceId
from aluna_protocol.membership import SpaceKind, sign_seat
from aluna_sync import vault
from aluna_sync.device import Device, Identity
from aluna_sync.engine.in_process import InProcessEngine
from aluna_sync.errors import AlunaError
from aluna_sync.journal.edit_kinds import SetText
from aluna_sync.node.driver import Node
from aluna_sync.node.options import NodeOptions
from aluna_sync.safety import Safety
from aluna_sync.spaces import new_space
from aluna_sync.store.store import Store

KEYS = DeviceKeys(bytes([1]) * 32, bytes([2]) * 32)
OTHERS = DeviceKeys(bytes([3]) * 32, bytes([4]) * 32)
SEAT = sign_seat(KEYS, "laptop", PersonId(bytes(16)), "Ana")
OUTSIDE = sign_seat(OTHERS, "seized", PersonId(bytes([9]) * 16), "Nobody")
DEK = bytes(32)


def counting() -> Callable[[int], bytes]:
    drawn = iter(range(10**6))
    return lambda size: next(drawn).to_bytes(size, "big")


@pytest.fixture
def device(tmp_path: Path) -> Device:
    store = Store.create(
        tmp_path / "store.db",
        DEK,
        device=KEYS.device,
        person=SEAT.person,
        today=lambda: "2026-11-22",
    )
    return Device(
        tmp_path,
        Identity(KEYS, 7, SEAT.person, "Ana", "laptop"),
        store,
        Safety(tmp_path, vault.fresh_secrets("Ana", "laptop")),
        InProcessEngine(),
        turn=contextlib.nullcontext(),
        random_bytes=counting(),
        clock=lambda: datetime(2026, 11, 22, tzinfo=UTC),
        on_lock=store.close,
    )


@pytest.fixture
def space(device: Device) -> SpaceId:
    row, written = new_space(
        KEYS, 7, SpaceKind.COLLECTIVE, "Semilla", SEAT, None, device.random_bytes
    )
    device.spaces.take(row, written)
    return row.id


async def test_k8_while_no_key_may_be_used_words_stay_here_and_nothing_is_sealed(
    device: Device, space: SpaceId
) -> None:
    replica, log = device.spaces.replicas[space], device.spaces.own_log(space, Lane.CONTENT)
    exposed = device.spaces.writing_key(space)
    handed = acts.share(KEYS, 7, replica, OUTSIDE, [exposed], device.random_bytes)
    device.store.log.append(handed)
    note = await device.add("event", [SetText("title", "Una asamblea")], space)
    assert not device.spaces.can_write(space)
    with pytest.raises(AlunaError) as refused:
        device.seal(space)
    assert refused.value.code == "no-key-to-write"
    assert device.store.log.pending_count(space) == 1
    assert device.store.log.entries(log, 0, 10**6) == []
    assert device.store.index.row(note) is not None
    # A new key, given to members alone: what waited leaves under it and under no other.
    fresh = epoch.named(device.random_bytes(32))
    device.store.log.append(acts.rekey(KEYS, 7, replica, fresh, device.random_bytes))
    assert device.spaces.learn_keys(space) == [fresh]
    (sealed,) = device.seal(space)
    assert sealed.header.epoch == fresh.id
    assert device.store.log.pending_count(space) == 0
    (read,) = entry.open_parts(sealed, fresh.key)
    assert isinstance(read, entry.Part)
    assert read.document == note
    assert entry.open_parts(sealed, exposed.key) == [entry.BadPart("commitment")]


async def test_m4_a_hundred_heads_somebody_made_keep_this_device_from_nothing(
    device: Device, space: SpaceId
) -> None:
    replica = device.spaces.replicas[space]
    body = epoch.encode_operation(Share(()))
    for incarnation in range(100):
        log = LogId(space, OTHERS.device, incarnation, Lane.CONTROL)
        spam = entry.control_entry(OTHERS, Kind.EPOCH, log, EMPTY_LOG, (), body)
        device.store.log.append(replica.admit_run([spam]))
    await device.add("event", [SetText("title", "Una asamblea")], space)
    (sealed,) = device.seal(space)
    assert len(sealed.header.membership_heads) == limits.MAX_MEMBERSHIP_HEADS
    assert replica.is_seated_after(KEYS.device, sealed.header.membership_heads)


def test_a_box_is_opened_once_and_keys_are_learnt_when_their_epoch_is(
    device: Device, space: SpaceId
) -> None:
    """A share may come before the rekey it is for; its key counts once the epoch does."""
    replica = device.spaces.replicas[space]
    early = epoch.named(bytes([5]) * 32)
    sealed = epoch.seal_key(early, space, KEYS.device, KEYS.device, KEYS.static, bytes([6]) * 32)
    log = device.spaces.own_log(space, Lane.CONTROL)
    first = entry.control_entry(
        KEYS,
        Kind.EPOCH,
        log,
        replica.head(log),
        replica.control_heads,
        epoch.encode_operation(Share((sealed,))),
    )
    replica.add_own(first)
    device.store.log.append([first])
    assert device.spaces.learn_keys(space) == []
    minted = acts.rekey(KEYS, 7, replica, early, device.random_bytes)
    device.store.log.append(minted)
    assert device.spaces.learn_keys(space) == [early]
    assert device.spaces.learn_keys(space) == []
    assert device.store.log.epoch_keys(space)[early.id] == early.key


def test_what_was_searched_for_keys_once_is_not_read_again(
    device: Device, space: SpaceId, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, read = device.store.log, list[int]()
    whole = log.control_entries

    def counted(asked: SpaceId, *, after: int = 0) -> list[entry.Entry]:
        found = whole(asked, after=after)
        read.append(len(found))
        return found

    monkeypatch.setattr(log, "control_entries", counted)
    assert device.spaces.learn_keys(space) == []
    replica, fresh = device.spaces.replicas[space], epoch.named(bytes([5]) * 32)
    log.append(acts.rekey(KEYS, 7, replica, fresh, device.random_bytes))
    assert device.spaces.learn_keys(space) == [fresh]
    assert device.spaces.learn_keys(space) == []
    assert read == [0, 1, 0]


def test_the_last_space_that_can_be_named_is_entered_and_one_more_is_not(device: Device) -> None:
    def founded(number: int, kind: SpaceKind) -> SpaceId:
        row, written = new_space(KEYS, 7, kind, f"{number}", SEAT, None, device.random_bytes)
        device.spaces.take(row, written)
        return row.id

    # Private ones count: they are named to the other devices of their person.
    private = founded(limits.MAX_SPACES, SpaceKind.PRIVATE)
    for number in range(limits.MAX_SPACES - 1):
        founded(number, SpaceKind.CIRCLE if number else SpaceKind.COLLECTIVE)
    before = list(device.spaces.rows)
    for kind in SpaceKind:
        with pytest.raises(AlunaError) as refused:
            founded(limits.MAX_SPACES, kind)
        assert refused.value.code == "too-many-spaces"
        assert refused.value.fields == {"limit": limits.MAX_SPACES}
    assert list(device.spaces.rows) == [row.id for row in device.store.log.spaces()] == before
    assert private in device.spaces.rows
    assert len(Node(device, NodeOptions()).hub.directory.shareable()) == limits.MAX_SPACES - 1
