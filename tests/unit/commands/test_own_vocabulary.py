"""Words of our own, the same word twice, words I do not want to see: through commands."""

from __future__ import annotations

import pytest

from aluna_sync.journal.values import is_own
from aluna_sync.journal.vocabulary import vocabulary
from unit.commands.conftest import Aluna


def coin(founded: Aluna, word: str, *more: str, lang: str = "es") -> str:
    said = founded("vocabulario", "agregar", word, *more, lang=lang)
    assert said.code == 0, said.err
    term = said.out.strip()
    assert is_own(term)
    return term


def test_a_word_of_our_own_names_a_record_and_finds_it(founded: Aluna) -> None:
    term = coin(founded, "Rabia digna", "--group", "coping", "--en", "Dignified rage")
    written = founded("add", "coping", "Salimos juntas", "--term", "rabia digna", lang="es")
    assert written.code == 0, written.err
    document = written.out.strip()
    assert founded("show", document, "--json").json["sets"]["own_terms"][0]["item"] == term
    assert "Rabia digna" in founded("mostrar", document, lang="es").out
    assert "Dignified rage" in founded("show", document).out
    for asked in (("list", "--term", "Rabia Digna"), ("list", "--term", term[:10])):
        assert [one["id"] for one in founded(*asked, "--json").json["records"]] == [document]
    found = founded("search", "dignified")
    assert document[:8] in found.out
    assert "named with: Dignified rage" in found.out


def test_an_own_word_of_a_group_goes_into_its_fields(founded: Aluna) -> None:
    term = coin(founded, "Rabia digna", "--group", "coping")
    document = founded("add", "coping", "x", "--set", "mechanisms=rabia digna").out.strip()
    assert founded("show", document, "--json").json["sets"]["mechanisms"][0]["item"] == term
    refused = founded("add", "event", "x", "--set", "aggressions=rabia digna")
    assert refused.code == 2


def test_own_words_are_in_the_json_of_the_vocabulary_and_not_among_records(
    founded: Aluna,
) -> None:
    before = founded("status", "--json").json["spaces"]
    term = coin(founded, "Acuerparnos", "--meaning", "Estar de cuerpo entero")
    terms = founded("vocabulary", "--json").json["terms"]
    assert len(terms) == 384
    assert [one for one in terms if one["own"]] == [{
        "id": term, "group": "own", "en": "Acuerparnos", "es": "Acuerparnos",
        "definition_en": "Estar de cuerpo entero", "definition_es": "Estar de cuerpo entero",
        "own": True, "hidden": False, "same": [],
    }]  # fmt: skip
    assert founded("list", "--json").json == {"records": [], "total": 0}
    assert founded("search", "cuerpo", "--json").json["total"] == 0
    assert len(before) == len(founded("status", "--json").json["spaces"])
    own = founded("vocabulario", "nuestras palabras", lang="es").out
    assert "Acuerparnos" in own
    assert "Estar de cuerpo entero" in own


def test_the_same_word_twice_is_asked_about_and_joined(founded: Aluna) -> None:
    mine = coin(founded, "Milpa")
    again = founded("vocabulary", "add", "milpa")
    assert again.code == 2
    assert "already among your own words" in again.err
    # In another space somebody may coin it apart, as after an outage.
    other = coin(founded, "Milpa", "--space", "private")
    told = founded("vocabulary", "own")
    assert "Are these the same?" in told.err
    assert founded("add", "note", "x", "--term", "milpa").code == 2
    document = founded("add", "note", "x", "--term", other).out.strip()
    joined = founded("vocabulary", "same", other, mine, "--json")
    assert joined.json == {"id": other, "shown": mine}
    assert "Are these the same?" not in founded("vocabulary", "own").err
    for asked in (mine, other, "milpa"):
        found = founded("list", "--term", asked, "--json").json["records"]
        assert [one["id"] for one in found] == [document], asked
    assert founded("vocabulary", "show", mine, "--json").json["same"] == [other]
    assert founded("vocabulary", "apart", mine, other, "--json").json["shown"] == mine
    assert founded("vocabulary", "show", other, "--json").json["id"] == other
    assert founded("vocabulary", "apart", mine, other).code == 2


def test_an_own_word_may_be_the_same_as_one_of_the_list(founded: Aluna) -> None:
    term = coin(founded, "Pavor")
    document = founded("add", "note", "x", "--term", "miedo").out.strip()
    assert founded("vocabulario", "igualar", "pavor", "miedo", lang="es").code == 0
    assert founded("list", "--term", "pavor", "--json").json["records"][0]["id"] == document
    assert founded("vocabulary", "show", "pavor", "--json").json["id"] == "imp.fear"
    refused = founded("vocabulary", "same", "imp.fear", term)
    assert refused.code == 2
    assert "not one of your own words" in refused.err


