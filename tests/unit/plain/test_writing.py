"""Writing: each answer is checked, said back, kept at once; wrong ones are asked again."""

from __future__ import annotations

from harness.processes import PASSPHRASE
from unit.plain.conversing import Conversing


def drafts(one: Conversing) -> int:
    device = one.opened()
    try:
        return len(device.drafts())
    finally:
        device.lock()


def test_what_was_understood_is_said_back_and_wrong_answers_are_asked_again(
    itzel: Conversing,
) -> None:
    said = itzel.inside(
        "write", "event", "Llegaron dos camionetas.", "", "when", "nunca jamás", "no",
        "12 march 2026",
        "how we know", "xyz", "", "what they did", "zzzz", "threat", "1", "", "", "yes", "end",
    )  # fmt: skip
    assert "No day was understood." in said
    assert "12 March 2026" in said
    assert "is no word" in said or "did not understand" in said or "not in the vocabulary" in said
    assert "Written." in said
    assert drafts(itzel) == 0


def test_the_end_of_input_in_the_middle_of_writing_keeps_the_draft(itzel: Conversing) -> None:
    itzel.inside("write", "note", "Primera línea.", "Segunda línea.")
    assert itzel.code == 0
    assert drafts(itzel) == 1
    said = itzel.inside("write", "1", "", "yes", "read", "newest", "1", "", "", "", "end")
    assert "You left these half written:" in said
    lines = said.splitlines()
    assert lines.count("Primera línea.") >= 1
    assert "Segunda línea." in lines
    assert drafts(itzel) == 0


def test_nothing_said_is_nothing_kept_and_a_draft_can_be_thrown_away(itzel: Conversing) -> None:
    said = itzel.inside("write", "note", "", "", "<", "end")
    assert "Nothing was said yet, so there is nothing to keep." in said
    assert drafts(itzel) == 0
    said = itzel.inside("write", "note", "Esto no.", "", "", "no", "throw", "end")
    assert "It is gone; nobody read it." in said
    assert drafts(itzel) == 0


def test_whose_eyes_is_said_before_keeping_and_can_be_changed(itzel: Conversing) -> None:
    said = itzel.inside(
        "write", "note", "Para todas.", "", "", "other", "of the whole", "yes", "end"
    )
    before = said.index("It will be only yours.")
    after = said.index("It will be of the whole collective.")
    assert before < after < said.index("Written.")


def test_a_field_can_be_taken_out_again_before_keeping(itzel: Conversing) -> None:
    said = itzel.inside(
        "write", "note", "Una cosa.", "", "title", "Nombre", "title", "-", "", "yes",
        "read", "newest", "1", "", "", "", "end",
    )  # fmt: skip
    assert "Title, so far: Nombre" in said
    assert said.splitlines().count("Nombre") == 0


def test_everything_can_be_asked_one_by_one_and_gone_back_in(itzel: Conversing) -> None:
    said = itzel.inside("write", "note", "Una cosa.", "", "all", *[""] * 3, *["<"] * 6, "end")
    assert "It stays half written, only on this device." in said


def test_help_says_where_one_is_everywhere(itzel: Conversing) -> None:
    said = itzel.inside("?", "write", "?", "note", "?", "<", "read", "?", "<", "end")
    assert "You are at home: from here everything can be reached." in said
    assert "You are writing." in said
    assert "You are reading." in said
    assert said.count("“<” goes back") == 4


def test_locked_by_word_it_asks_for_the_passphrase_again_and_goes_on(itzel: Conversing) -> None:
    said = itzel.inside("lock", PASSPHRASE, "write", "note", "lock")
    assert said.count("Passphrase:") == 3
    assert said.count("Locked.") == 2
