"""SPEC §6.4: an act in its place, what it is, and what comes of all."""

from __future__ import annotations

from dataclasses import dataclass, field

from independent.operations import Mark, Operation, Seat

Signer = tuple[bytes, bytes]
"""Device and person."""
Ids = frozenset[bytes]


@dataclass(frozen=True)
class Act:
    """A control entry in its place; *operation* is None for an epoch entry."""

    id: bytes
    signer: bytes
    parents: Ids
    operation: Operation | None = None


@dataclass(frozen=True)
class Needs:
    """§6.4.2: who may say yes, and how many have to."""

    who: Ids
    many: int
    enough: int
    keepers: bool


@dataclass(frozen=True)
class Counts:
    """§6.4.2: an act that counts. *operation* is what it says yes to."""

    asked_by: bytes
    operation: Operation
    signers: frozenset[Signer]
    done: bool
    needs: Needs
    made_keepers: Ids = frozenset()
    kept_before: Ids | None = None
    """Of rules that make everybody a keeper: who was one."""

    @property
    def makes_keepers(self) -> bool:
        return bool(self.made_keepers) or self.kept_before is not None

    def made(self, person: bytes) -> bool:
        if self.kept_before is not None:
            return person not in self.kept_before
        return person in self.made_keepers


@dataclass
class Outcome:
    """§6.4.4 and §6.4.5."""

    seats: dict[bytes, Seat] = field(default_factory=dict)
    former: set[bytes] = field(default_factory=set)
    suspended: dict[bytes, set[bytes]] = field(default_factory=dict)
    barred: dict[bytes, tuple[set[bytes], set[Mark]]] = field(default_factory=dict)
    keepers: set[bytes] = field(default_factory=set)
    everybody_keeps: bool = True
    quorum: int = 2
    admitting: int = 1
    gives_past: bool = True
    resting: set[bytes] = field(default_factory=set)
    taken_back: set[bytes] = field(default_factory=set)

    @property
    def persons(self) -> set[bytes]:
        return {seat.person for seat in self.seats.values()}

    @property
    def members(self) -> set[bytes]:
        return set(self.seats) - set(self.suspended)

    def person(self, device: bytes) -> bytes | None:
        seat = self.seats.get(device)
        return None if seat is None else seat.person
