"""The red lines of domain A4 and C10, as far as schema, vocabulary and words of people go."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.pofile import read_po

from aluna_sync.errors import WrongUseError
from aluna_sync.journal.edits import AddAct, AddMember, Edit, SetMine, SetReading, SetText
from aluna_sync.journal.links import LINK_KINDS
from aluna_sync.journal.schema import TYPES, ActKind, Field, MergeKind, Part, RecordType, Shape
from aluna_sync.journal.types import Json
from aluna_sync.journal.values import part_fits, value_fits
from aluna_sync.journal.vocabulary import vocabulary
from aluna_tui import labels
from aluna_tui.texts import LOCALE_DIR
from unit.journal.fakes import JULIA, Desk

ROOT = Path(__file__).parents[3]

MEASURES = re.compile(
    r"severity|priority|score|(?<!key_)level|rating|rank|grade|intensity|percent|average|index"
    r"|symptom|\bcase|victim|patient|diagnos|assigned|gravedad|prioridad|puntaje|streak"
    r"|coordinates|latitude|longitude|overdue|resolved|failed|inactive|compliant|progress"
)
FEELINGS = ("how_i_arrive", "word", "what_i_carry", "i_need", "still_with_us", "ask_me")

every_type = pytest.mark.parametrize("declared", TYPES.values(), ids=TYPES)


def kinds_of(declared: RecordType) -> list[ActKind]:
    return [kind for field in declared.fields for kind in field.acts]


# -- nothing measures anybody ---------------------------------------------------------------------


@every_type
def test_no_field_act_choice_or_state_measures_people_or_calls_them_failed(
    declared: RecordType,
) -> None:
    said = [name for field in declared.fields for name in (field.name, *field.choices)]
    for kind in kinds_of(declared):
        said += [kind.name, kind.state]
        said += [name for part in kind.parts for name in (part.name, *part.choices)]
    assert [name for name in said if MEASURES.search(name)] == []


def test_no_shape_can_hold_a_number_or_a_boolean() -> None:
    numbers: tuple[Json, ...] = (0, 1, 3.5, True, False, [1], [True])
    for declared in TYPES.values():
        for field in declared.fields:
            for value in numbers:
                assert not value_fits(field, value), (declared.name, field.name)
        for kind in kinds_of(declared):
            for part in kind.parts:
                assert not any(part_fits(part, value) for value in numbers), part.name


def number_into(field: Field, value: Json) -> Edit:
    """Return the edit that would write *value* into a field that is neither text nor set."""
    match field.merge:
        case MergeKind.READINGS:
            return SetReading(field.name, value)
        case MergeKind.MAP:
            return SetMine(field.name, value, "x" if field.keyed else "")
        case _:
            return AddAct(field.name, value)


@every_type
def test_no_number_can_be_written_into_any_field(declared: RecordType) -> None:
    for field in declared.fields:
        if not declared.by_hand or field.merge in (MergeKind.TEXT, MergeKind.SET):
            continue
        for value in (7, 0.5, True):
            desk = Desk(declared.name)
            desk.do(SetText("title", "x"))
            with pytest.raises(WrongUseError, match="shape"):
                desk.do(number_into(field, value))


@every_type
def test_choices_are_words_and_never_steps_of_a_scale(declared: RecordType) -> None:
    for field in declared.fields:
        assert not any(re.search(r"\d", choice) for choice in field.choices), field.name
        assert set(field.choices) not in ({"yes", "no"}, {"true", "false"}) or field.name in (
            "replies_welcome",
            "ask_me",
        ), field.name


def test_a_yes_or_no_is_only_about_being_spoken_to_never_about_a_feeling() -> None:
    for name in FEELINGS:
        fields = [f for t in TYPES.values() if (f := t.field(name)) is not None]
        assert fields, name
        for field in fields:
            assert field.merge is MergeKind.TEXT or field.own_words, name


# -- nobody speaks for another --------------------------------------------------------------------


def test_feelings_are_only_about_me_or_us_or_the_surroundings() -> None:
    about = TYPES["impact"].field("about")
    assert about is not None
    assert about.choices == ("me", "us", "surroundings")
    assert not about.own_words


@every_type
def test_a_person_puts_only_herself_into_a_set_of_persons(declared: RecordType) -> None:
    for field in declared.fields:
        if field.shape is Shape.PERSON:
            assert field.merge is MergeKind.SET
            assert field.own_only, field.name


@every_type
def test_persons_named_by_acts_are_asked_or_called_and_nothing_is_said_of_them(
    declared: RecordType,
) -> None:
    for kind in kinds_of(declared):
        if any(part.shape is Shape.PERSON for part in kind.parts):
            assert kind.name in (
                "taken_in", "ask_uses", "propose", "amend", "in_force", "hand_over",
            )  # fmt: skip


def test_nobody_writes_a_check_in_or_a_member_card_of_another() -> None:
    for name in ("check_in", "member"):
        assert TYPES[name].only_author
    for kind in ("rest", "leave", "come_back", "go_for_safety"):
        found = TYPES["member"].act(kind)
        assert found is not None
        assert found[1].own, kind


def test_a_rest_that_another_declares_says_nothing() -> None:
    desk = Desk("member")
    desk.do(SetReading("name", "Itzel"))
    desk.do(AddAct("acts", {"act": "rest"}), person=JULIA)
    assert desk.record.acts == {}
    desk.do(AddAct("acts", {"act": "rest"}))
    assert len(desk.record.acts["acts"]) == 1


# -- nothing is required --------------------------------------------------------------------------


def test_there_is_no_way_to_declare_a_required_field() -> None:
    assert not {name for name in Field._fields if "requir" in name or "needed" in name}


@every_type
def test_a_few_words_are_enough_for_any_record(declared: RecordType) -> None:
    if declared.by_hand:
        desk = Desk(declared.name)
        desk.do(SetText(declared.main, "unas palabras"))
        assert desk.record.title == "unas palabras"


@every_type
def test_one_term_is_enough_for_any_record(declared: RecordType) -> None:
    if declared.by_hand:
        Desk(declared.name).do(AddMember("terms", "imp.fear"))


def test_an_emergency_opens_without_a_word() -> None:
    desk = Desk("emergency")
    desk.do()
    assert desk.record.type == "emergency"


def test_what_an_act_needs_is_only_what_it_answers_or_is() -> None:
    needed = {
        (kind.name, part.name)
        for declared in TYPES.values()
        for kind in kinds_of(declared)
        for part in kind.parts
        if part.needed and part.shape is not Shape.ENTRY
    }
    assert needed == {
        ("propose", "wording"), ("amend", "wording"), ("position", "stance"),
        ("open_stage", "stage"), ("device", "fingerprint"), ("put_away", "seen"),
        ("close_fold", "field"), ("close_fold", "fold"),
    }  # fmt: skip


def test_an_objection_needs_no_reason() -> None:
    desk = Desk("agreement")
    desk.do(SetText("text", "Nunca sola."), AddAct("versions", {"act": "propose", "wording": "x"}))
    version = desk.record.acts["versions"][0].id
    position: Json = {"act": "position", "version": version, "stance": "pos.objection"}
    desk.do(AddAct("positions", position), person=JULIA)
    assert desk.record.acts["positions"][0].by == JULIA


# -- nothing is shared by default -----------------------------------------------------------------


def test_nothing_is_shared_by_default_beyond_the_table() -> None:
    defaults = {name: declared.default_space({}) for name, declared in TYPES.items()}
    assert {name for name, space in defaults.items() if space == "private"} == {
        "note", "check_in", "mourning", "bond", "impact",
    }  # fmt: skip
    assert {name for name, space in defaults.items() if space == "circle"} == {
        "emergency", "process", "protection",
    }  # fmt: skip
    rules = {
        (declared.name, rule.field, rule.value, rule.space)
        for declared in TYPES.values()
        for rule in declared.rules
    }
    assert rules == {
        ("impact", "about", "us", "collective"),
        ("bond", "with", "ally", "collective"),
    }


# -- words ----------------------------------------------------------------------------------------

FORBIDDEN = {
    "en": (
        r"symptom", r"\bcases?\b", r"victim", r"patient", r"beneficiar", r"resilience",
        r"burnout", r"overdue", r"inactive", r"delete for everyone", r"relapse",
        r"\bscores?\b", r"\branking", r"\bresolved\b", r"non-compliant", r"severity",
    ),
    "es": (
        r"síntoma", r"víctima", r"\bpacientes?\b", r"beneficiari", r"resiliencia", r"burnout",
        r"vencid[oa]", r"\binactiv[oa]", r"eliminar para todos", r"recaída", r"puntaje",
        r"\branking", r"\bresuelt[oa]", r"incumplid", r"gravedad",
    ),
}  # fmt: skip


def catalogue() -> list[tuple[str, str]]:
    """Return every text of the catalogue with its language, click's own left out."""
    with (LOCALE_DIR / "es" / "LC_MESSAGES" / "aluna.po").open("rb") as stream:
        messages = [message for message in read_po(stream) if message.id]
    found: list[tuple[str, str]] = []
    for message in messages:
        for code, forms in (("en", message.id), ("es", message.string)):
            several = forms if isinstance(forms, (tuple, list)) else (forms,)
            found += [(code, str(form)) for form in several]
    return found


