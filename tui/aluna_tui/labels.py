"""Names people read for what the program calls by code: types, fields, choices, links, states.

English here, every other language in the catalogue. The words follow the language of the field:
what this did to us, what sustained us, resting, two readings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aluna_sync.journal.folding import fold
from aluna_tui.texts import N_, _, ngettext


@dataclass(frozen=True, slots=True)
class TypeLabel:
    """How a record type is called: its name, its plural, and other words people may type."""

    glyph: str
    name: str
    plural: str
    words: tuple[str, ...]


TYPES: Final = {
    "note": TypeLabel("+", N_("note"), N_("notes"), ("nota", "notas", "notes")),
    "event": TypeLabel(
        "·", N_("event"), N_("events"), ("hecho", "hechos", "evento", "suceso", "events")
    ),
    "impact": TypeLabel(
        "▪",
        N_("what this did to us"),
        N_("what this did to us"),
        ("impacto", "impactos", "impacts", "lo que esto nos hizo", "what this did to us"),
    ),
    "coping": TypeLabel(
        "◆",
        N_("what sustained us"),
        N_("what sustained us"),
        ("sostén", "afrontamiento", "lo que nos sostuvo", "what sustained us", "sustained"),
    ),
    "care_practice": TypeLabel(
        "○",
        N_("care"),
        N_("care"),
        ("cuidado", "cuidados", "care", "care-practice", "practica de cuidado", "practica"),
    ),
    "agreement": TypeLabel(
        "≡", N_("agreement"), N_("agreements"), ("acuerdo", "acuerdos", "agreements")
    ),
}

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

FIELDS: Final = {
    # every record
    "title": N_("Title"),
    "body": N_("Words"),
    "voice": N_("In whose voice"),
    "authors": N_("Written by"),
    "terms": N_("Words that name it"),
    "own_terms": N_("Our own words"),
    "when": N_("When"),
    "where": N_("Where"),
    "certainty": N_("How we know"),
    "care_note": N_("Before reading"),
    "uses": N_("What it may be used for"),
    "links": N_("Links"),
    "replies": N_("Words from companions"),
    "replies_welcome": N_("Are words from companions welcome?"),
    "acts": N_("Steps taken"),
    # event
    "aggressions": N_("Kinds of aggression"),
    "violence": N_("Forms of violence"),
    "actors": N_("Who is responsible"),
    "modes": N_("Responsibility of the State"),
    "duty_breached": N_("Duty that was breached"),
    "intents": N_("What it was meant to do"),
    "against": N_("Against whom"),
    "shaping": N_("What shaped how it was lived"),
    "integrity": N_("What it touched"),
    "intersection_notes": N_("What made it different for some"),
    "answers_given": N_("How it was answered"),
    # impact
    "kinds": N_("Kinds"),
    "shape": N_("Shape"),
    "dimensions": N_("Where it is lived"),
    "expressions": N_("Where it shows"),
    "fields": N_("Fields of work"),
    "about": N_("About whom"),
    "arises_from": N_("Where it arises from"),
    "what_it_tells_us": N_("What it tells us"),
    "what_sustained_us": N_("What sustained us"),
    "still_with_us": N_("Is it still with us?"),
    # coping
    "mechanisms": N_("What it was"),
    "who": N_("Who sustained"),
    "what_it_cost": N_("What it cost"),
    "would_we_repeat": N_("Would we do it again?"),
    "can_be_passed_on": N_("Can it be passed on?"),
    # care
    "how": N_("How it is done"),
    "needs": N_("What it needs"),
    "good_for": N_("Good for"),
    "not_for": N_("When not to do it"),
    "learned_from": N_("Learned from"),
    # agreement
    "text": N_("Wording"),
    "versions": N_("Wordings"),
    "kind": N_("Kind of agreement"),
    "why": N_("Why"),
    "asked": N_("Who was asked"),
    "positions": N_("What each one says"),
    "stages": N_("Rounds opened"),
    "trial_until": N_("On trial until"),
    "look_again_on": N_("To look at again on"),
    "who_cares_for_it": N_("Who looks after it"),
    "reviews": N_("What we saw when we looked again"),
    "ended_because": N_("Why it ended"),
}

FIELDS_OF_TYPE: Final = {
    ("impact", "kinds"): N_("What this did to us"),
    ("care_practice", "kinds"): N_("Kinds of care"),
    ("note", "body"): N_("Note"),
}

LINKS: Final = {
    # kind: (seen from the record that has the link, seen from the other one)
    "did": (N_("Brought"), N_("Came from")),
    "responsible": (N_("Responsible"), N_("Is responsible for")),
    "sustained": (N_("Helped with"), N_("What sustained us")),
    "uses_practice": (N_("Practice"), N_("Is practised in")),
    "answers": (N_("Answers"), N_("Was answered by")),
    "reviews": (N_("Follows"), N_("Was followed by")),
    "part_of": (N_("Is part of"), N_("Holds")),
    "loss_from": (N_("What was lost came from"), N_("Was the loss of")),
    "reads": (N_("Looks at"), N_("Is looked at in")),
    "changes_condition": (N_("Changes"), N_("Was asked for by")),
    "keeps": (N_("Keeps"), N_("Is kept in")),
    "before": (N_("Was before"), N_("Was after")),
    "within": (N_("Happened within"), N_("Held within it")),
    "same_time": (N_("At the same time as"), N_("At the same time as")),
    "brought_about": (N_("Brought about"), N_("Was brought about by")),
    "followed": (N_("Came after"), N_("Then came")),
    "beside": (N_("See also"), N_("See also")),
}

CHOICES: Final = {
    "voice": {"me": N_("mine"), "us": N_("ours"), "told": N_("someone told us")},
    "about": {"me": N_("me"), "us": N_("us"), "surroundings": N_("what is around us")},
    "still_with_us": {
        "yes": N_("yes, it is still with us"),
        "changed": N_("it changed"),
        "rests": N_("it rests"),
    },
    "replies_welcome": {"yes": N_("yes"), "no": N_("no")},
    "can_be_passed_on": {
        "yes": N_("yes"),
        "adapted": N_("yes, adapted"),
        "not_yet": N_("not yet"),
    },
    "where": {
        "place": N_("a place"),
        "municipality": N_("a municipality"),
        "region": N_("a region"),
        "country": N_("a country"),
        "network": N_("a network"),
        "kept_back": N_("we keep it to ourselves"),
    },
    "shape": {
        "tension": N_("tension"),
        "loss": N_("loss"),
        "change": N_("change"),
        "harm": N_("harm"),
    },
    "arises_from": {
        "context": N_("the context"),
        "accompanying": N_("accompanying others"),
        "direct_aggression": N_("direct aggression"),
    },
    "against": {
        "person": N_("a person we do not name"),
        "collective": N_("the collective"),
        "family": N_("a family"),
        "community": N_("a community"),
        "movement": N_("a movement"),
        "media": N_("a medium"),
    },
    "who": {
        "persons": N_("some of us"),
        "organisation": N_("the organisation"),
        "network": N_("a network"),
        "community": N_("the community"),
    },
    "kind": {
        "care": N_("care of each other"),
        "security": N_("security"),
        "decision": N_("how we decide"),
        "money_and_tasks": N_("money and tasks"),
        "living_together": N_("living together"),
        "confidentiality": N_("what stays among us"),
        "outside": N_("towards the outside"),
    },
}

LAN_WORDS: Final = {
    "possible": N_("possible"),
    "no-interface": N_("this device is in no local network"),
    "blocked": N_("something on this device or network blocks it"),
    "nobody": N_("nobody near"),
    "quiet": N_("quiet: nobody is being looked for right now"),
}


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
