"""The vectors cover the specification: every field, every error, one thing broken at a time."""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgpack
import pytest

import aluna_protocol
from aluna_protocol.errors import RemoteProtocolError
from harness.schemas import Array, fields_in, fits, names_in, schemas, section_of
from vectors.making import shown

Json = dict[str, Any]
PACKAGE = Path(aluna_protocol.__file__).parent
SYNC = PACKAGE.parents[1] / "aluna_sync"
FILES = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((PACKAGE.parent / "vectors").glob("*.json"))
}
SECTIONS = [
    "5.1",
    "6.2",
    "6.3",
    "7.2",
    "7.3",
    "7.4",
    "9.4",
    "9.6",
    *(f"11.{n}" for n in range(2, 10)),
    "11.17",
    "11.18",
    "18.4",
]
SCHEMAS = [one for number in SECTIONS for one in schemas(number)]
PARTS = {one.name: one.array for one in SCHEMAS if one.name}
CANNOT_VARY = {"version": "there is one version"}


def cases(value: Any) -> Iterator[Json]:
    """Yield every object of a file of vectors."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from cases(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from cases(inner)


def all_of(case: Json) -> bytes:
    if "pieces" in case:
        return b"".join(bytes.fromhex(piece) * times for piece, times in case["pieces"])
    return bytes.fromhex(str(case.get("bytes", case.get("header", ""))))


def table(number: str, columns: int) -> list[tuple[str, ...]]:
    """Return the rows of the tables of a section that have so many columns."""
    lines = re.findall(r"^\|(.+)\|$", section_of(number), re.MULTILINE)
    rows = [tuple(cell.strip() for cell in line.split("|")) for line in lines]
    return [row for row in rows if len(row) == columns]


ERRORS = {
    match[1]: row[2]
    for row in table("16", 3)
    if (match := re.fullmatch(r'"(.+)"', row[0])) is not None
}
_GUARDED = section_of("16").split("no vectors:")[1]
GUARDS = set(re.findall(r'^\| "(.+?)" \|', _GUARDED, re.MULTILINE))


def raised_in(path: Path) -> Iterator[str]:
    """Yield what a module says of peers' bytes, wherever it raises a `RemoteProtocolError`."""
    module = importlib.import_module(".".join(path.with_suffix("").parts[-depth(path) - 1 :]))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[said]):
                kind = getattr(module, name, None)
                if isinstance(kind, type) and issubclass(kind, RemoteProtocolError):
                    yield from (
                        one.value
                        for one in ast.walk(said)
                        if isinstance(one, ast.Constant) and isinstance(one.value, str)
                    )
            case _:
                continue


def depth(path: Path) -> int:
    """Return how many folders up the package of *path* starts."""
    parts = path.parts[::-1]
    return next(n for n, part in enumerate(parts) if part in {"aluna_protocol", "aluna_sync"})


def test_the_errors_of_the_specification_are_those_of_the_code() -> None:
    sources = [path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"]
    sources += [PACKAGE / "lint" / "__init__.py", SYNC / "founding.py"]
    raised = {error for path in sources for error in raised_in(path)}
    assert raised == set(ERRORS)


def test_the_errors_a_section_quotes_are_in_the_list() -> None:
    for number in ("4.1", "4.2", "5.1", "5.2", "5.3", "6.2", "6.3", "7.1", "7.2", "11.2", "11.5"):
        for line in re.findall(r"\*Errors\.\*(.+?)\n\n", section_of(number), re.DOTALL):
            assert set(re.findall(r'"([^"]+)"', line.replace("\n", " "))) <= set(ERRORS), number


def test_every_error_has_a_vector_that_names_it_and_none_names_another() -> None:
    named = {case["error"] for case in cases(FILES) if isinstance(case.get("error"), str)}
    assert named == set(ERRORS) - GUARDS


# -- fields --------------------------------------------------------------------------------------

STRUCTURES = [
    case["fields"] if "fields" in case else shown(msgpack.unpackb(all_of(case)))
    for case in cases([vectors for name, vectors in FILES.items() if name != "encoding"])
    if "error" not in case and ("fields" in case or {"bytes", "pieces"} & set(case))
]


@pytest.mark.parametrize(
    "schema", SCHEMAS, ids=[f"{one.section} {one.name} {n}" for n, one in enumerate(SCHEMAS)]
)
def test_every_field_has_two_values_in_valid_vectors(schema: Any) -> None:
    known = [schema.array]
    if schema.name or not isinstance(schema.array.items[0], int):
        known = [schema.array, *(one.array for one in SCHEMAS if holds(one.array, schema))]
    seen: dict[str, set[str]] = {}
    for fields in STRUCTURES:
        for array in known:
            for name, value in fields_in(array, fields, PARTS):
                seen.setdefault(name, set()).add(value)
    for name in names_in(schema.array):
        wanted = 1 if name in CANNOT_VARY else 2
        assert len(seen.get(name, ())) >= wanted, name


def holds(array: Array, schema: Any) -> bool:
    """Tell whether *array* has the part *schema* in it."""
    return bool(schema.name) and schema.name in set(names_in(array))


def test_every_valid_structure_is_one_of_the_specification() -> None:
    for fields in STRUCTURES:
        assert any(fits(one.array, fields, PARTS) for one in SCHEMAS), fields


def test_every_field_is_explained_in_its_section_or_among_the_common_ones() -> None:
    common = {name for row in table("4.3", 3) for name in re.split("[,;] ", row[0])}
    for one in SCHEMAS:
        rows = [row for columns in (3, 4) for row in table(one.section, columns)]
        own = {name for row in rows for cell in row[:2] for name in cell.split(", ")}
        prose = section_of(one.section)
        for name in set(names_in(one.array)) - set(PARTS):
            explained = name in own | common or (name.startswith("name of ") and "name" in common)
            assert explained or f"`{name}`" in prose, (one.section, name)


# -- one thing at a time -------------------------------------------------------------------------


def named_cases(file: Any) -> dict[str, bytes]:
    """Return the valid structures of a file, by their names."""
    return {
        case["name"]: all_of(case)
        for case in cases(file)
        if "error" not in case and "name" in case and {"bytes", "pieces", "header"} & set(case)
    }


@pytest.mark.parametrize("name", sorted(FILES))
def test_of_what_is_refused_one_item_is_wrong(name: str) -> None:
    valid = named_cases(FILES[name])
    for case in cases(FILES[name]):
        if case.get("at") is None:
            continue
        good, bad = valid[case["of"]], all_of(case)
        wanted, repaired = msgpack.unpackb(good), msgpack.unpackb(bad)
        *way, last = case["at"]
        inner, right = repaired, wanted
        for step in way:
            inner, right = inner[step], right[step]
        assert inner[last] != right[last] or type(inner[last]) is not type(right[last]), case[
            "name"
        ]
        inner[last] = right[last]
        assert msgpack.packb(repaired) == good, case["name"]


def test_every_string_of_an_announcement_has_two_values() -> None:
    keys = [*re.findall(r"`(\w\d?)`", section_of("10.2").split("K_disc")[0]), "k"]
    assert keys == ["v", "n", "t1", "t2", "t3", "k"]
    records = [case["txt"] for case in FILES["announce_refused"]["valid"]]
    records += [FILES["announce"][name] for name in ("member", "door")]
    for key in keys:
        values = {record[key] for record in records if key in record}
        assert len(values) >= (1 if key in {"v", "k"} else 2), key
