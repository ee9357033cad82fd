"""A text that others may be writing too: what they write appears, the cursor stays where it is."""

from __future__ import annotations

import unicodedata
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.document._document import Document, EditResult, Location, Selection
from textual.document._edit import Edit
from textual.message import Message
from textual.widgets import TextArea

from aluna_sync.journal.drift import Change, apply, cursor_after, difference, move_past
from aluna_tui.texts import N_

_ODD_BREAKS: Final = str.maketrans(dict.fromkeys("\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", " "))
"""What Python would also take for a line break: shown as one space each, so positions agree."""


class SharedText(TextArea):
    """The local copy of one collaborative text.

    The editor tells it what the record says (`take`), asks what is still to be written (`owed`)
    and reports each change the device has made durable (`written`).
    """

    HELP = N_(
        "Write here. Nothing has to be saved: every letter is kept, also if you lock or leave. "
        "If a companion writes in the same text, her letters appear and your cursor stays."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", N_("Next field"), show=False),
        Binding("shift+tab", "app.focus_previous", N_("Field before"), show=False),
        Binding("ctrl+home", "edge('start')", N_("To the beginning of the text"), show=False),
        Binding("ctrl+end", "edge('end')", N_("To the end of the text"), show=False),
    ]

    class Typed(Message):
        """The person changed the text of *field*."""

        def __init__(self, field: str) -> None:
            super().__init__()
            self.field = field

    def __init__(self, field: str, text: str, *, single_line: bool = False) -> None:
        self._shared = text.translate(_ODD_BREAKS)
        self._reported = self._shared
        super().__init__(
            self._shared,
            soft_wrap=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
            compact=True,
            id=f"text-{field}",
            classes="single" if single_line else "page",
        )
        self.field = field
        self.single_line = single_line

    def take(self, shared: str) -> None:
        """Show *shared*, what the record says now, beside what is typed and not written yet."""
        fresh = shared.translate(_ODD_BREAKS)
        theirs = difference(self._shared, fresh)
        mine = difference(self._shared, self.text)
        self._shared = fresh
        if theirs:
            self._show(move_past(theirs, mine))

    def resume(self, known: str, typed: str, shared: str) -> None:
        """Go on from an interruption: *typed* was written over *known*; see *shared* now."""
        self._shared = known
        self.text = typed
        self._reported = self.text
        self.take(shared)

    @property
    def shared(self) -> str:
        """What the record was last known to say."""
        return self._shared

    def owed(self) -> list[Change]:
        """Return what has to be written into the record, last position first."""
        return difference(self._shared, self.text)

    def written(self, change: Change) -> None:
        """Note that the record now holds *change*."""
        self._shared = apply(self._shared, [change])

    def _show(self, changes: list[Change]) -> None:
        document = self.document
        if not isinstance(document, Document):
            raise TypeError(type(document))
        ends = [document.get_index_from_location(place) for place in self.selection]
        for change in changes:
            start = document.get_location_from_index(change.position)
            end = document.get_location_from_index(change.end)
            self.edit(Edit(change.text, start, end, maintain_selection_offset=False))
        anchor, cursor = (
            document.get_location_from_index(cursor_after(end, changes)) for end in ends
        )
        self.selection = Selection(anchor, cursor)
        # Undo keeps places of a text that is no longer there, and must not take back others' words.
        self.history.clear()
        self._reported = self.text

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Say that the person typed, unless the change came from elsewhere."""
        event.stop()
        if self.text != self._reported:
            self._reported = self.text
            self.post_message(self.Typed(self.field))

    def action_edge(self, edge: str) -> None:
        """Go to the *edge* of the text: "start" or "end"."""
        self.move_cursor((0, 0) if edge == "start" else self.document.end)

    def _replace_via_keyboard(
        self, insert: str, start: Location, end: Location
    ) -> EditResult | None:
        clean = unicodedata.normalize("NFC", insert).translate(_ODD_BREAKS)
        if self.single_line:
            clean = clean.replace("\n", " ")
        return super()._replace_via_keyboard(clean, start, end)

    async def _on_key(self, event: events.Key) -> None:
        if self.single_line and event.key == "enter":
            event.stop()
            event.prevent_default()
            self.screen.focus_next()
