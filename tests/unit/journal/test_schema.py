"""The red lines of domain A4, checked on the schema itself."""

from __future__ import annotations

import re

import pytest

from aluna_sync.journal.schema import COMMON, TYPES, MergeKind, RecordType, Shape, record_type
from aluna_sync.journal.vocabulary import vocabulary

FORBIDDEN = re.compile(
    r"severity|priority|score|level|rating|rank|grade|intensity|symptom|case|victim|patient"
    r"|assigned|gravedad|prioridad|puntaje|coordinates|latitude|longitude|overdue|resolved"
)

every_type = pytest.mark.parametrize("declared", TYPES.values(), ids=lambda t: t.name)


@every_type
def test_no_field_measures_or_orders_people(declared: RecordType) -> None:
    for field in declared.fields:
        assert not FORBIDDEN.search(field.name), field.name
        # Shapes are words, ids, dates and places: a number or a yes/no has none to hide in.
        assert field.shape in set(Shape)
        assert not any(choice.isdigit() for choice in field.choices)


def test_no_shape_is_a_number_or_a_boolean() -> None:
    assert {shape.value for shape in Shape} == {
        "words", "term", "choice", "person", "when", "place", "link", "act",
    }  # fmt: skip


@every_type
def test_no_field_is_required(declared: RecordType) -> None:
    for field in declared.fields:
        assert not hasattr(field, "required")
        assert field.merge in set(MergeKind)


def test_feelings_are_only_about_me_or_us_or_the_surroundings() -> None:
    about = TYPES["impact"].field("about")
    assert about is not None
    assert about.choices == ("me", "us", "surroundings")
    assert not about.own_words


@every_type
def test_a_person_puts_only_herself_into_a_set_of_persons(declared: RecordType) -> None:
    for field in declared.fields:
        if field.shape is Shape.PERSON:
            assert field.own_only, field.name


@every_type
def test_every_record_has_the_common_fields_and_no_name_twice(declared: RecordType) -> None:
    names = [field.name for field in declared.fields]
    assert len(names) == len(set(names))
    assert {field.name for field in COMMON} <= set(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name) for name in names)


@every_type
def test_fields_say_what_their_shape_needs(declared: RecordType) -> None:
    groups = {group.id for group in vocabulary().groups}
    for field in declared.fields:
        assert set(field.groups) <= groups, field.name
        assert (field.shape is Shape.TERM) == bool(field.groups), field.name
        assert (field.shape in (Shape.CHOICE, Shape.PLACE)) == bool(field.choices), field.name
        assert len(set(field.choices)) == len(field.choices)
        if field.merge is MergeKind.TEXT:
            assert field.shape is Shape.WORDS


@every_type
def test_a_glyph_is_one_cell(declared: RecordType) -> None:
    assert len(declared.glyph) == 1
    assert sum(other.glyph == declared.glyph for other in TYPES.values()) == 1


def test_nothing_is_shared_by_default_beyond_the_table() -> None:
    defaults = {name: declared.default_space({}) for name, declared in TYPES.items()}
    assert defaults == {
        "note": "private", "event": "collective", "impact": "private", "coping": "collective",
        "care_practice": "collective", "agreement": "collective",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("about", "space"),
    [("me", "private"), ("us", "collective"), ("surroundings", "private"), (None, "private")],
)
def test_an_impact_is_private_unless_it_is_about_us(about: str | None, space: str) -> None:
    assert TYPES["impact"].default_space({"about": about}) == space


def test_a_type_of_a_newer_program_has_the_common_fields() -> None:
    unknown = record_type("constellation")
    assert unknown.field("body") is not None
    assert unknown.default_space({"about": "us"}) == "private"
