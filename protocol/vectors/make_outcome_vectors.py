"""Vectors of who belongs: whole histories and what comes of them (SPEC §6.4)."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aluna_protocol import crypto, membership
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import document_of
from aluna_protocol.ids import DeviceId, EntryHash, Head, PersonId
from aluna_protocol.operations import (
    Admit,
    CutMark,
    Genesis,
    Lift,
    Operation,
    Remove,
    Rest,
    Rules,
    Seat,
    Second,
    SpaceKind,
    Suspend,
    Withdraw,
    sign_seat,
)
from aluna_protocol.outcome import Act, Membership
from vectors.making import ANA, GENESIS, SPACE, Json, seat_of, shown


def keys_of(device: str) -> DeviceKeys:
    """Return the keys of a device: "a" is Ana's, "b2" the second of whom "b" is the first."""
    if device == "a":
        return ANA
    seed = crypto.blake2b(b"seed of " + device.encode())
    return DeviceKeys(seed, crypto.blake2b(b"static of " + device.encode()))


def person_of(device: str) -> PersonId:
    """Return who holds a device, by the first letter of its name."""
    if device[0] == "a":
        return GENESIS.seat.person
    return PersonId(crypto.blake2b(b"person " + device[0].encode(), size=16))


def seat_for(device: str, person: str = "") -> Seat:
    """Return a seat that *device* signed for its person, or for another."""
    if device == "a":
        return seat_of(ANA)
    held = person_of(person or device)
    return sign_seat(keys_of(device), device, held, f"Person {held[0]}")


def hash_of(name: str) -> EntryHash:
    """Return the hash an act of this name goes by."""
    return EntryHash(crypto.blake2b(name.encode()))


@dataclass
class History:
    """Acts under short names, each having seen all told before it or what it is said to have."""

    acts: dict[str, Act] = field(default_factory=dict)

    def say(
        self, name: str, by: str, operation: Operation | None, after: Iterable[str] | None = None
    ) -> str:
        """Add an act."""
        seen = self.heads() if after is None else after
        parents = frozenset(hash_of(one) for one in seen)
        self.acts[name] = Act(hash_of(name), keys_of(by).device, parents, operation)
        return name

    def heads(self) -> list[str]:
        """Return the names of the acts no other has seen."""
        named = {parent for act in self.acts.values() for parent in act.parents}
        return [name for name, act in self.acts.items() if act.id not in named]

    def founded(self, members: str, keepers: str = "") -> list[str]:
        """Let Ana found the space and let in *members*; return what everybody has seen then."""
        self.say("founding", "a", GENESIS, [])
        for one in members:
            self.admit("a", one)
        if keepers:
            self.rule("a", keepers)
            if len(members) > 0:
                self.second(members[0], f"a rules {keepers}")
        return self.heads()

    def admit(self, by: str, whom: str, after: Iterable[str] | None = None, door: str = "") -> str:
        """Admit a device; *door* tells two admissions apart."""
        return self.say(f"{by} admits {whom}{door}", by, Admit(seat_for(whom), b""), after)

    def remove(
        self, by: str, whom: str, after: Iterable[str] | None = None, *, one: bool = False
    ) -> str:
        """Remove a person with her devices, or one device of hers."""
        marks = (mark_of(whom, by),)
        device = keys_of(whom).device if one else None
        operation = Remove(person_of(whom), device, marks)
        return self.say(f"{by} removes {whom}", by, operation, after)

    def suspend(self, by: str, whom: str, after: Iterable[str] | None = None) -> str:
        """Suspend a device."""
        operation = Suspend(keys_of(whom).device, (mark_of(whom, by),))
        return self.say(f"{by} suspends {whom}", by, operation, after)

    def lift(self, by: str, what: str, after: Iterable[str] | None = None) -> str:
        """Lift a suspension."""
        return self.say(f"{by} lifts {what}", by, Lift(hash_of(what)), after)

    def rule(
        self, by: str, keepers: str, after: Iterable[str] | None = None, *, quorum: int = 2,
        admitting: int = 1, gives_past: bool = True, named: str = "",
    ) -> str:  # fmt: skip
        """Say who keeps the door, and how."""
        persons = tuple(sorted(person_of(one) for one in keepers))
        operation = Rules(persons, quorum, admitting, gives_past)
        return self.say(named or f"{by} rules {keepers}", by, operation, after)

    def rest(self, by: str, after: Iterable[str] | None = None, *, resting: bool = True) -> str:
        """Rest, or be back."""
        return self.say(f"{by} rests {resting}", by, Rest(resting), after)

    def second(self, by: str, what: str, after: Iterable[str] | None = None) -> str:
        """Say one more yes."""
        return self.say(f"{by} seconds {what}", by, Second(hash_of(what)), after)


