"""The history of a record: its order depends on the changes alone, its words are whole."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol.ids import ActorId, ChangeHash
from aluna_sync.journal.history import in_order, runs, words_changed
from aluna_sync.journal.rewritten import Step


def actor(number: int) -> ActorId:
    return ActorId(bytes([number]) * 16)


@st.composite
def pasts(draw: st.DrawFn) -> list[Step]:
    """Changes by three hands, each after some of those before it."""
    found: list[Step] = []
    for at in range(draw(st.integers(0, 24))):
        deps = draw(st.sets(st.sampled_from(range(at)), max_size=3)) if at else set()
        named = tuple(found[one].hash for one in sorted(deps))
        name = ChangeHash(draw(st.binary(min_size=31, max_size=31)) + bytes([at]))
        found.append(Step(name, named, actor(draw(st.integers(0, 2))), 1))
    return found


@given(pasts(), st.randoms(use_true_random=False))
def test_the_same_changes_stand_in_the_same_order_causes_first(
    steps: list[Step], random: random.Random
) -> None:
    order = in_order(steps, lambda step: step.actor)
    mixed = list(steps)
    random.shuffle(mixed)
    assert in_order(mixed, lambda step: step.actor) == order
    places = {step.hash: at for at, step in enumerate(order)}
    assert places.keys() == {step.hash for step in steps}
    assert all(places[dep] < places[step.hash] for step in steps for dep in step.deps)


def test_who_went_on_alone_is_told_in_one_piece() -> None:
    first = Step(ChangeHash(bytes(32)), (), actor(0), 1)
    apart: list[Step] = []
    for hand in (1, 2):
        before = first.hash
        for at in range(40):
            step = Step(
                ChangeHash(bytes([255 - at]) * 31 + bytes([hand])), (before,), actor(hand), 1
            )
            apart.append(step)
            before = step.hash
    random.Random(7).shuffle(apart)
    order = in_order([*apart, first], lambda step: step.actor)
    assert [end - start for start, end in runs(order, lambda step: step.actor)] == [1, 40, 40]


def test_words_are_told_whole() -> None:
    assert words_changed("la casa azul", "la casita azul") == (("casita",), ("casa",))
    assert words_changed("", "hola") == (("hola",), ())
    assert words_changed("uno dos tres", "uno tres") == ((), ("dos",))
    assert words_changed("uno", "uno") == ((), ())
    assert words_changed("árbol y río", "árboles y ríos") == (("árboles", "ríos"), ("árbol", "río"))


@given(st.text("ab c\n", max_size=40), st.text("ab c\n", max_size=40))
def test_every_word_that_came_or_went_is_told(old: str, new: str) -> None:
    added, removed = words_changed(old, new)
    kept = set(old.split()) | {word for piece in added for word in piece.split()}
    assert set(new.split()) <= kept
    left = set(new.split()) | {word for piece in removed for word in piece.split()}
    assert set(old.split()) <= left
