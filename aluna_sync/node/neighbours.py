"""What was heard on the local network, as one bounded table; pure.

Everything here comes from strangers: names must look exactly like ours, addresses must lie on the
link they were heard on (an announcement must not make us dial the internet), and nobody can make us
remember more than `MAX_REMEMBERED_ANNOUNCEMENTS` instances or `MAX_TXT_TOTAL` bytes, nor look at
more than `NEW_PER_SECOND` new ones. When the table is full the oldest instance that nobody
recognised makes place, so a flood pushes itself out and never those we know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import Instant
from aluna_protocol.limits import MAX_REMEMBERED_ANNOUNCEMENTS, MAX_TXT_BYTES
from aluna_sync.node.interfaces import Interface

SERVICE_TYPE: Final = "_localsync._tcp.local."
"""One neutral constant for everybody: a type per collective would be a fingerprint."""
MAX_TXT_TOTAL: Final = 16 * 1024
MAX_TXT_STRINGS: Final = 16
"""Ours has five; a thousand empty ones would cost more to read than to send."""
MAX_ADDRESSES: Final = 4
MAX_TTL_SECONDS: Final = 300.0
"""What is not heard again for so long is gone, whatever its sender claimed."""
NEW_BURST: Final = 64.0
NEW_PER_SECOND: Final = 20.0
"""Recognising one announcement costs about 1 ms: a flood may cost 2 % of a core."""

_LABEL: Final = re.compile(r"[a-z2-7]{12}")
_SERVICE_SUFFIX: Final = "." + SERVICE_TYPE
_HOST_SUFFIX: Final = ".local."


@dataclass(frozen=True, slots=True)
class Pointer:
    """Somebody says that *service* exists for *ttl* seconds; 0 takes it back."""

    service: str
    ttl: float


@dataclass(frozen=True, slots=True)
class Location:
    """The host and port of *service*."""

    service: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Text:
    """The TXT bytes of *service*, as they came."""

    service: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Address:
    """An IPv4 address of *host*."""

    host: str
    address: str


Heard = Pointer | Location | Text | Address


@dataclass(frozen=True, slots=True)
class Found:
    """An instance was found, or says something new; anybody may say anything in *txt*."""

    instance: str
    interface: str
    addresses: tuple[str, ...]
    port: int
    txt: Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Gone:
    """An instance said goodbye, fell silent, made place, or its network went."""

    instance: str


def instance_of(service: str) -> str | None:
    """The instance of a service name of ours, None for every other name."""
    return _label(service.lower(), _SERVICE_SUFFIX)


def host_of(name: str) -> str | None:
    """The label of a host name of ours, None for every other name."""
    return _label(name.lower(), _HOST_SUFFIX)


def _label(name: str, suffix: str) -> str | None:
    label = name.removesuffix(suffix)
    return label if name.endswith(suffix) and _LABEL.fullmatch(label) else None


def parse_txt(data: bytes) -> dict[bytes, bytes]:
    """Key and value of each string (RFC 6763 §6); the first of equal keys holds."""
    pairs: dict[bytes, bytes] = {}
    position = 0
    for _ in range(MAX_TXT_STRINGS):
        if position >= len(data):
            break
        size = data[position]
        text = data[position + 1 : position + 1 + size]
        key, equals, value = text.partition(b"=")
        if len(text) == size and key and equals:
            pairs.setdefault(key, value)
        position += 1 + size
    return pairs


@dataclass(slots=True)
class _Neighbour:
    expires: Instant
    host: str | None = None
    port: int = 0
    data: bytes | None = None
    told: tuple[str | None, int, bytes, tuple[str, ...]] | None = None
    recognised: bool = False
    announced: bool = False
    """It was heard among what is said to everybody."""
    answered: Instant | None = None
    """When it first answered a question put to it alone."""


@dataclass(slots=True)
class Neighbours:
    """The instances heard on one interface."""

    interface: Interface
    _known: dict[str, _Neighbour] = field(default_factory=dict)
    _hosts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _tokens: float = NEW_BURST
    _refilled: float = 0.0

    def __len__(self) -> int:
        return sum(one.told is not None and one.announced for one in self._known.values())

    def unheard(self, before: Instant) -> bool:
        """Tell whether somebody we know said when asked, *before* then, that it announces itself,
        and yet was never heard.
        """
        return any(
            one.recognised and not one.announced
            for one in self._known.values()
            if one.answered is not None and one.answered <= before
        )

    def __contains__(self, instance: str) -> bool:
        return instance in self._known

    @property
    def hosts(self) -> frozenset[str]:
        """The host labels of what is remembered."""
        return frozenset(each.host for each in self._known.values() if each.host is not None)

    def recognise(self, instance: str) -> None:
        """*instance* is somebody we know: keep it when the table is full."""
        if instance in self._known:
            self._known[instance].recognised = True

    def hear(
        self, records: Iterable[Heard], now: Instant, *, asked: bool = False
    ) -> list[Found | Gone]:
        """Take in the records of one packet; returns what they changed.

        *asked*: it is the answer of one machine to a question put to it alone.
        """
        news: list[Found | Gone] = []
        # Pointers first: the other records say something only of what exists.
        for record in sorted(records, key=lambda record: not isinstance(record, Pointer)):
            match record:
                case Pointer(service, ttl):
                    news += self._pointed(service, ttl, now)
                    self._note_way(service, now, asked=asked)
                case Location(service, host, port):
                    self._located(service, host, port)
                case Text(service, data):
                    self._described(service, data)
                case Address(host, address):
                    self._addressed(host, address)
        return news + self._limit_text() + self._tell(now)

    def expire(self, now: Instant) -> list[Gone]:
        """Forget what was not heard again in time."""
        silent = [name for name, each in self._known.items() if each.expires <= now]
        return [gone for name in silent for gone in self._forget(name)]

    def clear(self) -> list[Gone]:
        """Forget everything: the network went."""
        return [gone for name in list(self._known) for gone in self._forget(name)]

    def _pointed(self, service: str, ttl: float, now: Instant) -> list[Gone]:
        instance = instance_of(service)
        if instance is None:
            return []
        if ttl <= 0:
            return self._forget(instance)
        expires = Instant(now + min(ttl, MAX_TTL_SECONDS))
        if instance in self._known:
            self._known[instance].expires = expires
            return []
        if not self._take_token(now):
            return []
        gone: list[Gone] = []
        if len(self._known) >= MAX_REMEMBERED_ANNOUNCEMENTS:
            oldest = self._oldest_stranger()
            if oldest is None:
                return []
            gone = self._forget(oldest)
        self._known[instance] = _Neighbour(expires)
        return gone

    def _note_way(self, service: str, now: Instant, *, asked: bool) -> None:
        neighbour = self._known.get(instance_of(service) or "")
        if neighbour is None:
            return
        if not asked:
            neighbour.announced = True
        elif neighbour.answered is None:
            neighbour.answered = now

    def _located(self, service: str, host: str, port: int) -> None:
        neighbour = self._known.get(instance_of(service) or "")
        label = host_of(host)
        if neighbour is not None and label is not None and 0 < port < 65536:
            neighbour.host, neighbour.port = label, port

    def _described(self, service: str, data: bytes) -> None:
        neighbour = self._known.get(instance_of(service) or "")
        if neighbour is not None and len(data) <= MAX_TXT_BYTES:
            neighbour.data = data

    def _addressed(self, host: str, address: str) -> None:
        label = host_of(host)
        if label is None or not self.interface.reaches(address):
            return
        known = self._hosts.pop(label, ())
        newest_first = (address, *(each for each in known if each != address))
        self._hosts[label] = newest_first[:MAX_ADDRESSES]
        if len(self._hosts) > 2 * MAX_REMEMBERED_ANNOUNCEMENTS:
            used = self.hosts
            spare = next((each for each in self._hosts if each not in used), label)
            del self._hosts[spare]

    def _tell(self, now: Instant) -> list[Found | Gone]:
        news: list[Found | Gone] = []
        for instance, each in self._known.items():
            addresses = self._hosts.get(each.host or "", ())
            if each.data is None or not addresses:
                continue
            said = (each.host, each.port, each.data, addresses)
            # The first telling was paid for when the instance came; changes are paid for too.
            if said != each.told and (each.told is None or self._take_token(now)):
                each.told = said
                name = self.interface.name
                news.append(Found(instance, name, addresses, each.port, parse_txt(each.data)))
        return news

    def _limit_text(self) -> list[Found | Gone]:
        gone: list[Found | Gone] = []
        while sum(len(each.data or b"") for each in self._known.values()) > MAX_TXT_TOTAL:
            gone += self._forget(self._oldest_stranger() or next(iter(self._known)))
        return gone

    def _oldest_stranger(self) -> str | None:
        return next((name for name, each in self._known.items() if not each.recognised), None)

    def _forget(self, instance: str) -> list[Gone]:
        neighbour = self._known.pop(instance, None)
        if neighbour is None:
            return []
        if neighbour.host is not None and neighbour.host not in self.hosts:
            self._hosts.pop(neighbour.host, None)
        return [Gone(instance)] if neighbour.told is not None else []

    def _take_token(self, now: Instant) -> bool:
        self._tokens = min(NEW_BURST, self._tokens + (now - self._refilled) * NEW_PER_SECOND)
        self._refilled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
