"""What discovery is given to say, and what it tells: plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aluna_protocol.dataclass import dataclass
from aluna_sync.facts import Lan
from aluna_sync.node.interfaces import Interface
from aluna_sync.node.neighbours import Found, Gone


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is said of this device on one interface: two random labels of 12 base32 letters."""

    instance: str
    host: str
    port: int
    txt: Mapping[bytes, bytes]
    """Each key and value together at most 254 bytes."""


@dataclass(frozen=True, slots=True)
class NetworkChanged:
    """The interfaces in use are now these; what was announced on others was taken back."""

    interfaces: tuple[Interface, ...]
    gone: tuple[Interface, ...] = ()
    """Whatever went through these is lost."""
    slept: bool = False
    """The machine was asleep: whatever went through any is."""


@dataclass(frozen=True, slots=True)
class LanChanged:
    """What people are told of the local network changed."""

    lan: Lan


DiscoveryNews = Found | Gone | NetworkChanged | LanChanged
Mint = Callable[[Interface], Announcement]
"""Makes a fresh announcement: called for each interface, and again for each that appears."""
