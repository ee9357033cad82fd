"""Acts made apart and then heard together: the table of security §2.3 (row M1)."""

from __future__ import annotations

import itertools
import random

from harness.telling import Story, founded


def orders(story: Story) -> list[list[str]]:
    """Return permutations of all acts: every one where there are few, else many, some twice."""
    names = list(story.acts)
    if len(names) <= 6:
        return [list(order) for order in itertools.permutations(names)]
    chance = random.Random("orders")
    return [chance.sample(names, len(names)) + chance.sample(names, 2) for _ in range(300)]


def comes_out(story: Story, devices: str) -> None:
    expected = set(devices.split())
    assert story.devices() == expected, story.void()
    outcome = story.outcome()
    for order in orders(story):
        assert story.outcome(order) == outcome


def test_m1_m3_two_keepers_who_remove_each_other_are_both_out_and_the_others_recompose() -> None:
    story = founded("abcd", keepers="ab")
    seen = story.heads()
    story.removes("a", "b", seen)
    story.removes("b", "a", seen)
    comes_out(story, "c d")
    assert story.outcome().keepers == frozenset()
    story.limits("c", "c")
    assert story.outcome().keepers == frozenset(), "one of two is not more than half"
    story.seconds("d", "c rules c")
    assert len(story.outcome().keepers) == 1
    comes_out(story, "c d")


def test_m1_two_pairs_that_remove_one_of_each_other_leave_the_third() -> None:
    story = founded("abc")
    seen = story.heads()
    one, other = story.removes("a", "b", seen), story.removes("b", "a", seen)
    story.seconds("c", one, [one])
    # The third says yes to both, apart from each other.
    story.seconds("c", other, [other])
    comes_out(story, "c")


def test_m1_one_of_three_keepers_removes_nobody_alone() -> None:
    story = founded("abc")
    story.removes("a", "b")
    comes_out(story, "a b c")


def test_m1_i3_whom_the_removed_let_in_meanwhile_was_never_in() -> None:
    story = founded("abc")
    seen = story.heads()
    asked = story.removes("a", "b", seen)
    story.seconds("c", asked, [asked])
    story.admits("b", "f", seen)
    story.admits("f", "g", ["b admits f"])
    comes_out(story, "a c")
    assert story.void() == {"b admits f", "f admits g"}


def test_m1_what_the_removed_asked_for_is_listed() -> None:
    story = founded("abcd", keepers="abc")
    seen = story.heads()
    asked = story.removes("a", "b", seen)
    story.seconds("c", asked, [asked])
    story.removes("b", "d", seen)
    comes_out(story, "a c d")
    assert story.void() == {"b removes d"}


def test_m1_an_admission_and_a_removal_apart_both_apply() -> None:
    story = founded("abd", keepers="ab")
    seen = story.heads()
    story.admits("a", "g", seen)
    story.removes("b", "d", seen)
    comes_out(story, "a b g")


def test_m1_removed_beats_let_in_again_until_somebody_saw_both() -> None:
    story = founded("abd", keepers="ab")
    seen = story.heads()
    story.removes("a", "d", seen)
    out = story.removes("b", "d", seen)
    story.admits("b", "d2", [out])
    comes_out(story, "a b")
    story.admits("a", "d3")
    comes_out(story, "a b d3")


def test_m1_a_puppet_does_not_save_its_maker() -> None:
    story = founded("ab", keepers="ab")
    seen = story.heads()
    story.removes("b", "a", seen)
    puppet = story.admits("a", "p", seen)
    story.removes("p", "b", [puppet])
    comes_out(story, "b")
