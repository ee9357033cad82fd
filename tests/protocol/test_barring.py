"""What removed devices wrote too late: entries beyond their cuts, and the changes that fall."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol import barring
from aluna_protocol.barring import Carried, Cuts, Fall
from aluna_protocol.branches import Branches, Fork
from aluna_protocol.crypto import blake2b
from aluna_protocol.ids import (
    ChangeHash,
    DeviceId,
    EntryHash,
    Head,
    Lane,
    LogId,
    PersonId,
    SpaceId,
    StaticKey,
)
from aluna_protocol.operations import CutMark, Seat
from aluna_protocol.outcome import Barring, Membership
from vectors import make_barring_vectors as making

SPACE = SpaceId(bytes(32))


def device(name: str) -> DeviceId:
    return DeviceId(blake2b(name.encode()))


BO = device("bo")
GONE = EntryHash(blake2b(b"the removal"))


def branch(number: int = 0, incarnation: int = 7, lane: Lane = Lane.CONTENT) -> LogId:
    return LogId(SPACE, BO, incarnation, lane, number)


def entry(log: LogId, height: int) -> EntryHash:
    return EntryHash(blake2b(repr((log.incarnation, log.lane, log.branch, height)).encode()))


def head(log: LogId, height: int) -> Head:
    return Head(height, entry(log, height))


class Index:
    """Every entry of a branch up to its tip is there."""

    def hash_at(self, log: LogId, height: int) -> EntryHash | None:
        return entry(log, height)


def logs(heights: dict[LogId, int], forks: dict[LogId, Fork] | None = None) -> Branches:
    found = Branches(Index())
    found.restore({log: head(log, height) for log, height in heights.items()}, forks or {})
    return found


def never(_heads: Sequence[EntryHash], _acts: Collection[EntryHash]) -> bool:
    return False


def cuts(branches: Branches, *marks: tuple[LogId, int]) -> Cuts:
    cut = frozenset(CutMark(BO, log.incarnation, head(log, height)) for log, height in marks)
    return Cuts(SPACE, branches, {BO: Barring(frozenset({GONE}), cut)}, never)


def standing(of: Cuts, log: LogId, heights: range) -> list[int]:
    return [height for height in heights if not of.bars(log, height)]


def test_entries_up_to_the_cut_stand_and_later_ones_are_barred() -> None:
    found = cuts(logs({branch(): 9}), (branch(), 4))
    assert standing(found, branch(), range(1, 10)) == [1, 2, 3, 4]


def test_without_a_cut_nothing_of_a_removed_device_stands() -> None:
    found = cuts(logs({branch(): 2}))
    assert standing(found, branch(), range(1, 3)) == []


def test_the_log_of_another_incarnation_is_barred_unless_the_cut_names_it() -> None:
    other = branch(incarnation=8)
    found = cuts(logs({branch(): 3, other: 3}), (branch(), 3))
    assert standing(found, branch(), range(1, 4)) == [1, 2, 3]
    assert standing(found, other, range(1, 4)) == []


def test_nobody_else_and_no_control_entry_is_barred() -> None:
    control = branch(lane=Lane.CONTROL)
    ana = LogId(SPACE, device("ana"), 7, Lane.CONTENT)
    found = cuts(logs({branch(): 1, control: 3, ana: 3}))
    assert standing(found, control, range(1, 4)) == [1, 2, 3]
    assert standing(found, ana, range(1, 4)) == [1, 2, 3]


def test_of_several_cuts_the_furthest_counts() -> None:
    found = cuts(logs({branch(): 9}), (branch(), 2), (branch(), 5), (branch(), 3))
    assert standing(found, branch(), range(1, 10)) == [1, 2, 3, 4, 5]


FORKED = {branch(0): 6, branch(1): 7, branch(2): 8}
FORKS = {branch(1): Fork(branch(0), 3), branch(2): Fork(branch(1), 5)}
"""Branch 1 leaves the first after 2, branch 2 leaves branch 1 after 4."""


@pytest.mark.parametrize(
    ("named", "first", "second", "third"),
    [
        ((0, 6), [1, 2, 3, 4, 5, 6], [], []),
        ((0, 2), [1, 2], [], []),
        ((1, 6), [1, 2], [3, 4, 5, 6], []),
        ((2, 5), [1, 2], [3, 4], [5]),
        ((2, 8), [1, 2], [3, 4], [5, 6, 7, 8]),
    ],
)
def test_in_a_log_that_forked_only_what_leads_to_a_named_entry_stands(
    named: tuple[int, int], first: list[int], second: list[int], third: list[int]
) -> None:
    found = cuts(logs(FORKED, FORKS), (branch(named[0]), named[1]))
    assert standing(found, branch(0), range(1, 7)) == first
    assert standing(found, branch(1), range(3, 8)) == second
    assert standing(found, branch(2), range(5, 9)) == third


def test_two_named_entries_keep_both_ways_that_lead_to_them() -> None:
    found = cuts(logs(FORKED, FORKS), (branch(0), 4), (branch(2), 6))
    assert standing(found, branch(0), range(1, 7)) == [1, 2, 3, 4]
    assert standing(found, branch(1), range(3, 8)) == [3, 4]
    assert standing(found, branch(2), range(5, 9)) == [5, 6]


def test_a_log_that_forks_at_its_first_entry_has_two_ways() -> None:
    tree = logs({branch(0): 3, branch(1): 3}, {branch(1): Fork(branch(0), 1)})
    found = cuts(tree, (branch(1), 2))
    assert standing(found, branch(0), range(1, 4)) == []
    assert standing(found, branch(1), range(1, 4)) == [1, 2]


def test_what_is_held_stands_while_the_last_entry_of_the_cut_is_missing() -> None:
    tree = logs({branch(): 6})
    unknown = CutMark(BO, 7, Head(5, EntryHash(blake2b(b"lost"))))
    barred = {BO: Barring(frozenset({GONE}), frozenset({unknown}))}
    found = Cuts(SPACE, tree, barred, never)
    assert standing(found, branch(), range(1, 7)) == [1, 2, 3, 4]
    assert not found.outdated


def test_when_the_missing_entry_comes_only_what_leads_to_it_stands() -> None:
    held = {branch(0): 6}
    tree = logs(held)
    found = cuts(tree, (branch(1), 5))
    assert standing(found, branch(0), range(1, 7)) == [1, 2, 3, 4]
    tree.restore({branch(1): head(branch(1), 5)}, {branch(1): Fork(branch(0), 3)})
    assert found.outdated
    found = cuts(tree, (branch(1), 5))
    assert standing(found, branch(0), range(1, 7)) == [1, 2]
    assert standing(found, branch(1), range(3, 6)) == [3, 4, 5]


def test_what_a_cut_stands_for_is_looked_at_again_when_its_entry_grew_onto_the_log() -> None:
    tree = logs({branch(): 4})
    found = cuts(tree, (branch(), 5))
    assert standing(found, branch(), range(1, 6)) == [1, 2, 3, 4]
    tree.tips[branch()] = head(branch(), 6)
    assert found.outdated
    assert standing(cuts(tree, (branch(), 5)), branch(), range(1, 7)) == [1, 2, 3, 4, 5]


def test_of_several_missing_entries_each_that_comes_has_it_looked_at_again() -> None:
    tree = logs({branch(): 4})
    found = cuts(tree, (branch(), 5), (branch(), 9))
    assert not found.outdated
    tree.tips[branch()] = head(branch(), 6)
    assert found.outdated


def test_a_log_of_a_barred_device_that_comes_later_is_barred_from_its_first_entry() -> None:
    found = cuts(logs({branch(): 4}), (branch(), 4))
    assert standing(found, branch(incarnation=8), range(1, 3)) == []


def test_who_was_seated_by_what_is_void_is_barred_and_who_has_a_seat_is_not() -> None:
    puppet, ana = device("puppet"), device("ana")
    tree = logs(
        {
            LogId(SPACE, puppet, 7, Lane.CONTENT): 2,
            LogId(SPACE, ana, 7, Lane.CONTENT): 2,
            LogId(SPACE, device("silent"), 7, Lane.CONTROL): 2,
            branch(): 1,
        }
    )
    seat = Seat(ana, StaticKey(bytes(32)), "laptop", PersonId(bytes(16)), "Ana", b"")
    gone = Barring(frozenset({GONE}), frozenset())
    found = barring.barred_in(Membership(seats={ana: seat}, barred={BO: gone}), tree)
    assert found == {BO: gone, puppet: barring.NOWHERE}
    beyond = Cuts(SPACE, tree, found, lambda _heads, acts: bool(acts))
    assert beyond.bars(LogId(SPACE, puppet, 7, Lane.CONTENT), 1)
    assert beyond.unaware_of(()) == {puppet}


def test_who_has_seen_a_removal_is_aware_of_it() -> None:
    seen = EntryHash(blake2b(b"after the removal"))

    def has_seen(heads: Sequence[EntryHash], acts: Collection[EntryHash]) -> bool:
        return seen in heads and GONE in acts

    found = Cuts(SPACE, logs({}), {BO: Barring(frozenset({GONE}), frozenset())}, has_seen)
    assert found.unaware_of((seen,)) == frozenset()
    assert found.unaware_of((GONE,)) == {BO}
    assert found.unaware_of((GONE,)) == {BO}


# -- vectors -------------------------------------------------------------------------------------

VECTORS = json.loads((Path(making.__file__).parent / "barring.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["logs"], ids=lambda case: case["name"])
def test_the_vectors_of_barred_entries_hold(case: dict[str, Any]) -> None:
    tree = [
        (EntryHash(bytes.fromhex(one)), EntryHash(bytes.fromhex(before)) if before else None)
        for one, before in case["entries"]
    ]
    cut = [Head(height, EntryHash(bytes.fromhex(tip))) for height, tip in case["cut"]]
    found = making.Held(tree).barred(cut)
    assert {one.hex() for one in found} == set(case["barred"])


@pytest.mark.parametrize("case", VECTORS["changes"], ids=lambda case: case["name"])
def test_the_vectors_of_changes_that_fall_hold(case: dict[str, Any]) -> None:
    changes = [
        Carried(
            ChangeHash(bytes.fromhex(one["hash"])),
            tuple(ChangeHash(bytes.fromhex(dep)) for dep in one["deps"]),
            making.device_of(one["device"]),
            one["barred"],
            frozenset(map(making.device_of, one["unaware of"])),
        )
        for one in case["changes"]
    ]
    found = {name.hex(): making.WORDS[why] for name, why in barring.fallen(changes).items()}
    assert found == case["fallen"]


# -- changes -------------------------------------------------------------------------------------


def name(of: str) -> ChangeHash:
    return ChangeHash(blake2b(of.encode()))


def by(
    who: str, what: str, *deps: str, barred: bool = False, unaware: Collection[str] = ()
) -> Carried:
    """A change: a name, what it builds on, and of whose removal its entry knows nothing."""
    return Carried(
        name(what),
        tuple(name(dep) for dep in deps),
        device(who),
        barred,
        frozenset(device(one) for one in unaware),
    )


def fallen(*carried: Carried) -> dict[str, Fall]:
    names = {one: letter for letter in "abcdefgh" for one in [name(letter)]}
    found = barring.fallen(carried)
    return {names[one]: why for one, why in found.items()}


def late(what: str, *deps: str, who: str = "bo") -> Carried:
    return by(who, what, *deps, barred=True, unaware=[who])


def test_nothing_falls_where_nothing_is_barred() -> None:
    assert fallen(by("ana", "a"), by("bo", "b", "a")) == {}


def test_a_barred_change_falls_with_what_builds_on_it() -> None:
    assert fallen(by("ana", "a"), late("b", "a"), by("ana", "c", "b"), by("cleo", "d", "c")) == {
        "b": Fall.BARRED,
        "c": Fall.BUILT_ON_BARRED,
        "d": Fall.BUILT_ON_BARRED,
    }


def test_what_somebody_built_upon_without_knowing_stands_and_all_before_it() -> None:
    found = fallen(
        late("a"), late("b", "a"), by("ana", "c", "b", unaware=["bo"]), late("d", "c"), late("e")
    )
    assert found == {"d": Fall.BARRED, "e": Fall.BARRED}


def test_who_knew_of_the_removal_acknowledges_nothing() -> None:
    found = fallen(late("a"), by("ana", "b", "a"), by("cleo", "c", unaware=["bo"]))
    assert found == {"a": Fall.BARRED, "b": Fall.BUILT_ON_BARRED}


def test_a_barred_device_acknowledges_neither_itself_nor_by_what_is_barred() -> None:
    # It names, before the cut, what it only shows after it.
    assert fallen(late("b"), by("bo", "a", "b", unaware=["bo"])) == {
        "b": Fall.BARRED,
        "a": Fall.BUILT_ON_BARRED,
    }
    assert fallen(late("b"), by("cleo", "a", "b", barred=True, unaware=["bo", "cleo"])) == {
        "b": Fall.BARRED,
        "a": Fall.BARRED,
    }


def test_each_removed_device_needs_somebody_who_did_not_know_of_its_own_removal() -> None:
    found = fallen(
        late("a"), late("b", "a", who="cleo"), by("ana", "c", "b", unaware=["bo"]), late("d")
    )
    assert found == {"b": Fall.BARRED, "c": Fall.BUILT_ON_BARRED, "d": Fall.BARRED}


def test_a_change_that_an_entry_before_the_cut_brings_as_well_is_not_barred() -> None:
    assert fallen(late("a"), by("bo", "a", unaware=["bo"]), late("b", "a")) == {"b": Fall.BARRED}


def test_what_is_missing_between_acknowledges_nothing_until_it_comes() -> None:
    one, other = late("a"), by("ana", "c", "b", unaware=["bo"])
    assert fallen(one, other) == {"a": Fall.BARRED}
    assert fallen(one, other, by("cleo", "b", "a")) == {}


@st.composite
def histories(draw: st.DrawFn) -> list[Carried]:
    found: list[Carried] = []
    for number in range(draw(st.integers(1, 8))):
        who = draw(st.sampled_from(["ana", "bo", "cleo"]))
        before = "abcdefgh"[:number]
        deps = draw(st.lists(st.sampled_from(before), unique=True)) if before else []
        barred = who != "ana" and draw(st.booleans())
        unaware = draw(st.lists(st.sampled_from(["bo", "cleo"]), unique=True))
        found.append(by(who, "abcdefgh"[number], *deps, barred=barred, unaware=unaware))
    return found


@given(histories(), st.randoms(use_true_random=False))
def test_what_falls_depends_on_the_set_of_changes_alone(
    carried: list[Carried], order: object
) -> None:
    other = list(carried)
    order.shuffle(other)  # type: ignore[attr-defined]
    assert fallen(*carried) == fallen(*other, carried[0])


@given(histories())
def test_what_falls_is_what_the_rule_says_word_by_word(carried: list[Carried]) -> None:
    """Against the rule itself, told another way: for each change, walk from each that may build."""
    changes = {one.hash: one for one in carried}

    def before(tip: ChangeHash) -> set[ChangeHash]:
        found: set[ChangeHash] = set()
        ahead = [tip]
        while ahead:
            for dep in changes[ahead.pop()].deps:
                if dep not in found:
                    found.add(dep)
                    ahead.append(dep)
        return found

    barred = {
        one.hash
        for one in carried
        if one.barred
        and not any(
            one.hash in before(other.hash)
            for other in carried
            if not other.barred and other.device != one.device and one.device in other.unaware_of
        )
    }
    expected = dict.fromkeys(barred, Fall.BARRED)
    expected |= {
        one: Fall.BUILT_ON_BARRED for one in changes.keys() - barred if before(one) & barred
    }
    assert barring.fallen(carried) == expected


@given(histories(), st.data())
def test_more_entries_only_ever_let_more_stand(carried: list[Carried], data: st.DataObject) -> None:
    """Of two devices the one that holds more never bars what the other has acknowledged."""
    some = data.draw(st.lists(st.sampled_from(carried), unique_by=lambda one: one.hash))
    fewer, more = barring.fallen(some), barring.fallen(carried)
    for one in some:
        if more.get(one.hash) is Fall.BARRED:
            assert fewer[one.hash] is Fall.BARRED
