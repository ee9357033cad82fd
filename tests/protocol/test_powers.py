"""Who may do what, how many are asked, and what waits for whom (SPEC §6.4.2, rows M2, M3, M8)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aluna_protocol import membership
from aluna_protocol.ids import EntryHash
from aluna_protocol.operations import (
    Admit,
    Lift,
    Operation,
    Remove,
    Rest,
    Rules,
    Suspend,
    Withdraw,
    space_id,
)
from harness.telling import Story, device, founded, person, seat


def told(story: Story) -> membership.Resolver:
    """Return what knows all of *story*."""
    resolver = membership.Resolver(space_id(story.genesis))
    for act in story.acts.values():
        resolver.add(act)
    return resolver


def listed(story: Story) -> dict[str, tuple[int, str, str]]:
    """Return what is listed: how many are missing, who said yes, whose yes it waits for."""
    names = {act.id: name for name, act in story.acts.items()}
    letters = {person(one): one for one in "abcdefg"}
    return {
        names[one.id]: (
            one.missing,
            "".join(sorted(letters[yes] for yes in one.said_yes)),
            "".join(sorted(letters[asked] for asked in one.waits_for)),
        )
        for one in told(story).listed
    }


# -- how many are asked --------------------------------------------------------------------------


def with_a_suspension() -> Story:
    story = founded("abcd", keepers="abc")
    story.admits("b", "b2")
    story.suspends("b", "b2")
    return story


ALONE: dict[str, Callable[[Story], Operation]] = {
    "lets in a device of her own": lambda _: Admit(seat("b3"), b""),
    "leaves": lambda _: Remove(person("b"), None, ()),
    "gives up a device": lambda _: Remove(person("b"), device("b2"), ()),
    "suspends a device of her own": lambda _: Suspend(device("b2"), ()),
    "suspends another's": lambda _: Suspend(device("c"), ()),
    "rests": lambda _: Rest(True),
    "takes back": lambda story: Withdraw(story.document("b")),
    "lifts what she suspended": lambda story: Lift(story.acts["b suspends b2"].id),
    "removes who is no keeper": lambda _: Remove(person("d"), None, ()),
    "lets in a person": lambda _: Admit(seat("e"), b""),
}


@pytest.mark.parametrize("what", ALONE)
def test_what_one_may_do_alone_is_done_and_asks_for_nobody_else(what: str) -> None:
    story = with_a_suspension()
    resolver = told(story)
    verdict = resolver.judge(device("b"), ALONE[what](story), resolver.heads)
    assert verdict is not None
    assert verdict.complete
    assert verdict.missing == 0
    assert verdict.signers == {(device("b"), person("b"))}


def test_a_founding_asks_for_the_founder_alone() -> None:
    story = Story()
    verdict = membership.Resolver(space_id(story.genesis)).judge(device("a"), story.genesis, ())
    assert verdict is not None
    assert verdict.complete
    assert verdict.missing == 0


def test_m2_a_lift_of_what_is_no_suspension_is_void() -> None:
    story = founded("abc")
    story.did("of nothing", "a", Lift(EntryHash(bytes(32))))
    story.lifts("a", "a admits b")
    story.lifts("a", story.suspends("a", "b"))
    story.lifts("a", "a lifts a suspends b")
    assert story.void() == {"of nothing", "a lifts a admits b", "a lifts a lifts a suspends b"}


def test_m2_a_suspension_that_was_lifted_is_confirmed_and_lifted_by_nobody() -> None:
    story = founded("abc")
    asked = story.suspends("a", "b")
    story.lifts("a", asked)
    story.seconds("c", asked)
    story.did("again", "a", Lift(story.acts[asked].id))
    assert story.void() == {"c seconds a suspends b", "again"}
    assert story.devices() == {"a", "b", "c"}


def test_m2_a_yes_said_with_a_device_that_was_given_up_counts_no_more() -> None:
    story = founded("abc")
    story.admits("b", "b2")
    asked = story.removes("b2", "c")
    story.removes("b", "b", one="b2")
    story.seconds("a", asked)
    assert story.devices() == {"a", "b", "c"}
    story.seconds("b", asked)
    assert story.devices() == {"a", "b"}


def test_m2_nobody_seconds_what_was_struck() -> None:
    story = founded("abcd")
    seen = story.heads()
    asked = story.removes("b", "d", seen)
    story.seconds("c", story.removes("a", "b", seen), ["a removes b"])
    story.seconds("a", asked)
    assert story.void() == {"b removes d", "a seconds b removes d"}
    assert story.devices() == {"a", "c", "d"}


def test_m2_what_confirms_a_suspension_falls_with_who_suspended() -> None:
    story = founded("abcd")
    asked = story.suspends("a", "b")
    first = story.seconds("c", asked, [asked])
    last = story.seconds("d", asked, [first])
    assert story.devices() == {"a", "c", "d"}
    removal = story.removes("c", "a", [asked])
    story.seconds("d", removal, [removal])
    assert story.void() == {first, last}
    assert story.devices() == {"b", "c", "d"}


def test_m2_a_device_without_a_seat_is_neither_suspended_nor_confirmed_nor_let_back() -> None:
    story = founded("abc")
    nobodys = story.suspends("a", "x")
    story.admits("b", "b2")
    asked = story.suspends("a", "b2")
    story.removes("b", "b", one="b2")
    confirmed, lifted = story.seconds("c", asked), story.lifts("a", asked)
    assert story.void() == {nobodys, confirmed, lifted}
    assert story.devices() == {"a", "b", "c"}


def test_m2_a_yes_to_a_yes_is_void() -> None:
    story = founded("abcd")
    story.seconds("b", story.limits("a", "", quorum=3))
    asked = story.removes("a", "d")
    yes = story.seconds("b", asked)
    again = story.seconds("c", yes)
    assert story.void() == {again}
    assert story.devices() == {"a", "b", "c", "d"}
    assert listed(story)[asked] == (1, "ab", "c")


def test_m2_the_last_yes_admits_no_device_that_was_removed_while_it_was_waited_for() -> None:
    story = founded("ab")
    story.did("strict", "a", Rules((), quorum=2, admitting=2))
    story.seconds("b", "strict")
    early = story.admits("a", "c")
    seated = story.did("once more", "a", story.acts[early].operation)
    story.seconds("b", seated)
    assert story.devices() == {"a", "b", "c"}
    story.removes("c", "c")
    late = story.seconds("b", early)
    assert story.devices() == {"a", "b"}
    assert late in story.void()


# -- who becomes a keeper ------------------------------------------------------------------------


def test_m2_an_agreement_by_which_nobody_becomes_a_keeper_saves_nobody() -> None:
    story = founded("abcd")
    story.seconds("b", story.limits("a", "abc", quorum=3))
    seen = story.heads()
    removal = story.removes("a", "c", seen)
    story.seconds("b", removal, [removal])
    narrower = story.limits("a", "ab", seen)
    yes = story.seconds("b", narrower, [narrower])
    last = story.seconds("c", narrower, [yes])
    assert story.devices() == {"a", "b", "d"}
    assert story.void() == {last}


def test_m2_where_everybody_becomes_a_keeper_one_signature_from_before_removes_nobody() -> None:
    story = founded("abcd", keepers="ab")
    seen = story.heads()
    story.removes("b", "a", seen)
    story.seconds("b", story.limits("a", "", seen), ["a rules "])
    assert story.void() == {"b removes a"}
    assert story.devices() == {"a", "b", "c", "d"}


def test_m2_where_everybody_was_a_keeper_already_an_agreement_that_says_so_saves_nobody() -> None:
    story = founded("ab")
    seen = story.heads()
    story.removes("b", "a", seen)
    last = story.seconds("b", story.limits("a", "", seen, quorum=3), ["a rules "])
    assert story.devices() == {"b"}
    assert story.void() == {"a rules ", last}


def test_m2_who_was_named_a_keeper_and_comes_back_is_one_from_then_on() -> None:
    story = founded("abc", keepers="abc")
    story.removes("c", "c")
    seen = story.heads()
    story.removes("b", "a", seen)
    assert story.devices() == {"b"}
    story.admits("a", "c2", seen)
    assert story.void() == {"b removes a"}
    assert story.devices() == {"a", "b", "c2"}


def test_m3_what_everybody_agreed_is_not_struck_by_who_else_was_named_meanwhile() -> None:
    story = founded("abcde", keepers="ab")
    story.removes("a", "a")
    story.removes("b", "b")
    seen = story.heads()
    one = story.limits("c", "cd", seen)
    story.seconds("d", one, [one])
    other = story.limits("e", "", seen, quorum=3)
    story.seconds("c", other, [other])
    assert story.void() == set()
    outcome = story.outcome()
    assert outcome.keepers == {person("c"), person("d")}
    assert outcome.rules.quorum == 3


def test_m2_a_founding_said_again_is_struck_by_no_agreement() -> None:
    story = founded("abc", keepers="bc")
    story.did("again", "a", story.genesis, after=())
    assert story.void() == set()


# -- what waits, and for whom (M8) ---------------------------------------------------------------


def test_m8_what_waits_tells_who_said_yes_and_whose_yes_it_waits_for() -> None:
    story = founded("abcd")
    assert listed(story) == {}
    asked = story.removes("a", "c")
    assert listed(story) == {"a removes c": (1, "a", "bd")}
    story.seconds("b", asked)
    assert listed(story) == {}


def test_m8_what_is_void_waits_for_nobody() -> None:
    story = founded("ab")
    seen = story.heads()
    outside = story.admits("c", "d", seen)
    struck = story.rests("a", after=seen)
    story.removes("b", "a", seen)
    nobody = (0, "", "")
    assert listed(story) == {outside: nobody, struck: nobody}


def test_m8_a_suspension_waits_to_be_confirmed_until_it_is_or_is_lifted() -> None:
    story = founded("abcd")
    asked = story.suspends("a", "b")
    assert listed(story) == {"a suspends b": (2, "", "cd")}
    seen = story.heads()
    first = story.seconds("c", asked)
    assert listed(story) == {"a suspends b": (1, "c", "d")}
    story.seconds("d", asked)
    assert listed(story) == {}
    story.lifts("a", asked, [first])
    assert listed(story) == {}
    again = founded("abcd")
    again.lifts("a", again.suspends("a", "b"))
    assert listed(again) == {}
    assert seen == ["a suspends b"]


def test_m8_the_suspension_of_a_device_that_was_given_up_waits_for_nobody() -> None:
    story = founded("abc")
    story.admits("b", "b2")
    story.suspends("a", "b2")
    assert listed(story) == {"a suspends b2": (1, "", "c")}
    story.removes("b", "b", one="b2")
    assert listed(story) == {}


def test_m8_the_yes_of_who_is_no_keeper_any_more_is_not_told() -> None:
    story = founded("abcd")
    story.removes("a", "c")
    story.seconds("d", story.limits("b", "bcd"))
    assert listed(story) == {"a removes c": (2, "", "bd")}


def test_m8_what_nobody_may_do_any_more_waits_for_nobody() -> None:
    story = founded("abcd")
    story.removes("a", "d")
    story.removes("d", "d")
    assert listed(story) == {}


def test_m8_where_those_who_said_yes_are_enough_by_now_one_of_them_says_it_once_more() -> None:
    story = founded("abcd")
    story.seconds("b", story.limits("a", "", quorum=3))
    asked = story.removes("a", "d")
    story.seconds("b", asked)
    story.removes("c", "c")
    assert listed(story) == {"a removes d": (1, "ab", "")}
    story.did("once more", "a", story.acts["b seconds a removes d"].operation)
    assert story.devices() == {"a", "b"}
    assert listed(story) == {}


def test_rules_that_ask_for_more_keepers_than_there_are_ask_for_all_of_them() -> None:
    story = founded("ab")
    story.did("strict", "a", Rules((), quorum=9, admitting=9))
    story.seconds("b", "strict")
    asked = story.admits("a", "c")
    assert listed(story) == {"a admits c": (1, "a", "b")}
    story.seconds("b", asked)
    assert story.devices() == {"a", "b", "c"}
