"""A record being written for the first time: everything typed so far, and the edits it becomes."""

from __future__ import annotations

import json
from dataclasses import field, replace
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.journal.edit_kinds import AddMember, Edit, SetText
from aluna_sync.journal.schema import record_type
from aluna_sync.journal.types import Json
from aluna_tui.labels import glyph, type_name
from aluna_tui.view_models.form import value_edit
from aluna_tui.view_models.plain import one_line

PREFIX: Final = "new:"
UNSAID: Final = ("impact", "check_in", "mourning")
"""Types whose words are not shown before somebody opens them."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is typed into the form of a new record, by field."""

    key: str
    type: str
    space: str | None = None
    """Hex of the space chosen; None leaves the default of the type."""
    texts: dict[str, str] = field(default_factory=dict)
    sets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    readings: dict[str, Json] = field(default_factory=dict)
    """Values of readings, and one's own of maps."""
    asked: dict[str, str] = field(default_factory=dict)
    """Words typed for dates, as typed."""

    @property
    def empty(self) -> bool:
        """True when nothing was said yet."""
        said = (*self.texts.values(), *self.asked.values())
        return not any(text.strip() for text in said) and not self.sets and not self.readings

    def with_text(self, name: str, text: str) -> Draft:
        """Return the draft with *text* in the field *name*."""
        return replace(self, texts={**self.texts, name: text})

    def with_items(self, name: str, items: tuple[str, ...]) -> Draft:
        """Return the draft with *items* as the whole set *name*."""
        kept = {key: value for key, value in self.sets.items() if key != name}
        return replace(self, sets={**kept, name: items} if items else kept)

    def with_reading(self, name: str, value: Json) -> Draft:
        """Return the draft with *value* as the reading *name*; None takes it away."""
        kept = {key: old for key, old in self.readings.items() if key != name}
        return replace(self, readings=kept if value is None else {**kept, name: value})

    def with_asked(self, name: str, words: str, value: Json) -> Draft:
        """Return the draft with a date typed as *words*, which mean *value*."""
        return replace(self.with_reading(name, value), asked={**self.asked, name: words})

    def edits(self) -> list[Edit]:
        """Return what writes the record."""
        edits: list[Edit] = [
            SetText(name, text) for name, text in self.texts.items() if text.strip()
        ]
        edits += [AddMember(name, item) for name, items in self.sets.items() for item in items]
        known = record_type(self.type)
        for name, value in self.readings.items():
            declared = known.field(name)
            if declared is not None:
                edits.append(value_edit(declared, value))
        return edits

    def default_space(self) -> str:
        """Return the kind of space where the record will live unless chosen."""
        return record_type(self.type).default_space({**self.sets, **self.readings})

    def packed(self) -> str:
        """Return the draft as the text the device keeps, encrypted, on this device only."""
        return json.dumps(
            [self.type, self.space, self.texts, self.sets, self.readings, self.asked],
            ensure_ascii=False,
        )


def unpacked(key: str, data: str) -> Draft:
    """Return the draft kept under *key*."""
    type_, space, texts, sets, readings, asked = json.loads(data)
    chosen = {name: tuple(items) for name, items in sets.items()}
    return Draft(key, type_, space, texts, chosen, readings, asked)


def open_drafts(kept: dict[str, str]) -> list[Draft]:
    """Return the drafts of new records among everything *kept*."""
    return [unpacked(key, data) for key, data in kept.items() if key.startswith(PREFIX)]


def draft_words(draft: Draft) -> str:
    """Name a draft by its first words; an impact only by what it is."""
    main = record_type(draft.type).main
    words = draft.texts.get("title") or draft.texts.get(main) or draft.texts.get("body", "")
    if draft.type in UNSAID:
        words = ""
    return f"{glyph(draft.type)} {one_line(words, 60) or type_name(draft.type)}"
