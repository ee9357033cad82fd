"""Words made safe to show."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from aluna_sync.journal.display import first_words, safe_text


def test_ordinary_words_stay_as_they_are() -> None:
    words = "¿Cómo llegamos? Ñandú, pingüino; «así»: mañana… 日本"
    assert safe_text(words) == words


def test_what_moves_the_cursor_or_turns_the_line_is_gone() -> None:
    assert safe_text("a\x1b[2Jb\x07c\x9b31m") == "a[2Jbc31m"
    assert safe_text("no\u202eodarit\u202c \u2066x\u2069") == "noodarit x"
    assert safe_text("in\u200bvi\u200dsi\ufeffble\U000e0041") == "invisible"
    assert safe_text("half \ud83d") == "half "


def test_line_breaks_stay_only_when_asked() -> None:
    assert safe_text("uno\r\ndos\u2028tres\n\ncuatro") == "uno dos tres cuatro"
    assert safe_text("uno\r\ndos\u2028tres", newlines=True) == "uno\ndos\ntres"


def test_marks_are_not_piled_up() -> None:
    assert len(safe_text("a" + "\u0301" * 500)) == 5


@given(st.text())
def test_nothing_unsafe_is_left(words: str) -> None:
    for letter in safe_text(words):
        assert unicodedata.category(letter) not in {"Cc", "Cs", "Zl", "Zp"}
        assert unicodedata.bidirectional(letter) not in {
            "RLE", "LRE", "RLO", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI",
        }  # fmt: skip


@given(st.text(), st.integers(2, 100))
def test_first_words_hold_their_length_and_stay_on_one_line(words: str, at_most: int) -> None:
    line = first_words(words, at_most)
    assert len(line) <= at_most
    assert "\n" not in line


def test_first_words_end_at_a_word() -> None:
    assert first_words("  la asamblea\nde noviembre ", 80) == "la asamblea de noviembre"
    assert first_words("la asamblea de noviembre habló", 20) == "la asamblea de…"
    assert first_words("x" * 1_000_000, 80) == "x" * 79 + "…"
    assert first_words("\n \t", 80) == ""
