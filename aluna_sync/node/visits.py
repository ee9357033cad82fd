"""What the sessions of a node moved, for the report of `aluna sync`."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DeviceId
from aluna_protocol.session import Session
from aluna_sync.device import Device
from aluna_sync.exchange.folder import Looked
from aluna_sync.facts import Met
from aluna_sync.node.options import SyncReport


@dataclass(slots=True)
class Visit:
    """One session, from its beginning; times are monotonic seconds."""

    session: Session
    device: DeviceId
    began: float
    ended: float | None = None
    complete: bool = False
    """Both sides held the same when it ended."""

    def end(self, *, complete: bool) -> None:
        """Take that the session is over now."""
        self.ended = time.monotonic()
        self.complete = complete


def report(
    device: Device,
    visits: Collection[Visit],
    folders: Sequence[Looked],
    *,
    update_needed: bool,
) -> SyncReport:
    """Return what was moved, who was not met, and whether all that was met is in sync."""
    met = tuple(_met(device, visit) for visit in visits)
    reached = {one.device for one in met}
    unreached = tuple(peer for peer in device.peers() if peer.device not in reached)
    last = {visit.device: visit.complete for visit in visits}
    there = [looked for looked in folders if looked.there]
    whole = all(looked.whole for looked in there)
    complete = bool(last or there) and all(last.values()) and whole
    return SyncReport(met, unreached, complete, update_needed, tuple(folders))


def _met(device: Device, visit: Visit) -> Met:
    session = visit.session
    person = device.person_with(visit.device)
    ended = visit.ended if visit.ended is not None else time.monotonic()
    return Met(
        device=visit.device,
        person="" if person is None else device.person_name_of(person),
        sent_entries=session.sent_entries,
        sent_bytes=session.sent_bytes,
        received_entries=session.received_entries,
        received_bytes=session.received_bytes,
        seconds=ended - visit.began,
        complete=visit.complete,
    )
