"""Writing in a record that exists: every letter is a splice, and others may be writing too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import ClassVar

from textual.widgets import Input

from aluna_protocol.ids import DocumentId, PersonId
from aluna_sync.errors import AlunaError
from aluna_sync.facts import News, RecordsChanged, Writing
from aluna_sync.journal.edit_kinds import Edit
from aluna_sync.journal.schema import MergeKind, record_type
from aluna_sync.journal.types import Json, Record
from aluna_tui.keys import EVERYWHERE
from aluna_tui.labels import glyph
from aluna_tui.screens.editor import EditorScreen
from aluna_tui.sentences import what_happened
from aluna_tui.texts import _
from aluna_tui.view_models.form import FormLine, record_words, set_edits, value_edit
from aluna_tui.view_models.plain import one_line
from aluna_tui.view_models.words import person_of, space_of
from aluna_tui.widgets.form_line import FieldWords
from aluna_tui.widgets.shared_text import SharedText
from aluna_tui.widgets.work import start


class EditRecordScreen(EditorScreen):
    """The form over a record. What is typed goes into it at once."""

    KEY_IDS: ClassVar[tuple[str, ...]] = ("back", *EVERYWHERE)

    def __init__(self, record: Record) -> None:
        super().__init__()
        self.document: DocumentId = record.id
        self.type_ = record.type
        self._first = record
        self._one_at_a_time = asyncio.Lock()
        self._values: dict[str, Json] = {}
        self._items: dict[str, tuple[str, ...]] = {}

    def on_mount(self) -> None:
        """Say that this is open here, and bring back what an interruption left unwritten."""
        super().on_mount()
        self.device.present(self.document)
        self._bring_back()
        persons = {peer.device: peer.person for peer in self.device.peers()}
        for device, document in self.device.writing().items():
            if document == self.document:
                self._say_who(persons.get(device))

    def _say_who(self, person: PersonId | None) -> None:
        who = person_of(self.device, person)
        self.say_edge(_("{person} is writing here too").format(person=who))

    def on_unmount(self) -> None:
        """Say that this is not open here any more."""
        if self.aluna.has_device:
            self.device.present(None)

    @property
    def record(self) -> Record:
        """The record as the device has it now."""
        return self.device.record(self.document) or self._first

    def head(self) -> tuple[str, str]:
        """Return the title, and whose eyes are on it."""
        title = one_line(self.record.title) or _("without words yet")
        return f"{glyph(self.type_)} {title}", space_of(self.device, self.record.space)

    def text_of(self, field: str) -> str:
        """Return the text of the record."""
        return self.record.texts.get(field, "")

    def items_of(self, field: str) -> tuple[str, ...]:
        """Return the items of the record."""
        return tuple(member.item for member in self.record.sets.get(field, ()))

    def words_of(self, line: FormLine) -> str:
        """Say what the record says."""
        return record_words(line, self.record, self.device.person)

    def typed_words(self, line: FormLine) -> str:
        """Begin with an empty box: what stands is said beside it."""
        return ", ".join(self.items_of(line.field.name)) if _is_set(line) else ""

    # -- texts ----------------------------------------------------------------------------------

    def on_shared_text_typed(self, event: SharedText.Typed) -> None:
        """Write what was typed."""
        start(self, f"text-{event.field}", self._synchronise, event.field)

    async def _synchronise(self, field: str) -> None:
        text = self.query_one(f"#text-{field}", SharedText)
        async with self._one_at_a_time:
            text.take(self.text_of(field))
            while owed := text.owed():
                change = owed[0]
                try:
                    await self.device.splice(
                        self.document,
                        field,
                        change.position,
                        change.delete,
                        change.text,
                        base=text.shared,
                    )
                except AlunaError as error:
                    self._leave_for_later(text)
                    self.say_edge(what_happened(error))
                    return
                text.written(change)
                text.take(self.text_of(field))

    async def settle(self) -> None:
        """Write everything typed; what cannot be written now is kept beside the record."""
        self._write_boxes()
        for text in self.query(SharedText):
            if text.owed():
                self._leave_for_later(text)
                await self._synchronise(text.field)
                if not text.owed():
                    self.device.save_draft(self._key(text.field), None)

    def _key(self, field: str) -> str:
        return f"text:{self.document.hex()}:{field}"

    def _leave_for_later(self, text: SharedText) -> None:
        kept = json.dumps([text.shared, text.text], ensure_ascii=False)
        self.device.save_draft(self._key(text.field), kept)

    def _bring_back(self) -> None:
        for text in self.query(SharedText):
            kept = self.device.draft(self._key(text.field))
            if kept is not None:
                known, typed = json.loads(kept)
                text.resume(known, typed, self.text_of(text.field))
                self.device.save_draft(self._key(text.field), None)
                start(self, f"text-{text.field}", self._synchronise, text.field)

    # -- everything else ------------------------------------------------------------------------

    def take_items(self, field: str, items: tuple[str, ...]) -> None:
        """Write what was added and taken out."""
        self._edit(set_edits(field, self.items_of(field), items))

    def take_value(self, field: str, words: str, value: Json) -> None:
        """Write a reading that answers the current ones, or one's own words of a map."""
        self._edit(self._values_written({field: value}))

    def _values_written(self, values: Mapping[str, Json]) -> list[Edit]:
        known = record_type(self.type_)
        return [
            value_edit(declared, value)
            for name, value in values.items()
            if (declared := known.field(name)) is not None
        ]

    def value_typed(self, line: FormLine, words: str, value: Json) -> None:
        """Keep what the box says until it is left: half a date is not a reading."""
        self._values[line.field.name] = value

    def words_typed(self, line: FormLine, words: str, items: tuple[str, ...]) -> None:
        """Keep the words until the box is left."""
        self._items[line.field.name] = items

    def on_descendant_blur(self) -> None:
        """Write the boxes that were left."""
        self._write_boxes()

    def _write_boxes(self) -> None:
        values, self._values = self._values, {}
        items, self._items = self._items, {}
        said = {field: value for field, value in values.items() if value}
        edits = self._values_written(said)
        for field in values:
            self.query_one(f"#words-{field}", Input).value = ""
        for field, chosen in items.items():
            edits += set_edits(field, self.items_of(field), chosen)
        self._edit(edits)

    def _edit(self, edits: list[Edit]) -> None:
        if edits:
            start(self, "write", self._write, edits)

    async def _write(self, edits: list[Edit]) -> None:
        try:
            await self.device.edit(self.document, edits)
        except AlunaError as error:
            self.say_edge(what_happened(error))
        self._show_record()

    # -- companions -----------------------------------------------------------------------------

    def take_news(self, news: News) -> None:
        """Show what companions write, where they write it."""
        match news:
            case RecordsChanged() if self.document in news.documents:
                if news.from_device is not None:
                    for text in self.query(SharedText):
                        start(self, f"text-{text.field}", self._synchronise, text.field)
                self._show_record()
            case Writing(device=device, document=document) if (
                document == self.document and device != self.device.device
            ):
                self._say_who(news.person)
            case _:
                pass

    def _show_record(self) -> None:
        self.show_facts()
        self.show_lines()
        for box in self.query(FieldWords):
            box.stands(self.words_of(box.line))


def _is_set(line: FormLine) -> bool:
    return line.field.merge is MergeKind.SET
