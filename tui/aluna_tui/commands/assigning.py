"""`--set`, `--term` and `--when` as edits; fields and answers may be named in either language."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from aluna_protocol.ids import PersonId
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.edit_kinds import AddMember, Edit, SetReading
from aluna_sync.journal.folding import fold
from aluna_sync.journal.schema import TYPES, Field, MergeKind, RecordType, Shape, record_type
from aluna_sync.journal.values import OWN_TERMS, is_own
from aluna_tui.commands.choosing import chosen_term, chosen_when
from aluna_tui.commands.output import Voice
from aluna_tui.describing import when_words
from aluna_tui.labels import CHOICES, FIELDS, FIELDS_OF_TYPE, choice_name, field_name, type_name
from aluna_tui.labels import TYPES as LABELS
from aluna_tui.texts import _, listed

if TYPE_CHECKING:
    from aluna_sync.journal.dates import When

_ASSIGNMENT: Final = re.compile(r"([^=]*?)([-+]?)=(.*)", re.DOTALL)


def edits_of(
    type_: str,
    person: PersonId,
    voice: Voice,
    *,
    assignments: Sequence[str],
    terms: Sequence[str],
    when: str | None,
) -> list[Edit]:
    """Return the edits the options ask for, and tell which date they were understood as."""
    known = record_type(type_)
    edits: list[Edit] = []
    if assignments:
        # The parser of dates comes with it, and most records need neither.
        from aluna_sync.journal.assignments import edits_from_assignments

        said = [_in_codes(known, text) for text in assignments]
        edits = edits_from_assignments(type_, said, person, today=dt.date.today())
    chosen = [chosen_term(words, _groups(known)) for words in terms]
    edits += [AddMember(OWN_TERMS if is_own(term) else "terms", term) for term in chosen]
    if when is not None:
        declared = known.field("when")
        understood = chosen_when(when, future=declared is not None and declared.future)
        edits.append(SetReading("when", understood.as_json()))
    _tell_dates(type_, edits, voice)
    return edits


def _tell_dates(type_: str, edits: Sequence[Edit], voice: Voice) -> None:
    """Say which date each field was understood as, before any of it is kept."""
    for edit in edits:
        if isinstance(edit, SetReading) and (said := _date_in(edit)) is not None:
            own = _("kept in your own words") if said.value is None and said.words else ""
            told = f"{when_words(said)} ({own})" if own else when_words(said)
            voice.talk(f"{field_name(type_, edit.field)}: {told}")


def dates_as_json(edits: Sequence[Edit]) -> dict[str, object]:
    """Return the dates that were understood, by field, for the JSON of what writes."""
    said = {
        edit.field: edit.value
        for edit in edits
        if isinstance(edit, SetReading) and _date_in(edit) is not None
    }
    return {"dates": said} if said else {}


def _date_in(edit: SetReading) -> When | None:
    if not isinstance(edit.value, dict) or "precision" not in edit.value:
        return None
    from aluna_sync.journal.dates import when_from_json

    return when_from_json(edit.value)


def _groups(known: RecordType) -> tuple[str, ...]:
    declared = known.field("terms")
    return declared.groups if declared else ()


def _in_codes(known: RecordType, assignment: str) -> str:
    """Return *assignment* with the field, and the answer where it is a choice, as codes."""
    found = _ASSIGNMENT.fullmatch(assignment)
    if found is None:
        raise WrongUseError("not-an-assignment", text=assignment)
    name, sign, value = found.groups()
    declared = _field_called(known, name)
    if declared is None:
        raise WrongUseError("unknown-field", field=name.strip(), type=known.name)
    if declared.shape is Shape.CHOICE:
        several = declared.merge is MergeKind.SET and not sign
        value = (_choices_called if several else _choice_called)(declared, value)
    return f"{declared.name}{sign}={value}"


def _field_called(known: RecordType, name: str) -> Field | None:
    wanted = _unasked(name)
    for declared in known.fields:
        # A code means that field, whatever another one is called in words.
        if wanted in map(_unasked, (declared.name, declared.name.replace("_", " "))):
            return declared
    for declared in known.fields:
        label = FIELDS_OF_TYPE.get((known.name, declared.name)) or FIELDS.get(declared.name, "")
        if label and wanted in map(_unasked, (label, _(label))):
            return declared
    return None


def _unasked(name: str) -> str:
    """Return *name* folded: some fields are called by a question, and nobody types its marks."""
    return fold(name).strip("¿? ")


def _choice_called(declared: Field, value: str) -> str:
    wanted = fold(value)
    for choice in declared.choices:
        label = CHOICES.get(declared.name, {}).get(choice, "")
        if label and wanted in (fold(label), fold(_(label))):
            return choice
    return value


def _choices_called(declared: Field, value: str) -> str:
    from aluna_sync.journal.assignments import items_of

    def names_one(words: str) -> bool:
        return _choice_called(declared, words) in declared.choices

    said = [
        (_choice_called(declared, item), note)
        for item, note in items_of(declared, value, names_one)
    ]
    if not any(note for _item, note in said):
        return ", ".join(item for item, _note in said)
    return "".join(f"{item}: {note};" if note else f"{item};" for item, note in said)


def tell_types(voice: Voice) -> None:
    """Print the kinds of record, and the words they are asked for with."""
    known = [(name, declared) for name, declared in TYPES.items() if declared.by_hand]
    if voice.as_json:
        voice.json({"types": [name for name, _declared in known]})
        return
    for name, _declared in known:
        voice.data(f"{voice.bold(name)}: {type_name(name)} · {listed(LABELS[name].words)}")


def tell_fields(type_: str, voice: Voice) -> None:
    """Print the fields of *type_* and how each is written with --set."""
    for declared in record_type(type_).fields:
        if declared.in_form:
            name = field_name(type_, declared.name)
            voice.data(f"{voice.bold(declared.name)}: {name} · {_how(declared)}")


def _how(declared: Field) -> str:
    match declared.shape:
        case Shape.TERM:
            groups = declared.groups[:4]
            ways = _("words of the vocabulary: {groups}").format(groups=", ".join(groups))
            ways += "…" if len(declared.groups) > len(groups) else ""
        case Shape.CHOICE:
            names = [f"{one} ({choice_name(declared.name, one)})" for one in declared.choices]
            ways = listed(names)
        case Shape.WHEN:
            ways = _("a date in words")
        case Shape.PLACE:
            ways = _("a name the group knows")
        case Shape.PERSON:
            ways = _("“me”")
        case _:
            ways = _("words")
    if declared.own_words:
        ways = _("{ways}, or your own words").format(ways=ways)
    if declared.merge is MergeKind.MAP:
        ways = _("{ways}, each person her own").format(ways=ways)
    if declared.merge is not MergeKind.SET:
        return ways
    if declared.shape in (Shape.TERM, Shape.CHOICE):
        return _("{ways}; several, with commas; “item: a note; item” where one has a note").format(
            ways=ways
        )
    return _("{ways}; several, with commas").format(ways=ways)
