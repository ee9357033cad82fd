"""When something goes wrong: exit codes, sentences in both languages, and never a traceback."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import string
from pathlib import Path
from typing import NoReturn

import pytest

import aluna_sync
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from aluna_tui import troubles
from aluna_tui.sentences import TROUBLES, sentences
from aluna_tui.texts import use_language
from unit.commands.conftest import Aluna
from unit.commands.fakes import CheapDoors

_RAISED = {"AlunaError", "WrongUseError", "LockedError", "NobodyError", "IncompleteError"}


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("list",), 1),
        (("adicionar",), 2),
        (("add", "poema", "x"), 2),
        (("add", "note"), 2),
        (("init",), 2),
        (("join", "una", "dos", "--as", "Julia"), 2),
        (("join", "una", "dos", "tres", "cuatro", "zzzz", "--as", "Julia"), 2),
        (("invite", "--minutes", "muchos"), 2),
        (("--nada",), 2),
    ],
)
def test_wrong_use_has_its_exit_code_and_prints_no_data(
    aluna: Aluna, arguments: tuple[str, ...], code: int, lang: str
) -> None:
    said = aluna(*arguments, lang=lang)
    assert said.code == code
    assert said.out == ""
    assert said.err.strip()
    assert "Traceback" not in said.err


def test_a_wrong_passphrase_is_exit_code_3(founded: Aluna, passphrase_file: Path) -> None:
    passphrase_file.write_text("otra frase distinta\n", encoding="utf-8")
    said = founded("list")
    assert said.code == 3
    assert "does not open the vault" in said.err


def test_a_passphrase_file_others_can_read_is_refused(
    founded: Aluna, passphrase_file: Path
) -> None:
    passphrase_file.chmod(0o640)
    said = founded("list")
    assert said.code == 3
    assert "chmod 600" in said.err


def test_a_vault_is_never_written_over(founded: Aluna) -> None:
    assert founded("init", "Otra", "--as", "Ana").code == 1
    assert founded("status", "--json").json["spaces"][0]["name"] == "Semilla"


def test_a_slip_suggests_the_verb_in_the_language_in_use(aluna: Aluna) -> None:
    assert "invitar" in aluna("invitr", lang="es").err
    assert "invite" in aluna("invitr", lang="en").err


def test_an_unknown_record_field_term_or_date_changes_nothing(founded: Aluna) -> None:
    for arguments in (
        ("show", "abcdef01"),
        ("show", "ab"),
        ("add", "note", "x", "--set", "nada=1"),
        ("add", "note", "x", "--set", "sin igual"),
        ("add", "note", "x", "--term", "zzzzzz"),
        ("add", "note", "x", "--when", "el día de nunca jamás"),
        ("add", "note", "x", "--space", "la calle"),
        ("add", "note", "x", "--set", "where=19.4326, -99.1332"),
        ("list", "--since", "nunca jamás"),
    ):
        said = founded(*arguments)
        assert said.code == 2, arguments
        assert len(said.err.splitlines()) == 3, arguments
        assert "…" not in said.err.splitlines()[0], arguments
    assert founded("list", "--json").json["total"] == 0


def test_an_error_inside_never_shows_words_of_a_record(founded: Aluna) -> None:
    class BrokenDoors(CheapDoors):
        def unlock(self, home: Path, passphrase: str, *, merges: bool) -> NoReturn:
            secret = "canario amarillo"
            raise ZeroDivisionError(secret)

    said = founded("list", doors=BrokenDoors())
    assert said.code == 1
    assert "ZeroDivisionError" in said.err
    assert "canario" not in said.err
    assert "Traceback" not in said.err


def test_an_interruption_is_exit_code_130(founded: Aluna) -> None:
    class InterruptedDoors(CheapDoors):
        def unlock(self, home: Path, passphrase: str, *, merges: bool) -> Device:
            raise KeyboardInterrupt

    assert founded("list", doors=InterruptedDoors()).code == 130


def _codes_raised() -> dict[str, set[str]]:
    """Return the code of every error of the layer below, with the fields it always carries."""
    found: dict[str, set[str]] = {}
    root = Path(aluna_sync.__file__).parent
    for file in root.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id not in _RAISED or not node.args:
                continue
            code = node.args[0]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                fields = {keyword.arg or "" for keyword in node.keywords}
                found[code.value] = found.get(code.value, fields) & fields
    return found


def test_every_error_of_the_layers_below_has_its_sentences() -> None:
    raised = _codes_raised()
    assert len(raised) > 30
    assert sorted(set(raised) - set(TROUBLES)) == []


def test_no_trouble_is_told_in_two_ways() -> None:
    tables = [
        table
        for module in pkgutil.iter_modules(troubles.__path__)
        for name, table in vars(
            importlib.import_module(f"{troubles.__name__}.{module.name}")
        ).items()
        if name.isupper() and isinstance(table, dict)
    ]
    codes = [code for table in tables for code in table]
    assert set(codes) == set(TROUBLES)
    assert len(codes) == len(set(codes))


def test_no_sentence_waits_for_a_field_its_error_does_not_carry() -> None:
    for code, fields in _codes_raised().items():
        trouble = TROUBLES[code]
        asked = {
            name
            for text in (trouble.what, trouble.safe, trouble.then)
            for _literal, name, _spec, _conversion in string.Formatter().parse(text)
            if name
        }
        assert asked <= fields, code


@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_trouble_says_what_happened_what_is_safe_and_what_to_do(lang: str) -> None:
    use_language(lang)
    for code in TROUBLES:
        said = sentences(AlunaError(code))
        assert len(said) == 3
        assert all(text[-1] in ".»" for text in said), code
    use_language("es")


def test_an_unknown_code_still_gives_three_sentences() -> None:
    assert len(sentences(AlunaError("never-heard-of"))) == 3
