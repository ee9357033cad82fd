"""Own words in a vault that belongs to several collectives: each record is offered its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from aluna_sync.founding import found_collective
from unit.commands.conftest import PASSPHRASE, Aluna
from unit.commands.fakes import CheapDoors


@pytest.fixture
def two(founded: Aluna, tmp_path: Path) -> Aluna:
    """A vault in Semilla and in Otra, each with words of its own."""
    device = CheapDoors().unlock(tmp_path / "vault", PASSPHRASE, merges=False)
    found_collective(device, "Otra")
    device.lock()
    for collective, word in (("Semilla", "Milpa"), ("Otra", "Marea"), ("Otra", "Milpa")):
        said = founded("--collective", collective, "vocabulary", "add", word)
        assert said.code == 0, said.err
    return founded


def own(aluna: Aluna, collective: str, word: str) -> str:
    terms = aluna("vocabulary", "own", "--collective", collective, "--json").json["terms"]
    (found,) = [one["id"] for one in terms if one["es"] == word]
    return str(found)


def test_a_record_is_named_with_the_words_of_its_own_collective(two: Aluna) -> None:
    written = two("add", "event", "x", "--term", "milpa", "--collective", "Otra", "--json")
    assert written.code == 0, written.err
    document = written.json["id"]
    sets = two("show", document, "--json").json["sets"]
    assert [one["item"] for one in sets["own_terms"]] == [own(two, "Otra", "Milpa")]
    refused = two("add", "event", "x", "--term", "marea", "--collective", "Semilla")
    assert refused.code == 2
    assert "not in the vocabulary" in refused.err
    assert two("edit", document, "--term", "marea").code == 0, "by the record, not by an option"
    assert "Marea" in two("show", document).out


def test_only_the_words_of_one_collective_are_offered_and_all_keep_their_names(two: Aluna) -> None:
    offered = two("vocabulary", "own", "--collective", "Semilla")
    assert "Milpa" in offered.out
    assert "Marea" not in offered.out
    assert "same?" not in two("vocabulary", "own").err, "two collectives are not asked to agree"
    document = two(
        "add", "event", "x", "--term", "marea", "--collective", "Otra", "--json"
    ).json["id"]  # fmt: skip
    assert "Marea" in two("show", document, "--collective", "Semilla").out


def test_words_of_two_collectives_are_never_made_one(two: Aluna) -> None:
    mine, other = own(two, "Semilla", "Milpa"), own(two, "Otra", "Milpa")
    assert two("vocabulary", "same", mine, other).code != 0


def test_what_is_written_goes_to_the_collective_that_was_named(two: Aluna) -> None:
    spaces = {one["name"]: one["id"] for one in two("status", "--json").json["spaces"]}
    document = two("add", "event", "x", "--collective", "Otra", "--json").json["id"]
    assert two("show", document, "--json").json["space"] == spaces["Otra"]
    assert two("add", "event", "x").code == 2
