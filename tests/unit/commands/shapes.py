"""Reads the shapes of `docs/json_shapes.py` and holds what a verb printed against them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r'\s*("(?:[^"])*"\??|[{}\[\]|:,]|…|\w+)')
_WORDS: dict[str, Callable[[Any], object]] = {
    "str": lambda value: isinstance(value, str),
    "n": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "f": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "bool": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "hex": lambda value: isinstance(value, str) and re.fullmatch("(?:[0-9a-f]{2})+", value),
    "date": lambda value: isinstance(value, str) and re.fullmatch(r"\d{4}(-\d\d){0,2}", value),
    "time": lambda value: isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value),
    "…": lambda value: True,
}


@dataclass
class Shape:
    """One of several ways a value may be."""

    ways: list[Any] = field(default_factory=list)

    def fits(self, value: Any) -> bool:
        """Tell whether *value* is one of the ways."""
        return any(_fits(way, value) for way in self.ways)


def _fits(way: Any, value: Any) -> bool:
    match way:
        case Shape():
            return way.fits(value)
        case ["each", Shape() as inner]:
            return isinstance(value, list) and all(map(inner.fits, value))
        case ["keyed", Shape() as inner]:
            return isinstance(value, dict) and all(map(inner.fits, value.values()))
        case ["object", dict(members), bool(more)]:
            if not isinstance(value, dict):
                return False
            known = all(name in value or optional for name, (optional, _) in members.items())
            unknown = set(value) - set(members)
            inside = all(
                members[name][1].fits(one) for name, one in value.items() if name in members
            )
            return known and inside and (more or not unknown)
        case ["is", str(words)]:
            return bool(value == words)
        case str():
            return bool(_WORDS[way](value))
        case _:
            raise AssertionError(way)


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = _TOKEN.findall(text)
        self.at = 0

    def take(self, *wanted: str) -> str:
        token: str = self.tokens[self.at]
        assert not wanted or token in wanted, (token, wanted, self.tokens[: self.at])
        self.at += 1
        return token

    def value(self) -> Shape:
        shape = Shape([self.one()])
        while self.at < len(self.tokens) and self.tokens[self.at] == "|":
            self.take("|")
            shape.ways.append(self.one())
        return shape

    def one(self) -> Any:
        token = self.take()
        if token == "[":
            inner = self.value()
            self.take("]")
            return ["each", inner]
        if token == "{":
            return self.members()
        return ["is", token.strip('"')] if token.startswith('"') else token

    def members(self) -> Any:
        members: dict[str, tuple[bool, Shape]] = {}
        more = False
        keyed: Shape | None = None
        while self.tokens[self.at] != "}":
            token = self.take()
            if token == "…":
                more = True
            elif token in ("str", "hex"):
                self.take(":")
                keyed = self.value()
            elif token != ",":
                self.take(":")
                members[token.strip('"?')] = (token.endswith("?"), self.value())
        self.take("}")
        return ["keyed", keyed] if keyed is not None else ["object", members, more]


def shape(text: str) -> Shape:
    """Return the shape that *text* spells, whole."""
    reader = _Reader(text)
    found = reader.value()
    assert reader.at == len(reader.tokens), reader.tokens[reader.at :]
    return found
