"""`field=value` as people type it."""

from __future__ import annotations

import datetime as dt

import pytest

from aluna_sync.errors import WrongUseError
from aluna_sync.journal.assignments import edits_from_assignments
from aluna_sync.journal.edits import (
    AddMember,
    Edit,
    RemoveMember,
    SetMine,
    SetReading,
    SetText,
)
from aluna_sync.journal.types import Json
from unit.journal.fakes import ITZEL

TODAY = dt.date(2026, 11, 22)


def edits(kind: str, *assignments: str) -> list[Edit]:
    return edits_from_assignments(kind, assignments, ITZEL, today=TODAY)


def test_every_kind_of_field_can_be_said() -> None:
    assert edits("impact", "title=Nos quitaron el sueño") == [
        SetText("title", "Nos quitaron el sueño")
    ]
    assert edits("impact", "kinds=imp.fear, Culpa") == [
        AddMember("kinds", "imp.fear"),
        AddMember("kinds", "imp.guilt"),
    ]
    assert edits("impact", "about=us") == [SetReading("about", "us")]
    assert edits("coping", "would_we_repeat=sí, con turnos") == [
        SetMine("would_we_repeat", "sí, con turnos")
    ]
    assert edits("note", "uses=use.memory,Formación") == [
        SetMine("uses", ["use.memory", "use.training"])
    ]


def test_sets_take_notes_and_removals() -> None:
    assert edits("event", "shaping=own history: venimos de lejos, cansadas") == [
        AddMember("shaping", "shape.history", "venimos de lejos, cansadas")
    ]
    assert edits("event", "terms-=imp.fear", "terms+=fear.isolation") == [
        RemoveMember("terms", "imp.fear"),
        AddMember("terms", "fear.isolation"),
    ]
    assert edits("event", "terms-=imp.of_a_newer_program") == [
        RemoveMember("terms", "imp.of_a_newer_program")
    ]
    assert edits("agreement", "kind=Money and tasks", "who_cares_for_it=yo") == [
        AddMember("kind", "money_and_tasks"),
        AddMember("who_cares_for_it", ITZEL.hex()),
    ]


def test_dates_and_places_are_words() -> None:
    when: Json = {"value": "2026-11-20", "precision": "dat.day", "words": "antier"}
    assert edits("event", "when=antier") == [SetReading("when", when)]
    assert edits("agreement", "look_again_on=3 de marzo") == [
        SetReading(
            "look_again_on",
            {"value": "2027-03-03", "precision": "dat.day", "words": "3 de marzo"},
        )
    ]
    assert edits("event", "where=la oficina (municipality)", "where=kept back", "where=") == [
        SetReading("where", {"name": "la oficina", "level": "municipality"}),
        SetReading("where", {"name": "", "level": "kept_back"}),
        SetReading("where", None),
    ]


def test_own_words_are_welcome_where_the_schema_says_so() -> None:
    assert edits("impact", "still_with_us=Changed") == [SetReading("still_with_us", "changed")]
    assert edits("impact", "still_with_us=a ratos") == [SetReading("still_with_us", "a ratos")]


@pytest.mark.parametrize(
    ("assignment", "code"),
    [
        ("about", "not-an-assignment"),
        ("=x", "not-an-assignment"),
        ("severity=9", "unknown-field"),
        ("links=did:00", "unknown-field"),
        ("about=Marta", "unknown-choice"),
        ("about-=me", "field-is-not-that-kind"),
        ("kinds=meido", "unknown-term"),
        ("terms=Género, segurdad", "unknown-term"),
        ("terms=autonomy", "several-terms"),
        ("when=en navidad", "date-not-understood"),
        ("where=19.4326 N, 99.1332 W", "no-coordinates"),
        ("authors=0123", "only-oneself"),
    ],
)
def test_what_cannot_be_meant_is_refused(assignment: str, code: str) -> None:
    with pytest.raises(WrongUseError) as refused:
        edits("impact", assignment)
    assert refused.value.code == code


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(WrongUseError, match="unknown-type"):
        edits("diagnosis", "title=x")


def kinds(words: str, field: str = "kinds", type_: str = "impact") -> list[tuple[str, str]]:
    return [(one.item, one.note) for one in edits(type_, f"{field}={words}")]  # type: ignore[union-attr]


def test_a_semicolon_ends_a_note_and_commas_belong_to_it() -> None:
    assert kinds("imp.fear: de noche, en casa; imp.guilt") == [
        ("imp.fear", "de noche, en casa"),
        ("imp.guilt", ""),
    ]
    assert kinds("imp.guilt, imp.fear: de noche; imp.powerlessness: aquí") == [
        ("imp.guilt", ""),
        ("imp.fear", "de noche"),
        ("imp.powerlessness", "aquí"),
    ]
    assert kinds("imp.fear; imp.guilt") == kinds("imp.fear, imp.guilt")


def test_what_could_be_note_or_item_is_asked_and_never_swallowed() -> None:
    with pytest.raises(WrongUseError) as refused:
        edits("impact", "kinds=imp.fear: de noche, culpa")
    assert refused.value.code == "item-in-note"
    assert refused.value.fields == {"field": "kinds", "item": "culpa"}
    assert kinds("imp.fear: de noche, culpa;") == [("imp.fear", "de noche, culpa")]
    assert kinds("imp.fear: de noche, con luz") == [("imp.fear", "de noche, con luz")]
    with pytest.raises(WrongUseError):
        edits("agreement", "kind=care: para todas, security")


def test_free_words_take_notes_the_same_way_and_keep_colons_of_their_own() -> None:
    roles = kinds("llaves: hasta diciembre, o antes; radio", "roles", "member")
    assert roles == [("llaves", "hasta diciembre, o antes"), ("radio", "")]
    assert kinds("http://x, 8:30", "roles", "member") == [("http://x", ""), ("8:30", "")]


def test_a_note_without_an_item_is_refused() -> None:
    with pytest.raises(WrongUseError):
        edits("impact", "kinds=: de noche")
