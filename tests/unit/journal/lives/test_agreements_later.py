"""Agreements later on: looked at again, paused, ended, and words people take back (domain C5.1)."""

from __future__ import annotations

import pytest

from aluna_sync.journal.lives import agreement_of
from aluna_sync.journal.lives.agreements import (
    CONSENTED,
    ENDED,
    IN_FORCE,
    IN_REVIEW,
    NOT_ADOPTED,
    OBJECTED,
    PAUSED,
    PROPOSED,
)
from aluna_sync.journal.types import Act, Record
from unit.journal.lives.world import (
    EVERYONE,
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


# -- looking again, pausing, ending ----------------------------------------------------------------


def test_somebody_asks_to_look_again_and_the_group_keeps_it(world: World) -> None:
    version = in_force(world)
    world.do(3, "ask_review")
    world.meet()
    assert world.life().state == IN_REVIEW
    world.do(0, "review", version=version, outcome="keep")
    world.meet()
    assert world.life().state == IN_FORCE


def test_a_review_closes_no_open_objection(world: World) -> None:
    version = in_force(world)
    world.do(3, "position", version=version, stance="pos.objection")
    world.meet()
    world.do(0, "review", version=version, outcome="keep")
    world.meet()
    assert world.life().state == IN_REVIEW


def test_what_is_to_be_adapted_is_looked_at_until_another_wording_is_in_force(
    world: World,
) -> None:
    version = in_force(world)
    world.do(0, "review", version=version, outcome="adapt")
    world.meet()
    assert world.life().state == IN_REVIEW
    assert world.life().followed == (version,)
    second = world.do(0, "amend", wording="Nunca solas.", asked=EVERYONE)
    consent_of_all(world, second)
    world.do(0, "in_force", version=second)
    world.meet()
    assert world.life().state == IN_FORCE
    assert world.life().followed == (second,)


def test_a_review_that_keeps_and_one_that_ends_apart_are_looked_at_together(
    world: World,
) -> None:
    version = in_force(world)
    world.do(0, "review", version=version, outcome="keep")
    world.do(1, "review", version=version, outcome="end")
    world.meet()
    assert world.life().state == IN_REVIEW
    assert world.life().followed == (version,)


def test_what_was_ended_by_who_had_heard_all_is_kept_and_applies_no_more(world: World) -> None:
    in_force(world)
    world.do(0, "end", words="Ya no hace falta.")
    world.meet()
    life = world.life()
    assert life.state == ENDED
    assert life.followed == ()
    assert [one.words for one in life.wordings] == ["Nunca sola."]


def test_an_end_does_not_bury_who_asked_to_look_again_meanwhile(world: World) -> None:
    version = in_force(world)
    world.do(0, "end")
    world.do(4, "ask_review")
    world.meet()
    assert world.life().state == IN_REVIEW
    assert world.life().followed == (version,)


def test_what_ended_comes_back_only_as_a_new_proposal(world: World) -> None:
    version = in_force(world)
    world.do(0, "end")
    world.meet()
    world.do(1, "in_force", version=version)
    world.meet()
    assert world.life().state == ENDED
    again = world.do(1, "propose", wording="Nunca sola.", asked=EVERYONE)
    world.meet()
    assert world.life().state == PROPOSED
    assert world.life().open == (again,)


def test_paused_and_taken_up_again(world: World) -> None:
    version = in_force(world)
    world.do(1, "pause", words="Hasta abril.")
    world.meet()
    assert world.life().state == PAUSED
    world.do(2, "resume")
    world.meet()
    assert world.life().state == IN_FORCE
    assert world.life().followed == (version,)


def test_a_pause_apart_from_taking_it_up_again_is_told_beside_it(world: World) -> None:
    in_force(world)
    world.do(0, "pause")
    world.meet()
    world.do(1, "resume")
    world.do(2, "pause")
    world.meet()
    assert world.life().state == IN_FORCE
    assert [act.by for act in world.life().paused_meanwhile] == [MARTA]


def test_what_was_let_go_is_not_adopted_and_a_change_of_it_is_a_new_question(
    world: World,
) -> None:
    version = proposed(world)
    world.do(0, "not_adopt", version=version)
    other = world.do(1, "amend", wording="Nunca solas.", asked=EVERYONE)
    assert world.life(0).state == NOT_ADOPTED
    world.meet()
    assert world.life().state == PROPOSED
    assert world.life().open == (other,)


def test_letting_go_apart_from_declaring_it_asks_to_look_again(world: World) -> None:
    version = proposed(world)
    consent_of_all(world, version)
    world.do(0, "in_force", version=version)
    world.do(1, "not_adopt", version=version)
    world.meet()
    assert world.life().state == IN_REVIEW
    assert world.life().followed == (version,)


# -- who takes a word back, who said two, who rests ------------------------------------------------


def test_a_position_taken_back_is_no_answer_any_more(world: World) -> None:
    version = proposed(world)
    consent_of_all(world, version)
    mine = next(act.id for _, act in world.devices[2].acts.values() if act.by == MARTA)
    world.do(1, "withdraw_position", position=mine)
    world.meet()
    assert world.life().state == CONSENTED, "it is hers to take back"
    world.do(2, "withdraw_position", position=mine)
    world.meet()
    assert world.life().state == PROPOSED
    assert world.life().wordings[0].waiting == (MARTA,)


def test_two_words_of_one_person_on_two_devices_are_no_answer_until_she_says_which() -> None:
    world = World("agreement", (*PEOPLE, OFELIA))
    version = proposed(world)
    consent_of_all(world, version, 4, 5)
    world.do(4, "position", version=version, stance="pos.consent")
    world.do(5, "position", version=version, stance="pos.stand_aside")
    world.meet()
    assert world.life().state == PROPOSED
    standing = world.life().wordings[0].of(OFELIA)
    assert standing is not None
    assert standing.apart
    world.do(4, "position", version=version, stance="pos.consent")
    world.meet()
    assert world.life().state == CONSENTED


def test_an_objection_on_one_of_her_devices_stands_though_she_consents_on_the_other() -> None:
    world = World("agreement", (*PEOPLE, OFELIA))
    version = proposed(world)
    consent_of_all(world, version, 4, 5)
    world.do(4, "position", version=version, stance="pos.objection")
    world.do(5, "position", version=version, stance="pos.consent")
    world.meet()
    assert world.life().state == OBJECTED


def test_c10_14_who_rests_blocks_nothing_and_is_not_taken_for_a_yes(world: World) -> None:
    version = proposed(world)
    consent_of_all(world, version, 4)
    resting = {OFELIA}
    life = agreement_of(world.record(0), resting=resting)
    assert life.state == CONSENTED
    assert life.wordings[0].of(OFELIA) is None
    world.do(0, "in_force", version=version, without=[OFELIA.hex()])
    # Back from her rest she is not asked to undo anything; her voice is as welcome as any.
    life = agreement_of(world.record(0))
    assert life.state == IN_FORCE
    assert life.not_waited_for == (OFELIA,)
    world.meet()
    world.do(4, "position", version=version, stance="pos.objection")
    world.meet()
    assert world.life().state == IN_REVIEW
    assert world.life().not_waited_for == ()


def test_nobody_is_left_out_who_objects(world: World) -> None:
    version = proposed(world)
    consent_of_all(world, version, 4)
    world.do(4, "position", version=version, stance="pos.objection")
    world.meet()
    world.do(0, "in_force", version=version, without=[OFELIA.hex()])
    assert world.life(0).state == OBJECTED


def test_words_of_a_device_nobody_knows_are_nobodys_consent(world: World) -> None:
    version = proposed(world)
    consent_of_all(world, version, 4)
    forged = Act("f" * 16, {"act": "position", "version": version, "stance": "pos.consent"}, None)
    acts = world.record(0).acts
    record = world.record(0)
    spoken = Record(
        record.id, record.space, record.type, 1, "",
        acts={**acts, "positions": (*acts["positions"], forged)},
    )  # fmt: skip
    assert agreement_of(spoken).state == PROPOSED


def test_what_was_in_force_stays_so_when_somebody_takes_her_consent_back_later(
    world: World,
) -> None:
    in_force(world)
    mine = next(
        act.id
        for field, act in world.devices[2].acts.values()
        if field == "positions" and act.by == MARTA
    )
    world.do(2, "withdraw_position", position=mine)
    world.meet()
    life = world.life()
    assert life.state == IN_FORCE
    assert life.too_early == ()
    assert life.wordings[0].waiting == (MARTA,)
