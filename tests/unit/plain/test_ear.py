"""Hearing lines: from a pipe, from a terminal, and what was typed of one that has not ended."""

from __future__ import annotations

import os
import pty
import select

from aluna_tui.plain.ear import StreamEar
from aluna_tui.plain.offering import Offer, exactly, matching
from aluna_tui.plain.speech import plain_lines, prompt_words, without_sign


def test_a_pipe_gives_its_lines_and_then_the_end() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"uno\r\n\nd\xf3s\nlast")
    os.close(writing)
    ear = StreamEar(reading)
    ticks: list[None] = []
    heard = [ear.line(lambda: ticks.append(None)) for _each in range(5)]
    os.close(reading)
    assert heard == ["uno", "", "d\ufffds", "last", None]
    assert not ear.terminal
    assert ticks


def test_a_line_that_comes_in_time_stops_what_counts_down() -> None:
    reading, writing = os.pipe()
    ear = StreamEar(reading)
    assert not ear.soon(0.01)
    os.write(writing, b"\n")
    assert ear.soon(5.0)
    os.close(writing)
    assert not ear.soon(0.01), "an end is no answer"
    os.close(reading)


def test_what_was_typed_of_a_line_is_taken_before_it_locks() -> None:
    keyboard, terminal = pty.openpty()
    try:
        ear = StreamEar(terminal)
        assert ear.terminal
        assert ear.unfinished() == ""
        os.write(keyboard, b"A medio escri")
        select.select([keyboard], [], [], 5.0)  # its echo: the letters are there
        assert ear.unfinished() == "A medio escri"
        os.write(keyboard, b"entera\n")
        assert ear.line(lambda: None) == "entera"
    finally:
        os.close(keyboard)
        os.close(terminal)


def test_words_become_one_sentence_a_line_and_nothing_is_drawn() -> None:
    assert plain_lines("Una.  Dos! ¿Tres? cuatro\n\n  a\tb ") == [
        "Una.",
        "Dos!",
        "¿Tres? cuatro",
        "a b",
    ]
    assert plain_lines("\x1b[1mFuerte\x1b[0m · ▪ nota │ ┌──┐ \u202eal revés") == [
        "Fuerte, nota al revés"
    ]
    assert plain_lines("1. write\n21 November 2026. Only yours.") == [
        "1. write", "21 November 2026.", "Only yours.",
    ]  # fmt: skip
    assert plain_lines("") == []


def test_a_question_ends_in_a_colon_and_signs_of_types_are_left_out() -> None:
    assert prompt_words("Passphrase: ") == "Passphrase:"
    assert prompt_words("Do you? (yes/no) ") == "Do you? (yes/no):"
    assert without_sign("▪ lo que nos hizo") == "lo que nos hizo"
    assert without_sign("nota de hoy") == "nota de hoy"


def test_a_choice_is_meant_by_number_word_or_first_letters_without_accents() -> None:
    offers = [Offer("a", "círculos"), Offer("b", "cuidado"), Offer("c", "cuidados", ("care",))]
    assert exactly("2", offers) == [offers[1]]
    assert exactly("0", offers) == exactly("99999999999999", offers) == []
    assert matching("CIRC", offers) == [offers[0]]
    assert matching("cuidado", offers) == [offers[1]], "a whole name before a beginning"
    assert matching("cuid", offers) == offers[1:]
    assert matching("care", offers) == [offers[2]]
    assert matching("x", offers) == []
