"""Writing something new: a draft, encrypted on this device only, until it is kept with F2."""

from __future__ import annotations

from aluna_protocol.ids import SpaceId
from aluna_sync.errors import AlunaError
from aluna_sync.journal.schema import record_type
from aluna_sync.journal.types import Json
from aluna_tui.labels import glyph, type_name
from aluna_tui.screens.editor import EditorScreen
from aluna_tui.sentences import what_happened
from aluna_tui.texts import _
from aluna_tui.view_models.drafts import Draft
from aluna_tui.view_models.form import FormLine, items_words, reading_words
from aluna_tui.view_models.words import space_of
from aluna_tui.widgets.bindings import bindings
from aluna_tui.widgets.shared_text import SharedText
from aluna_tui.widgets.work import start


class NewRecordScreen(EditorScreen):
    """The form over a draft; Esc keeps the draft and asks nothing."""

    BINDINGS = bindings("save")

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft
        self.type_ = draft.type
        self._done = False

    def on_mount(self) -> None:
        """Say that nothing leaves before it is kept."""
        super().on_mount()
        self.say_edge(_("Only on this device until you keep it with F2."))

    def head(self) -> tuple[str, str]:
        """Return the type, and whose eyes will be on it."""
        return f"{glyph(self.type_)} {type_name(self.type_)}", space_of(self.device, self._space())

    def _space(self) -> SpaceId:
        if self.draft.space is not None:
            return SpaceId(bytes.fromhex(self.draft.space))
        return self.device.default_space(self.draft.default_space(), self.device.collective())

    def text_of(self, field: str) -> str:
        """Return what was typed so far."""
        return self.draft.texts.get(field, "")

    def items_of(self, field: str) -> tuple[str, ...]:
        """Return what was chosen so far."""
        return self.draft.sets.get(field, ())

    def words_of(self, line: FormLine) -> str:
        """Say what the draft says."""
        name = line.field.name
        if name in self.draft.readings:
            return reading_words(line.field, self.draft.readings[name])
        if name in self.draft.asked:
            return ""
        return items_words(line.field, self.items_of(name), self.device.person)

    def typed_words(self, line: FormLine) -> str:
        """Return the words as they were typed."""
        return self.draft.asked.get(line.field.name, "")

    def on_shared_text_typed(self, event: SharedText.Typed) -> None:
        """Keep the draft with every letter."""
        text = self.query_one(f"#text-{event.field}", SharedText).text
        self._keep(self.draft.with_text(event.field, text))

    def take_items(self, field: str, items: tuple[str, ...]) -> None:
        """Keep the draft with the items."""
        self._keep(self.draft.with_items(field, items))

    def take_value(self, field: str, words: str, value: Json) -> None:
        """Keep the draft with the value and the words typed for it."""
        changed = self.draft.with_reading(field, value)
        self._keep(changed.with_asked(field, words, value) if words else changed)

    def words_typed(self, line: FormLine, words: str, items: tuple[str, ...]) -> None:
        """Keep own words both as typed and one by one."""
        changed = self.draft.with_items(line.field.name, items)
        self._keep(changed.with_asked(line.field.name, words, None))

    def _keep(self, draft: Draft) -> None:
        if self._done:
            return
        self.draft = draft
        self.device.save_draft(draft.key, None if draft.empty else draft.packed())
        self.show_facts()

    def action_save(self) -> None:
        """Put the record in the journal and read it."""
        may_be_empty = record_type(self.type_).may_be_empty
        if not self._done and (may_be_empty or not self.draft.empty):
            self._done = True
            start(self, "save", self._save)

    async def _save(self) -> None:
        draft = self.draft
        try:
            document = await self.device.add(draft.type, draft.edits(), self._space())
        except AlunaError as error:
            self._done = False
            self.say_edge(what_happened(error))
            return
        self.device.save_draft(draft.key, None)
        self.device.mark_read(document)
        self.aluna.go_back()
        self.aluna.read(document)
