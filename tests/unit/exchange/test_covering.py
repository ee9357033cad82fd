"""Heights as spans: what is left, what is common, what is carried."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from aluna_sync.exchange.covering import Span, common, joined, without

SPAN = st.tuples(st.integers(1, 40), st.integers(0, 10)).map(lambda both: (both[0], sum(both)))
SPANS = st.lists(SPAN, max_size=8)


def heights(spans: list[Span]) -> set[int]:
    return {height for first, last in spans for height in range(first, last + 1)}


def is_tidy(spans: list[Span]) -> bool:
    return all(first <= last for first, last in spans) and all(
        one[1] < other[0] for one, other in itertools.pairwise(spans)
    )


@given(SPANS)
def test_joined_spans_hold_the_same_heights(spans: list[Span]) -> None:
    found = joined(spans)
    assert heights(found) == heights(spans)
    assert is_tidy(found)
    assert len(found) <= len(spans)


@given(SPAN, SPANS)
def test_what_is_left_and_what_is_common_are_the_whole(span: Span, others: list[Span]) -> None:
    left, both = without(span, others), common(span, others)
    assert heights(left) == heights([span]) - heights(others)
    assert heights(both) == heights([span]) & heights(others)
    assert is_tidy(left)
    assert is_tidy(both)
