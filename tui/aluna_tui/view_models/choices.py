"""Things to choose from: terms of the vocabulary, choices of a field, types, orders, records."""

from __future__ import annotations

from collections.abc import Iterable

from aluna_protocol.dataclass import dataclass
from aluna_sync.journal.folding import fold
from aluna_sync.journal.schema import TYPES, Field, Shape
from aluna_sync.journal.vocabulary import vocabulary
from aluna_tui.keys import KEYS
from aluna_tui.labels import TYPES as LABELS
from aluna_tui.labels import choice_name, glyph, type_name
from aluna_tui.texts import _, language


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen; *also* holds other words that find it."""

    id: str
    label: str
    words: str = ""
    """Its definition, shown while the cursor is on it."""
    also: str = ""
    key: str = ""
    """The key that does the same, for orders."""


def found(choices: Iterable[Choice], words: str) -> list[Choice]:
    """Return the choices that *words* find, those whose name begins so first."""
    wanted = fold(words)
    if not wanted:
        return list(choices)
    pieces = wanted.split()
    ranked: list[tuple[int, int, Choice]] = []
    for place, choice in enumerate(choices):
        label, also = fold(choice.label), fold(choice.also)
        if label.startswith(wanted):
            rank = 0
        elif all(piece in label for piece in pieces):
            rank = 1
        elif all(piece in label or piece in also for piece in pieces):
            rank = 2
        elif all(piece in fold(choice.words) for piece in pieces):
            rank = 3
        else:
            continue
        ranked.append((rank, place, choice))
    return [choice for _rank, _place, choice in sorted(ranked, key=lambda one: one[:2])]


def field_choices(field: Field) -> list[Choice]:
    """Return what can be chosen for *field*: its terms, or its own choices."""
    if field.shape is not Shape.TERM:
        return [Choice(id_, choice_name(field.name, id_)) for id_ in field.choices]
    known, lang = vocabulary(), language()
    other = "en" if lang == "es" else "es"
    return [
        Choice(term.id, term.label(lang), term.definition(lang), f"{term.label(other)} {term.id}")
        for group in field.groups
        for term in known.terms(group)
        if not term.deprecated
    ]


def type_choices() -> list[Choice]:
    """Return the record types, with their signs."""
    return [
        Choice(name, f"{glyph(name)} {type_name(name)}", also=" ".join((name, *LABELS[name].words)))
        for name, declared in TYPES.items()
        if declared.by_hand
    ]


def order_choices(key_ids: Iterable[str]) -> list[Choice]:
    """Return the orders, findable by their words in this language and in English."""
    return [
        Choice(
            id_,
            _(KEYS[id_].words),
            key=KEYS[id_].shown,
            also=f"{KEYS[id_].words} {KEYS[id_].english}",
        )
        for id_ in key_ids
    ]
