"""The catalogues: complete, current, and in the words of the field."""

from __future__ import annotations

import ast
import importlib.util
import re
import string
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message

import aluna_tui
from aluna_tui.texts import (
    LOCALE_DIR,
    language,
    language_from_environment,
    listed,
    ngettext,
    use_language,
)

PACKAGE = Path(aluna_tui.__file__).parent


@pytest.fixture(autouse=True)
def _spanish_again() -> Iterator[None]:
    yield
    use_language("es")


@pytest.fixture(scope="module")
def update() -> ModuleType:
    """Return the script that keeps the catalogues up to date, as a module."""
    spec = importlib.util.spec_from_file_location("locale_update", LOCALE_DIR / "update.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def spanish(update: ModuleType) -> Catalog:
    """Return the Spanish catalogue brought up to date in memory."""
    catalog: Catalog = update.merged("es")
    return catalog


def _forms(text: object) -> list[str]:
    return list(text) if isinstance(text, (tuple, list)) else [str(text)]


def _translated(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def test_every_text_has_its_spanish(spanish: Catalog) -> None:
    missing = [m.id for m in _translated(spanish) if not all(_forms(m.string)) or not m.string]
    assert missing == []


def test_the_committed_catalogues_are_current(update: ModuleType, spanish: Catalog) -> None:
    path: Path = update.po_path("es")
    remedy = "run: python tui/aluna_tui/locale/update.py"
    assert path.read_bytes() == update.po_bytes(spanish), remedy
    assert path.with_suffix(".mo").read_bytes() == update.mo_bytes(spanish), remedy


def _holes(text: str) -> set[str]:
    percent = set(re.findall(r"%\(\w+\)s", text))
    return percent | {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_a_translation_has_the_placeholders_of_its_text(spanish: Catalog) -> None:
    wrong: list[object] = []
    for message in _translated(spanish):
        wanted = {hole for form in _forms(message.id) for hole in _holes(form)}
        said = {hole for form in _forms(message.string) for hole in _holes(form)}
        if said != wanted:
            wrong.append(message.id)
    assert wrong == []


FORBIDDEN = {
    "en": (
        "symptom", "patient", "beneficiar", "resilience", "burnout", "overdue", "inactive",
        "conflict", "delete for everyone", "relapse", "victim", "score", "ranking",
        "resolved", "user ", "server ",
    ),
    "es": (
        "síntoma", "paciente", "beneficiari", "resiliencia", "burnout", "vencid", "inactiv",
        "conflicto", "eliminar para todos", "recaída", "víctima", "puntaje", "ranking",
        "resuelt", "usuari", "incumplid",
    ),
}  # fmt: skip
"""Words of domain A4 that no screen and no command says; "no server" is the only one named."""


def test_no_text_uses_a_word_the_field_refuses(spanish: Catalog, update: ModuleType) -> None:
    ours: set[str] = set(_texts_of_the_package())
    found = []
    for message in _translated(spanish):
        if not set(_forms(message.id)) & ours:
            continue  # click's own
        for code, forms in (("en", message.id), ("es", message.string)):
            for form in _forms(forms):
                plain = form.lower().replace("no server ", "")
                found += [(word, form) for word in FORBIDDEN[code] if word in plain]
    assert found == []


def _texts_of_the_package() -> Iterator[str]:
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in ("_", "N_", "ngettext"):
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield argument.value


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


SPEAKING = ("echo", "data", "talk", "bold", "sentence", "ask", "prompt", "UsageError")
SPEAKING_KEYWORDS = ("help", "epilog", "short_help", "metavar", "prompt")
_WORD = re.compile(r"[^\W\d_]{3,}")
_SAME_EVERYWHERE = {"HOST:PORT", "bash|zsh|fish"}


def test_no_words_for_people_go_around_the_catalogue() -> None:
    """Every literal given to something that speaks, in the commands, must stand inside `_`."""
    found = []
    for file in sorted((PACKAGE / "commands").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            spoken = list(node.args) if _name(node.func) in SPEAKING else []
            spoken += [k.value for k in node.keywords if k.arg in SPEAKING_KEYWORDS]
            found += [(file.name, text) for part in spoken for text in _bare_words(part)]
    assert found == []


def _bare_words(part: ast.expr) -> Iterator[str]:
    match part:
        case ast.Constant(value=str(text)) if _WORD.search(text):
            if text not in _SAME_EVERYWHERE:
                yield text
        case ast.JoinedStr(values=values):
            for value in values:
                yield from _bare_words(value)
        case ast.BinOp(left=left, right=right):
            yield from _bare_words(left)
            yield from _bare_words(right)
        case _:
            return


def test_a_catalogue_text_is_always_a_literal() -> None:
    """`_(variable)` is fine only for what `N_` marked; an f-string would never be found."""
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in ("_", "N_", "ngettext"):
                assert not any(isinstance(one, ast.JoinedStr) for one in node.args), file.name


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "es"),
        ({"LANG": "C.UTF-8"}, "es"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "es_MX.UTF-8"}, "es"),
        ({"LANG": "es_MX", "ALUNA_LANG": "en"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "es"),
    ],
)
def test_the_language_comes_from_the_environment_else_spanish(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ALUNA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language_from_environment() == expected


def test_a_language_nobody_translated_is_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        use_language("fr")
    assert language() == "es"


def test_numbers_choose_the_form_in_both_languages() -> None:
    for code, one, many in (("es", "registro", "registros"), ("en", "record", "records")):
        use_language(code)
        assert ngettext("{count} record", "{count} records", 1).format(count=1) == f"1 {one}"
        assert ngettext("{count} record", "{count} records", 0).format(count=0) == f"0 {many}"


def test_lists_are_said_as_people_say_them() -> None:
    assert listed([]) == ""
    assert listed(["Ana"]) == "Ana"
    assert listed(["Ana", "Julia"]) == "Ana y Julia"
    assert listed(["Ana", "Julia", "Itzel"]) == "Ana, Julia e Itzel"
    assert listed(["agua", "hielo"]) == "agua y hielo"
    use_language("en")
    assert listed(["Ana", "Julia", "Itzel"]) == "Ana, Julia and Itzel"
