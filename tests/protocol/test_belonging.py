"""What is remembered while acts are heard changes nothing (SPEC §6.4, row M1)."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aluna_protocol import membership
from aluna_protocol.ids import DeviceId, EntryHash, SpaceId
from aluna_protocol.membership import Act, Resolver
from aluna_protocol.operations import Admit, Rest
from aluna_protocol.powers import Standing
from harness.telling import Story, device, founded, person, seat

Json = dict[str, Any]
VECTORS: Json = json.loads(
    (Path(__file__).parents[2] / "protocol" / "vectors" / "membership.json").read_text()
)
HISTORIES: dict[str, list[Json]] = {one["name"]: one["acts"] for one in VECTORS["outcomes"]}
SPACE = SpaceId(bytes.fromhex(VECTORS["bodies"]["space"]))


def acts_of(history: str) -> list[Act]:
    return [
        Act(
            EntryHash(bytes.fromhex(one["id"])),
            DeviceId(bytes.fromhex(one["signer"])),
            frozenset(EntryHash(bytes.fromhex(parent)) for parent in one["parents"]),
            one["body"] and membership.decode_operation(bytes.fromhex(one["body"])),
        )
        for one in HISTORIES[history]
    ]


def past_of(acts: list[Act], last: Act) -> list[Act]:
    """Return what *last* had seen."""
    seen = set(last.parents)
    for _ in acts:
        seen |= {parent for one in acts if one.id in seen for parent in one.parents}
    return [one for one in acts if one.id in seen]


def asked_after_each(space: SpaceId, acts: list[Act]) -> None:
    """Everything it says after each act is what one says that was asked nothing before."""
    resolver = Resolver(space)
    for count, act in enumerate(acts, 1):
        resolver.add(act)
        fresh = Resolver(space)
        for one in acts[:count]:
            fresh.add(one)
        assert resolver.members == fresh.members
        assert resolver.outcome == fresh.outcome
        assert list(resolver.outcome.seats) == list(fresh.outcome.seats)
        assert resolver.listed == fresh.listed
        for seated in fresh.outcome.seats:
            assert resolver.seated_by(seated) == fresh.seated_by(seated)


@pytest.mark.parametrize("history", HISTORIES)
def test_m1_asked_after_each_act_it_says_what_it_would_have_said_unasked(history: str) -> None:
    acts = acts_of(history)
    asked_after_each(SPACE, acts)
    random.Random(history).shuffle(acts)
    asked_after_each(SPACE, acts)


@pytest.mark.parametrize("history", HISTORIES)
def test_m2_what_an_act_would_be_depends_on_what_it_had_seen_and_not_on_what_came_later(
    history: str,
) -> None:
    everything = Resolver(SPACE)
    acts = acts_of(history)
    for act in acts:
        everything.add(act)
    for act in acts:
        past = Resolver(SPACE)
        if act.operation is None or not everything.is_complete(act.id):
            continue
        for one in past_of(acts, act):
            past.add(one)
        then = past.judge(act.signer, act.operation, act.parents)
        assert everything.judge(act.signer, act.operation, act.parents) == then


def resolver_of(story: Story) -> Resolver:
    resolver = Resolver(SpaceId(story.space))
    for act in story.acts.values():
        resolver.add(act)
    return resolver


def test_m1_who_was_let_in_by_somebody_no_keeper_any_more_loses_her_seat_at_once() -> None:
    story = founded("abcd")
    seen = story.heads()
    story.admits("d", "e", seen)
    resolver = resolver_of(story)
    assert device("e") in resolver.members
    rules = story.limits("a", "ab", seen)
    last = story.seconds("b", rules, [rules])
    for name in (rules, last):
        resolver.add(story.acts[name])
    assert device("e") not in resolver.members
    assert device("e") not in resolver.outcome.seats


def test_m1_an_admission_heard_late_takes_its_place_among_the_seats() -> None:
    story = founded("ab")
    seen = story.heads()
    story.admits("b", "b2", seen)
    story.rests("b2", after=["b admits b2"])
    story.admits("b2", "b3", ["b2 rests True"])
    story.admits("a", "c", seen)
    resolver = Resolver(SpaceId(story.space))
    for act in story.acts.values():
        resolver.add(act)
        assert resolver.outcome.seats
    order = [seat.device_name for seat in resolver.outcome.seats.values()]
    assert order[:2] == ["a", "b"]
    assert set(order[2:4]) == {"b2", "c"}
    assert order[4] == "b3"


def test_m7_who_rests_again_after_being_back_rests() -> None:
    story = founded("abc")
    story.rests("b")
    story.rests("b", resting=False)
    assert story.outcome().resting == set()
    story.did("again", "b", Rest(True))
    assert story.outcome().resting == {person("b")}


def test_m2_of_three_agreements_one_after_the_other_the_last_counts() -> None:
    story = founded("abc")
    for quorum, keepers in ((3, "ab"), (2, "abc")):
        name = story.limits("a", keepers, quorum=quorum)
        story.seconds("b", name)
        assert story.outcome().rules.quorum == quorum
    assert story.outcome().keepers == {person("a"), person("b"), person("c")}


def test_who_seated_a_device_is_told_while_it_holds_its_seat() -> None:
    story = founded("abc", keepers="ab")
    resolver = resolver_of(story)
    assert resolver.seated_by(device("b")) == story.acts["a admits b"].id
    assert resolver.seated_by(device("d")) is None
    assert resolver.signer_of(story.acts["a admits b"].id) == device("a")
    resolver.add(story.acts[story.removes("a", "c")])
    assert resolver.seated_by(device("c")) is None


def test_m1_seats_given_at_the_same_depth_stand_in_the_order_of_their_hashes() -> None:
    story = founded("a")
    for newcomer in "bcdef":
        story.admits("a", newcomer, ["founding"])
    admissions = sorted(
        (act.id, name[-1]) for name, act in story.acts.items() if name != "founding"
    )
    for order in (list(story.acts), list(story.acts)[::-1]):
        seats = story.outcome(order).seats.values()
        assert [seat.device_name for seat in seats] == ["a", *(one for _, one in admissions)]
    resolver = Resolver(SpaceId(story.space))
    for act in story.acts.values():
        resolver.add(act)
        assert resolver.outcome.seats
    names = [seat.device_name for seat in resolver.outcome.seats.values()]
    assert names == ["a", *(one for _, one in admissions)]


def test_a_person_goes_by_the_name_of_her_first_seat() -> None:
    story = founded("ab")
    other = replace(seat("b2"), person_name="Another")
    story.did("phone", "b", Admit(other, b""))
    assert story.outcome().persons == {person("a"): "A", person("b"): "B"}
    story.removes("b", "b", one="b")
    assert story.outcome().persons == {person("a"): "A", person("b"): "Another"}


def test_what_a_device_signs_as_is_told_by_what_it_had_seen() -> None:
    story = founded("abc", keepers="ab")
    story.removes("a", "c")
    after = story.rests("c")
    resolver = resolver_of(story)
    assert resolver.signed_as(story.acts["b seconds a rules ab"].id) is Standing.KEEPER
    assert resolver.signed_as(story.acts[after].id) is Standing.NOBODY
    by_c = story.rests("c", resting=False, after=["b seconds a rules ab"])
    resolver.add(story.acts[by_c])
    assert resolver.signed_as(story.acts[by_c].id) is Standing.MEMBER


def test_what_was_taken_back_is_told() -> None:
    story = founded("ab")
    resolver = resolver_of(story)
    assert resolver.withdrawn == set()
    resolver.add(story.acts[story.withdraws("b", story.document("b"))])
    assert resolver.withdrawn == {story.document("b")}
