"""A place is a name the group gave it; what a map gives is refused, however it is written."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol.ids import PersonId
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.assignments import edits_from_assignments
from aluna_sync.journal.edit_kinds import SetReading
from aluna_sync.journal.folding import fold
from aluna_sync.journal.places import LEVELS, parse_place, refuse_positions
from aluna_sync.journal.schema import PLACE_LEVELS
from aluna_tui.labels import CHOICES
from aluna_tui.texts import _, use_language

COORDINATES = [
    "19.4326, -99.1332", "19,4326 N 99,1332 W", "19.4326 N, 99.1332 W", "lat 19.43 lon -99.13",
    "lat: 19 lon: 99", "latitud 17, longitud 92", "19°25'57\"N 99°7'59\"W", "19º25'57\" N",
    "19° 25.95' N", "19.43° N", "N 19° 25", "19 grados norte", "194326N 0991332W",
    "14Q 486000 2148000", "14QMG8600048000", "14Q MG 86000 48000", "geo:19.43,-99.13",
    "@19.4326077,-99.133208", "१९.४३२६, -९९.१३३२", "19.4326 / -99.1332", "19.4326 y -99.1332",
    "la casa grande 19.4326 -99.1332", "\u221219.4326, \u221299.1332",
]  # fmt: skip
PLUS_CODES = [
    "76F2CVM8+QP", "76f2cvm8+qp", "CVM8+QP Ciudad de México", "la casa 76F2CVM8+QPW",
    "76F20000+",
]  # fmt: skip
MAP_LINKS = [
    "https://maps.app.goo.gl/abc", "maps.google.com/?q=a", "maps.google.com.mx/?q=a",
    "goo.gl/maps/x", "www.openstreetmap.org/node/1", "osm.org/go/abc", "waze.com/ul/h9g",
    "///filled.count.soap", "///llenar.cuenta.jabón", "w3w.co/filled.count.soap",
    "http://example.org/aqui", "mapa: HTTPS://a.b",
]  # fmt: skip
NAMES = [
    "La casa azul", "Barrio 4", "km 42 de la carretera", "Colonia 20 de Noviembre",
    "Calle 5 de mayo 123, int. 4", "casa 7/8", "Norte 45", "Oriente 12-B", "C4+A", "la 2+2",
    "Ruta 200", "a 3,5 km y 12,25 km", "Río Bravo / Río Grande", "St. Mary's", "Casa Flor+es",
    "10° aniversario", "salón 3º", "30/30", "D.F.", "región 4 y 5", "Vivero plus.", "U+1F600",
]  # fmt: skip


def refused(name: str) -> str | None:
    try:
        refuse_positions(name, "where")
    except WrongUseError as error:
        return error.code if error.fields == {"field": "where"} else "another field"
    return None


@pytest.mark.parametrize(
    ("name", "code"),
    [(name, "no-coordinates") for name in COORDINATES]
    + [(name, "no-plus-codes") for name in PLUS_CODES]
    + [(name, "no-map-links") for name in MAP_LINKS],
)
def test_what_a_map_gives_is_no_name_of_a_place(name: str, code: str) -> None:
    assert refused(name) == code
    with pytest.raises(WrongUseError) as error:
        edits_from_assignments(
            "event", [f"where={name}"], PersonId(bytes(16)), today=dt.date(2026, 11, 22)
        )
    assert error.value.code == code


@pytest.mark.parametrize("name", NAMES)
def test_names_with_numbers_and_signs_are_names(name: str) -> None:
    assert refused(name) is None


@given(
    st.floats(-90, 90), st.floats(-180, 180), st.integers(3, 8),
    st.sampled_from([", ", ",", " ", " ; ", " / "]), st.sampled_from(["", "en ", "Rancho "]),
)  # fmt: skip
def test_no_pair_of_degrees_gets_through(
    latitude: float, longitude: float, digits: int, between: str, before: str
) -> None:
    assert refused(f"{before}{latitude:.{digits}f}{between}{longitude:.{digits}f}") is not None


@given(st.text(max_size=200))
def test_any_words_are_a_name_or_refused(name: str) -> None:
    assert refused(name) in (None, "no-coordinates", "no-plus-codes", "no-map-links")


@given(st.text("abcdefghijklmnñopqrstuvwxyzáéíóúü ABCÑ'-", min_size=1, max_size=60))
def test_words_without_digits_or_signs_are_always_a_name(name: str) -> None:
    assert refused(name) is None


@pytest.mark.parametrize(
    ("words", "name", "level"),
    [
        ("La milpa", "La milpa", ""),
        ("Tlapa (municipality)", "Tlapa", "municipality"),
        ("Tlapa (Municipio)", "Tlapa", "municipality"),
        ("La sierra (región)", "La sierra", "region"),
        ("Casa (azul)", "Casa (azul)", ""),
        ("país", "", "country"),
        ("(kept_back)", "", "kept_back"),
        ("nos lo guardamos", "", "kept_back"),
    ],
)
def test_a_level_is_said_in_either_language(words: str, name: str, level: str) -> None:
    assert parse_place(words) == (name, level)


def test_every_level_is_called_as_the_screens_call_it() -> None:
    assert tuple(LEVELS) == PLACE_LEVELS
    for level, label in CHOICES["where"].items():
        for language in ("en", "es"):
            use_language(language)
            assert parse_place(f"x ({_(label)})") == ("x", level), _(label)
    assert all(name == fold(name) for names in LEVELS.values() for name in names)


def test_a_place_keeps_its_name_as_it_was_written() -> None:
    edits = edits_from_assignments(
        "event", ["where=La Sirena (región)"], PersonId(bytes(16)), today=dt.date(2026, 11, 22)
    )
    assert edits == [SetReading("where", {"name": "La Sirena", "level": "region"})]
