"""Three devices write the same record apart and meet in any order, through the real engine."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_sync.journal.edits import (
    AddAct,
    AddMember,
    RemoveMember,
    SetMine,
    SetReading,
    SetText,
)
from unit.journal.fakes import ITZEL, JULIA, MARTA
from unit.journal.meeting import Replica, meet, play, three_devices


def test_two_readings_appear_on_both_and_an_answer_leaves_one() -> None:
    itzel, julia, marta = three_devices(SetReading("about", "us"))
    itzel.do(SetReading("about", "me"))
    julia.do(SetReading("about", "surroundings"))
    record = meet(itzel, julia)
    assert {(r.value, r.by) for r in record.readings["about"]} == {
        ("me", ITZEL),
        ("surroundings", JULIA),
    }
    marta.hear(julia)
    marta.do(SetReading("about", "us"))
    record = meet(itzel, julia, marta)
    assert [(r.value, r.by) for r in record.readings["about"]] == [("us", MARTA)]


def test_an_answer_that_had_not_seen_a_reading_leaves_it_standing() -> None:
    itzel, julia, marta = three_devices()
    itzel.do(SetReading("about", "me"))
    marta.hear(itzel)
    julia.do(SetReading("about", "us"))
    marta.do(SetReading("about", "surroundings"))
    record = meet(itzel, julia, marta)
    assert {r.value for r in record.readings["about"]} == {"us", "surroundings"}


def test_adding_wins_over_a_removal_that_had_not_seen_it() -> None:
    itzel, julia, _ = three_devices(AddMember("kinds", "imp.fear"))
    itzel.do(RemoveMember("kinds", "imp.fear"))
    julia.do(AddMember("kinds", "imp.fear", "todavía, de noche"))
    assert [m.note for m in meet(itzel, julia).sets["kinds"]] == ["todavía, de noche"]


def test_two_notes_on_one_item_are_both_kept() -> None:
    itzel, julia, _ = three_devices(AddMember("kinds", "imp.fear"))
    itzel.do(AddMember("kinds", "imp.fear", "de noche"))
    julia.do(AddMember("kinds", "imp.fear", "al salir"))
    (fear,) = meet(itzel, julia).sets["kinds"]
    assert set(fear.note.split("\n\n")) == {"de noche", "al salir"}


def test_a_note_written_further_apart_keeps_the_words_of_both() -> None:
    itzel, julia, _ = three_devices(AddMember("kinds", "imp.fear", "de noche"))
    itzel.do(AddMember("kinds", "imp.fear", "ya de noche"))
    julia.do(AddMember("kinds", "imp.fear", "de noche, al salir"))
    (fear,) = meet(itzel, julia).sets["kinds"]
    assert fear.note == "ya de noche, al salir"


def test_a_note_holds_an_item_that_another_takes_out_meanwhile() -> None:
    itzel, julia, _ = three_devices(AddMember("kinds", "imp.fear", "de noche"))
    itzel.do(RemoveMember("kinds", "imp.fear"))
    julia.do(AddMember("kinds", "imp.fear", "de noche, y al salir"))
    assert [m.note for m in meet(itzel, julia).sets["kinds"]] == ["de noche, y al salir"]


def test_what_one_person_says_on_two_devices_apart_counts_as_unsaid_until_she_chooses() -> None:
    phone, laptop = Replica(ITZEL, "care_time"), Replica(ITZEL, "care_time", device=1)
    phone.do(SetText("title", "Caminar"), SetMine("coming", "perhaps"))
    laptop.hear(phone)
    phone.do(SetMine("coming", "yes"))
    laptop.do(SetMine("coming", "not_this_time"))
    record = meet(phone, laptop)
    assert "coming" not in record.maps
    mine = record.own_readings["coming"][ITZEL][""]
    assert {reading.value for reading in mine} == {"yes", "not_this_time"}
    laptop.do(SetMine("coming", "yes"))
    record = meet(phone, laptop)
    assert record.maps["coming"] == {ITZEL: "yes"}
    assert record.own_readings == {}


def test_putting_away_holds_until_anybody_writes_whenever_that_was() -> None:
    itzel, julia, marta = three_devices()
    itzel.do(AddAct("acts", {"act": "put_away", "seen": "-", "words": "ya no hace falta"}))
    assert itzel.record.put_away
    assert meet(itzel, marta).put_away
    julia.do(SetText("body", "Desde marzo casi no dormimos bien."))
    assert not meet(itzel, julia, marta).put_away
    marta.do(AddAct("acts", {"act": "put_away", "seen": "-"}))
    assert meet(itzel, julia, marta).put_away
    julia.do(AddMember("kinds", "imp.fear"))
    assert not meet(itzel, julia, marta).put_away


def test_acts_of_different_fields_know_of_each_other() -> None:
    itzel, julia, _ = three_devices(kind="process")
    itzel.do(AddAct("acts", {"act": "pause", "words": "en agosto"}))
    julia.do(AddAct("encounters", {"act": "encounter", "words": "nos vimos"}))
    record = meet(itzel, julia)
    (pause,), (encounter,) = record.acts["acts"], record.acts["encounters"]
    assert pause.after == encounter.after == ()
    itzel.do(AddAct("acts", {"act": "resume"}))
    resume = meet(itzel, julia).acts["acts"][-1]
    assert set(resume.after) == {pause.id, encounter.id}


def test_a_removal_stands_when_nobody_adds_again() -> None:
    itzel, julia, _ = three_devices(AddMember("kinds", "imp.fear"))
    itzel.do(RemoveMember("kinds", "imp.fear"))
    julia.do(AddMember("kinds", "imp.guilt"))
    assert [m.item for m in meet(itzel, julia).sets["kinds"]] == ["imp.guilt"]


def test_a_text_begun_twice_apart_keeps_both() -> None:
    itzel, julia, _ = three_devices()
    itzel.do(SetText("what_it_tells_us", "Que no podemos solas."))
    julia.do(SetText("what_it_tells_us", "Que hay que parar."))
    words = meet(itzel, julia).texts["what_it_tells_us"]
    assert sorted(words.split("\n\n")) == ["Que hay que parar.", "Que no podemos solas."]


def test_a_text_changed_apart_keeps_the_words_of_both() -> None:
    itzel, julia, _ = three_devices()
    itzel.do(SetText("body", "Desde marzo casi no dormimos bien."))
    julia.do(SetText("body", "Desde marzo no dormimos bien, ninguna."))
    assert meet(itzel, julia).texts["body"] == "Desde marzo casi no dormimos bien, ninguna."


def test_nobody_writes_in_anothers_name() -> None:
    itzel, julia, _ = three_devices()
    itzel.do(SetMine("uses", ["use.memory"]))
    julia.do(SetMine("uses", ["use.training"]))
    assert meet(itzel, julia).maps["uses"] == {
        ITZEL: ["use.memory"],
        JULIA: ["use.training"],
    }


edits = st.one_of(
    st.builds(
        SetText, st.sampled_from(["title", "body", "care_note"]), st.text("ab ñ\n", max_size=8)
    ),
    st.builds(
        AddMember,
        st.just("kinds"),
        st.sampled_from(["imp.fear", "imp.guilt", "fear.isolation"]),
        st.sampled_from(["", "de noche"]),
    ),
    st.builds(RemoveMember, st.just("kinds"), st.sampled_from(["imp.fear", "imp.guilt"])),
    st.builds(SetReading, st.just("about"), st.sampled_from(["me", "us", None])),
    st.builds(SetReading, st.just("still_with_us"), st.text("xy", min_size=1, max_size=3)),
    st.builds(SetMine, st.just("uses"), st.sampled_from([["use.memory"], None])),
    st.builds(AddAct, st.just("replies"), st.sampled_from(["gracias", "aquí"])),
)
steps = st.one_of(
    st.tuples(st.just("edit"), st.integers(0, 2), edits),
    st.tuples(st.just("hear"), st.integers(0, 2), st.integers(0, 2)),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(steps, max_size=20), st.permutations([0, 1, 2]))
def test_any_order_of_meetings_gives_the_same_record(
    script: list[tuple[str, int, Any]], order: list[int]
) -> None:
    replicas = three_devices()
    play(script, replicas)
    record = meet(*(replicas[i] for i in order))
    late = Replica(MARTA)
    late.hear(*replicas)
    assert late.record == record
    assert record.unknown == ()
    for what, _, edit in script:
        if what == "edit" and isinstance(edit, AddAct):
            assert edit.value in [act.value for act in record.acts["replies"]]


@pytest.mark.parametrize("seen", [True, False])
def test_acts_stand_with_causes_first(seen: bool) -> None:
    itzel, julia, _ = three_devices()
    julia.do(AddAct("replies", "primera"))
    if seen:
        itzel.hear(julia)
    itzel.do(AddAct("replies", "segunda"))
    said = [act.value for act in meet(itzel, julia).acts["replies"]]
    assert said == (["primera", "segunda"] if seen else ["segunda", "primera"])
