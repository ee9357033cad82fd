"""`picture`: what several share, in words and as JSON; never of one person, nothing private."""

from __future__ import annotations

import pytest

from aluna_tui.picture_labels import PICTURES
from unit.commands.conftest import Aluna


def added(aluna: Aluna, type_: str, words: str, *more: str) -> str:
    said = aluna("add", type_, words, *more)
    assert said.code == 0, said.err
    return said.out.strip()


@pytest.fixture
def woven(founded: Aluna) -> tuple[str, str, str]:
    """An event, what it did to us, and what sustained us; beside it something only Itzel's."""
    event = added(
        founded, "event", "Retén en la salida", "--when", "12 de marzo de 2026",
        "--set", "actors=act.military", "--set", "modes=mode.action",
    )  # fmt: skip
    harm = added(
        founded, "impact", "Nos quitaron el sueño", "--set", "about=us",
        "--set", "dimensions=dim.organizational", "--set", "fields=fld.security",
    )  # fmt: skip
    coping = added(founded, "coping", "Cocinar para todas")
    added(founded, "impact", "Lo mío, de noche", "--set", "about=me",
          "--set", "dimensions=dim.personal", "--set", "fields=fld.security")  # fmt: skip
    added(founded, "coping", "Caminar sola", "--space", "private")
    assert founded("link", event, "did", harm).code == 0
    assert founded("link", coping, "sustained", harm).code == 0
    return event, harm, coping


def test_the_map_counts_stories_and_names_the_records_in_each_place(
    founded: Aluna, woven: tuple[str, str, str]
) -> None:
    _, harm, coping = woven
    drawn = founded("picture", "impacts", "--json").json
    assert drawn["picture"] == "impacts"
    cells = [one for one in drawn["cells"] if one["stories"]["harm"]]
    assert cells == [
        {
            "row": "dim.organizational",
            "column": "fld.security",
            "stories": {"harm": [harm], "sustained": [coping]},
        }
    ]
    said = founded("imagen", "impactos", lang="es")
    assert said.code == 0
    assert "Seguridad: 1 daño · 1 sostén" in said.out
    assert "Todavía sin palabras: Campo psicoemocional" in said.out
    assert harm[:8] in said.out
    assert "Lo mío" not in said.out
    turned = founded("picture", "impacts", "--expressions", "--json").json
    assert turned["by"] == "expressions"


def test_the_timeline_has_two_lanes_and_says_what_is_not_spoken_yet(
    founded: Aluna, woven: tuple[str, str, str]
) -> None:
    event, _, coping = woven
    (band,) = founded("picture", "timeline", "--json").json["bands"]
    assert band["when"] == "2026-03"
    assert [one["record"] for one in band["lanes"]["theirs"]] == [event]
    assert band["lanes"]["sustained"] == [coping]
    said = founded("picture", "timeline").out
    assert "What they did to us:" in said
    assert "What we did: not spoken yet" in said
    assert "Nos quitaron" not in said


def test_harm_that_nobody_accompanied_yet_says_so_in_both_languages(founded: Aluna) -> None:
    added(founded, "impact", "Miedo", "--set", "about=us")
    assert "What sustained us: not spoken yet." in founded("picture", "weave").out
    said = founded("imagen", "tejido", lang="es").out
    assert "Lo que nos sostuvo: todavía sin palabras." in said


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_speaks_in_words_json_and_plain(
    founded: Aluna, woven: tuple[str, str, str], name: str
) -> None:
    drawn = founded("picture", name, "--json")
    assert (drawn.code, drawn.json["picture"]) == (0, name)
    assert founded("picture", name).code == 0
    plain = founded("picture", name, "--plain")
    assert plain.code == 0
    assert not set("▪◆·≡") & {line.strip()[:1] for line in plain.out.splitlines()}
    twin = founded("imagen", PICTURES[name].twin, lang="es")
    assert twin.code == 0
    assert "Caminar sola" not in twin.out
    assert "Lo mío" not in twin.out + str(drawn.json)


