"""Who belongs to a space: a pure function of the set of its operations (SPEC §6, security M1-M8).

Every operation names the control entries its author had seen, and counts only if its author had
the power to do it in what it had seen (M2); removals then void what was done apart from them (M4).
What does not count is kept and listed (M8). The order in which operations arrive never matters
(M1): `Resolver` works each in once, as soon as its whole past is there, and `resolve` is what it
says of a set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set
from functools import partial
from typing import Final

from aluna_protocol import limits, powers, striking
from aluna_protocol.act_sets import Remembered, bits
from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DeviceId, DocumentId, EntryHash, PersonId, SpaceId
from aluna_protocol.operations import (
    Admit,
    CutMark,
    Genesis,
    Operation,
    Remove,
    Rules,
    Seat,
    SpaceKind,
    Suspend,
    Withdraw,
    decode_operation,
    encode_operation,
    sign_seat,
    space_id,
)
from aluna_protocol.outcome import Act, Barring, Listed, Membership
from aluna_protocol.powers import Verdict
from aluna_protocol.register import Belonging, Counted, Register, seat_of
from aluna_protocol.seating import Seating

__all__ = [
    "Act",
    "Admit",
    "Barring",
    "Genesis",
    "Listed",
    "Membership",
    "Operation",
    "Remove",
    "Resolver",
    "Rules",
    "Seat",
    "SpaceKind",
    "Suspend",
    "Withdraw",
    "decode_operation",
    "encode_operation",
    "resolve",
    "sign_seat",
    "space_id",
]

MOST_REMEMBERED: Final = 1024
"""Sets of acts whose outcome is remembered; most entries name one of the last few."""


@dataclass(frozen=True, slots=True)
class _Place:
    """An act in its place: what it had seen, what of that took effect, and what it adds."""

    signer: DeviceId
    depth: int
    """The longest chain of parents, itself included."""
    past: int
    standing: int
    own: int

    @property
    def after(self) -> int:
        """Its past and itself."""
        return self.past | self.own


class Resolver:
    """Works acts in as they come; what it says depends on the set of them alone (M1).

    An act costs as much as its parents, once; nothing is walked again when others arrive. Where
    several were made apart and one of them removes somebody, what takes effect is worked out anew
    for what had seen them all.
    """

    def __init__(self, space: SpaceId) -> None:
        self._space = space
        self._register = Register()
        self._places: dict[EntryHash, _Place] = {}
        self._waiting: dict[EntryHash, tuple[Act, int]] = {}
        self._waiting_for: dict[EntryHash, list[EntryHash]] = {}
        self._heads: set[EntryHash] = set()
        self._genesis: Genesis | None = None
        self._void: dict[EntryHash, Listed] = {}
        """Acts that do not count at their own past."""
        self._remembered: Remembered[int] = Remembered(MOST_REMEMBERED)
        self._belonging: Remembered[Belonging] = Remembered(MOST_REMEMBERED)
        self._standing: int | None = 0
        self._seating = Seating(self._register)
        self._outcome: Membership | None = None
        self._members: frozenset[DeviceId] | None = None

    # -- what it says ----------------------------------------------------------------------------

    @property
    def _now(self) -> Belonging:
        if self._standing is None:
            everything = (1 << len(self._register.counted)) - 1
            self._standing = self._stands(everything)
        return self._who(self._standing)

    @property
    def outcome(self) -> Membership:
        """Who belongs, given every act so far whose whole past is known."""
        if self._outcome is None:
            self._outcome = self._work_out()
        return self._outcome

    def _work_out(self) -> Membership:
        register, now = self._register, self._now
        self._seating.follow(now)
        seats, former = self._seating.seats, self._seating.former
        suspended = {
            device: frozenset(act.id for act in standing)
            for device in register.suspensions
            if device in seats and (standing := now.suspensions(device))
        }
        persons = {seat.person for seat in seats.values()}
        named = now.rules.keepers
        return Membership(
            self._genesis,
            seats,
            former,
            {device: self._barring(now, device) for device in (*former, *suspended)},
            suspended,
            frozenset(persons.intersection(named) if named else persons),
            now.rules,
            frozenset(one for one in register.rests if one in persons and now.rests(one)),
            self._voided(now),
            frozenset(register.withdrawn),
            frozenset(register.devices),
        )

    def _barring(self, now: Belonging, device: DeviceId) -> Barring:
        by = now.barred_by(device)
        cut: set[CutMark] = set()
        for act in by:
            assert isinstance(act.takes_effect, Remove | Suspend)
            cut.update(mark for mark in act.takes_effect.cut if mark.device == device)
        return Barring(frozenset(act.id for act in by), frozenset(cut))

    def _voided(self, now: Belonging) -> frozenset[EntryHash]:
        counted = self._register.counted
        struck = ((1 << len(counted)) - 1) & ~now.acts
        return frozenset(self._void).union(counted[number].id for number in bits(struck))

    @property
    def members(self) -> frozenset[DeviceId]:
        """The devices that hold a seat and are not suspended."""
        if self._members is None:
            self._members = frozenset(self.outcome.seats.keys() - self.outcome.suspended.keys())
        return self._members

    @property
    def withdrawn(self) -> Set[DocumentId]:
        """Every document its author took back."""
        return self._register.withdrawn

    @property
    def listed(self) -> list[Listed]:
        """The operations without effect, in the order they came to be known (M8)."""
        now = self._now
        found = [self._listed(now, act) for act in self._register.counted]
        return [one for one in found if one is not None] + list(self._void.values())

    def _listed(self, now: Belonging, act: Counted) -> Listed | None:
        signer = self._places[act.id].signer
        if not now.acts & act.bit:
            return _void(act.id, signer, act.says)
        asked = powers.still_asked(self._register, now, act)
        if asked is None:
            return None
        return Listed(act.id, signer, act.says, asked.missing, asked.said_yes, asked.waits_for)

    @property
    def heads(self) -> list[EntryHash]:
        """The acts no other act names, in ascending order; those that wait are left out."""
        return sorted(self._heads)

    def seated_by(self, device: DeviceId) -> EntryHash | None:
        """Return the act by which *device* holds its seat."""
        act = self._now.seating(device)
        return None if act is None else act.id

    def signer_of(self, act_id: EntryHash) -> DeviceId:
        """Return who signed a complete act."""
        return self._places[act_id].signer

    def knows(self, act_id: EntryHash) -> bool:
        """Tell whether the act was given, worked in or waiting."""
        return act_id in self._places or act_id in self._waiting

    def is_complete(self, act_id: EntryHash) -> bool:
        """Tell whether the act and its whole past are known."""
        return act_id in self._places

    def signed_as(self, act_id: EntryHash) -> powers.Standing:
        """Return as what the signer of a complete act signed it, in what it had seen."""
        place = self._places[act_id]
        return powers.standing_of(self._who(place.standing), place.signer)

    def is_seated_after(self, device: DeviceId, heads: Iterable[EntryHash]) -> bool:
        """Tell whether *device* may write for who has seen *heads*, all of them complete."""
        _, standing = self._joined([self._places[head] for head in heads])
        who = self._who(standing)
        return powers.standing_of(who, device) is not powers.Standing.NOBODY

    def came_without_past(self, heads: Iterable[EntryHash]) -> frozenset[PersonId]:
        """Return who belongs, but not for who has seen *heads*, and was to be given no past.

        Of each person the first of her seats counts. Heads whose past is not known say nothing.
        """
        _, standing = self._joined([self._places[one] for one in heads if one in self._places])
        then = self._who(standing).persons
        acts = [act for one in self.outcome.seats if (act := self._now.seating(one)) is not None]
        acts.sort(key=lambda act: (act.depth, act.id), reverse=True)
        first = {seat_of(act).person: act for act in acts}
        return frozenset(
            person
            for person, act in first.items()
            if person not in then and not self._who(act.standing).rules.gives_past
        )

    def has_seen(self, heads: Iterable[EntryHash], acts: Iterable[EntryHash]) -> bool:
        """Tell whether who has seen *heads* has seen any of *acts*."""
        sought = 0
        for act in acts:
            sought |= self._places[act].own
        return any(self._places[head].after & sought for head in heads)

    def judge(
        self, signer: DeviceId, operation: Operation, parents: Iterable[EntryHash]
    ) -> Verdict | None:
        """Tell what *operation* of *signer* would be after *parents*; None: void."""
        named = [self._places[parent] for parent in parents]
        past, standing = self._joined(named)
        return powers.judge(
            self._register,
            self._who(standing),
            signer,
            EntryHash(b""),
            operation,
            past,
            self._space,
            first=not named,
        )

    def heads_to_name(self, device: DeviceId) -> tuple[EntryHash, ...]:
        """Return the heads an entry of *device* names, in ascending order (SPEC §5.1).

        All of them, unless somebody made more than an entry may name: then one in whose past
        *device* holds a seat, the newest of each device, the longest seated first, and so on.
        Nobody can keep another from writing, nor one device push out what all others say.
        """
        heads = self.heads
        if len(heads) <= limits.MAX_MEMBERSHIP_HEADS:
            return tuple(heads)
        newest = sorted(heads, key=lambda head: (-self._places[head].depth, head))
        seated = [head for head in newest if self.is_seated_after(device, [head])][:1]
        order = {one: place for place, one in enumerate(self.outcome.seats)}
        turns: Counter[DeviceId] = Counter()
        ranked: list[tuple[int, tuple[int, bytes], EntryHash]] = []
        for head in newest:
            signer = self._places[head].signer
            turns[signer] += 1
            ranked.append((turns[signer], (order.get(signer, limits.MAX_DEVICES), signer), head))
        others = [head for _, _, head in sorted(ranked) if head not in seated]
        return tuple(sorted((seated + others)[: limits.MAX_MEMBERSHIP_HEADS]))

    # -- what it is told -------------------------------------------------------------------------

    def add(self, act: Act) -> list[Act]:
        """Take an act; return those that are complete now, causes first.

        An act with a missing ancestor waits (M2). Nothing recurs, so that a chain of any length
        costs no stack.
        """
        if self.knows(act.id):
            return []
        missing = [parent for parent in act.parents if parent not in self._places]
        if missing:
            self._waiting[act.id] = (act, len(missing))
            for parent in missing:
                self._waiting_for.setdefault(parent, []).append(act.id)
            return []
        done: list[Act] = []
        ready = [act]
        while ready:
            one = ready.pop()
            self._work_in(one)
            done.append(one)
            for child_id in self._waiting_for.pop(one.id, ()):
                child, lacking = self._waiting.pop(child_id)
                if lacking == 1:
                    ready.append(child)
                else:
                    self._waiting[child_id] = (child, lacking - 1)
        return done

    def _work_in(self, act: Act) -> None:
        parents = [self._places[parent] for parent in act.parents]
        depth = 1 + max((parent.depth for parent in parents), default=0)
        past, standing = self._joined(parents)
        own = 0 if act.operation is None else self._count(act, act.operation, depth, past, standing)
        self._places[act.id] = _Place(act.signer, depth, past, standing, own)
        self._heads.difference_update(act.parents)
        self._heads.add(act.id)

    def _count(self, act: Act, operation: Operation, depth: int, past: int, standing: int) -> int:
        """Take what counts at its own past; return the set of it, which may be empty."""
        register, who = self._register, self._who(standing)
        verdict = powers.judge(
            register,
            who,
            act.signer,
            act.id,
            operation,
            past,
            self._space,
            first=not act.parents,
        )
        self._outcome = None
        if verdict is None:
            self._void[act.id] = _void(act.id, act.signer, operation)
            return 0
        if isinstance(operation, Genesis):
            self._genesis = operation
        effect = verdict.operation if verdict.complete else None
        number = len(register.counted)
        asked = verdict.asked
        counted = Counted(
            number,
            act.id,
            depth,
            past,
            standing,
            verdict.signers,
            operation,
            effect,
            verdict.of,
            asked.as_keepers,
            verdict.complete and asked.too_few,
            verdict.grants,
        )
        register.add(counted)
        # What has seen everything is apart from nothing: it takes effect, and changes nothing else.
        follows = past.bit_count() == number
        self._standing = standing | counted.bit if follows else None
        self._members = None
        return counted.bit

    def _joined(self, parents: Iterable[_Place]) -> tuple[int, int]:
        """Return what all *parents* saw and added, and what of that takes effect."""
        union, widest = 0, None
        for parent in parents:
            if widest is None or parent.after > widest.after:
                widest = parent
            union |= parent.after
        if widest is None:
            return 0, 0
        if widest.after == union:
            # One has seen all the others: nothing is apart. Equal sets share one number.
            shared = widest.past if not widest.own else union
            return shared, widest.standing | widest.own if widest.own else widest.standing
        return union, self._stands(union)

    def _stands(self, acts: int) -> int:
        return self._remembered.of(acts, partial(striking.standing, self._register))

    def _who(self, standing: int) -> Belonging:
        return self._belonging.of(standing, partial(Belonging, self._register))


def _void(act: EntryHash, signer: DeviceId, operation: Operation) -> Listed:
    return Listed(act, signer, operation, 0, frozenset(), frozenset())


def resolve(space: SpaceId, acts: Iterable[Act]) -> Membership:
    """Return who belongs to *space* given *acts*, in whatever order they are given."""
    resolver = Resolver(space)
    for act in acts:
        resolver.add(act)
    return resolver.outcome
