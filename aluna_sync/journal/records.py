"""From a view to the record people see, whatever is in it, and from a record to its index row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, TypeVar

from aluna_protocol.ids import ActorId, PersonId, SpaceId
from aluna_sync.engine.types import View
from aluna_sync.journal import keys, links
from aluna_sync.journal.display import first_words, safe_text
from aluna_sync.journal.gathering import Gathered, Persons, gather, owned_of, texts_of
from aluna_sync.journal.packing import pack_view, unpack_view
from aluna_sync.journal.putting_away import is_away
from aluna_sync.journal.readings import current, ordered, seen_through
from aluna_sync.journal.schema import (
    APART_NAMES,
    Field,
    RecordType,
    Shape,
    record_type,
)
from aluna_sync.journal.types import NOBODY, Absent, Act, Json, Member, Reading, Record
from aluna_sync.journal.values import (
    OWN_TERMS,
    act_kind,
    is_own,
    value_fits,
)
from aluna_sync.store.rows import IndexRow

__all__ = ["index_row", "pack_view", "record_from_view", "unpack_view"]

TITLE_LETTERS: Final = 80
LIVING: Final = (
    "agreement", "protection", "process", "emergency", "task", "mourning", "member",
)  # fmt: skip
"""Types with a state, computed by `lives`."""

_TYPE: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_T = TypeVar("_T")


def record_from_view(
    view: View,
    space: SpaceId,
    person_of: Callable[[ActorId], PersonId | None],
    absent: Absent = NOBODY,
) -> Record:
    """Return the record in *view*; never raises, whatever a peer wrote into it.

    *person_of* tells whose device an actor is, *absent* who is not waited for. What one person
    wrote as another is left out; what this program does not understand is named in `unknown`.
    """
    persons = Persons(person_of)
    type_name = _type_name(view)
    known = record_type(type_name)
    found = Gathered()
    texts = texts_of(view, known, found)
    for key, cell in view.cells.items():
        gather(key, cell, known, found, persons)
    readings = dict(_current_readings(known, found, persons))
    maps, own_readings = owned_of(found, persons)
    authors = tuple(dict.fromkeys(_present(persons(actor) for actor in view.actors)))
    record = Record(
        id=view.document,
        space=space,
        type=type_name,
        schema=_schema(view),
        title=_title(known, texts, readings),
        texts=texts,
        sets={name: tuple(sorted(m, key=_by_item)) for name, m in sorted(found.sets.items())},
        readings=readings,
        maps=maps,
        own_readings=own_readings,
        acts=_acts(known, found, persons, authors),
        values=found.values,
        authors=authors,
        hands=len(view.actors),
        put_away=_put_away(view, found),
        when=_sort_key(readings.get("when", ())),
        unknown=tuple(sorted(found.unknown)),
    )
    return _living(record, absent) if type_name in LIVING else record


def _living(record: Record, absent: Absent) -> Record:
    """Return *record* with its state, which is never stored: what most commands do not need."""
    from aluna_sync.journal.lives import state_of

    return replace(record, state=state_of(record, gone=absent.gone, resting=absent.resting))


def index_row(record: Record, view: View) -> IndexRow:
    """Return what the store keeps of *record*: the words people wrote, terms, links, the view."""
    known = record_type(record.type)
    terms = [
        member.item
        for name, members in record.sets.items()
        if (declared := known.field(name)) is not None
        for member in members
        if declared.shape is Shape.TERM or (name == OWN_TERMS and is_own(member.item))
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
        put_away=record.put_away,
        asked=_asked_in(record),
        apart=record.type in APART_NAMES,
    )


def _asked_in(record: Record) -> tuple[PersonId, ...]:
    if not record.acts and not record.own_readings:
        return ()
    from aluna_sync.journal.lives.voices import (
        asked_in,
    )  # most records that are written ask nothing

    return asked_in(record)


def _type_name(view: View) -> str:
    cell = view.cells.get(keys.TYPE)
    name = None if cell is None else cell.value
    return name if isinstance(name, str) and _TYPE.fullmatch(name) else ""


def _schema(view: View) -> int:
    cell = view.cells.get(keys.SCHEMA)
    number = 0 if cell is None else cell.value
    return number if isinstance(number, int) and not isinstance(number, bool) else 0


def _current_readings(
    known: RecordType, found: Gathered, persons: Persons
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


def _acts(
    known: RecordType, found: Gathered, persons: Persons, authors: tuple[PersonId, ...]
) -> dict[str, tuple[Act, ...]]:
    """Return the acts of each field, causes first, whatever field a cause is in.

    What an act had seen through one that says nothing here, it has seen.
    """
    together = {i: entry for entries in found.acts.values() for i, entry in entries.items()}
    order = ordered(together, together)
    shown: dict[str, dict[str, PersonId | None]] = {}
    silent = dict(found.unread_acts)
    for name, entries in sorted(found.acts.items()):
        declared = known.field(name)
        for i in order:
            if i not in entries:
                continue
            by = persons(entries[i].actor)
            if declared is None or _may_say(declared, entries[i].value, by, authors):
                shown.setdefault(name, {})[i] = by
            else:
                silent[i] = entries[i]
    for said in shown.values():
        for i in said:
            silent.pop(i, None)
    return {
        name: tuple(
            Act(i, together[i].value, by, seen_through(together[i].after, silent))
            for i, by in said.items()
        )
        for name, said in shown.items()
    }


def _may_say(
    declared: Field, value: Json, by: PersonId | None, authors: tuple[PersonId, ...]
) -> bool:
    """Tell whether an act of *by* counts: resting or leaving is nobody else's to do."""
    kind = act_kind(declared, value) if isinstance(value, dict) else None
    return kind is None or not kind.own or (by is not None and authors[:1] == (by,))


def _put_away(view: View, found: Gathered) -> bool:
    entries = found.acts.get("acts", {})
    return bool(entries) and is_away(
        entries.values(), view.texts, {key: cell.value for key, cell in view.cells.items()}
    )


def _title(
    known: RecordType, texts: dict[str, str], readings: dict[str, tuple[Reading, ...]]
) -> str:
    """Return the first words in the order of the form, title and body first, that say something."""
    for declared in known.fields:
        words = texts.get(declared.name) or ""
        if not words and declared.shape is Shape.WORDS:
            said = (one.value for one in readings.get(declared.name, ()))
            words = " / ".join(one for one in said if isinstance(one, str))
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
            if declared is not None and declared.shape is Shape.WORDS and not is_own(member.item):
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
