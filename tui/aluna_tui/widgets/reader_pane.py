"""The page of one record: care first, links to go from, readings to answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from aluna_protocol.ids import DocumentId
from aluna_sync.journal.edit_kinds import AddAct, SetReading
from aluna_sync.journal.rewritten import Rewriting
from aluna_sync.journal.types import Json
from aluna_tui.texts import N_, _
from aluna_tui.view_models.facade import JournalDevice
from aluna_tui.view_models.plain import PAGE_LETTERS
from aluna_tui.view_models.reader import (
    Apart,
    LinkGroup,
    LinkLine,
    ReaderPage,
    Readings,
    contested_field,
    reader_page,
)
from aluna_tui.widgets.ends import two_ends
from aluna_tui.widgets.go_line import GoLine
from aluna_tui.widgets.work import start

if TYPE_CHECKING:
    from aluna_tui.shell import Shell

MEASURE = 76
"""Letters of a line of text, whatever the width of the terminal."""


class ReaderPane(VerticalScroll, can_focus=True):
    """Shows the record it is given; opens what needs care only when asked."""

    HELP = N_(
        "A record, with the words of everyone who wrote in it. Enter opens what asks to be read "
        "with care. Tab goes through the links. Where there are two readings: k leaves both, "
        "1 and 2 take one."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", N_("Open"), show=False),
        Binding("k", "keep_both", N_("Leave both"), show=False),
        *(Binding(str(n), f"take({n})", N_("Take this reading"), show=False) for n in range(1, 10)),
    ]

    class Follow(Message):
        """The person wants to read *document*."""

        def __init__(self, document: DocumentId) -> None:
            super().__init__()
            self.document = document

    class Said(Message):
        """*words* for the line at the edge."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    def __init__(self) -> None:
        super().__init__(id="reader")
        self.document: DocumentId | None = None
        self.page: ReaderPage | None = None
        self._opened: set[DocumentId] = set()
        self._letters = PAGE_LETTERS
        self._apart: Sequence[Rewriting] = ()

    @property
    def _device(self) -> JournalDevice:
        return cast("Shell", self.app).unlocked

    def read(self, document: DocumentId | None) -> None:
        """Show *document*, closed if it asks for care; None shows an empty page."""
        another = document != self.document
        if another:
            self._letters = PAGE_LETTERS
            self._opened.clear()
            self._apart = ()
            self.scroll_to(y=0, animate=False)
        self.document = document
        self.show_again()
        if another:
            self.look_apart()

    def show_again(self) -> None:
        """Compute the page again; it is written only if it says something else."""
        page = self._page()
        if page != self.page:
            self.page = page
            start(self, "reader", self._write, page, exclusive=True)

    def look_apart(self) -> None:
        """Look in its past for paragraphs rewritten apart, and show them when there are any."""
        if self.document is not None:
            start(self, "apart", self._look_apart, self.document, exclusive=True)

    async def _look_apart(self, document: DocumentId) -> None:
        found = await self._device.rewritten(document)
        if document == self.document and found != self._apart:
            self._apart = found
            self.show_again()

    async def _close_apart(self, document: DocumentId, apart: Apart) -> None:
        said: dict[str, Json] = {"act": "close_fold", "field": apart.field, "fold": apart.id}
        await self._device.edit(document, [AddAct("acts", said)])
        await self._look_apart(document)

    def _page(self) -> ReaderPage | None:
        record = self._device.record(self.document) if self.document is not None else None
        if record is None:
            return None
        return reader_page(
            self._device,
            record,
            self._device.links(record.id),
            opened=record.id in self._opened,
            letters=self._letters,
            apart=self._apart,
        )

    async def _write(self, page: ReaderPage | None) -> None:
        width = min(MEASURE, max(20, self.scrollable_content_region.width - 3))
        widgets = _widgets(page, width) if page else [_text(_("Nothing to read here."), "quiet")]
        async with self.batch():
            await self.remove_children()
            await self.mount_all(widgets)

    def on_resize(self) -> None:
        """Write the page again for the new width."""
        if self.page is not None:
            start(self, "reader", self._write, self.page, exclusive=True)

    # -- acts -----------------------------------------------------------------------------------

    def action_open(self) -> None:
        """Open what asked for care, and note that it was read."""
        if self.document is None or self.page is None:
            return
        self._opened.add(self.document)
        self._device.mark_read(self.document)
        self.show_again()

    def note_read(self) -> None:
        """Note that the record on screen was read, unless it is still closed."""
        if self.document is not None and self.page is not None and not self.page.closed:
            self._device.mark_read(self.document)

    def action_keep_both(self) -> None:
        """Leave all readings as they are."""
        if self.page and contested_field(self.page):
            self.post_message(self.Said(_("Both stay, side by side.")))

    def action_take(self, number: int) -> None:
        """Answer all readings with the one at *number*."""
        readings = contested_field(self.page) if self.page else None
        if readings and number <= len(readings.lines):
            start(self, "write", self._take, readings, number - 1)

    async def _take(self, readings: Readings, place: int) -> None:
        if self.document is None:
            return
        record = self._device.record(self.document)
        current = record.readings.get(readings.field, ()) if record else ()
        wanted = readings.lines[place].id
        seen = tuple(line.id for line in readings.lines)
        for reading in current:
            if reading.id == wanted:
                edit = SetReading(readings.field, reading.value, seen)
                await self._device.edit(self.document, [edit])
                self.post_message(
                    self.Said(_("This reading stays; the others are kept in its past."))
                )
        self.show_again()

    def on_go_line_chosen(self, event: GoLine.Chosen) -> None:
        """Follow a link, or go on reading."""
        event.stop()
        if isinstance(event.what, LinkLine):
            self.post_message(self.Follow(event.what.target))
        elif isinstance(event.what, Apart) and self.document is not None:
            start(self, "write", self._close_apart, self.document, event.what)
        else:
            self._letters *= 4
            self.show_again()


