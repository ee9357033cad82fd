"""C5.2: processes, emergencies and tasks open, rest and go on; nothing is forced closed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from aluna_sync.journal.lives import state_of
from aluna_sync.journal.lives.openness import emergency, process, task
from aluna_sync.journal.lives.where import where_we_were
from aluna_sync.journal.types import Act
from unit.journal.lives.test_any_order import live
from unit.journal.lives.world import JULIA, OFELIA, Step, World, scripts


def test_a_process_goes_from_asking_to_closing_together() -> None:
    world = World("process")
    assert state_of(world.record(0)) == ""
    for act, state in [
        ("request", "prs.request"),
        ("agree", "prs.agreed"),
        ("begin", "prs.active"),
        ("pause", "prs.paused"),
        ("resume", "prs.resumed"),
        ("encounter", "prs.active"),
        ("close", "prs.closed"),
        ("resume", "prs.resumed"),
    ]:
        world.do(0, act)
        assert process(world.causes()).state == state


def test_a_pause_apart_from_an_encounter_is_under_way_and_told_beside_it() -> None:
    world = World("process")
    world.do(0, "begin")
    world.meet()
    world.do(1, "pause", words="Por la lluvia.")
    met = world.do(4, "encounter", words="Nos vimos un rato.", what_next="Hablar con la escuela.")
    world.meet()
    life = process(world.causes())
    assert life.state == "prs.active"
    assert [act.by for act in life.meanwhile] == [JULIA]
    where = where_we_were(world.record(0, texts={"where_we_were": "En el tercer encuentro."}))
    assert where.words == "En el tercer encuentro."
    assert [act.id for act in where.encounters] == [met]
    assert where.what_next == ("Hablar con la escuela.",)


@pytest.mark.parametrize("goes_on", ["encounter", "begin", "resume", "agree", "request", "pause"])
def test_closing_closes_nothing_for_who_had_not_heard_of_it(goes_on: str) -> None:
    world = World("process")
    world.do(0, "begin")
    world.meet()
    world.do(0, "close")
    world.do(4, goes_on)
    world.meet()
    life = process(world.causes())
    assert life.state != "prs.closed"
    assert [act.by for act in life.meanwhile] == [world.devices[0].person]


@settings(max_examples=60, deadline=None)
@given(scripts())
def test_a_process_is_closed_only_where_all_was_heard(script: list[Step]) -> None:
    world = World("process")
    live(world, script)
    world.meet()
    causes = world.causes()
    speaks = causes.of("begin", "encounter", "resume", "agree", "request", "pause")
    closes = causes.of("close")
    if process(causes).state == "prs.closed":
        assert all(any(causes.saw(close, act) for close in closes) for act in speaks)


def test_an_emergency_is_open_by_being_written_and_may_stay_so() -> None:
    assert state_of(World("emergency").record(0)) == "open"


def test_an_emergency_is_accompanied_looked_back_on_and_opened_again_with_one_act() -> None:
    world = World("emergency")
    for act, state in [
        ("accompany", "accompanied"),
        ("look_back", "looked_back"),
        ("reopen", "open"),
    ]:
        world.do(0, act)
        assert emergency(world.causes()).state == state


@pytest.mark.parametrize("act", ["do", "need", "hand_over"])
def test_looking_back_closes_nothing_for_who_is_still_in_it(act: str) -> None:
    world = World("emergency")
    world.do(0, "accompany")
    world.meet()
    world.do(0, "look_back")
    world.do(4, act, words="Seguimos en la casa.")
    world.meet()
    life = emergency(world.causes())
    assert life.state == "accompanied"
    assert [one.by for one in life.meanwhile] == [world.devices[0].person]


def test_a_need_stays_until_somebody_met_it_and_who_was_handed_over_to_accompanies() -> None:
    world = World("emergency")
    need = world.do(0, "need", words="Dónde dormir.")
    world.do(0, "need", words="Alguien que llame.")
    world.meet()
    world.do(1, "meet", need=need, words="En casa de mi tía.")
    world.do(1, "hand_over", persons=[OFELIA.hex()])
    world.meet()
    life = emergency(world.causes())
    assert {need.need.id: len(need.met) for need in life.needs}[need] == 1
    assert sorted(len(one.met) for one in life.needs) == [0, 1]
    assert life.accompanying == (OFELIA,)


def test_a_task_is_open_until_done_and_who_takes_it_up_apart_keeps_it_open() -> None:
    world = World("task")
    assert task(world.causes()).state == "open"
    world.do(0, "done")
    world.meet()
    assert task(world.causes()).state == "done"
    world.do(1, "take_up_again")
    world.do(2, "done")
    world.meet()
    assert task(world.causes()).state == "open"


def test_no_state_of_anything_that_opens_says_that_it_failed() -> None:
    world = World("task")
    world.do(0, "let_go")
    assert isinstance(task(world.causes()).by[0], Act)
    assert task(world.causes()).state == "let_go"