PAGES = {
    "en": ("README.md", "docs/records.md", "docs/guide.md"),
    "es": ("README.es.md", "docs/registros.md", "docs/guia.md"),
}
"""What people of a collective read; the pages about the machinery speak of bytes and attacks."""


def spoken() -> list[tuple[str, str]]:
    said = catalogue()
    for term in vocabulary().terms():
        said += [("en", term.en), ("en", term.definition_en)]
        said += [("es", term.es), ("es", term.definition_es)]
    for code, names in PAGES.items():
        pages = [ROOT / name for name in names]
        said += [(code, page.read_text(encoding="utf-8")) for page in pages if page.exists()]
    return said


ALLOWED = ("Cases that remain unanswered across generations.",)
"""Of courts, not of people."""


def test_no_word_the_field_refuses_is_in_any_catalogue_term_or_page_of_records() -> None:
    found = [
        (word, text[:80])
        for code, text in spoken()
        if text not in ALLOWED
        for word in FORBIDDEN[code]
        if re.search(word, text.casefold())
    ]
    assert found == []


def test_merges_never_speak_of_conflict() -> None:
    for code, text in catalogue():
        assert not re.search(r"conflict" if code == "en" else r"conflicto", text.casefold()), text


# -- everything has its words ---------------------------------------------------------------------


