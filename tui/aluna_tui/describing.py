"""Values of a record in words: terms, choices, dates, places and people by their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import PersonId
from aluna_sync.journal.dates import when_from_json
from aluna_sync.journal.schema import Field, Shape, record_type
from aluna_sync.journal.types import Json, Link, Member, Record
from aluna_sync.journal.values import is_own
from aluna_sync.journal.vocabulary import vocabulary
from aluna_tui.act_words import act_words
from aluna_tui.labels import choice_name, field_name, link_name, readings_words
from aluna_tui.texts import _, language, listed
from aluna_tui.when_words import when_words

__all__ = [
    "SHOWN_APART", "Passage", "PersonNames", "links_by_name", "passages", "readings_label",
    "term_label", "value_words", "when_words",
]  # fmt: skip

PersonNames = Callable[[PersonId], str]

SHOWN_APART: Final = ("title", "care_note", "authors", "links")


@dataclass(frozen=True, slots=True)
class Passage:
    """One field in words: its name, and its lines; several lines when each stands alone."""

    name: str
    lines: tuple[str, ...]
    long: bool = False
    """A text of somebody: shown under its name, not beside it."""
    readings: int = 1


def term_label(term: str) -> str:
    """Return a vocabulary term in the language in use; an unknown one is its own label."""
    known = vocabulary()
    if term in known.hidden:
        return _("a word you keep hidden")
    if is_own(term) and known.term(term) is None:
        return _("a word kept elsewhere")
    return known.label(term, language())


def value_words(field: Field | None, value: Json, names: PersonNames) -> str:
    """Say one value in words."""
    match value:
        case None:
            return _("not spoken yet")
        case str():
            return _plain_words(field, value, names)
        case bool():
            return _("yes") if value else _("no")
        case int() | float():
            return str(value)
        case list():
            return listed([value_words(field, item, names) for item in value])
        case dict():
            return _object_words(field, value)


def _plain_words(field: Field | None, value: str, names: PersonNames) -> str:
    match field.shape if field else Shape.WORDS:
        case Shape.TERM:
            return term_label(value)
        case Shape.CHOICE:
            return choice_name(field.name, value) if field else value
        case Shape.PERSON:
            return names(PersonId(bytes.fromhex(value)))
        case _:
            return term_label(value) if is_own(value) else value


def _object_words(field: Field | None, value: dict[str, Json]) -> str:
    match field.shape if field else Shape.WORDS:
        case Shape.WHEN:
            return when_words(when_from_json(value))
        case Shape.PLACE:
            name, level = _text(value.get("name")), _text(value.get("level"))
            level_words = choice_name("where", level)
            return f"{name} ({level_words})" if name and level else name or level_words
        case Shape.ACT:
            return act_words(field, value)
        case _:
            parts = [_text(part) for part in value.values() if isinstance(part, str)]
            return " · ".join(part for part in parts if part)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def passages(record: Record, names: PersonNames) -> list[Passage]:
    """Return every field of *record* that says something, in the order of its type.

    Title, care note, authors and links are left out: they have a place of their own.
    """
    described = record_type(record.type)
    known = [field.name for field in described.fields]
    groups = (record.texts, record.sets, record.readings, record.maps, record.acts, record.values)
    present = {name for group in groups for name in group}
    order = [name for name in known if name in present] + sorted(present.difference(known))
    found: list[Passage] = []
    for name in order:
        if name not in SHOWN_APART:
            found += _passages_of(record, name, described.field(name), names)
    return found


def _passages_of(
    record: Record, name: str, field: Field | None, names: PersonNames
) -> list[Passage]:
    label = field_name(record.type, name)
    found: list[Passage] = []
    if text := record.texts.get(name, "").strip():
        found.append(Passage(label, (text,), long=True))
    if members := record.sets.get(name):
        found.append(Passage(label, (listed([_member(field, one, names) for one in members]),)))
    if readings := record.readings.get(name):
        said = [(value_words(field, one.value, names), one.by) for one in readings]
        if len(said) == 1:
            found.append(Passage(label, (said[0][0],)))
        else:
            lines = tuple(f"{words} ({names(by) if by else '?'})" for words, by in said)
            found.append(Passage(label, lines, readings=len(said)))
    if owned := record.maps.get(name):
        lines = tuple(
            f"{names(person)}: {_owned_words(field, value, names)}"
            for person, value in owned.items()
        )
        found.append(Passage(label, lines))
    if acts := record.acts.get(name):
        lines = tuple(
            f"{names(act.by) if act.by else '?'}: {value_words(field, act.value, names)}"
            for act in acts
        )
        found.append(Passage(label, lines))
    if name in record.values:
        found.append(Passage(label, (value_words(field, record.values[name], names),)))
    return found


def _owned_words(field: Field | None, value: Json, names: PersonNames) -> str:
    if isinstance(value, dict) and field is not None and field.keyed:
        said = [f"{key}: {value_words(field, one, names)}" for key, one in value.items()]
        return " · ".join(said)
    return value_words(field, value, names)


def _member(field: Field | None, member: Member, names: PersonNames) -> str:
    words = value_words(field, member.item, names)
    return f"{words} ({member.note})" if member.note else words


def readings_label(passage: Passage) -> str:
    """Return a passage's name, saying so when it holds several readings."""
    if passage.readings < 2:
        return passage.name
    return f"{passage.name}: {readings_words(passage.readings)}"


def links_by_name(links: Sequence[Link]) -> dict[str, list[Link]]:
    """Return links under the name each has from this side, in their order."""
    grouped: dict[str, list[Link]] = {}
    for link in links:
        grouped.setdefault(link_name(link.kind, outgoing=link.outgoing), []).append(link)
    return grouped
