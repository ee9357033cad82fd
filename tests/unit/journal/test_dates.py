"""Dates as people say them, on Sunday the 22nd of November 2026."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_sync.errors import WrongUseError
from aluna_sync.journal.dates import When, parse_when, when_from_json
from aluna_sync.journal.schema import TYPES
from aluna_sync.journal.types import Json
from aluna_sync.journal.values import value_fits
from aluna_sync.journal.vocabulary import vocabulary

TODAY = dt.date(2026, 11, 22)

SAID = {
    "hoy": "2026-11-22 day",
    "ayer": "2026-11-21 day",
    "anteayer": "2026-11-20 day",
    "antier": "2026-11-20 day",
    "antes de ayer": "2026-11-20 day",
    "mañana": "2026-11-23 day",
    "MANANA": "2026-11-23 day",
    "pasado mañana": "2026-11-24 day",
    "lunes": "2026-11-16 day",
    "domingo": "2026-11-22 day",
    "el lunes pasado": "2026-11-16 day",
    "el domingo pasado": "2026-11-15 day",
    "próximo viernes": "2026-11-27 day",
    "el próximo domingo": "2026-11-29 day",
    "el viernes que viene": "2026-11-27 day",
    "este viernes": "2026-11-27 day",
    "hace dos semanas": "2026-11-08 day",
    "hace 3 días": "2026-11-19 day",
    "hace quince días": "2026-11-07 day",
    "hace un mes": "2026-10 month",
    "hace once meses": "2025-12 month",
    "hace dos años": "2024 year",
    "en tres días": "2026-11-25 day",
    "dentro de una semana": "2026-11-29 day",
    "dentro de dos meses": "2027-01 month",
    "la semana pasada": "2026-11-09 period",
    "la próxima semana": "2026-11-23 period",
    "el mes pasado": "2026-10 month",
    "este mes": "2026-11 month",
    "el año pasado": "2025 year",
    "marzo de 2024": "2024-03 month",
    "marzo 2024": "2024-03 month",
    "en marzo": "2026-03 month",
    "primavera de 2024": "2024 period",
    "el otoño del 2023": "2023 period",
    "a principios de marzo de 2024": "2024-03 period",
    "finales de 2023": "2023 period",
    "entre marzo y mayo de 2024": "2024-03 period",
    "22 de noviembre": "2026-11-22 day",
    "22 de noviembre de 2026": "2026-11-22 day",
    "22 de noviembre del 2025": "2025-11-22 day",
    "primero de mayo": "2026-05-01 day",
    "1º de mayo de 2020": "2020-05-01 day",
    "lunes 23 de noviembre": "2026-11-23 day",
    "28 de diciembre": "2026-12-28 day",
    "22/11": "2026-11-22 day",
    "5/3": "2026-03-05 day",
    "22/11/2026": "2026-11-22 day",
    "22-11-26": "2026-11-22 day",
    "03/2024": "2024-03 month",
    "18:00": "2026-11-22T18:00 day",
    "a las 5 de la tarde": "2026-11-22T17:00 day",
    "a las 5:30 de la mañana": "2026-11-22T05:30 day",
    "ayer a las 5pm": "2026-11-21T17:00 day",
    "mañana a las 17:30": "2026-11-23T17:30 day",
    "el martes a las 10 de la mañana": "2026-11-17T10:00 day",
    "hoy a las 12 pm": "2026-11-22T12:00 day",
    "hoy a las 12 am": "2026-11-22T00:00 day",
    "a las 12 de la noche": "2026-11-22T00:00 day",
    "22 de noviembre a las 8 de la noche": "2026-11-22T20:00 day",
    "ayer por la tarde": "2026-11-21 day",
    "anoche": "2026-11-21 day",
    "2024": "2024 year",
    "en 2024": "2024 year",
    "2024-03": "2024-03 month",
    "2024-03-05": "2024-03-05 day",
    "2024-03-05T10:00": "2024-03-05T10:00 day",
    "antes de la asamblea": "None relative",
    "no se sabe": "None unknown",
    "reservada": "None withheld",
    "today": "2026-11-22 day",
    "yesterday": "2026-11-21 day",
    "the day before yesterday": "2026-11-20 day",
    "tomorrow": "2026-11-23 day",
    "the day after tomorrow": "2026-11-24 day",
    "Monday": "2026-11-16 day",
    "last Monday": "2026-11-16 day",
    "next Friday": "2026-11-27 day",
    "two weeks ago": "2026-11-08 day",
    "3 days ago": "2026-11-19 day",
    "in three days": "2026-11-25 day",
    "last week": "2026-11-09 period",
    "next month": "2026-12 month",
    "March 2024": "2024-03 month",
    "March of 2024": "2024-03 month",
    "spring of 2024": "2024 period",
    "early March 2024": "2024-03 period",
    "between March and May 2024": "2024-03 period",
    "November 22": "2026-11-22 day",
    "November 22nd, 2026": "2026-11-22 day",
    "22nd of November 2026": "2026-11-22 day",
    "at 5 in the afternoon": "2026-11-22T17:00 day",
    "yesterday at 5 pm": "2026-11-21T17:00 day",
    "yesterday morning": "2026-11-21 day",
    "after the flood": "None relative",
    "unknown": "None unknown",
}

AHEAD = {
    "lunes": "2026-11-23 day",
    "domingo": "2026-11-22 day",
    "3 de marzo": "2027-03-03 day",
    "28/11": "2026-11-28 day",
    "marzo": "2027-03 month",
    "noviembre": "2026-11 month",
    "el lunes pasado": "2026-11-16 day",
    "ayer": "2026-11-21 day",
}

NOT_A_DATE = [
    "", " ", "un día sin falta", "31/02/2024", "99/99", "2024-13", "25:00", "el 99",
    "marzo a las 5 de la tarde", "0 de enero", "22 de brumario", "2024-03-05-06", "x" * 500,
    "de " * 39, "\x00", "10000-01-01", "en 999 años y pico", "0000",
]  # fmt: skip


def short(when: When) -> str:
    return f"{when.value} {when.precision.removeprefix('dat.')}"


@pytest.mark.parametrize("words", SAID)
def test_a_date_is_understood_as_said(words: str) -> None:
    when = parse_when(words, TODAY)
    assert short(when) == SAID[words]
    assert when.words == words


@pytest.mark.parametrize("words", AHEAD)
def test_a_date_that_looks_ahead_is_the_coming_one(words: str) -> None:
    assert short(parse_when(words, TODAY, future=True)) == AHEAD[words]


def test_a_day_without_a_year_is_of_last_year_when_it_would_be_far_ahead() -> None:
    january = dt.date(2027, 1, 5)
    assert parse_when("22 de noviembre", january).value == "2026-11-22"
    assert parse_when("noviembre", january).value == "2026-11"
    assert parse_when("28 de enero", january).value == "2027-01-28"
    assert parse_when("28 de diciembre", january, future=True).value == "2027-12-28"
    assert parse_when("29 de febrero", dt.date(2024, 5, 1)).value == "2024-02-29"


@pytest.mark.parametrize("words", NOT_A_DATE)
def test_what_is_no_date_is_refused(words: str) -> None:
    with pytest.raises(WrongUseError) as refused:
        parse_when(words, TODAY)
    assert refused.value.code == "date-not-understood"


@given(st.text(max_size=130), st.dates())
def test_any_words_are_a_date_or_refused(words: str, today: dt.date) -> None:
    # Anything but a refusal would escape from here.
    with contextlib.suppress(WrongUseError):
        when = parse_when(words, today)
        assert when_from_json(when.as_json()) == when


@given(st.sampled_from([*SAID, *AHEAD]), st.dates(), st.booleans())
def test_what_is_kept_always_fits_the_schema(words: str, today: dt.date, future: bool) -> None:
    field = TYPES["event"].field("when")
    assert field is not None
    try:
        when = parse_when(words, today, future=future)
    except WrongUseError:
        # Only dates outside the calendar, as "next year" in the year 9999.
        assert today.year < 100 or today.year > 9900 or "29" in words
        return
    assert value_fits(field, when.as_json())
    assert when_from_json(when.as_json()) == when
    assert vocabulary().term(when.precision) is not None
    assert when.sort_key is None or len(when.sort_key) in (4, 7, 10)


def test_partial_dates_sort_coarsely() -> None:
    said = ["2024", "primavera de 2024", "marzo de 2024", "5/3/2024", "5/3/2024 a las 18:00"]
    assert [parse_when(words, TODAY).sort_key for words in said] == [
        "2024", "2024", "2024-03", "2024-03-05", "2024-03-05",
    ]  # fmt: skip


def test_what_is_no_kept_date_is_none() -> None:
    odd: list[Json] = [None, "2024", 7, {}, {"value": "x", "precision": "dat.day", "words": ""}]
    assert [when_from_json(value) for value in odd] == [None] * len(odd)
