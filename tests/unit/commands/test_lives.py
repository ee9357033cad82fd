"""Lives through the verbs: what was done, how it stands, what waits, how it came to read so."""

from __future__ import annotations

import pytest

from unit.commands.conftest import Aluna


def added(aluna: Aluna, type_: str, words: str, *more: str) -> str:
    said = aluna("add", type_, words, *more)
    assert said.code == 0, said.err
    return said.out.strip()


def state(aluna: Aluna, document: str) -> str:
    shown: str = aluna("show", document, "--json").json["state"]
    (row,) = [one for one in aluna("list", "--json").json["records"] if one["id"] == document]
    assert row["state"] == shown
    return shown


def test_an_agreement_is_proposed_consented_and_in_force(founded: Aluna) -> None:
    agreed = added(founded, "agreement", "Nunca sola.")
    assert state(founded, agreed) == "ags.draft"
    founded("act", agreed, "propose")
    assert state(founded, agreed) == "ags.proposed"
    assert "Your voice is waited for" in founded("show", agreed).out
    assert founded("act", agreed, "in-force").code == 0
    assert state(founded, agreed) == "ags.proposed"
    assert "before everyone had spoken" in founded("show", agreed).out
    founded("act", agreed, "consent")
    assert state(founded, agreed) == "ags.consented"
    founded("act", agreed, "in-force")
    assert state(founded, agreed) == "ags.in_force"
    found = founded("list", "--state", "en vigor", "--json").json["records"]
    assert [one["id"] for one in found] == [agreed]
    assert "En vigor" in founded("ver", "acuerdo", lang="es").out


def test_a_changed_wording_asks_again(founded: Aluna) -> None:
    agreed = added(founded, "agreement", "Nunca sola.")
    for act in ("propose", "consent", "in-force"):
        founded("act", agreed, act)
    founded("edit", agreed, "--text", "Nunca solas.")
    assert state(founded, agreed) == "ags.in_force", "a wording is frozen, the draft is not"
    founded("act", agreed, "amend")
    acts = founded("show", agreed, "--json").json["acts"]["versions"]
    assert [one["value"]["wording"] for one in acts] == ["Nunca sola.", "Nunca solas."]
    waits = founded("voices", "--json").json["waits"]
    assert [(one["record"], one["what"], one["act"]) for one in waits] == [
        (agreed, "position", acts[1]["id"])
    ]


def test_an_objection_is_lifted_and_a_position_taken_back(founded: Aluna) -> None:
    agreed = added(founded, "agreement", "Nunca sola.")
    founded("act", agreed, "propose")
    founded("act", agreed, "object", "De noche no hay camión.")
    assert state(founded, agreed) == "ags.objected"
    founded("act", agreed, "lift", "--set", "how=withdrawn")
    assert state(founded, agreed) == "ags.proposed"
    founded("act", agreed, "consent")
    assert state(founded, agreed) == "ags.consented"
    assert founded("act", agreed, "withdraw-position").code == 0
    assert state(founded, agreed) == "ags.proposed"


def test_a_protection_agreement_is_for_now_only_with_two(founded: Aluna) -> None:
    agreed = added(founded, "protection", "De dos en dos.", "--space", "collective")
    founded("act", agreed, "propose")
    assert founded("act", agreed, "for-now").code == 0
    value = founded("show", agreed, "--json").json["acts"]["acts"][0]["value"]
    assert value["since"]["precision"] == "dat.day"
    assert "for now" not in founded("show", agreed).out.splitlines()[1]
    plain = added(founded, "agreement", "Turnos.")
    founded("act", plain, "propose")
    assert founded("act", plain, "for-now").code == 2


