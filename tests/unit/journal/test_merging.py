"""Three devices write the same record apart and meet in any order, through the real engine."""

from __future__ import annotations

import itertools
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_protocol.ids import PersonId
from aluna_sync.engine.in_process import InProcessEngine
from aluna_sync.engine.types import SignedChange, View
from aluna_sync.journal.edits import (
    AddAct,
    AddMember,
    Edit,
    RemoveMember,
    SetMine,
    SetReading,
    SetText,
    operations,
)
from aluna_sync.journal.types import Record
from unit.journal.fakes import DOCUMENT, ITZEL, JULIA, MARTA, PERSONS, actor_of, read, write_ids

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Drive a coroutine of an engine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        value: T = ended.value
        return value
    raise AssertionError("the in-process engine waited")


class Replica:
    """One device with the record open, and every change it has written or received."""

    def __init__(self, person: PersonId) -> None:
        self.person = person
        self.engine = InProcessEngine()
        self.changes: dict[bytes, SignedChange] = {}
        self.view: View | None = None
        self._ids = write_ids(1 + 1000 * PERSONS.index(person))

    def do(self, *edits: Edit) -> None:
        """Write *edits* as one change."""
        written = operations(
            edits, self.view, type="impact", person=self.person, write_ids=self._ids
        )
        if written:
            actor = actor_of(self.person)
            edited = run(self.engine.edit(DOCUMENT, actor, written))
            self.changes[edited.change_hash] = SignedChange(edited.change, actor)
            self.view = edited.view

    def hear(self, *others: Replica) -> None:
        """Receive everything *others* have."""
        news = {
            change_hash: change
            for other in others
            for change_hash, change in other.changes.items()
            if change_hash not in self.changes
        }
        if news:
            self.changes |= news
            if self.view is None:
                done = run(self.engine.open(DOCUMENT, list(self.changes.values())))
            else:
                (done,) = run(self.engine.apply({DOCUMENT: list(news.values())}))
            assert not done.refused
            assert not done.waiting
            self.view = done.view

    @property
    def record(self) -> Record:
        """The record as this device shows it."""
        assert self.view is not None
        return read(self.view)


def three_devices(*first: Edit) -> tuple[Replica, Replica, Replica]:
    """Return three devices that share a record Itzel began."""
    itzel, julia, marta = (Replica(person) for person in PERSONS)
    itzel.do(SetText("body", "Desde marzo no dormimos bien."), *first)
    julia.hear(itzel)
    marta.hear(itzel)
    return itzel, julia, marta


def meet(*replicas: Replica) -> Record:
    """Let all exchange everything and return the record they agree on."""
    for one, other in itertools.permutations(replicas, 2):
        one.hear(other)
    records = [replica.record for replica in replicas]
    assert all(record == records[0] for record in records)
    return records[0]


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
    for what, who, rest in script:
        if what == "edit":
            replicas[who].do(rest)
        elif who != rest:
            replicas[who].hear(replicas[rest])
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
