"""More ways of saying a date, on Sunday the 22nd of November 2026, and what holds for all."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_sync.errors import WrongUseError
from aluna_sync.journal.date_patterns import PATTERNS, pattern
from aluna_sync.journal.date_speech import Speaker
from aluna_sync.journal.date_words import UNKNOWN
from aluna_sync.journal.dates import MAX_LETTERS, When, in_quotes, parse_when
from aluna_sync.journal.folding import fold
from unit.journal.said_dates import SAID

TODAY = dt.date(2026, 11, 22)

SPANISH_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
    "octubre", "noviembre", "diciembre",
)  # fmt: skip
ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
DAYS_SAID = [
    "{d} de {es} de {y}", "{d} de {es} del {y}", "{d} {es} {y}", "el {d} de {es} de {y}",
    "{d}/{m}/{y}", "{d:02}/{m:02}/{y}", "{d}-{m}-{y}", "{d}.{m}.{y}", "{y}-{m:02}-{d:02}",
    "{d} {en} {y}", "{en} {d}, {y}", "the {d}th of {en} {y}", "on {en} {d} {y}",
]  # fmt: skip
DATES = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))


def short(when: When) -> str:
    return f"{when.value} {when.precision.removeprefix('dat.')}"


@pytest.mark.parametrize("words", SAID)
def test_a_date_is_understood_as_people_say_it(words: str) -> None:
    assert short(parse_when(words, TODAY)) == SAID[words]


@given(st.sampled_from(DAYS_SAID), DATES, DATES, st.booleans())
def test_a_day_said_whole_is_that_day_whenever_it_is_said(
    way: str, day: dt.date, today: dt.date, future: bool
) -> None:
    words = way.format(
        d=day.day, m=day.month, y=day.year,
        es=SPANISH_MONTHS[day.month - 1], en=ENGLISH_MONTHS[day.month - 1],
    )  # fmt: skip
    assert short(parse_when(words, today, future=future)) == f"{day.isoformat()} day"


@given(
    st.integers(0, 400), DATES, st.sampled_from(["hace {} días", "{} days ago", "hace ya {} dias"])
)
def test_days_ago_are_days_before_today(number: int, today: dt.date, way: str) -> None:
    said = parse_when(way.format(number), today)
    assert said.value == (today - dt.timedelta(days=number)).isoformat()


@given(
    st.integers(0, 6), DATES, st.booleans(),
    st.sampled_from([
        ("{}", -6, 0), ("el {} pasado", -7, -1), ("próximo {}", 1, 7), ("este {}", 0, 6),
        ("el {} que viene", 1, 7), ("el {} antepasado", -14, -8), ("{} en ocho", 8, 14),
    ]),
)  # fmt: skip
def test_a_weekday_is_that_weekday_within_its_week(
    number: int, today: dt.date, future: bool, way: tuple[str, int, int]
) -> None:
    names = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
    words, least, most = way
    if words == "{}" and future:
        least, most = 0, 6
    value = parse_when(words.format(names[number]), today, future=future).value
    assert value is not None
    meant = dt.date.fromisoformat(value)
    assert meant.weekday() == number
    assert least <= (meant - today).days <= most


@given(st.sampled_from([*SAID]), DATES, st.booleans())
def test_accents_case_and_spaces_do_not_matter(words: str, today: dt.date, future: bool) -> None:
    if in_quotes(words):
        return

    def said(how: str) -> tuple[str | None, str] | None:
        try:
            when = parse_when(how, today, future=future)
        except WrongUseError:
            return None
        return when.value, when.precision

    apart = unicodedata.normalize("NFD", words)
    for how in (fold(words), words.upper(), f"  {words.replace(' ', '  ')} ", f"{words}.", apart):
        if len(how) <= MAX_LETTERS:
            assert said(how) == said(words), how


@given(st.sampled_from([*SAID]), DATES, st.booleans())
def test_the_words_stay_and_the_coarse_date_is_where_it_begins(
    words: str, today: dt.date, future: bool
) -> None:
    try:
        when = parse_when(words, today, future=future)
    except WrongUseError:
        # A day that is not in the calendar from there: the 31st of a short month.
        return
    assert when.words == (in_quotes(words) or words)
    assert when.value is None or when.value.startswith(when.sort_key or "?")
    lengths = {"dat.day": (10, 16), "dat.month": (7,), "dat.year": (4,), "dat.period": (4, 7, 10)}
    if when.value is None:
        assert when.precision in ("dat.unknown", "dat.relative", "dat.withheld")
    else:
        assert len(when.value) in lengths[when.precision]


@given(
    st.text(min_size=1, max_size=100).filter(lambda words: words.strip() and words.isprintable())
)
def test_words_between_quotes_are_kept_as_they_are(words: str) -> None:
    own = " ".join(words.split())
    assert parse_when(f"«{words}»", TODAY) == When(None, UNKNOWN, own)


@given(
    st.dates(),
    st.sampled_from(["la madrugada", "la mañana", "la tarde", "la noche"]),
    st.integers(1, 11),
)
def test_an_hour_of_a_half_of_the_day_is_in_that_half(today: dt.date, part: str, hour: int) -> None:
    value = parse_when(f"hoy a las {hour} de {part}", today).value
    assert value is not None
    after_noon = part == "la tarde" or (part == "la noche" and hour > 5)
    assert value == f"{today.isoformat()}T{hour + 12 * after_noon:02}:00"


def test_every_pattern_has_somebody_who_understands_it_and_can_be_built() -> None:
    for number, (_, meaning, clues) in enumerate(PATTERNS):
        assert callable(getattr(Speaker, meaning))
        assert clues
        assert pattern(number).groups >= 0


@pytest.mark.parametrize(
    "words",
    ["en navidad", "semana santa", "pronto", "last summer at 5", "hace días de fiesta", "el 32",
     "el 30 de febrero", "31 de noviembre", "25 horas", "a las 25", "13 meses", "marzo marzo",
     "entre y", "del al", "principios", "hacia", "de", "el", "hace", "a las", "en el"],
)  # fmt: skip
def test_what_nobody_could_place_is_refused_and_not_guessed(words: str) -> None:
    with pytest.raises(WrongUseError) as refused:
        parse_when(words, TODAY)
    assert refused.value.code == "date-not-understood"
    assert refused.value.fields == {"words": words}


def test_words_about_words_end() -> None:
    with pytest.raises(WrongUseError):
        parse_when("desde " * 15 + "marzo", TODAY)
