"""Who may do what in what they had seen, and how many must agree (SPEC §6.4.2, M2, M3)."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from aluna_protocol import entry, limits
from aluna_protocol.act_sets import bits
from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DeviceId, EntryHash, PersonId, SpaceId
from aluna_protocol.operations import (
    Admit,
    Genesis,
    Lift,
    Operation,
    Remove,
    Rest,
    Rules,
    Second,
    Suspend,
    Withdraw,
    space_id,
)
from aluna_protocol.register import (
    Belonging,
    Counted,
    EverybodyBut,
    Grants,
    Register,
)

Signer = tuple[DeviceId, PersonId]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an operation needs: how many persons, and of which."""

    count: int
    of: frozenset[PersonId]
    as_keepers: bool = True
    too_few: bool = False
    """Whether fewer are asked than the rules say, because fewer keepers are there."""


class Standing(enum.Enum):
    """As what a device signs."""

    NOBODY = enum.auto()
    MEMBER = enum.auto()
    KEEPER = enum.auto()


@dataclass(frozen=True, slots=True)
class StillAsked:
    """What an operation waits for."""

    missing: int
    said_yes: frozenset[PersonId]
    waits_for: frozenset[PersonId]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an act is in what it had seen; None in its place is an act that is void."""

    of: EntryHash
    operation: Operation
    signers: frozenset[Signer]
    asked: Asked
    complete: bool
    grants: Grants = frozenset()

    @property
    def missing(self) -> int:
        """How many more persons have to say yes."""
        return self.asked.count - len(
            self.asked.of.intersection(person for _, person in self.signers)
        )


def judge(
    register: Register,
    who: Belonging,
    signer: DeviceId,
    act: EntryHash,
    operation: Operation,
    past: int,
    space: SpaceId,
    *,
    first: bool,
) -> Verdict | None:
    """Tell what *operation* of *signer* is, having seen *past*, after which *who* belong.

    *first*: it has no parents. None: void. Not complete: it waits for others to say yes.
    """
    if isinstance(operation, Genesis):
        # The founder may say it again in another incarnation: it is the same operation.
        if not first or signer != operation.seat.device or space_id(operation) != space:
            return None
        founder = operation.seat.person
        founders = frozenset({(signer, founder)})
        return Verdict(act, operation, founders, _alone(founder), complete=True)
    person = who.person(signer)
    if person is None:
        return None
    if isinstance(operation, Second):
        return _seconded(register, who, (signer, person), operation, past)
    if isinstance(operation, Withdraw) and not entry.is_of(operation.document, space, person):
        return None
    asked = _asked(register, who, (signer, person), operation)
    if asked is None or not _may_sign(register, who, (signer, person), operation, asked):
        return None
    if isinstance(operation, Admit) and not _has_room(register, who, operation, past):
        return None
    return _verdict(who, act, operation, frozenset({(signer, person)}), asked)


def _verdict(
    who: Belonging, of: EntryHash, operation: Operation, signers: frozenset[Signer], asked: Asked
) -> Verdict:
    complete = len(asked.of.intersection(person for _, person in signers)) >= asked.count
    grants = _grants(who, operation) if complete else frozenset()
    return Verdict(of, operation, signers, asked, complete, grants)


def _grants(who: Belonging, operation: Operation) -> Grants:
    """Return who becomes a keeper by *operation*."""
    named = who.rules.keepers
    match operation:
        case Admit(seat):
            new = not who.belongs(seat.person) and (not named or seat.person in named)
            return frozenset({seat.person}) if new else frozenset()
        case Rules(keepers) if keepers:
            return frozenset(keepers) - who.keepers
        case Rules() if named:
            return EverybodyBut(who.keepers)
        case _:
            return frozenset()


def _has_room(register: Register, who: Belonging, operation: Admit, past: int) -> bool:
    device = operation.seat.device
    if who.seat(device) is not None:
        return True
    if who.ever_seated(device):
        return False  # The key of a removed device never returns.
    if (register.admissions & past).bit_count() < limits.MAX_DEVICES:
        return True
    # Who admits one device a thousand times takes no room from others.
    return len(register.ever_seated(past)) < limits.MAX_DEVICES


def standing_of(who: Belonging, device: DeviceId) -> Standing:
    """Return as what *device* signs; a suspended one signs as nobody."""
    person = who.person(device)
    if person is None or who.suspensions(device):
        return Standing.NOBODY
    return Standing.KEEPER if who.keeps(person) else Standing.MEMBER


def still_asked(register: Register, now: Belonging, act: Counted) -> StillAsked | None:
    """Return whose yes *act* waits for; None when it waits for nobody."""
    confirms = isinstance(act.says, Suspend)
    if isinstance(act.says, Second) or _is_done(register, now, act, confirms=confirms):
        return None
    if isinstance(act.says, Suspend):
        asked = _to_confirm(now, act, act.says)
    else:
        asked = _asked(register, now, next(iter(act.signers)), act.says)
    if asked is None:
        return None
    yes = frozenset(
        person
        for _, person in _signed(register, now, act.id, first_too=not confirms)
        if person in asked.of
    )
    return StillAsked(max(asked.count - len(yes), 1), yes, asked.of - yes)


# -- how many, and who ---------------------------------------------------------------------------


def _asked(
    register: Register, who: Belonging, signer: Signer, operation: Operation
) -> Asked | None:
    """Return what *operation*, asked for by *signer*, needs; None when nobody may do it."""
    _, person = signer
    match operation:
        case Admit(seat):
            if seat.person == person:
                return _alone(person)
            return None if who.belongs(seat.person) else _of_keepers(who, who.rules.admitting)
        case Remove(target, device, _):
            if not who.belongs(target) or (device and who.person(device) != target):
                return None
            if target == person:
                return _alone(person)
            enough = who.rules.quorum if who.keeps(target) else 1
            return _of_keepers(who, enough, target)
        case Suspend(device, _):
            holder = who.person(device)
            if holder is None:
                return None
            return _alone(person) if holder == person else _of_keepers(who, 1, holder)
        case Lift(suspension):
            return _to_lift(register, who, person, suspension)
        case Rules():
            if who.keepers:
                return _of_keepers(who, who.rules.quorum)
            return _of_everybody(who)
        case Rest() | Withdraw():
            return _alone(person)
        case _:
            return None


def _alone(person: PersonId) -> Asked:
    return Asked(1, frozenset({person}), as_keepers=False)


def _of_keepers(who: Belonging, enough: int, *but: PersonId) -> Asked | None:
    """Ask keepers for *enough* yeses, of as many as there are; None when there are none."""
    keepers = who.keepers - set(but)
    if not keepers:
        return None
    return Asked(min(enough, len(keepers)), keepers, too_few=len(keepers) < enough)


def _of_everybody(who: Belonging) -> Asked:
    """Ask for more than half of the persons; whoever rests is not waited for (M7)."""
    awake = sum(not who.rests(person) for person in who.persons)
    most = awake // 2 + 1
    return Asked(most, who.persons, as_keepers=False)


def _to_lift(
    register: Register, who: Belonging, person: PersonId, suspension: EntryHash
) -> Asked | None:
    act = register.by_id.get(suspension)
    if act is None or not isinstance(act.takes_effect, Suspend):
        return None
    if act not in who.suspensions(act.takes_effect.device):
        return None
    holder = who.person(act.takes_effect.device)
    if holder is None:
        return None
    suspenders = {by for _, by in act.signers}
    if person in suspenders:
        return _alone(person)
    return _of_keepers(who, who.rules.quorum, holder, *suspenders)


def _to_confirm(who: Belonging, act: Counted, operation: Suspend) -> Asked | None:
    """Return who can make a removal of a suspension: keepers other than the two it is between."""
    holder = who.person(operation.device)
    if holder is None or act not in who.suspensions(operation.device):
        return None
    return _of_keepers(who, who.rules.quorum, holder, *(by for _, by in act.signers))


# -- signatures ----------------------------------------------------------------------------------


def _may_sign(
    register: Register, who: Belonging, signer: Signer, operation: Operation, asked: Asked
) -> bool:
    device, person = signer
    if person not in asked.of or who.person(device) != person:
        return False
    if not who.suspensions(device):
        return True
    # Whoever suspends everybody else must not be the only one left who may say anything.
    if not isinstance(operation, Lift):
        return False
    suspension = register.by_id[operation.suspension].takes_effect
    return isinstance(suspension, Suspend) and suspension.device != device


def _seconded(
    register: Register, who: Belonging, signer: Signer, second: Second, past: int
) -> Verdict | None:
    """Judge a yes to what another asked for."""
    act = register.by_id.get(second.act)
    if act is None or not who.acts & act.bit:
        return None
    operation = act.says
    confirms = isinstance(operation, Suspend)
    if _is_done(register, who, act, confirms=confirms):
        return None  # An old yes is never used twice.
    if isinstance(operation, Suspend):
        asked = _to_confirm(who, act, operation)
        holder = who.person(operation.device)
        if holder is None:
            return None
        operation = Remove(holder, operation.device, operation.cut)
    else:
        asked = _asked(register, who, next(iter(act.signers)), operation)
    if asked is None or not _may_sign(register, who, signer, operation, asked):
        return None
    given = {signer, *_signed(register, who, second.act, first_too=not confirms)}
    signers = frozenset(one for one in given if _may_sign(register, who, one, operation, asked))
    if isinstance(operation, Admit) and not _has_room(register, who, operation, past):
        return None
    if confirms:
        # It rests on the yes of who suspended as well, which is not counted.
        signers |= act.signers
    return _verdict(who, second.act, operation, signers, asked)


def _is_done(register: Register, who: Belonging, act: Counted, *, confirms: bool) -> bool:
    """Tell whether what was asked for took effect already, among the acts that do for *who*."""
    return any(
        register.counted[number].takes_effect is not None
        for number in bits(register.answers[act.id] & who.acts)
        if not (confirms and number == act.number)
    )


def _signed(
    register: Register, who: Belonging, asking: EntryHash, *, first_too: bool
) -> Iterable[Signer]:
    """Yield who said yes to *asking* so far, in acts that take effect."""
    for number in bits(register.answers[asking] & who.acts):
        act = register.counted[number]
        if first_too or act.id != asking:
            yield from act.signers
