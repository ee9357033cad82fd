"""Help in the person's language, and commands that stay light."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aluna_tui.__main__ import asked_language
from aluna_tui.commands.table import ENTRIES, find_entry
from unit.commands.conftest import Aluna

HEAVY = (
    "textual",
    "rich",
    "asyncio",
    "zeroconf",
    "babel",
    "platformdirs",
    "segno",
    "multiprocessing",
    "importlib.metadata",
)
FOR_SOME = {
    "automerge": ("add",),
    "aluna_sync.engine.process": (),
    "aluna_sync.engine.types": ("add", "show", "status"),
    "aluna_sync.journal.records": ("add", "show", "status"),
    "aluna_sync.opener": ("add",),
}
"""What costs time to load, and which verbs may load it: a list is answered without any of it."""
_ENGLISH = ("Usage:", "Options:", "Commands:", "Show this", "[OPTIONS]", "Error:")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_help_of_every_verb_speaks_one_language(aluna: Aluna, entry: object) -> None:
    name, twin = entry.name, entry.twin  # type: ignore[attr-defined]
    spanish = aluna(twin, "--help", lang="es").out
    english = aluna(name, "--help", lang="en").out
    assert spanish.startswith(f"Uso: aluna {twin}")
    assert english.startswith(f"Usage: aluna {name}")
    assert not [word for word in _ENGLISH if word in spanish.replace("“", "")]


def test_every_verb_and_twin_is_found_with_or_without_accents() -> None:
    assert len({entry.name for entry in ENTRIES} | {entry.twin for entry in ENTRIES}) == 2 * len(
        ENTRIES
    )
    for entry in ENTRIES:
        assert find_entry(entry.name) is entry
        assert find_entry(entry.twin.upper()) is entry


def test_errors_of_use_are_spanish_too(aluna: Aluna) -> None:
    said = aluna("anotar", lang="es").err
    assert "Uso: aluna anotar" in said
    assert "Falta el argumento" in said
    assert "Missing" not in said


def test_the_language_asked_for_wins_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALUNA_LANG", "es")
    assert asked_language(["list", "--lang", "en"]) == "en"
    assert asked_language(["--lang=en", "list"]) == "en"
    assert asked_language(["add", "note", "--", "--lang=en"]) == "es"
    monkeypatch.setenv("ALUNA_LANG", "en")
    assert asked_language([]) == "en"


def test_without_a_terminal_the_screens_are_not_opened(aluna: Aluna) -> None:
    said = aluna()
    assert said.code == 2
    assert "Usage: aluna" in said.out


def _modules_after(arguments: list[str], passphrase_file: Path) -> set[str]:
    program = (
        "import sys\n"
        "from aluna_tui.__main__ import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        "print(*sorted(sys.modules), file=sys.stderr)\n"
    )
    environment = {**os.environ, "ALUNA_PASSPHRASE_FILE": str(passphrase_file), "ALUNA_LANG": "en"}
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=environment, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return set(done.stderr.splitlines()[-1].split())


def test_reading_and_writing_import_neither_screens_nor_network(
    founded: Aluna, tmp_path: Path, passphrase_file: Path
) -> None:
    home = ["--home", str(tmp_path / "vault")]
    written = founded("add", "note", "una nota").out.split()[0]
    for verb, *more in (
        ["--help"],
        ["list", "--json"],
        ["add", "note", "ligera"],
        ["show", written],
        ["status", "--json"],
    ):
        loaded = _modules_after([*home, verb, *more], passphrase_file)
        assert [name for name in HEAVY if name in loaded] == [], verb
        told = {name for name, verbs in FOR_SOME.items() if name in loaded and verb not in verbs}
        assert told == set(), verb
        assert verb != "add" or "automerge" in loaded
