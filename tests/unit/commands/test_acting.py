"""Records of every type on the command line, and what people do with them, in both languages."""

from __future__ import annotations

import pytest

from aluna_sync.journal.schema import TYPES
from aluna_tui.labels import TYPES as LABELS
from unit.commands.conftest import Aluna

BY_HAND = [name for name, declared in TYPES.items() if declared.by_hand]


def written(aluna: Aluna, *arguments: str, lang: str = "en") -> str:
    """Add a record and return its id."""
    said = aluna("add", *arguments, "--json", lang=lang)
    assert said.code == 0, said.err
    document: str = said.json["id"]
    return document


def test_every_type_is_written_listed_and_shown_by_its_names_in_both_languages(
    founded: Aluna,
) -> None:
    for type_ in BY_HAND:
        for lang, name in (("en", type_), ("es", LABELS[type_].words[0])):
            document = written(founded, name, f"unas palabras {lang}", lang=lang)
            shown = founded("show", document, "--json", lang=lang).json
            assert (shown["type"], shown["texts"]) == (
                type_,
                {TYPES[type_].main: f"unas palabras {lang}"},
            )
        listed = founded("list", LABELS[type_].words[0], "--json").json
        assert [row["type"] for row in listed["records"]] == [type_, type_]


def test_the_kinds_of_record_can_be_asked_for(founded: Aluna) -> None:
    said = founded("add", "tipos", lang="es").out
    assert "duelo" in said
    assert "marca" not in said
    assert founded("add", "types", "--json").json["types"] == BY_HAND


@pytest.mark.parametrize("type_", BY_HAND)
@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_fields_of_every_type_are_told(aluna: Aluna, type_: str, lang: str) -> None:
    told = aluna("add", type_, "--fields", lang=lang).out
    for field in TYPES[type_].fields:
        assert (f"{field.name}:" in told) == field.in_form, field.name


def test_what_only_the_program_writes_is_refused(founded: Aluna) -> None:
    said = founded("add", "marker", "x")
    assert said.code == 2
    assert "written by the program alone" in said.err


def test_a_mourning_is_honoured_and_returns_as_often_as_it_does(founded: Aluna) -> None:
    river = written(founded, "duelo", "El río", "--set", "what_was_lost=loss.place: la poza")
    for arguments in (("honrar", "flores"), ("volver", "en la fiesta"), ("honrar",)):
        assert founded("hacer", river, *arguments, lang="es").code == 0
    shown = founded("show", river, "--json").json
    assert [act["value"]["act"] for act in shown["acts"]["acts"]] == ["honour", "honour"]
    assert shown["acts"]["returns"][0]["value"]["words"] == "en la fiesta"
    assert shown["sets"]["what_was_lost"][0]["note"] == "la poza"
    told = founded("show", river, lang="es").out
    assert "lo honró · flores" in told
    assert "Lugar y territorio (la poza)" in told


def test_a_position_is_named_by_its_term_and_stands_on_the_newest_wording(
    founded: Aluna,
) -> None:
    agreed = written(founded, "agreement", "Never alone on watch.")
    first = founded("act", agreed, "propose", "--json").json["entry"]
    second = founded("act", agreed, "amend", "Never alone at night.", "--json").json["entry"]
    assert founded("hacer", agreed, "objetar", "no alcanza", lang="es").code == 0
    said = founded("act", agreed, "consent", "--set", f"version={first[-8:]}")
    assert said.code == 0, said.err
    shown = founded("show", agreed, "--json").json
    proposed, amended = (act["value"] for act in shown["acts"]["versions"])
    assert proposed["wording"] == "Never alone on watch."
    assert len(proposed["asked"]) == 1
    assert amended["wording"] == "Never alone at night."
    positions = [act["value"] for act in shown["acts"]["positions"]]
    assert [(one["stance"], one["version"]) for one in positions] == [
        ("pos.objection", second),
        ("pos.consent", first),
    ]


def test_what_cannot_be_done_is_refused_with_what_can(founded: Aluna) -> None:
    note = written(founded, "note", "x")
    said = founded("act", note, "dance")
    assert said.code == 2
    assert "put away" in said.err
    assert founded("act", note, "close-fold").code == 2
    assert founded("act", note, "ask uses", "--set", "uses=use.everything").code == 2
    agreed = written(founded, "agreement", "Nunca sola.")
    nothing = founded("act", agreed, "consent")
    assert nothing.code == 2
    assert "propose" in nothing.err
    acts = [one["act"] for one in founded("act", agreed, "--json").json["acts"]]
    assert {"propose", "position", "in_force"} <= set(acts)
    assert "objetar" not in founded("act", agreed, lang="en").out


def test_a_word_of_a_check_in_is_of_the_list_or_ones_own(founded: Aluna) -> None:
    listed = written(founded, "check_in", "aquí", "--set", "word=load.heavy")
    own = written(founded, "check_in", "aquí", "--set", "word=como lluvia", "--set", "ask_me=no")
    words = [
        founded("show", one, "--json").json["readings"]["word"][0]["value"] for one in (listed, own)
    ]
    assert words == ["load.heavy", "como lluvia"]


def test_what_was_said_aloud_in_a_round_is_kept_under_its_words(founded: Aluna) -> None:
    asked = written(
        founded, "round", "¿Cómo llegamos?",
        "--set", "spoken_totals=cansancio: casi todas", "--set", "spoken_totals=alegría: dos",
    )  # fmt: skip
    (mine,) = founded("show", asked, "--json").json["maps"]["spoken_totals"]
    assert mine["value"] == {"cansancio": "casi todas", "alegría": "dos"}
    assert "cansancio: casi todas" in founded("show", asked).out


def test_a_record_put_away_comes_back_when_somebody_writes_in_it(founded: Aluna) -> None:
    note = written(founded, "note", "x")
    assert founded("act", note, "put-away").code == 0
    assert founded("show", note, "--json").json["put_away"]
    assert founded("edit", note, "--text", "y").code == 0
    assert not founded("show", note, "--json").json["put_away"]


def test_a_comma_list_is_never_swallowed_by_a_note(founded: Aluna) -> None:
    harm = written(
        founded, "impact", "x", "--set", "about=us",
        "--set", "kinds=miedo: de noche, en casa; culpa",
    )  # fmt: skip
    sets = founded("show", harm, "--json").json["sets"]["kinds"]
    assert {one["item"]: one["note"] for one in sets} == {
        "imp.fear": "de noche, en casa", "imp.guilt": "",
    }  # fmt: skip
    said = founded("add", "impact", "x", "--set", "kinds=miedo: de noche, culpa")
    assert said.code == 2
    assert "culpa" in said.err
    assert "semicolon" in said.err
    assert founded("list", "impact", "--json").json["total"] == 1
    agreed = founded(
        "anotar", "acuerdo", "x", "--set", "kind=care: entre todas, y con calma; seguridad",
        "--json", lang="es",
    ).json["id"]  # fmt: skip
    sets = founded("show", agreed, "--json").json["sets"]["kind"]
    assert {one["item"]: one["note"] for one in sets} == {
        "care": "entre todas, y con calma", "security": "",
    }  # fmt: skip


def test_a_code_means_its_field_whatever_another_one_is_called(founded: Aluna) -> None:
    asked = written(founded, "round", "¿Cómo llegamos?", "--set", "words=con sueño")
    shown = founded("show", asked, "--json").json
    assert shown["maps"]["words"] == [{"person": "Itzel", "value": "con sueño"}]
    assert "body" not in shown["texts"]
