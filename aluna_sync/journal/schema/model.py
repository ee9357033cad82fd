"""What a declaration of a record type consists of: fields, acts, links, spaces.

Plain tuples, because a command that starts builds them anew each time. There is no shape for a
number or a yes/no, and no way to say that a field is required: nothing here could measure a person
(domain A4).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple


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
    """What one value of a field, or one part of an act, is."""

    WORDS = "words"
    """Free words, as a string."""
    TERM = "term"
    """A vocabulary id of the groups named; a list of them in a map."""
    CHOICE = "choice"
    """One of the choices named."""
    PERSON = "person"
    """A person's id in hex."""
    WHEN = "when"
    """`{"value","precision","words"}`, see `dates`."""
    PLACE = "place"
    """`{"name","level"}`: a name the group chose, never coordinates."""
    LINK = "link"
    """`kind:document`, see `links`."""
    ACT = "act"
    """A JSON object with `act` and the parts its kind declares."""
    ENTRY = "entry"
    """The id of an act of the same record; only in parts of acts."""


EVERYONE: Final = "everyone"
"""Whoever belongs to the record's space and does not rest, or wants to be asked anyway."""
ABSENT: Final = "absent"
"""Who was asked, has not answered, and rests or does not belong any more."""
TODAY: Final = "today"
"""The day it is on the device that writes."""


class Part(NamedTuple):
    """One thing an act says besides its name."""

    name: str
    shape: Shape = Shape.WORDS
    groups: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    """For an entry: the kinds of act it may name."""
    several: bool = False
    """A list of such values."""
    needed: bool = False
    """Without it the act says nothing: which act is answered, which position is taken."""
    takes: str = ""
    """What fills it when the act does not: a text field of the record, `EVERYONE`, `ABSENT` or
    `TODAY`."""


class ActKind(NamedTuple):
    """A kind of act: what it carries, who may do it, which state it speaks for (domain C5)."""

    name: str
    parts: tuple[Part, ...] = ()
    own: bool = False
    """Only the person whose record it is does it; done by another it says nothing."""
    state: str = ""
    """The state it speaks for when nothing later speaks for another; often a vocabulary id."""
    named_by: str = ""
    """The part whose term is as good a name as the act's own: to object is to take a position."""

    def part(self, name: str) -> Part | None:
        """Return the part called *name*, or None."""
        return next((part for part in self.parts if part.name == name), None)


class Field(NamedTuple):
    """One field of a record type."""

    name: str
    merge: MergeKind
    shape: Shape = Shape.WORDS
    groups: tuple[str, ...] = ()
    """Vocabulary groups its terms come from."""
    choices: tuple[str, ...] = ()
    """Ids of what can be chosen; for places, of the levels."""
    own_words: bool = False
    """Free words are as welcome as a choice or a term."""
    own_only: bool = False
    """A person may add only herself."""
    long: bool = False
    """A text of several paragraphs."""
    future: bool = False
    """Dates without a year mean the coming one."""
    in_form: bool = True
    """False for what is written by acts and commands, not in a form."""
    keyed: bool = False
    """A map in which each person has several values, each under words of hers."""
    acts: tuple[ActKind, ...] = ()
    """The kinds of act it may hold."""


class SpaceRule(NamedTuple):
    """A record whose *field* says *value*, and only that, lives in *space* unless chosen."""

    field: str
    value: str
    space: str


class LinkField(NamedTuple):
    """A link of the type that has a name of its own: seen from this end of *kind*."""

    name: str
    kind: str
    outgoing: bool = True


PRIVATE: Final = "private"
CIRCLE: Final = "circle"
COLLECTIVE: Final = "collective"


class RecordType:
    """A type of record: its fields in the order a form shows them. Never changed once made."""

    __slots__ = (
        "_acts", "_by_name", "by_hand", "fields", "glyph", "links", "main", "may_be_empty",
        "name", "only_author", "own", "ring", "rules", "schema", "space",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        glyph: str,
        fields: tuple[Field, ...],
        space: str,
        *,
        own: tuple[Field, ...] = (),
        links: tuple[LinkField, ...] = (),
        rules: tuple[SpaceRule, ...] = (),
        main: str = "body",
        ring: int = 1,
        schema: int = 1,
        by_hand: bool = True,
        may_be_empty: bool = False,
        only_author: bool = False,
    ) -> None:
        self.name = name
        self.glyph = glyph
        self.fields = fields
        self.space = space
        """Default space: "private", "circle" or "collective"."""
        self.own = own
        """The fields that other types do not have by being records."""
        self.links = links
        self.rules = rules
        self.main = main
        """The text where words go that are said without naming a field."""
        self.ring = ring
        self.schema = schema
        self.by_hand = by_hand
        """False for what only the program writes."""
        self.may_be_empty = may_be_empty
        """It can be opened before there are words for it."""
        self.only_author = only_author
        """Others answer it with acts and links; its words are of who began it."""
        self._by_name = {field.name: field for field in fields}
        self._acts = {kind.name: (field, kind) for field in fields for kind in field.acts}

    def field(self, name: str) -> Field | None:
        """Return the field called *name*, or None."""
        return self._by_name.get(name)

    @property
    def acts(self) -> Iterable[tuple[Field, ActKind]]:
        """The kinds of act of this type, each with the field that holds it."""
        return self._acts.values()

    def act(self, name: str) -> tuple[Field, ActKind] | None:
        """Return the kind of act called *name* and the field that holds it, or None."""
        return self._acts.get(name)

    def default_space(self, said: Mapping[str, object]) -> str:
        """Return where a record lives by default that says *said* by field (domain C3).

        A reading is given as its value, a set as a list of its items.
        """
        for rule in self.rules:
            value = said.get(rule.field)
            items = list(value) if isinstance(value, (list, tuple)) else [value]
            if items == [rule.value]:
                return rule.space
        return self.space
