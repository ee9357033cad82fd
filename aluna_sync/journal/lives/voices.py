"""What waits for my voice: each person asks it for herself, nobody for another (item of C6.3).

An invitation, never a reminder: who rests is asked for nothing, but for the kinds of agreement she
marked "ask me anyway". Nothing here orders people or counts them.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass
from typing import Final

from aluna_protocol.ids import DocumentId, PersonId
from aluna_sync.journal.lives.agreements import IN_FORCE, IN_REVIEW, Agreement
from aluna_sync.journal.lives.causes import causes_of, text
from aluna_sync.journal.lives.consents import consents
from aluna_sync.journal.lives.wordings import ANSWERED, OBJECTS, Wording
from aluna_sync.journal.types import Record

AGREED_TYPES: Final = ("agreement", "protection")


class For(enum.StrEnum):
    """What a voice is waited for."""

    POSITION = "position"
    """A wording is before the group and she was asked."""
    IN_HER_TIME = "in_her_time"
    """She said she needs time or a talk: it is there when she is ready."""
    TWO_WORDS = "two_words"
    """She said two things on two devices; only she sees it."""
    ANSWERED = "answered"
    """The group answered her objection; whether it is taken care of is hers to say."""
    WENT_ON = "went_on"
    """It was put in force without waiting for her, who rested or was out of reach."""
    USES = "uses"
    """She was asked what something may be used for."""
    TAKING_BACK = "taking_back"
    """Somebody asked her to take back what she shared."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for one person's voice."""

    document: DocumentId
    what: For
    act: str = ""
    """The act it answers, where there is one."""


def waits_for(
    person: PersonId,
    lives: Iterable[tuple[Record, Agreement | None]],
    *,
    resting: Container[PersonId] = (),
    ask_anyway: Collection[str] = (),
) -> tuple[Waiting, ...]:
    """Return what waits for *person*'s voice, in the order of *lives*.

    An agreement comes with its life, another record without. *ask_anyway*: the kinds of agreement
    she wants to be asked for while she rests.
    """
    found: list[Waiting] = []
    for record, life in lives:
        if person in resting:
            kinds = {one.item for one in record.sets.get("kind", ())}
            if life is None or not kinds.intersection(ask_anyway):
                continue
        if life is not None:
            found += _of_agreement(person, record, life)
        found += _of_record(person, record)
    return tuple(found)


def _of_agreement(person: PersonId, record: Record, life: Agreement) -> list[Waiting]:
    found: list[Waiting] = []
    for wording in life.wordings:
        if wording.id in life.open or wording.id in life.followed:
            found += _of_wording(person, record, wording, is_open=wording.id in life.open)
    if person in life.not_waited_for and life.state in (IN_FORCE, IN_REVIEW):
        found += [Waiting(record.id, For.WENT_ON, version) for version in life.followed]
    return found


def _of_wording(
    person: PersonId, record: Record, wording: Wording, *, is_open: bool
) -> list[Waiting]:
    standing = wording.of(person)
    mine = [act for act in wording.objections if act.by == person]
    causes = causes_of(record)
    if standing is not None and standing.apart:
        return [Waiting(record.id, For.TWO_WORDS, wording.id)]
    if mine:
        return [
            Waiting(record.id, For.ANSWERED, answer.id)
            for answer in causes.of("answer_objection")
            if any(text(answer, "objection") == act.id for act in mine) and answer.by != person
        ]
    if not is_open or person not in wording.waiting:
        return []
    said = standing is not None and standing.stance not in ("", *ANSWERED, OBJECTS)
    return [Waiting(record.id, For.IN_HER_TIME if said else For.POSITION, wording.id)]


def _of_record(person: PersonId, record: Record) -> list[Waiting]:
    found = [
        Waiting(record.id, For.USES)
        for one in consents(record)
        if one.person == person and one.state == "asked"
    ]
    if record.authors[:1] == (person,):
        found += [
            Waiting(record.id, For.TAKING_BACK, act.id)
            for act in causes_of(record).of("ask_withdrawal")
            if act.by != person
        ]
    return found
