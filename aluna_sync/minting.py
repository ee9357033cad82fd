"""When a device makes a new epoch, or hands a key on to who lacks it (SPEC §7.5, security E4, E5).

Nothing is done here: it is told what is known and what time it is, and says what is to be done now.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterator
from typing import Final

from aluna_protocol import limits
from aluna_protocol.dataclass import dataclass
from aluna_protocol.epoch import Epoch
from aluna_protocol.ids import DeviceId, EpochId, PersonId, SpaceId
from aluna_protocol.replica import SpaceReplica

SPREAD_SECONDS: Final = 5.0
"""Everybody waits a random part of this: mostly one acts, and the others see it and need not."""
MEMBERS_WAIT_SECONDS: Final = 30.0
"""Whoever is no keeper leaves it to the keepers for so long."""
PATIENCE_SECONDS: Final = 10.0
"""Where others hold a key and nobody has boxed it for us: time for them to do so, twice over."""
FIRST_PAUSE_SECONDS: Final = 4.0
"""Extra wait when it is needed again: after an accident (two admissions apart) it hurts nobody."""
LONGEST_PAUSE_SECONDS: Final = 3600.0
"""The pause doubles up to this: who burns every epoch costs each device two dozen entries a day,
and a meeting of an afternoon still has moments in which words leave. As long without any need, and
the pauses begin anew."""
MOST_DOUBLINGS: Final = 16
"""More than lead from the first pause to the longest."""
MOST_BOXES: Final = 8 * limits.MAX_DEVICES
"""Boxes handed over at a time: some tens of milliseconds of work; the rest has its turn later."""


@dataclass(frozen=True, slots=True)
class Mint:
    """Mint a new epoch for everybody who belongs."""

    patience: float = 0.0
    """Seconds: somebody may hand us the key of the one in use, or a keeper mint."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Hand over the keys of epochs to devices that nobody has given them to."""

    boxes: tuple[tuple[DeviceId, EpochId], ...]


Deed = Mint | HandOver


def needed(replica: SpaceReplica, held: Collection[EpochId], device: DeviceId) -> Deed | None:
    """Return what keeps somebody of a space from writing or reading, if *device* can mend it.

    *held* are the epochs whose keys it has. A device without a seat can mend nothing.
    """
    if device not in replica.members:
        return None
    active = replica.active_epoch
    seat = replica.membership.seats[device]
    leave_it = 0.0 if seat.person in replica.membership.keepers else MEMBERS_WAIT_SECONDS
    if active is None or active.id not in held:
        handed = active is not None and device not in active.exposure
        return Mint(leave_it + (PATIENCE_SECONDS if handed else 0.0))
    if due_to_newcomers(replica, device):
        return Mint(leave_it)
    boxes = tuple(itertools.islice(_lacking(replica, held, active), MOST_BOXES))
    return HandOver(boxes) if boxes else None


def holders(replica: SpaceReplica, epoch: Epoch) -> frozenset[PersonId]:
    """Return the persons who belong and were given the key of *epoch*, with whichever device."""
    seats = replica.membership.seats
    return frozenset(seats[device].person for device in epoch.exposure if device in seats)


def due_to_newcomers(replica: SpaceReplica, device: DeviceId) -> bool:
    """Tell whether *device* may mint because somebody must not be given the key in use.

    What a keeper minted is preferred to what others do: there they leave it to a keeper.
    """
    active, seat = replica.active_epoch, replica.membership.seats[device]
    if active is None or not _came_since(replica, active):
        return False
    return seat.person in replica.membership.keepers or not active.by_keeper


def _came_since(replica: SpaceReplica, active: Epoch) -> frozenset[PersonId]:
    """Return who belongs and must not be given the key of *active*, which others write under.

    Somebody who is given no past and was let in apart from it: it opens what was written before
    anybody there knew of her.
    """
    if replica.membership.rules.gives_past:
        return frozenset()
    seats = replica.membership.seats
    here = frozenset(seats[device].person for device in replica.members)
    return (replica.came_without_past(()) & here) - holders(replica, active)


