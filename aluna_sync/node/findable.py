"""Listening where everybody looks who may not be told where we listen (security design §4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aluna_sync.errors import AlunaError
from aluna_sync.node.interfaces import Interface
from aluna_sync.node.options import FALLBACK_PORT
from aluna_sync.node.transport import Connection, Listener


class Findable:
    """Listens on `FALLBACK_PORT` of each interface where it is free, for its own network only."""

    def __init__(self, accept: Callable[[Connection], None], port: int = FALLBACK_PORT) -> None:
        self._accept = accept
        self._port = port
        self._listeners: dict[Interface, Listener] = {}

    @property
    def interfaces(self) -> frozenset[Interface]:
        """Where it listens."""
        return frozenset(self._listeners)

    async def follow(self, interfaces: Iterable[Interface]) -> None:
        """Listen on *interfaces* and nowhere else."""
        wanted = set(interfaces)
        for interface in self._listeners.keys() - wanted:
            self._listeners.pop(interface).close()
        for interface in wanted - self._listeners.keys():
            try:
                listener = await Listener.bind(
                    interface.address, self._port, self._accept_from(interface)
                )
            except AlunaError:
                continue  # another program has the port, or the address has just gone
            self._listeners[interface] = listener

    def _accept_from(self, interface: Interface) -> Callable[[Connection], None]:
        def accept(connection: Connection) -> None:
            # Whoever asks from beyond the network learns nothing, not even that we speak first.
            if interface.reaches(connection.peer[0]):
                self._accept(connection)
            else:
                connection.abort()

        return accept

    def close(self) -> None:
        """Listen no more."""
        for listener in self._listeners.values():
            listener.close()
        self._listeners.clear()
