"""A4 and C10 checks 9, 11 and 13 for lives: nobody is counted, ranked or hurried, many or few."""

from __future__ import annotations

import ast
import dataclasses
import random
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import aluna_sync.journal.lives as package
from aluna_sync.journal.edits import AddAct, SetText
from aluna_sync.journal.lives import agreement_of, state_of
from aluna_sync.journal.lives.agreements import Agreement
from aluna_sync.journal.lives.days import ForNow, LookAgain
from aluna_sync.journal.lives.members import Member
from aluna_sync.journal.lives.openness import Emergency, Openness
from aluna_sync.journal.lives.voices import For, Waiting, waits_for
from aluna_sync.journal.lives.wordings import Standing, Wording
from aluna_sync.journal.schema import TYPES
from aluna_sync.journal.types import Json
from aluna_sync.journal.vocabulary import vocabulary
from aluna_tui.labels import STATES
from aluna_tui.life_words import AGAIN, MINE, SENTENCES
from unit.journal import fakes
from unit.journal.lives.world import EVERYONE, PEOPLE, World
from unit.journal.meeting import Replica, meet

SOURCES = sorted(Path(package.__path__[0]).glob("*.py"))
MEASURES = {"Counter", "sum", "max", "mean", "median", "statistics", "round", "float", "score"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_c10_9_no_function_of_lives_measures_or_ranks(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    named = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}
    named |= {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)}
    assert named & MEASURES == set()
    assert not any(isinstance(one, ast.Div) for one in ast.walk(tree))


@pytest.mark.parametrize(
    "told", [Agreement, Wording, Standing, Openness, Emergency, Member, Waiting, LookAgain, ForNow]
)
def test_no_number_is_told_of_anybody(told: type) -> None:
    for field in dataclasses.fields(told):
        assert not re.search(r"\b(int|float)\b", str(field.type)), field.name


def test_c10_11_every_state_has_a_name_and_a_sentence_that_hurries_nobody() -> None:
    states = {
        kind.state
        for declared in TYPES.values()
        for field in declared.fields
        for kind in field.acts
        if kind.state
    }
    for state in states - {one for one in states if one.startswith("mst.")}:
        assert state in SENTENCES, state
    for state in states:
        assert state in STATES or vocabulary().term(state) is not None
    assert set(MINE) == set(For)
    for words in (*SENTENCES.values(), *MINE.values(), *AGAIN.values()):
        assert not re.search(r"overdue|late|missing|must|reminder|still has|\d", words), words


def test_c10_13_a_collective_of_forty_with_two_thousand_acts_is_read_at_once() -> None:
    people = tuple(type(PEOPLE[0])(bytes([n]) * 16) for n in range(1, 41))
    world = World("agreement", people)
    asked: list[Json] = [one.hex() for one in people]
    version = world.do(0, "propose", wording="Nunca sola.", asked=asked)
    by_chance = random.Random(1)
    world.meet()
    for _ in range(50):
        for who in range(40):
            stance = by_chance.choice(["pos.consent", "pos.objection", "pos.need_time"])
            world.do(who, "position", version=version, stance=stance)
        world.meet(*by_chance.sample(range(40), 8))
    world.meet()
    record = world.record(0)
    began = time.process_time()
    life = agreement_of(record)
    assert time.process_time() - began < 5
    assert len(life.wordings[0].standing) == 40
    assert waits_for(people[0], [(record, life)], resting={people[0]}) == ()


def test_a_record_somebody_filled_stops_no_device() -> None:
    proposals = 400
    world = World("agreement", PEOPLE[:1])
    for n in range(proposals):
        version = world.do(0, "amend", wording=str(n), asked=EVERYONE)
        world.do(0, "in_force", version=version)
        world.do(0, "position", version=version, stance="pos.consent")
    record = world.record(0)
    began = time.process_time()
    assert state_of(record) == "ags.proposed"
    assert time.process_time() - began < 10
    field, acts = "positions", record.acts["positions"]
    filled = dataclasses.replace(record, acts={**record.acts, field: acts * 25})
    assert state_of(filled) == ""


def test_c10_13_one_shared_computer_of_three_is_enough() -> None:
    world = World("agreement", PEOPLE[:3])
    version = world.do(0, "propose", wording="Turnos.", asked=EVERYONE[:3])
    for who in range(3):
        world.meet()
        world.do(who, "position", version=version, stance="pos.consent")
    world.meet()
    assert state_of(world.record(0)) == "ags.consented"


STEPS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 6), st.integers(0, 4)), min_size=6, max_size=22
)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_c10_1_five_devices_through_the_real_engine_agree_on_the_state(
    script: list[tuple[int, int, int]],
) -> None:
    devices = [Replica(person, "agreement", n) for person in fakes.PERSONS[:2] for n in range(2)]
    devices.append(Replica(fakes.MARTA, "agreement"))
    asked = [one.hex() for one in fakes.PERSONS]
    propose = AddAct("versions", {"act": "propose", "wording": "x", "asked": [*asked]})
    devices[0].do(SetText("text", "x"), propose)
    for one in devices[1:]:
        one.hear(devices[0])
    version = devices[0].record.acts["versions"][0].id
    for who, what, other in script:
        act: AddAct | None = None
        match what:
            case 0 | 1 | 2:
                stance = ("pos.consent", "pos.consent", "pos.objection")[(what + other) % 3]
                said = {"act": "position", "version": version, "stance": stance}
                act = AddAct("positions", {**said})
            case 3:
                act = AddAct("acts", {"act": "in_force", "version": version})
            case 4:
                act = AddAct("acts", {"act": ("pause", "resume", "end")[other % 3]})
            case _ if who != other:
                devices[who].hear(devices[other])
        if act is not None:
            devices[who].do(act)
    record = meet(*devices)
    assert record.state == state_of(record)
    assert {one.record.state for one in devices} == {record.state}
