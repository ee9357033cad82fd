"""Labels for everything the schema can say, and sync, dates and spaces in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from aluna_protocol.ids import PersonId
from aluna_sync.facts import Lan
from aluna_sync.journal.dates import When
from aluna_sync.journal.links import LINK_KINDS
from aluna_sync.journal.schema import TYPES, Shape
from aluna_sync.journal.types import Json
from aluna_tui import labels
from aluna_tui.describing import value_words, when_words
from aluna_tui.moments import coarse_date, moment_words
from aluna_tui.sync_words import sync_sentence
from aluna_tui.texts import use_language
from unit.commands.fakes import peer

NOW = datetime.fromisoformat("2026-03-14T10:00:00+00:00")


@pytest.fixture(autouse=True)
def _spanish_again() -> Iterator[None]:
    use_language("es")
    yield
    use_language("es")


def test_every_type_field_choice_and_link_of_the_schema_has_a_label() -> None:
    assert set(labels.TYPES) == set(TYPES)
    for name, declared in TYPES.items():
        assert labels.glyph(name) == declared.glyph
        for field in declared.fields:
            assert field.name in labels.FIELDS, field.name
            if field.choices:
                assert set(field.choices) <= set(labels.CHOICES[field.name]), field.name
    assert set(labels.LINKS) == set(LINK_KINDS)
    for kind in LINK_KINDS.values():
        same = labels.LINKS[kind.id][0] == labels.LINKS[kind.id][1]
        assert same == kind.symmetric, kind.id
    assert set(labels.LAN_WORDS) == {lan.value for lan in Lan}


def test_no_label_stands_for_something_the_schema_does_not_have() -> None:
    for field, choices in labels.CHOICES.items():
        known = [f for declared in TYPES.values() if (f := declared.field(field)) is not None]
        assert known, field
        assert {choice for f in known for choice in f.choices} == set(choices), field


@pytest.mark.parametrize(
    ("words", "type_"),
    [
        ("nota", "note"),
        ("HECHO", "event"),
        ("impacto", "impact"),
        ("sosten", "coping"),
        ("sostén", "coping"),
        ("afrontamiento", "coping"),
        ("cuidado", "care_practice"),
        ("care", "care_practice"),
        ("care_practice", "care_practice"),
        ("acuerdos", "agreement"),
        ("poema", None),
    ],
)
def test_types_are_named_in_both_languages_with_or_without_accents(
    words: str, type_: str | None
) -> None:
    assert labels.type_from_words(words) == type_


@pytest.mark.parametrize(
    ("changes", "spanish", "english"),
    [
        (
            {"lacks": 5, "lacks_mine": 3},
            "al aparato «laptop» de Julia le faltan 3 de tus notas; se vieron ayer",
            "Julia's “laptop” lacks 3 of your notes; you last met yesterday",
        ),
        (
            {"lacks": 2},
            "al aparato «laptop» de Julia le faltan 2 registros de otras personas; se vieron ayer",
            "Julia's “laptop” lacks 2 records of others; you last met yesterday",
        ),
        (
            {"online": True},
            "el aparato «laptop» de Julia está aquí, al día",
            "Julia's “laptop” is here, up to date",
        ),
        (
            {"last_met": None, "we_lack": None},
            "el aparato «laptop» de Julia y este todavía no se han encontrado",
            "Julia's “laptop” and this device have not met yet",
        ),
        (
            {"we_lack": 1},
            "el aparato «laptop» de Julia tiene todo; tiene 1 entrada que falta aquí; "
            "se vieron ayer",
            "Julia's “laptop” has everything; it has 1 entry that is missing here; "
            "you last met yesterday",
        ),
    ],
)
def test_the_state_of_sync_is_a_sentence(
    changes: dict[str, object], spanish: str, english: str
) -> None:
    assert sync_sentence(peer(**changes), NOW) == spanish
    use_language("en")
    assert sync_sentence(peer(**changes), NOW) == english


def test_a_device_of_mine_is_called_mine() -> None:
    assert sync_sentence(peer(online=True), NOW, me=PersonId(b"j" * 16)) == (
        "el aparato tuyo «laptop» está aquí, al día"
    )


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-03-14T09:59:30+00:00", "hace un momento"),
        ("2026-03-14T09:15:00+00:00", "hace 45 minutos"),
        ("2026-03-14T02:05:00+00:00", "hoy a las 02:05"),
        ("2026-03-13T23:00:00+00:00", "ayer"),
        ("2026-03-10T10:00:00+00:00", "el martes"),
        ("2026-01-03T10:00:00+00:00", "el 3 de enero"),
        ("2025-11-03T10:00:00+00:00", "el 3 de noviembre de 2025"),
        ("2026-03-14T11:00:00+00:00", "hace un momento"),
    ],
)
def test_moments_are_said_from_now(moment: str, words: str) -> None:
    assert moment_words(moment, NOW) == words


def test_dates_are_as_coarse_as_they_were_said() -> None:
    assert coarse_date("2024") == "2024"
    assert coarse_date("2024-03") == "marzo de 2024"
    assert coarse_date("2024-03-12") == "12 de marzo de 2024"
    assert coarse_date(None) == ""
    assert coarse_date("cuando llovía") == "cuando llovía"
    assert when_words(When("2024-03-12T17:30", "dat.day", "…")) == "12 de marzo de 2024, 17:30"
    spring = When("2024-03", "dat.period", "primavera de 2024")
    assert when_words(spring) == "primavera de 2024 (marzo de 2024)"
    assert when_words(When(None, "dat.unknown", "no se sabe")) == "no se sabe"


def test_values_of_a_record_are_words() -> None:
    def nobody(_person: PersonId) -> str:
        return "Ana"

    event = TYPES["event"]
    where = event.field("where")
    assert where is not None
    assert where.shape is Shape.PLACE
    place: Json = {"name": "la casa azul", "level": "municipality"}
    assert value_words(where, place, nobody) == "la casa azul (un municipio)"
    assert value_words(event.field("certainty"), "own.abc", nobody) == "own.abc"
    assert value_words(TYPES["impact"].field("about"), "us", nobody) == "de nosotras"
    assert value_words(event.field("authors"), "00" * 16, nobody) == "Ana"
    assert value_words(None, ["uno", {"a": "dos"}], nobody) == "uno y dos"


def test_spaces_say_whose_eyes_are_on_them() -> None:
    assert labels.space_words("private", "", 1) == "sólo tuyo"
    assert labels.space_words("circle", "guardia", 4) == "círculo guardia (4)"
    assert labels.space_words("collective", "Semilla", 9) == "de toda la colectiva"
    assert labels.readings_words(2) == "dos lecturas"
    assert labels.readings_words(3) == "3 lecturas"
