"""An act in words: what was done, and what it says besides."""

from __future__ import annotations

from typing import Final

from aluna_sync.journal.dates import when_from_json
from aluna_sync.journal.schema import ActKind, Field, Part, Shape
from aluna_sync.journal.types import Json
from aluna_sync.journal.values import act_kind
from aluna_sync.journal.vocabulary import vocabulary
from aluna_tui.labels import ACT_CHOICES, act_name
from aluna_tui.texts import _, language, listed
from aluna_tui.when_words import when_words

_UNSAID: Final = (Shape.ENTRY, Shape.PERSON, Shape.LINK)
"""Ids, which nobody reads."""
_SILENT: Final = ("seen", "fold", "fingerprint")


def act_words(field: Field | None, value: dict[str, Json]) -> str:
    """Say an act in words; one of a newer program by the words in it."""
    if value.get("act") == "taken_in":
        of = value.get("of")
        return _("took this in, in words of {who}").format(who=of if isinstance(of, str) else "?")
    kind = None if field is None else act_kind(field, value)
    if kind is None:
        said = value.get("words")
        named = value.get("act")
        parts = [one for one in (named, said) if isinstance(one, str) and one]
        return " · ".join(parts)
    pieces = [_done(kind, value)]
    pieces += [
        part_words(part, value[part.name])
        for part in kind.parts
        if part.name != kind.named_by and part.name not in _SILENT and part.name in value
    ]
    return " · ".join(piece for piece in pieces if piece)


def _done(kind: ActKind, value: dict[str, Json]) -> str:
    named = value.get(kind.named_by)
    if kind.named_by and isinstance(named, str):
        return vocabulary().label(named, language())
    return act_name(kind.name)


def part_words(part: Part, value: Json) -> str:
    """Say one part of an act; empty for what is an id."""
    if isinstance(value, list):
        return listed([said for one in value if (said := part_words(part, one))])
    match part.shape, value:
        case shape, _ if shape in _UNSAID:
            return ""
        case Shape.TERM, str():
            return vocabulary().label(value, language())
        case Shape.CHOICE, str():
            text = ACT_CHOICES.get(part.name, {}).get(value)
            return _(text) if text else value
        case Shape.WHEN, dict():
            return when_words(when_from_json(value))
        case _, str():
            return value
        case _:
            return ""
