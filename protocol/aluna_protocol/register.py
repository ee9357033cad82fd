"""The acts of a space that count at their own past, and who belongs after some of them (SPEC §6.4).

Sets of acts are integers (`act_sets`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, reduce
from typing import Final

from aluna_protocol.act_sets import Remembered, Sets, bits
from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DeviceId, DocumentId, EntryHash, PersonId
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
    Suspend,
    Withdraw,
)

MOST_REMEMBERED: Final = 256
"""Sets of acts of which it is remembered who belongs: partitions that are heard in turns."""
FOUNDED_WITH = Rules(())
"""Before anybody says otherwise every person keeps the door, and two of them remove a third."""


@dataclass(frozen=True, slots=True)
class EverybodyBut:
    """Everybody became a keeper who was not one of *persons*."""

    persons: frozenset[PersonId]


Grants = frozenset[PersonId] | EverybodyBut


@dataclass(frozen=True, slots=True)
class Counted:
    """An act that counts at its own past (M2)."""

    number: int
    id: EntryHash
    depth: int
    """The longest chain of parents, itself included."""
    past: int
    standing: int
    """What of its past took effect for who had seen just that."""
    signers: frozenset[tuple[DeviceId, PersonId]]
    """Everybody whose yes it rests on."""
    says: Operation
    takes_effect: Operation | None
    """None while others have to say yes; of the last yes, what it makes effective."""
    of: EntryHash
    """The act that asked for it: itself, unless this is the last yes to another."""
    as_keeper: bool
    """Whether it rests on the power of keepers."""
    too_few: bool
    """Whether fewer said yes than the quorum, because fewer keepers were there."""
    grants: Grants = frozenset()
    """Who became a keeper by it."""

    @property
    def bit(self) -> int:
        """The set of it alone."""
        return 1 << self.number


class Register:
    """Every act that counts at its own past, by what it is about."""

    def __init__(self) -> None:
        self.counted: list[Counted] = []
        self.by_id: dict[EntryHash, Counted] = {}
        self.by_signer: Sets[DeviceId | PersonId] = Sets()
        """Acts by each device and each person who signed them; the two have different lengths."""
        self.admits: Sets[DeviceId] = Sets()
        self.devices: dict[PersonId, list[DeviceId]] = {}
        self.out_devices: Sets[DeviceId] = Sets()
        self.out_persons: Sets[PersonId] = Sets()
        self.suspensions: Sets[DeviceId] = Sets()
        self.lifts: Sets[EntryHash] = Sets()
        self.rests: Sets[PersonId] = Sets()
        self.answers: Sets[EntryHash] = Sets()
        """Of an act that asks: itself and every yes to it."""
        self.withdrawn: set[DocumentId] = set()
        """Documents taken back. That is never void: what was destroyed cannot be put back."""
        self.admissions = 0
        self.rules = 0
        self.removals = 0
        self.makers = 0
        """Acts by which somebody became a keeper."""
        self.too_few = 0
        self.as_keeper = 0
        self.strikes = 0
        """Acts that void what others did without having seen them (M4)."""
        self.hits: dict[int, int] = {}
        """Of each strike, the acts it voids itself."""
        self.hit = 0
        self.seated_by: Remembered[frozenset[PersonId]] = Remembered(MOST_REMEMBERED)
        """Of sets of admissions and removals asked about: who holds a seat by them."""
        self._strikes_on: Sets[DeviceId | PersonId] = Sets()
        self._demotions = 0
        self._last_seated: tuple[int, frozenset[DeviceId]] = (0, frozenset())
        """The last set of admissions asked about: who fills the room asks it again and again."""

    def add(self, act: Counted) -> None:
        """Take an act; everything in its past was taken before."""
        self.counted.append(act)
        self.by_id[act.id] = act
        bit = act.bit
        self.answers[act.of] |= bit
        if isinstance(act.takes_effect, Withdraw):
            self.withdrawn.add(act.takes_effect.document)
            return
        if act.as_keeper:
            self.as_keeper |= bit
        if act.too_few:
            self.too_few |= bit
        for signer in act.signers:
            for one in signer:
                self.by_signer[one] |= bit
        self._is_hit(act)
        match act.takes_effect:
            case Genesis(seat=seat) | Admit(seat=seat):
                self._admits(act, seat)
            case Remove() as removal:
                self._removes(act, removal)
            case Suspend(device):
                self.suspensions[device] |= bit
            case Lift(suspension):
                self.lifts[suspension] |= bit
            case Rules(keepers):
                self.rules |= bit
                if act.grants:
                    self.makers |= bit
                if keepers:
                    self._demotes(act, frozenset(keepers))
            case Rest():
                for _, person in act.signers:
                    self.rests[person] |= bit
            case Second() | Withdraw() | None:
                pass

    def _admits(self, act: Counted, seat: Seat) -> None:
        self.admissions |= act.bit
        if act.grants:
            self.makers |= act.bit
        if seat.device not in self.devices.setdefault(seat.person, []):
            self.devices[seat.person].append(seat.device)
        self.admits[seat.device] |= act.bit

    def _removes(self, act: Counted, removal: Remove) -> None:
        self.removals |= act.bit
        gone: DeviceId | PersonId
        if removal.device is not None:
            gone = removal.device
            self.out_devices[gone] |= act.bit
        else:
            gone = removal.person
            self.out_persons[gone] |= act.bit
        if any(person == removal.person for _, person in act.signers):
            return  # Who goes herself, or gives up a device of her own, undoes nothing.
        self.strikes |= act.bit
        self.hits[act.number] = 0
        self._strikes_on[gone] |= act.bit
        self._note(act.number, self.by_signer[gone] & ~act.past)

    def ever_seated(self, past: int) -> frozenset[DeviceId]:
        """Return the devices some admission of *past* seats."""
        admissions = self.admissions & past
        if self._last_seated[0] != admissions:
            found = {seat_of(self.counted[number]).device for number in bits(admissions)}
            self._last_seated = (admissions, frozenset(found))
        return self._last_seated[1]

    def _demotes(self, act: Counted, keepers: frozenset[PersonId]) -> None:
        self.strikes |= act.bit
        self._demotions |= act.bit
        self.hits[act.number] = 0
        for number in bits(self.as_keeper & ~act.past & ~act.bit):
            other = self.counted[number]
            if not _all_in(other, keepers):
                self._note(act.number, other.bit)

    def _is_hit(self, act: Counted) -> None:
        for signer in act.signers:
            for one in signer:
                for strike in bits(self._strikes_on[one] & ~act.past):
                    self._note(strike, act.bit)
        if act.as_keeper:
            for strike in bits(self._demotions & ~act.past):
                said = self.counted[strike].takes_effect
                if isinstance(said, Rules) and not _all_in(act, frozenset(said.keepers)):
                    self._note(strike, act.bit)

    def _note(self, strike: int, acts: int) -> None:
        self.hits[strike] |= acts
        self.hit |= acts


def _all_in(act: Counted, keepers: frozenset[PersonId]) -> bool:
    return all(person in keepers for _, person in act.signers)


class Belonging:
    """Who belongs, given the acts of a set that take effect."""

    def __init__(self, register: Register, acts: int) -> None:
        self._register = register
        self.acts = acts

    def seating(self, device: DeviceId) -> Counted | None:
        """Return the act by which *device* holds its seat, None when it holds none."""
        register = self._register
        given = register.admits[device] & self.acts
        if not given or register.out_devices[device] & self.acts:
            return None
        if given.bit_count() == 1:
            only = register.counted[given.bit_length() - 1]
            return None if self._put_out(only) else only
        found = [
            act for number in bits(given) if not self._put_out(act := register.counted[number])
        ]
        return min(found, key=lambda act: (act.depth, act.id), default=None)

    def _put_out(self, act: Counted) -> bool:
        """Tell whether the person an admission seats was removed, but not before it."""
        removals = self._register.out_persons[seat_of(act).person]
        return bool(removals & self.acts & ~act.past)

    def seat(self, device: DeviceId) -> Seat | None:
        """Return the seat of *device*, suspended or not."""
        act = self.seating(device)
        return None if act is None else seat_of(act)

    def ever_seated(self, device: DeviceId) -> bool:
        """Tell whether *device* holds a seat or held one: the key of one removed never returns."""
        return bool(self._register.admits[device] & self.acts)

    def former_seat(self, device: DeviceId) -> Seat | None:
        """Return the first seat *device* was given by acts that take effect, held still or not."""
        given = self._register.admits[device] & self.acts
        first = min(
            (self._register.counted[number] for number in bits(given)),
            key=lambda act: (act.depth, act.id),
            default=None,
        )
        return None if first is None else seat_of(first)

    def barred_by(self, device: DeviceId) -> list[Counted]:
        """Return the removals and suspensions that keep what *device* writes from being read."""
        register = self._register
        removals = register.out_devices[device]
        for number in bits(register.admits[device] & self.acts):
            act = register.counted[number]
            removals |= register.out_persons[seat_of(act).person] & ~act.past
        acts = [register.counted[number] for number in bits(removals & self.acts)]
        return acts + self.suspensions(device)

    def suspensions(self, device: DeviceId) -> list[Counted]:
        """Return the suspensions of *device* that nobody lifted."""
        register = self._register
        return [
            act
            for number in bits(register.suspensions[device] & self.acts)
            if not register.lifts[(act := register.counted[number]).id] & self.acts
        ]

    def person(self, device: DeviceId) -> PersonId | None:
        """Return who holds the seat of *device*."""
        seat = self.seat(device)
        return None if seat is None else seat.person

    def belongs(self, person: PersonId) -> bool:
        """Tell whether *person* holds a seat with any device."""
        return any(
            self.person(device) == person for device in self._register.devices.get(person, ())
        )

    @cached_property
    def persons(self) -> frozenset[PersonId]:
        """Everybody who holds a seat."""
        register = self._register
        # Most acts seat nobody: what these say is worked out once for all that follow.
        seating = self.acts & (register.admissions | register.removals)
        return register.seated_by.of(seating, self._persons)

    def _persons(self, seating: int) -> frozenset[PersonId]:
        register, acts = self._register, self.acts
        found: set[PersonId] = set()
        for number in bits(seating & register.admissions):
            act = register.counted[number]
            seat = seat_of(act)
            if seat.person in found or register.out_devices[seat.device] & acts:
                continue
            if register.admits[seat.device] & acts != act.bit:
                # Seated more than once: the first of these seats says whose device it is.
                found |= {self.person(seat.device) or NOBODY}
            elif not register.out_persons[seat.person] & acts & ~act.past:
                found.add(seat.person)
        return frozenset(found - {NOBODY})

    @cached_property
    def rules(self) -> Rules:
        """What was agreed; of what was agreed apart, the more careful part of each."""
        standing = self._register.rules & self.acts
        last = [
            said
            for number in bits(standing)
            if not any(
                self._register.counted[other].past & (1 << number) for other in bits(standing)
            )
            and isinstance(said := self._register.counted[number].takes_effect, Rules)
        ]
        return reduce(_both, last) if last else FOUNDED_WITH

    def keeps(self, person: PersonId) -> bool:
        """Tell whether *person* is a keeper."""
        named = self.rules.keepers
        return self.belongs(person) and (not named or person in named)

    @cached_property
    def keepers(self) -> frozenset[PersonId]:
        """Everybody who keeps the door."""
        named = self.rules.keepers
        return self.persons.intersection(named) if named else self.persons

    def rests(self, person: PersonId) -> bool:
        """Tell whether *person* said last that she rests."""
        said = self._register.rests[person] & self.acts
        last = [
            self._register.counted[number].takes_effect
            for number in bits(said)
            if not any(self._register.counted[other].past & (1 << number) for other in bits(said))
        ]
        return bool(last) and all(isinstance(one, Rest) and one.resting for one in last)


NOBODY = PersonId(b"")
"""Stands among keepers where two agreements made apart name nobody in common: no door is kept."""


def _both(one: Rules, other: Rules) -> Rules:
    """Join what was agreed apart: who keeps the door by both, and the higher numbers."""
    if one.keepers and other.keepers:
        common = tuple(person for person in one.keepers if person in other.keepers) or (NOBODY,)
    else:
        common = one.keepers or other.keepers
    return replace(
        one,
        keepers=common,
        quorum=max(one.quorum, other.quorum),
        admitting=max(one.admitting, other.admitting),
        gives_past=one.gives_past and other.gives_past,
    )


def seat_of(act: Counted) -> Seat:
    """Return the seat an admission gives."""
    operation = act.takes_effect
    assert isinstance(operation, Genesis | Admit)
    return operation.seat
