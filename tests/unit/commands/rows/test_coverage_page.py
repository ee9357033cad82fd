"""The page `docs/coverage.md` and the tests of the rows belong together, row by row.

`python tests/unit/commands/rows/test_coverage_page.py` writes the columns of tests anew.
"""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from pathlib import Path

import pytest

from aluna_sync.journal.links import LINK_KINDS
from aluna_sync.journal.schema import TYPES
from aluna_tui.act_labels import ACTS, STANCES
from aluna_tui.commands.table import find_entry

HERE = Path(__file__).parent
PAGE = HERE.parents[3] / "docs" / "coverage.md"
ROW = re.compile(r"^\| (S\d+) \| ([^|]+) \| ([^|]+) \|([^|]*)\|([^|]*)\|$", re.MULTILINE)
TEST = re.compile(r"^def (test_row_(s\d+)_(lets|never)_\w+)", re.MULTILINE)
ROWS = [f"S{number}" for number in range(1, 30)]


def rows_of_page() -> list[tuple[str, str, str, str, str]]:
    """Return the rows of the page."""
    return ROW.findall(PAGE.read_text(encoding="utf-8"))


def found_by_row() -> dict[tuple[str, str], list[str]]:
    """Return, for each row and side, the tests that carry them in their names."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in sorted(HERE.glob("test_rows_*.py")):
        for name, row, side in TEST.findall(path.read_text(encoding="utf-8")):
            found[row.upper(), side].append(f"{path.stem}::{name}")
    return found


def cell(names: list[str]) -> str:
    """Return what a column of tests says."""
    return " " + " · ".join(f"`{name}`" for name in names) + " "


def test_the_page_has_every_row_once_and_in_order() -> None:
    assert [row for row, *_ in rows_of_page()] == ROWS


@pytest.mark.parametrize("side", ["lets", "never"])
def test_every_row_names_exactly_the_tests_that_carry_its_id(side: str) -> None:
    found = found_by_row()
    for row, _what, _commands, lets, never in rows_of_page():
        assert found[row, side], f"{row} has no test of this side"
        assert (lets if side == "lets" else never) == cell(found[row, side]), row


def sources_by_row() -> dict[str, str]:
    """Return the code of the tests of each row."""
    found: dict[str, str] = defaultdict(str)
    for path in sorted(HERE.glob("test_rows_*.py")):
        for part in re.split(r"^(?=def )", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
            for _name, row, _side in TEST.findall(part):
                found[row.upper()] += part
                # What a test of the row hands to another function of its file, it does as well.
                found[row.upper()] += _lent(part, path)
    return found


def _lent(part: str, path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    lent = re.findall(r"^def ((?!test_)\w+)\(.*?(?=^def )", text, re.MULTILINE | re.DOTALL)
    return text if any(f"{name}(" in part for name in lent) else ""


def test_every_command_of_the_page_exists_and_is_run_by_the_tests_of_its_row() -> None:
    acts = {name.replace("_", "-") for name in ACTS}
    acts |= {label for labels in STANCES.values() for label in labels}
    sources = sources_by_row()
    for row, _what, commands, *_ in rows_of_page():
        found = re.findall(r"`aluna ([^`]+)`", commands)
        assert found, row
        for command in found:
            verb, *rest = shlex.split(command)
            assert find_entry(verb) is not None, command
            match verb:
                case "add":
                    assert rest[0] in TYPES, command
                    said = f'"{rest[0]}"'
                case "act":
                    assert rest[1] in acts, command
                    said = f'"{rest[1]}"'
                case "link":
                    assert rest[1] in LINK_KINDS, command
                    said = f'"{rest[1]}"'
                case "edit":
                    said = ".edit("
                case "show":
                    said = ".told(" if len(rest) == 1 else f'"{rest[1]}"'
                case "bundle":
                    said = ".gives("
                case "list":
                    said = ".ids("
                case _:
                    said = f'"{verb}"'
            assert said in sources[row], (row, command)


def main() -> None:
    """Write the columns of tests anew."""
    found = found_by_row()
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(
        ROW.sub(
            lambda row: (
                f"| {row[1]} | {row[2]} | {row[3]} |"
                f"{cell(found[row[1], 'lets'])}|{cell(found[row[1], 'never'])}|"
            ),
            text,
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
