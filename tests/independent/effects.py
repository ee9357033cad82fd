"""SPEC §6.4.4 and §6.4.5: who belongs, given the acts that take effect."""

from __future__ import annotations

from collections.abc import Iterable

from independent.operations import Seat
from independent.outcome import Counts, Ids, Outcome


class Acts:
    """Every act in its place, and what each that counts is."""

    def __init__(self) -> None:
        self.past: dict[bytes, Ids] = {}
        self.depth: dict[bytes, int] = {}
        self.counts: dict[bytes, Counts] = {}

    def counting(self, acts: Iterable[bytes]) -> Ids:
        return frozenset(act for act in acts if act in self.counts)

    def apart(self, one: bytes, other: bytes) -> bool:
        return one != other and one not in self.past[other] and other not in self.past[one]

    def _done(self, acts: Iterable[bytes], *kinds: str) -> dict[bytes, Counts]:
        return {
            act: self.counts[act]
            for act in acts
            if self.counts[act].done and self.counts[act].operation.kind in kinds
        }

    def _seats_given(self, acts: Iterable[bytes]) -> dict[bytes, Seat]:
        given = self._done(acts, "genesis", "admit")
        return {act: one.operation.seat for act, one in given.items() if one.operation.seat}

    def _outcome(self, effect: Ids) -> Outcome:
        found = Outcome()
        removals = self._done(effect, "remove")
        given = self._seats_given(effect)
        in_order = sorted(given, key=lambda act: (self.depth[act], act))
        for act in in_order:
            seat = given[act]
            if seat.device not in found.seats and not self._removed(act, seat, removals):
                found.seats[seat.device] = seat
        found.former = {seat.device for seat in given.values()} - found.seats.keys()
        lifted = {one.operation.act for one in self._done(effect, "lift").values()}
        suspensions = {
            act: one.operation
            for act, one in self._done(effect, "suspend").items()
            if act not in lifted
        }
        for act, operation in suspensions.items():
            if operation.device in found.seats:
                found.suspended.setdefault(operation.device, set()).add(act)
        for device in found.former | found.suspended.keys():
            by = {act for act, one in suspensions.items() if one.device == device}
            for act, seat in given.items():
                if seat.device == device:
                    by |= self._removed(act, seat, removals)
            marks = {mark for act in by for mark in self.counts[act].operation.cut}
            found.barred[device] = (by, {mark for mark in marks if mark[0] == device})
        self._agree(effect, found)
        found.taken_back = {
            one.operation.document for one in self._done(effect, "withdraw").values()
        }
        return found

    def _removed(self, admission: bytes, seat: Seat, removals: dict[bytes, Counts]) -> set[bytes]:
        """The removals that end the seat an admission gave."""
        return {
            act
            for act, one in removals.items()
            if one.operation.device == seat.device
            or (
                not one.operation.device
                and one.operation.person == seat.person
                and act not in self.past[admission]
            )
        }

    def _agree(self, effect: Ids, found: Outcome) -> None:
        last = [one.operation for one in self._last(self._done(effect, "rules"))]
        named = [set(rules.keepers) for rules in last if rules.keepers]
        found.everybody_keeps = not named
        found.keepers = found.persons.intersection(*named)
        found.quorum = max((rules.quorum for rules in last), default=2)
        found.admitting = max((rules.admitting for rules in last), default=1)
        found.gives_past = all(rules.yes for rules in last)
        rests = self._done(effect, "rest")
        for person in found.persons:
            own = {act: one for act, one in rests.items() if (*one.signers,)[0][1] == person}
            words = [one.operation.yes for one in self._last(own)]
            if words and all(words):
                found.resting.add(person)

    def _last(self, acts: dict[bytes, Counts]) -> list[Counts]:
        return [
            one for act, one in acts.items() if not any(act in self.past[other] for other in acts)
        ]
