"""Where companions were met: kept encrypted, tried where we are again, never told to others."""

from __future__ import annotations

from collections.abc import Callable, Collection

from aluna_protocol.ids import DeviceId
from aluna_sync.node.interfaces import Interface
from aluna_sync.node.options import FALLBACK_PORT
from aluna_sync.store.peers import Peers
from aluna_sync.store.rows import Address

Places = dict[DeviceId, list[tuple[str, int]]]


class Remembered:
    """The addresses of a store that lie on a network of now; *today* gives the ISO date."""

    def __init__(self, peers: Peers, today: Callable[[], str]) -> None:
        self._peers = peers
        self._today = today

    def places(self, interfaces: Collection[Interface]) -> Places:
        """Return where to try each device on *interfaces*, the newest address first.

        Ports change with every start, so the one that is always the same is tried as well.
        """
        found: Places = {}
        for address in self._peers.addresses():
            if _near(address.host, interfaces):
                found.setdefault(address.device, []).append((address.host, address.port))
        for known in found.values():
            known += [(host, FALLBACK_PORT) for host in dict.fromkeys(host for host, _ in known)]
        return {device: list(dict.fromkeys(known)) for device, known in found.items()}

    def met_at(self, host: str, port: int) -> list[DeviceId]:
        """Return who was met at *host*, at *port* first: who is likely there."""
        here = [one for one in self._peers.addresses() if one.host == host]
        here.sort(key=lambda one: one.port != port)
        return list(dict.fromkeys(one.device for one in here))

    def met(
        self, device: DeviceId, host: str, port: int | None, interfaces: Collection[Interface]
    ) -> None:
        """Take that *device* was met at *host*; *port* None: it came to us, from any port."""
        if not _near(host, interfaces):
            return
        if port is None:
            self._peers.remember_host(device, host, FALLBACK_PORT)
        else:
            self._peers.remember_address(Address(device, host, port))

    def failed(self, device: DeviceId, host: str, port: int) -> None:
        """Take that *device* was not found there now."""
        self._peers.not_there(Address(device, host, port), self._today())

    def forget(self, device: DeviceId) -> None:
        """Forget a device that belongs to nothing of ours any more."""
        self._peers.forget_addresses(device)


def _near(host: str, interfaces: Collection[Interface]) -> bool:
    return any(interface.reaches(host) for interface in interfaces)
