"""Five people with a device each, who do things with one record apart and meet now and then."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hypothesis import strategies as st

from aluna_protocol.ids import PersonId
from aluna_sync.journal.lives import Causes, agreement_of, causes_of
from aluna_sync.journal.lives.agreements import Agreement
from aluna_sync.journal.schema import record_type
from aluna_sync.journal.types import Act, Json, Member, Reading, Record
from unit.journal.fakes import DOCUMENT, SPACE

PEOPLE: Final = tuple(PersonId(bytes([letter]) * 16) for letter in b"abcde")
ITZEL, JULIA, MARTA, NOEMI, OFELIA = PEOPLE
EVERYONE: Final[list[Json]] = [person.hex() for person in PEOPLE]


@dataclass(slots=True)
class Device:
    """What one person's device has of the record."""

    person: PersonId
    acts: dict[str, tuple[str, Act]] = field(default_factory=dict)
    """By id, the field and the act."""

    def newest(self) -> tuple[str, ...]:
        """Return the ids of the acts that no other here had seen, as a writer names them."""
        answered = {one for _, act in self.acts.values() for one in act.after}
        return tuple(sorted(set(self.acts) - answered))


class World:
    """Devices that write acts of one record apart, and hear of each other's."""

    def __init__(self, kind: str, people: Iterable[PersonId] = PEOPLE) -> None:
        self.kind = kind
        self.devices = [Device(person) for person in people]
        self.written: list[Act] = []
        """Every act in the order it was done, which no device knows."""

    def do(self, who: int, act: str, **parts: Json) -> str:
        """Let one do *act* as things stand on her device, and return its id."""
        found = record_type(self.kind).act(act)
        assert found is not None, act
        device = self.devices[who]
        # Ids are drawn by chance: they say nothing of when.
        number = f"{len(self.written)} {who}".encode()
        i = hashlib.blake2b(number, digest_size=8).hexdigest()
        done = Act(i, {"act": act, **parts}, device.person, device.newest())
        device.acts[i] = (found[0].name, done)
        self.written.append(done)
        return i

    def hear(self, who: int, whom: int) -> None:
        """Let one device receive everything another has."""
        self.devices[who].acts |= self.devices[whom].acts

    def meet(self, *who: int) -> None:
        """Let these exchange everything; all, when none is named."""
        chosen = who or tuple(range(len(self.devices)))
        together: dict[str, tuple[str, Act]] = {}
        for one in chosen:
            together |= self.devices[one].acts
        for one in chosen:
            self.devices[one].acts = dict(together)

    def record(self, who: int, shuffled: random.Random | None = None, **said: Any) -> Record:
        """Return the record as one device has it, its acts in an order that says nothing."""
        acts = list(self.devices[who].acts.values())
        (shuffled or random.Random(0)).shuffle(acts)
        return record_with(self.kind, acts, **said)

    def life(self, who: int = 0, **said: Any) -> Agreement:
        """Return how it stands with the agreement on one device."""
        return agreement_of(self.record(who, **said))

    def causes(self, who: int = 0) -> Causes:
        """Return what each act had seen, as one device knows it."""
        return causes_of(self.record(who))


def record_with(
    kind: str,
    acts: Iterable[tuple[str, Act]],
    *,
    kinds: Iterable[str] = (),
    readings: Mapping[str, tuple[Reading, ...]] | None = None,
    authors: tuple[PersonId, ...] = (ITZEL,),
    texts: Mapping[str, str] | None = None,
) -> Record:
    """Return a record that holds *acts*, each with the field it is in."""
    fields: dict[str, tuple[Act, ...]] = {}
    for name, act in acts:
        fields[name] = (*fields.get(name, ()), act)
    sets = {"kind": tuple(Member(one, "", None) for one in kinds)}
    return Record(
        DOCUMENT, SPACE, kind, 1, "", texts=dict(texts or {}), acts=fields, sets=sets,
        readings=dict(readings or {}), authors=authors,
    )  # fmt: skip


# -- scripts ---------------------------------------------------------------------------------------

Step = tuple[int, int, int, int]
"""Who, what, and two numbers that choose what it is about."""


def scripts(most: int = 40) -> st.SearchStrategy[list[Step]]:
    """Return scripts of acts and partial meetings of five devices."""
    step = st.tuples(st.integers(0, 4), st.integers(0, 23), st.integers(0, 7), st.integers(0, 5))
    return st.lists(step, min_size=most // 4, max_size=most)


STANCES: Final = (
    "pos.consent", "pos.consent", "pos.consent_concern", "pos.stand_aside", "pos.objection",
    "pos.need_time", "pos.need_talk",
)  # fmt: skip


def agree(world: World, script: Iterable[Step]) -> None:
    """Play *script* as people who work on an agreement; what is not possible is left out."""
    for who, what, one, other in script:
        device = world.devices[who]
        versions = _of(device, "propose", "amend")
        mine = [i for i in _of(device, "position") if device.acts[i][1].by == device.person]
        version = versions[one % len(versions)] if versions else ""
        match what:
            case 0:
                world.do(who, "propose", wording=f"w{one}", asked=EVERYONE)
            case 1 if versions:
                world.do(who, "amend", wording=f"x{one}", asked=EVERYONE[: 2 + other % 4])
            case 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 if versions:
                stance = STANCES[(what + other) % len(STANCES)]
                world.do(who, "position", version=version, stance=stance)
            case 10 if versions:
                for each in range(5):
                    world.hear(each, who)
                    world.do(each, "position", version=version, stance="pos.consent")
                    world.hear(who, each)
            case 11 if mine:
                world.do(who, "lift", objection=mine[one % len(mine)], how="withdrawn")
            case 12 if mine:
                world.do(who, "withdraw_position", position=mine[one % len(mine)])
            case 13 if others := _of(device, "position"):
                world.do(who, "lift", objection=others[one % len(others)], how="integrated")
            case 14 | 15 | 16 if versions:
                world.do(who, "in_force", version=version)
            case 17:
                simple = ("ask_review", "pause", "resume", "end", "ask_review", "resume")
                world.do(who, simple[other % len(simple)])
            case 18 if versions:
                outcome = ("keep", "adapt", "end")[other % 3]
                world.do(who, "review", version=version, outcome=outcome)
            case 19 if versions:
                world.do(who, "not_adopt", version=version)
            case _:
                world.hear(who, (who + 1 + one) % len(world.devices))


def _of(device: Device, *kinds: str) -> list[str]:
    return sorted(
        i for i, (_, act) in device.acts.items()
        if isinstance(act.value, dict) and act.value["act"] in kinds
    )  # fmt: skip


def consent_of_all(world: World, version: str, *but: int) -> None:
    """Let everyone consent to *version* and meet; not those in *but*, who stay apart."""
    there = [one for one in range(len(world.devices)) if one not in but]
    world.meet(*there)
    for one in there:
        world.do(one, "position", version=version, stance="pos.consent")
    world.meet(*there)


def in_force(world: World, wording: str = "Nunca sola.") -> str:
    """Bring a wording in force with the consent of all, and return its id."""
    version = world.do(0, "propose", wording=wording, asked=EVERYONE)
    world.meet()
    consent_of_all(world, version)
    world.do(0, "in_force", version=version)
    world.meet()
    return version


def proposed(world: World, wording: str = "Nunca sola.") -> str:
    """Put a wording before the group, and return its id."""
    version = world.do(0, "propose", wording=wording, asked=EVERYONE)
    world.meet()
    return version
