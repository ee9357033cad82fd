"""From what a person does to the operations the engine writes, checked against the schema."""

from __future__ import annotations

from collections.abc import Iterable

from aluna_protocol.ids import PersonId
from aluna_sync.engine.types import Operation, View
from aluna_sync.errors import WrongUseError
from aluna_sync.journal import checking, keys
from aluna_sync.journal.drafting import Draft, PersonOf
from aluna_sync.journal.edit_kinds import (
    AddAct,
    AddLink,
    AddMember,
    Edit,
    RemoveLink,
    RemoveMember,
    SetMine,
    SetReading,
    SetText,
    SetValue,
)
from aluna_sync.journal.pieces import (
    joined,
)
from aluna_sync.journal.schema import (
    TYPES,
    UNKNOWN_TYPE,
    MergeKind,
    RecordType,
    record_type,
)
from aluna_sync.journal.splices import Hunk
from aluna_sync.journal.values import clean_words

__all__ = [
    "AddAct", "AddLink", "AddMember", "Edit", "RemoveLink", "RemoveMember", "SetMine",
    "SetReading", "SetText", "SetValue", "default_space", "operations",
    "splice_operations",
]  # fmt: skip

_NO_ONE = PersonId(bytes(16))


def operations(
    edits: Iterable[Edit],
    current: View | None,
    *,
    type: str,  # noqa: A002
    person: PersonId,
    write_ids: keys.WriteIds,
    by_program: bool = False,
    person_of: PersonOf | None = None,
) -> list[Operation]:
    """Return what to write so that *edits*, in order, are done to the record as it stands.

    *current* None creates a record of *type*. Nothing to change gives an empty list. Raises
    `WrongUseError`: "unknown-type", "empty-record" (a new record without a text or a term),
    "unknown-field", "field-is-not-that-kind", "unknown-term", "term-of-another-group",
    "unknown-choice", "only-oneself", "not-an-item", "empty-value", "no-coordinates",
    "value-of-another-shape", "not-a-date", "too-long", "no-such-reading", "unknown-link",
    "link-to-itself", "unknown-act", "unknown-part", "part-of-another-shape", "part-needed",
    "no-such-act", "written-by-the-program". *person_of* tells who wrote what stands there; with
    it, what is somebody else's is refused: "only-its-author", "only-oneself", "not-your-link".
    """
    known = _known_type(type)
    draft = Draft(current, known, person, write_ids, person_of)
    if current is None:
        if not known.by_hand and not by_program:
            raise WrongUseError("written-by-the-program", type=type)
        draft.put(keys.TYPE, known.name)
        draft.put(keys.SCHEMA, known.schema)
    for edit in edits:
        draft.write(edit)
    if current is None and not known.may_be_empty and not draft.says_something():
        raise WrongUseError("empty-record", type=type)
    return draft.operations


def splice_operations(
    current: View | None,
    field: str,
    position: int,
    delete: int,
    text: str,
    *,
    type: str,  # noqa: A002
    write_ids: keys.WriteIds,
    person: PersonId = _NO_ONE,
    person_of: PersonOf | None = None,
) -> list[Operation]:
    """Return the operations for one stroke in the text *field* as people see it.

    *position* and *delete* count code points of the joined text; both are held inside it. With
    *person_of*, raises "only-its-author" where only who began the record writes.
    """
    known = _known_type(type)
    checking.field_of(known, field, MergeKind.TEXT)
    draft = Draft(current, known, person, write_ids, person_of)
    draft.refuse_other_hands()
    pieces = draft.pieces(field)
    length = len(joined(pieces))
    start = min(max(position, 0), length)
    end = min(start + max(delete, 0), length)
    draft.change_text(pieces, [Hunk(start, end, clean_words(text))])
    return draft.operations


def default_space(type: str, edits: Iterable[Edit]) -> str:  # noqa: A002
    """Return where a new record lives unless said otherwise: a kind of space."""
    said: dict[str, object] = {}
    for edit in edits:
        if isinstance(edit, SetReading):
            said[edit.field] = edit.value
        elif isinstance(edit, AddMember):
            before = said.get(edit.field)
            said[edit.field] = [*(before if isinstance(before, list) else ()), edit.item]
    return _known_type(type).default_space(said)


def _known_type(name: str) -> RecordType:
    known = record_type(name)
    if known is UNKNOWN_TYPE:
        raise WrongUseError("unknown-type", type=name, types=list(TYPES))
    return known
