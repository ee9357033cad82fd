"""What depends on the day, and what waits for whose voice: dates and people are arguments."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_sync.journal.lives import agreement_of, causes_of
from aluna_sync.journal.lives.agreements import IN_FORCE, PROPOSED
from aluna_sync.journal.lives.days import (
    ForNow,
    LookAgain,
    Why,
    earliest,
    for_now,
    look_again,
)
from aluna_sync.journal.lives.voices import For, Waiting, waits_for
from aluna_sync.journal.types import Json, Reading, Record
from unit.journal.fakes import DOCUMENT
from unit.journal.lives.world import (
    EVERYONE,
    ITZEL,
    JULIA,
    MARTA,
    OFELIA,
    PEOPLE,
    Step,
    World,
    agree,
    consent_of_all,
    in_force,
    proposed,
    record_with,
    scripts,
)

TODAY = dt.date(2026, 3, 10)


def day(value: str) -> Json:
    return {"value": value, "precision": "dat.day", "words": value}


def dates(**fields: list[str]) -> dict[str, tuple[Reading, ...]]:
    return {
        name: tuple(Reading(f"{at:016x}", day(one), None) for at, one in enumerate(said))
        for name, said in fields.items()
    }


# -- for now ---------------------------------------------------------------------------------------


def urgent(world: World) -> tuple[str, tuple[ForNow, ...]]:
    version = proposed(world)
    world.do(0, "for_now", version=version, since=day("2026-03-10"))
    world.meet()
    assert for_now(causes_of(world.record(0)), agreement_of(world.record(0))) == ()
    world.do(1, "for_now", version=version, since=day("2026-03-11"))
    world.meet()
    return version, for_now(causes_of(world.record(0)), agreement_of(world.record(0)))


def test_c5_1_rule_8_two_persons_put_it_in_force_for_seven_days_and_no_more() -> None:
    world = World("protection")
    version, found = urgent(world)
    assert found == (ForNow(version, (ITZEL, JULIA), "2026-03-10", "2026-03-16"),)
    assert [found[0].holds(TODAY + dt.timedelta(days=n)) for n in (-2, -1, 0, 6, 7)] == [
        False, True, True, True, False,
    ]  # fmt: skip
    # It is asked to all, and is in force only when all have spoken.
    assert world.life().state == PROPOSED
    assert set(world.life().wordings[0].waiting) == set(PEOPLE)


def test_one_person_twice_is_one_person() -> None:
    world = World("protection")
    version = proposed(world)
    for _ in range(2):
        world.do(0, "for_now", version=version, since=day("2026-03-10"))
    assert for_now(world.causes(), world.life()) == ()


def test_saying_it_again_does_not_prolong_it() -> None:
    world = World("protection")
    version, found = urgent(world)
    for who in range(5):
        world.do(who, "for_now", version=version, since=day("2026-03-16"))
    world.meet()
    again = for_now(world.causes(), world.life())
    assert [one.until for one in again] == [found[0].until]


@pytest.mark.parametrize("since", ["9999-12-28", "2026-03", "no day", "2026-02-31"])
def test_a_day_that_is_none_puts_nothing_in_force(since: str) -> None:
    world = World("protection")
    version = proposed(world)
    for who in (0, 1):
        world.do(who, "for_now", version=version, since=day(since))
        world.meet()
    assert for_now(world.causes(), world.life()) == ()


def test_what_the_group_decided_meanwhile_is_no_more_for_now() -> None:
    world = World("protection")
    version, _ = urgent(world)
    consent_of_all(world, version)
    world.do(2, "in_force", version=version)
    world.meet()
    assert for_now(world.causes(), world.life()) == ()
    assert world.life().state == IN_FORCE


# -- look again ------------------------------------------------------------------------------------


def looked_at(world: World, **fields: list[str]) -> tuple[LookAgain, ...]:
    record = world.record(0, readings=dates(**fields))
    life = agreement_of(record)
    now = for_now(causes_of(record), life) if record.type == "protection" else ()
    return look_again([(record, life, now)], TODAY)


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        (["2026-03-31"], True),
        (["2026-03"], True),
        (["2026-04-01"], False),
        (["2026-05-01", "2026-02-01"], True),
        (["2026"], False),
        (["2025"], True),
        ([], False),
    ],
)
def test_the_earliest_date_people_wrote_counts_as_coarse_as_it_was_said(
    said: list[str], asks: bool
) -> None:
    world = World("agreement")
    in_force(world)
    assert bool(looked_at(world, look_again_on=said)) == asks
    assert world.life(readings=dates(look_again_on=said)).state == IN_FORCE


def test_a_trial_asks_when_it_was_to_end_and_nothing_ends_by_itself() -> None:
    world = World("agreement")
    version = in_force(world)
    assert looked_at(world, trial_until=["2026-01-15"]) == (
        LookAgain(DOCUMENT, Why.TRIAL, "2026-01-15"),
    )
    assert world.life(readings=dates(trial_until=["2026-01-15"])).followed == (version,)


def test_a_voice_and_a_question_ask_without_any_date() -> None:
    world = World("agreement")
    version = in_force(world)
    world.do(3, "ask_review")
    world.meet()
    assert looked_at(world) == (LookAgain(DOCUMENT, Why.ASKED),)
    world.do(3, "position", version=version, stance="pos.objection")
    world.meet()
    assert looked_at(world) == (LookAgain(DOCUMENT, Why.VOICE),)


def test_what_is_for_now_is_looked_at_while_it_holds() -> None:
    world = World("protection")
    urgent(world)
    assert looked_at(world) == (LookAgain(DOCUMENT, Why.FOR_NOW, "2026-03-16"),)


def test_a_paused_or_ended_agreement_asks_for_nothing() -> None:
    for act in ("pause", "end"):
        world = World("agreement")
        in_force(world)
        world.do(0, act)
        assert looked_at(world, look_again_on=["2026-01-01"]) == ()


def test_a_date_nobody_could_place_is_no_date() -> None:
    said = {
        "look_again_on": (Reading("0" * 16, {"value": None, "precision": "x", "words": "y"}, None),)
    }
    assert earliest(record_with("agreement", [], readings=said), "look_again_on") == ""


# -- voices ----------------------------------------------------------------------------------------


def waits(world: World, person: object, **absent: object) -> tuple[For, ...]:
    record = world.record(0, kinds=["security"])
    (found,) = [
        waits_for(one, [(record, agreement_of(record))], **absent)  # type: ignore[arg-type]
        for one in PEOPLE
        if one == person
    ]
    return tuple(one.what for one in found)


def test_a_wording_waits_for_who_was_asked_and_has_not_answered() -> None:
    world = World("agreement")
    version = proposed(world)
    assert waits(world, OFELIA) == (For.POSITION,)
    world.do(4, "position", version=version, stance="pos.need_time")
    world.meet()
    assert waits(world, OFELIA) == (For.IN_HER_TIME,)
    world.do(4, "position", version=version, stance="pos.consent")
    world.meet()
    assert waits(world, OFELIA) == ()


@settings(max_examples=50, deadline=None)
@given(scripts(), st.sampled_from(PEOPLE))
def test_c10_14_nothing_waits_for_who_rests(script: list[Step], person: object) -> None:
    world = World("agreement")
    agree(world, script)
    world.meet()
    assert waits(world, person, resting={person}) == ()


def test_who_rests_is_asked_for_the_kinds_she_marked_and_for_no_other() -> None:
    world = World("agreement")
    proposed(world)
    assert waits(world, OFELIA, resting={OFELIA}, ask_anyway={"security"}) == (For.POSITION,)
    assert waits(world, OFELIA, resting={OFELIA}, ask_anyway={"care"}) == ()


def test_the_absent_are_asked_later_and_their_voice_counts() -> None:
    world = World("agreement")
    version = proposed(world)
    consent_of_all(world, version, 4)
    world.do(0, "in_force", version=version, without=[OFELIA.hex()])
    world.meet()
    assert waits(world, OFELIA) == (For.WENT_ON,)
    assert waits(world, ITZEL) == ()
    world.do(4, "position", version=version, stance="pos.consent")
    world.meet()
    assert waits(world, OFELIA) == ()


def test_two_words_of_hers_wait_for_her_alone() -> None:
    world = World("agreement", (*PEOPLE, OFELIA))
    version = proposed(world)
    world.do(4, "position", version=version, stance="pos.consent")
    world.do(5, "position", version=version, stance="pos.need_time")
    world.meet()
    assert waits(world, OFELIA) == (For.TWO_WORDS,)
    assert waits(world, MARTA) == (For.POSITION,)


def test_whether_her_objection_was_taken_care_of_waits_for_her() -> None:
    world = World("agreement")
    version = proposed(world)
    objection = world.do(4, "position", version=version, stance="pos.objection")
    world.meet()
    assert waits(world, OFELIA) == ()
    world.do(0, "answer_objection", objection=objection, words="Cambiamos la hora.")
    world.meet()
    assert waits(world, OFELIA) == (For.ANSWERED,)


def test_who_is_asked_for_a_use_or_to_take_back_finds_it_waiting() -> None:
    world = World("event")
    world.do(1, "ask_uses", persons=[MARTA.hex()], uses=["use.memory"])
    asks = world.do(1, "ask_withdrawal")
    world.meet()
    record = world.record(0, authors=(ITZEL, JULIA))
    assert waits_for(MARTA, [(record, None)]) == (Waiting(DOCUMENT, For.USES),)
    assert waits_for(ITZEL, [(record, None)]) == (Waiting(DOCUMENT, For.TAKING_BACK, asks),)
    assert waits_for(OFELIA, [(record, None)]) == ()
    assert waits_for(MARTA, [(record, None)], resting={MARTA}) == ()


def test_nothing_waits_where_nobody_was_asked() -> None:
    world = World("agreement")
    version = world.do(0, "propose", wording="x", asked=EVERYONE[:1])
    world.meet()
    assert waits(world, OFELIA) == ()
    world.do(0, "not_adopt", version=version)
    world.meet()
    assert waits(world, ITZEL) == ()
    assert isinstance(world.record(0), Record)
