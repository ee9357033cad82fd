"""The page about kinds of record says what the schema says, in both languages."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from aluna_sync.journal.schema import TYPES
from aluna_tui.labels import field_name
from aluna_tui.texts import language, use_language

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def make() -> ModuleType:
    """Return the script that writes the pages, as a module."""
    spec = importlib.util.spec_from_file_location("make_records", DOCS / "make_records.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("code", ["en", "es"])
def test_the_pages_are_current(make: ModuleType, code: str) -> None:
    before = language()
    written = make.PAGES[code].read_text(encoding="utf-8")
    assert written == make.page(code), "run: python docs/make_records.py"
    assert language() == before


def test_every_field_and_act_of_every_type_is_on_both_pages(make: ModuleType) -> None:
    for code in ("en", "es"):
        words = make.page(code)
        for declared in TYPES.values():
            assert f'<a id="{declared.name}"></a>' in words
            for field in declared.fields:
                assert f"| `{field.name}` |" in words
            for _field, kind in declared.acts:
                assert f"| `{kind.name}` |" in words


@pytest.mark.parametrize("code", ["en", "es"])
def test_no_two_fields_of_a_type_have_the_same_name(code: str) -> None:
    before = language()
    use_language(code)
    try:
        for type_, declared in TYPES.items():
            names = [field_name(type_, field.name) for field in declared.fields]
            assert sorted(set(names)) == sorted(names), type_
    finally:
        use_language(before)
