"""`list` and `search` with every way of narrowing, and views with a name."""

from __future__ import annotations

import datetime as dt
import io
import sys

import pytest

from unit.commands.conftest import Aluna


def ids(founded: Aluna, *asked: str) -> list[str]:
    said = founded(*asked, "--json")
    assert said.code == 0, said.err
    return [one["id"] for one in said.json["records"]]


@pytest.fixture
def three(founded: Aluna) -> tuple[str, str, str]:
    """A note, an event and what it did to us, linked."""
    note = founded("add", "note", "pan y respiración", "--when", "marzo de 2024").out.strip()
    event = founded(
        "add", "event", "Retén con pan", "--term", "imp.fear", "--when", "ayer"
    ).out.strip()
    harm = founded("add", "impact", "Miedo", "--set", "about=us").out.strip()
    assert founded("link", event, "did", harm).code == 0
    return note, event, harm


def test_lists_narrow_by_person_link_time_and_space(
    founded: Aluna, three: tuple[str, str, str]
) -> None:
    note, event, harm = three
    assert set(ids(founded, "list", "--person", "me")) == {note, event, harm}
    assert set(ids(founded, "list", "--person", "ITZEL", "--space", "private")) == {note}
    assert ids(founded, "list", "--linked", event) == [harm]
    assert ids(founded, "list", "--linked", harm, "--kind", "did") == [event]
    assert ids(founded, "list", "--linked", harm, "--kind", "answers") == []
    assert ids(founded, "list", "--until", "2024") == [note]
    assert ids(founded, "list", "event", "--since", "hace dos días") == [event]
    assert founded("list", "--person", "Nadie").code == 2


def test_searches_narrow_by_the_same(founded: Aluna, three: tuple[str, str, str]) -> None:
    note, event, harm = three
    assert ids(founded, "search", "pan") == [event, note]
    assert ids(founded, "search", "pan", "--type", "nota") == [note]
    assert ids(founded, "search", "pan", "--term", "miedo") == [event]
    assert ids(founded, "search", "pan", "--until", "2024") == [note]
    assert ids(founded, "search", "pan", "--linked", harm) == [event]
    assert ids(founded, "search", "pan", "--space", "private") == [note]
    assert ids(founded, "search", "pan", "--limit", "1") == [event]


def test_what_is_named_with_a_term_is_found_by_its_name_in_both_languages(
    founded: Aluna, three: tuple[str, str, str]
) -> None:
    _, event, harm = three
    assert ids(founded, "search", "fear") == [event]
    assert set(ids(founded, "buscar", "miedo")) == {event, harm}
    told = founded("buscar", "miedo", lang="es").out
    assert "«Miedo»" in told
    assert "nombrado con: Miedo" in told


def test_found_words_are_marked(founded: Aluna, three: tuple[str, str, str]) -> None:
    assert "«respiración»" in founded("search", "RESPIRACION").out
    assert "«respiración»" in founded("--plain", "search", "respiracion").out
    found = founded("search", "respiracion", "--json").json["records"][0]
    assert [found["snippet"][start:end] for start, end in found["marks"]] == ["respiración"]


def test_the_dates_that_were_understood_are_told(
    founded: Aluna, three: tuple[str, str, str]
) -> None:
    said = founded("list", "--since", "marzo de 2024", "--until", "hoy", "--json")
    assert (said.json["since"], said.json["until"]) == ("2024-03", dt.date.today().isoformat())
    assert "marzo de 2024: March 2024" in said.err
    refused = founded("list", "--since", "en navidad")
    assert refused.code == 2
    assert "“en navidad” could not be read as a date" in refused.err
    assert "two weeks ago" in refused.err


def test_a_view_is_kept_used_narrowed_and_forgotten(
    founded: Aluna, three: tuple[str, str, str]
) -> None:
    note, event, _ = three
    kept = founded("search", "pan", "--since", "2024", "--save", "Mis panes", "--json")
    assert kept.json["view"] == "Mis panes"
    assert "only your own devices have it" in kept.err
    assert ids(founded, "list", "--view", "mis PANES") == [event, note]
    assert ids(founded, "list", "note", "--view", "mis panes") == [note]
    assert ids(founded, "list", "--view", "mis panes", "--since", "hace dos días") == [event]
    assert founded("views", "--json").json == {
        "views": [{"name": "Mis panes", "filter": {"since": "2024", "words": "pan"}}]
    }
    assert "Mis panes: «pan» · desde 2024" in founded("vistas", lang="es").out
    assert founded("vistas", "borrar", "mis panes", lang="es").code == 0
    assert founded("views", "--json").json == {"views": []}
    refused = founded("list", "--view", "mis panes")
    assert refused.code == 2
    assert "You keep nothing under" in refused.err