def _lacking(
    replica: SpaceReplica, held: Collection[EpochId], active: Epoch
) -> Iterator[tuple[DeviceId, EpochId]]:
    """Yield who was never given which key: the one to write under first, then those to read.

    Where a newcomer is not given the past, only the one to write under, and only further devices
    of a person who has it. Whoever complained of a box is given another.
    """
    again, gives_past = replica.to_box_again, replica.membership.rules.gives_past
    later = _came_since(replica, active)
    for epoch in sorted(replica.epochs, key=lambda one: one.id != active.id):
        if epoch.id not in held or not (epoch.id == active.id or gives_past):
            continue
        for device in sorted(replica.members):
            if replica.membership.seats[device].person in later:
                continue
            if device not in epoch.exposure or (device, epoch.id) in again:
                yield device, epoch.id


def pause(times: int) -> float:
    """Return how long to wait, in seconds, when it was needed *times* before."""
    if not times:
        return 0.0
    return min(FIRST_PAUSE_SECONDS * 2.0 ** min(times - 1, MOST_DOUBLINGS), LONGEST_PAUSE_SECONDS)


@dataclass(slots=True)
class _Turn:
    """What one space needs, and since when."""

    seen: tuple[object, ...] = ()
    """What `need` was worked out from."""
    need: Deed | None = None
    since: float = 0.0
    due: float | None = None
    """None while nobody is here: words could not leave, and this may be an older copy of us."""
    times: int = 0
    last: float = -math.inf


class Minting:
    """Says when it is this device's turn. *random_bytes* draws the part of the wait."""

    def __init__(self, device: DeviceId, random_bytes: Callable[[int], bytes]) -> None:
        self._device = device
        self._random = random_bytes
        self._turns: dict[SpaceId, _Turn] = {}

    def waits(self, space: SpaceId) -> bool:
        """Tell whether something is needed that will be done when it is due."""
        turn = self._turns.get(space)
        return turn is not None and turn.need is not None

    def due(
        self, replica: SpaceReplica, held: Collection[EpochId], *, here: bool, now: float
    ) -> Deed | None:
        """Return what to do right now, told once: what is needed still is told after a pause.

        *here*: somebody of the space is here, and nobody knows our own log better. *now* is in
        seconds of a clock that never goes back.
        """
        turn = self._turns.setdefault(replica.space, _Turn())
        self._look(turn, replica, held, now)
        if turn.need is None or not here:
            turn.due = None
            return None
        if turn.due is None:
            patience = turn.need.patience if isinstance(turn.need, Mint) else 0.0
            turn.due = max(now, turn.since + pause(turn.times) + patience) + self._part()
        if now < turn.due:
            return None
        deed = turn.need
        self._end(turn, now)
        turn.seen = ()
        return deed

    def _look(
        self, turn: _Turn, replica: SpaceReplica, held: Collection[EpochId], now: float
    ) -> None:
        # Who goes from the collective goes from its circles, where nothing is written of it.
        within = () if replica.collective is None else replica.collective.control_heads
        seen = (replica.control_heads, within, len(held))
        if seen == turn.seen:
            return
        turn.seen = seen
        need = needed(replica, held, self._device)
        if type(need) is type(turn.need):
            # Whoever makes one epoch after the other just for themselves does not put it off.
            turn.need = need
            return
        if isinstance(turn.need, Mint) and now - turn.since >= pause(turn.times):
            # Another one did it in due time. Who burns epochs and mends them at once, a dozen
            # times in a moment, does not bring us to wait an hour.
            self._end(turn, now)
        if now - turn.last > LONGEST_PAUSE_SECONDS:
            turn.times = 0
        turn.need, turn.since, turn.due = need, now, None

    def _end(self, turn: _Turn, now: float) -> None:
        turn.times += 1
        turn.last = now
        turn.need = turn.due = None

    def _part(self) -> float:
        return SPREAD_SECONDS * int.from_bytes(self._random(4), "big") / 2**32