def test_a_collective_word_is_never_shown_as_one_others_cannot_read(founded: Aluna) -> None:
    ours, mine = coin(founded, "Milpa"), coin(founded, "Siembra", "--space", "private")
    refused = founded("vocabulary", "same", ours, mine)
    assert refused.code == 2
    assert "Not everybody" in refused.err


def test_a_word_renamed_stays_the_same_word(founded: Aluna) -> None:
    term = coin(founded, "Rabia digna")
    document = founded("add", "note", "x", "--term", term).out.strip()
    renamed = founded("vocabulary", "rename", "rabia digna", "Dignified rage", "--meaning", "Ours")
    assert renamed.code == 0, renamed.err
    shown = founded("vocabulary", "show", term, "--json").json
    assert (shown["es"], shown["en"]) == ("Rabia digna", "Dignified rage")
    assert shown["definition_es"] == "Ours"
    assert "Dignified rage" in founded("show", document).out
    assert founded("vocabulary", "rename", "imp.fear", "x").code == 2
    assert founded("vocabulary", "rename", term).code == 2
    assert founded("vocabulary", "add", "x" * 100).code == 2


def test_a_hidden_word_is_shown_nowhere_and_can_be_seen_again(founded: Aluna) -> None:
    document = founded("add", "note", "texto", "--term", "imp.fear").out.strip()
    hidden = founded("vocabulario", "ocultar", "miedo", lang="es")
    assert hidden.code == 0, hidden.err
    listed = founded("vocabulary", "impact")
    assert "imp.fear" not in listed.out
    assert "1 word you keep hidden" in listed.err
    assert "imp.fear" in founded("vocabulary", "impact", "--all").out
    shown = founded("show", document)
    assert "Fear" not in shown.out
    assert "a word you keep hidden" in shown.out
    assert founded("show", document, "--json").json["sets"]["terms"][0]["item"] == "imp.fear"
    flags = {one["id"]: one["hidden"] for one in founded("vocabulary", "--json").json["terms"]}
    assert [term for term, is_hidden in flags.items() if is_hidden] == ["imp.fear"]
    assert founded("vocabulary", "unhide", "imp.fear").code == 0
    assert "Fear" in founded("show", document).out
    assert founded("vocabulary", "unhide", "imp.fear").code == 2


def test_what_i_hide_and_keep_is_in_my_private_space_only(founded: Aluna) -> None:
    def entries() -> dict[str, int]:
        spaces = founded("status", "--json").json["spaces"]
        return {one["kind"]: one["records"] for one in spaces}

    before = entries()
    founded("vocabulary", "hide", "imp.fear")
    founded("list", "--save", "todo")
    after = entries()
    assert after["collective"] == before["collective"]
    assert after["private"] == before["private"] + 1
    assert founded("list", "--json").json["total"] == 0


def test_words_are_searched_by_name_and_by_meaning(founded: Aluna) -> None:
    found = founded("vocabulario", "buscar", "DESGASTE", "--json", lang="es").json["terms"]
    assert any(one["id"].startswith("wear.") for one in found)
    coin(founded, "Acuerparnos", "--meaning", "Estar de cuerpo entero con alguien")
    assert "Acuerparnos" in founded("vocabulary", "search", "entero", "alguien").out
    nothing = founded("vocabulary", "search", "meido")
    assert "No word like that" in nothing.err
    assert "imp.fear" in nothing.err


def test_without_a_passphrase_at_hand_only_the_common_words_are_told(
    founded: Aluna, monkeypatch: pytest.MonkeyPatch
) -> None:
    coin(founded, "Milpa")
    monkeypatch.delenv("ALUNA_PASSPHRASE_FILE")
    listed = founded("vocabulary", "fear")
    assert listed.code == 0
    assert "--own" in listed.err
    assert len(founded("vocabulary", "--json").json["terms"]) == 383
    assert founded("vocabulary", "own").code == 3


def test_after_a_command_no_own_words_are_spoken(founded: Aluna) -> None:
    term = coin(founded, "Milpa")
    founded("list")
    assert vocabulary().term(term) is None


def test_an_unknown_group_or_verb_says_which_groups_there_are(aluna: Aluna) -> None:
    refused = aluna("vocabulary", "brujula")
    assert refused.code == 2
    assert "“aluna vocabulary” lists the groups" in refused.err
    listed = aluna("vocabulario", lang="es")
    assert listed.code == 0
    assert "Miedo" in listed.out
