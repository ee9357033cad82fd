"""Record types declared once, as data: fields, how they merge, where a record lives by default.

Validation, forms, commands, JSON and merging all follow these tables. There is no field for a
number or a yes/no about a person, and none is ever required (domain A4).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


class MergeKind(enum.Enum):
    """What happens to a field that two people wrote apart (domain C2, C6)."""

    TEXT = "text"
    """Letters merge."""
    SET = "set"
    """Adding wins over a removal that had not seen it."""
    ACTS = "acts"
    """Only ever added."""
    MAP = "map"
    """Each person writes her own."""
    READINGS = "readings"
    """All concurrent values are kept and shown."""
    LAST = "last"
    """The last one stays; for things nobody cares about."""


class Shape(enum.Enum):
    """What one value of a field is."""

    WORDS = "words"
    """Free words, as a string."""
    TERM = "term"
    """A vocabulary id of the field's groups; a list of them in a map."""
    CHOICE = "choice"
    """One of the field's choices."""
    PERSON = "person"
    """A person's id in hex."""
    WHEN = "when"
    """`{"value","precision","words"}`, see `dates`."""
    PLACE = "place"
    """`{"name","level"}`: a name the group chose, never coordinates."""
    LINK = "link"
    """`kind:document`, see `links`."""
    ACT = "act"
    """A JSON object with at least `act`."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record type."""

    name: str
    merge: MergeKind
    shape: Shape = Shape.WORDS
    groups: tuple[str, ...] = ()
    """Vocabulary groups its terms come from."""
    choices: tuple[str, ...] = ()
    """Ids of what can be chosen; for places, of the levels."""
    own_words: bool = False
    """Free words are as welcome as a choice."""
    own_only: bool = False
    """A person may add only herself."""
    long: bool = False
    """A text of several paragraphs."""
    future: bool = False
    """Dates without a year mean the coming one."""
    in_form: bool = True
    """False for what is written by acts and commands, not in a form."""


@dataclass(frozen=True, slots=True)
class SpaceRule:
    """A record whose *field* says *value* lives in *space* unless its author chooses another."""

    field: str
    value: str
    space: str


@dataclass(frozen=True, slots=True)
class RecordType:
    """A type of record: its fields in the order a form shows them."""

    name: str
    glyph: str
    fields: tuple[Field, ...]
    space: str
    """Default space: "private", "circle" or "collective"."""
    rules: tuple[SpaceRule, ...] = ()
    schema: int = 1
    _by_name: dict[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {f.name: f for f in self.fields})

    def field(self, name: str) -> Field | None:
        """Return the field called *name*, or None."""
        return self._by_name.get(name)

    def default_space(self, values: Mapping[str, object]) -> str:
        """Return where a record that says *values* lives by default (domain C3)."""
        for rule in self.rules:
            if values.get(rule.field) == rule.value:
                return rule.space
        return self.space


PLACE_LEVELS: Final = ("place", "municipality", "region", "country", "network", "kept_back")

FORM_GROUPS: Final = ("fear", "bond", "weariness", "guilt", "stigma", "powerlessness", "impunity")
"""Groups whose terms are forms of a kind of impact."""

TAG_GROUPS: Final = (
    "dimension", "expression", "field", "impact", *FORM_GROUPS, "loss", "mourning_condition",
    "shaping", "violence", "structure", "aggression", "intent", "actor", "state_mode",
    "context_factor", "coping", "strategy", "process_aim", "tool", "pillar", "method",
    "intersection", "subject", "horizon", "principle", "integrity", "care_kind",
)  # fmt: skip
"""Groups any record may be described with; states, uses and check-in words are not among them."""


def _text(name: str, *, long: bool = True) -> Field:
    return Field(name, MergeKind.TEXT, long=long)


def _terms(name: str, *groups: str) -> Field:
    return Field(name, MergeKind.SET, Shape.TERM, groups=groups)


def _several(name: str, *choices: str) -> Field:
    return Field(name, MergeKind.SET, Shape.CHOICE, choices=choices)


def _reading(name: str, *choices: str, own_words: bool = False) -> Field:
    return Field(name, MergeKind.READINGS, Shape.CHOICE, choices=choices, own_words=own_words)


