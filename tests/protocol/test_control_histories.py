"""Random histories of real control entries on four devices that meet at random (SPEC §6, §7).

Every operation of version 1, by members and outsiders, honest and not; after each step every
device is looked at: rows K7, K8, M5.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import aluna_protocol
from aluna_protocol import acts, entry, epoch, membership
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Entry, EpochKey
from aluna_protocol.epoch import EpochAct, Rekey
from aluna_protocol.ids import EntryHash, Lane, LogId
from aluna_protocol.membership import Act, Admit
from aluna_protocol.powers import Standing
from aluna_protocol.replica import SpaceReplica
from harness import epochs
from vectors.making import ANA, BO, CLEO, EVE, GENESIS, SPACE, seat_of, stream

EVERYBODY = (ANA, BO, CLEO, EVE)
NUMBER = st.integers(0, len(EVERYBODY) - 1)
STEPS = st.lists(
    st.tuples(st.sampled_from(["admit", "mint", "share", "meet"]), NUMBER, NUMBER),
    min_size=4,
    max_size=30,
)


@dataclass
class Device:
    """One device: what it holds of the space, in the order it came."""

    keys: DeviceKeys
    replica: SpaceReplica = field(default_factory=lambda: SpaceReplica(SPACE))
    control: list[Entry] = field(default_factory=list)

    def take(self, written: list[Entry]) -> None:
        for one in written:
            self.control += self.replica.admit_run([one])


class World:
    """Four devices; Ana founded the space, nobody else knows of it yet."""

    def __init__(self) -> None:
        self.random = stream("histories")
        self.devices = [Device(keys) for keys in EVERYBODY]
        ana = self.devices[0]
        ana.replica, ana.control, _ = acts.found(ANA, 7, GENESIS, self.random)

    def do(self, what: str, one: int, other: int) -> None:
        by, to = self.devices[one], self.devices[other]
        if what == "meet":
            held = list(by.control)
            by.take(to.control)
            to.take(held)
            return
        args = (by.keys, 7, by.replica)
        if what == "admit":
            admitted = Admit(seat_of(to.keys), b"")
            # Not `acts.admit`: that one refuses what would be void, and others need not.
            log = LogId(SPACE, by.keys.device, 7, Lane.CONTROL)
            heads = by.replica.heads_to_name(by.keys.device)
            body = membership.encode_operation(admitted)
            kind = entry.Kind.MEMBERSHIP
            written = entry.control_entry(by.keys, kind, log, by.replica.head(log), heads, body)
            by.replica.add_own(written)
            by.control.append(written)
            by.control += acts.share(*args, admitted.seat, self.keyring(by), self.random)
        elif what == "mint":
            by.control += acts.rekey(*args, epoch.named(self.random(32)), self.random)
        else:
            by.control += acts.share(*args, seat_of(to.keys), self.keyring(by), self.random)

    def keyring(self, device: Device) -> list[EpochKey]:
        return acts.keys_for(device.keys, SPACE, device.control)

    def meet_all(self) -> None:
        for _ in range(2):
            for other in range(1, len(self.devices)):
                self.do("meet", 0, other)


def seen_afresh(control: list[Entry]) -> SpaceReplica:
    """A device that hears the same entries in another order: each log apart, the last first."""
    replica = SpaceReplica(SPACE)
    for log in sorted({one.header.log for one in control}, reverse=True):
        replica.admit_run([one for one in control if one.header.log == log])
    return replica


def boxes_of(one: Entry) -> tuple[epoch.SealedKey, ...]:
    operation = epoch.decode_operation(one.parts[0] or b"")
    return () if isinstance(operation, epoch.Complaint) else operation.boxes


def by_the_pure_functions(control: list[Entry]) -> tuple[set[bytes], epoch.Epoch | None]:
    """Members and active epoch as `membership.resolve` and `harness.epochs` say from nothing."""
    given: list[Act] = []
    minting: list[EpochAct] = []
    for one in control:
        header, body = one.header, one.parts[0] or b""
        parents = frozenset({*header.membership_heads, header.previous} - {EntryHash(bytes(32))})
        member = epoch_operation = None
        if header.kind is entry.Kind.MEMBERSHIP:
            member = membership.decode_operation(body)
        else:
            epoch_operation = epoch.decode_operation(body)
        given.append(Act(one.hash, header.log.device, parents, member))
        minting.append(EpochAct(one.hash, header.log.device, parents, epoch_operation))
    signed: dict[EntryHash, Standing] = {}
    for act in given:
        past, pending = set[EntryHash](), list(act.parents)
        by_id = {one.id: one for one in given}
        while pending:
            ancestor = pending.pop()
            if ancestor not in past:
                past.add(ancestor)
                pending.extend(by_id[ancestor].parents)
        seen = membership.resolve(SPACE, [by_id[one] for one in past])
        seat = seen.seats.get(act.signer)
        keeps = seat is not None and seat.person in seen.keepers
        belongs = Standing.KEEPER if keeps else Standing.MEMBER
        signed[act.id] = Standing.NOBODY if seat is None else belongs
    members = set(membership.resolve(SPACE, given).seats)
    return set[bytes](members), epochs.active(epochs.resolve(minting, signed), members)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_k7_the_key_in_use_was_given_to_members_alone_at_every_reachable_state(
    steps: list[tuple[str, int, int]],
) -> None:
    world = World()
    for step in steps:
        world.do(*step)
        for device in world.devices:
            active = device.replica.active_epoch
            if active is None:
                continue
            boxed = {
                sealed.device
                for one in device.control
                if one.header.kind is entry.Kind.EPOCH
                for sealed in boxes_of(one)
                if sealed.epoch == active.id
            }
            assert boxed <= active.exposure <= device.replica.members


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_m5_however_long_apart_devices_that_met_agree_and_so_does_who_hears_it_afresh(
    steps: list[tuple[str, int, int]],
) -> None:
    world = World()
    for step in steps:
        world.do(*step)
    for device in world.devices:
        members, active = by_the_pure_functions(device.control)
        assert device.replica.members == members
        assert device.replica.active_epoch == active
    world.meet_all()
    ana = world.devices[0]
    for replica in (*(one.replica for one in world.devices), seen_afresh(ana.control)):
        assert replica.membership == ana.replica.membership
        assert list(replica.membership.seats) == list(ana.replica.membership.seats)
        assert replica.epochs == ana.replica.epochs
        assert replica.active_epoch == ana.replica.active_epoch
        assert replica.control_heads == ana.replica.control_heads


def test_m5_no_clock_enters_who_belongs_or_which_key_is_used() -> None:
    """The modules that decide name no clock and are given no time; an entry carries none."""
    folder = Path(aluna_protocol.__file__).parent
    deciding = ("membership", "operations", "outcome", "powers", "register", "striking")
    for module in ("acts", "entry", "epoch", "ids", *deciding):
        tree = ast.parse((folder / f"{module}.py").read_text(encoding="utf-8"))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        names |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        assert not names & {"time", "datetime", "clock", "monotonic", "timestamp", "date"}
        # Nor under another name: the core is given time as an Instant alone.
        assert ("Instant" in names) is (module == "ids")
    fields = list(entry.Header.__dataclass_fields__)
    assert fields == [
        *("kind", "log", "height", "previous", "membership_heads"),
        *("epoch", "salt", "commitment", "parts"),
    ]


def test_m5_a_year_apart_heals_in_one_meeting() -> None:
    """Half the devices mint each week, the other half admit; then they meet."""
    world = World()
    world.do("admit", 0, 1)
    world.do("meet", 0, 1)
    for _ in range(52):
        world.do("mint", 0, 0)
    world.do("admit", 1, 2)
    world.do("meet", 1, 2)
    for _ in range(52):
        world.do("mint", 2, 2)
    world.meet_all()
    ana, *others = world.devices
    assert ana.replica.members == {ANA.device, BO.device, CLEO.device}
    active = ana.replica.active_epoch
    assert active is not None
    assert active.depth == 53
    for device in others[:2]:
        assert device.replica.active_epoch == active
    # Whoever lacks it is handed it by whoever holds it (E5), and nobody mints for that.
    holders = [one for one in world.devices if active.id in {k.id for k in world.keyring(one)}]
    lacking = [one for one in world.devices[:3] if one not in holders]
    for one in lacking:
        other = world.devices.index(one)
        world.do("share", world.devices.index(holders[0]), other)
        world.do("meet", world.devices.index(holders[0]), other)
        assert active.id in {key.id for key in world.keyring(one)}
        assert one.replica.active_epoch is not None
        assert one.replica.active_epoch.id == active.id


# -- K6: what a hostile mint can and cannot do ---------------------------------------------------


def hostile_mint(world: World, by: int, change: Callable[[Rekey], Rekey]) -> EpochKey:
    """Device *by* mints for everybody, and *change* is made to it before it is signed."""
    device = world.devices[by]
    key = epoch.named(world.random(32))
    boxes = tuple(
        epoch.seal_key(key, SPACE, device.keys.device, seat.device, seat.static, world.random(32))
        for _, seat in sorted(device.replica.membership.seats.items())
    )
    body = epoch.encode_operation(change(Rekey(key.id, boxes)))
    kind = entry.Kind.EPOCH
    device.control.append(acts._write(device.keys, 7, device.replica, kind, body))
    return key


def three_members() -> World:
    world = World()
    for other in (1, 2):
        world.do("admit", 0, other)
    world.meet_all()
    return world


def test_k6_a_mint_by_somebody_outside_is_ignored() -> None:
    world = three_members()
    before = world.devices[0].replica.active_epoch
    hostile_mint(world, 3, lambda minted: minted)
    world.meet_all()
    for device in world.devices:
        assert device.replica.active_epoch == before


def test_k6_a_mint_that_leaves_a_member_out_is_healed_by_a_share() -> None:
    world = three_members()
    cleo = world.devices[2]

    def without_cleo(minted: Rekey) -> Rekey:
        boxes = tuple(box for box in minted.boxes if box.device != CLEO.device)
        return Rekey(minted.epoch, boxes)

    key = hostile_mint(world, 1, without_cleo)
    world.meet_all()
    assert cleo.replica.active_epoch is not None
    assert cleo.replica.active_epoch.id == key.id
    assert key not in world.keyring(cleo)
    world.do("share", 0, 2)
    world.meet_all()
    assert key in world.keyring(cleo)
    assert cleo.replica.active_epoch.id == key.id


def test_k6_a_mint_with_a_wrong_box_for_one_member_is_healed_by_a_share() -> None:
    world = three_members()
    cleo = world.devices[2]
    other = epoch.named(world.random(32))

    def wrong_for_cleo(minted: Rekey) -> Rekey:
        sealed = epoch.seal_key(other, SPACE, BO.device, CLEO.device, CLEO.static, world.random(32))
        wrong = epoch.SealedKey(minted.epoch, CLEO.device, sealed.box)
        boxes = [box for box in minted.boxes if box.device != CLEO.device]
        return Rekey(minted.epoch, (*boxes, wrong))

    key = hostile_mint(world, 1, wrong_for_cleo)
    world.meet_all()
    assert key in world.keyring(world.devices[0])
    assert key not in world.keyring(cleo)
    world.do("share", 0, 2)
    world.meet_all()
    assert key in world.keyring(cleo)
