"""The checks of domain C10 in `docs/coverage.md` and the tests that carry them out."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "coverage.md"
CHECKS = ("1", "2", "3", "4", "5", "9", "10", "11", "13", "14")
ROW = re.compile(r"^\| C10-(\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/]+)::(test_\w+)`")
BY_CHECK = re.compile(r"^(?:async )?def (test_c10_(\d+)_\w+)", re.MULTILINE)


@cache
def rows() -> dict[str, list[tuple[str, str]]]:
    """Return the tests of each check, as file and name."""
    found = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return {number: NAMED.findall(f"{over} {beside}") for number, _what, over, beside in found}


def test_the_page_has_every_check_once_and_in_order() -> None:
    assert tuple(rows()) == CHECKS


@pytest.mark.parametrize("number", CHECKS)
def test_every_test_the_page_names_is_there(number: str) -> None:
    assert rows()[number]
    for path, name in rows()[number]:
        source = (TESTS / f"{path}.py").read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {name}\(", source, re.MULTILINE), (path, name)


def test_every_test_that_carries_a_check_in_its_name_is_on_the_page() -> None:
    listed = {(number, name) for number, named in rows().items() for _, name in named}
    for path in sorted(TESTS.rglob("test_*.py")):
        for name, number in BY_CHECK.findall(path.read_text(encoding="utf-8")):
            assert (number, name) in listed, path
