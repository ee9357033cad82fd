"""From a view to the record people see, whatever is in it, and from a record to its index row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeVar

from aluna_protocol.ids import ActorId, PersonId, SpaceId
from aluna_sync.engine.types import Cell, View
from aluna_sync.journal import keys, links
from aluna_sync.journal.display import first_words, safe_text
from aluna_sync.journal.packing import pack_view, unpack_view
from aluna_sync.journal.pieces import BETWEEN
from aluna_sync.journal.readings import Entry, current, ordered, parse_entry
from aluna_sync.journal.schema import Field, MergeKind, RecordType, Shape, record_type
from aluna_sync.journal.types import Act, Json, Member, Reading, Record
from aluna_sync.journal.values import item_fits, parse_json, value_fits
from aluna_sync.store.rows import IndexRow

__all__ = ["index_row", "pack_view", "record_from_view", "unpack_view"]

TITLE_LETTERS: Final = 80

_TYPE: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_T = TypeVar("_T")


@dataclass(slots=True)
class _Gathered:
    """What one pass over the cells found, by field."""

    sets: dict[str, list[Member]] = field(default_factory=dict)
    readings: dict[str, dict[str, Entry]] = field(default_factory=dict)
    acts: dict[str, dict[str, Entry]] = field(default_factory=dict)
    maps: dict[str, dict[PersonId, Json]] = field(default_factory=dict)
    values: dict[str, Json] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


class _Persons:
    """Whose actor it is, asked once each."""

    def __init__(self, person_of: Callable[[ActorId], PersonId | None]) -> None:
        self._person_of = person_of
        self._known: dict[ActorId, PersonId | None] = {}

    def __call__(self, actor: ActorId) -> PersonId | None:
        if actor not in self._known:
            self._known[actor] = self._person_of(actor)
        return self._known[actor]


def record_from_view(
    view: View, space: SpaceId, person_of: Callable[[ActorId], PersonId | None]
) -> Record:
    """Return the record in *view*; never raises, whatever a peer wrote into it.

    *person_of* tells whose device an actor is. What one person wrote as another is left out;
    what this program does not understand is named in `unknown`.
    """
    persons = _Persons(person_of)
    type_name = _type_name(view)
    known = record_type(type_name)
    found = _Gathered()
    texts = _texts(view, known, found.unknown)
    for key, cell in view.cells.items():
        _gather(key, cell, known, found, persons)
    readings = dict(_current_readings(known, found, persons))
    return Record(
        id=view.document,
        space=space,
        type=type_name,
        schema=_schema(view),
        title=_title(known, texts),
        texts=texts,
        sets={name: tuple(sorted(m, key=_by_item)) for name, m in sorted(found.sets.items())},
        readings=readings,
        maps=found.maps,
        acts={name: _acts(entries, persons) for name, entries in sorted(found.acts.items())},
        values=found.values,
        authors=tuple(dict.fromkeys(_present(persons(actor) for actor in view.actors))),
        when=_sort_key(readings.get("when", ())),
        unknown=tuple(sorted(found.unknown)),
    )


def index_row(record: Record, view: View) -> IndexRow:
    """Return what the store keeps of *record*: the words people wrote, terms, links, the view."""
    known = record_type(record.type)
    terms = [
        member.item
        for name, members in record.sets.items()
        if (declared := known.field(name)) is not None and declared.shape is Shape.TERM
        for member in members
    ]
    return IndexRow(
        document=record.id,
        space=record.space,
        type=record.type,
        title=record.title,
        text=safe_text("\n".join(_written(record, known)), newlines=True),
        heads=view.heads,
        view=pack_view(view),
        when=record.when,
        terms=tuple(dict.fromkeys(terms)),
        links=links.links_of(record),
        authors=record.authors,
        readings=tuple(name for name, said in record.readings.items() if len(said) > 1),
        state=record.state,
    )


def _type_name(view: View) -> str:
    cell = view.cells.get(keys.TYPE)
    name = None if cell is None else cell.value
    return name if isinstance(name, str) and _TYPE.fullmatch(name) else ""


def _schema(view: View) -> int:
    cell = view.cells.get(keys.SCHEMA)
    number = 0 if cell is None else cell.value
    return number if isinstance(number, int) and not isinstance(number, bool) else 0


def _texts(view: View, known: RecordType, unknown: list[str]) -> dict[str, str]:
    """Return the texts by field; pieces begun apart stand one after the other, by key."""
    pieces: dict[str, list[str]] = {}
    for key in sorted(view.texts):
        parsed = keys.parse_key(key)
        declared = None if parsed is None else known.field(parsed.field)
        if parsed is None or parsed.kind is not MergeKind.TEXT or not _declares(declared, parsed):
            unknown.append(key)
        elif view.texts[key]:
            pieces.setdefault(parsed.field, []).append(view.texts[key])
    return {name: BETWEEN.join(found) for name, found in pieces.items()}


def _gather(key: str, cell: Cell, known: RecordType, found: _Gathered, persons: _Persons) -> None:
    """Put *cell* where it belongs, or its key among the unknown."""
    if key in (keys.TYPE, keys.SCHEMA):
        return
    parsed = keys.parse_key(key)
    declared = None if parsed is None else known.field(parsed.field)
    understood = (
        parsed is not None
        and declared is not None
        and _declares(declared, parsed)
        and _understood(parsed, cell, declared, found, persons)
    )
    if not understood:
        found.unknown.append(key)


def _declares(declared: Field | None, parsed: keys.Key) -> bool:
    return declared is not None and declared.merge is parsed.kind


def _understood(
    parsed: keys.Key, cell: Cell, declared: Field, found: _Gathered, persons: _Persons
) -> bool:
    match parsed.kind:
        case MergeKind.SET:
            return _gather_member(parsed, cell, declared, found, persons)
        case MergeKind.READINGS:
            return _gather_entry(parsed, parse_entry(cell), found.readings)
        case MergeKind.ACTS:
            entry = parse_entry(cell)
            fits = entry is not None and value_fits(declared, entry.value)
            return fits and _gather_entry(parsed, entry, found.acts)
        case MergeKind.MAP:
            return _gather_owned(parsed, cell, declared, found, persons)
        case MergeKind.LAST:
            value = parse_json(cell.value)
            if value is None or not value_fits(declared, value):
                return False
            found.values[parsed.field] = value
            return True
        case MergeKind.TEXT:
            return False


def _gather_member(
    parsed: keys.Key, cell: Cell, declared: Field, found: _Gathered, persons: _Persons
) -> bool:
    item, by = parsed.item, persons(cell.actor)
    if not isinstance(cell.value, str):
        return False
    if declared.shape is Shape.LINK:
        if links.parse_link(item) is None:
            return False
    elif not item_fits(declared, item):
        return False
    if not declared.own_only or (by is not None and by.hex() == item):
        found.sets.setdefault(parsed.field, []).append(Member(item, cell.value, by))
    return True


def _gather_entry(parsed: keys.Key, entry: Entry | None, into: dict[str, dict[str, Entry]]) -> bool:
    if entry is None:
        return False
    into.setdefault(parsed.field, {})[parsed.item] = entry
    return True


def _gather_owned(
    parsed: keys.Key, cell: Cell, declared: Field, found: _Gathered, persons: _Persons
) -> bool:
    value = parse_json(cell.value)
    if value is None or parsed.sub or not value_fits(declared, value):
        return False
    owner = PersonId(bytes.fromhex(parsed.item))
    if persons(cell.actor) == owner:
        found.maps.setdefault(parsed.field, {})[owner] = value
    return True


def _current_readings(
    known: RecordType, found: _Gathered, persons: _Persons
) -> Iterator[tuple[str, tuple[Reading, ...]]]:
    """Yield each field's current readings; one that says nothing any more is not shown."""
    for name, entries in sorted(found.readings.items()):
        declared = known.field(name)
        shown: list[Reading] = []
        for write_id in current(entries):
            entry = entries[write_id]
            if entry.value is None:
                continue
            if declared is not None and value_fits(declared, entry.value):
                shown.append(Reading(write_id, entry.value, persons(entry.actor)))
            else:
                found.unknown.append(keys.reading_key(name, write_id))
        if shown:
            yield name, tuple(shown)