def test_no_picture_is_of_one_person(founded: Aluna, woven: tuple[str, str, str]) -> None:
    refused = founded("picture", "impacts", "--space", "private")
    assert refused.code == 2
    assert "never of one person" in refused.err
    assert founded("picture", "impacts", "--person", "me").code == 2
    assert founded("picture", "impacts", "--view", "x").code == 2


def test_a_picture_narrows_by_term_and_date_and_keeps_what_sustained(
    founded: Aluna, woven: tuple[str, str, str]
) -> None:
    event, harm, coping = woven
    (strand,) = founded("picture", "weave", "--term", "fld.security", "--json").json["strands"]
    assert strand == {"harm": [harm], "sustained": [coping]}
    assert founded("picture", "weave", "--term", "fld.political", "--json").json["strands"] == []
    drawn = founded("picture", "timeline", "--until", "2026-03", "--json").json
    assert [one["record"] for one in drawn["bands"][0]["lanes"]["theirs"]] == [event]
    assert founded("picture", "timeline", "--until", "2025", "--json").json["bands"] == []
    assert founded("picture", "timeline", "--since", "quién sabe cuándo").code == 2


def test_who_is_responsible_is_named_by_kind_with_modes(
    founded: Aluna, woven: tuple[str, str, str]
) -> None:
    event, _, coping = woven
    (row,) = founded("picture", "responsibility", "--json").json["rows"]
    (cell,) = row["cells"]
    assert (row["actor"], cell["mode"]) == ("act.military", "mode.action")
    assert cell["stories"] == {"harm": [event], "sustained": [coping]}
    said = founded("imagen", "responsabilidad", lang="es").out
    assert "Responsable: Fuerzas armadas" in said
    assert "Lo que exigimos: todavía sin palabras" in said


def test_agreements_stand_by_state_and_wait_for_ones_own_voice(founded: Aluna) -> None:
    agreed = added(founded, "agreement", "Nunca sola.")
    founded("act", agreed, "propose")
    drawn = founded("picture", "agreements", "--json").json
    held = {one["state"]: one["records"] for one in drawn["columns"] if one["records"]}
    assert held == {"ags.proposed": [agreed]}
    assert drawn["mine"] == [
        {"document": agreed, "what": "position", "act": drawn["mine"][0]["act"]}
    ]
    assert "Your voice is waited for" in founded("picture", "agreements").out


def test_the_calendar_takes_a_month_and_the_year_a_year(founded: Aluna) -> None:
    care = added(founded, "care_time", "Respirar juntas", "--when", "12 de marzo de 2031")
    (day,) = founded("picture", "care", "--period", "marzo de 2031", "--json").json["days"]
    assert (day["on"], day["times"][0]["record"]) == ("2031-03-12", care)
    assert founded("picture", "care", "--json").json["days"] == []
    assert founded("picture", "care", "--period", "2031").code == 2
    assert founded("picture", "year", "--period", "2025", "--json").json["year"] == "2025"


def test_alone_it_lists_the_pictures_and_an_unknown_one_is_refused(founded: Aluna) -> None:
    assert founded("picture", "--json").json == {"pictures": list(PICTURES)}
    said = founded("imagen", lang="es").out
    assert "tejido" in said
    assert "Mapa de impactos" in said
    refused = founded("picture", "ranking")
    assert refused.code == 2
    assert "There is no picture" in refused.err


def test_chosen_contexts_are_compared(founded: Aluna) -> None:
    first = added(founded, "context", "Enero", "--when", "enero de 2026", "--set", "signs=Retenes.")
    second = added(founded, "context", "Junio", "--when", "junio de 2026")
    drawn = founded("picture", "context", "--json").json
    assert (drawn["then"]["record"], drawn["now"]["record"]) == (first, second)
    one = founded("picture", "context", "--of", first, "--json").json
    assert (one["then"], one["now"]["record"]) == (None, first)
    assert "Then: Retenes." in founded("picture", "context").out
