"""The schemas of SPEC.md read as what they are: arrays, fields, numbers and repetitions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aluna_protocol

SPEC = (Path(aluna_protocol.__file__).parents[1] / "SPEC.md").read_text(encoding="utf-8")
_TOKEN = re.compile(r"\s*(\[|\]|,|…|[^\[\],…]+)")


@dataclass(frozen=True)
class Field:
    """A named place; *also* is another shape it may have."""

    name: str
    also: Array | None = None


@dataclass(frozen=True)
class Array:
    """Items in order; the last is repeated when *repeated*."""

    items: tuple[Field | Array | int, ...]
    repeated: bool = False


@dataclass(frozen=True)
class Schema:
    """One structure of one section; *name* is set where it is a part of others."""

    section: str
    name: str
    array: Array


def section_of(number: str) -> str:
    """Return the text of a section, without what is below another heading."""
    start = SPEC.index(f"\n{'#' * (2 + number.count('.'))} {number} ")
    return re.split(r"\n##+ ", SPEC[start + 4 :], maxsplit=1)[0]


def schemas(number: str) -> Iterator[Schema]:
    """Yield the schemas of a section: in code blocks and between backticks."""
    text = section_of(number)
    blocks = re.findall(r"```\n(.*?)```", text, re.DOTALL)
    places = [line for block in blocks for line in block.split("\n")]
    places += re.findall(r"`([^`\n]*\[[^`\n]+\])`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    for place in places:
        for name, array in re.findall(r"(?:^|\s)(?:(\w+) = )?(\[.*?\](?=\s{2,}|\s*$))", place):
            if re.match(r"\[ ?(\d|\[|[a-z])", array):
                yield Schema(number, name, parse(array))


def parse(text: str) -> Array:
    """Parse one schema."""
    tokens = _TOKEN.findall(text)
    array, end = _array(tokens, 1)
    assert end == len(tokens), text
    return array


def _array(tokens: list[str], at: int) -> tuple[Array, int]:
    items: list[Field | Array | int] = []
    repeated = False
    while tokens[at] != "]":
        token = tokens[at].strip()
        at += 1
        if token == "[":
            inner, at = _array(tokens, at)
            if items and isinstance(items[-1], Field) and items[-1].name.endswith(" or"):
                items[-1] = Field(items[-1].name.removesuffix(" or"), inner)
            else:
                items.append(inner)
        elif token == "…":
            repeated = True
        elif token.isdecimal():
            items.append(int(token))
        elif token not in {",", ""}:
            items.append(Field(re.sub(r" \(\d+\)$| or nil$", "", token)))
    return Array(tuple(items), repeated), at + 1


def fits(array: Array, value: Any, parts: dict[str, Array]) -> bool:
    """Tell whether *value* is of the shape *array*, as far as arrays and numbers tell."""
    return next(_values(array, value, parts, ()), None) is not None


def fields_in(array: Array, value: Any, parts: dict[str, Array]) -> list[tuple[str, str]]:
    """Return name and value of every field in *value*, which has the shape *array*."""
    return [pair for pair in _values(array, value, parts, ()) if pair[0]]


def names_in(array: Array) -> Iterator[str]:
    """Yield the names of all fields."""
    for item in array.items:
        if isinstance(item, Array):
            yield from names_in(item)
        elif isinstance(item, Field):
            yield item.name
            if item.also is not None:
                yield from names_in(item.also)


class NoFitError(Exception):
    """The value has another shape."""


def _values(
    array: Array, value: Any, parts: dict[str, Array], path: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    try:
        found = list(_walk(array, value, parts))
    except NoFitError:
        return
    yield "", repr(value)
    yield from found


def _walk(array: Array, value: Any, parts: dict[str, Array]) -> Iterator[tuple[str, str]]:
    if not isinstance(value, list):
        raise NoFitError
    if array.repeated:
        *fixed, last = array.items
        if len(value) < len(fixed):
            raise NoFitError
        items = [*fixed, *[last] * (len(value) - len(fixed))]
    else:
        items = list(array.items)
    if len(items) != len(value):
        raise NoFitError
    for item, one in zip(items, value, strict=True):
        if isinstance(item, int):
            if one != item or isinstance(one, bool):
                raise NoFitError
        elif isinstance(item, Array):
            yield from _walk(item, one, parts)
        elif item.name in parts and isinstance(one, list):
            yield item.name, repr(one)
            yield from _walk(parts[item.name], one, parts)
        elif item.also is not None and isinstance(one, list):
            yield from _walk(item.also, one, parts)
        else:
            yield item.name, repr(one)
