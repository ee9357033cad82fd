"""Whose letters a text is made of, and what is left when one person's are taken out."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_sync.own_fragments import followed, without

TEXTS = st.text(alphabet="ab \n", max_size=12)


def of(text: str, *hers: str) -> list[bool]:
    """Mark every occurrence of *hers* in *text*."""
    marks = [False] * len(text)
    for words in hers:
        at = text.index(words)
        marks[at : at + len(words)] = [True] * len(words)
    return marks


@pytest.mark.parametrize(
    ("text", "hers", "left"),
    [
        ("uno dos tres", ("dos",), "uno tres"),
        ("uno dos tres", (" dos",), "uno tres"),
        ("uno dos", ("dos",), "uno"),
        ("uno dos", ("uno",), "dos"),
        ("uno, dos", (", dos",), "uno"),
        ("todo", ("todo",), ""),
        ("a\n\nmío\n\nb", ("mío",), "a\n\nb"),
        ("nada  mío", (), "nada  mío"),
    ],
)
def test_what_is_left_has_no_gap(text: str, hers: tuple[str, ...], left: str) -> None:
    assert without(text, of(text, *hers)) == left


@given(st.lists(st.tuples(TEXTS, st.booleans()), max_size=6))
def test_every_letter_is_somebody_s_and_what_one_wrote_alone_is_all_hers(
    versions: list[tuple[str, bool]],
) -> None:
    marks: list[bool] = []
    steps = itertools.pairwise([("", False), *versions])
    for (old, _), (new, hers) in steps:
        marks = followed(marks, old, new, hers=hers)
        assert len(marks) == len(new)
    writers = {hers for _, hers in versions}
    if len(writers) == 1:
        assert set(marks) <= writers
    text = versions[-1][0] if versions else ""
    left = without(text, marks)
    assert len(left) <= sum(not mark for mark in marks)
    if not any(marks):
        assert left == text