def mark_of(whom: str, by: str) -> CutMark:
    """Return an entry *by* knew of the content log of *whom*."""
    return CutMark(keys_of(whom).device, 7, Head(1 + ord(by[0]), hash_of(f"{whom} wrote")))


# -- what comes of it ----------------------------------------------------------------------------

Told = tuple[History, str, list[str]]
"""The history, the devices that hold a seat, and what is void."""


HISTORIES: dict[str, Callable[[], Told]] = {}


def history(name: str) -> Callable[[Callable[[History], tuple[str, list[str]]]], None]:
    """Take a function that tells a history, and returns who holds a seat and what is void."""

    def take(tell: Callable[[History], tuple[str, list[str]]]) -> None:
        def told() -> Told:
            story = History()
            return story, *tell(story)

        assert name not in HISTORIES, name
        HISTORIES[name] = told

    return take


def outcome_vectors() -> list[Json]:
    """Return sets of acts, and what they come to."""
    for stories in ("membership_histories", "membership_agreements", "membership_apart"):
        importlib.import_module(f"vectors.{stories}")
    return [outcome_of(name, tell) for name, tell in HISTORIES.items()]


def outcome_of(name: str, tell: Callable[[], Told]) -> Json:
    """Return one history and its outcome, which has to be what its teller says."""
    told, seated, void = tell()
    outcome = membership.resolve(SPACE, told.acts.values())
    said = said_of(outcome)
    names = {keys_of(one).device.hex(): one for one in seated.split()}
    unnamed = {act.id.hex(): one for one, act in told.acts.items()}
    assert sorted(names) == said["seats"], (name, [s.device_name for s in outcome.seats.values()])
    found = sorted(unnamed[one] for one in said["void"])
    assert sorted(void) == found, (name, found)
    return {"name": name, "acts": [shown_act(*one) for one in told.acts.items()], **said}


def shown_act(name: str, act: Act) -> Json:
    """Return an act for JSON."""
    body = None if act.operation is None else membership.encode_operation(act.operation)
    return {
        "name": name,
        "id": act.id.hex(),
        "signer": act.signer.hex(),
        "parents": sorted(parent.hex() for parent in act.parents),
        "body": None if body is None else body.hex(),
    }


def said_of(outcome: Membership) -> Json:
    """Return an outcome for JSON, everything in ascending order."""
    rules = outcome.rules
    return {
        "seats": sorted(device.hex() for device in outcome.seats),
        "void": sorted(act.hex() for act in outcome.void),
        "former": sorted(device.hex() for device in outcome.former),
        "suspended": _rows((device, sorted(acts)) for device, acts in outcome.suspended.items()),
        "barred": _rows(
            (
                device,
                sorted(barring.acts),
                sorted(
                    [mark.device, mark.incarnation, mark.head.height, mark.head.hash]
                    for mark in barring.cut
                ),
            )
            for device, barring in outcome.barred.items()
        ),
        "keepers": sorted(person.hex() for person in outcome.keepers),
        "rules": [rules.quorum, rules.admitting, rules.gives_past],
        "resting": sorted(person.hex() for person in outcome.resting),
        "taken_back": sorted(document.hex() for document in outcome.withdrawn),
    }


def _rows(rows: Iterable[tuple[DeviceId, Any] | tuple[DeviceId, Any, Any]]) -> list[Any]:
    return sorted(shown(row) for row in rows)


def document(person: str) -> Withdraw:
    """Return the withdrawal of a document *person* made here."""
    return Withdraw(document_of(SPACE, person_of(person), bytes(8)))


def other_founding() -> Genesis:
    """Return the founding of another space."""
    return Genesis(SpaceKind.COLLECTIVE, "Semilla", b"", seat_of(ANA), bytes(16))
