"""`field=value` as people type it on a command line, turned into edits."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import Final

from aluna_protocol.ids import PersonId
from aluna_sync.errors import WrongUseError
from aluna_sync.journal import checking
from aluna_sync.journal.dates import parse_when
from aluna_sync.journal.edit_kinds import (
    AddAct,
    AddMember,
    Edit,
    RemoveMember,
    SetMine,
    SetReading,
    SetText,
    SetValue,
)
from aluna_sync.journal.folding import fold
from aluna_sync.journal.places import parse_place
from aluna_sync.journal.schema import TYPES, Field, MergeKind, Shape
from aluna_sync.journal.types import Json
from aluna_sync.journal.values import OWN_TERMS, clean_words, is_own
from aluna_sync.journal.vocabulary import vocabulary

_ASSIGNMENT: Final = re.compile(r"\s*([A-Za-z_]\w*)\s*([-+]?)=(.*)", re.DOTALL)
_ONESELF: Final = ("me", "yo")


def edits_from_assignments(
    type: str,  # noqa: A002
    assignments: Iterable[str],
    person: PersonId,
    *,
    today: dt.date,
) -> list[Edit]:
    """Return the edits that *assignments* ask for on a record of *type*, checked.

    `field=value` says it; several items of a set stand between commas, `field=item: words` adds one
    with a note and a semicolon ends the note (see `items_of`), `field-=item` takes one out,
    `field=words: value` says one of the several a keyed map holds. Terms are ids or labels in
    either language, dates are words, places may end in `(level)`, `field=` says nothing any more.
    Raises `WrongUseError`: "not-an-assignment", "item-in-note", "several-terms",
    "date-not-understood", and what `edits.operations` raises.
    """
    known = TYPES.get(type)
    if known is None:
        raise WrongUseError("unknown-type", type=type, types=list(TYPES))
    edits: list[Edit] = []
    for assignment in assignments:
        found = _ASSIGNMENT.fullmatch(assignment)
        if found is None:
            raise WrongUseError("not-an-assignment")
        name, sign, value = found[1].lower(), found[2], clean_words(found[3])
        declared = known.field(name)
        if declared is None or declared.shape is Shape.LINK:
            raise WrongUseError("unknown-field", field=name, type=type)
        if sign and declared.merge is not MergeKind.SET:
            raise WrongUseError("field-is-not-that-kind", field=name, kind=declared.merge.value)
        edits += _edits(declared, value, person, today, remove=sign == "-")
    return edits


def _edits(
    declared: Field, value: str, person: PersonId, today: dt.date, *, remove: bool
) -> list[Edit]:
    name, words = declared.name, value.strip()
    match declared.merge:
        case MergeKind.TEXT:
            return [SetText(name, value)]
        case MergeKind.SET if remove:
            return [RemoveMember(name, _item(declared, i, person, new=False)) for i in _each(words)]
        case MergeKind.SET:
            return _members(declared, words, person)
        case MergeKind.READINGS:
            return [SetReading(name, _value(declared, words, today) if words else None)]
        case MergeKind.MAP if declared.keyed:
            key, _, said = words.partition(":")
            said = said.strip()
            return [SetMine(name, _value(declared, said, today) if said else None, key.strip())]
        case MergeKind.MAP:
            return [SetMine(name, _value(declared, words, today) if words else None)]
        case MergeKind.ACTS:
            return [AddAct(name, _value(declared, words, today))]
        case MergeKind.LAST:
            return [SetValue(name, _value(declared, words, today))]


def _members(declared: Field, words: str, person: PersonId) -> list[Edit]:
    found = items_of(declared, words, lambda piece: _names_one(declared, piece))
    return [AddMember(declared.name, _item(declared, item, person), note) for item, note in found]


def items_of(
    declared: Field, words: str, names_one: Callable[[str], bool]
) -> list[tuple[str, str]]:
    """Return the items *words* hold, each with its note, empty where it has none.

    Items stand between commas. A note goes from its colon to the next semicolon, commas and all:
    `fear: at night, at home; guilt` are two items, the first with a note. Without any semicolon a
    note that holds, after a comma, what *names_one* tells is an item of its own could mean either:
    raises `WrongUseError("item-in-note")`. A semicolon behind it says that all of it is note.
    """
    # Free words may hold a colon of their own, as long as no blank follows it.
    free = declared.shape is Shape.WORDS
    colon = ": " if free else ":"
    may_have_notes = declared.shape in (Shape.TERM, Shape.CHOICE, Shape.WORDS)
    if not may_have_notes or declared.name == OWN_TERMS or colon not in words:
        ends = words if free or not may_have_notes else words.replace(";", ",")
        return [(item, "") for item in _each(ends)]
    found: list[tuple[str, str]] = []
    for stretch in words.split(";"):
        before, noted, note = stretch.partition(colon)
        *plain, last = _each(before) or [""]
        found += [(item, "") for item in plain]
        if last or noted:
            found.append((last, note.strip()))
        for piece in note.split(",")[1:] if ";" not in words else ():
            if names_one(piece.strip()):
                raise WrongUseError("item-in-note", field=declared.name, item=piece.strip())
    return found


def _names_one(declared: Field, words: str) -> bool:
    """Tell whether *words* are an item of a field whose items are known beforehand."""
    if declared.shape is Shape.TERM:
        return bool(words) and bool(vocabulary().exactly(words, declared.groups))
    return declared.shape is Shape.CHOICE and _choice(declared, words) in declared.choices


def _each(words: str) -> list[str]:
    return [item.strip() for item in words.split(",") if item.strip()]


def _item(declared: Field, words: str, person: PersonId, *, new: bool = True) -> str:
    """Return the item *words* mean; one that is not *new* may be of a newer program."""
    match declared.shape:
        case Shape.TERM:
            item = _term(declared, words, new=new)
        case Shape.CHOICE:
            item = _choice(declared, words)
        case Shape.PERSON if fold(words) in _ONESELF:
            item = person.hex()
        case _ if declared.name == OWN_TERMS:
            item = _own_word(words.strip())
        case _:
            item = words.strip()
    if new:
        checking.check_item(declared, item, person)
    return item


def _term(declared: Field, words: str, *, new: bool) -> str:
    words = words.strip()
    found = vocabulary().exactly(words, declared.groups)
    if len(found) == 1:
        return found[0].id
    if found:
        raise WrongUseError(
            "several-terms", field=declared.name, term=words, near=[term.id for term in found]
        )
    if new:
        checking.check_term(declared, words)
    return words


def _own_word(words: str) -> str:
    """Return the id of the one own word called so; words that are none yet stay words."""
    own = [term.id for term in vocabulary().exactly(words) if is_own(term.id)]
    return own[0] if len(own) == 1 else words


def _choice(declared: Field, words: str) -> str:
    wanted = fold(words).replace(" ", "_").replace("-", "_")
    return wanted if wanted in declared.choices else words.strip()


def _value(declared: Field, words: str, today: dt.date) -> Json:
    """Return the value *words* mean in a reading, map or act; raises when it may not be written."""
    value: Json
    match declared.shape:
        case Shape.WHEN:
            value = parse_when(words, today, future=declared.future).as_json()
        case Shape.PLACE:
            value = _place(words)
        case Shape.CHOICE:
            value = _choice(declared, words)
        case Shape.TERM if declared.merge is not MergeKind.MAP:
            value = _one_term(declared, words)
        case Shape.TERM:
            value = [_term(declared, each, new=True) for each in _each(words)]
        case Shape.ACT:
            value = {"act": words}
        case _:
            value = words
    checking.check_value(declared, value)
    return value


def _one_term(declared: Field, words: str) -> str:
    """Return the one term *words* name, or the words themselves where those are as welcome."""
    found = vocabulary().exactly(words, declared.groups)
    if declared.own_words and len(found) != 1:
        return words
    return _term(declared, words, new=True)


def _place(words: str) -> Json:
    name, level = parse_place(words)
    return {"name": name, "level": level}
