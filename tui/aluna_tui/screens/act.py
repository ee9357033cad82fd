"""Doing something with a record: consent, object, propose, pause; nothing is ever undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from aluna_protocol.ids import DocumentId
from aluna_sync.errors import AlunaError
from aluna_sync.journal.types import Json
from aluna_tui.act_making import do_act, filled
from aluna_tui.keys import EVERYWHERE
from aluna_tui.screens.editor import EditorScreen
from aluna_tui.sentences import what_happened
from aluna_tui.texts import N_, _
from aluna_tui.view_models.acts import Doable, act_lines, part_choices, said_words
from aluna_tui.view_models.choices import Choice
from aluna_tui.view_models.form import FormLine
from aluna_tui.view_models.plain import one_line
from aluna_tui.view_models.words import space_of
from aluna_tui.widgets.bindings import bindings
from aluna_tui.widgets.shared_text import SharedText
from aluna_tui.widgets.work import start

if TYPE_CHECKING:
    from aluna_sync.device import Device


class ActScreen(EditorScreen):
    """What one act asks; F2 does it, Esc leaves it undone."""

    KEY_IDS: ClassVar[tuple[str, ...]] = ("save", "back", *EVERYWHERE)
    HELP = N_(
        "Say what you want to say with it, or nothing. F2 does it, Esc leaves it undone. What was "
        "done is never changed or taken away; it can be answered by another step."
    )
    BINDINGS = bindings("save")

    def __init__(self, document: DocumentId, what: Doable) -> None:
        super().__init__()
        self.document = document
        self._what = what
        self._said: dict[str, Json] = {}
        self._done = False

    @property
    def _opened(self) -> Device:
        from aluna_sync.device import Device

        device = self.device
        if not isinstance(device, Device):
            raise AlunaError("no-collective")
        return device

    def lines(self) -> list[FormLine]:
        """Return what the act asks."""
        return act_lines(self._what)

    def on_mount(self) -> None:
        """Say that nothing is done yet."""
        self.say_edge(_("F2 does it. Nothing happens before."))

    def head(self) -> tuple[str, str]:
        """Return what is done with which record, and whose eyes will be on it."""
        record = self.device.record(self.document)
        if record is None:
            return self._what.label, ""
        title = one_line(record.title, 60)
        return f"{self._what.label} · {title}", space_of(self.device, record.space)

    # -- what was said --------------------------------------------------------------------------

    def text_of(self, field: str) -> str:
        """Return the words so far."""
        words = self._said.get(field)
        return words if isinstance(words, str) else ""

    def items_of(self, field: str) -> tuple[str, ...]:
        """Return what was chosen so far."""
        chosen = self._said.get(field)
        return tuple(str(one) for one in chosen) if isinstance(chosen, list) else ()

    def choices_of(self, line: FormLine) -> list[Choice]:
        """Return what can be chosen for a part."""
        record = self.device.record(self.document)
        if record is None:
            return []
        return part_choices(self._opened, record, self._what, line.field.name)

    def words_of(self, line: FormLine) -> str:
        """Say what was chosen for a part."""
        return said_words(self.choices_of(line), self._said.get(line.field.name))

    def typed_words(self, line: FormLine) -> str:
        """Return what a box begins with."""
        return ""

    def on_shared_text_typed(self, event: SharedText.Typed) -> None:
        """Keep the words."""
        self._take(event.field, self.query_one(f"#text-{event.field}", SharedText).text)

    def take_items(self, field: str, items: tuple[str, ...]) -> None:
        """Keep what was chosen."""
        self._take(field, list(items))

    def take_value(self, field: str, words: str, value: Json) -> None:
        """Keep one value."""
        self._take(field, value)

    def _take(self, field: str, value: Json) -> None:
        if value:
            self._said[field] = value
        else:
            self._said.pop(field, None)

    # -- doing ----------------------------------------------------------------------------------

    def action_save(self) -> None:
        """Do it."""
        if not self._done:
            self._done = True
            start(self, "save", self._save)

    async def _save(self) -> None:
        device, what = self._opened, self._what
        record = device.record(self.document)
        if record is None:
            self.aluna.go_back()
            return
        try:
            said = {what.kind.named_by: what.stance} if what.stance else {}
            value = filled(device, record, what.kind, {**self._said, **said})
            await do_act(device, record, what.field, value)
        except AlunaError as error:
            self._done = False
            self.say_edge(what_happened(error))
            return
        self.aluna.go_back()
