"""From an old text to a new one by small splices."""

from __future__ import annotations

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from aluna_sync.journal.pieces import applied
from aluna_sync.journal.splices import Hunk, hunks

words = st.lists(st.sampled_from(["la", "casa", "miedo", ",", "\n", "y", "áé", "🌱"]), max_size=40)
texts = st.one_of(words.map(" ".join), st.text(max_size=60))


@given(texts, texts)
def test_the_new_text_is_reached_from_the_old_one(old: str, new: str) -> None:
    found = hunks(old, new)
    assert applied(old, found) == new
    ends = [0, *(end for hunk in found for end in (hunk.start, hunk.end)), len(old)]
    assert ends == sorted(ends)


def test_the_same_text_needs_nothing() -> None:
    assert hunks("hola", "hola") == []


def test_only_what_differs_is_touched() -> None:
    assert hunks("la casa roja", "la casa muy roja") == [Hunk(8, 8, "muy ")]
    found = hunks("El lunes fuimos a la oficina vieja.", "El martes fuimos a la oficina nueva.")
    assert found == [Hunk(3, 8, "martes"), Hunk(29, 33, "nuev")]


def test_a_rewritten_sentence_stays_in_one_piece() -> None:
    found = hunks("Nos dio miedo salir.", "Aquella noche nadie quiso caminar.")
    assert len(found) == 1


def test_a_text_of_100_kb_is_compared_quickly() -> None:
    rng = random.Random(5)
    big = " ".join(
        rng.choices(
            ["la", "asamblea", "de", "noviembre", "sostuvo", "miedo", "y", "duelo", "agua"],
            k=17_000,
        )
    )
    other = "Hola " + big[:50_000] + " otra cosa " + big[50_010:] + " fin"
    started = time.process_time()
    found = hunks(big, other)
    # Measured 25 ms; the bound only catches quadratic behaviour.
    assert time.process_time() - started < 2
    assert applied(big, found) == other
    assert sum(len(hunk.text) for hunk in found) < 200


def test_a_text_that_repeats_itself_does_not_take_long() -> None:
    old, new = "a " * 50_000, "b " + "a " * 49_000 + "c"
    started = time.process_time()
    assert applied(old, hunks(old, new)) == new
    assert applied(old, hunks(old, old[::-1])) == old[::-1]
    assert time.process_time() - started < 3
