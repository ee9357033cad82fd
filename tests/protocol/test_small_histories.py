"""Every history of a founding, a first epoch and three more control entries (SPEC §6.4, §7.5).

A second reading of the two sections, written from their text alone and slowly, says what each
history of four devices means; the resolvers must say the same, in whatever order they hear it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from aluna_protocol import crypto, epoch, membership
from aluna_protocol.epoch import EpochAct, Rekey, SealedKey, Share
from aluna_protocol.ids import DeviceId, EntryHash, EpochId, PersonId
from aluna_protocol.membership import Act, Admit, Seat
from vectors.making import ANA, BO, CLEO, EVE, GENESIS, PERSONS, SPACE

A, B, C, X = (keys.device for keys in (ANA, BO, CLEO, EVE))
FIRST = EpochId(bytes(32))
Move = tuple[DeviceId, object]


@dataclass(frozen=True, slots=True)
class Step:
    """A control entry: who wrote what, having seen which."""

    id: EntryHash
    signer: DeviceId
    parents: frozenset[EntryHash]
    operation: object


def admit(device: DeviceId, person: PersonId) -> Admit:
    return Admit(Seat(device, GENESIS.seat.static, "d", person, "p", b""), b"")


def given(name: EpochId, *devices: DeviceId) -> tuple[SealedKey, ...]:
    return tuple(SealedKey(name, device, b"") for device in devices)


def moves(place: int) -> list[Move]:
    """What may be written as the entry at *place*: by members and by outsiders, honest or not."""
    name = EpochId(bytes([place]) * 32)
    last = EpochId(bytes([place - 1]) * 32) if place > 2 else FIRST
    return [
        (A, admit(B, PERSONS[B])),
        (A, admit(C, PERSONS[C])),
        (B, admit(C, PERSONS[C])),
        (B, admit(C, PERSONS[B])),
        (B, admit(C, PERSONS[A])),
        (X, admit(X, PERSONS[X])),
        (A, Rekey(name, given(name, A))),
        (B, Rekey(name, given(name, A, B))),
        (A, Rekey(name, given(name, A, X))),
        (X, Rekey(name, given(name, A))),
        (A, Share(given(FIRST, B))),
        (B, Share(given(last, C))),
        (X, Share(given(FIRST, X))),
    ]


def histories() -> Iterator[list[Step]]:
    """Yield every history: three moves, each having seen any set of entries before it."""
    founding = Step(EntryHash(bytes(32)), A, frozenset(), GENESIS)
    minted = Step(
        EntryHash(crypto.blake2b(b"0")), A, frozenset({founding.id}), Rekey(FIRST, given(FIRST, A))
    )
    yield from _longer([founding, minted], 3)


def _longer(before: list[Step], more: int) -> Iterator[list[Step]]:
    if not more:
        yield before
        return
    place = len(before)
    for parents in _antichains(before[1:]):
        for signer, operation in moves(place):
            # The hash of an entry decides between equals: let it not follow the order of writing.
            name = EntryHash(crypto.blake2b(bytes([place])))
            yield from _longer([*before, Step(name, signer, parents, operation)], more - 1)


def _antichains(steps: list[Step]) -> Iterator[frozenset[EntryHash]]:
    """Yield each way to have seen some of *steps*, named by its newest."""
    for size in range(1, len(steps) + 1):
        for chosen in itertools.combinations(steps, size):
            if not any(one.id in ancestors(other, steps) for one in chosen for other in chosen):
                yield frozenset(one.id for one in chosen)


def ancestors(step: Step, steps: list[Step]) -> set[EntryHash]:
    found = set(step.parents)
    for one in reversed(steps):
        if one.id in found:
            found |= one.parents
    return found


class SecondReading:
    """What SPEC §6.4 and §7.5 say of a history, rule by rule."""

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps
        self.past = {step.id: ancestors(step, steps) for step in steps}
        self.seats: dict[EntryHash, tuple[DeviceId, PersonId]] = {}
        self.void: set[EntryHash] = set()
        for step in steps:
            self._judge(step)

    def _judge(self, step: Step) -> None:
        if step.operation is GENESIS:
            self.seats[step.id] = (A, PERSONS[A])
        elif isinstance(step.operation, Admit):
            seat, before = step.operation.seat, self._seats_in(self.past[step.id])
            signs = {person for device, person in before if device == step.signer}
            known = seat.person in {person for _, person in before}
            if not signs or (known and seat.person not in signs):
                self.void.add(step.id)
            elif seat.device not in {device for device, _ in before}:
                self.seats[step.id] = (seat.device, seat.person)

    def _seats_in(self, past: set[EntryHash]) -> list[tuple[DeviceId, PersonId]]:
        return [seat for name, seat in self.seats.items() if name in past]

    def _length(self, step: Step) -> int:
        parents = [one for one in self.steps if one.id in step.parents]
        return 1 + max((self._length(one) for one in parents), default=0)

    def belong(self) -> dict[DeviceId, PersonId]:
        first: dict[DeviceId, PersonId] = {}
        for step in sorted(self.steps, key=lambda one: (self._length(one), one.id)):
            if step.id in self.seats:
                first.setdefault(*self.seats[step.id])
        return first

    def _mints(self, step: Step) -> bool:
        seated = {device for device, _ in self._seats_in(self.past[step.id])}
        return isinstance(step.operation, Rekey) and step.signer in seated

    def _depth(self, step: Step) -> int:
        """Count the mints on the longest chain that ends with *step*."""
        parents = [one for one in self.steps if one.id in step.parents]
        return self._mints(step) + max((self._depth(one) for one in parents), default=0)

    def writes_under(self) -> EpochId | None:
        """Return the epoch entries are sealed under (§7.5, rules 3 and 4)."""
        depths: dict[EpochId, int] = {}
        exposed: dict[EpochId, set[DeviceId]] = {}
        for step in self.steps:
            if isinstance(step.operation, Rekey) and self._mints(step):
                name = step.operation.epoch
                depths[name] = max(depths.get(name, 0), self._depth(step))
                exposed.setdefault(name, set()).add(step.signer)
            if isinstance(step.operation, Share) or self._mints(step):
                assert isinstance(step.operation, Rekey | Share)
                for box in step.operation.boxes:
                    exposed.setdefault(box.epoch, set()).add(box.device)
        members = set(self.belong())
        usable = [name for name in depths if exposed[name] <= members]
        return min(usable, key=lambda name: (-depths[name], name), default=None)


def heard(
    steps: list[Step],
) -> tuple[dict[DeviceId, PersonId], frozenset[EntryHash], EpochId | None]:
    """Return what the resolvers make of *steps* in this order: seats, void acts, active epoch."""
    members, epochs = membership.Resolver(SPACE), epoch.Resolver()
    by_name = {step.id: step for step in steps}
    for step in steps:
        operation = step.operation if isinstance(step.operation, Admit) else None
        founding = GENESIS if step.operation is GENESIS else operation
        for done in members.add(Act(step.id, step.signer, step.parents, founding)):
            one = by_name[done.id]
            minting = one.operation if isinstance(one.operation, Rekey | Share) else None
            act = EpochAct(one.id, one.signer, one.parents, minting)
            epochs.add(act, members.signed_as(one.id))
    outcome = members.outcome
    seats = {device: seat.person for device, seat in outcome.seats.items()}
    active = next(epochs.eligible(members.members), None)
    return seats, outcome.void, None if active is None else active.id


def test_k7_m1_every_small_history_means_what_the_specification_says_in_any_order() -> None:
    count, without_epoch, voids = 0, 0, 0
    for steps in histories():
        reading = SecondReading(steps)
        expected = (reading.belong(), frozenset(reading.void), reading.writes_under())
        assert heard(steps) == expected, steps
        assert heard(steps[::-1]) == expected, steps
        middle_first = [steps[at] for at in (3, 1, 4, 0, 2)]
        assert heard(middle_first) == expected, steps
        count += 1
        without_epoch += expected[2] is None
        voids += bool(expected[1])
    # Every kind of outcome was among them.
    assert count > 10_000
    assert 0 < without_epoch < count
    assert 0 < voids < count
