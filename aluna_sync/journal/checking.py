"""What may be written: every edit judged against the schema before it becomes an operation.

All refusals are `WrongUseError` with a stable code; their fields name ids, never words of a record.
"""

from __future__ import annotations

import re
from typing import Final, Never

from aluna_protocol.ids import PersonId
from aluna_sync.errors import WrongUseError
from aluna_sync.journal import keys
from aluna_sync.journal.schema import Field, MergeKind, RecordType, Shape
from aluna_sync.journal.types import Json
from aluna_sync.journal.values import MAX_JSON, dump_json, is_iso, item_fits, value_fits
from aluna_sync.journal.vocabulary import vocabulary

_COORDINATES: Final = re.compile(
    r"-?\d{1,3}[.,]\d{2,}\s*°?\s*[NSns]?\s*[,;/ ]\s*-?\d{1,3}[.,]\d{2,}"
)


def field_of(known: RecordType, name: str, merge: MergeKind) -> Field:
    """Return the field *name*; raise "unknown-field" or "field-is-not-that-kind"."""
    declared = known.field(name)
    if declared is None:
        raise WrongUseError("unknown-field", field=name, type=known.name)
    if declared.merge is not merge:
        raise WrongUseError("field-is-not-that-kind", field=name, kind=declared.merge.value)
    return declared


def check_item(declared: Field, item: str, person: PersonId) -> None:
    """Raise unless *person* may put *item* into the set *declared*."""
    match declared.shape:
        case Shape.TERM:
            check_term(declared, item)
        case Shape.CHOICE:
            check_choice(declared, item)
        case Shape.PERSON:
            if declared.own_only and item != person.hex():
                raise WrongUseError("only-oneself", field=declared.name)
        case _:
            if len(item) > keys.MAX_ITEM:
                raise WrongUseError("too-long", field=declared.name, at_most=keys.MAX_ITEM)
    if declared.shape is not Shape.LINK and not item_fits(declared, item):
        raise WrongUseError("not-an-item", field=declared.name)


def check_term(declared: Field, item: str) -> None:
    """Raise unless *item* is a term of the field's groups."""
    term = vocabulary().term(item)
    if term is None:
        near = vocabulary().near(item, declared.groups)
        raise WrongUseError("unknown-term", field=declared.name, term=item, near=near)
    if term.group not in declared.groups:
        raise WrongUseError(
            "term-of-another-group", field=declared.name, term=item, groups=list(declared.groups)
        )


def check_choice(declared: Field, choice: Json) -> None:
    """Raise unless *choice* is one of the field's choices."""
    if choice not in declared.choices:
        raise WrongUseError(
            "unknown-choice", field=declared.name, choice=choice, choices=list(declared.choices)
        )


def check_value(declared: Field, value: Json) -> None:
    """Raise unless *value* may be written into the reading, map, act or value *declared*."""
    if not value_fits(declared, value):
        _refuse_shape(declared, value)
    match declared.shape, value:
        case Shape.CHOICE, _ if not declared.own_words:
            check_choice(declared, value)
        case Shape.TERM, list(terms):
            for term in terms:
                check_term(declared, str(term))
        case Shape.PLACE, {"name": str(name), "level": str(level)}:
            if _COORDINATES.search(name):
                raise WrongUseError("no-coordinates", field=declared.name)
            if level and level not in declared.choices:
                check_choice(declared, level)
            if not name.strip() and level != "kept_back":
                raise WrongUseError("empty-value", field=declared.name)
        case ((Shape.WORDS | Shape.CHOICE), str(words)) if not words.strip():
            raise WrongUseError("empty-value", field=declared.name)
        case _:
            pass
    # An entry adds its answers to the value: half of the bound leaves room for them.
    if len(dump_json(value)) > MAX_JSON // 2:
        raise WrongUseError("too-long", field=declared.name, at_most=MAX_JSON // 2)


def _refuse_shape(declared: Field, value: Json) -> Never:
    match declared.shape, value:
        case Shape.WHEN, {"value": said} if said is not None and not is_iso(said):
            raise WrongUseError("not-a-date", field=declared.name)
        case Shape.CHOICE, str():
            check_choice(declared, value)
        case _:
            pass
    raise WrongUseError("value-of-another-shape", field=declared.name, shape=declared.shape.value)
