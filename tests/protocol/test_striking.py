"""What falls with what, when acts were made apart (SPEC §6.4.3, rows M1, M2)."""

from __future__ import annotations

from dataclasses import replace

from aluna_protocol import membership
from aluna_protocol.act_sets import Remembered
from aluna_protocol.ids import EntryHash, Head, SpaceId
from aluna_protocol.membership import Resolver
from aluna_protocol.operations import Admit, CutMark, Remove, Rest
from aluna_protocol.register import Register
from harness.telling import Story, device, founded, person, seat


def resolver_of(story: Story) -> Resolver:
    resolver = Resolver(SpaceId(story.space))
    for act in story.acts.values():
        resolver.add(act)
    return resolver


# -- keepers made by what falls ------------------------------------------------------------------


def agreed_and_fallen() -> tuple[Story, list[str]]:
    """Tell how d is made a keeper by an agreement that falls with c, who was removed apart."""
    story = founded("abcdefg", keepers="abc")
    seen = story.heads()
    story.seconds("b", story.removes("a", "c", seen), ["a removes c"])
    asked = story.limits("c", "abcd", seen)
    return story, [story.seconds("b", asked, [asked])]


def test_m2_what_a_keeper_made_in_vain_did_for_herself_stands() -> None:
    story, seen = agreed_and_fallen()
    own = story.admits("d", "d2", seen)
    rest = story.rests("d", after=seen)
    lost = story.admits("d", "h", seen)
    assert story.void() == {"c rules abcd", *seen, lost}
    assert own not in story.void()
    assert rest not in story.void()
    assert "d2" in story.devices()


def test_m2_who_was_made_a_keeper_twice_rests_on_either() -> None:
    story, seen = agreed_and_fallen()
    other = story.limits("a", "abcd", ["b seconds a rules abc"])
    stands = story.seconds("b", other, [other])
    story.admits("d", "h", [*seen, stands])
    assert story.void() == {"c rules abcd", *seen}
    assert "h" in story.devices()


def test_m2_with_a_yes_of_a_keeper_made_in_vain_an_act_falls() -> None:
    story, seen = agreed_and_fallen()
    asked = story.removes("b", "a", seen)
    yes = story.seconds("d", asked, [asked])
    assert yes in story.void()
    assert "a" in story.devices()


def test_m2_what_everybody_did_falls_with_the_agreement_that_let_everybody() -> None:
    story = founded("abcdef", keepers="abc")
    seen = story.heads()
    story.seconds("c", story.removes("b", "a", seen), ["b removes a"])
    opened = story.limits("a", "", seen)
    after = [story.seconds("c", opened, [opened])]
    lost = story.admits("d", "h", after)
    story.admits("b", "i", after)
    assert story.void() == {opened, *after, lost}
    assert story.devices() == {*"bcdef", "i"}


def test_m2_a_keeper_from_the_beginning_does_not_rest_on_what_she_had_not_seen() -> None:
    """She was taken out and named again, apart from what she did, and both of that falls."""
    story = founded("abcdef")
    seen = story.heads()
    before = story.admits("e", "g", seen)
    story.seconds("c", story.removes("b", "d", seen), ["b removes d"])
    narrowed = story.limits("a", "bcd", seen)
    yes = story.seconds("d", narrowed, [narrowed])
    again = story.limits("d", "bcde", [yes])
    last = story.seconds("b", again, [again])
    assert story.void() == {yes, again, last}
    assert before not in story.void()
    assert story.devices() == {*"abcef", "g"}


# -- who is struck, and who is not ---------------------------------------------------------------


def test_m1_an_agreement_strikes_what_a_keeper_it_leaves_out_said_yes_to() -> None:
    story = founded("abcde")
    seen = story.heads()
    story.seconds("b", story.limits("a", "ab", seen), ["a rules ab"])
    asked = story.removes("a", "d", seen)
    yes = story.seconds("c", asked, [asked])
    assert story.void() == {yes}
    assert "d" in story.devices()


def test_m1_an_agreement_does_not_strike_itself_when_it_leaves_out_who_made_it() -> None:
    story = founded("abc")
    story.seconds("b", story.limits("a", "c"))
    assert story.void() == set()
    assert story.outcome().keepers == {person("c")}


def test_m1_a_removal_the_removed_had_asked_for_herself_strikes_nothing() -> None:
    story = founded("abc")
    story.admits("b", "b2")
    seen = story.heads()
    asked = story.suspends("b", "b2", seen)
    first = story.seconds("c", asked, [asked])
    story.seconds("a", asked, [first])
    meanwhile = story.rests("b2", after=seen)
    assert story.devices() == {"a", "b", "c"}
    assert meanwhile not in story.void()


def test_m1_who_founded_in_two_incarnations_is_struck_in_both() -> None:
    """What had seen only the second founding is apart from the first."""
    story = Story()
    again = story.did("again", "a", story.genesis, after=())
    story.admits("a", "b", [again])
    removal = story.removes("b", "a", ["a admits b"])
    assert story.devices() == {"b"}
    assert story.void() == {"founding"}
    resolver = resolver_of(story)
    assert resolver.has_seen([story.acts[removal].id], [story.acts[again].id])
    assert not resolver.has_seen([story.acts[removal].id], [story.acts["founding"].id])


def test_m2_a_founding_nobody_had_seen_is_struck_by_no_agreement() -> None:
    story = Story()
    again = story.did("again", "a", story.genesis, after=())
    story.admits("a", "b", [again])
    story.admits("a", "c", ["a admits b"])
    story.seconds("b", story.limits("a", "bc", ["a admits c"]), ["a rules bc"])
    assert story.void() == set()
    assert story.outcome().keepers == {person("b"), person("c")}


