"""The specification and the code say the same: sections, limits, constants."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

import aluna_protocol
from aluna_protocol import limits, packing

PACKAGE = Path(aluna_protocol.__file__).parent
ROOT = PACKAGE.parent.parent
SPEC = (PACKAGE.parent / "SPEC.md").read_text(encoding="utf-8")
SECTIONS = set(re.findall(r"^#+ (\d+(?:\.\d+)*) ", SPEC, re.MULTILINE))
CITATION = re.compile(r"SPEC (§\d+(?:\.\d+)*(?:(?:, |-)§?\d+(?:\.\d+)*)*)")
SOURCES = sorted(
    path for folder in (PACKAGE, ROOT / "aluna_sync", ROOT / "tui") for path in folder.rglob("*.py")
)


def cited(text: str) -> set[str]:
    """Return the sections a text cites; §8.5-8.6 cites both its ends."""
    return {
        number
        for match in CITATION.finditer(text)
        for number in re.findall(r"\d+(?:\.\d+)*", match[1])
    }


def test_every_section_the_code_cites_exists() -> None:
    missing = {
        (path.name, section)
        for path in SOURCES
        for section in cited(path.read_text(encoding="utf-8")) - SECTIONS
    }
    assert not missing
    assert sum(bool(cited(path.read_text(encoding="utf-8"))) for path in SOURCES) > 25


def test_every_section_the_specification_cites_exists() -> None:
    # RFCs, Noise and others are cited with their name before the section.
    own = re.sub(r"(?:Noise|RFC \d+) §[\d.]+", "", SPEC)
    assert set(re.findall(r"§(\d+(?:\.\d+)*)", own)) <= SECTIONS


def test_every_module_of_the_core_cites_its_section() -> None:
    for path in PACKAGE.glob("*.py"):
        if path.name not in {"__init__.py", "dataclass.py", "errors.py"}:
            assert cited(path.read_text(encoding="utf-8")), path.name


def constants() -> list[str]:
    tree = ast.parse((PACKAGE / "limits.py").read_text(encoding="utf-8"))
    return [
        node.target.id
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]


@pytest.mark.parametrize("name", constants())
def test_a_limit_is_in_section_12_with_its_value_and_a_reason(name: str) -> None:
    chapter = SPEC[SPEC.index("\n## 12 ") : SPEC.index("\n## 13 ")]
    row = re.search(rf"^\| `{name}` \| (.+?) \| (.+?) \|$", chapter, re.MULTILINE)
    assert row is not None
    value = getattr(limits, name)
    expected = [float(one) for one in (value if isinstance(value, tuple) else (value,))]
    assert [float(one) for one in re.findall(r"[\d.]+", row[1].replace(",", ""))] == expected
    assert len(row[2]) > 5


def test_section_12_names_no_limit_that_is_gone() -> None:
    chapter = SPEC[SPEC.index("\n## 12 ") : SPEC.index("\n## 13 ")]
    assert re.findall(r"^\| `(\w+)` \|", chapter, re.MULTILINE) == constants()


def bounds_elsewhere() -> dict[str, float]:
    """Return the bounds that stand in other modules than `limits`, by module and name."""
    found: dict[str, float] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        place = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        if place == "limits" or path.name == "__init__.py":
            continue
        module = importlib.import_module(f"aluna_protocol.{place}")
        for name in re.findall(
            r"^((?:MAX|INTRODUCTION)_\w+|\w+_SECONDS)\b.* = ",
            path.read_text(encoding="utf-8"),
            re.MULTILINE,
        ):
            found[f"{place}.{name}"] = float(getattr(module, name))
    return found


def test_bounds_that_stand_elsewhere_are_in_section_12_with_value_and_reason() -> None:
    chapter = SPEC[SPEC.index("\nBeside them") : SPEC.index("\n## 13 ")]
    rows = re.findall(r"^\| `([\w.]+)` \| ([\d,.]+)(?: s)? \| (.{8,}) \|$", chapter, re.MULTILINE)
    assert {name: float(value.replace(",", "")) for name, value, _ in rows} == bounds_elsewhere()


def test_the_preset_dictionary_is_in_the_specification() -> None:
    chapter = SPEC[SPEC.index("### 5.4 ") : SPEC.index("### 5.5 ")]
    assert packing.PRESET.hex() in chapter.replace("\n", "")
    assert f"is {len(packing.PRESET)} bytes" in chapter


def test_every_purpose_of_a_derivation_is_in_section_3_and_has_one_use() -> None:
    chapter = SPEC[SPEC.index("### 3.2 ") : SPEC.index("### 3.3 ")]
    purposes = [
        purpose
        for path in PACKAGE.rglob("*.py")
        for purpose in re.findall(r'person=b"([^"]+)"', path.read_text(encoding="utf-8"))
    ]
    assert len(purposes) == len(set(purposes)) > 10
    assert all(f'"{purpose}"' in chapter for purpose in purposes)
    assert all(len(purpose) <= 16 for purpose in purposes)


def test_every_file_of_vectors_is_named_and_there() -> None:
    named = set(re.findall(r"`vectors/(\w+\.json)`", SPEC))
    there = {path.name for path in (PACKAGE.parent / "vectors").glob("*.json")}
    assert named == there
