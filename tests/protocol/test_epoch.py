"""Which key may be used, and by whom (SPEC §7, security E1-E10)."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_protocol import crypto, epoch, limits
from aluna_protocol.epoch import BOX_BYTES, Complaint, EpochAct, Rekey, SealedKey, Share
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import DeviceId, EntryHash, EpochId
from aluna_protocol.powers import Standing
from harness import epochs
from vectors.making import ANA, BO, CLEO, EPOCH, EVE, SPACE

DEVICES = [keys.device for keys in (ANA, BO, CLEO, EVE)]
MEMBERS = frozenset(DEVICES[:3])


def sealed(number: int, devices: set[DeviceId]) -> tuple[SealedKey, ...]:
    name = EpochId(bytes([number]) * 32)
    return tuple(SealedKey(name, device, bytes(BOX_BYTES)) for device in sorted(devices))


@st.composite
def histories(draw: st.DrawFn) -> list[EpochAct]:
    acts: list[EpochAct] = []
    for place in range(draw(st.integers(0, 10))):
        seen = draw(st.sets(st.integers(0, place - 1), max_size=3)) if place else set()
        devices = draw(st.sets(st.sampled_from(DEVICES)))
        number = draw(st.integers(0, 4))
        boxes = sealed(number, devices)
        name = EpochId(bytes([number]) * 32)
        complaint = Complaint(name, EntryHash(bytes(32)))
        operation = draw(st.sampled_from([Rekey(name, boxes), Share(boxes), complaint, None]))
        acts.append(
            EpochAct(
                EntryHash(crypto.blake2b(bytes([place]))),
                draw(st.sampled_from(DEVICES)),
                frozenset(acts[one].id for one in seen),
                operation,
            )
        )
    return acts


def worked_in(acts: list[EpochAct]) -> epoch.Resolver:
    resolver = epoch.Resolver()
    for act in acts:
        resolver.add(act, Standing.KEEPER if act.signer in MEMBERS else Standing.NOBODY)
    return resolver


@settings(max_examples=50)
@given(histories(), st.sets(st.sampled_from(DEVICES)))
def test_k7_the_active_key_was_never_given_to_anybody_outside(
    acts: list[EpochAct], members: set[DeviceId]
) -> None:
    active = next(worked_in(acts).eligible(members), None)
    if active is None:
        return
    given_to: set[DeviceId] = set()
    for act in acts:
        boxes = act.operation.boxes if isinstance(act.operation, Rekey | Share) else ()
        if isinstance(act.operation, Share) or act.signer in MEMBERS:
            given_to |= {box.device for box in boxes if box.epoch == active.id}
    assert given_to <= active.exposure <= members


@settings(max_examples=50)
@given(histories(), st.randoms(use_true_random=False))
def test_any_order_with_causes_first_gives_the_same_epochs(
    acts: list[EpochAct], chance: random.Random
) -> None:
    waiting, done, order = list(acts), set[EntryHash](), list[EpochAct]()
    while waiting:
        one = chance.choice([act for act in waiting if act.parents <= done])
        waiting.remove(one)
        order.append(one)
        done.add(one.id)
    first, other = worked_in(order), worked_in(acts)
    signed = epochs.by_members(acts, MEMBERS)
    assert first.epochs == other.epochs == epochs.resolve(acts, signed)
    assert first.bad == other.bad == epochs.bad(acts, signed)
    for members in (MEMBERS, frozenset(DEVICES)):
        expected = epochs.active(first.epochs, members, first.bad)
        assert next(first.eligible(members), None) == expected
        assert next(other.eligible(members), None) == expected


@settings(max_examples=50)
@given(histories())
def test_k6_only_who_held_a_seat_mints(acts: list[EpochAct]) -> None:
    found = worked_in(acts).minted
    minted = {
        act.operation.epoch
        for act in acts
        if isinstance(act.operation, Rekey) and act.signer in MEMBERS
    }
    assert found == minted


def by(place: int, signer: DeviceId, operation: epoch.EpochOperation, *after: EpochAct) -> EpochAct:
    parents = frozenset(act.id for act in after)
    return EpochAct(EntryHash(crypto.blake2b(bytes([place]))), signer, parents, operation)


def minted(place: int, signer: DeviceId, number: int, *after: EpochAct) -> EpochAct:
    name = EpochId(bytes([number]) * 32)
    return by(place, signer, Rekey(name, sealed(number, set(MEMBERS))), *after)


def names(resolver: epoch.Resolver) -> list[int]:
    return [one.id[0] for one in resolver.eligible(MEMBERS)]


def test_of_equal_depth_the_lowest_id_is_active() -> None:
    apart = [minted(number, DEVICES[0], number) for number in (3, 1, 2)]
    assert names(worked_in(apart)) == [1, 2, 3]
    deeper = minted(9, DEVICES[0], 9, apart[0])
    assert names(worked_in([*apart, deeper])) == [9, 1, 2, 3]
    assert names(worked_in([])) == []


def test_an_epoch_that_lacks_a_member_may_be_used() -> None:
    """E5: somebody who holds it shares it."""
    name = EpochId(bytes(32))
    lacking = by(0, DEVICES[0], Rekey(name, sealed(0, {DEVICES[0]})))
    assert names(worked_in([lacking])) == [0]


def test_k6_what_a_member_mints_is_used_only_while_no_keeper_s_is_there() -> None:
    first = minted(1, DEVICES[0], 5)
    second = minted(2, DEVICES[1], 4, first)
    third = minted(3, DEVICES[1], 3, second)
    resolver = epoch.Resolver()
    for act in (second, third):
        resolver.add(replace(act, parents=act.parents - {first.id}), Standing.MEMBER)
    assert names(resolver) == [3, 4]
    resolver.add(first, Standing.KEEPER)
    assert names(resolver) == [5, 3, 4]
    resolver.add(by(4, DEVICES[3], Share(sealed(5, {DEVICES[3]})), first), Standing.NOBODY)
    assert names(resolver) == [3, 4]
    resolver.add(replace(third, id=EntryHash(bytes(32))), Standing.KEEPER)
    assert names(resolver) == [3, 4]
    assert [one.by_keeper for one in resolver.epochs] == [True, True, False]


def test_k6_an_epoch_somebody_complained_of_is_passed_over_and_its_key_boxed_again() -> None:
    one, other = minted(1, DEVICES[0], 1), minted(2, DEVICES[0], 2)
    said = by(3, DEVICES[1], Complaint(EpochId(bytes([1]) * 32), one.id), one)
    resolver = worked_in([one, other, said])
    assert names(resolver) == [2]
    assert resolver.to_box_again == {(DEVICES[1], EpochId(bytes([1]) * 32))}
    again = by(4, DEVICES[0], Share(sealed(1, {DEVICES[1]})), said)
    assert worked_in([one, other, said, again]).to_box_again == set()
    assert names(worked_in([one, other, said, again])) == [2], "who wrote it is not believed again"


def test_k6_of_many_complaints_of_one_device_only_the_first_is_heeded() -> None:
    first, second = minted(1, DEVICES[0], 1), minted(2, DEVICES[0], 2)
    third = minted(3, DEVICES[0], 3, first, second)
    of_third = by(4, DEVICES[1], Complaint(EpochId(bytes([3]) * 32), third.id), third)
    of_first = by(5, DEVICES[1], Complaint(EpochId(bytes([1]) * 32), first.id), first)
    for order in ([of_third, of_first], [of_first, of_third]):
        resolver = worked_in([first, second, third, *order])
        assert names(resolver) == [3, 2]
        assert list(resolver.unheard) == [(DEVICES[1], EpochId(bytes([3]) * 32))]
    by_other = by(6, DEVICES[2], Complaint(EpochId(bytes([3]) * 32), third.id), third)
    assert names(worked_in([first, second, third, of_first, of_third, by_other])) == [2]
    outside = by(7, DEVICES[3], Complaint(EpochId(bytes([2]) * 32), second.id), second)
    assert names(worked_in([first, second, third, of_first, outside])) == [3, 2]


def test_an_epoch_may_be_used_once_everybody_it_was_given_to_belongs() -> None:
    resolver = worked_in([minted(1, DEVICES[0], 1), minted(2, DEVICES[0], 2)])
    few = frozenset(DEVICES[:1])
    assert list(resolver.eligible(few)) == []
    assert names(resolver) == [1, 2]
    assert list(resolver.eligible(few)) == []
    assert names(resolver) == [1, 2]


def test_who_mints_was_given_the_key_whether_she_boxed_it_for_herself_or_not() -> None:
    name = EpochId(bytes(32))
    resolver = worked_in([by(0, DEVICES[0], Rekey(name, sealed(0, {DEVICES[1]})))])
    assert [one.exposure for one in resolver.epochs] == [set(DEVICES[:2])]
    assert list(resolver.eligible(frozenset({DEVICES[1]}))) == []


def test_a_key_goes_through_a_box_to_its_addressee_alone() -> None:
    box = epoch.seal_key(EPOCH, SPACE, ANA.device, BO.device, BO.static, bytes([7]) * 32)
    assert len(box.box) == BOX_BYTES
    assert epoch.open_key(BO, SPACE, ANA.device, box) == EPOCH
    with pytest.raises(RemoteProtocolError, match="does not open"):
        epoch.open_key(CLEO, SPACE, ANA.device, box)
    with pytest.raises(RemoteProtocolError, match="another place"):
        epoch.open_key(BO, SPACE, EVE.device, box)
    with pytest.raises(RemoteProtocolError, match="another place"):
        epoch.open_key(BO, SPACE, ANA.device, SealedKey(box.epoch, EVE.device, box.box))


def test_operations_are_read_again_up_to_their_bounds() -> None:
    boxes = sealed(1, set(DEVICES))
    complaint = Complaint(EpochId(bytes([1]) * 32), EntryHash(bytes([2]) * 32))
    minted_by = Rekey(EpochId(bytes([1]) * 32), boxes)
    for operation in (minted_by, Share(boxes), Share(()), complaint):
        assert epoch.decode_operation(epoch.encode_operation(operation)) == operation
    full = Rekey(EpochId(bytes([1]) * 32), boxes[:1] * limits.MAX_DEVICES)
    assert len(epoch.encode_operation(full)) <= limits.MAX_CONTROL_BODY
    assert epoch.decode_operation(epoch.encode_operation(full)) == full
    with pytest.raises(RemoteProtocolError, match="array too long"):
        epoch.decode_operation(
            epoch.encode_operation(Rekey(full.epoch, (*full.boxes, full.boxes[0])))
        )


@given(st.binary(max_size=300))
def test_random_bodies_only_raise_remote_errors(data: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        epoch.decode_operation(data)


def test_of_a_box_nothing_is_kept_but_the_key_it_is_said_to_hold_and_for_whom() -> None:
    boxes = sealed(1, set(DEVICES))
    bare = tuple(replace(one, box=b"") for one in boxes)
    name, complaint = boxes[0].epoch, Complaint(boxes[0].epoch, EntryHash(bytes(32)))
    assert epoch.without_boxes(Rekey(name, boxes)) == Rekey(name, bare)
    assert epoch.without_boxes(Share(boxes)) == Share(bare)
    assert epoch.without_boxes(complaint) == complaint
