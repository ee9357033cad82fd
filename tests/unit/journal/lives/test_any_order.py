"""C10 check 1: any order and grouping of merges of any acts gives the same computed lives."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_sync.journal.lives import agreement_of, causes_of, state_of
from aluna_sync.journal.lives.consents import consents
from aluna_sync.journal.lives.days import for_now
from aluna_sync.journal.lives.members import member
from aluna_sync.journal.lives.mourning import mourning
from aluna_sync.journal.lives.openness import emergency, process, task
from aluna_sync.journal.lives.where import where_we_were
from aluna_sync.journal.schema import record_type
from aluna_sync.journal.types import Json, Record
from unit.journal.lives.world import EVERYONE, PEOPLE, Step, World, agree, scripts

SEEDS = st.integers(0, 2**32 - 1)

LIVES: dict[str, Callable[[Record], object]] = {
    "process": lambda record: (process(causes_of(record)), where_we_were(record)),
    "emergency": lambda record: emergency(causes_of(record)),
    "task": lambda record: task(causes_of(record)),
    "mourning": lambda record: mourning(causes_of(record)),
    "member": lambda record: member(causes_of(record), PEOPLE[0]),
    "protection": lambda record: for_now(causes_of(record), agreement_of(record)),
    "event": consents,
}


def live(world: World, script: list[Step]) -> None:
    """Play *script* with any act of the type, said as far as its parts can be made up."""
    kinds = [kind for _, kind in record_type(world.kind).acts if kind.name != "put_away"]
    for who, what, one, other in script:
        if what > 17:
            world.hear(who, (who + 1 + one) % 5)
            continue
        kind = kinds[(what * 6 + other) % len(kinds)]
        known = sorted(world.devices[who].acts)
        parts: dict[str, Json] = {}
        for part in kind.parts:
            if part.name == "persons":
                parts[part.name] = [EVERYONE[one % 5]]
            elif part.of and known:
                parts[part.name] = known[one % len(known)]
            elif part.name == "since":
                day = f"2026-03-{1 + one:02}"
                parts[part.name] = {"value": day, "precision": "dat.day", "words": day}
            elif part.name in ("fingerprint", "wording", "what_next"):
                parts[part.name] = str(one % 2)
            elif part.name == "asked":
                parts[part.name] = EVERYONE
        world.do(who, kind.name, **parts)


@settings(max_examples=80, deadline=None)
@given(scripts(), SEEDS, SEEDS)
def test_an_agreement_is_the_same_in_any_order_of_its_acts(
    script: list[Step], one: int, other: int
) -> None:
    world = World("agreement")
    agree(world, script)
    world.meet()
    lives = [
        agreement_of(world.record(who, random.Random(seed)))
        for who, seed in enumerate((0, one, other))
    ]
    assert lives[0] == lives[1] == lives[2]


@pytest.mark.parametrize("kind", LIVES)
@settings(max_examples=25, deadline=None)
@given(script=scripts(), seed=SEEDS)
def test_every_life_is_the_same_in_any_order_of_its_acts(
    kind: str, script: list[Step], seed: int
) -> None:
    world = World(kind)
    live(world, script)
    world.meet()
    one, other = world.record(0), world.record(1, random.Random(seed))
    assert LIVES[kind](one) == LIVES[kind](other)
    assert state_of(one) == state_of(other)


@settings(max_examples=30, deadline=None)
@given(scripts(), st.permutations(range(5)), st.permutations(range(5)))
def test_an_agreement_is_the_same_however_the_devices_are_grouped_when_they_meet(
    script: list[Step], one: list[int], other: list[int]
) -> None:
    lives = []
    for order in (one, other):
        world = World("agreement")
        agree(world, script)
        # In pairs, in halves, then along a line and back: the same people, other meetings.
        world.meet(*order[:2])
        world.meet(*order[2:])
        for there, here in itertools.pairwise([*order, *reversed(order)]):
            world.hear(here, there)
        found = [world.life(who) for who in range(5)]
        assert all(life == found[0] for life in found)
        lives.append(found[0])
    assert lives[0] == lives[1]


def test_acts_that_say_they_saw_each_other_hide_nothing() -> None:
    world = World("agreement")
    version = world.do(0, "propose", wording="x", asked=EVERYONE)
    objection = world.do(1, "position", version=version, stance="pos.objection")
    world.meet()
    made_up = world.do(1, "position", version=version, stance="pos.consent")
    field, act = world.devices[1].acts[objection]
    circle = type(act)(act.id, act.value, act.by, (*act.after, made_up))
    for device in world.devices:
        device.acts[objection] = (field, circle)
    world.meet()
    assert [one.id for one in world.life().wordings[0].objections] == [objection]
    assert world.life().wordings[0].standing[0].apart


def test_two_acts_of_one_id_are_both_there() -> None:
    world = World("agreement")
    version = world.do(0, "propose", wording="x", asked=EVERYONE)
    objection = world.do(0, "position", version=version, stance="pos.objection")
    _, act = world.devices[0].acts[objection]
    record = world.record(0)
    forged = type(act)(objection, {"act": "end"}, PEOPLE[1], ())
    twice = Record(
        record.id, record.space, record.type, 1, "", acts={**record.acts, "acts": (forged,)}
    )
    assert [one.id for one in agreement_of(twice).wordings[0].objections] == [objection]


def test_an_act_in_a_field_of_other_acts_says_nothing() -> None:
    world = World("agreement")
    world.do(0, "propose", wording="x", asked=EVERYONE)
    record = world.record(0)
    moved = Record(
        record.id, record.space, record.type, 1, "", acts={"acts": record.acts["versions"]}
    )
    assert agreement_of(moved).wordings == ()
