"""Which acts take effect when removals and others were made apart (SPEC §6.4.3, security M4, M5).

A removal voids what the removed did without having seen it, and with that every act whose signers
owe their seat to nothing else. Removals void removals; those that void each other all take effect.
"""

from __future__ import annotations

from aluna_protocol.act_sets import bits
from aluna_protocol.ids import PersonId
from aluna_protocol.operations import Genesis
from aluna_protocol.register import EverybodyBut, Register, seat_of


def standing(register: Register, given: int) -> int:
    """Return the acts of *given* that take effect; *given* holds the past of each of its acts."""
    if not given & (register.hit | register.too_few):
        return given
    dropped = _outgrown(register, given)
    while True:
        candidates = register.strikes & given & ~dropped
        chosen = _settled(register, given, dropped, candidates)
        void = _void(register, given, dropped | candidates & ~chosen, chosen)
        lost = chosen & void
        if not lost:
            return given & ~void
        # Their signers owe their seats to nothing that stands: it is as if they had said nothing.
        dropped |= lost


def _outgrown(register: Register, given: int) -> int:
    """Return the acts too few said yes to, apart from which somebody became a keeper.

    Nobody is removed by one signature put back to a time when two were all there were.
    """
    outgrown = 0
    for number in bits(register.too_few & given):
        act = register.counted[number]
        makers = register.makers & given & ~act.past & ~act.bit
        if any(not register.counted[maker].past & act.bit for maker in bits(makers)):
            outgrown |= act.bit
    return outgrown


def _void(register: Register, given: int, void: int, chosen: int) -> int:
    """Return what does not take effect when the strikes *chosen* do and the acts *void* do not."""
    for strike in bits(chosen):
        void |= register.hits[strike] & given
    # Those that strike each other were weighed already: they stand or fall by their seats alone.
    void &= ~chosen
    fresh = void
    while fresh:
        lost = _unseated(register, given, void, fresh) | _unmade(register, given, void, fresh)
        fresh = lost & ~void
        void |= fresh
    return void


def _unseated(register: Register, given: int, void: int, fresh: int) -> int:
    """Return the acts of devices that no admission which stands had seated."""
    lost = 0
    for number in bits(fresh & register.admissions):
        device = seat_of(register.counted[number]).device
        for other in bits(register.by_signer[device] & given & ~void):
            act = register.counted[other]
            founds = isinstance(act.takes_effect, Genesis)
            if not founds and not register.admits[device] & act.past & ~void:
                lost |= 1 << other
    return lost


def _unmade(register: Register, given: int, void: int, fresh: int) -> int:
    """Return the acts of keepers who were made so by nothing that stands."""
    lost = 0
    for number in bits(fresh & register.rules):
        for other in bits(register.as_keeper & given & ~void):
            act = register.counted[other]
            # What had fallen already for who had seen just its past, it does not rest on.
            if act.standing >> number & 1 and any(
                _owes(register, person, number)
                and not any(
                    _owes(register, person, grant)
                    for grant in bits(register.rules & act.standing & ~void & ~fresh)
                )
                for _, person in act.signers
            ):
                lost |= act.bit
    return lost


def _owes(register: Register, person: PersonId, grant: int) -> bool:
    granted = register.counted[grant].grants
    if isinstance(granted, EverybodyBut):
        return person not in granted.persons
    return person in granted


def _settled(register: Register, given: int, dropped: int, candidates: int) -> int:
    """Return the strikes among *candidates* that take effect (M5).

    Whoever no other strikes stands, and so do those that strike each other in a circle nobody
    strikes from outside; what these strike falls, and then it is asked again among the rest.
    """
    strikes = {
        strike: _void(register, given, dropped, 1 << strike) & candidates
        for strike in bits(candidates)
    }
    if not any(strikes.values()):
        return candidates
    chosen, remaining = 0, candidates
    while remaining:
        reached = _reached(strikes, remaining)
        sources = 0
        for strike in bits(remaining):
            attackers = sum(1 << other for other in bits(remaining) if reached[other] >> strike & 1)
            if not attackers & ~reached[strike]:
                sources |= 1 << strike
        chosen |= sources
        remaining &= ~sources
        for strike in bits(sources):
            remaining &= ~strikes[strike]
    return chosen


def _reached(strikes: dict[int, int], among: int) -> dict[int, int]:
    """Return which strikes each reaches, over others among *among*."""
    reached = {strike: strikes[strike] & among for strike in bits(among)}
    for through in bits(among):
        for strike in reached:
            if reached[strike] >> through & 1:
                reached[strike] |= reached[through]
    return reached
