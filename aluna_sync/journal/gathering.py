"""One pass over a view: every cell put where it belongs, or named as not understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import ActorId, PersonId
from aluna_sync.engine.types import Cell, View
from aluna_sync.journal import keys, links
from aluna_sync.journal.pieces import BETWEEN, seen
from aluna_sync.journal.readings import Entry, current, parse_entry
from aluna_sync.journal.schema import (
    Field,
    MergeKind,
    RecordType,
    Shape,
)
from aluna_sync.journal.types import Json, Member, Reading
from aluna_sync.journal.values import (
    item_fits,
    parse_json,
    value_fits,
)


@dataclass(slots=True)
class Gathered:
    """What one pass over the cells found, by field."""

    sets: dict[str, list[Member]] = field(default_factory=dict)
    readings: dict[str, dict[str, Entry]] = field(default_factory=dict)
    acts: dict[str, dict[str, Entry]] = field(default_factory=dict)
    unread_acts: dict[str, Entry] = field(default_factory=dict)
    """Acts that say nothing here, by id: what others had seen through them stays seen."""
    notes: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Pieces of the notes of sets, by field and item."""
    owned: dict[tuple[str, PersonId, str], dict[str, Entry]] = field(default_factory=dict)
    """What persons say of themselves, by field, person and their own key."""
    values: dict[str, Json] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


class Persons:
    """Whose actor it is, asked once each."""

    def __init__(self, person_of: Callable[[ActorId], PersonId | None]) -> None:
        self._person_of = person_of
        self._known: dict[ActorId, PersonId | None] = {}

    def __call__(self, actor: ActorId) -> PersonId | None:
        """Return the person, None when nobody knows."""
        if actor not in self._known:
            self._known[actor] = self._person_of(actor)
        return self._known[actor]


def texts_of(view: View, known: RecordType, found: Gathered) -> dict[str, str]:
    """Return the texts by field; pieces begun apart stand one after the other, by key."""
    pieces: dict[str, list[str]] = {}
    for key in sorted(view.texts):
        note = keys.parse_note_key(key)
        parsed = note or keys.parse_key(key)
        declared = None if parsed is None else known.field(parsed.field)
        words = seen(view.texts[key])
        if parsed is None or not _declares(declared, parsed):
            found.unknown.append(key)
        elif note is not None:
            if words:
                found.notes.setdefault((note.field, note.item), []).append(words)
        elif parsed.kind is not MergeKind.TEXT:
            found.unknown.append(key)
        elif words:
            pieces.setdefault(parsed.field, []).append(words)
    return {name: BETWEEN.join(words) for name, words in pieces.items()}


def gather(key: str, cell: Cell, known: RecordType, found: Gathered, persons: Persons) -> None:
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
        entry = parse_entry(cell) if parsed and parsed.kind is MergeKind.ACTS else None
        if parsed is not None and entry is not None:
            found.unread_acts[parsed.item] = entry


def _declares(declared: Field | None, parsed: keys.Key) -> bool:
    return declared is not None and declared.merge is parsed.kind


def _understood(
    parsed: keys.Key, cell: Cell, declared: Field, found: Gathered, persons: Persons
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
            return _gatherowned_of(parsed, cell, declared, found, persons)
        case MergeKind.LAST:
            value = parse_json(cell.value)
            if value is None or not value_fits(declared, value):
                return False
            found.values[parsed.field] = value
            return True
        case MergeKind.TEXT:
            return False


def _gather_member(
    parsed: keys.Key, cell: Cell, declared: Field, found: Gathered, persons: Persons
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
        pieces = found.notes.get((parsed.field, item), [])
        old = "" if keys.is_mark(cell.value) else cell.value
        note = BETWEEN.join(pieces) or old
        found.sets.setdefault(parsed.field, []).append(Member(item, note, by))
    return True


def _gather_entry(parsed: keys.Key, entry: Entry | None, into: dict[str, dict[str, Entry]]) -> bool:
    if entry is None:
        return False
    into.setdefault(parsed.field, {})[parsed.item] = entry
    return True


def _gatherowned_of(
    parsed: keys.Key, cell: Cell, declared: Field, found: Gathered, persons: Persons
) -> bool:
    sub, write_id = keys.split_sub(parsed.sub)
    entry = parse_entry(cell) if write_id else None
    if entry is None or bool(sub) != declared.keyed:
        return False
    if entry.value is not None and not value_fits(declared, entry.value):
        return False
    owner = PersonId(bytes.fromhex(parsed.item))
    if persons(cell.actor) == owner:
        found.owned.setdefault((parsed.field, owner, sub), {})[write_id] = entry
    return True


Maps = dict[str, dict[PersonId, Json]]
OwnReadings = dict[str, dict[PersonId, dict[str, tuple[Reading, ...]]]]


def owned_of(found: Gathered, persons: Persons) -> tuple[Maps, OwnReadings]:
    """Return what each person says of herself, and what she said differently on two devices."""
    maps: Maps = {}
    several: OwnReadings = {}
    for (name, owner, sub), entries in sorted(found.owned.items()):
        standing = [i for i in current(entries) if entries[i].value is not None]
        values = [entries[i].value for i in standing]
        if not standing:
            continue
        if any(value != values[0] for value in values):
            several.setdefault(name, {}).setdefault(owner, {})[sub] = tuple(
                Reading(i, entries[i].value, persons(entries[i].actor)) for i in standing
            )
        elif sub:
            mine = maps.setdefault(name, {}).setdefault(owner, {})
            if isinstance(mine, dict):
                mine[sub] = values[0]
        else:
            maps.setdefault(name, {})[owner] = values[0]
    return maps, several
