"""What a bundle says, taken into the spaces of this device through the same gate as a session's."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import field

from aluna_protocol import messages
from aluna_protocol.branches import Branches
from aluna_protocol.bundle import Receipt
from aluna_protocol.dataclass import dataclass
from aluna_protocol.entry import Entry
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import DeviceId, Head, Lane, LogId, SpaceId
from aluna_protocol.inviting import check_founding, may_be_told
from aluna_protocol.messages import Batch
from aluna_protocol.peer_logs import PeerLogs
from aluna_protocol.replica import GapError, MissingPastError, SpaceReplica
from aluna_sync.circles import accept
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from aluna_sync.exchange.choosing import Stretch
from aluna_sync.exchange.entering import Entering, OnInvitation
from aluna_sync.facts import PeersChanged

KEPT_AT_ONCE = 1024 * 1024
"""Bytes of entries made durable together: a commit waits for the disk."""


@dataclass(slots=True)
class Taken:
    """What came of reading a bundle."""

    new: int = 0
    """Entries that were not here."""
    known: int = 0
    """Entries that were."""
    waiting: int = 0
    """Entries that cannot be judged before others come, from another bundle or a session."""
    refused: int = 0
    """Entries that do not hold; nothing of theirs was taken."""
    cut_short: bool = False
    """The file ended, or stopped making sense, before its sections did."""
    old_copy: bool = False
    """More came of what this very device wrote: it is an older copy of itself."""
    spaces: set[SpaceId] = field(default_factory=set)
    writers: set[DeviceId] = field(default_factory=set)
    """Who wrote it: devices of which it holds a valid receipt."""
    stretches: list[Stretch] = field(default_factory=list)
    """What it carries of what is here now, in our branches."""
    readers: dict[SpaceId, frozenset[DeviceId]] = field(default_factory=dict)
    """Whom it is for, as far as it says so."""


class Taking:
    """Takes one section after the other; what was taken is durable after `end_section`."""

    def __init__(self, device: Device, on_invitation: OnInvitation | None = None) -> None:
        self.taken = Taken()
        self._entering = None if on_invitation is None else Entering(device, on_invitation)
        self.strange = 0
        """Entries of this section that are of a space this device is not in, or not yet."""
        self._device = device
        self._receipts: list[Receipt] = []
        self._refused: set[LogId] = set()
        self._new: list[Entry] = []
        self._new_bytes = 0
        self._ends: list[tuple[LogId, int, Head]] = []

    def take(self, message: Receipt | Batch) -> None:
        """Take one message; what does not hold is counted and passed over."""
        if isinstance(message, Receipt):
            self._receipts.append(message)
            return
        space = self._receipts[0].space
        replica = self._replica(space, message) or self._entered(space, message)
        count = len(message.links)
        log = LogId(space, message.device, message.incarnation, message.lane)
        if replica is None:
            # A space we are not in, or not yet: its founding may come later, or another way.
            self.strange += count
            self.taken.waiting += count
            return
        if log in self._refused:
            self.taken.refused += count
            return
        try:
            self._admit(replica, messages.lengthen(message, space))
        except (GapError, MissingPastError):
            self.taken.waiting += count
        except RemoteProtocolError:
            self._refused.add(log)
            self.taken.refused += count

    def _replica(self, space: SpaceId, batch: Batch) -> SpaceReplica | None:
        """Return what is known of *space*, which *batch* may bring us into (SPEC §11.18)."""
        replicas = self._device.spaces.replicas
        if space in replicas or batch.lane is not Lane.CONTROL:
            return replicas.get(space)
        try:
            founding = messages.lengthen(batch, space)[0]
            genesis = check_founding(founding)
        except RemoteProtocolError:
            return None
        collective = replicas.get(SpaceId(genesis.collective))
        writer = self._receipts[0].writer
        if collective is None or writer not in collective.members:
            return None
        if may_be_told(collective, self._device.device, writer, genesis):
            with suppress(AlunaError):  # in more spaces than one can be
                self.taken.new += accept(self._device, founding)
        return replicas.get(space)

    def _entered(self, space: SpaceId, batch: Batch) -> SpaceReplica | None:
        """Return what is known of a collective once this device was let in, and went in."""
        if self._entering is None:
            return None
        if batch.lane is Lane.CONTROL:
            with suppress(RemoteProtocolError):
                self._entering.hear(messages.lengthen(batch, space))
            return None
        return self._device.spaces.replicas[space] if self._entering.enter(space) else None

    def _admit(self, replica: SpaceReplica, run: list[Entry]) -> None:
        own = self._device.device in replica.members
        if not own and run[0].header.kind.lane is Lane.CONTENT:
            self.taken.waiting += len(run)
            return
        if replica.lacks(run):
            # Parts are missing that nobody took back, as far as is known here.
            self.taken.waiting += len(run)
            return
        new = replica.admit_run(run)
        self.taken.new += len(new)
        self.taken.known += len(run) - len(new)
        self._new += new
        self._new_bytes += sum(one.size for one in new)
        last = run[-1]
        end = Head(last.header.height, last.hash)
        self._ends.append((run[0].header.log.base, run[0].header.height, end))
        if self._new_bytes >= KEPT_AT_ONCE:
            self._keep()

    def _keep(self) -> None:
        """Make durable what was taken, and let everybody who follows this device know."""
        new, self._new, self._new_bytes = self._new, [], 0
        if not new:
            return
        self._device.store.log.append(new)
        self._device.take_arrived(new)
        spaces = self._device.spaces
        if any(
            (one.header.log.device, one.header.log.incarnation)
            == (spaces.device, spaces.incarnation)
            for one in new
        ):
            self.taken.old_copy = True

    def end_section(self) -> None:
        """Keep what is left of the section, and take what its writer says to hold."""
        self._keep()
        if self._entering is not None and self._receipts:
            self._entering.enter(self._receipts[0].space)
        receipts, self._receipts = self._receipts, []
        ends, self._ends = self._ends, []
        self._refused.clear()
        if not receipts or receipts[0].space not in self._device.spaces.replicas:
            return
        space = receipts[0].space
        self.taken.spaces.add(space)
        branches = self._device.spaces.replicas[space].branches
        for log, first, end in ends:
            self.taken.stretches += own_stretches(branches, log, first, end)
        for receipt in receipts:
            if acknowledge(self._device, receipt):
                self.taken.writers.add(receipt.writer)
                known = self.taken.readers.get(space, frozenset())
                self.taken.readers[space] = known.union(receipt.readers)


def own_stretches(branches: Branches, log: LogId, first: int, end: Head) -> list[Stretch]:
    """Return, in branches as they are numbered here, the entries of *log* from *first* to *end*."""
    found: list[Stretch] = []
    branch = branches.find(log, end)
    last = end.height
    while branch is not None and last >= first:
        owner = branches.owner(branch, last)
        fork = branches.forks.get(owner)
        begins = max(first, 1 if fork is None else fork.first)
        found.append(Stretch(owner, begins, last))
        branch, last = owner, begins - 1
    return found


def acknowledge(device: Device, receipt: Receipt) -> bool:
    """Take a receipt as if its writer had said so in a session; tell whether it counts.

    Only who holds a seat is believed. What was acknowledged only grows, so an old receipt says
    nothing that a newer one has not said.
    """
    replica = device.spaces.replicas[receipt.space]
    if receipt.writer not in replica.members or receipt.writer == device.device:
        return False
    logs, peers = PeerLogs(), device.store.peers
    with device.store.transaction():
        for log, tip in receipt.logs:
            branch = replica.branches.find(log, tip)
            if branch is None:
                peers.told(receipt.writer, log, tip.height, only_more=True)
                continue
            for held, head in logs.holds(replica.branches, branch, tip):
                peers.acknowledge(receipt.writer, held, head.height)
                peers.told(receipt.writer, held, head.height, only_more=True)
    device.tell(PeersChanged())
    return True