def _date(name: str, *, future: bool = False) -> Field:
    return Field(name, MergeKind.READINGS, Shape.WHEN, future=future)


_FIRST: Final = (_text("title", long=False), _text("body"))

_LAST: Final = (
    _date("when"),
    Field("where", MergeKind.READINGS, Shape.PLACE, choices=PLACE_LEVELS),
    _terms("terms", *TAG_GROUPS),
    Field("own_terms", MergeKind.SET),
    _reading("voice", "me", "us", "told"),
    _terms("certainty", "certainty"),
    _text("care_note"),
    _reading("replies_welcome", "yes", "no"),
    Field("replies", MergeKind.ACTS, in_form=False),
    Field("uses", MergeKind.MAP, Shape.TERM, groups=("use",), in_form=False),
    Field("authors", MergeKind.SET, Shape.PERSON, own_only=True, in_form=False),
    Field("links", MergeKind.SET, Shape.LINK, in_form=False),
    Field("acts", MergeKind.ACTS, Shape.ACT, in_form=False),
)

COMMON: Final = (*_FIRST, *_LAST)
"""The fields of every record (domain C2)."""


def _type(
    name: str, glyph: str, space: str, *own: Field, rules: tuple[SpaceRule, ...] = ()
) -> RecordType:
    return RecordType(name, glyph, (*_FIRST, *own, *_LAST), space, rules)


_DECLARED: Final = (
    _type("note", "+", "private"),
    _type(
        "event",
        "·",
        "collective",
        _terms("aggressions", "aggression"),
        _terms("violence", "violence"),
        _several("against", "person", "collective", "family", "community", "movement", "media"),
        _terms("actors", "actor"),
        _terms("modes", "state_mode"),
        _terms("intents", "intent"),
        _terms("shaping", "shaping"),
        _terms("integrity", "integrity"),
        _terms("intersection_notes", "intersection"),
    ),
    _type(
        "impact",
        "▪",
        "private",
        _reading("about", "me", "us", "surroundings"),
        _terms("kinds", "impact", *FORM_GROUPS),
        _several("shape", "tension", "loss", "change", "harm"),
        _terms("dimensions", "dimension"),
        _terms("expressions", "expression"),
        _terms("fields", "field"),
        _several("arises_from", "context", "accompanying", "direct_aggression"),
        _text("what_it_tells_us"),
        _text("what_sustained_us"),
        _reading("still_with_us", "yes", "changed", "rests", own_words=True),
        rules=(SpaceRule("about", "us", "collective"),),
    ),
    _type(
        "coping",
        "◆",
        "collective",
        _terms("mechanisms", "coping"),
        _terms("dimensions", "dimension"),
        _terms("fields", "field"),
        _several("who", "persons", "organisation", "network", "community"),
        _text("what_it_cost"),
        Field("would_we_repeat", MergeKind.MAP),
        _reading("can_be_passed_on", "yes", "adapted", "not_yet", own_words=True),
    ),
    _type(
        "care_practice",
        "○",
        "collective",
        _terms("kinds", "care_kind"),
        _text("how"),
        _text("needs"),
        _terms("good_for", "impact", *FORM_GROUPS, "expression"),
        _text("not_for"),
        _text("learned_from"),
    ),
    _type(
        "agreement",
        "≡",
        "collective",
        _text("text"),
        _terms("fields", "field"),
        _several(
            "kind",
            "care", "security", "decision", "money_and_tasks", "living_together",
            "confidentiality", "outside",
        ),
        _text("why"),
        _date("trial_until", future=True),
        _date("look_again_on", future=True),
        Field("who_cares_for_it", MergeKind.SET, Shape.PERSON, own_only=True),
        _text("ended_because"),
    ),
)  # fmt: skip

TYPES: Final[dict[str, RecordType]] = {declared.name: declared for declared in _DECLARED}

UNKNOWN_TYPE: Final = RecordType("", "?", COMMON, "private")
"""What a record of a newer program's type is read with: only the common fields."""


def record_type(name: str) -> RecordType:
    """Return the type called *name*, or `UNKNOWN_TYPE`."""
    return TYPES.get(name, UNKNOWN_TYPE)
