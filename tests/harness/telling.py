"""Histories of a space told in a few words, for tests of who belongs (SPEC §6.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from aluna_protocol import crypto, entry, membership
from aluna_protocol.ids import DeviceId, DocumentId, EntryHash, PersonId, StaticKey
from aluna_protocol.operations import (
    Admit,
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
    space_id,
)
from aluna_protocol.outcome import Act, Membership


def person(name: str) -> PersonId:
    """Return the id of the person whose name begins the name of each of her devices."""
    return PersonId(crypto.blake2b(name[0].encode(), size=16))


def device(name: str) -> DeviceId:
    """Return the id of a device: "a" is the first of person a, "a2" her second."""
    return DeviceId(crypto.blake2b(name.encode()))


def seat(name: str) -> Seat:
    """Return a seat nobody signed: here the proof is not looked at."""
    return Seat(device(name), StaticKey(bytes(32)), name, person(name), name[0].upper(), b"")


@dataclass
class Story:
    """Acts by name; `did` returns the name, so that a later one can have seen it."""

    genesis: Genesis = field(
        default_factory=lambda: Genesis(SpaceKind.COLLECTIVE, "S", b"", seat("a"), bytes(16))
    )
    acts: dict[str, Act] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.did("founding", "a", self.genesis, after=())

    @property
    def space(self) -> bytes:
        return space_id(self.genesis)

    def did(
        self, name: str, by: str, operation: Operation | None, after: Iterable[str] | None = None
    ) -> str:
        """Add an act that has seen *after*, or everything told so far."""
        seen = self.heads() if after is None else after
        parents = frozenset(self.acts[one].id for one in seen)
        self.acts[name] = Act(
            EntryHash(crypto.blake2b(name.encode())), device(by), parents, operation
        )
        return name

    def heads(self) -> list[str]:
        named = {parent for act in self.acts.values() for parent in act.parents}
        return [name for name, act in self.acts.items() if act.id not in named]

    def admits(self, by: str, whom: str, after: Iterable[str] | None = None) -> str:
        return self.did(f"{by} admits {whom}", by, Admit(seat(whom), b""), after)

    def removes(
        self, by: str, whom: str, after: Iterable[str] | None = None, one: str | None = None
    ) -> str:
        removal = Remove(person(whom), None if one is None else device(one), ())
        return self.did(f"{by} removes {one or whom}", by, removal, after)

    def suspends(self, by: str, whom: str, after: Iterable[str] | None = None) -> str:
        return self.did(f"{by} suspends {whom}", by, Suspend(device(whom), ()), after)

    def lifts(self, by: str, what: str, after: Iterable[str] | None = None) -> str:
        return self.did(f"{by} lifts {what}", by, Lift(self.acts[what].id), after)

    def seconds(self, by: str, what: str, after: Iterable[str] | None = None) -> str:
        return self.did(f"{by} seconds {what}", by, Second(self.acts[what].id), after)

    def limits(
        self, by: str, keepers: str, after: Iterable[str] | None = None, quorum: int = 2
    ) -> str:
        """*keepers* are persons, a letter each; none for everybody."""
        named = tuple(sorted(person(one) for one in keepers))
        return self.did(f"{by} rules {keepers}", by, Rules(named, quorum), after)

    def rests(self, by: str, *, resting: bool = True, after: Iterable[str] | None = None) -> str:
        return self.did(f"{by} rests {resting}", by, Rest(resting), after)

    def document(self, of: str, number: int = 0) -> DocumentId:
        """Return the id of a document of the person *of*."""
        return entry.document_of(space_id(self.genesis), person(of), bytes(7) + bytes([number]))

    def withdraws(self, by: str, document: DocumentId, after: Iterable[str] | None = None) -> str:
        return self.did(f"{by} withdraws {document.hex()}", by, Withdraw(document), after)

    def outcome(self, order: Iterable[str] | None = None) -> Membership:
        names = list(self.acts) if order is None else list(order)
        return membership.resolve(space_id(self.genesis), [self.acts[name] for name in names])

    def devices(self, order: Iterable[str] | None = None) -> set[str]:
        """Return the names of the devices that hold a seat."""
        return {one.device_name for one in self.outcome(order).seats.values()}

    def void(self) -> set[str]:
        void = self.outcome().void
        return {name for name, act in self.acts.items() if act.id in void}


def founded(members: str, keepers: str = "") -> Story:
    """Return a story in which *a* let in everybody of *members*, and *keepers* keep the door."""
    story = Story()
    for one in members:
        if one != "a":
            story.admits("a", one)
    if keepers:
        asked = story.limits("a", keepers)
        story.seconds(members[1], asked)
    return story
