"""Who holds a seat, kept while acts are heard one after the other (SPEC §6.4.4)."""

from __future__ import annotations

import bisect

from aluna_protocol.act_sets import bits
from aluna_protocol.ids import DeviceId, EntryHash
from aluna_protocol.operations import Seat
from aluna_protocol.register import Belonging, Counted, Register, seat_of


class Seating:
    """The seats and former seats of the acts that take effect, in the order of §6.4.4.

    An admission that touches nobody else is put in its place; anything else is worked out anew.
    """

    def __init__(self, register: Register) -> None:
        self._register = register
        self._order: list[tuple[int, EntryHash, Seat]] = []
        self._followed = 0
        self.seats: dict[DeviceId, Seat] = {}
        self.former: dict[DeviceId, Seat] = {}

    def follow(self, now: Belonging) -> None:
        """Say who holds a seat *now*."""
        register = self._register
        relevant = now.acts & (register.admissions | register.removals)
        if relevant == self._followed:
            return
        fresh = [register.counted[number] for number in bits(relevant & ~self._followed)]
        if self._followed & ~relevant or not all(map(self._is_alone, fresh)):
            self._again(now)
        else:
            for act in fresh:
                bisect.insort(self._order, (act.depth, act.id, seat_of(act)), key=_place)
        self._followed = relevant
        self.seats = {seat.device: seat for _, _, seat in self._order}

    def _is_alone(self, act: Counted) -> bool:
        """Tell whether an act seats a device nothing else is about."""
        register = self._register
        if not register.admissions & act.bit:
            return False
        seat = seat_of(act)
        alone = register.admits[seat.device] == act.bit
        return alone and seat.person not in register.out_persons

    def _again(self, now: Belonging) -> None:
        self._order, self.former = [], {}
        for device in self._register.admits:
            act = now.seating(device)
            if act is not None:
                self._order.append((act.depth, act.id, seat_of(act)))
            elif (held := now.former_seat(device)) is not None:
                self.former[device] = held
        self._order.sort(key=_place)


def _place(one: tuple[int, EntryHash, Seat]) -> tuple[int, EntryHash]:
    return one[0], one[1]