# -- what nobody belonging said ------------------------------------------------------------------


def test_m2_having_seen_what_says_nothing_or_is_void_seats_nobody() -> None:
    story = founded("ab")
    nothing = story.did("nothing", "a", None, after=())
    void = story.admits("a", "c", [])
    first = story.did("first", "a", Rest(True), [nothing])
    second = story.did("second", "a", Rest(True), [void])
    third = story.did("third", "a", Rest(True), [nothing, void])
    assert story.void() == {void, first, second, third}
    resolver = resolver_of(story)
    founding = [story.acts["founding"].id]
    for name in (nothing, void, first, third):
        assert not resolver.has_seen([story.acts[name].id], founding)
        assert not resolver.is_seated_after(device("a"), [story.acts[name].id])


def test_who_has_seen_one_of_several_acts_has_seen_them() -> None:
    story = founded("abc")
    names = {name: act.id for name, act in story.acts.items()}
    resolver = resolver_of(story)
    heads = [names["a admits b"]]
    assert resolver.has_seen(heads, [names["founding"]])
    assert resolver.has_seen(heads, [names["a admits c"], names["a admits b"]])
    assert resolver.has_seen([names["founding"], *heads], [names["a admits b"]])
    assert not resolver.has_seen(heads, [names["a admits c"]])
    assert not resolver.has_seen(heads, [])
    assert not resolver.has_seen([], [names["founding"]])


# -- what is told of who is gone -----------------------------------------------------------------


def mark(of: str, height: int) -> CutMark:
    return CutMark(device(of), 7, Head(height, EntryHash(bytes(32))))


def test_of_a_cut_each_device_is_held_to_its_own_marks() -> None:
    story = founded("abc")
    story.admits("b", "b2")
    marks = (mark("b", 3), mark("b2", 4), mark("c", 5))
    story.did("out", "a", Remove(person("b"), None, marks))
    story.seconds("c", "out")
    barred = story.outcome().barred
    assert barred.keys() == {device("b"), device("b2")}
    assert barred[device("b")].cut == {mark("b", 3)}
    assert barred[device("b2")].cut == {mark("b2", 4)}


def test_who_came_back_and_is_suspended_is_not_barred_by_her_old_removal() -> None:
    story = founded("abcd", keepers="ab")
    story.removes("a", "d")
    story.admits("a", "d2")
    asked = story.suspends("a", "d2")
    barred = story.outcome().barred
    assert barred[device("d2")].acts == {story.acts[asked].id}
    assert barred[device("d")].acts == {story.acts["a removes d"].id}


def test_a_removed_device_keeps_the_name_of_its_first_seat_whatever_came_first() -> None:
    story = founded("abc")
    seen = story.heads()
    story.did("early", "c", Admit(replace(seat("c2"), device_name="early"), b""), seen)
    later = story.rests("c", after=seen)
    story.did("late", "c", Admit(replace(seat("c2"), device_name="late"), b""), [later])
    assert story.outcome().seats[device("c2")].device_name == "early"
    story.removes("c", "c", one="c2")
    for order in (list(story.acts), list(story.acts)[::-1]):
        assert story.outcome(order).former[device("c2")].device_name == "early"


# -- what is remembered --------------------------------------------------------------------------


def test_what_is_remembered_is_asked_once_and_never_more_than_so_many() -> None:
    asked: list[int] = []

    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    known: Remembered[int] = Remembered(3)
    assert [known.of(number, double) for number in (1, 2, 3, 1, 2, 3)] == [2, 4, 6, 2, 4, 6]
    assert asked == [1, 2, 3]
    assert known.of(4, double) == 8
    assert list(known) == [4]
    assert known.of(3, double) == 6
    assert known.of(4, double) == 8
    assert asked == [1, 2, 3, 4, 3]


def test_before_the_first_act_nothing_is_there() -> None:
    register = Register()
    assert not any(vars(register)[name] for name in vars(register) if name != "_last_seated")
    assert register.ever_seated(0) == frozenset()
    story = founded("ab")
    resolver = resolver_of(story)
    assert resolver._register.ever_seated(1) == {device("a")}
    assert resolver._register.ever_seated(3) == {device("a"), device("b")}


def test_an_admission_nothing_else_is_about_is_put_in_its_place_and_nobody_is_asked_again() -> None:
    story = founded("abc")
    resolver = resolver_of(story)
    assert len(resolver.outcome.seats) == 3
    before = resolver._seating.former
    for newcomer in "def":
        resolver.add(story.acts[story.admits("a", newcomer)])
        assert device(newcomer) in resolver.outcome.seats
        assert resolver._seating.former is before
    resolver.add(story.acts[story.admits("d", "d")])
    assert resolver.outcome.seats
    assert resolver._seating.former is not before


def test_nothing_is_worked_out_again_while_each_act_has_seen_all_before_it() -> None:
    story = founded("abcd")
    resolver = resolver_of(story)
    assert resolver._remembered == {}
    assert resolver.outcome.seats
    assert resolver._remembered == {}
    story.rests("a", after=["a admits b"])
    resolver.add(story.acts["a rests True"])
    assert resolver.outcome.resting == {person("a")}
    assert len(resolver._remembered) == 1
    assert membership.resolve(SpaceId(story.space), story.acts.values()) == resolver.outcome
