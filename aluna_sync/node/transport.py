"""TCP connections as bytes: bounded both ways, and bounded in number until they prove who they are.

Nothing here knows the protocol. Addresses are numbers, never names: looking a name up would tell a
name server whom we visit.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
import struct
import sys
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

from aluna_protocol.limits import (
    HANDSHAKE_SECONDS,
    KEEPALIVE_SECONDS,
    MAX_HALF_OPEN,
    MAX_HALF_OPEN_PER_SOURCE,
    MAX_MESSAGE,
    PEER_SILENT_SECONDS,
)
from aluna_sync.errors import AlunaError, WrongUseError

READ_BYTES: Final = 64 * 1024
"""One reading; at most twice as much waits unread before TCP stops the peer."""
DRAIN_ABOVE_BYTES: Final = 256 * 1024
"""`drain` waits while more than this is unsent."""
MAX_UNSENT_BYTES: Final = 2 * MAX_MESSAGE + DRAIN_ABOVE_BYTES
"""A writer that does not drain is cut off here: two of the largest messages fit."""
BACKLOG: Final = 128
ARRIVALS_AT_ONCE: Final = 16.0
ARRIVALS_PER_SECOND: Final = 4.0
"""An answer costs up to 8 ms: whoever hangs up and comes again must not come faster."""
MAX_SOURCES: Final = 256
"""Of so many sources it is remembered how often they came."""


class ConnectionLostError(Exception):
    """The connection is dead; only this connection is concerned."""


class Connection:
    """One TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._early = b""
        writer.transport.set_write_buffer_limits(high=DRAIN_ABOVE_BYTES)
        name = writer.get_extra_info("peername") or ("", 0)
        self.peer: tuple[str, int] = (str(name[0]), int(name[1]))
        """The address and port of the other end."""
        self.local: str = str((writer.get_extra_info("sockname") or ("",))[0])
        """The address of this end: when it goes, so does the connection."""
        _tune(writer.get_extra_info("socket"))

    async def read(self) -> bytes:
        """The next bytes, at most `READ_BYTES`; b"" at the end, also when it broke off."""
        if self._early:
            early, self._early = self._early, b""
            return early
        try:
            return await self._reader.read(READ_BYTES)
        except OSError:
            return b""

    async def spoken(self) -> bool:
        """Wait until the peer says something, which stays to be read; False at the end."""
        self._early = await self.read()
        return bool(self._early)

    def write(self, data: bytes) -> None:
        """Queue *data*; raises ConnectionLostError when it is closed, or too much is unsent."""
        if self._writer.transport.is_closing():
            raise ConnectionLostError
        if self._writer.transport.get_write_buffer_size() + len(data) > MAX_UNSENT_BYTES:
            self.abort()
            raise ConnectionLostError
        self._writer.write(data)

    async def drain(self) -> None:
        """Wait until the peer has taken most of what was written; raises ConnectionLostError."""
        try:
            await self._writer.drain()
        except OSError as error:
            raise ConnectionLostError from error

    async def close(self) -> None:
        """Send what is queued, then close. Waits for a peer that does not read at most 5 s."""
        self._writer.close()
        try:
            await asyncio.wait_for(self._writer.wait_closed(), HANDSHAKE_SECONDS)
        except OSError:
            return  # it is closed, only not in good order
        finally:
            self.abort()  # whoever did not wait, or waited in vain, leaves nothing half open

    def abort(self) -> None:
        """Close at once and drop what is queued."""
        self._writer.transport.abort()

    def cut(self) -> None:
        """Close at once and drop what is queued, also what only the system has not sent yet."""
        no_lingering = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        self._writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, no_lingering
        )
        self.abort()


def _tune(tcp: socket.socket) -> None:
    tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, int(KEEPALIVE_SECONDS))
        tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, int(KEEPALIVE_SECONDS))
        unacknowledged = int(PEER_SILENT_SECONDS * 1000)
        tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, unacknowledged)


