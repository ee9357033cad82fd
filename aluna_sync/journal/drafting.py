"""A record as it will stand after edits, and the operations that make it so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from aluna_protocol.ids import ActorId, DocumentId, PersonId
from aluna_sync.engine.types import Cell, Delete, Operation, Put, Scalar, Splice, View
from aluna_sync.errors import WrongUseError
from aluna_sync.journal import checking, keys
from aluna_sync.journal.display import safe_text
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
from aluna_sync.journal.pieces import (
    Piece,
    applied,
    joined,
    note_pieces,
    pieces_of,
    rewritten,
    shared_out,
    stroked,
)
from aluna_sync.journal.putting_away import PUT_AWAY, what_it_says
from aluna_sync.journal.readings import Entry, current, entry_text, parse_entry
from aluna_sync.journal.schema import (
    Field,
    MergeKind,
    RecordType,
    Shape,
)
from aluna_sync.journal.splices import Hunk, word_hunks
from aluna_sync.journal.types import Json
from aluna_sync.journal.values import act_kind, clean_json, clean_words, dump_json

PersonOf = Callable[[ActorId], PersonId | None]
_NOBODY: Final = ActorId(bytes(16))
"""Who wrote an entry does not matter for which ones are current."""


class Draft:
    """The record as it will stand, and the operations that make it so."""

    def __init__(
        self,
        view: View | None,
        known: RecordType,
        person: PersonId,
        write_ids: keys.WriteIds,
        person_of: PersonOf | None,
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
        self._person_of = None if view is None else person_of
        self._view = view

    def refuse_other_hands(self) -> None:
        """Raise where only who began the record writes, and somebody else did."""
        if self._known.only_author and not self._is_hers():
            raise WrongUseError("only-its-author", type=self._known.name)

    def _is_hers(self) -> bool:
        """Tell whether this person began the record; yes when nobody said how to know."""
        if self._person_of is None or self._view is None or not self._view.actors:
            return True
        return self._person_of(self._view.actors[0]) == self._person

    def write(self, edit: Edit) -> None:
        """Do *edit* after those before it."""
        if not isinstance(edit, (AddAct, AddLink, RemoveLink, SetMine)):
            self.refuse_other_hands()
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
                self._remove_link(keys.set_key("links", link_item(kind, target)))

    def says_something(self) -> bool:
        """Return whether there is a text, a word or a term."""
        if any(words.strip() for words in self._texts.values()):
            return True
        for key in self._cells:
            parsed = keys.parse_key(key)
            declared = None if parsed is None else self._known.field(parsed.field)
            match declared:
                case Field(merge=MergeKind.SET, shape=shape):
                    if shape not in (Shape.PERSON, Shape.LINK):
                        return True
                case Field(merge=MergeKind.READINGS, shape=Shape.WORDS | Shape.TERM):
                    return True
                case _:
                    pass
        return False

    def put(self, key: str, value: str | int) -> None:
        """Write *value* unless it is there already."""
        if self._cells.get(key) != value:
            self._cells[key] = value
            self.operations.append(Put(key, value))

    def pieces(self, field: str) -> list[Piece]:
        """Return the pieces of the text *field*, at least one to write into."""
        return pieces_of(self._texts, field) or [
            (keys.text_key(field, self._write_ids.piece()), "")
        ]

    def change_text(self, pieces: list[Piece], wanted: list[Hunk]) -> None:
        """Apply *wanted*, hunks of the joined text, to the pieces it consists of, to the letter."""
        for (key, _), share in zip(pieces, _shares(pieces, wanted), strict=True):
            self._splice(key, stroked(self._texts.get(key), share))

    def _rewrite(self, pieces: list[Piece], text: str) -> None:
        """Make *pieces* read *text*; words that others write apart come beside it whole."""
        shares = _shares(pieces, word_hunks(joined(pieces), text))
        for (key, words), share in zip(pieces, shares, strict=True):
            if share:
                self._splice(key, rewritten(self._texts.get(key), applied(words, share)))

    def _splice(self, key: str, share: list[Hunk]) -> None:
        # From the end, so that the positions before stay true.
        for hunk in reversed(share):
            if hunk.start < hunk.end or hunk.text:
                length = hunk.end - hunk.start
                self.operations.append(Splice(key, hunk.start, length, hunk.text))
        self._texts[key] = applied(self._texts.get(key, ""), share)

    def _field(self, name: str, merge: MergeKind) -> Field:
        return checking.field_of(self._known, name, merge)

    def _set_text(self, declared: Field, text: str) -> None:
        pieces = self.pieces(declared.name)
        self._rewrite(pieces, text)

    def _add_member(self, declared: Field, item: str, note: str) -> None:
        item = clean_words(item).strip()
        checking.check_item(declared, item, self._person)
        checking.check_length(declared, item)
        if declared.shape is Shape.LINK:
            raise WrongUseError("field-is-not-that-kind", field=declared.name, kind="link")
        key = keys.set_key(declared.name, item)
        if key not in self._cells:
            self.put(key, "")
        if note:
            self._note(declared.name, item, note)

    def _note(self, field: str, item: str, note: str) -> None:
        """Make the note of *item* read *note*."""
        key = keys.set_key(field, item)
        pieces = note_pieces(self._texts, field, item)
        standing = self._cells.get(key)
        old = standing if isinstance(standing, str) and not keys.is_mark(standing) else ""
        if note in (joined(pieces), old):
            return
        if not pieces:
            pieces = [(keys.note_key(field, item, self._write_ids.piece()), "")]
        self._rewrite(pieces, note)
        # Said anew, the item stays when somebody takes it out at the same time.
        self.put(key, keys.fresh_mark(self._write_ids.piece()))

    def _delete(self, key: str) -> None:
        if key in self._cells:
            del self._cells[key]
            self.operations.append(Delete(key))

    def _remove_link(self, key: str) -> None:
        cell = None if self._view is None else self._view.cells.get(key)
        if cell is not None and self._person_of is not None:
            by = self._person_of(cell.actor)
            if by is not None and by != self._person:
                raise WrongUseError("not-your-link")
        self._delete(key)

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
        key = keys.reading_key(declared.name, self._write_ids.own())
        self.put(key, entry_text(value, answered))

    def _set_mine(self, declared: Field, value: Json, sub: str) -> None:
        sub = clean_words(sub).strip()
        if bool(sub) != declared.keyed:
            raise WrongUseError("field-is-not-that-kind", field=declared.name, kind="map")
        if sub:
            checking.check_length(declared, sub)
            if safe_text(sub) != sub:
                raise WrongUseError("not-an-item", field=declared.name)
        entries = self._mine(declared.name, sub)
        standing = current(entries)
        if value is not None:
            checking.check_value(declared, value)
        if [entries[i].value for i in standing] == [value] or (value is None and not standing):
            return
        key = keys.map_key(declared.name, self._person, sub, self._write_ids.own())
        self.put(key, entry_text(value, standing))

    def _mine(self, field: str, sub: str) -> dict[str, Entry]:
        """Return this person's entries of a map under *sub*."""
        found: dict[str, Entry] = {}
        for key, value in self._cells.items():
            parsed = keys.parse_key(key)
            if parsed is None or parsed.kind is not MergeKind.MAP or parsed.field != field:
                continue
            name, write_id = keys.split_sub(parsed.sub)
            if parsed.item != self._person.hex() or name != sub:
                continue
            entry = parse_entry(Cell(value, _NOBODY))
            if write_id and entry is not None:
                found[write_id] = entry
        return found

    def _add_act(self, declared: Field, value: Json) -> None:
        if isinstance(value, dict) and value.get("act") == PUT_AWAY:
            value = {**value, "seen": what_it_says(self._texts, self._cells)}
        checking.check_value(declared, value)
        acts = self._acts()
        if isinstance(value, dict):
            kind = act_kind(declared, value)
            if kind is not None and kind.own and not self._is_hers():
                raise WrongUseError("only-oneself", field=kind.name)
            self._check_answered(declared, value, acts)
        key = keys.act_key(declared.name, self._write_ids.own())
        self.put(key, entry_text(value, current(acts)))

    def _check_answered(
        self, declared: Field, value: dict[str, Json], acts: dict[str, Entry]
    ) -> None:
        """Raise unless every act that *value* names is there and of a kind it may name."""
        kind = act_kind(declared, value)
        for part in kind.parts if kind else ():
            named = value.get(part.name)
            if part.shape is not Shape.ENTRY or not named:
                continue
            for one in named if isinstance(named, list) else [named]:
                answered = acts.get(str(one))
                said = answered.value if answered else None
                if not isinstance(said, dict) or (part.of and said.get("act") not in part.of):
                    raise WrongUseError("no-such-act", part=part.name, acts=list(part.of))

    def _acts(self) -> dict[str, Entry]:
        """Return every act of the record: what an act had seen is not only of its own field."""
        found: dict[str, Entry] = {}
        for declared in self._known.fields:
            if declared.merge is MergeKind.ACTS:
                found |= self._entries(declared.name, MergeKind.ACTS)
        return found

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


def _shares(pieces: list[Piece], wanted: list[Hunk]) -> list[list[Hunk]]:
    """Return *wanted*, hunks of the joined text, by piece."""
    shares = shared_out(pieces, wanted)
    if shares is None:
        # Words that join two pieces have no place in either: all of it moves to the first.
        whole = applied(joined(pieces), wanted)
        rest = [[Hunk(0, len(words), "")] for _, words in pieces[1:]]
        shares = [word_hunks(pieces[0][1], whole), *rest]
    return shares