def test_everything_the_schema_can_say_has_a_label() -> None:
    acts = {kind.name for declared in TYPES.values() for kind in kinds_of(declared)}
    assert set(labels.ACTS) == acts
    parts: dict[str, Part] = {}
    for declared in TYPES.values():
        for kind in kinds_of(declared):
            parts |= {part.name: part for part in kind.parts}
            if kind.state and "." not in kind.state:
                assert kind.state in labels.STATES
    assert set(labels.PARTS) == set(parts)
    for name, part in parts.items():
        assert set(labels.ACT_CHOICES.get(name, ())) == set(part.choices), name
    stances = {term.id for term in vocabulary().terms("position")}
    assert set(labels.STANCES) == stances


def test_every_label_has_its_spanish() -> None:
    with (LOCALE_DIR / "es" / "LC_MESSAGES" / "aluna.po").open("rb") as stream:
        spanish = {str(m.id): m.string for m in read_po(stream) if isinstance(m.id, str)}
    said = [*labels.FIELDS.values(), *labels.FIELDS_OF_TYPE.values(), *labels.PARTS.values()]
    said += [text for pair in labels.ACTS.values() for text in pair]
    said += [text for pair in labels.LINKS.values() for text in pair]
    said += [text for label in labels.TYPES.values() for text in (label.name, label.plural)]
    said += [text for choices in labels.CHOICES.values() for text in choices.values()]
    said += [text for choices in labels.ACT_CHOICES.values() for text in choices.values()]
    said += [text for pair in labels.STANCES.values() for text in pair]
    said += list(labels.STATES.values())
    assert [text for text in said if not spanish.get(text)] == []


def test_no_two_types_answer_to_the_same_word() -> None:
    for name, label in labels.TYPES.items():
        for words in (name, label.name, label.plural, *label.words):
            assert labels.type_from_words(words) == name, words


def test_every_link_is_named_from_both_ends() -> None:
    assert set(labels.LINKS) == set(LINK_KINDS)
    assert all(out and into for out, into in labels.LINKS.values())


def test_json_has_no_more_kinds_than_values_are_checked_for() -> None:
    assert len(get_args(Json)) == 7
