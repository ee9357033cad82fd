"""Agreements told one by one: what each rule of C5.1 means for the people in it (C10 check 2)."""

from __future__ import annotations

import pytest

from aluna_sync.journal.lives import agreement_of
from aluna_sync.journal.lives.agreements import (
    CONSENTED,
    DRAFT,
    IN_FORCE,
    IN_REVIEW,
    OBJECTED,
    PROPOSED,
)
from unit.journal.lives.world import (
    EVERYONE,
    ITZEL,
    JULIA,
    MARTA,
    OFELIA,
    PEOPLE,
    World,
    consent_of_all,
    in_force,
    proposed,
)


@pytest.fixture
def world() -> World:
    return World("agreement")


# -- from a draft to in force ----------------------------------------------------------------------


def test_what_nobody_proposed_is_a_draft(world: World) -> None:
    assert world.life().state == DRAFT


def test_silence_is_no_yes(world: World) -> None:
    version = proposed(world)
    consent_of_all(world, version, 4)
    life = world.life()
    assert life.state == PROPOSED
    assert life.wordings[0].waiting == (OFELIA,)


@pytest.mark.parametrize("stance", ["pos.need_time", "pos.need_talk"])
def test_who_needs_time_or_a_talk_has_not_answered(world: World, stance: str) -> None:
    version = proposed(world)
    consent_of_all(world, version, 4)
    world.do(4, "position", version=version, stance=stance)
    world.meet()
    assert world.life().state == PROPOSED


@pytest.mark.parametrize("stance", ["pos.consent_concern", "pos.stand_aside", "pos.consent"])
def test_all_asked_have_spoken_and_nobody_objects(world: World, stance: str) -> None:
    version = proposed(world)
    consent_of_all(world, version, 4)
    world.do(4, "position", version=version, stance=stance)
    world.meet()
    assert world.life().state == CONSENTED


def test_when_all_stand_aside_nobody_consents(world: World) -> None:
    version = proposed(world)
    for who in range(5):
        world.do(who, "position", version=version, stance="pos.stand_aside")
    world.meet()
    assert world.life().state == PROPOSED


def test_who_was_asked_is_fixed_when_it_is_proposed(world: World) -> None:
    version = world.do(0, "propose", wording="x", asked=EVERYONE[:2])
    world.meet()
    for who in (0, 1):
        world.do(who, "position", version=version, stance="pos.consent")
    world.meet()
    assert world.life().state == CONSENTED
    # Who was not asked is heard all the same.
    world.do(3, "position", version=version, stance="pos.objection")
    world.meet()
    assert world.life().state == OBJECTED


def test_a_proposal_that_asks_nobody_has_nobodys_consent(world: World) -> None:
    version = world.do(0, "propose", wording="x")
    world.do(0, "position", version=version, stance="pos.consent")
    world.do(0, "in_force", version=version)
    assert world.life().state == PROPOSED


def test_consent_alone_puts_nothing_in_force(world: World) -> None:
    version = proposed(world)
    consent_of_all(world, version)
    assert world.life().state == CONSENTED
    assert world.life().followed == ()
    world.do(2, "in_force", version=version)
    world.meet()
    assert world.life().state == IN_FORCE
    assert world.life().followed == (version,)


def test_what_was_declared_before_everyone_had_spoken_stays_proposed(world: World) -> None:
    version = proposed(world)
    consent_of_all(world, version, 4)
    early = world.do(0, "in_force", version=version)
    world.do(4, "position", version=version, stance="pos.consent")
    world.meet()
    life = world.life()
    assert [act.id for act in life.too_early] == [early]
    assert life.state == CONSENTED
    assert life.followed == ()


# -- objections ------------------------------------------------------------------------------------


def test_an_objection_turns_it_whatever_the_others_say(world: World) -> None:
    version = proposed(world)
    world.do(3, "position", version=version, stance="pos.objection")
    consent_of_all(world, version, 3)
    world.meet()
    assert world.life().state == OBJECTED


def test_only_who_objected_lifts_it(world: World) -> None:
    version = proposed(world)
    objection = world.do(3, "position", version=version, stance="pos.objection")
    world.meet()
    world.do(0, "lift", objection=objection, how="integrated")
    world.do(1, "answer_objection", objection=objection)
    world.meet()
    assert world.life().state == OBJECTED
    world.do(3, "lift", objection=objection, how="taken_care_of")
    world.meet()
    life = world.life()
    assert life.state == PROPOSED
    assert OFELIA in life.wordings[0].waiting
    assert PEOPLE[3] in life.wordings[0].waiting, "what was taken care of is no consent yet"


def test_the_answer_of_the_group_counts_once_she_left(world: World) -> None:
    version = proposed(world)
    objection = world.do(3, "position", version=version, stance="pos.objection")
    consent_of_all(world, version, 3)
    world.meet()
    assert agreement_of(world.record(0), gone={PEOPLE[3]}).state == OBJECTED
    world.do(0, "answer_objection", objection=objection, words="La cambiamos de hora.")
    assert agreement_of(world.record(0), gone={PEOPLE[3]}).state == CONSENTED
    assert agreement_of(world.record(0)).state == OBJECTED


def test_nobody_waits_for_who_does_not_belong_any_more(world: World) -> None:
    version = proposed(world)
    consent_of_all(world, version, 3)
    assert agreement_of(world.record(0), gone={PEOPLE[3]}).state == CONSENTED