def _acts(entries: dict[str, Entry], persons: _Persons) -> tuple[Act, ...]:
    return tuple(
        Act(write_id, entry.value, persons(entry.actor), entry.after)
        for write_id in ordered(entries, entries)
        for entry in (entries[write_id],)
    )


def _title(known: RecordType, texts: dict[str, str]) -> str:
    """Return the first text in the order of the form, title and body first, that says something."""
    for declared in known.fields:
        words = texts.get(declared.name)
        if words and (line := first_words(words, TITLE_LETTERS)):
            return line
    return ""


def _sort_key(said: tuple[Reading, ...]) -> str | None:
    """Return the coarse date of the first reading that has one."""
    for reading in said:
        if isinstance(reading.value, dict):
            value = reading.value.get("value")
            if isinstance(value, str):
                return value[:10]
    return None


def _written(record: Record, known: RecordType) -> Iterator[str]:
    """Yield every word somebody wrote in *record*, for the search."""
    yield from record.texts.values()
    for name, members in record.sets.items():
        declared = known.field(name)
        for member in members:
            if member.note:
                yield member.note
            if declared is not None and declared.shape is Shape.WORDS:
                yield member.item
    for name, said in record.readings.items():
        declared = known.field(name)
        for reading in said:
            yield from _words_in(reading.value, declared)
    for name, owned in record.maps.items():
        for value in owned.values():
            yield from _words_in(value, known.field(name))
    for name, acts in record.acts.items():
        for act in acts:
            yield from _words_in(act.value, known.field(name))


def _words_in(value: Json, declared: Field | None) -> Iterator[str]:
    match value:
        case str() if declared is not None and value not in declared.choices:
            yield value
        case {"words": str(words)} | {"name": str(words)}:
            yield words
        case _:
            return


def _by_item(member: Member) -> str:
    return member.item


def _present(values: Iterator[_T | None]) -> Iterator[_T]:
    return (value for value in values if value is not None)
