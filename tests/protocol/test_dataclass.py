"""Our `dataclass` beside the standard one: whatever people rely on is the same."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import field
from types import SimpleNamespace
from typing import Any

import pytest

import aluna_protocol.dataclass as ours

Decorator = Callable[..., Any]


def family(decorator: Decorator) -> SimpleNamespace:
    """Return the same four classes, declared with *decorator*."""

    @decorator(frozen=True, slots=True, order=True)
    class Point:
        """A place."""

        x: int
        y: int = 0

    @decorator(frozen=True, slots=True)
    class Word:
        text: str
        secret: bytes = field(default=b"", repr=False)
        apart: bool = field(default=False, compare=False)
        others: list[int] = field(default_factory=list)

        def __post_init__(self) -> None:
            if not self.text:
                raise ValueError("no words")

    @decorator(slots=True)
    class Tally:
        names: list[str] = field(default_factory=list)
        count: int = 0

        def __repr__(self) -> str:
            return "tally"

    @decorator(frozen=True, slots=True)
    class Nothing:
        """Says only that it happened."""

    return SimpleNamespace(point=Point, word=Word, tally=Tally, nothing=Nothing)


STANDARD, OURS = family(dataclasses.dataclass), family(ours.dataclass)
MADE: dict[str, Callable[[SimpleNamespace], Any]] = {
    "one value by default": lambda of: of.point(1),
    "by place": lambda of: of.point(1, 2),
    "by name": lambda of: of.point(y=3, x=1),
    "hidden and not compared": lambda of: of.word("agua", b"secret", True),
    "all by default": lambda of: of.word("agua"),
    "instead of a factory": lambda of: of.word(others=[1], text="pan"),
    "not frozen": lambda of: of.tally(),
    "not frozen, with values": lambda of: of.tally(["a"], count=2),
    "no fields": lambda of: of.nothing(),
}
REFUSED: dict[str, Callable[[SimpleNamespace], Any]] = {
    "too few": lambda of: of.point(),
    "too many": lambda of: of.point(1, 2, 3),
    "unknown name": lambda of: of.point(1, z=2),
    "nothing takes nothing": lambda of: of.nothing(1),
    "refused by the class": lambda of: of.word(""),
    "set": lambda of: setattr(of.point(1), "x", 2),
    "delete": lambda of: delattr(of.point(1), "x"),
    "no such slot": lambda of: setattr(of.tally(), "unknown", 2),
    "hash of one that changes": lambda of: hash(of.tally()),
    "hash of a list": lambda of: hash(of.word("pan")),
    "order of two classes": lambda of: of.point(1) < of.word("pan"),
    "order not asked for": lambda of: of.word("pan") < of.word("sal"),
}


def shown(made: Any) -> tuple[object, ...]:
    values = [(one.name, getattr(made, one.name)) for one in dataclasses.fields(made)]
    return (repr(made), values, type(made).__match_args__, type(made).__slots__)


@pytest.mark.parametrize("name", MADE)
def test_what_is_made_is_the_same_as_of_the_standard_one(name: str) -> None:
    make = MADE[name]
    for _ in ("compiles its __init__", "finds it compiled"):
        standard, own = make(STANDARD), make(OURS)
        assert shown(own) == shown(standard)
        for other in MADE.values():
            assert (own == other(OURS)) == (standard == other(STANDARD))
        assert own != standard
        assert shown(copy.deepcopy(own)) == shown(own)
        assert dataclasses.replace(own) == own


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_standard_one_refuses_is_refused(name: str) -> None:
    make = REFUSED[name]
    with pytest.raises((TypeError, AttributeError, ValueError)) as standard:
        make(STANDARD)
    with pytest.raises(standard.type):
        make(OURS)


def test_equal_ones_hash_alike_and_are_ordered_by_their_fields() -> None:
    point = OURS.point
    assert {point(1), point(1, 0), point(2)} == {point(2), point(1)}
    assert sorted([point(2), point(1, 5), point(1)]) == [point(1), point(1, 5), point(2)]
    assert point(1) <= point(1)
    assert not point(1) > point(1)
    assert point(2) >= point(1)


def test_a_value_made_by_default_belongs_to_one_alone() -> None:
    word = OURS.word
    word("pan").others.append(1)
    assert word("pan").others == []


def test_one_can_be_changed_where_it_is_not_frozen() -> None:
    tally = OURS.tally()
    tally.count += 1
    del tally.names
    assert tally.count == 1
    assert not hasattr(tally, "names")


def test_they_are_matched_by_place_and_changed_by_a_copy() -> None:
    match OURS.point(1, 2):
        case OURS.point(x, y):
            assert (x, y) == (1, 2)
        case _:
            pytest.fail("not matched")


@ours.dataclass(frozen=True, slots=True)
class Kept:
    """At the top of a module, where pickle finds it."""

    name: str
    around: object = None


def test_they_go_through_pickle() -> None:
    assert pickle.loads(pickle.dumps(Kept("a"))) == Kept("a")


def test_what_is_frozen_takes_nothing_more() -> None:
    with pytest.raises(AttributeError):
        OURS.point(1).z = 2


def test_one_that_holds_itself_can_be_shown() -> None:
    ring: list[object] = []
    ring.append(Kept("a", ring))
    assert repr(ring[0]) == "Kept(name='a', around=[...])"


def test_what_it_does_not_know_is_refused_when_the_first_one_is_made() -> None:
    @ours.dataclass(frozen=True, slots=True)
    class Odd:
        name: str = field(kw_only=True)

    with pytest.raises(TypeError, match="name"):
        Odd(name="a")
