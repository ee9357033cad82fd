"""The verbs on a real vault: what they print, and where."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from aluna_sync.node import Knock, SyncReport
from unit.commands.conftest import Aluna
from unit.commands.fakes import JULIAS, FakeDoors, met, peer


def test_a_record_added_is_listed_shown_and_found_without_accents(founded: Aluna) -> None:
    added = founded("add", "nota", "La respiración nos sostuvo", "--set", "title=Asamblea")
    assert added.code == 0
    document = added.out.strip()
    assert len(bytes.fromhex(document)) == 16
    assert "only yours" in added.err
    listed = founded("list", "--json").json
    assert listed["total"] == 1
    assert listed["records"][0] == {
        "id": document,
        "type": "note",
        "title": "Asamblea",
        "space": listed["records"][0]["space"],
        "when": None,
        "state": "",
        "terms": [],
        "authors": ["Itzel"],
        "readings": [],
        "put_away": False,
    }
    assert "La respiración nos sostuvo" in founded("show", document[:8]).out
    found = founded("search", "respiracion", "--json").json
    assert [record["id"] for record in found["records"]] == [document]
    assert "respiración" in found["records"][0]["snippet"]


def test_a_twin_does_the_same_as_its_verb(founded: Aluna) -> None:
    founded("anotar", "hecho", "Retén en la salida", lang="es")
    assert founded("ver", "--json", lang="es").out == founded("list", "--json").out


def test_json_says_the_same_in_both_languages(founded: Aluna) -> None:
    founded("add", "coping", "Cocinar para todas", "--when", "marzo de 2024")
    for verb in ("list", "status", "people", "devices", "vocabulary"):
        assert founded(verb, "--json").out == founded(verb, "--json", lang="es").out


def test_shared_options_stand_before_or_after_the_verb(founded: Aluna) -> None:
    founded("add", "note", "uno")
    assert founded("--json", "list").out == founded("list", "--json").out


def test_words_may_come_through_stdin(founded: Aluna, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO("llegó por aquí\n".encode()), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", stream)
    document = founded("add", "note", "-", "--json").json["id"]
    assert founded("show", document, "--json").json["texts"]["body"] == "llegó por aquí"


def test_the_date_understood_is_told_before_it_is_kept(founded: Aluna) -> None:
    said = founded("add", "event", "Retén", "--when", "12 de marzo de 2024")
    assert "When: 12 March 2024" in said.err
    assert founded("list", "--since", "2024", "--json").json["records"][0]["when"] == "2024-03-12"
    assert founded("list", "--since", "abril de 2024", "--json").json["total"] == 0


def test_fields_answers_and_terms_have_names_in_both_languages(founded: Aluna) -> None:
    document = founded(
        "anotar", "impacto", "Nos quitaron el sueño", "--set", "de quién habla=de nosotras",
        "--term", "miedo", lang="es",
    ).out.strip()  # fmt: skip
    whole = founded("show", document, "--json").json
    assert whole["readings"]["about"][0]["value"] == "us"
    assert [one["item"] for one in whole["sets"]["terms"]] == ["imp.fear"]


def test_harm_is_never_shown_without_what_sustained(founded: Aluna) -> None:
    harm = founded("add", "impact", "Nos quitaron el sueño", "--set", "about=us").out.strip()
    assert "not spoken yet" in founded("list").out
    assert "What sustained us: not spoken yet" in founded("show", harm).out
    help_ = founded("add", "coping", "Cocinar para todas").out.strip()
    assert founded("link", help_, "sustained", harm).code == 0
    assert "◆ Cocinar para todas" in founded("list", "impact").out
    assert "What sustained us:\n  ◆ Cocinar para todas" in founded("show", harm).out
    assert "Helped with:\n  ▪ Nos quitaron el sueño" in founded("show", help_).out


def test_a_link_may_be_named_from_its_other_side(founded: Aluna) -> None:
    harm = founded("add", "impact", "Miedo", "--set", "about=us").out.strip()
    event = founded("add", "event", "Retén").out.strip()
    linked = founded("enlazar", harm, "vino de", event, "--json", lang="es").json
    assert linked == {"id": event, "kind": "did", "target": harm}


def test_the_care_note_stands_before_the_words(founded: Aluna) -> None:
    document = founded(
        "add", "event", "Lo que pasó", "--set", "care_note=Para leerse en compañía"
    ).out.strip()
    shown = founded("show", document).out
    assert shown.index("Para leerse en compañía") < shown.index("Lo que pasó")


def test_an_edit_changes_and_history_says_who(founded: Aluna) -> None:
    document = founded("add", "agreement", "Nadie va sola").out.strip()
    assert founded("edit", document, "--text", "Nadie va sola nunca").code == 0
    shown = founded("show", document, "--history").out
    assert "Nadie va sola nunca" in shown
    assert "1. Itzel" in shown
    (sitting,) = founded("show", document, "--history", "--json").json["sittings"]
    assert (sitting["by"], len(sitting["changes"])) == ("Itzel", 2)


def test_escape_sequences_of_a_record_never_reach_the_terminal(founded: Aluna) -> None:
    document = founded("add", "note", "hola \x1b]0;x\x07\x1b[31m \u202eadiós").out.strip()
    for said in (founded("list"), founded("show", document), founded("search", "hola")):
        assert "\x1b" not in said.out + said.err
        assert "\u202e" not in said.out


def test_plain_lists_are_sentences_without_glyphs(founded: Aluna) -> None:
    document = founded("add", "coping", "Cocinar", "--when", "marzo de 2024").out.strip()
    line = founded("--plain", "list").out
    assert line == (
        f"What sustained us: Cocinar. March 2024. Of the whole collective. Id {document[:8]}.\n"
    )


def test_status_has_exactly_the_keys_of_the_contract(founded: Aluna) -> None:
    founded("add", "event", "Retén")
    status = founded("status", "--json").json
    assert list(status) == ["engine", "spaces", "peers", "lan"]
    collective = next(space for space in status["spaces"] if space["kind"] == "collective")
    assert list(collective) == [
        "id", "name", "kind", "persons", "devices", "records", "entries", "state", "pending",
        "set_aside", "epoch", "set_aside_here_only", "late",
    ]  # fmt: skip
    assert (collective["name"], collective["records"]) == ("Semilla", 1)


def test_people_and_devices_name_everybody(founded: Aluna) -> None:
    assert "Itzel (you)" in founded("people").out
    person = founded("people", "--json").json["people"][0]
    assert (person["name"], person["me"], len(person["devices"])) == ("Itzel", True, 1)
    assert founded("devices", "--json").json == {"devices": []}
    assert "“laptop”" in founded("devices").out


def test_vocabulary_needs_no_vault_and_shows_both_languages(aluna: Aluna) -> None:
    terms = aluna("vocabulary", "fear", "--json").json["terms"]
    assert terms
    assert set(terms[0]) == {
        "id", "group", "en", "es", "definition_en", "definition_es", "own", "hidden", "same",
    }  # fmt: skip
    assert {term["group"] for term in terms} == {"fear"}
    assert aluna("vocabulary", "no-existe").code == 2


def test_sync_prints_the_contract_and_ends_well(founded: Aluna) -> None:
    report = SyncReport((met(),), (peer(person_name="Marta", lacks=1),), complete=True)
    said = founded("sync", "--once", "--json", doors=FakeDoors(report))
    assert said.code == 0
    assert said.json["met"] == [
        {
            "device": JULIAS.hex(),
            "person": "Julia",
            "sent": {"entries": 2, "bytes": 400},
            "received": {"entries": 3, "bytes": 600},
            "seconds": 0.25,
            "complete": True,
        }
    ]
    assert said.json["complete"] is True
    assert said.json["unreached"][0]["person"] == "Marta"
    spoken = founded("sync", doors=FakeDoors(report))
    assert "gave 2 entries and received 3 entries" in spoken.out
    assert "Not within reach" in spoken.out


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (SyncReport((), (peer(),), complete=False), 4),
        (SyncReport((met(complete=False),), (), complete=False), 5),
    ],
)
def test_sync_says_by_its_exit_code_what_did_not_happen(
    founded: Aluna, report: SyncReport, code: int
) -> None:
    said = founded("sync", "--json", doors=FakeDoors(report))
    assert said.code == code
    assert json.loads(said.out)["complete"] is False
    assert len(said.err.splitlines()) == 3


def test_sync_goes_only_where_it_is_told(founded: Aluna) -> None:
    doors = FakeDoors(SyncReport((met(),), (), complete=True))
    founded("sync", "--no-lan", "--peer", "[::1]:47", "--peer", "10.0.0.2:48", doors=doors)
    (options,) = doors.options
    assert options.peers == (("::1", 47), ("10.0.0.2", 48))
    assert (options.lan, options.listen) == (False, None)


def test_an_invitation_in_json_is_two_lines(founded: Aluna) -> None:
    knock = Knock("Julia", "laptop", (1, 2, 3, 4))
    said = founded(
        "invite", "--yes-to", "julia", "--minutes", "1", "--json", doors=FakeDoors(knock=knock)
    )
    first, last = map(json.loads, said.out.splitlines())
    assert said.code == 0
    assert list(first) == ["words", "address", "expires"]
    assert len(first["words"]) == 5
    assert first["address"] == "127.0.0.1:4747"
    assert last == {"admitted": {"person": "Julia", "device": JULIAS.hex()}}


def test_nobody_with_another_name_is_let_in(founded: Aluna) -> None:
    knock = Knock("Otra", "laptop", (1, 2, 3, 4))
    said = founded("invite", "--yes-to", "julia", "--json", doors=FakeDoors(knock=knock))
    assert json.loads(said.out.splitlines()[-1]) == {"admitted": None}
    assert said.code == 1


def test_the_doctor_finds_all_well_and_rebuilds(founded: Aluna) -> None:
    founded("add", "event", "Retén")
    said = founded("doctor", "--rebuild", "--json").json
    assert (said["ok"], said["rebuilt"], said["bad_entries"]) == (True, 1, 0)
    assert all(part["fits"] for part in said["parts"])
    assert "All is well." in founded("doctor").out


def test_locate_lock_and_completion_need_no_passphrase(
    aluna: Aluna, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALUNA_PASSPHRASE_FILE")
    assert aluna("locate").out.strip() == str(tmp_path / "vault")
    assert aluna("lock").code == 0
    for shell in ("zsh", "fish"):
        assert "_ALUNA_COMPLETE" in aluna("completion", shell).out
