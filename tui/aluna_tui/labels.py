"""Names people read for what the program calls by code: types, fields, choices, links, states.

English here, every other language in the catalogue. The words follow the language of the field:
what this did to us, what sustained us, resting, two readings.
"""

from __future__ import annotations

from typing import Final

from aluna_sync.journal.folding import fold
from aluna_tui.act_labels import ACT_CHOICES, ACTS, PARTS, STANCES, STATES
from aluna_tui.field_labels import CHOICES, FIELDS, FIELDS_OF_TYPE
from aluna_tui.texts import N_, _, language, listed, ngettext
from aluna_tui.type_labels import LINKS, TYPES, TypeLabel

__all__ = [
    "ACTS",
    "ACT_CHOICES",
    "CHOICES",
    "FIELDS",
    "FIELDS_OF_TYPE",
    "LAN_WORDS",
    "LINKS",
    "PARTS",
    "STANCES",
    "STATES",
    "TYPES",
    "TypeLabel",
    "act_name",
    "alike_words",
    "aside_reason",
    "choice_name",
    "field_name",
    "glyph",
    "lan_words",
    "limited_words",
    "link_name",
    "part_name",
    "readings_words",
    "sentence",
    "space_words",
    "state_from_words",
    "state_name",
    "state_words",
    "type_from_words",
    "type_name",
    "type_plural",
]  # fmt: skip

_ASIDE: Final = {
    "forked": N_("the device that wrote it has two histories, and the other one counts here"),
    "past-refused": N_("it builds on something that was refused"),
    "past-set-aside": N_("it builds on something this device could not read"),
    "panic": N_("it broke the engine that reads records"),
    "mismatch": N_("the engine read something else than was written"),
    "died": N_("the engine that reads records ended over it"),
    "hung": N_("the engine did not get done with it"),
    "limit": N_("it took more memory or time than this device allows"),
    "another-space": N_("it belongs to another space"),
    "past-barred": N_("it builds on something written by who did not belong any more"),
}

LAN_WORDS: Final = {
    "possible": N_("possible"),
    "no-interface": N_("this device is in no local network"),
    "blocked": N_("something on this device or network blocks it"),
    "nobody": N_("nobody near"),
    "quiet": N_("quiet: nobody is being looked for right now"),
}


PUT_AWAY: Final = N_(
    "This was put away: lists leave it out, and it comes back when somebody writes in it."
)
_OPEN: Final = ("open", "abierto", "abierta")


def glyph(type_: str) -> str:
    """Return the one-cell sign of a record type; "?" for one this program does not know."""
    return TYPES[type_].glyph if type_ in TYPES else "?"


def type_name(type_: str) -> str:
    """Return the name of a record type in the language in use, or the code itself."""
    return _(TYPES[type_].name) if type_ in TYPES else type_


def type_plural(type_: str) -> str:
    """Return the plural name of a record type in the language in use, or the code itself."""
    return _(TYPES[type_].plural) if type_ in TYPES else type_


def type_from_words(words: str) -> str | None:
    """Return the record type that *words* name in either language, None if none."""
    folded = fold(words).replace("_", "-")
    for type_, label in TYPES.items():
        names = (type_.replace("_", "-"), label.name, label.plural, *label.words)
        if folded in map(fold, names):
            return type_
    return None


def field_name(type_: str, field: str) -> str:
    """Return the name of a field in the language in use, or its code with spaces."""
    text = FIELDS_OF_TYPE.get((type_, field)) or FIELDS.get(field)
    return _(text) if text else field.replace("_", " ")


def choice_name(field: str, choice: str) -> str:
    """Return the name of one of a field's choices in the language in use, or its own words."""
    text = CHOICES.get(field, {}).get(choice)
    return _(text) if text else choice


def act_name(act: str) -> str:
    """Say what was done by an act of this kind, in the language in use, or its code in words."""
    text = ACTS.get(act)
    return _(text[0]) if text else act.replace("_", " ")


def part_name(part: str) -> str:
    """Return the name of a part of an act in the language in use, or its code with spaces."""
    text = PARTS.get(part)
    return _(text) if text else part.replace("_", " ")


def state_name(state: str) -> str:
    """Return the name of a state that has no word in the vocabulary, or the code itself."""
    return _(STATES[state]) if state in STATES else state


def state_from_words(words: str) -> str:
    """Return the code of the state *words* name, where it has no word in the vocabulary."""
    wanted = fold(words)
    for code, label in STATES.items():
        if wanted in (code.replace("_", " "), fold(label), fold(_(label))):
            return code
    # Of a mourning it is a word of the vocabulary, and people mean whatever is open.
    return "open" if wanted in _OPEN else words


def state_words(state: str) -> str:
    """Return the name of a state, or of the several a record is in; empty for none."""
    from aluna_sync.journal.vocabulary import vocabulary

    names = [
        vocabulary().label(one, language()) if "." in one else state_name(one)
        for one in state.split()
    ]
    return listed(names)


def link_name(kind: str, *, outgoing: bool) -> str:
    """Return one of the two names of a kind of link in the language in use."""
    names = LINKS.get(kind)
    if names is None:
        return kind.replace("_", " ")
    return _(names[0] if outgoing else names[1])


def space_words(kind: str, name: str, persons: int) -> str:
    """Say in words whose eyes are on a space."""
    match kind:
        case "private":
            return _("only yours")
        case "circle":
            return _("circle {name} ({persons})").format(name=name, persons=persons)
        case _:
            return _("of the whole collective")


def lan_words(lan: str) -> str:
    """Say what this device sees of the local network."""
    return _(LAN_WORDS.get(lan, lan))


def readings_words(count: int) -> str:
    """Say that a field holds several readings."""
    if count == 2:
        return _("two readings")
    return ngettext("{count} reading", "{count} readings", count).format(count=count)


def sentence(text: str) -> str:
    """Return *text* with a capital letter and an end."""
    if not text:
        return text
    end = "" if text[-1] in ".?!…:»”" else "."
    return text[0].upper() + text[1:] + end


def alike_words() -> str:
    """Say what the letters behind names that look alike are."""
    return _(
        "some names here look alike; the letters behind them come from each one's key, are the "
        "same on every device, and nobody can choose them: ask whose they are"
    )


def limited_words(count: int, whose: str) -> str:
    """Say that *count* changes from *whose* device were beyond a limit of this one."""
    return ngettext(
        "{count} change from {whose} was not read here: a limit of this device decided, not a "
        "rule, so others may have read it and see more than this device does",
        "{count} changes from {whose} were not read here: a limit of this device decided, not a "
        "rule, so others may have read them and see more than this device does",
        count,
    ).format(count=count, whose=whose)


def aside_reason(reason: str) -> str:
    """Say in plain words why something was set aside; rules of the lint keep their own words."""
    return _(_ASIDE[reason]) if reason in _ASIDE else reason