@pytest.mark.parametrize("first", ["declared", "objected"])
def test_c10_2_an_objection_from_an_outage_is_heard_after_it_is_in_force(
    world: World, first: str
) -> None:
    version = proposed(world)
    for who in range(5):
        world.do(who, "position", version=version, stance="pos.consent")
    world.meet()
    # Ofelia is without network; she thinks again, in whatever order the two happen.
    if first == "objected":
        world.do(4, "position", version=version, stance="pos.objection")
    world.do(0, "in_force", version=version)
    if first == "declared":
        world.do(4, "position", version=version, stance="pos.objection")
    world.meet(0, 1, 2, 3)
    assert world.life(0).state == IN_FORCE
    world.meet()
    life = world.life()
    assert life.state == IN_REVIEW
    assert life.followed == (version,)
    assert [act.by for act in life.late] == [OFELIA]


def test_an_objection_that_knew_it_was_in_force_is_no_late_one(world: World) -> None:
    version = in_force(world)
    world.do(2, "position", version=version, stance="pos.objection")
    world.meet()
    assert world.life().state == IN_REVIEW
    assert [act.by for act in world.life().voices] == [MARTA]
    assert world.life().late == ()


def test_when_she_lifts_it_the_agreement_is_in_force_again(world: World) -> None:
    version = in_force(world)
    objection = world.do(2, "position", version=version, stance="pos.objection")
    world.do(2, "lift", objection=objection, how="withdrawn")
    world.meet()
    assert world.life().state == IN_FORCE


def test_c10_2_a_voice_against_an_earlier_wording_is_heard_on_the_one_that_replaced_it(
    world: World,
) -> None:
    first = proposed(world)
    world.do(4, "position", version=first, stance="pos.objection")
    second = world.do(0, "amend", wording="Nunca solas.", asked=EVERYONE[:4])
    consent_of_all(world, second, 4)
    world.do(0, "in_force", version=second)
    world.meet(0, 1, 2, 3)
    assert world.life(0).state == IN_FORCE
    world.meet()
    life = world.life()
    assert life.state == IN_REVIEW
    assert life.followed == (second,)
    # Once she speaks on the new wording, that is her word.
    world.do(4, "position", version=second, stance="pos.consent_concern")
    world.meet()
    assert world.life().state == IN_FORCE


@pytest.mark.parametrize(
    ("kind", "more"), [("security", True), ("confidentiality", True), ("care", False)]
)
def test_where_it_protects_the_earlier_wording_is_beside_it_meanwhile(
    world: World, kind: str, more: bool
) -> None:
    first = in_force(world, "De dos en dos.")
    second = world.do(0, "amend", wording="Solas si es de día.", asked=EVERYONE)
    consent_of_all(world, second)
    world.do(0, "in_force", version=second)
    world.meet()
    assert world.life(kinds=[kind]).followed == (second,)
    world.do(4, "position", version=second, stance="pos.objection")
    world.meet()
    life = world.life(kinds=[kind])
    assert life.more_protective == more
    assert life.followed == ((second, first) if more else (second,))


# -- wordings --------------------------------------------------------------------------------------


def test_a_changed_wording_asks_again_and_the_words_said_stay_beside_the_old_one(
    world: World,
) -> None:
    first = proposed(world)
    consent_of_all(world, first)
    second = world.do(1, "amend", wording="Nunca solas.", based_on=[first], asked=EVERYONE)
    world.meet()
    life = world.life()
    assert life.state == PROPOSED
    assert life.open == (second,)
    old, new = (life.wording(one) for one in (first, second))
    assert old is not None
    assert new is not None
    assert len(old.standing) == 5
    assert new.standing == ()
    assert set(new.waiting) == set(PEOPLE)
    assert (old.words, new.words) == ("Nunca sola.", "Nunca solas.")


def test_two_changes_made_apart_stand_side_by_side(world: World) -> None:
    proposed(world)
    one = world.do(0, "amend", wording="a", asked=EVERYONE)
    other = world.do(1, "amend", wording="b", asked=EVERYONE)
    world.meet()
    assert set(world.life().open) == {one, other}


def test_two_wordings_declared_apart_are_looked_at_together_and_the_earlier_one_applies(
    world: World,
) -> None:
    first = in_force(world)
    second = world.do(0, "amend", wording="a", based_on=[first], asked=EVERYONE)
    third = world.do(1, "amend", wording="b", based_on=[first], asked=EVERYONE)
    world.meet()
    consent_of_all(world, second)
    consent_of_all(world, third)
    world.do(0, "in_force", version=second)
    world.do(1, "in_force", version=third)
    assert world.life(0).followed == (second,)
    assert world.life(1).followed == (third,)
    world.meet()
    life = world.life()
    assert life.state == IN_REVIEW
    assert life.followed == (first,)
    assert {act.by for act in life.declared} == {ITZEL, JULIA}
    world.do(2, "in_force", version=second)
    assert world.life(2).state == IN_FORCE
    assert world.life(2).followed == (second,)


def test_the_same_wording_declared_apart_is_just_in_force(world: World) -> None:
    version = proposed(world)
    consent_of_all(world, version)
    world.do(0, "in_force", version=version)
    world.do(1, "in_force", version=version)
    world.meet()
    assert world.life().state == IN_FORCE
