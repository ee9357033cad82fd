"""`bundle` and `folder` as commands: what they say, in both languages, and their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aluna_tui.commands.carrying import bundle_verb, folder_verb
from unit.commands.conftest import Aluna


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        (("bundle", "write"), ("bulto", "escribir")),
        (("bundle", "read"), ("bulto", "leer")),
        (("folder", "add"), ("carpeta", "agregar")),
        (("folder", "list"), ("carpeta", "ver")),
        (("folder", "forget"), ("carpeta", "olvidar")),
    ],
)
def test_each_verb_after_a_verb_has_a_twin_and_help_in_one_language(
    aluna: Aluna, english: tuple[str, ...], spanish: tuple[str, ...]
) -> None:
    assert aluna(*english, "--help", lang="en").out.startswith(f"Usage: aluna {' '.join(english)}")
    said = aluna(*spanish, "--help", lang="es").out
    assert said.startswith(f"Uso: aluna {' '.join(spanish)}")
    assert "Usage" not in said
    assert "[OPTIONS]" not in said


def test_the_help_of_a_group_names_its_verbs_in_both_languages(aluna: Aluna) -> None:
    for group in (bundle_verb, folder_verb):
        said = aluna(str(group.name), "--help", lang="en").out
        for name, twin in group.twins.items():
            assert f"{name} ({twin})" in said


def test_an_unknown_verb_after_a_verb_names_those_there_are(aluna: Aluna) -> None:
    said = aluna("bundle", "fly", lang="en")
    assert said.code == 2
    assert "write, read" in said.err


def test_a_bundle_for_nobody_is_not_written(founded: Aluna, tmp_path: Path) -> None:
    said = founded("bundle", "write", str(tmp_path / "x.bin"))
    assert said.code == 2
    assert not (tmp_path / "x.bin").exists()
    assert founded("bundle", "write", str(tmp_path / "x.bin"), "--for", "Nadie").code == 2


def test_what_is_no_bundle_is_refused_in_words(founded: Aluna, tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"words")
    said = founded("bundle", "read", str(tmp_path / "x.bin"), lang="en")
    assert said.code == 1
    assert "not a bundle" in said.err
    assert founded("bundle", "read", str(tmp_path / "nothing")).code == 1


def test_folders_are_added_listed_and_forgotten(founded: Aluna, tmp_path: Path) -> None:
    shared = tmp_path / "compartida"
    shared.mkdir()
    assert founded("folder", "add", str(shared)).code == 0
    assert founded("folder", "add", str(shared)).code == 1
    (listed,) = json.loads(founded("folder", "list", "--json").out)["folders"]
    assert (listed["folder"], listed["there"], listed["files"]) == (str(shared), True, 0)
    shared.rmdir()
    assert "not there" in founded("folder", "list", lang="en").out
    assert founded("folder", "forget", str(shared)).code == 0
    assert founded("folder", "forget", str(shared)).code == 2
    assert json.loads(founded("folder", "list", "--json").out)["folders"] == []
    assert founded("folder", "add", str(tmp_path / "not there")).code == 1
