"""What waits for my voice: each person asks it for herself, nobody for another (item of C6.3).

An invitation, never a reminder: who rests is asked for nothing, but for the kinds of agreement she
marked "ask me anyway". Nothing here orders people or counts them.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Container, Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId, PersonId
from aluna_sync.journal.lives.agreements import IN_FORCE, IN_REVIEW, Agreement
from aluna_sync.journal.lives.causes import act_of, causes_of, persons, text
from aluna_sync.journal.lives.consents import consents
from aluna_sync.journal.lives.wordings import ANSWERED, OBJECTS, Wording
from aluna_sync.journal.types import Act, Record

AGREED_TYPES: Final = ("agreement", "protection")
ROUND: Final = "round"
EMERGENCY: Final = "emergency"
LOOKED_BACK: Final = "looked_back"


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
    """Somebody asked her to take back what she shared, and she did nothing there since."""
    HER_WORDS = "her_words"
    """A round in which each one adds her words, until the group goes on from it."""
    HANDED_OVER = "handed_over"
    """An emergency was handed over to her, and she did nothing there since."""


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


def asked_in(record: Record) -> tuple[PersonId, ...]:
    """Return, by id, for whom something in *record* may wait: everybody of whom `waits_for` tells.

    What is asked of all who belong, as in agreements and rounds, is left out: of those there are
    few, and they are looked at one by one.
    """
    found = {person for owned in record.own_readings.values() for person in owned}
    for act in (act for acts in record.acts.values() for act in acts):
        match act_of(act):
            case "ask_uses" | "hand_over":
                found |= set(persons(act, "persons"))
            case "ask_withdrawal":
                found |= set(record.authors[:1])
            case _:
                pass
    return tuple(sorted(found))


def _of_record(person: PersonId, record: Record) -> list[Waiting]:
    found = [
        Waiting(record.id, For.USES)
        for one in consents(record)
        if one.person == person and one.state == "asked"
    ]
    if any(person in owned for owned in record.own_readings.values()):
        found.append(Waiting(record.id, For.TWO_WORDS))
    if record.authors[:1] == (person,):
        asked = [act for act in causes_of(record).of("ask_withdrawal") if act.by != person]
        found += _unanswered(person, record, asked, For.TAKING_BACK)
    if record.type == EMERGENCY and record.state != LOOKED_BACK:
        asked = [
            act
            for act in causes_of(record).of("hand_over")
            if person in persons(act, "persons") and act.by != person
        ]
        found += _unanswered(person, record, asked, For.HANDED_OVER)
    if record.type == ROUND and _waits_for_words(person, record):
        found.append(Waiting(record.id, For.HER_WORDS))
    return found


def _unanswered(person: PersonId, record: Record, asked: list[Act], what: For) -> list[Waiting]:
    """Return the acts of *asked* after which *person* did nothing: what she does is her answer."""
    if not asked:
        return []
    causes = causes_of(record)
    hers = [act for act in causes.acts if act.by == person]
    return [
        Waiting(record.id, what, one.id)
        for one in asked
        if not any(causes.saw(act, one) for act in hers)
    ]


def _waits_for_words(person: PersonId, record: Record) -> bool:
    """Tell whether a round is still open to *person*: once it is summed up, it asks nothing."""
    gathered = record.sets.get("conditions_we_see") or record.maps.get("spoken_totals")
    hers = {*record.maps.get("words", {}), *record.own_readings.get("words", {})}
    return not gathered and person not in hers
