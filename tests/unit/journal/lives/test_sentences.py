"""How a life is told: everybody's voice by name, nobody's silence, in both languages."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings

from aluna_protocol.ids import PersonId
from aluna_sync.journal.lives import state_of
from aluna_sync.journal.lives.days import Why
from aluna_sync.journal.types import Absent, Json, Record
from aluna_tui.labels import state_words
from aluna_tui.life_words import again_words, life_sentences
from aluna_tui.texts import use_language
from unit.journal.lives.test_any_order import live
from unit.journal.lives.world import (
    EVERYONE,
    OFELIA,
    PEOPLE,
    Step,
    World,
    agree,
    consent_of_all,
    in_force,
    proposed,
    scripts,
)

NAMES = dict(zip(PEOPLE, ("Itzel", "Julia", "Marta", "Noemí", "Ofelia"), strict=True))
TODAY = dt.date(2026, 3, 10)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("es")


def told(record: Record, today: dt.date = TODAY, absent: Absent | None = None) -> str:
    return " ".join(life_sentences(record, names, today, absent or Absent()))


def names(person: PersonId) -> str:
    return NAMES.get(person, "")


def day(value: str) -> Json:
    return {"value": value, "precision": "dat.day", "words": value}


def test_a_voice_from_an_outage_is_told_by_name() -> None:
    world = World("agreement")
    version = proposed(world)
    consent_of_all(world, version)
    world.do(0, "in_force", version=version)
    world.do(4, "position", version=version, stance="pos.objection")
    world.meet()
    said = told(world.record(0))
    assert "A voice arrived from an outage: Ofelia objects." in said
    assert "being looked at again" in said


def test_who_has_not_answered_is_told_to_nobody() -> None:
    world = World("agreement")
    version = proposed(world)
    consent_of_all(world, version, 3, 4)
    assert "Noemí" not in told(world.record(0))
    assert "Ofelia" not in told(world.record(0))


def test_what_was_declared_apart_and_what_protects_more_is_told() -> None:
    world = World("protection")
    first = in_force(world)
    for who, wording in ((0, "a"), (1, "b")):
        version = world.do(who, "amend", wording=wording, based_on=[first], asked=EVERYONE)
        world.meet()
        consent_of_all(world, version)
    one, other = (wording.id for wording in world.life().wordings[1:])
    world.do(0, "in_force", version=one)
    world.do(1, "in_force", version=other)
    world.meet()
    assert "decided in different ways apart, by" in told(world.record(0))
    world.do(2, "in_force", version=one)
    world.meet()
    world.do(3, "position", version=one, stance="pos.objection")
    world.meet()
    said = told(world.record(0))
    assert "Noemí sees a harm in it." in said
    assert "the wording that protects more applies" in said


def test_too_early_paused_meanwhile_and_not_waited_for_are_told() -> None:
    world = World("agreement")
    version = proposed(world)
    world.do(1, "in_force", version=version)
    world.meet()
    assert "Julia declared it in force before everyone had spoken." in told(world.record(0))
    consent_of_all(world, version, 4)
    world.do(0, "in_force", version=version, without=[OFELIA.hex()])
    world.do(2, "pause")
    world.meet()
    said = told(world.record(0))
    assert "It went on without waiting for Ofelia" in said
    assert "Meanwhile, Marta: paused it." in said


def test_what_is_for_now_is_told_with_its_last_day_and_afterwards_too() -> None:
    world = World("protection")
    version = proposed(world)
    for who in (1, 2):
        world.do(who, "for_now", version=version, since=day("2026-03-10"))
        world.meet()
    assert "In force for now, until 16 March 2026: Julia and Marta" in told(world.record(0))
    later = told(world.record(0), dt.date(2026, 4, 1))
    assert "It was in force for now, until 16 March 2026" in later
    assert state_of(world.record(0)) == "ags.proposed"


def test_each_one_in_a_mourning_is_told_by_name() -> None:
    world = World("mourning")
    world.do(1, "return")
    world.do(2, "honour")
    world.meet()
    assert told(world.record(0)) == "Julia: Returned. Marta: Honoured."


def test_who_rests_or_went_is_told_as_she_said_it() -> None:
    world = World("member")
    world.do(0, "rest")
    assert "this voice is not waited for" in told(world.record(0))
    gone = Absent(gone=frozenset({PEOPLE[0]}))
    assert told(world.record(0), absent=gone) == "Does not belong any more, by agreement."


def test_why_something_asks_to_be_looked_at_again_is_said_with_its_date() -> None:
    assert again_words(Why.DATE, "2026-03") == "to look at again: March 2026"
    use_language("es")
    assert again_words(Why.TRIAL, "2026-03-05") == "a prueba hasta: 5 de marzo de 2026"


@pytest.mark.parametrize(
    "kind", ["agreement", "process", "emergency", "mourning", "member", "task"]
)
@settings(max_examples=25, deadline=None)
@given(script=scripts())
def test_every_life_has_words_in_both_languages_and_hurries_nobody(
    kind: str, script: list[Step]
) -> None:
    world = World(kind)
    (agree if kind == "agreement" else live)(world, script)
    world.meet()
    record = world.record(0, random.Random(1))
    for code in ("en", "es"):
        use_language(code)
        said = f"{state_words(state_of(record))} {told(record)}"
        assert "{" not in said
        assert not any(word in said.lower() for word in ("overdue", "vencid", "failed", "inactiv"))
    use_language("en")
