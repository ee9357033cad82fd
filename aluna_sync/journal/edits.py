"""From what a person does to the operations the engine writes, checked against the schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aluna_protocol.ids import ActorId, DocumentId, PersonId
from aluna_sync.engine.types import Cell, Delete, Operation, Put, Scalar, Splice, View
from aluna_sync.errors import WrongUseError
from aluna_sync.journal import checking, keys
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
from aluna_sync.journal.links import LINK_KINDS, link_item
from aluna_sync.journal.pieces import Piece, applied, joined, pieces_of, shared_out
from aluna_sync.journal.readings import Entry, current, entry_text, parse_entry
from aluna_sync.journal.schema import TYPES, Field, MergeKind, RecordType, Shape
from aluna_sync.journal.splices import Hunk, hunks
from aluna_sync.journal.types import Json
from aluna_sync.journal.values import clean_json, clean_words, dump_json

__all__ = [
    "AddAct", "AddLink", "AddMember", "Edit", "RemoveLink", "RemoveMember", "SetMine",
    "SetReading", "SetText", "SetValue", "default_space", "operations",
    "splice_operations",
]  # fmt: skip

_NOBODY = ActorId(bytes(16))
"""Who wrote an entry does not matter for which ones are current."""


def operations(
    edits: Iterable[Edit],
    current: View | None,
    *,
    type: str,  # noqa: A002
    person: PersonId,
    write_ids: Iterator[str],
) -> list[Operation]:
    """Return what to write so that *edits*, in order, are done to the record as it stands.

    *current* None creates a record of *type*. Nothing to change gives an empty list. Raises
    `WrongUseError`: "unknown-type", "empty-record" (a new record without a text or a term),
    "unknown-field", "field-is-not-that-kind", "unknown-term", "term-of-another-group",
    "unknown-choice", "only-oneself", "not-an-item", "empty-value", "no-coordinates",
    "value-of-another-shape", "not-a-date", "too-long", "no-such-reading", "unknown-link",
    "link-to-itself".
    """
    known = _known_type(type)
    draft = _Draft(current, known, person, write_ids)
    if current is None:
        draft.put(keys.TYPE, known.name)
        draft.put(keys.SCHEMA, known.schema)
    for edit in edits:
        draft.write(edit)
    if current is None and not draft.says_something():
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
    write_ids: Iterator[str],
) -> list[Operation]:
    """Return the operations for one stroke in the text *field* as people see it.

    *position* and *delete* count code points of the joined text; both are held inside it.
    """
    known = _known_type(type)
    checking.field_of(known, field, MergeKind.TEXT)
    draft = _Draft(current, known, PersonId(bytes(16)), write_ids)
    pieces = draft.pieces(field)
    length = len(joined(pieces))
    start = min(max(position, 0), length)
    end = min(start + max(delete, 0), length)
    draft.change_text(pieces, [Hunk(start, end, clean_words(text))])
    return draft.operations


def default_space(type: str, edits: Iterable[Edit]) -> str:  # noqa: A002
    """Return where a new record lives unless said otherwise: a kind of space."""
    said = {edit.field: edit.value for edit in edits if isinstance(edit, SetReading)}
    return _known_type(type).default_space(said)


def _known_type(name: str) -> RecordType:
    known = TYPES.get(name)
    if known is None:
        raise WrongUseError("unknown-type", type=name, types=list(TYPES))
    return known


class _Draft:
    """The record as it will stand, and the operations that make it so."""

    def __init__(
        self, view: View | None, known: RecordType, person: PersonId, write_ids: Iterator[str]
    ) -> None:
        self.operations: list[Operation] = []
        self._document: DocumentId | None = None if view is None else view.document
        self._texts: dict[str, str] = {} if view is None else dict(view.texts)
        self._cells: dict[str, Scalar] = (
            {} if view is None else {key: cell.value for key, cell in view.cells.items()}
        )
        self._known = known
        self._person = person
        self._write_ids = write_ids

    def write(self, edit: Edit) -> None:
        """Do *edit* after those before it."""
        match edit:
            case SetText(field, text):
                self._set_text(self._field(field, MergeKind.TEXT), clean_words(text))
            case AddMember(field, item, note):
                self._add_member(self._field(field, MergeKind.SET), item, clean_words(note))
            case RemoveMember(field, item):
                self._field(field, MergeKind.SET)
                self._delete(keys.set_key(field, clean_words(item)))
            case SetReading(field, value, after):
                declared = self._field(field, MergeKind.READINGS)
                self._set_reading(declared, clean_json(value), after)
            case SetMine(field, value, key):
                self._set_mine(self._field(field, MergeKind.MAP), clean_json(value), key)
            case AddAct(field, value):
                self._add_act(self._field(field, MergeKind.ACTS), clean_json(value))
            case SetValue(field, value):
                declared = self._field(field, MergeKind.LAST)
                checking.check_value(declared, value)
                self.put(keys.last_key(field), dump_json(clean_json(value)))
            case AddLink(kind, target):
                self._add_link(kind, target)
            case RemoveLink(kind, target):
                self._delete(keys.set_key("links", link_item(kind, target)))

    def says_something(self) -> bool:
        """Return whether there is a text or a term."""
        if any(words.strip() for words in self._texts.values()):
            return True
        for key in self._cells:
            parsed = keys.parse_key(key)
            declared = None if parsed is None else self._known.field(parsed.field)
            if (
                declared is not None
                and declared.merge is MergeKind.SET
                and declared.shape not in (Shape.PERSON, Shape.LINK)
            ):
                return True
        return False

    def put(self, key: str, value: str | int) -> None:
        """Write *value* unless it is there already."""
        if self._cells.get(key) != value:
            self._cells[key] = value
            self.operations.append(Put(key, value))

    def pieces(self, field: str) -> list[Piece]:
        """Return the pieces of the text *field*, at least one to write into."""
        return pieces_of(self._texts, field) or [(keys.text_key(field, next(self._write_ids)), "")]

    def change_text(self, pieces: list[Piece], wanted: list[Hunk]) -> None:
        """Apply *wanted*, hunks of the joined text, to the pieces it consists of."""
        shares = shared_out(pieces, wanted)
        if shares is None:
            # Words that join two pieces have no place in either: all of it moves to the first.
            whole = applied(joined(pieces), wanted)
            rest = [[Hunk(0, len(words), "")] for _, words in pieces[1:]]
            shares = [hunks(pieces[0][1], whole), *rest]
        for (key, words), share in zip(pieces, shares, strict=True):
            # From the end, so that the positions before stay true.
            for hunk in reversed(share):
                if hunk.start < hunk.end or hunk.text:
                    length = hunk.end - hunk.start
                    self.operations.append(Splice(key, hunk.start, length, hunk.text))
            self._texts[key] = applied(words, share)

    def _field(self, name: str, merge: MergeKind) -> Field:
        return checking.field_of(self._known, name, merge)

    def _set_text(self, declared: Field, text: str) -> None:
        pieces = self.pieces(declared.name)
        self.change_text(pieces, hunks(joined(pieces), text))

    def _add_member(self, declared: Field, item: str, note: str) -> None:
        item = clean_words(item).strip()
        checking.check_item(declared, item, self._person)
        if declared.shape is Shape.LINK:
            raise WrongUseError("field-is-not-that-kind", field=declared.name, kind="link")
        key = keys.set_key(declared.name, item)
        if note or key not in self._cells:
            self.put(key, note)

    def _delete(self, key: str) -> None:
        if key in self._cells:
            del self._cells[key]
            self.operations.append(Delete(key))

    def _set_reading(self, declared: Field, value: Json, after: tuple[str, ...] | None) -> None:
        entries = self._entries(declared.name, MergeKind.READINGS)
        standing = current(entries)
        if after is None:
            answered = standing
            if len(standing) == 1 and entries[standing[0]].value == value:
                return
        else:
            answered = list(after)
            if any(i not in entries for i in answered):
                raise WrongUseError("no-such-reading", field=declared.name)
        if value is not None:
            checking.check_value(declared, value)
        elif not standing:
            return
        key = keys.reading_key(declared.name, next(self._write_ids))
        self.put(key, entry_text(value, answered))

    def _set_mine(self, declared: Field, value: Json, sub: str) -> None:
        if sub:
            raise WrongUseError("field-is-not-that-kind", field=declared.name, kind="map")
        key = keys.map_key(declared.name, self._person)
        if value is None:
            self._delete(key)
        else:
            checking.check_value(declared, value)
            self.put(key, dump_json(value))

    def _add_act(self, declared: Field, value: Json) -> None:
        checking.check_value(declared, value)
        seen = current(self._entries(declared.name, MergeKind.ACTS))
        self.put(keys.act_key(declared.name, next(self._write_ids)), entry_text(value, seen))

    def _add_link(self, kind: str, target: DocumentId) -> None:
        if kind not in LINK_KINDS:
            raise WrongUseError("unknown-link", kind=kind, kinds=list(LINK_KINDS))
        if target == self._document:
            raise WrongUseError("link-to-itself")
        key = keys.set_key("links", link_item(kind, target))
        if key not in self._cells:
            self.put(key, "")

    def _entries(self, field: str, kind: MergeKind) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for key, value in self._cells.items():
            parsed = keys.parse_key(key)
            if parsed is not None and parsed.kind is kind and parsed.field == field:
                entry = parse_entry(Cell(value, _NOBODY))
                if entry is not None:
                    found[parsed.item] = entry
        return found
