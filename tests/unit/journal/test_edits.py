"""From what a person does to operations."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol.ids import DocumentId
from aluna_sync.engine.types import Delete, Put, Splice
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.edits import (
    AddAct,
    AddLink,
    AddMember,
    Edit,
    RemoveLink,
    RemoveMember,
    SetMine,
    SetReading,
    SetText,
    default_space,
    operations,
    splice_operations,
)
from unit.journal.fakes import DOCUMENT, ITZEL, JULIA, Desk, applied, read, view_of, write_ids

OTHER = DocumentId(b"o" * 16)
TWO_PIECES = {"t/body/000000000000000a": "Primera.", "t/body/000000000000000b": "Segunda."}


def test_a_new_record_says_its_type_and_schema_first() -> None:
    desk = Desk("note")
    assert desk.do(SetText("body", "Hola")) == [
        Put("type", "note"),
        Put("schema", 1),
        Splice("t/body/0000000000000001", 0, 0, "Hola"),
    ]


@pytest.mark.parametrize(
    "edits",
    [
        [],
        [SetText("body", "  \n ")],
        [SetReading("voice", "us")],
        [AddMember("authors", ITZEL.hex())],
        [AddLink("beside", OTHER)],
        [SetText("body", "x"), SetText("body", "")],
    ],
)
def test_a_record_without_a_text_or_a_term_is_refused(edits: list[Edit]) -> None:
    with pytest.raises(WrongUseError) as refused:
        Desk("note").do(*edits)
    assert refused.value.code == "empty-record"


def test_the_term_of_a_check_in_is_enough_for_it() -> None:
    desk = Desk("check_in")
    desk.do(SetReading("word", "load.heavy"))
    assert desk.record.readings["word"][0].value == "load.heavy"


def test_one_term_is_enough_for_a_record() -> None:
    desk = Desk("impact")
    desk.do(AddMember("kinds", "imp.fear"))
    assert [member.item for member in desk.record.sets["kinds"]] == ["imp.fear"]
    assert desk.record.title == ""


def test_words_are_kept_in_one_normal_form() -> None:
    desk = Desk("note")
    desk.do(SetText("body", unicodedata.normalize("NFD", "después\r\nmañana\x00\x1b[1m")))
    assert desk.record.texts["body"] == "después\nmañana[1m"
    desk.do(SetText("title", "half \ud83d"))
    assert desk.record.texts["title"] == "half \ufffd"


def test_only_what_changed_of_a_text_is_written() -> None:
    desk = Desk("note")
    desk.do(SetText("body", "La casa roja está lejos"))
    assert desk.do(SetText("body", "La casa verde está lejos")) == [
        Splice("t/body/0000000000000001", 7, 5, " verde")
    ]
    assert desk.do(SetText("body", "La casa verde está lejos")) == []


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_a_text_of_two_pieces_reads_as_it_was_written(a: str, b: str, c: str, new: str) -> None:
    view = view_of(
        {"type": "note", "schema": 1},
        {f"t/body/{number:016x}": words for number, words in enumerate((a, b, c))},
    )
    edits = [SetText("body", new)]
    written = operations(edits, view, type="note", person=ITZEL, write_ids=write_ids())
    normal = Desk("note")
    normal.do(SetText("title", "x"), SetText("body", new))
    assert read(applied(view, written)).texts.get("body", "") == normal.record.texts.get("body", "")


def test_an_edit_inside_one_piece_leaves_the_other_alone() -> None:
    view = view_of({"type": "note", "schema": 1}, TWO_PIECES)
    edits = [SetText("body", "Primera.\n\nSegunda, corregida.")]
    written = operations(edits, view, type="note", person=ITZEL, write_ids=write_ids())
    assert {o.key for o in written if isinstance(o, Splice)} == {"t/body/000000000000000b"}


@pytest.mark.parametrize(
    ("position", "delete", "text", "reads"),
    [
        (0, 0, "¡", "¡Primera.\n\nSegunda."),
        (8, 0, "..", "Primera...\n\nSegunda."),
        (10, 1, "s", "Primera.\n\nsegunda."),
        (8, 2, " ", "Primera. Segunda."),
        (9, 0, "X", "Primera.\nX\nSegunda."),
        (999, 5, "!", "Primera.\n\nSegunda.!"),
        (-3, 999, "", ""),
    ],
)
def test_a_stroke_lands_where_people_see_it(
    position: int, delete: int, text: str, reads: str
) -> None:
    view = view_of({"type": "note", "schema": 1}, TWO_PIECES)
    written = splice_operations(
        view, "body", position, delete, text, type="note", write_ids=write_ids()
    )
    assert read(applied(view, written)).texts.get("body", "") == reads


def test_a_first_stroke_begins_the_text() -> None:
    view = view_of({"type": "note", "schema": 1})
    assert splice_operations(view, "title", 0, 0, "H", type="note", write_ids=write_ids(7)) == [
        Splice("t/title/0000000000000007", 0, 0, "H")
    ]
    with pytest.raises(WrongUseError, match="field-is-not-that-kind"):
        splice_operations(view, "when", 0, 0, "H", type="note", write_ids=write_ids())


def test_adding_what_is_there_writes_nothing_and_keeps_its_note() -> None:
    desk = Desk("event")
    desk.do(AddMember("shaping", "shape.history", "venimos de otra inundación"))
    assert desk.do(AddMember("shaping", "shape.history")) == []
    assert desk.record.sets["shaping"][0].note == "venimos de otra inundación"
    assert desk.do(RemoveMember("shaping", "shape.history")) == [Delete("s/shaping/shape.history")]
    assert desk.do(RemoveMember("shaping", "shape.history")) == []


def test_a_reading_answers_the_ones_its_writer_saw() -> None:
    desk = Desk("impact")
    desk.do(SetText("body", "x"), SetReading("about", "us"))
    assert desk.do(SetReading("about", "us")) == []
    (written,) = desk.do(SetReading("about", "me"))
    assert isinstance(written, Put)
    first = json.loads(str(written.value))["after"]
    assert len(first) == 1
    desk.do(SetReading("about", "surroundings", after=()))
    assert [reading.value for reading in desk.record.readings["about"]] == ["surroundings", "me"]
    wanted = desk.record.readings["about"][1].id
    desk.do(SetReading("about", "us", after=(wanted,)))
    assert [r.value for r in desk.record.readings["about"]] == ["surroundings", "us"]
    desk.do(SetReading("about", None))
    assert "about" not in desk.record.readings
    assert desk.do(SetReading("voice", None)) == []
    with pytest.raises(WrongUseError, match="no-such-reading"):
        desk.do(SetReading("about", "us", after=("0" * 16,)))


def test_mine_is_written_over_and_taken_away_only_by_me() -> None:
    desk = Desk("coping")
    desk.do(SetText("title", "Cocinar"), SetMine("would_we_repeat", "Sí, con turnos"))
    desk.do(SetMine("would_we_repeat", "Con calma"), person=JULIA)
    assert desk.record.maps["would_we_repeat"] == {ITZEL: "Sí, con turnos", JULIA: "Con calma"}
    desk.do(SetMine("would_we_repeat", None))
    assert desk.record.maps["would_we_repeat"] == {JULIA: "Con calma"}
    desk.do(SetMine("uses", ["use.memory", "use.training"]))
    assert desk.record.maps["uses"] == {ITZEL: ["use.memory", "use.training"]}


def test_acts_name_the_newest_acts_their_writer_saw() -> None:
    desk = Desk("note")
    desk.do(SetText("body", "x"), AddAct("replies", "Gracias"), AddAct("replies", "Aquí estoy"))
    first, second = desk.record.acts["replies"]
    assert (first.value, first.after) == ("Gracias", ())
    assert (second.value, second.after) == ("Aquí estoy", (first.id,))
    desk.do(AddAct("acts", {"act": "ask_withdrawal", "words": "ya no"}))
    (asked,) = desk.record.acts["acts"]
    assert asked.value == {"act": "ask_withdrawal", "words": "ya no"}
    assert asked.after == (second.id,)


def test_links_are_added_and_taken_away() -> None:
    desk = Desk("event")
    desk.do(SetText("title", "Retén"), AddLink("did", OTHER))
    assert desk.do(AddLink("did", OTHER)) == []
    assert [member.item for member in desk.record.sets["links"]] == [f"did:{OTHER.hex()}"]
    desk.do(RemoveLink("did", OTHER))
    assert "links" not in desk.record.sets


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (SetText("story", "x"), "unknown-field"),
        (SetText("kinds", "x"), "field-is-not-that-kind"),
        (AddMember("title", "x"), "field-is-not-that-kind"),
        (AddMember("links", f"did:{OTHER.hex()}"), "field-is-not-that-kind"),
        (AddMember("kinds", "imp.faer"), "unknown-term"),
        (AddMember("kinds", "dim.personal"), "term-of-another-group"),
        (AddMember("terms", "mem.removed"), "term-of-another-group"),
        (AddMember("shape", "severity"), "unknown-choice"),
        (AddMember("authors", JULIA.hex()), "only-oneself"),
        (AddMember("own_terms", "x" * 161), "too-long"),
        (AddMember("own_terms", "ñ" * 81), "too-long"),
        (AddMember("own_terms", "\u202e"), "not-an-item"),
        (AddMember("own_terms", " "), "not-an-item"),
        (SetReading("about", "Marta"), "unknown-choice"),
        (SetReading("about", 7), "value-of-another-shape"),
        (SetReading("still_with_us", " "), "empty-value"),
        (SetReading("still_with_us", 3), "value-of-another-shape"),
        (SetReading("still_with_us", True), "value-of-another-shape"),
        (SetReading("still_with_us", "x" * 40_000), "too-long"),
        (SetReading("when", "2024"), "value-of-another-shape"),
        (SetReading("when", {"value": "x", "precision": "dat.day", "words": ""}), "not-a-date"),
        (SetReading("where", {"name": "19.43, -99.13", "level": ""}), "no-coordinates"),
        (SetReading("where", {"name": "x", "level": "street"}), "unknown-choice"),
        (SetReading("where", {"name": "", "level": ""}), "empty-value"),
        (SetMine("uses", ["use.everything"]), "unknown-term"),
        (SetMine("uses", "use.memory"), "value-of-another-shape"),
        (AddAct("acts", {"words": "x"}), "value-of-another-shape"),
        (AddAct("replies", 5), "value-of-another-shape"),
        (AddLink("hates", OTHER), "unknown-link"),
        (AddLink("beside", DOCUMENT), "link-to-itself"),
    ],
)
def test_what_may_not_be_written_is_refused_with_its_code(edit: Edit, code: str) -> None:
    desk = Desk("impact")
    desk.do(SetText("body", "x"))
    with pytest.raises(WrongUseError) as refused:
        desk.do(edit)
    assert refused.value.code == code


def test_an_unknown_term_comes_with_what_is_near() -> None:
    with pytest.raises(WrongUseError) as refused:
        Desk("impact").do(AddMember("kinds", "imp.faer"))
    assert refused.value.fields == {"field": "kinds", "term": "imp.faer", "near": ["imp.fear"]}


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(WrongUseError, match="unknown-type"):
        Desk("diagnosis").do(SetText("body", "x"))


def test_the_default_space_follows_what_is_said() -> None:
    assert default_space("impact", [SetReading("about", "us")]) == "collective"
    assert default_space("impact", [SetReading("about", "us"), SetReading("about", "me")]) == (
        "private"
    )
    assert default_space("note", []) == "private"
    assert default_space("event", []) == "collective"


def test_what_a_newer_program_wrote_can_be_taken_out_but_not_written() -> None:
    view = view_of({"type": "impact", "schema": 9, "s/kinds/imp.newer": "", "x/y": "kept"})
    edits: list[Edit] = [RemoveMember("kinds", "imp.newer"), SetText("title", "hola")]
    written = operations(edits, view, type="impact", person=ITZEL, write_ids=write_ids())
    after = read(applied(view, written))
    assert after.schema == 9
    assert after.unknown == ("x/y",)
    assert "kinds" not in after.sets
