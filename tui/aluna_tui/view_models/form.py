"""The form of a record type, made from its schema: one line or one text per field."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import PersonId
from aluna_sync.journal.edit_kinds import AddMember, Edit, RemoveMember, SetMine, SetReading
from aluna_sync.journal.schema import Field, MergeKind, Shape, record_type
from aluna_sync.journal.types import Json, Record
from aluna_tui.labels import field_name, readings_words
from aluna_tui.texts import _
from aluna_tui.view_models.reader import item_words, value_words


class Kind(enum.Enum):
    """How a field is filled in."""

    TEXT = "text"
    SEVERAL = "several"
    ONE = "one"
    DATE = "date"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class FormLine:
    """One field of the form."""

    field: Field
    kind: Kind
    name: str


def form_lines(type_: str) -> list[FormLine]:
    """Return the fields a person fills in, in the order of the schema."""
    lines: list[FormLine] = []
    for field in record_type(type_).fields:
        kind = _kind(field)
        if field.in_form and kind is not None:
            lines.append(FormLine(field, kind, field_name(type_, field.name)))
    return lines


def _kind(field: Field) -> Kind | None:
    match field.merge, field.shape:
        case MergeKind.TEXT, _:
            return Kind.TEXT
        case MergeKind.SET, (Shape.TERM | Shape.CHOICE | Shape.PERSON):
            return Kind.SEVERAL
        case MergeKind.SET, Shape.WORDS:
            return Kind.WORDS
        case ((MergeKind.READINGS | MergeKind.MAP), (Shape.CHOICE | Shape.TERM)):
            return Kind.ONE
        case MergeKind.READINGS, Shape.WHEN:
            return Kind.DATE
        case MergeKind.READINGS, Shape.PLACE | Shape.WORDS:
            return Kind.WORDS
        case MergeKind.MAP, Shape.WORDS:
            return Kind.WORDS
        case _:
            return None


def items_words(field: Field, items: Iterable[str], me: PersonId | None = None) -> str:
    """Say the items chosen for a field, or that nothing is said yet."""
    if field.shape is Shape.PERSON:
        said = list(items)
        mine = [_("me")] if me is not None and me.hex() in said else []
        others = len(said) - len(mine)
        more = [_("{count} more").format(count=others)] if others else []
        return ", ".join(mine + more) or _("nobody yet")
    return ", ".join(item_words(field, item) for item in items) or _("without words yet")


def reading_words(field: Field, value: Json) -> str:
    """Say what a draft says for a field of readings."""
    return _("without words yet") if value is None else value_words(field, value)


def record_words(line: FormLine, record: Record, me: PersonId) -> str:
    """Say what a record says for one line of the form; of a map, what *me* said."""
    field = line.field
    if field.merge is MergeKind.SET:
        return items_words(field, (member.item for member in record.sets.get(field.name, ())), me)
    if field.merge is MergeKind.MAP:
        differing = record.own_readings.get(field.name, {}).get(me, {}).get("", ())
        if differing:
            words = " · ".join(value_words(field, reading.value) for reading in differing)
            return f"{readings_words(len(differing))}: {words}"
        return reading_words(field, record.maps.get(field.name, {}).get(me))
    current = record.readings.get(field.name, ())
    if len(current) > 1:
        words = " · ".join(value_words(field, reading.value) for reading in current)
        return f"{readings_words(len(current))}: {words}"
    return reading_words(field, current[0].value if current else None)


def words_value(field: Field, words: str) -> Json:
    """Return the value that free *words* are for a field; None for no words."""
    clean = words.strip()
    if not clean:
        return None
    return {"name": clean, "level": "place"} if field.shape is Shape.PLACE else clean


def set_edits(field: str, before: Iterable[str], after: Iterable[str]) -> list[Edit]:
    """Return what turns the set *before* into *after*."""
    old, new = dict.fromkeys(before), dict.fromkeys(after)
    added: list[Edit] = [AddMember(field, item) for item in new if item not in old]
    return added + [RemoveMember(field, item) for item in old if item not in new]


def value_edit(field: Field, value: Json) -> Edit:
    """Return what says *value* in a field that is not a set; of a map, one's own."""
    if field.merge is MergeKind.MAP:
        return SetMine(field.name, value)
    return SetReading(field.name, value)


def reading_edits(field: str, before: Json, after: Json) -> list[Edit]:
    """Return what says *after* where *before* was said."""
    return [] if before == after else [SetReading(field, after)]