class Listener:
    """Accepts connections on one address and hands each to a callback in the loop's thread."""

    def __init__(self, accepting: asyncio.Server, address: tuple[str, int]) -> None:
        self._accepting = accepting
        self.address = address
        """What it listens on, with the port it was given."""

    @classmethod
    async def bind(
        cls, host: str, port: int, on_connection: Callable[[Connection], None]
    ) -> Listener:
        """Listen on *host*, a numeric address, and *port*, 0 for any.

        Raises AlunaError("port-taken", port), AlunaError("cannot-listen", host, port),
        WrongUseError("not-an-address", host).
        """
        family = _family(host)

        def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                connection = Connection(reader, writer)
            except OSError:  # the peer left between accept and now
                writer.transport.abort()
                return
            on_connection(connection)

        try:
            accepting = await asyncio.start_server(
                accepted,
                host,
                port,
                family=family,
                limit=READ_BYTES,
                backlog=BACKLOG,
                reuse_address=sys.platform != "win32",
            )
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise AlunaError("port-taken", port=port) from error
            raise AlunaError("cannot-listen", host=host, port=port) from error
        bound = accepting.sockets[0].getsockname()
        return cls(accepting, (str(bound[0]), int(bound[1])))

    def close(self) -> None:
        """Accept no more; connections already accepted live on."""
        self._accepting.close()


async def dial(host: str, port: int, timeout: float) -> Connection:  # noqa: ASYNC109
    """Connect to a numeric address within *timeout* seconds.

    Raises AlunaError("unreachable", host, port, reason) with reason "refused", "timeout" or
    "no-route", and WrongUseError("not-an-address", host).
    """
    family = _family(host)
    try:
        async with asyncio.timeout(timeout):
            reader, writer = await asyncio.open_connection(
                host, port, family=family, limit=READ_BYTES
            )
        return Connection(reader, writer)
    except TimeoutError as error:
        raise AlunaError("unreachable", host=host, port=port, reason="timeout") from error
    except OSError as error:
        reason = "refused" if isinstance(error, ConnectionError) else "no-route"
        raise AlunaError("unreachable", host=host, port=port, reason=reason) from error


def _family(host: str) -> socket.AddressFamily:
    try:
        version = ipaddress.ip_address(host).version
    except ValueError:
        raise WrongUseError("not-an-address", host=host) from None
    return socket.AF_INET if version == 4 else socket.AF_INET6


def require_address(host: str) -> None:
    """Raise WrongUseError not-an-address unless *host* is a numeric address."""
    _family(host)


def source_of(host: str) -> str:
    """Whom to count a connection against: an IPv4 address, or an IPv6 network of /64."""
    address = ipaddress.ip_address(host)
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address), 64), strict=False))


K = TypeVar("K", bound=Hashable)


class HalfOpen(Generic[K]):
    """Connections accepted and not yet authenticated (security: T9); pure.

    A source with too many loses its newest: it harms itself alone. When all together are too many,
    the oldest of the source that holds most is dropped: a handshake takes milliseconds, so whoever
    is honest is through before the flood has turned the table once, while refusing the newest would
    lock everybody out. Authenticated connections are not counted and never dropped.
    """

    def __init__(
        self, total: int = MAX_HALF_OPEN, per_source: int = MAX_HALF_OPEN_PER_SOURCE
    ) -> None:
        self._total = total
        self._per_source = per_source
        self._sources: dict[K, str] = {}
        self._arrivals: dict[str, tuple[float, float]] = {}
        """How many more may come from a source at once, and when that was so."""

    def __len__(self) -> int:
        return len(self._sources)

    def admitted(self, connection: K, source: str, now: float) -> tuple[K, ...]:
        """A connection came: which to abort now, perhaps this one, perhaps an older one."""
        counts = self._counts()
        if not self._may_come(source, now) or counts.get(source, 0) >= self._per_source:
            return (connection,)
        dropped: tuple[K, ...] = ()
        if len(self._sources) >= self._total:
            most = max(counts.values())
            oldest = next(key for key, held in self._sources.items() if counts[held] == most)
            del self._sources[oldest]
            dropped = (oldest,)
        self._sources[connection] = source
        return dropped

    def _may_come(self, source: str, now: float) -> bool:
        left, then = self._arrivals.pop(source, (ARRIVALS_AT_ONCE, now))
        left = min(ARRIVALS_AT_ONCE, left + (now - then) * ARRIVALS_PER_SECOND)
        may = left >= 1
        self._arrivals[source] = (left - may, now)
        if len(self._arrivals) > MAX_SOURCES:
            del self._arrivals[next(iter(self._arrivals))]
        return may

    def authenticated(self, connection: K) -> None:
        """It proved who it is: no longer counted, nor that it came."""
        source = self._sources.pop(connection, None)
        if source in self._arrivals:
            left, then = self._arrivals[source]
            self._arrivals[source] = (left + 1, then)

    def gone(self, connection: K) -> None:
        """It is closed."""
        self._sources.pop(connection, None)

    def _counts(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for source in self._sources.values():
            counts[source] = counts.get(source, 0) + 1
        return counts
