"""What happened while we were apart, by kind of thing (domain C6.3).

Computed from sets alone: the same journal and the same moment give the same digest, in whatever
order things arrived. Nothing is counted by person, nothing is ranked: within a section records
stand by their own date and title. What hurts is kept back until somebody asks for it.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId, PersonId, SpaceId
from aluna_sync.journal.folding import fold
from aluna_sync.journal.lives.days import LookAgain
from aluna_sync.journal.lives.voices import AGREED_TYPES, Waiting
from aluna_sync.journal.schema import APART_NAMES
from aluna_sync.store.arrivals import Line

CARE: Final = ("care_practice", "care_time")
HARM: Final = "impact"
COPING: Final = "coping"
TENDER: Final = (HARM, "mourning", "check_in", "bond")
"""Types whose words nobody meets unasked."""
_NOT_TOLD: Final = (*APART_NAMES, "marker", "")


class Kind(enum.StrEnum):
    """The sections, in the order they are told: care first, what hurts last."""

    CARE = "care"
    EMERGENCY = "emergency"
    MY_VOICE = "my_voice"
    VOICES = "voices"
    LOOK_AGAIN = "look_again"
    AGREEMENTS = "agreements"
    PEOPLE = "people"
    TAKEN_BACK = "taken_back"
    TOO_LATE = "too_late"
    TWO_READINGS = "two_readings"
    TWO_HANDS = "two_hands"
    TEXTS = "texts"
    HARM_AND_COPING = "harm_and_coping"


class Turn(enum.StrEnum):
    """How somebody is here."""

    CAME = "came"
    WENT = "went"
    AWAY = "away"
    RESTS = "rests"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Here:
    """How one person is here; *space* is the circle it is about, or the collective."""

    person: PersonId
    turn: Turn
    space: SpaceId


@dataclass(frozen=True, slots=True)
class Said:
    """A voice on an agreement: an objection, or somebody who needs time or a talk."""

    person: PersonId
    stance: str


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a section, or an empty place."""

    document: DocumentId
    type: str = ""
    title: str = ""
    when: str | None = None
    new: bool = False
    """Nothing of it could be read here before."""
    by: tuple[PersonId, ...] = ()
    """Who wrote in it since, by id."""
    readings: tuple[str, ...] = ()
    """Fields that hold more than one reading."""
    kept_back: bool = False
    """Its words are not shown unasked."""
    hidden_word: bool = False
    """It is named with a word this person keeps hidden: its words are not shown here at all."""
    put_away: bool = False
    voices: tuple[Said, ...] = ()
    waiting: Waiting | None = None
    again: LookAgain | None = None
    sustained_by: tuple[DocumentId, ...] = ()
    """For a harm: what sustained us in it."""


@dataclass(frozen=True, slots=True)
class Section:
    """What happened of one kind."""

    kind: Kind
    items: tuple[Item, ...] = ()
    people: tuple[Here, ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """Everything a digest is computed from."""

    me: PersonId
    lines: Collection[Line] = ()
    writers: Mapping[DocumentId, frozenset[PersonId]] = field(default_factory=dict)
    """Who wrote in each of *lines* since."""
    begun: Mapping[DocumentId, PersonId | None] = field(default_factory=dict)
    """Who began each of *lines*."""
    voices: Mapping[DocumentId, tuple[Said, ...]] = field(default_factory=dict)
    """Agreements in which somebody's voice waits to be heard, whenever it came."""
    living: Collection[DocumentId] = ()
    """Emergencies that are not looked back on."""
    waiting: Collection[tuple[Waiting, str, str]] = ()
    again: Collection[tuple[LookAgain, str, str]] = ()
    """What waits for my voice and what to look at again, each with type and title."""
    people: Collection[Here] = ()
    taken_back: Collection[tuple[DocumentId, str]] = ()
    """What was taken back since, with the type where it was ever read here."""
    too_late: Collection[tuple[DocumentId, str]] = ()
    """What lies in the tray and nobody here decided about, with its title."""
    sustained: Mapping[DocumentId, tuple[DocumentId, ...]] = field(default_factory=dict)
    """For each harm what sustained us in it."""
    with_hidden_word: Collection[DocumentId] = ()
    """Records named with a word this person keeps hidden."""


def digest(news: News) -> tuple[Section, ...]:
    """Return the sections that say something, in the order of `Kind`."""
    told = [_item(news, line) for line in news.lines if _is_news(news, line)]
    found: dict[Kind, list[Item]] = {kind: [] for kind in Kind}
    for item in told:
        found[_kind(news, item)].append(item)
        if item.readings:
            found[Kind.TWO_READINGS].append(item)
        if len(item.by) > 1:
            found[Kind.TWO_HANDS].append(item)
    hidden = news.with_hidden_word
    found[Kind.MY_VOICE] = [
        Item(one.document, type_, title, waiting=one, hidden_word=one.document in hidden)
        for one, type_, title in news.waiting
    ]
    found[Kind.LOOK_AGAIN] = [
        Item(one.document, type_, title, again=one, hidden_word=one.document in hidden)
        for one, type_, title in news.again
    ]
    found[Kind.TAKEN_BACK] = [Item(document, type_) for document, type_ in news.taken_back]
    found[Kind.TOO_LATE] = [
        Item(document, title=title, kept_back=True) for document, title in news.too_late
    ]
    people = tuple(sorted(set(news.people), key=lambda one: (one.turn, one.space, one.person)))
    sections = (
        Section(kind, tuple(sorted(items, key=_place)), people if kind is Kind.PEOPLE else ())
        for kind, items in found.items()
    )
    return tuple(one for one in sections if one.items or one.people)


def _is_news(news: News, line: Line) -> bool:
    """Tell whether somebody else wrote in it: one's own words are no news, from any device."""
    others = news.writers.get(line.document, frozenset()) - {news.me}
    return bool(others) and line.type not in _NOT_TOLD


def _item(news: News, line: Line) -> Item:
    return Item(
        line.document,
        line.type,
        line.title,
        line.when,
        line.new and news.begun.get(line.document) != news.me,
        tuple(sorted(news.writers[line.document])),
        line.readings,
        line.type in TENDER,
        line.document in news.with_hidden_word,
        line.put_away,
        news.voices.get(line.document, ()),
        sustained_by=news.sustained.get(line.document, ()),
    )


def _kind(news: News, item: Item) -> Kind:
    if item.type in CARE:
        return Kind.CARE
    if item.type == "emergency" and item.document in news.living:
        return Kind.EMERGENCY
    if item.type in AGREED_TYPES:
        return Kind.VOICES if item.voices else Kind.AGREEMENTS
    if item.type in (HARM, COPING):
        return Kind.HARM_AND_COPING
    return Kind.TEXTS


def _place(item: Item) -> tuple[str, str, DocumentId, str]:
    """Return what records of a section stand by: their own date and title, what has none last."""
    act = item.waiting.act if item.waiting else item.again.why if item.again else ""
    return item.when or "~", fold(item.title), item.document, act


def ids_of(sections: Iterable[Section]) -> set[DocumentId]:
    """Return every record named in *sections*."""
    return {item.document for section in sections for item in section.items}
