"""One field of a record as a question: checked as it is answered, and said back as understood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from aluna_sync.errors import WrongUseError
from aluna_sync.journal.assignments import edits_from_assignments
from aluna_sync.journal.edit_kinds import AddMember, Edit, SetMine, SetReading
from aluna_sync.journal.folding import fold
from aluna_sync.journal.schema import Field, Shape, record_type
from aluna_sync.journal.values import OWN_TERMS
from aluna_sync.journal.vocabulary import vocabulary
from aluna_tui.plain.errors import BackError, LockedNowError
from aluna_tui.plain.offering import offers_of, pick, suggest
from aluna_tui.plain.talk import ENTER_OUT, Talk
from aluna_tui.texts import _, listed
from aluna_tui.view_models.choices import field_choices
from aluna_tui.view_models.dates import date_echo, date_value
from aluna_tui.view_models.drafts import Draft
from aluna_tui.view_models.form import FormLine, Kind, items_words, reading_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from aluna_sync.device import Device

LIST: Final = ("list", "lista", "words", "palabras")
UNDONE: Final = "-"
"""Said alone, takes out what was answered before."""


class Filling:
    """Fills a draft, answer by answer; *keep* is given the draft after each of them."""

    def __init__(
        self, talk: Talk, device: Device, draft: Draft, keep: Callable[[Draft], None]
    ) -> None:
        self._talk = talk
        self._device = device
        self._keep = keep
        self.draft = draft

    def ask(self, line: FormLine) -> bool:
        """Ask for one field; return whether something was said. Raises `BackError`."""
        said = said_of(self.draft, line, self._device)
        if said:
            self._talk.say(_("{name}, so far: {said}").format(name=line.name, said=said))
        match line.kind:
            case Kind.TEXT if _is_long(self.draft.type, line):
                return self._paragraphs(line)
            case Kind.TEXT:
                return self._text(line)
            case Kind.DATE:
                return self._date(line)
            case _:
                return self._value(line)

    def _take(self, draft: Draft) -> None:
        self.draft = draft
        self._keep(draft)

    # -- texts -----------------------------------------------------------------------------------

    def _text(self, line: FormLine) -> bool:
        words = self._talk.answer(line.name, _(ENTER_OUT)).strip()
        if words == UNDONE:
            words = ""
        elif not words:
            return False
        self._take(self.draft.with_text(line.field.name, words))
        return True

    def _paragraphs(self, line: FormLine) -> bool:
        """Take line after line until an empty one; each is kept as soon as it is said."""
        name = line.field.name
        hint = _("Write line after line; an empty line ends it.")
        self._talk.say(hint)
        prompt, before = line.name, self.draft.texts.get(name, "")
        lines = [before] if before else []
        while True:
            try:
                said = self._talk.answer(prompt, hint).rstrip()
            except LockedNowError as locked:
                if locked.typed.strip():
                    self._take(self.draft.with_text(name, "\n".join([*lines, locked.typed])))
                raise
            if not said.strip():
                return bool(lines)
            lines = [] if said.strip() == UNDONE else [*lines, said]
            self._take(self.draft.with_text(name, "\n".join(lines)))
            prompt = _("And")

    # -- dates -----------------------------------------------------------------------------------

    def _date(self, line: FormLine) -> bool:
        name, today = line.field.name, dt.date.today().isoformat()
        hint = _("Say it as you say it: yesterday, March 2024, in spring.") + " " + _(ENTER_OUT)
        while True:
            words = self._talk.answer(line.name, hint).strip()
            if not words:
                return False
            if words == UNDONE:
                self._take(self.draft.with_asked(name, "", None))
                return True
            value = date_value(words, today, future=line.field.future)
            self._talk.say(date_echo(words, value))
            understood = isinstance(value, dict) and value.get("value") is not None
            try:
                if understood or self._talk.yes(_("No day was understood. Keep your words so?")):
                    self._take(self.draft.with_asked(name, words, value))
                    return True
            except BackError:
                continue

    # -- terms, choices, places, persons, words --------------------------------------------------

    def _value(self, line: FormLine) -> bool:
        hint = f"{_how(line)} {_(ENTER_OUT)}"
        said_something = False
        while True:
            words = self._talk.answer(line.name, hint).strip()
            if not words:
                return said_something
            if words == UNDONE:
                self._take(_without(self.draft, line))
                return True
            if fold(words) in LIST and field_choices(line.field):
                self._from_list(line)
            else:
                self._answered(line, words)
            said = said_of(self.draft, line, self._device)
            if not said:
                continue
            said_something = True
            self._talk.say(_("{name}: {said}").format(name=line.name, said=said))
            if line.kind is not Kind.SEVERAL:
                return True
            self._talk.say(_("Another one, or Enter."))

    def _from_list(self, line: FormLine) -> None:
        try:
            chosen = pick(self._talk, line.name, offers_of(field_choices(line.field)))
        except BackError:
            return
        self._answered(line, chosen.id)

    def _answered(self, line: FormLine, words: str) -> None:
        """Take what *words* mean, or say why they cannot be, and what is near."""
        try:
            edits = understood(self.draft.type, line.field, words, self._device)
        except WrongUseError as error:
            choices = field_choices(line.field)
            self._talk.trouble(error)
            chosen = suggest(self._talk, choices, words) if choices else None
            if chosen is not None:
                self._answered(line, chosen)
            elif line.kind is Kind.SEVERAL and record_type(self.draft.type).field(OWN_TERMS):
                own = _("Words of your own have a field of their own: {name}.")
                self._talk.say(own.format(name=_own_name(self.draft.type)))
            return
        self._take(with_edits(self.draft, edits))


def understood(type_: str, field: Field, words: str, device: Device) -> list[Edit]:
    """Return the edits that *words* mean in *field*, checked; raises WrongUseError."""
    pieces = [piece.strip() for piece in words.split(",")]
    if field.shape is Shape.CHOICE:
        pieces = [_choice(field, piece) for piece in pieces]
    elif field.shape is Shape.TERM:
        pieces = [_term(field, piece) for piece in pieces]
    said = f"{field.name}={', '.join(pieces)}"
    return edits_from_assignments(type_, [said], device.person, today=dt.date.today())


def _choice(field: Field, words: str) -> str:
    wanted = fold(words)
    for choice in field_choices(field):
        if wanted in (fold(choice.label), choice.id):
            return choice.id
    return words


def _term(field: Field, words: str) -> str:
    exact = vocabulary().exactly(words, field.groups)
    return exact[0].id if len(exact) == 1 else words


def with_edits(draft: Draft, edits: Sequence[Edit]) -> Draft:
    """Return *draft* with what *edits* say."""
    for edit in edits:
        match edit:
            case AddMember(field=name, item=item):
                items = dict.fromkeys((*draft.sets.get(name, ()), item))
                draft = draft.with_items(name, tuple(items))
            case SetReading(field=name, value=value) | SetMine(field=name, value=value):
                draft = draft.with_reading(name, value)
            case _:
                raise AssertionError("a field of a form is a set, a reading or a map")
    return draft


def said_of(draft: Draft, line: FormLine, device: Device) -> str:
    """Say what a draft says for one field; empty for nothing."""
    name = line.field.name
    if line.kind is Kind.TEXT:
        return draft.texts.get(name, "").strip()
    if line.kind is Kind.DATE and draft.asked.get(name):
        return date_echo(draft.asked[name], draft.readings.get(name))
    if name in draft.readings:
        return reading_words(line.field, draft.readings[name])
    items = draft.sets.get(name, ())
    return items_words(line.field, items, device.person) if items else ""


def _without(draft: Draft, line: FormLine) -> Draft:
    return draft.with_items(line.field.name, ()).with_reading(line.field.name, None)


def _is_long(type_: str, line: FormLine) -> bool:
    return line.field.long or line.field.name in ("body", record_type(type_).main)


def _own_name(type_: str) -> str:
    from aluna_tui.labels import field_name

    return field_name(type_, OWN_TERMS)


def _how(line: FormLine) -> str:
    match line.field.shape:
        case Shape.TERM:
            return _("A word of the vocabulary; “list” says them, and some letters find them.")
        case Shape.CHOICE:
            names = [choice.label for choice in field_choices(line.field)]
            return _("One of: {names}.").format(names=listed(names))
        case Shape.PLACE:
            return _("A name the group knows; never an exact place where somebody is.")
        case Shape.PERSON:
            return _("“me” says that it is you.")
        case _:
            return _("In your words.")
