"""Values inside cells: JSON read without trusting it, words made clean before they are written."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from typing import Final, NoReturn

from aluna_sync.engine.types import Scalar
from aluna_sync.journal import keys
from aluna_sync.journal.display import safe_text
from aluna_sync.journal.schema import ActKind, Field, MergeKind, Part, Shape
from aluna_sync.journal.types import Json

MAX_JSON: Final = 64 * 1024
"""Letters of one cell's JSON: words longer than this belong in a text."""
MAX_DEPTH: Final = 16
"""Nesting of one value: acts are two or three deep."""
MAX_INTEGER: Final = 2**63

OWN_TERMS: Final = "own_terms"
"""The field of every record for words of the collective's own: their ids, or free words."""

_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,63}(\.[a-z0-9_]{1,64})?")
_OWN: Final = re.compile(r"own\.[0-9a-f]{32}")
_ISO: Final = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d)?)?)?", re.ASCII
)
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def clean_words(words: str) -> str:
    """Return *words* as they are kept: NFC, line feeds, no control characters."""
    if words.isascii() and words.isprintable():
        return words
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    words = _SURROGATE.sub("\ufffd", _CONTROL.sub("", words))
    return unicodedata.normalize("NFC", words)


def clean_json(value: Json) -> Json:
    """Return *value* with every string in it cleaned."""
    match value:
        case str():
            return clean_words(value)
        case list():
            return [clean_json(item) for item in value]
        case dict():
            return {clean_words(key): clean_json(item) for key, item in value.items()}
        case _:
            return value


def dump_json(value: Json) -> str:
    """Return the one spelling of *value* this program writes."""
    return json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
    )


def parse_json(value: Scalar) -> Json:
    """Return what a cell's JSON says; None (which no cell needs to say) when it is not sound."""
    if not isinstance(value, str) or len(value) > MAX_JSON:
        return None
    try:
        parsed = json.loads(value, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    result: Json = parsed if _is_sound(parsed, MAX_DEPTH) else None
    return result


def is_id(value: object) -> bool:
    """Return whether *value* is spelled like the id of a term or choice."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def is_own(value: object) -> bool:
    """Return whether *value* is spelled like the id of a collective's own word."""
    return isinstance(value, str) and _OWN.fullmatch(value) is not None


def is_iso(value: object) -> bool:
    """Return whether *value* is a date as `When` keeps it: YYYY[-MM[-DD[Thh:mm]]]."""
    return isinstance(value, str) and _ISO.fullmatch(value) is not None


def item_fits(field: Field, item: str) -> bool:
    """Return whether *item* may stand in the set *field*; links are judged by `links`."""
    match field.shape:
        case Shape.TERM | Shape.CHOICE:
            return is_id(item)
        case Shape.PERSON:
            return _is_hex(item, 32)
        case _:
            return bool(item.strip()) and safe_text(item) == item


def value_fits(field: Field, value: Json) -> bool:
    """Return whether *value* has the shape *field* promises; choices nobody knows yet fit."""
    match field.shape:
        case Shape.WORDS:
            return isinstance(value, str)
        case Shape.TERM if field.merge is MergeKind.MAP:
            return isinstance(value, list) and all(is_id(item) for item in value)
        case Shape.CHOICE | Shape.TERM if field.own_words:
            return isinstance(value, str)
        case Shape.TERM | Shape.CHOICE:
            return is_id(value)
        case Shape.ACT:
            return isinstance(value, dict) and _act_fits(field, value)
        case Shape.WHEN | Shape.PLACE:
            return isinstance(value, dict) and _object_fits(field.shape, value)
        case Shape.PERSON | Shape.LINK | Shape.ENTRY:
            return False


def act_kind(field: Field, value: dict[str, Json]) -> ActKind | None:
    """Return the kind of the act *value*, None when this program does not know it."""
    name = value.get("act")
    return next((kind for kind in field.acts if kind.name == name), None)


def part_fits(part: Part, value: Json) -> bool:
    """Return whether *value* has the shape *part* promises; terms nobody knows yet fit."""
    if part.several:
        return isinstance(value, list) and all(_one_fits(part, one) for one in value)
    return _one_fits(part, value)


def _one_fits(part: Part, value: Json) -> bool:
    match part.shape:
        case Shape.WORDS:
            return isinstance(value, str)
        case Shape.TERM | Shape.CHOICE:
            return is_id(value)
        case Shape.PERSON:
            return _is_hex(value, 32)
        case Shape.ENTRY:
            return keys.is_write_id(value)
        case Shape.LINK:
            return _is_hex(value, 32)
        case Shape.WHEN | Shape.PLACE:
            return isinstance(value, dict) and _object_fits(part.shape, value)
        case Shape.ACT:
            return False


def _act_fits(field: Field, value: dict[str, Json]) -> bool:
    """Tell whether it is an act; one of a kind known here has the parts that kind promises."""
    if not isinstance(value.get("act"), str):
        return False
    kind = act_kind(field, value)
    return kind is None or all(
        part_fits(part, value[part.name]) if part.name in value else not part.needed
        for part in kind.parts
    )


_WORDS_OF: Final = {
    Shape.WHEN: ("precision", "words"),
    Shape.PLACE: ("name", "level"),
}


def _is_hex(value: object, letters: int) -> bool:
    return (
        isinstance(value, str)
        and len(value) == letters
        and all(letter in "0123456789abcdef" for letter in value)
    )


def _object_fits(shape: Shape, value: dict[str, Json]) -> bool:
    if not all(isinstance(value.get(name), str) for name in _WORDS_OF[shape]):
        return False
    if shape is Shape.WHEN:
        said = value.get("value")
        return (said is None or is_iso(said)) and is_id(value["precision"])
    return True


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _is_sound(value: object, depth: int) -> bool:
    # A picture asks this of a hundred thousand values, most of them words.
    match value:
        case str():
            # JSON can escape half a character, which no later encoding survives.
            return value.isascii() or _SURROGATE.search(value) is None
        case None | bool():
            return True
        case int():
            return -MAX_INTEGER <= value < MAX_INTEGER
        case float():
            return math.isfinite(value)
        case dict() | list() if depth <= 0:
            return False
        case list():
            return all(_is_sound(item, depth - 1) for item in value)
        case dict():
            for key, item in value.items():
                if not _is_sound(key, 0) or not _is_sound(item, depth - 1):
                    return False
            return True
        case _:
            return False
