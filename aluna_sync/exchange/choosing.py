"""What a bundle carries, and for whom: by what others acknowledged, by whichever road."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from aluna_protocol import limits
from aluna_protocol.dataclass import dataclass
from aluna_protocol.entry import Entry, verify_entry
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import DeviceId, Lane, LogId, PersonId, SpaceId
from aluna_protocol.operations import Seat
from aluna_sync.circles import bring_own_devices
from aluna_sync.device import Device
from aluna_sync.founding import complain, hand_over, mint
from aluna_sync.minting import HandOver, Mint, needed


@dataclass(frozen=True, slots=True)
class Stretch:
    """Entries of one branch of a log, by height, both ends included."""

    log: LogId
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Load:
    """What is carried of one space, and whom it is for."""

    space: SpaceId
    readers: tuple[Seat, ...]
    stretches: tuple[Stretch, ...]
    """Control before content, and a branch after the one it left."""

    @property
    def entries(self) -> int:
        """How many entries that are."""
        return sum(one.last - one.first + 1 for one in self.stretches)


def spaces_of(device: Device, collective: SpaceId) -> list[SpaceId]:
    """Return the collective and every space here that lives in it."""
    return [row.id for row in device.spaces.rows.values() if row.collective == collective]


def seal_pending(device: Device, spaces: Collection[SpaceId]) -> None:
    """Make what was written here ready to travel, in the spaces where it may be.

    Whoever lacks a key of an epoch is handed it, and an epoch nobody outside holds is made where
    there is none and words wait for it (E4, E5): nobody else may be met.
    """
    for space in spaces:
        if not device.may_write(space):
            continue
        bring_own_devices(device, space)
        if device.spaces.complain(space):
            complain(device, space)
        waiting = device.store.log.pending_bytes(space) > 0
        match needed(device.spaces.replicas[space], device.spaces.epoch_keys[space], device.device):
            case HandOver(boxes):
                hand_over(device, space, boxes)
            case Mint(patience=0.0) if waiting:
                mint(device, space)
                device.spaces.learn_keys(space)
            case _:
                pass
        if waiting and device.spaces.can_write(space):
            device.seal(space)


def readers_of(
    device: Device, space: SpaceId, persons: Collection[PersonId] | None
) -> tuple[Seat, ...]:
    """Return the seats of the other devices of *space*, of *persons* only unless it is None."""
    replica = device.spaces.replicas[space]
    if device.device not in replica.members:
        return ()
    seats = [replica.membership.seats[other] for other in sorted(replica.members)]
    return tuple(
        seat
        for seat in seats
        if seat.device != device.device and (persons is None or seat.person in persons)
    )


def loads(
    device: Device,
    spaces: Collection[SpaceId],
    persons: Collection[PersonId] | None,
    *,
    everything: bool,
) -> list[Load]:
    """Return what to carry to the other devices of *spaces*; spaces without any are left out."""
    found = []
    for space in spaces:
        readers = readers_of(device, space, persons)
        if readers:
            lacking = stretches(device, space, [] if everything else [r.device for r in readers])
            found.append(Load(space, readers, lacking))
    return found


def stretches(device: Device, space: SpaceId, readers: Collection[DeviceId]) -> tuple[Stretch, ...]:
    """Return what is not known to be with all of *readers*; with nobody, everything."""
    log = device.store.log
    known = device.store.peers.acknowledged(space)
    forks = log.forks(space)
    found = []
    for branch, tip in log.heads(space).items():
        fork = forks.get(branch)
        first = 1 if fork is None else fork.first
        # Whoever wrote a log has it.
        others = [reader for reader in readers if reader != branch.device]
        if readers and not others:
            continue
        held = min((known.get(reader, {}).get(branch, 0) for reader in others), default=0)
        first = max(first, held + 1)
        if first <= tip.height:
            found.append(Stretch(branch, first, tip.height))
    return in_order(found)


def in_order(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Return *stretches* so that what comes first can be judged without what comes later."""
    return tuple(sorted(stretches, key=_order))


def _order(one: Stretch) -> tuple[Lane, DeviceId, int, int, int]:
    return one.log.lane, one.log.device, one.log.incarnation, one.log.branch, one.first


def runs(device: Device, one: Stretch) -> Iterator[list[Entry]]:
    """Yield the entries of a stretch in runs that others can judge by their last signature.

    As in a session (SPEC §11.5): whoever passed entries on may have spoilt the signatures between.
    Where none holds that fits a run, the stretch ends.
    """
    after, at_most = one.first - 1, limits.BATCH_BYTES
    while after < one.last:
        read = device.store.log.entries(one.log, after, at_most)
        run = _vouched([entry for entry in read if entry.header.height <= one.last])
        if run:
            yield run
            after, at_most = run[-1].header.height, limits.BATCH_BYTES
        elif at_most < limits.MAX_BATCH_BYTES:
            at_most *= 2
        else:
            return


def _vouched(run: list[Entry]) -> list[Entry]:
    for end in range(len(run), 0, -1):
        try:
            verify_entry(run[end - 1])
        except RemoteProtocolError:
            continue
        return run[:end]
    return []
