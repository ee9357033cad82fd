"""Which key may be used, and by whom (SPEC §7, security E1-E10)."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_protocol import crypto, epoch, limits
from aluna_protocol.epoch import BOX_BYTES, Epoch, EpochAct, Rekey, SealedKey, Share
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import DeviceId, EntryHash, EpochId
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
        operation = draw(
            st.sampled_from([Rekey(EpochId(bytes([number]) * 32), boxes), Share(boxes), None])
        )
        acts.append(
            EpochAct(
                EntryHash(crypto.blake2b(bytes([place]))),
                draw(st.sampled_from(DEVICES)),
                frozenset(acts[one].id for one in seen),
                operation,
            )
        )
    return acts


def seated(acts: list[EpochAct]) -> Mapping[EntryHash, frozenset[DeviceId]]:
    return {act.id: MEMBERS for act in acts}


@settings(max_examples=50)
@given(histories(), st.sets(st.sampled_from(DEVICES)))
def test_k7_the_active_key_was_never_given_to_anybody_outside(
    acts: list[EpochAct], members: set[DeviceId]
) -> None:
    active = epoch.active(epoch.resolve(acts, seated(acts)), members)
    if active is None:
        return
    given_to: set[DeviceId] = set()
    for act in acts:
        boxes = act.operation.boxes if act.operation is not None else ()
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
    assert epoch.resolve(order, seated(acts)) == epoch.resolve(acts, seated(acts))


@settings(max_examples=50)
@given(histories())
def test_k6_only_who_held_a_seat_mints(acts: list[EpochAct]) -> None:
    found = {one.id for one in epoch.resolve(acts, seated(acts))}
    minted = {
        act.operation.epoch
        for act in acts
        if isinstance(act.operation, Rekey) and act.signer in MEMBERS
    }
    assert found == minted


def test_of_equal_depth_the_lowest_id_is_active() -> None:
    epochs = [Epoch(EpochId(bytes([n]) * 32), 2, MEMBERS) for n in (3, 1, 2)]
    deeper = Epoch(EpochId(bytes([9]) * 32), 3, MEMBERS)
    assert epoch.active(epochs, MEMBERS) == epochs[1]
    assert epoch.active([*epochs, deeper], MEMBERS) == deeper
    assert epoch.active([], MEMBERS) is None


def test_an_epoch_that_lacks_a_member_may_be_used() -> None:
    """E5: somebody who holds it shares it."""
    lacking = Epoch(EpochId(bytes(32)), 1, frozenset(DEVICES[:1]))
    assert epoch.active([lacking], MEMBERS) == lacking


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
    for operation in (Rekey(EpochId(bytes([1]) * 32), boxes), Share(boxes), Share(())):
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