def test_what_was_written_down_asks_to_be_looked_at_again(founded: Aluna) -> None:
    agreed = added(founded, "agreement", "Nunca sola.", "--set", "look_again_on=2020-05")
    assert founded("voices", "--json").json == {"waits": [], "requests": [], "look_again": []}
    for act in ("propose", "consent", "in-force"):
        founded("act", agreed, act)
    again = founded("voices", "--json").json["look_again"]
    assert again == [{"record": agreed, "why": "date", "on": "2020-05"}]
    assert "May 2020" in founded("voices").out
    assert "mayo de 2020" in founded("voces", lang="es").out
    assert state(founded, agreed) == "ags.in_force"


def test_nothing_waits_while_she_rests(founded: Aluna) -> None:
    agreed = added(founded, "agreement", "Nunca sola.", "--set", "kind=care")
    founded("act", agreed, "propose")
    assert founded("voices", "--json").json["waits"]
    assert founded("rest").code == 0
    assert founded("voices", "--json").json["waits"] == []
    assert "Your voice" not in founded("show", agreed).out
    assert founded("rest", "--over").code == 0
    assert founded("voices", "--json").json["waits"]


@pytest.mark.parametrize(
    ("type_", "act", "code"),
    [
        ("process", "pause", "prs.paused"),
        ("emergency", "accompany", "accompanied"),
        ("mourning", "honour", "mst.honoured"),
        ("task", "done", "done"),
    ],
)
def test_other_lives_are_told_in_words_of_both_languages(
    founded: Aluna, type_: str, act: str, code: str
) -> None:
    document = added(founded, type_, "Algo nuestro.", "--space", "collective")
    assert founded("act", document, act).code == 0
    assert state(founded, document) == code
    english, spanish = founded("show", document).out, founded("show", document, lang="es").out
    assert english.splitlines()[1] != spanish.splitlines()[1]
    assert "." not in code or code not in english


def test_the_history_tells_every_word_that_stood_there(founded: Aluna) -> None:
    note = added(founded, "note", "Llegaron a las tres.")
    founded("edit", note, "--text", "No sé a qué hora llegaron.")
    founded("edit", note, "--text", "No sé.")
    shown = founded("show", note, "--history").out
    history = founded("history", note).out
    assert history in shown, "there is one way of telling it"
    for words in ("Llegaron a las tres", "a qué hora llegaron", "No sé."):
        assert words in shown
    assert "Llegaron a las tres." in founded("show", note, "--at", "1.1").out
    asked = founded("show", note, "--history", "--json").json["sittings"]
    assert asked == founded("history", note, "--json").json["sittings"]
    (sitting,) = asked
    assert sitting["texts"]["body"] == "No sé."
    assert [one["body"] for one in sitting["within"]] == [
        "Llegaron a las tres.", "No sé a qué hora llegaron.",
    ]  # fmt: skip
    change = sitting["changes"][1][:12]
    for verb in ("show", "history"):
        assert "qué hora" in founded(verb, note, "--at", change).out
    missing = founded("show", note, "--at", "40")
    assert missing.code == 2
    assert "40" in missing.err


def test_lists_follow_whose_voice_is_waited_for(founded: Aluna) -> None:
    agreed = added(founded, "agreement", "Nunca sola.")
    founded("act", agreed, "propose")
    founded("act", agreed, "stand-aside")
    assert state(founded, agreed) == "ags.proposed"
    card = added(founded, "member", "Sin llamadas de noche.", "--set", "name=Itzel")
    founded("act", card, "rest")
    assert state(founded, card) == "mem.resting"
    founded("rest")
    assert state(founded, agreed) == "ags.proposed", "nobody consented: who rests is no yes"
    founded("rest", "--over")
    founded("act", agreed, "consent")
    assert state(founded, agreed) == "ags.consented"


@pytest.mark.parametrize(("words", "lang"), [("open", "en"), ("abierta", "es")])
def test_what_is_open_is_found_by_that_word(founded: Aluna, words: str, lang: str) -> None:
    for type_ in ("emergency", "task", "mourning"):
        added(founded, type_, "Algo nuestro.", "--space", "collective")
    found = founded("list", "--state", words, "--json", lang=lang).json["records"]
    assert {one["type"] for one in found} == {"emergency", "task", "mourning"}
