"""Who has what: which device met ours on which day, how many records wait for it, and its keys.

Never when somebody read something, nor how long: a device has what it has.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DeviceId
from aluna_sync.facts import LackFacts, PeerFacts

_DAY: Final = 10


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One other device."""

    device: DeviceId
    name: str
    of: str
    """The name of whose it is."""
    last_met: str
    """The day, empty if never: no hour, which would tell of somebody's life."""
    here: bool
    waiting: int
    """Records that it does not have yet."""
    we_wait_for: bool
    """It has something that we do not."""
    rotated: bool
    """It has heard of every change of keys, and of who belongs, that we know of."""


@dataclass(frozen=True, slots=True)
class WhoHasWhat:
    """Devices by name of their person, then by their own."""

    devices: tuple[DeviceLine, ...]


def who_has_what(peers: Iterable[PeerFacts], rotated: Container[DeviceId]) -> WhoHasWhat:
    """Return what each of *peers* has and lacks; *rotated* heard of all changes of keys."""
    lines = [
        DeviceLine(
            one.device,
            one.device_name,
            one.person_name,
            (one.last_met or "")[:_DAY],
            one.online,
            sum(space.lacks for space in _shared(one)),
            any(space.we_lack for space in _shared(one)),
            one.device in rotated,
        )
        for one in peers
    ]
    return WhoHasWhat(tuple(sorted(lines, key=lambda one: (one.of, one.name, one.device))))


def _shared(peer: PeerFacts) -> list[LackFacts]:
    """Return the spaces shared with others: what one keeps for herself is in no picture."""
    return [space for space in peer.spaces if space.kind != "private"]