def _text(words: str, classes: str) -> Static:
    return Static(words, markup=False, classes=classes)


def _group(group: LinkGroup) -> list[Widget]:
    lines: list[Widget] = [GoLine(line.words, "", line) for line in group.lines]
    return [_text(group.name, "name"), *(lines or [_text(_("without words yet"), "quiet indent")])]


def _widgets(page: ReaderPage, width: int) -> list[Widget]:
    title = f"{page.glyph} {page.title}"
    if cell_len(title) + cell_len(page.space) + 4 <= width:
        widgets: list[Widget] = [
            Static(two_ends(title, page.space, width), classes="title"),
            *([_text(f" {page.facts}", "quiet")] if page.facts else []),
        ]
    else:
        widgets = [
            _text(title, "title long"),
            Static(two_ends(page.facts, page.space, width), classes="quiet"),
        ]
    if page.authors:
        widgets.append(_text(f" {page.authors}", "quiet"))
    if page.care:
        widgets.append(_text(page.care, "care"))
    if page.sustained:
        widgets += _group(page.sustained)
    for readings in page.readings:
        widgets += _readings(readings)
    for passage in page.passages:
        if passage.name:
            widgets.append(_text(passage.name, "name"))
        widgets.append(_text(passage.text, "passage" if passage.name else "passage body"))
        if passage.more:
            widgets.append(GoLine(_("it goes on: Enter"), "", passage))
    for apart in page.apart:
        widgets.append(_text(apart.name, "name"))
        widgets += [_text(words, "indent") for words in apart.ways]
        widgets.append(GoLine(_("Enter closes this; both stay in its past"), "", apart))
    for place, (name, words) in enumerate(page.details):
        widgets.append(_text(f"{name}: {words}", "detail first" if place == 0 else "detail"))
    for group in page.links:
        widgets += _group(group)
    if page.newer:
        widgets.append(_text(page.newer, "quiet gap"))
    return widgets


def _readings(readings: Readings) -> list[Widget]:
    widgets: list[Widget] = [_text(f"{readings.name}   {readings.count}", "name")]
    for number, line in enumerate(readings.lines, start=1):
        widgets.append(_text(f"{number}  {line.words}   {line.by}", "indent"))
    return [*widgets, _text(_("k leaves them all · the number takes one"), "quiet indent")]
