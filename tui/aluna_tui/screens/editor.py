"""Writing: one calm form per type, made from the schema; nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from aluna_sync.journal.schema import MergeKind, Shape, record_type
from aluna_sync.journal.types import Json
from aluna_tui.keys import EVERYWHERE
from aluna_tui.screens.page import Page
from aluna_tui.screens.pick import PickScreen
from aluna_tui.texts import N_, _
from aluna_tui.view_models.choices import Choice, field_choices
from aluna_tui.view_models.dates import date_echo, date_value
from aluna_tui.view_models.form import FormLine, Kind, form_lines, words_value
from aluna_tui.widgets.form_line import FieldLine, FieldWords
from aluna_tui.widgets.shared_text import SharedText


class EditorScreen(Page):
    """The form. What it is about, a draft or a record, is in the two subclasses."""

    KEY_IDS: ClassVar[tuple[str, ...]] = ("save", "back", *EVERYWHERE)
    HELP = N_(
        "Write what you want to, in any order; nothing has to be filled in but a few words or one "
        "term. Tab goes to the next field, Enter on a line opens what can be chosen. Everything "
        "is kept as you type."
    )

    type_: str = ""

    def body(self) -> Iterable[Widget]:
        """Yield the fields of the type, texts of the story first."""
        with_names: list[Widget] = []
        for line in self.lines():
            with_names += self._widgets(line)
        yield VerticalScroll(*with_names, id="form", can_focus=False)

    def on_mount(self) -> None:
        """Begin with the words; the title can wait."""
        first = f"#text-{self.main}" if self.main else "SharedText, FieldLine, FieldWords Input"
        if asked := self.query(first):
            asked.first().focus(scroll_visible=False)
        self.call_after_refresh(
            self.query_one("#form", VerticalScroll).scroll_home, animate=False, immediate=True
        )

    def _widgets(self, line: FormLine) -> list[Widget]:
        field = line.field
        match line.kind:
            case Kind.TEXT:
                text = SharedText(field.name, self.text_of(field.name), single_line=not field.long)
                if field.name == self.main:
                    text.add_class("story")
                return [Static(line.name, markup=False, classes="label"), text]
            case Kind.SEVERAL | Kind.ONE:
                return [FieldLine(line, self.words_of(line))]
            case Kind.DATE | Kind.WORDS:
                return [FieldWords(line, self.typed_words(line), self.words_of(line))]

    def lines(self) -> list[FormLine]:
        """Return what is filled in."""
        return form_lines(self.type_)

    @property
    def main(self) -> str:
        """The text that gets the most room, empty where none does."""
        return record_type(self.type_).main if self.type_ else ""

    def choices_of(self, line: FormLine) -> list[Choice]:
        """Return what can be chosen for a field."""
        if line.field.shape is Shape.PERSON:
            return [Choice(self.device.person.hex(), _("me"))]
        return field_choices(line.field)

    # -- what the subclasses know ---------------------------------------------------------------

    def text_of(self, field: str) -> str:
        """Return the text of *field* as it stands."""
        raise NotImplementedError

    def words_of(self, line: FormLine) -> str:
        """Say what stands in *line*."""
        raise NotImplementedError

    def typed_words(self, line: FormLine) -> str:
        """Return what the box of *line* begins with."""
        raise NotImplementedError

    def items_of(self, field: str) -> tuple[str, ...]:
        """Return the items chosen for a set."""
        raise NotImplementedError

    def take_items(self, field: str, items: tuple[str, ...]) -> None:
        """Keep *items* as the whole set."""
        raise NotImplementedError

    def take_value(self, field: str, words: str, value: Json) -> None:
        """Keep *value*, which was typed as *words*, for a field of readings."""
        raise NotImplementedError

    # -- what the person does -------------------------------------------------------------------

    def on_field_line_asked(self, event: FieldLine.Asked) -> None:
        """Open what can be chosen for a field."""
        line = event.line
        several = line.kind is Kind.SEVERAL
        choices = self.choices_of(line)
        if not several:
            choices.append(Choice("", _("leave it unsaid")))
        chosen = self.items_of(line.field.name) if several else None
        free = line.field.own_words and not several
        screen = PickScreen(line.name, choices, chosen, event.typed, free=free)

        def take(ids: tuple[str, ...] | None) -> None:
            if ids is None:
                return
            if several:
                self.take_items(line.field.name, ids)
            else:
                self.take_value(line.field.name, "", ids[0] or None)
            self.show_lines()

        self.app.push_screen(screen, take)

    @on(Input.Changed)
    def _words_typed(self, event: Input.Changed) -> None:
        box = event.input.parent
        if not isinstance(box, FieldWords) or event.value == box.words:
            return
        event.stop()
        box.words = event.value
        line = box.line
        if line.kind is Kind.DATE:
            value = date_value(event.value, self.aluna.today(), future=line.field.future)
            box.echo(date_echo(event.value, value))
        else:
            value = words_value(line.field, event.value)
        if line.field.merge is MergeKind.SET:
            words = tuple(piece.strip() for piece in event.value.split(",") if piece.strip())
            self.words_typed(line, event.value, words)
        else:
            self.value_typed(line, event.value, value)

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    def value_typed(self, line: FormLine, words: str, value: Json) -> None:
        """Keep what was typed in a box; the draft at once, a record when the box is left."""
        self.take_value(line.field.name, words, value)

    def words_typed(self, line: FormLine, words: str, items: tuple[str, ...]) -> None:
        """Keep own words, separated by commas."""
        self.take_items(line.field.name, items)

    def show_lines(self) -> None:
        """Write again what stands in each line that is chosen from."""
        for widget in self.query(FieldLine):
            widget.say(self.words_of(widget.line))

    def show_facts(self) -> None:
        """Write the head line."""
        if self.is_mounted:
            self.say_head(*self.head())

    def head(self) -> tuple[str, str]:
        """Return what this is, and whose eyes are on it."""
        raise NotImplementedError
