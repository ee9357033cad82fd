"""SPEC §6.4: who belongs, enumerated from the text: no order of arrival, no shortcuts."""

from __future__ import annotations

from collections.abc import Iterable

from independent.effects import Acts
from independent.entries import document_of
from independent.operations import Operation
from independent.outcome import Act, Counts, Ids, Needs, Outcome, Signer

__all__ = ["Act", "Space"]

MAX_DEVICES = 1024


class Space(Acts):
    """Every act whose whole past is there, and what each is."""

    def __init__(self, space: bytes, acts: Iterable[Act]) -> None:
        super().__init__()
        self.space = space
        self.void: set[bytes] = set()
        self._effects: dict[Ids, Ids] = {}
        self._outcomes: dict[Ids, Outcome] = {}
        left = {act.id: act for act in acts}
        while ready := [act for act in left.values() if act.parents <= self.past.keys()]:
            for act in ready:
                self._place(left.pop(act.id))

    def _place(self, act: Act) -> None:
        grandparents = [self.past[parent] for parent in act.parents]
        self.past[act.id] = act.parents.union(*grandparents)
        self.depth[act.id] = 1 + max((self.depth[one] for one in act.parents), default=0)
        if act.operation is None:
            return
        found = self._judge(act, act.operation)
        if found is None:
            self.void.add(act.id)
        else:
            self.counts[act.id] = found

    # -- §6.4.2 ----------------------------------------------------------------------------------

    def _judge(self, act: Act, operation: Operation) -> Counts | None:
        given = self.counting(self.past[act.id])
        if operation.kind == "genesis":
            seat = operation.seat
            assert seat is not None
            if act.parents or seat.device != act.signer or operation.space != self.space:
                return None
            alone = Needs(frozenset({seat.person}), 1, 1, keepers=False)
            return Counts(act.id, operation, frozenset({(act.signer, seat.person)}), True, alone)
        effect = self.effective(given)
        seen = self.outcome(effect)
        person = seen.person(act.signer)
        if person is None:
            return None
        if operation.kind == "second":
            return self._second(operation.act, (act.signer, person), given, effect)
        needs = self._needs(operation, person, seen)
        if needs is None or not self._may(operation, (act.signer, person), needs, seen):
            return None
        if operation.kind == "admit" and not self._room(operation, effect, given, seen):
            return None
        return self._made(act.id, operation, frozenset({(act.signer, person)}), needs, seen)

    def _second(self, named: bytes, signer: Signer, given: Ids, effect: Ids) -> Counts | None:
        first, seen = self.counts.get(named), self.outcome(effect)
        if named not in effect or first is None or first.asked_by != named:
            return None
        operation, confirming = first.operation, first.operation.kind == "suspend"
        answers = [one for one in effect if self.counts[one].asked_by == named]
        if any(self.counts[one].done for one in answers if not confirming or one != named):
            return None
        (asker,) = first.signers
        if confirming:
            needs = self._to_judge_suspension(named, seen)
            holder = seen.person(operation.device) or b""
            operation = Operation(
                "remove", person=holder, device=operation.device, cut=operation.cut
            )
        else:
            needs = self._needs(operation, asker[1], seen)
        if needs is None or not self._may(operation, signer, needs, seen):
            return None
        said = {signer}
        for one in answers:
            if not confirming or one != named:
                said |= self.counts[one].signers
        signers = frozenset(one for one in said if self._may(operation, one, needs, seen))
        if operation.kind == "admit" and not self._room(operation, effect, given, seen):
            return None
        if confirming:
            signers |= first.signers
        return self._made(named, operation, signers, needs, seen)

    def _made(
        self,
        asked_by: bytes,
        operation: Operation,
        signers: frozenset[Signer],
        needs: Needs,
        seen: Outcome,
    ) -> Counts:
        done = len(needs.who & {person for _, person in signers}) >= needs.many
        made: Ids = frozenset()
        before: Ids | None = None
        if done and operation.kind == "admit" and seen.everybody_keeps:
            assert operation.seat is not None
            made = frozenset({operation.seat.person} - seen.persons)
        elif done and operation.kind == "rules" and not seen.everybody_keeps:
            if operation.keepers:
                made = frozenset(set(operation.keepers) - seen.keepers)
            else:
                before = frozenset(seen.keepers)
        return Counts(asked_by, operation, signers, done, needs, made, before)

    def _needs(self, operation: Operation, asker: bytes, seen: Outcome) -> Needs | None:
        alone = Needs(frozenset({asker}), 1, 1, keepers=False)
        match operation.kind:
            case "admit":
                assert operation.seat is not None
                if operation.seat.person == asker:
                    return alone
                if operation.seat.person in seen.persons:
                    return None
                return _of(seen.keepers, seen.admitting)
            case "remove":
                if operation.person not in seen.persons:
                    return None
                if operation.device and seen.person(operation.device) != operation.person:
                    return None
                if operation.person == asker:
                    return alone
                many = seen.quorum if operation.person in seen.keepers else 1
                return _of(seen.keepers - {operation.person}, many)
            case "suspend":
                holder = seen.person(operation.device)
                if holder is None or holder == asker:
                    return None if holder is None else alone
                return _of(seen.keepers - {holder}, 1)
            case "lift":
                if not self._stands(operation.act, seen):
                    return None
                suspended_by = {person for _, person in self.counts[operation.act].signers}
                others = self._to_judge_suspension(operation.act, seen)
                return alone if asker in suspended_by else others
            case "rules" if seen.keepers:
                return _of(seen.keepers, seen.quorum)
            case "rules":
                many = len(seen.persons - seen.resting) // 2 + 1
                return Needs(frozenset(seen.persons), many, many, keepers=False)
            case "rest":
                return alone
            case "withdraw":
                return alone if _is_of(operation.document, self.space, asker) else None
            case _:
                return None

    def _stands(self, suspension: bytes, seen: Outcome) -> bool:
        return any(suspension in acts for acts in seen.suspended.values())

    def _to_judge_suspension(self, suspension: bytes, seen: Outcome) -> Needs | None:
        """Keepers but the person suspended and the one who suspended."""
        if not self._stands(suspension, seen):
            return None
        made = self.counts[suspension]
        holder = seen.person(made.operation.device)
        assert holder is not None
        return _of(seen.keepers - {holder} - {person for _, person in made.signers}, seen.quorum)

    def _may(self, operation: Operation, signer: Signer, needs: Needs, seen: Outcome) -> bool:
        device, person = signer
        if person not in needs.who or seen.person(device) != person:
            return False
        if device not in seen.suspended:
            return True
        if operation.kind != "lift":
            return False
        return self.counts[operation.act].operation.device != device

    def _room(self, operation: Operation, effect: Ids, given: Ids, seen: Outcome) -> bool:
        assert operation.seat is not None
        device = operation.seat.device
        if device in seen.seats:
            return True
        if device in {seat.device for seat in self._seats_given(effect).values()}:
            return False
        return len({seat.device for seat in self._seats_given(given).values()}) < MAX_DEVICES

    # -- §6.4.3 ----------------------------------------------------------------------------------

    def effective(self, given: Ids) -> Ids:
        """Which of *given*, which holds the past of each, take effect."""
        if given not in self._effects:
            self._effects[given] = self._effective(given)
        return self._effects[given]

    def _effective(self, given: Ids) -> Ids:
        taken_back = frozenset(self._done(given, "withdraw"))
        acts = given - taken_back
        left_out = self._too_few(acts)
        while True:
            strikes = {one: self._struck(one, acts) for one in self._strikes(acts - left_out)}
            chosen = self._chosen(acts, left_out, strikes)
            start = left_out | (strikes.keys() - chosen)
            void = self._without(acts, start, {one: strikes[one] for one in chosen})
            lost = chosen & void
            if not lost:
                return (acts - void) | taken_back
            left_out = left_out | lost

    def _too_few(self, acts: Ids) -> set[bytes]:
        """Rule 1."""
        makers = [one for one in acts if self.counts[one].makes_keepers]
        return {
            one
            for one in acts
            if self.counts[one].done
            and self.counts[one].needs.keepers
            and self.counts[one].needs.many < self.counts[one].needs.enough
            and any(self.apart(one, maker) for maker in makers)
        }

    def _strikes(self, acts: Iterable[bytes]) -> set[bytes]:
        found = set()
        for one, made in self._done(acts, "remove", "rules").items():
            if made.operation.kind == "rules" and made.operation.keepers:
                found.add(one)
            persons = {person for _, person in made.signers}
            if made.operation.kind == "remove" and made.operation.person not in persons:
                found.add(one)
        return found

    def _struck(self, strike: bytes, acts: Ids) -> set[bytes]:
        """Rule 2."""
        operation = self.counts[strike].operation
        others = [one for one in acts if self.apart(strike, one)]
        if operation.kind == "rules":
            return {
                one
                for one in others
                if self.counts[one].needs.keepers
                and any(person not in operation.keepers for _, person in self.counts[one].signers)
            }
        devices = {operation.device}
        if not operation.device:
            devices = {
                seat.device
                for act, seat in self._seats_given(acts).items()
                if seat.person == operation.person and strike not in self.past[act]
            }
        signers = {one: {device for device, _ in self.counts[one].signers} for one in others}
        return {one for one in others if signers[one] & devices}

    def _without(
        self, acts: Ids, start: Iterable[bytes], chosen: dict[bytes, set[bytes]]
    ) -> set[bytes]:
        """Rules 2 and 3, when the strikes *chosen* take effect and *start* do not."""
        void = set(start)
        for struck in chosen.values():
            void |= struck
        void -= chosen.keys()
        while more := {one for one in acts - void if self._rests_on_nothing(one, void)}:
            void |= more
        return void

    def _rests_on_nothing(self, act: bytes, void: set[bytes]) -> bool:
        """Rule 3."""
        made = self.counts[act]
        if made.operation.kind == "genesis":
            return False
        before = self.counting(self.past[act])
        seats = self._seats_given(before)
        rules = self._done(self.effective(before), "rules")
        for device, person in made.signers:
            if all(one in void for one, seat in seats.items() if seat.device == device):
                return True
            grants = [one for one, said in rules.items() if said.made(person)]
            if made.needs.keepers and grants and all(one in void for one in grants):
                return True
        return False

    def _chosen(
        self, acts: Ids, left_out: set[bytes], strikes: dict[bytes, set[bytes]]
    ) -> set[bytes]:
        """Rule 4."""
        arrows = {
            one: (self._without(acts, left_out, {one: strikes[one]}) & strikes.keys()) - {one}
            for one in strikes
        }
        chosen: set[bytes] = set()
        remaining = set(strikes)
        while remaining:
            leads = {one: self._reached(one, arrows, remaining) for one in remaining}
            now = {
                one
                for one in remaining
                if all(other in leads[one] for other in remaining if one in leads[other])
            }
            chosen |= now
            remaining -= now
            for one in now:
                remaining -= arrows[one]
        return chosen

    @staticmethod
    def _reached(one: bytes, arrows: dict[bytes, set[bytes]], among: set[bytes]) -> set[bytes]:
        found: set[bytes] = set()
        pending = [one]
        while pending:
            for other in arrows[pending.pop()] & among - found:
                found.add(other)
                pending.append(other)
        return found

    # -- §6.4.4, §6.4.5 --------------------------------------------------------------------------

    def outcome(self, effect: Ids) -> Outcome:
        """Who belongs, given acts that take effect."""
        if effect not in self._outcomes:
            self._outcomes[effect] = self._outcome(effect)
        return self._outcomes[effect]

    def everything(self) -> tuple[Outcome, set[bytes]]:
        """The outcome of all, and the void acts."""
        given = frozenset(self.counts)
        effect = self.effective(given)
        return self.outcome(effect), self.void | (given - effect)

    def seen_by(self, heads: Iterable[bytes]) -> Outcome:
        """The outcome of these entries and everything before them."""
        named = list(heads)
        return self.outcome(
            self.effective(self.counting(set(named).union(*(self.past[one] for one in named))))
        )


def _of(who: Iterable[bytes], enough: int) -> Needs | None:
    persons = frozenset(who)
    return Needs(persons, min(enough, len(persons)), enough, keepers=True) if persons else None


def _is_of(document: bytes, space: bytes, person: bytes) -> bool:
    return document == document_of(space, person, document[:8])
