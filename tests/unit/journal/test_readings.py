"""Which entries are current, and in what order."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from aluna_sync.engine.types import Cell
from aluna_sync.journal.readings import Entry, current, entry_text, ordered, parse_entry
from unit.journal.fakes import ITZEL, actor_of

ACTOR = actor_of(ITZEL)


def entries(**after: str) -> dict[str, Entry]:
    """Build entries from `name="names it answers"`."""
    return {name: Entry(name, tuple(seen), ACTOR) for name, seen in after.items()}


def test_what_nobody_answered_is_current() -> None:
    assert current(entries(a="", b="a")) == ["b"]
    assert current(entries(a="", b="")) == ["a", "b"]
    assert current(entries(a="", b="", c="ab")) == ["c"]
    assert current(entries(a="", b="", c="a")) == ["b", "c"]
    assert current({}) == []


def test_answers_to_entries_never_seen_change_nothing() -> None:
    assert current(entries(a="xyz")) == ["a"]
    assert current(entries(a="a")) == ["a"]


def test_the_oldest_stands_first() -> None:
    assert current(entries(z="", y="z", b="", a="")) == ["a", "b", "y"]
    assert ordered(entries(c="", b="c", a="b"), "abc") == ["c", "b", "a"]


def test_all_of_a_circle_is_shown() -> None:
    assert current(entries(a="b", b="a")) == ["a", "b"]
    assert current(entries(a="c", b="a", c="b", d="")) == ["d", "a", "b", "c"]
    assert current(entries(a="b", b="a", old="", a2="")) == ["a2", "old", "a", "b"]


def test_what_a_circle_answers_is_answered_and_a_circle_can_be_answered() -> None:
    assert current(entries(a="bo", b="a", o="")) == ["a", "b"]
    assert current(entries(a="b", b="a", n="a")) == ["n"]


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.text("abcdefgh", max_size=3)), st.integers())
def test_the_order_of_arrival_never_matters_and_nothing_disappears(
    seen: dict[str, str], seed: int
) -> None:
    found = entries(**seen)
    shuffled = list(found.items())
    random.Random(seed).shuffle(shuffled)
    assert current(dict(shuffled)) == current(found)
    assert bool(current(found)) == bool(found)
    assert sorted(ordered(found, found)) == sorted(found)


def test_a_long_chain_and_a_great_circle_do_not_overflow() -> None:
    size = 20_000
    chain = {f"{i:05}": Entry(i, (f"{i - 1:05}",), ACTOR) for i in range(size)}
    assert current(chain) == [f"{size - 1:05}"]
    chain["00000"] = Entry(0, (f"{size - 1:05}",), ACTOR)
    assert len(current(chain)) == size


def test_an_entry_comes_back_from_its_cell() -> None:
    after = ("0" * 16, "f" * 16)
    cell = Cell(entry_text({"value": "2024"}, after), ACTOR)
    assert parse_entry(cell) == Entry({"value": "2024"}, after, ACTOR)


def test_a_malformed_entry_is_none() -> None:
    for value in ("", "[]", "{}", '{"value":1}', '{"value":1,"after":"x"}', 7, None, b"x"):
        assert parse_entry(Cell(value, ACTOR)) is None
    odd = parse_entry(Cell('{"value":1,"after":[1,null,"x",["y"],"00ff00ff00ff00ff"]}', ACTOR))
    assert odd is not None
    assert odd.after == ("00ff00ff00ff00ff",)
