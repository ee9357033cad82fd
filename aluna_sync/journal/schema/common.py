"""Short ways to declare fields, and the fields every record has (domain C2)."""

from __future__ import annotations

from typing import Final

from aluna_sync.journal.schema.model import (
    ActKind,
    Field,
    LinkField,
    MergeKind,
    Part,
    RecordType,
    Shape,
    SpaceRule,
)

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

WORDS: Final = Part("words")
WHEN: Final = Part("when", Shape.WHEN)
PERSONS: Final = Part("persons", Shape.PERSON, several=True)


def text(name: str, *, long: bool = True) -> Field:
    """Declare a text."""
    return Field(name, MergeKind.TEXT, long=long)


def terms(name: str, *groups: str) -> Field:
    """Declare a set of terms, each with an optional note."""
    return Field(name, MergeKind.SET, Shape.TERM, groups)


def several(name: str, *choices: str) -> Field:
    """Declare a set of choices, each with an optional note."""
    return Field(name, MergeKind.SET, Shape.CHOICE, choices=choices)


def words(name: str) -> Field:
    """Declare a set of short free words."""
    return Field(name, MergeKind.SET)


def oneself(name: str, *, in_form: bool = True) -> Field:
    """Declare a set of persons into which each may put only herself."""
    return Field(name, MergeKind.SET, Shape.PERSON, own_only=True, in_form=in_form)


def reading(name: str, *choices: str, own_words: bool = False) -> Field:
    """Declare a field that keeps every reading, among *choices*; free words without any."""
    shape = Shape.CHOICE if choices else Shape.WORDS
    return Field(name, MergeKind.READINGS, shape, choices=choices, own_words=own_words)


def date(name: str, *, future: bool = False) -> Field:
    """Declare a date that keeps every reading."""
    return Field(name, MergeKind.READINGS, Shape.WHEN, future=future)


def acts(name: str, *kinds: ActKind) -> Field:
    """Declare a set of acts that are only ever added to."""
    return Field(name, MergeKind.ACTS, Shape.ACT, in_form=False, acts=kinds)


_FIRST: Final = (text("title", long=False),)
_BODY: Final = text("body")

_EVERYWHERE: Final = (
    ActKind("taken_in", (Part("of"), PERSONS)),
    ActKind("ask_uses", (PERSONS, Part("uses", Shape.TERM, ("use",), several=True), WORDS)),
    ActKind("ask_withdrawal", (WORDS,)),
    ActKind("put_away", (Part("seen", needed=True), WORDS)),
    ActKind("close_fold", (Part("field", needed=True), Part("fold", needed=True))),
)
"""Acts that any record may carry, whatever its life."""

_LAST: Final = (
    Field("where", MergeKind.READINGS, Shape.PLACE, choices=PLACE_LEVELS),
    terms("terms", *TAG_GROUPS),
    words("own_terms"),
    reading("voice", "me", "us", "told"),
    terms("certainty", "certainty"),
    text("care_note"),
    reading("replies_welcome", "yes", "no"),
    Field("replies", MergeKind.ACTS, in_form=False),
    Field("uses", MergeKind.MAP, Shape.TERM, ("use",), in_form=False),
    oneself("authors", in_form=False),
    Field("links", MergeKind.SET, Shape.LINK, in_form=False),
)
_WHEN: Final = date("when")
_WHEN_COMING: Final = date("when", future=True)
_ACTS: Final = acts("acts", *_EVERYWHERE)

COMMON: Final = (*_FIRST, _BODY, _WHEN, *_LAST, _ACTS)
"""The fields of every record (domain C2)."""


def declare(
    name: str,
    glyph: str,
    space: str,
    *own: Field,
    life: tuple[ActKind, ...] = (),
    links: tuple[LinkField, ...] = (),
    rules: tuple[SpaceRule, ...] = (),
    main: str = "body",
    head: str = "",
    coming: bool = False,
    ring: int = 1,
    schema: int = 1,
    by_hand: bool = True,
    may_be_empty: bool = False,
    only_author: bool = False,
) -> RecordType:
    """Declare a type: the common fields around its *own*; *life* are acts beside the common ones.

    The field *head* and the text *main* come first in a form. *coming* tells that its dates
    usually lie ahead.
    """
    first = tuple(field for name in (head, main) for field in own if field.name == name)
    rest = tuple(field for field in own if field.name not in (head, main))
    when = _WHEN_COMING if coming else _WHEN
    done = acts("acts", *life, *_EVERYWHERE) if life else _ACTS
    return RecordType(
        name,
        glyph,
        (*_FIRST, *first, _BODY, *rest, when, *_LAST, done),
        space,
        own=own,
        links=links,
        rules=rules,
        main=main,
        ring=ring,
        schema=schema,
        by_hand=by_hand,
        may_be_empty=may_be_empty,
        only_author=only_author,
    )
