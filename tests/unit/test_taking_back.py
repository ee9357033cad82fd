"""Which words somebody added to a text (domain C6.2): hers whole, nobody else's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_sync.taking_back import added_words

WORDS = st.lists(st.sampled_from(["sol", "luna", "río", "monte", "casa"]), max_size=8).map(" ".join)


@pytest.mark.parametrize(
    ("old", "new", "added"),
    [
        ("", "todo esto es nuevo", ["todo esto es nuevo"]),
        ("lo de ella", "lo de ella y lo mío", ["y lo mío"]),
        ("uno dos tres", "antes uno dos después tres", ["antes", "después"]),
        ("el título", "el devuelto", ["devuelto"]),
        ("murcielago", "murciélago", []),
        ("lo de ella", "lo de", []),
        ("lo de ella", "lo de ella", []),
        ("uno", "uno\n\ndos\ntres", ["dos\ntres"]),
    ],
)
def test_added_words_are_whole_and_those_side_by_side_stay_together(
    old: str, new: str, added: list[str]
) -> None:
    assert added_words(old, new) == added


@given(WORDS, WORDS)
def test_what_was_added_stands_in_the_new_text_in_its_order(old: str, new: str) -> None:
    at = 0
    for found in added_words(old, new):
        at = new.index(found, at) + len(found)


@given(WORDS)
def test_everything_of_a_text_written_from_nothing_was_added(new: str) -> None:
    assert " ".join(added_words("", new)) == new
