"""What may be written: every edit judged against the schema before it becomes an operation.

All refusals are `WrongUseError` with a stable code; their fields name ids, never words of a record.
"""

from __future__ import annotations

from typing import Never

from aluna_protocol.ids import PersonId
from aluna_sync.errors import WrongUseError
from aluna_sync.journal import keys, places
from aluna_sync.journal.schema import Field, MergeKind, Part, RecordType, Shape
from aluna_sync.journal.types import Json
from aluna_sync.journal.values import (
    MAX_JSON,
    act_kind,
    dump_json,
    is_iso,
    is_own,
    item_fits,
    part_fits,
    value_fits,
)
from aluna_sync.journal.vocabulary import vocabulary


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
            check_length(declared, item)
    if declared.shape is not Shape.LINK and not item_fits(declared, item):
        raise WrongUseError("not-an-item", field=declared.name)


def check_length(declared: Field, item: str) -> None:
    """Raise unless *item* is short enough to be part of a key."""
    if len(item.encode("utf-8", "surrogatepass")) > keys.MAX_ITEM_BYTES:
        raise WrongUseError("too-long", field=declared.name, at_most=keys.MAX_ITEM_BYTES)


def check_term(declared: Field | Part, item: str) -> None:
    """Raise unless *item* is a term of the field's groups, or a word of the collective's own."""
    if is_own(item):
        return
    term = vocabulary().term(item)
    if term is None:
        near = vocabulary().near(item, declared.groups)
        raise WrongUseError("unknown-term", field=declared.name, term=item, near=near)
    if term.group not in declared.groups:
        raise WrongUseError(
            "term-of-another-group", field=declared.name, term=item, groups=list(declared.groups)
        )


def check_choice(declared: Field | Part, choice: Json) -> None:
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
        case Shape.TERM, str(term) if not declared.own_words:
            check_term(declared, term)
        case Shape.PLACE, {"name": str(name), "level": str(level)}:
            _check_place(declared, name, level)
        case Shape.ACT, dict(said):
            check_act(declared, said)
        case ((Shape.WORDS | Shape.CHOICE | Shape.TERM), str(words)) if not words.strip():
            raise WrongUseError("empty-value", field=declared.name)
        case _:
            pass
    # An entry adds its answers to the value: half of the bound leaves room for them.
    if len(dump_json(value)) > MAX_JSON // 2:
        raise WrongUseError("too-long", field=declared.name, at_most=MAX_JSON // 2)


def _check_place(declared: Field, name: str, level: str) -> None:
    places.refuse_positions(name, declared.name)
    if level and level not in declared.choices:
        check_choice(declared, level)
    if not name.strip() and level != "kept_back":
        raise WrongUseError("empty-value", field=declared.name)


def check_act(declared: Field, said: dict[str, Json]) -> None:
    """Raise unless *said* is an act *declared* holds, with the parts of its kind and no others."""
    kind = act_kind(declared, said)
    if kind is None:
        known = [one.name for one in declared.acts]
        raise WrongUseError("unknown-act", act=said.get("act"), acts=known)
    for name, value in said.items():
        part = kind.part(name)
        if part is None:
            if name != "act":
                raise WrongUseError("unknown-part", act=kind.name, part=name)
            continue
        if not part_fits(part, value):
            raise WrongUseError("part-of-another-shape", act=kind.name, part=name)
        for one in value if isinstance(value, list) else [value]:
            if part.shape is Shape.TERM:
                check_term(part, str(one))
            elif part.shape is Shape.CHOICE:
                check_choice(part, one)
    for part in kind.parts:
        if part.needed and not said.get(part.name):
            raise WrongUseError("part-needed", act=kind.name, part=part.name)


def _refuse_shape(declared: Field, value: Json) -> Never:
    match declared.shape, value:
        case Shape.WHEN, {"value": said} if said is not None and not is_iso(said):
            raise WrongUseError("not-a-date", field=declared.name)
        case Shape.CHOICE, str():
            check_choice(declared, value)
        case Shape.ACT, dict(said) if isinstance(said.get("act"), str):
            check_act(declared, said)
        case _:
            pass
    raise WrongUseError("value-of-another-shape", field=declared.name, shape=declared.shape.value)
