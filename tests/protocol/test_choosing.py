"""Which of two changes that claim one place counts, by what their envelopes say (SPEC §6.5.4)."""

from __future__ import annotations

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol import choosing
from aluna_protocol.choosing import Claim
from aluna_protocol.ids import ActorId, ChangeHash, DeviceId


def name(number: int) -> ChangeHash:
    return ChangeHash(bytes([number]) * 32)


def claim(number: int, device: str, *deps: int, start_op: int = 10) -> Claim:
    """Return the change *number* of *device*, on top of *deps*."""
    writes_as = ActorId(device.encode().ljust(16, b"="))
    by = DeviceId(device.encode().ljust(32, b"="))
    return Claim(name(number), writes_as, by, 2, start_op, tuple(map(name, deps)))


def order(*claims: Claim) -> list[int]:
    """Return the numbers of *claims* as they count, whatever order they are given in."""
    found = {tuple(choosing.in_order(some)) for some in itertools.permutations(claims)}
    assert len(found) == 1
    return [change[0] for change in found.pop()]


def test_what_more_devices_built_upon_goes_before_what_fewer_did() -> None:
    low, high = claim(1, "ana"), claim(2, "ana")
    assert order(low, high) == [1, 2]
    on_high = claim(3, "bo", 2)
    assert order(low, high, on_high) == [2, 1, 3]
    on_low = claim(4, "cleo", 1)
    assert order(low, high, on_high, on_low) == [1, 2, 3, 4]
    assert order(low, high, on_high, on_low, claim(5, "dora", 3)) == [2, 1, 3, 4, 5]


def test_what_one_builds_upon_oneself_supports_nothing() -> None:
    low, high = claim(1, "ana"), claim(2, "ana")
    assert order(low, high, claim(3, "ana", 2), claim(4, "ana", 3)) == [1, 2, 3, 4]


def test_a_device_that_builds_upon_something_twice_supports_it_once() -> None:
    low, high = claim(1, "ana"), claim(2, "ana")
    twice = (claim(3, "bo", 2), claim(4, "bo", 2), claim(5, "bo", 3, 4))
    assert order(low, high, *twice, claim(6, "cleo", 1), claim(7, "dora", 1))[:2] == [1, 2]


def test_support_reaches_through_all_that_was_built_in_between() -> None:
    low, high = claim(1, "ana"), claim(2, "ana")
    between = [claim(3, "ana", 2), claim(4, "ana", 2), claim(5, "bo", 3, 4)]
    assert order(low, high, *between) == [2, 3, 4, 1, 5]


def test_of_equal_support_the_shorter_past_goes_first_and_then_the_lower_hash() -> None:
    long, short, other = claim(1, "ana", start_op=11), claim(3, "ana"), claim(2, "ana")
    assert order(long, short, other) == [2, 3, 1]


def test_what_is_built_upon_but_not_there_is_passed_over() -> None:
    assert order(claim(1, "ana", 9), claim(2, "bo", 1, 9)) == [1, 2]


def by_walking(claims: list[Claim]) -> list[ChangeHash]:
    """Say the same slowly: who is above each change, found by walking down from every other."""
    by_hash = {one.hash: one for one in claims}
    above: dict[ChangeHash, set[DeviceId]] = {one.hash: set() for one in claims}
    for one in claims:
        way = list(one.deps)
        while way:
            at = way.pop()
            if at in by_hash:
                above[at].add(one.device)
                way += by_hash[at].deps
    ordered = sorted(
        claims,
        key=lambda one: (-len(above[one.hash] - {one.device}), one.start_op, one.hash),
    )
    return [one.hash for one in ordered]


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sets(st.integers(0, 9), max_size=3)), max_size=10
    ),
    st.randoms(use_true_random=False),
)
def test_it_is_what_a_slow_reading_of_the_rule_says(
    written: list[tuple[str, set[int]]], chance: random.Random
) -> None:
    claims = [
        claim(number, device, *(dep for dep in deps if dep < number), start_op=10 + number // 3)
        for number, (device, deps) in enumerate(written)
    ]
    expected = by_walking(claims)
    chance.shuffle(claims)
    assert choosing.in_order(claims) == expected