def test_a_view_kept_again_takes_the_place_of_the_one_before(founded: Aluna) -> None:
    founded("list", "note", "--save", "uno")
    founded("list", "event", "--save", "UNO")
    founded("list", "impact", "--save", "UNO")
    views = founded("views", "--json").json["views"]
    assert views == [{"name": "UNO", "filter": {"types": ["impact"]}}]
    assert founded("list", "--save", "a/b").code == 2
    assert founded("list", "--save", " ").code == 2


def test_a_place_that_leads_somewhere_is_refused_in_words(founded: Aluna) -> None:
    for place, said in (
        ("19.43, -99.13", "Coordinates are not kept here"),
        ("76F2CVM8+QP", "one spot on a map"),
        ("https://maps.app.goo.gl/x", "a link to a map"),
    ):
        refused = founded("add", "event", "x", "--set", f"where={place}")
        assert refused.code == 2
        assert said in refused.err
    document = founded("add", "event", "x", "--set", "where=La Sirena (región)").out.strip()
    where = founded("show", document, "--json").json["readings"]["where"][0]["value"]
    assert where == {"name": "La Sirena", "level": "region"}


def test_every_date_that_is_written_is_told_and_in_the_json(founded: Aluna) -> None:
    said = founded(
        "add", "agreement", "x", "--set", "look_again_on=en dos meses", "--when", "hace mucho",
        "--json",
    )  # fmt: skip
    dates = said.json["dates"]
    assert set(dates) == {"look_again_on", "when"}
    assert dates["when"] == {"value": None, "precision": "dat.unknown", "words": "hace mucho"}
    assert "To look at again on: " in said.err
    assert "When: hace mucho (kept in your own words)" in said.err
    edited = founded("edit", said.json["id"], "--when", "marzo de 2024", "--json")
    assert edited.json["dates"]["when"]["value"] == "2024-03"
    assert founded("edit", said.json["id"], "--text", "y", "--json").json == {"id": said.json["id"]}


def test_a_date_nobody_understands_is_refused_before_the_words_are_read(
    founded: Aluna, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(b"muchas palabras\n"), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", stream)
    assert founded("add", "note", "-", "--when", "en navidad").code == 2
    assert stream.buffer.read() == b"muchas palabras\n"


def test_lists_leave_out_what_was_put_away_unless_it_is_asked_for(
    founded: Aluna, three: tuple[str, str, str]
) -> None:
    note, event, harm = three
    assert founded("act", note, "put-away").code == 0
    assert set(ids(founded, "list")) == {event, harm}
    assert founded("list", "--json").json["total"] == 2
    assert ids(founded, "list", "note") == []
    assert ids(founded, "list", "--person", "me", "--until", "2024") == []
    assert ids(founded, "search", "pan") == [event]
    assert ids(founded, "list", "--put-away") == [note]
    assert ids(founded, "list", "event", "--put-away") == []
    assert ids(founded, "list", "--person", "me", "--put-away", "--until", "2024") == [note]
    assert ids(founded, "search", "pan", "--put-away") == [note]
    away = founded("list", "--put-away", "--json").json
    assert (away["total"], away["records"][0]["put_away"]) == (1, True)
    assert not any(one["put_away"] for one in founded("list", "--json").json["records"])
    assert "put away" in founded("list", "--put-away").out
    assert "guardado" in founded("ver", "--put-away", "--plain", lang="es").out.casefold()


def test_show_says_that_a_record_was_put_away_and_writing_in_it_brings_it_back(
    founded: Aluna, three: tuple[str, str, str]
) -> None:
    note, event, _ = three
    said = "This was put away"
    assert said not in founded("show", event).out
    founded("act", event, "put-away", "ya está en otro lado")
    assert said in founded("show", event).out
    assert founded("edit", event, "--text", "Retén con pan y café").code == 0
    assert said not in founded("show", event).out
    assert ids(founded, "search", "pan") == [event, note]


def test_a_term_of_what_was_put_away_finds_it_only_when_asked(
    founded: Aluna, three: tuple[str, str, str]
) -> None:
    _, event, _ = three
    founded("act", event, "put-away")
    assert ids(founded, "list", "--term", "imp.fear") == []
    assert ids(founded, "list", "--term", "imp.fear", "--put-away") == [event]
    assert founded("list", "--put-away", "--save", "guardado").code == 0
    kept = founded("views", "--json").json["views"]
    assert kept == [{"name": "guardado", "filter": {"put_away": True}}]
    assert ids(founded, "list", "--view", "guardado") == [event]
    assert "put away" in founded("views").out
