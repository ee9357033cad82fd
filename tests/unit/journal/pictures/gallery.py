"""Records for pictures: a few by hand, and many by chance with everything a picture reads."""

from __future__ import annotations

import datetime as dt
import functools
import random
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aluna_protocol.ids import DocumentId, PersonId, SpaceId
from aluna_sync.journal.links import link_item
from aluna_sync.journal.pictures.looking import Look
from aluna_sync.journal.types import Act, Json, Member, Reading, Record

COLLECTIVE: Final = SpaceId(b"c" * 32)
CIRCLE: Final = SpaceId(b"o" * 32)
PRIVATE: Final = SpaceId(b"p" * 32)
TODAY: Final = dt.date(2026, 11, 22)
ITZEL, JULIA, MARTA, NOEMI, OFELIA = (PersonId(bytes([letter]) * 16) for letter in b"ijmno")
PEOPLE: Final = (ITZEL, JULIA, MARTA, NOEMI, OFELIA)
SHARED: Final = Look(TODAY, frozenset({COLLECTIVE}))


def name(number: int) -> DocumentId:
    """Return the id of record *number*."""
    return DocumentId(number.to_bytes(16, "big"))


def on(value: str | None, words: str = "") -> Json:
    """Return what a date field keeps."""
    precision = {4: "dat.year", 7: "dat.month"}.get(len(value or ""), "dat.day")
    return {"value": value, "precision": precision if value else "dat.unknown", "words": words}


def act(act_id: str, kind: str, *after: str, by: PersonId = ITZEL, **parts: Json) -> Act:
    """Return one act."""
    return Act(act_id, {"act": kind, **parts}, by, after)


def made(
    number: int,
    type_: str,
    *,
    space: SpaceId = COLLECTIVE,
    when: str | Iterable[str] = (),
    links: Iterable[tuple[str, int]] = (),
    sets: Mapping[str, Iterable[str]] | None = None,
    says: Mapping[str, Json] | None = None,
    **more: Any,
) -> Record:
    """Return record *number* with what was said of it."""
    dates = (when,) if isinstance(when, str) else tuple(when)
    readings: dict[str, tuple[Reading, ...]] = {
        key: (Reading(f"r{key}", value, ITZEL),) for key, value in (says or {}).items()
    }
    if dates:
        readings["when"] = tuple(Reading(f"w{one}", on(one), ITZEL) for one in dates)
    kept = {key: tuple(Member(i, "", ITZEL) for i in items) for key, items in (sets or {}).items()}
    kept["links"] = tuple(Member(link_item(k, name(n)), "", ITZEL) for k, n in links)
    more.setdefault("authors", (ITZEL,))
    return Record(
        name(number), space, type_, 1, "unas palabras", sets=kept, readings=readings, **more
    )


TYPES: Final = (
    "event", "impact", "coping", "care_practice", "care_time", "agreement", "protection", "actor",
    "context", "process", "emergency", "mourning", "round", "bond", "response", "memory",
    "note", "check_in", "member", "task",
)  # fmt: skip
_TERMS: Final = {
    "dimensions": ("dim.personal", "dim.family", "dim.social", "own.0123456789abcdef"),
    "fields": ("fld.internal", "fld.security"),
    "expressions": ("exp.body", "exp.work"),
    "kinds": ("fear.altered_alarm", "fear.risk_denial", "fear.overprotection", "wear.no_distance"),
    "conditions": ("wear.reactive_mode",),
    "conditions_we_see": ("wear.reactive_mode", "wear.no_time_for_care"),
    "aggressions": ("agr.threat",),
    "actors": ("act.military",),
    "modes": ("mode.action", "mode.omission"),
    "intents": ("int.silence",),
    "factors": ("ctx.militarization",),
    "with": ("ally", "family", "organisation"),
    "what_moves": ("bond.network_overload", "bond.organization_fissures"),
    "dates_to_honour": ("--03-12", "10 de junio", "cuando llueve"),
    "hosts": (JULIA.hex(),),
}
_LINKS: Final = (
    "did", "sustained", "answers", "responsible", "changes_condition", "reviews", "beside",
)  # fmt: skip


@functools.cache
def crowd(seed: int, count: int, spaces: tuple[SpaceId, ...] = (COLLECTIVE,)) -> tuple[Record, ...]:
    """Return *count* records of every type, by chance; the same for all who ask."""
    chance = random.Random(seed)
    return tuple(_one(chance, number, count, chance.choice(spaces)) for number in range(count))


def _one(chance: random.Random, number: int, count: int, space: SpaceId) -> Record:
    type_ = TYPES[number % len(TYPES)]
    sets = {
        key: chance.sample(terms, chance.randint(0, len(terms))) for key, terms in _TERMS.items()
    }
    day = f"{chance.randint(2024, 2027)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    acts: dict[str, tuple[Act, ...]] = {}
    match type_:
        case "mourning":
            acts["rites"] = (act("a1", "rite", when=on(day)), act("a2", "rite"))
        case "response":
            acts["answers"] = (act("a1", "answer", when=on(day)), act("a2", "no_answer_yet", "a1"))
        case "agreement" | "protection":
            everybody: Json = [one.hex() for one in PEOPLE]
            acts["versions"] = (act("v1", "propose", wording="Nunca sola.", asked=everybody),)
        case "memory":
            kept = name(chance.randrange(count)).hex()
            acts["pieces"] = (act("p1", "piece", words="así fue", record=kept),)
        case _:
            pass
    when = () if chance.random() < 0.2 else day[: chance.choice((4, 7, 10))]
    return made(
        number, type_, space=space, when=when,
        links=[(chance.choice(_LINKS), chance.randrange(count)) for _ in range(2)],
        sets=sets,
        says={"about": chance.choice(("me", "us")), "repeats": chance.choice(("once", "weekly"))},
        texts={"what_moved": chance.choice(("", "algo")), "can_hold": "traducir"},
        maps={
            "words": dict.fromkeys(PEOPLE[: chance.randint(0, 5)], "cansancio"),
            "coming": dict.fromkeys(PEOPLE[: chance.randint(0, 5)], "yes"),
            "uses": {ITZEL: ["use.memory"]},
        },
        acts=acts,
    )  # fmt: skip
