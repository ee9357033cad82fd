"""The table of `docs/threat-model.md` and the tests of the tree belong together, row by row.

`python tests/test_threat_model.py` writes the column of tests anew.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "docs" / "threat-model.md"
ROW = re.compile(r"^\| ([TLKDIMSP]\d+) \| (.+?) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)
TEST = re.compile(r"^\s*(?:async )?def test_((?:[tlkdimsp]\d+_)+)", re.MULTILINE)
FAMILIES = {
    "T": (1, 15), "L": (1, 8), "K": (1, 10), "D": (1, 12),
    "I": (1, 7), "M": (1, 5), "S": (1, 14), "P": (1, 2),
}  # fmt: skip
ROWS = [
    f"{letter}{number}"
    for letter, (first, last) in FAMILIES.items()
    for number in range(first, last + 1)
]


def files_by_row() -> dict[str, set[str]]:
    """Return, for each row, the test files in which a test carries its id."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for ids in TEST.findall(path.read_text(encoding="utf-8")):
            for row in ids.strip("_").split("_"):
                found[row.upper()].add(path.relative_to(ROOT / "tests").as_posix())
    return found


def cell(files: set[str]) -> str:
    """Return what the last column says for a row."""
    return " · ".join(f"`{name.removesuffix('.py')}`" for name in sorted(files))


def test_the_table_has_every_row_once_and_in_order() -> None:
    assert [row for row, *_ in ROW.findall(TABLE.read_text(encoding="utf-8"))] == ROWS


def test_every_row_names_exactly_the_files_whose_tests_carry_its_id() -> None:
    files = files_by_row()
    for row, _, _, tests in ROW.findall(TABLE.read_text(encoding="utf-8")):
        assert tests == cell(files[row]), f"{row}: run python tests/test_threat_model.py"


def test_every_row_has_a_test() -> None:
    files = files_by_row()
    assert [row for row in ROWS if not files[row]] == []


def main() -> None:
    """Write the column of tests anew."""
    files = files_by_row()
    text = TABLE.read_text(encoding="utf-8")
    TABLE.write_text(
        ROW.sub(lambda row: f"| {row[1]} | {row[2]} | {row[3]} | {cell(files[row[1]])} |", text),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
