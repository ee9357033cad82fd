"""What the local network looks like from here; the door to `ifaddr`.

Only IPv4 is announced: two devices that meet on one link always have a private or a self-assigned
IPv4 address, and a global IPv6 address would say in which house a device is. Left out are tunnels
(an announcement there tells the tunnel's owner) and the machine's own inner networks of containers
and virtual machines (nobody to meet there).
"""

from __future__ import annotations

import ipaddress
import re
import socket
import struct
import sys
from collections.abc import Iterable, Sequence
from typing import Final

import ifaddr

from aluna_protocol.dataclass import dataclass
from aluna_sync.facts import Lan

NOBODY_AFTER_SECONDS: Final = 10.0
"""An answer takes milliseconds; three questions have gone out by then."""
BLOCKED_AFTER_SECONDS: Final = 30.0
"""Our own announcement comes back at once unless something here swallows multicast."""
UNHEARD_AFTER_SECONDS: Final = 5.0
"""Who hears a question to all of us answers it within a second, so that all of us hear."""

_LOCAL_NETWORKS: Final = tuple(
    ipaddress.IPv4Network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")
)
_LOOPBACK: Final = ipaddress.IPv4Network("127.0.0.0/8")
_NOT_SHARED: Final = re.compile(
    r"(?:tun|tap|wg|ppp|ipsec|utun|gif|zt|tailscale|nordlynx|proton|vpn|"  # tunnels
    r"docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxd|podman|cni|flannel|cali|awdl|llw)",  # inner
    re.IGNORECASE,
)
_IFF_UP: Final = 0x1
_IFF_POINT_TO_POINT: Final = 0x10
_IFF_RUNNING: Final = 0x40


@dataclass(frozen=True, slots=True, order=True)
class Interface:
    """An IPv4 address of this machine and the network it is on."""

    name: str
    address: str
    prefix: int

    @property
    def loopback(self) -> bool:
        """Whether only this machine is behind it."""
        return ipaddress.IPv4Address(self.address) in _LOOPBACK

    def reaches(self, address: str) -> bool:
        """Whether *address* is an IPv4 address on this very link."""
        try:
            there = ipaddress.IPv4Address(address)
        except ipaddress.AddressValueError:
            return False
        return there in ipaddress.IPv4Network((self.address, self.prefix), strict=False)


def shared(name: str, address: str, flags: int | None) -> bool:
    """Whether people may meet on this interface: a local address, connected, and no tunnel.

    *flags* are the kernel's, None where they cannot be asked for.
    """
    if _NOT_SHARED.match(name):
        return False
    connected = _IFF_UP | _IFF_RUNNING
    if flags is not None and flags & (connected | _IFF_POINT_TO_POINT) != connected:
        return False
    there = ipaddress.IPv4Address(address)
    return there in _LOOPBACK or any(there in network for network in _LOCAL_NETWORKS)


def chosen(seen: Iterable[Interface], listen_host: str) -> tuple[Interface, ...]:
    """The interfaces a device listening on *listen_host* announces and browses on, one per name.

    Discovery follows the listening address: loopback stays on loopback, one address on its own
    interface, every address ("0.0.0.0", "::", "") on all but loopback.
    """
    if _is_loopback(listen_host):
        fitting = [interface for interface in seen if interface.loopback]
    elif listen_host in {"", "0.0.0.0", "::"}:  # noqa: S104 (compared, not bound)
        fitting = [interface for interface in seen if not interface.loopback]
    else:
        fitting = [interface for interface in seen if interface.address == listen_host]
    by_name: dict[str, Interface] = {}
    for interface in sorted(fitting):
        by_name.setdefault(interface.name, interface)
    return tuple(by_name.values())


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class Change:
    """The difference between two looks at the network."""

    gone: tuple[Interface, ...]
    new: tuple[Interface, ...]


def change(before: Sequence[Interface], after: Sequence[Interface]) -> Change:
    """What went and what came; an interface with another address is both."""
    return Change(
        tuple(interface for interface in before if interface not in after),
        tuple(interface for interface in after if interface not in before),
    )


@dataclass(frozen=True, slots=True)
class Observations:
    """Everything the state of the local network is told from."""

    quiet: bool
    interfaces: int
    usable: int
    """Of those, on how many multicast could be opened."""
    seconds: float
    """Since announcing and browsing began on the present interfaces."""
    announcing: bool
    echoed: bool
    """Our own announcement came back."""
    found: int
    """Whose announcements were heard."""
    unheard: bool = False
    """Somebody we know says when asked alone that it announces itself, and was never heard."""
    in_touch: bool = False
    """We are in a session with somebody on one of the interfaces."""


def lan(seen: Observations) -> Lan:
    """What to tell people of the network: only what is known.

    An access point that keeps its guests apart looks like "nobody": our own announcement comes back
    inside this machine. That announcements do not get through is known when they do not come back
    even here, or when somebody reached otherwise says that it announces itself and is not heard.
    """
    if seen.quiet:
        return Lan.QUIET
    if seen.interfaces == 0:
        return Lan.NO_INTERFACE
    if seen.usable == 0:
        return Lan.BLOCKED
    if seen.found > 0:
        return Lan.POSSIBLE
    silenced = seen.announcing and not seen.echoed and seen.seconds >= BLOCKED_AFTER_SECONDS
    if silenced or seen.unheard:
        return Lan.BLOCKED
    waiting = seen.announcing and not seen.echoed
    if waiting or seen.in_touch or seen.seconds < NOBODY_AFTER_SECONDS:
        return Lan.POSSIBLE
    return Lan.NOBODY


def look() -> tuple[Interface, ...]:
    """The interfaces people may meet on, and loopback, as they are now."""
    found: set[Interface] = set()
    for adapter in ifaddr.get_adapters():
        name = adapter.nice_name if sys.platform == "win32" else adapter.name
        for ip in adapter.ips:
            if isinstance(ip.ip, str) and shared(name, ip.ip, _flags(adapter.name)):
                found.add(Interface(name, ip.ip, ip.network_prefix))
    return tuple(sorted(found))


if sys.platform == "win32":

    def _flags(name: str) -> int | None:
        del name
        return None

else:
    import fcntl

    _SIOCGIFFLAGS: Final = 0x8913 if sys.platform == "linux" else 0xC0206911

    def _flags(name: str) -> int | None:
        """The kernel's flags of an interface, None if it has gone meanwhile."""
        request = struct.pack("16s16x", name.partition(":")[0].encode()[:15])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            try:
                answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request)
            except OSError:
                return None
        (flags,) = struct.unpack_from("=H", answer, 16)
        return int(flags)
