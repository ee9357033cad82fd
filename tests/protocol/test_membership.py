"""Who belongs depends on the set of acts alone (SPEC §6.4, security M1-M4)."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_protocol import crypto, membership
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import DeviceId, EntryHash, PersonId
from aluna_protocol.membership import Act, Admit, Genesis, Operation, Seat, sign_seat
from vectors.making import ANA, BO, CLEO, EVE, GENESIS, SPACE, seat_of

DEVICES = (ANA, BO, CLEO, EVE)
Acts = list[Act]


def name(label: str) -> EntryHash:
    return EntryHash(crypto.blake2b(label.encode()))


def act(label: str, by: DeviceKeys, parents: list[str], operation: Operation | None) -> Act:
    return Act(name(label), by.device, frozenset(name(one) for one in parents), operation)


def admit(label: str, by: DeviceKeys, parents: list[str], seat: Seat) -> Act:
    return act(label, by, parents, Admit(seat, b""))


FOUNDED = act("genesis", ANA, [], GENESIS)


@st.composite
def histories(draw: st.DrawFn) -> Acts:
    """A founding and acts by anybody, with any part of what came before as their past."""
    acts = [FOUNDED]
    for number in range(draw(st.integers(0, 9))):
        seen = draw(st.sets(st.integers(0, len(acts) - 1), max_size=3))
        parents = frozenset(acts[place].id for place in seen)
        by = draw(st.sampled_from(DEVICES))
        seat = seat_of(
            draw(st.sampled_from(DEVICES)),
            draw(st.sampled_from(["laptop", "phone"])),
            draw(st.sampled_from(DEVICES)),
        )
        kind = draw(st.integers(0, 9))
        operation: Operation | None = Admit(seat, b"")
        if kind == 0:
            operation = None
        elif kind == 1:
            operation, parents, by = GENESIS, frozenset(), ANA
        acts.append(Act(name(f"act {number}"), by.device, parents, operation))
    return acts


def past_of(acts: Acts, last: Act) -> Acts:
    by_id = {one.id: one for one in acts}
    found: dict[EntryHash, Act] = {}
    pending = [last.id]
    while pending:
        one = by_id[pending.pop()]
        if one.id not in found:
            found[one.id] = one
            pending.extend(one.parents)
    return list(found.values())


@settings(max_examples=50)
@given(histories(), st.randoms(use_true_random=False))
def test_m1_neither_order_nor_repetition_matters(acts: Acts, chance: random.Random) -> None:
    expected = membership.resolve(SPACE, acts)
    shuffled = [*acts, *chance.sample(acts, len(acts) // 2)]
    chance.shuffle(shuffled)
    assert membership.resolve(SPACE, shuffled) == expected
    assert list(membership.resolve(SPACE, shuffled).seats) == list(expected.seats)


@settings(max_examples=50)
@given(histories(), st.randoms(use_true_random=False))
def test_m1_what_is_asked_meanwhile_changes_nothing(acts: Acts, chance: random.Random) -> None:
    """Asked after each arrival, it always says what a fresh look at the same set says."""
    chance.shuffle(acts)
    resolver = membership.Resolver(SPACE)
    for count, act in enumerate(acts, 1):
        assert resolver.knows(act.id) is False
        complete = resolver.add(act)
        assert all(resolver.is_complete(one.id) for one in complete)
        assert resolver.knows(act.id)
        expected = membership.resolve(SPACE, acts[:count])
        assert resolver.outcome == expected
        assert list(resolver.outcome.seats) == list(expected.seats)
        assert resolver.members == expected.seats.keys()
        assert resolver.add(act) == []
    answered = {parent for one in acts if resolver.is_complete(one.id) for parent in one.parents}
    complete_now = {one.id for one in acts if resolver.is_complete(one.id)}
    assert resolver.heads == sorted(complete_now - answered)


@settings(max_examples=50)
@given(histories(), st.data())
def test_m1_halves_that_met_agree_with_who_always_knew_all(acts: Acts, data: st.DataObject) -> None:
    sides = data.draw(st.lists(st.integers(0, 1), min_size=len(acts), max_size=len(acts)))
    halves: list[Acts] = [[], []]
    for side in (0, 1):
        for one, where in zip(acts, sides, strict=True):
            if where == side:
                halves[side] += past_of(acts, one)
    whole = membership.resolve(SPACE, acts)
    assert membership.resolve(SPACE, halves[0] + halves[1]) == whole
    for half in halves:
        here = membership.resolve(SPACE, half)
        # What counted once counts for ever, and what was void stays void.
        assert here.seats.keys() <= whole.seats.keys()
        assert here.void <= whole.void


@settings(max_examples=50)
@given(histories(), st.data())
def test_m2_whether_an_act_counts_depends_on_its_own_past(acts: Acts, data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(acts))
    whole = membership.resolve(SPACE, acts)
    alone = membership.resolve(SPACE, past_of(acts, one))
    assert (one.id in alone.void) is (one.id in whole.void)


@settings(max_examples=50)
@given(histories())
def test_every_seat_was_given_by_somebody_who_held_one(acts: Acts) -> None:
    outcome = membership.resolve(SPACE, acts)
    assert ANA.device in outcome.seats
    given_by = {
        one.operation.seat.device: one.signer
        for one in acts
        if isinstance(one.operation, Genesis | Admit) and one.id not in outcome.void
    }
    assert given_by.keys() == outcome.seats.keys()
    assert set(given_by.values()) <= outcome.seats.keys()


def test_m4_what_misses_its_past_waits_and_counts_when_it_comes() -> None:
    bo = admit("bo", ANA, ["genesis"], seat_of(BO))
    cleo = admit("cleo", BO, ["bo"], seat_of(CLEO))
    waiting = membership.resolve(SPACE, [FOUNDED, cleo])
    assert list(waiting.seats) == [ANA.device]
    assert not waiting.void
    assert CLEO.device in membership.resolve(SPACE, [FOUNDED, cleo, bo]).seats


def test_m4_acts_that_name_each_other_wait_for_ever() -> None:
    one = admit("one", ANA, ["two"], seat_of(BO))
    two = admit("two", ANA, ["one", "genesis"], seat_of(CLEO))
    assert list(membership.resolve(SPACE, [FOUNDED, one, two]).seats) == [ANA.device]


def test_m2_the_founder_cannot_undo_everybody_by_founding_again() -> None:
    bo = admit("bo", ANA, ["genesis"], seat_of(BO))
    for label in map(str, range(20)):
        again = act(label, ANA, [], GENESIS)
        outcome = membership.resolve(SPACE, [FOUNDED, bo, again])
        assert outcome.seats.keys() == {ANA.device, BO.device}
        assert not outcome.void


def test_m2_a_seat_given_apart_cannot_void_what_its_device_did() -> None:
    """Somebody seats Bo's device as Cleo's, unseen by Bo, who seats a second device of his own."""
    eve = admit("eve", ANA, ["genesis"], seat_of(EVE))
    bo = admit("bo", ANA, ["eve"], seat_of(BO))
    phone = admit("phone", BO, ["bo"], seat_of(CLEO, "phone", BO))
    for label in map(str, range(20)):
        stolen = admit(label, EVE, ["eve"], seat_of(BO, "laptop", CLEO))
        outcome = membership.resolve(SPACE, [FOUNDED, eve, bo, phone, stolen])
        assert CLEO.device in outcome.seats
        assert outcome.seats[CLEO.device].person == seat_of(BO).person


def test_names_of_persons_are_those_of_their_first_seat() -> None:
    other_name = sign_seat(BO, "phone", seat_of(ANA).person, "Another name")
    outcome = membership.resolve(SPACE, [FOUNDED, admit("bo", ANA, ["genesis"], other_name)])
    assert outcome.persons == {PersonId(bytes(16)): seat_of(ANA).person_name}


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_random_bodies_only_raise_remote_errors(data: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        membership.decode_operation(data)


def test_operations_are_read_again() -> None:
    for operation in (GENESIS, Admit(seat_of(BO), bytes(16))):
        body = membership.encode_operation(operation)
        assert membership.decode_operation(body) == operation


def test_the_first_seat_is_that_of_the_shorter_history_by_its_longest_chain() -> None:
    """An admission after a long chain is not made early by naming the founding as well."""
    long = [act(f"step {n}", ANA, [f"step {n - 1}" if n else "genesis"], None) for n in range(5)]
    late = [
        admit(f"late {n}", ANA, ["genesis", "step 4"], seat_of(BO, f"late {n}")) for n in range(9)
    ]
    early = admit("early", ANA, ["step 0"], seat_of(BO, "early"))
    outcome = membership.resolve(SPACE, [FOUNDED, *long, *late, early])
    assert outcome.seats[BO.device].device_name == "early"
    # Of equals the one with the lower hash.
    lowest = min(late, key=lambda one: one.id).operation
    assert isinstance(lowest, Admit)
    for acts in (late, late[::-1]):
        outcome = membership.resolve(SPACE, [FOUNDED, *long, *acts])
        assert outcome.seats[BO.device] == lowest.seat


def test_who_joins_two_histories_has_seen_what_stands_far_back_in_either() -> None:
    bo = admit("bo", ANA, ["genesis"], seat_of(BO))
    cleo = admit("cleo", ANA, ["genesis"], seat_of(CLEO))
    eve = admit("eve", ANA, ["cleo"], seat_of(EVE))
    later = [act(f"{one} said", ANA, [one], None) for one in ("bo", "eve")]
    for label, by in (("by bo", BO), ("by eve", EVE), ("by cleo", CLEO)):
        phone = replace(seat_of(ANA, "phone", by), device=device_named(label))
        joined = admit(label, by, ["bo said", "eve said"], phone)
        outcome = membership.resolve(SPACE, [FOUNDED, bo, cleo, eve, *later, joined])
        assert not outcome.void
        assert phone.device in outcome.seats


def device_named(label: str) -> DeviceId:
    return DeviceId(crypto.blake2b(label.encode()))


def test_acts_that_saw_the_same_share_it() -> None:
    """However long, a history in which nobody is seated takes no more room for what was seen."""
    resolver = membership.Resolver(SPACE)
    many = [act("0", ANA, ["genesis"], None)]
    for number in range(1, 20):
        label = str(number)
        person = PersonId(number.to_bytes(16, "big"))
        seat = replace(seat_of(BO), device=device_named(label), person=person)
        many.append(admit(label, ANA, [str(number - 1)], seat))
    aside = act("aside", ANA, ["genesis"], None)
    steps = [act("step 0", ANA, ["19"], None)]
    steps += [act(f"step {n}", ANA, [f"step {n - 1}", "aside"], None) for n in range(1, 9)]
    for one in (FOUNDED, *many, aside, *steps):
        resolver.add(one)
    seen = {id(resolver._places[one.id].past) for one in steps}
    assert len(resolver.members) == 20
    assert len(seen) == 1
