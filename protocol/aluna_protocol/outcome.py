"""What membership says: who belongs, who did, what was agreed, and what has no effect (SPEC §6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DeviceId, DocumentId, EntryHash, PersonId
from aluna_protocol.operations import CutMark, Genesis, Operation, Rules, Seat
from aluna_protocol.register import FOUNDED_WITH


@dataclass(frozen=True, slots=True)
class Act:
    """An operation in its place: who signed it and which control entries it had seen."""

    id: EntryHash
    signer: DeviceId
    parents: frozenset[EntryHash]
    operation: Operation | None
    """None for control entries that are no membership operation; they still carry causality."""


@dataclass(frozen=True, slots=True)
class Barring:
    """A removed or suspended device: by which acts, and which of its entries stand all the same."""

    acts: frozenset[EntryHash]
    cut: frozenset[CutMark]


@dataclass(frozen=True, slots=True)
class Listed:
    """An operation without effect, for people to see (M8)."""

    id: EntryHash
    signer: DeviceId
    operation: Operation
    missing: int
    """How many more persons have to say yes; 0: it is void."""
    said_yes: frozenset[PersonId]
    waits_for: frozenset[PersonId]
    """Whose yes would do."""


@dataclass(frozen=True, slots=True)
class Membership:
    """The outcome: who belongs with which devices, who did, and what was agreed."""

    genesis: Genesis | None = None
    seats: Mapping[DeviceId, Seat] = field(default_factory=dict)
    """Every device that belongs, suspended ones too, in the order of SPEC §6.4."""
    former: Mapping[DeviceId, Seat] = field(default_factory=dict)
    """Devices that held a seat once: what they wrote keeps its name."""
    barred: Mapping[DeviceId, Barring] = field(default_factory=dict)
    suspended: Mapping[DeviceId, frozenset[EntryHash]] = field(default_factory=dict)
    """Which suspensions of a device nobody lifted."""
    keepers: frozenset[PersonId] = frozenset()
    rules: Rules = FOUNDED_WITH
    resting: frozenset[PersonId] = frozenset()
    void: frozenset[EntryHash] = frozenset()
    withdrawn: frozenset[DocumentId] = frozenset()
    """Documents their author took back, for ever."""
    authors: frozenset[PersonId] = frozenset()
    """Everybody an act that counts ever seated, void or not: whose documents there may be."""

    @property
    def persons(self) -> dict[PersonId, str]:
        """Names of the persons who hold a seat; the name of the first seat stands."""
        names: dict[PersonId, str] = {}
        for seat in self.seats.values():
            names.setdefault(seat.person, seat.person_name)
        return names
