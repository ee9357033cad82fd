"""Who is on the local network: announce, browse, follow the network; the only door to zeroconf.

Each interface has a zeroconf of its own, with names of its own, so that no network learns what this
device is called on another, or its address there. Questions are asked by a listener of ours and not
by zeroconf's browser: its memory is not bounded, and it never asks a second time in the first 30 s.
No probing: a name of sixty random bits is nobody else's, and probing costs 0.7 s.
"""

from __future__ import annotations

import asyncio
import logging
import random
import socket
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Final

from zeroconf import (  # type: ignore[attr-defined]  # not in its __all__, but documented
    DNSAddress,
    DNSIncoming,
    DNSOutgoing,
    DNSPointer,
    DNSQuestion,
    DNSRecord,
    DNSService,
    DNSText,
    IPVersion,
    RecordUpdate,
    RecordUpdateListener,
    ServiceInfo,
    Zeroconf,
    current_time_millis,
)
from zeroconf.asyncio import AsyncZeroconf

from aluna_protocol.ids import Instant
from aluna_sync.facts import Lan
from aluna_sync.node import interfaces as network
from aluna_sync.node.announcing import Announcement as Announcement
from aluna_sync.node.announcing import DiscoveryNews as DiscoveryNews
from aluna_sync.node.announcing import LanChanged as LanChanged
from aluna_sync.node.announcing import Mint as Mint
from aluna_sync.node.announcing import NetworkChanged as NetworkChanged
from aluna_sync.node.asking import ask
from aluna_sync.node.interfaces import UNHEARD_AFTER_SECONDS, Interface, Observations
from aluna_sync.node.links import keep_to, keep_to_the_group, require_multicast
from aluna_sync.node.neighbours import (
    SERVICE_TYPE,
    Address,
    Found,
    Gone,
    Heard,
    Location,
    Neighbours,
    Pointer,
    Text,
    host_of,
    instance_of,
)
from aluna_sync.node.watching import Watch

RECORD_TTL_SECONDS: Final = 240
QUESTION_SECONDS: Final = (1.0, 2.0, 6.0, 20.0)
"""Pauses after the first questions; later ones are rare, newcomers announce themselves."""
LATER_QUESTION_SECONDS: Final = 110.0
"""Less than half the time to live: one lost answer makes nobody disappear."""
TICK_SECONDS: Final = 1.0
MAX_ASKED_AT_ONCE: Final = 16
MAX_CACHED_RECORDS: Final = 1024
OWN_NAMES_REMEMBERED: Final = 64

_QUERY, _PTR, _IN, _UNICAST_ANSWER = 0, 12, 1, 0x8000

# zeroconf warns on standard error of every network that goes, over the screens.
logging.getLogger("zeroconf").addHandler(logging.NullHandler())
logging.getLogger("zeroconf").propagate = False


class _Link(RecordUpdateListener):
    """Announcing and browsing on one interface."""

    def __init__(
        self, interface: Interface, own: deque[str], tell: Callable[[Found | Gone], None]
    ) -> None:
        self.interface = interface
        self.neighbours = Neighbours(interface)
        self.echoed = False
        self.opened = time.monotonic()
        self._own = own
        self._tell = tell
        self._asked = 0
        self._next_question = self.opened
        self._seen_records = 0
        self._answering: dict[str, float] = {}
        self._announced: ServiceInfo | None = None
        self._broadcast: asyncio.Future[object] | None = None
        self._zeroconf = AsyncZeroconf([interface.address], ip_version=IPVersion.V4Only)

    async def start(self) -> None:
        """Raises OSError when multicast cannot be used here."""
        zeroconf = self._zeroconf.zeroconf
        await zeroconf.async_wait_for_start()
        if not zeroconf.engine.senders:
            raise OSError(f"no multicast on {self.interface.name}")
        sending = {sender.transport for sender in zeroconf.engine.senders}
        for reader in zeroconf.engine.readers:
            keep_to(self.interface, reader.transport)
            if reader.transport not in sending:
                keep_to_the_group(reader.sock)
        zeroconf.async_add_listener(self, None)

    async def announce(self, announcement: Announcement | None) -> None:
        """Take the present announcement back and say this one instead."""
        goodbye = await self._take_back()
        if announcement is not None:
            self._own.append(announcement.instance)
            self.echoed = False
            self._announced = info = ServiceInfo(
                SERVICE_TYPE,
                f"{announcement.instance}.{SERVICE_TYPE}",
                announcement.port,
                properties=dict(announcement.txt),
                server=f"{announcement.host}.local.",
                parsed_addresses=[self.interface.address],
                host_ttl=RECORD_TTL_SECONDS,
                other_ttl=RECORD_TTL_SECONDS,
            )
            self._broadcast = asyncio.ensure_future(
                await self._zeroconf.async_register_service(info, cooperating_responders=True)
            )
        if goodbye is not None:
            await goodbye

    async def _take_back(self) -> Awaitable[object] | None:
        if self._broadcast is not None:
            self._broadcast.cancel()  # an announcement after its goodbye would undo it
            await asyncio.gather(self._broadcast, return_exceptions=True)
            self._broadcast = None
        if self._announced is None:
            return None
        info, self._announced = self._announced, None
        return await self._zeroconf.async_unregister_service(info)

    def tick(self, now: float) -> None:
        """Ask when it is time, and forget who fell silent."""
        for gone in self.neighbours.expire(Instant(now)):
            self._tell(gone)
        if now >= self._next_question:
            self._ask()
            pauses = (*QUESTION_SECONDS, LATER_QUESTION_SECONDS)
            pause = pauses[min(self._asked, len(pauses) - 1)]
            self._next_question = now + pause * random.SystemRandom().uniform(0.9, 1.0)
            self._asked += 1

    def _ask(self) -> None:
        # An answer to us alone comes without the delay of multicast answers. On loopback several
        # devices share one address, and only one of them would get it.
        unicast = self._asked == 0 and not self.interface.loopback
        question = DNSQuestion(SERVICE_TYPE, _PTR, _IN | (_UNICAST_ANSWER if unicast else 0))
        packet = DNSOutgoing(_QUERY)
        packet.add_question(question)
        self._zeroconf.zeroconf.async_send(packet)

    def heard_from(self, host: str, packet: bytes | None) -> None:
        """Take what *host* answered to a question put to it alone; everybody is asked once more.

        Who is heard only this way is cut off from what is said to all.
        """
        records = [] if packet is None else DNSIncoming(packet).answers()
        heard = [_heard(record, current_time_millis()) for record in records]
        others = self._of_others(each for each in heard if each is not None)
        now = time.monotonic()
        if not any(isinstance(each, Pointer) for each in others):
            self._answering.pop(host, None)
            return
        if host not in self._answering:
            self._next_question = now
        self._answering[host] = now
        for news in self.neighbours.hear(others, Instant(now), asked=True):
            self._tell(news)

    def to_ask_again(self, now: float) -> list[str]:
        """Return who answered when asked alone, and has to be asked again not to be forgotten."""
        return [h for h, at in self._answering.items() if now - at >= LATER_QUESTION_SECONDS]

    def _of_others(self, heard: Iterable[Heard]) -> list[Heard]:
        return [
            each
            for each in heard
            if isinstance(each, Address) or instance_of(each.service) not in self._own
        ]

    def async_update_records(self, zc: Zeroconf, now: float, records: list[RecordUpdate]) -> None:
        """Take in a packet zeroconf heard (*now* in its own milliseconds)."""
        del zc
        self._seen_records += sum(update.old is None for update in records)
        heard = [each for update in records if (each := _heard(update.new, now)) is not None]
        pointers = {instance_of(each.service) for each in heard if isinstance(each, Pointer)}
        if self._announced is not None and instance_of(self._announced.name) in pointers:
            self.echoed = True
        others = self._of_others(heard)
        for news in self.neighbours.hear(others, Instant(time.monotonic())):
            self._tell(news)

    def async_update_records_complete(self) -> None:
        """Keep zeroconf's cache small, now that it holds the packet."""
        if self._seen_records < MAX_CACHED_RECORDS:
            return
        self._seen_records = 0
        cache = self._zeroconf.zeroconf.cache
        for name in cache.names():
            spare = [each for each in cache.entries_with_name(name) if not self._needed(each)]
            cache.async_remove_records(spare)

    def _needed(self, record: DNSRecord) -> bool:
        """Whether zeroconf must hold it: it tells a goodbye only of records it holds."""
        name = record.alias if isinstance(record, DNSPointer) else record.name
        instance = instance_of(name)
        if instance is not None:
            return instance in self.neighbours
        return host_of(name) in self.neighbours.hosts

    async def close(self) -> None:
        """Say goodbye and let go of the sockets."""
        for gone in self.neighbours.clear():
            self._tell(gone)
        try:
            goodbye = await self._take_back()
            if goodbye is not None:
                await goodbye
        finally:
            await self._zeroconf.async_close()


def _heard(record: DNSRecord, now: float) -> Heard | None:
    if isinstance(record, DNSPointer) and record.name.lower() == SERVICE_TYPE:
        return Pointer(record.alias, 0.0 if record.is_expired(now) else float(record.ttl))
    if record.is_expired(now):
        return None
    match record:
        case DNSService():
            return Location(record.name, record.server, record.port)
        case DNSText():
            return Text(record.name, record.text)
        case DNSAddress() if len(record.address) == 4:
            return Address(record.name, socket.inet_ntoa(record.address))
        case _:
            return None


class Discovery:
    """Tells *tell*, in the loop's thread, who is found on the networks of *listen_host*.

    `run` until cancelled; it says goodbye when it ends. A quiet discovery follows the network and
    opens nothing at all.
    """

    def __init__(
        self,
        listen_host: str,
        tell: Callable[[DiscoveryNews], None],
        *,
        quiet: bool = False,
        look: Callable[[], tuple[Interface, ...]] = network.look,
        tick_seconds: float = TICK_SECONDS,
    ) -> None:
        self._tell = tell
        self.quiet = quiet
        self._tick_seconds = tick_seconds
        self._watch = Watch(listen_host, tick_seconds, look, lambda: time.time())
        self._mint: Mint | None = None
        self._links: dict[Interface, _Link] = {}
        self._own: deque[str] = deque(maxlen=OWN_NAMES_REMEMBERED)
        self._asking: dict[str, asyncio.Task[None]] = {}
        self.in_touch: Callable[[Interface], bool] = lambda interface: False
        """Tells whether there is a session with somebody on an interface."""
        self._lock = asyncio.Lock()
        self._last_lan: Lan | None = None  # the first look is told whatever it shows

    @property
    def interfaces(self) -> tuple[Interface, ...]:
        """The interfaces people may meet on, as they were at the last look."""
        return self._watch.interfaces

    async def run(self) -> None:
        """Follow the network until cancelled."""
        try:
            while True:
                async with self._lock:
                    await self._follow()
                await asyncio.sleep(self._tick_seconds)
        finally:
            for asking in self._asking.values():
                asking.cancel()
            await self._close(tuple(self._links))

    async def announce(self, mint: Mint | None) -> None:
        """From now on say what *mint* makes, on each interface something of its own; None: nothing.

        What was said before is taken back first. Call it again every `TAG_WINDOW_SECONDS`.
        """
        async with self._lock:
            self._mint = mint
            links = tuple(self._links.values())
            await _all(
                link.announce(None if mint is None else mint(link.interface)) for link in links
            )

    def recognise(self, instance: str) -> None:
        """*instance* is a device we know: a flood of strangers will not push it out."""
        for link in self._links.values():
            link.neighbours.recognise(instance)

    def ask(self, host: str) -> None:
        """Ask *host* alone whether it announces itself, if it is on one of our networks."""
        link = next((one for one in self._links.values() if one.interface.reaches(host)), None)
        if link is None or host in self._asking or len(self._asking) >= MAX_ASKED_AT_ONCE:
            return
        self._asking[host] = asyncio.ensure_future(self._ask(link, host))

    async def _ask(self, link: _Link, host: str) -> None:
        try:
            answer = await ask(link.interface, host)
            if self._links.get(link.interface) is link:
                link.heard_from(host, answer)
        finally:
            del self._asking[host]

    def lan(self) -> Lan:
        """What this device sees of the local network now."""
        links = self._links.values()
        now = time.monotonic()
        return network.lan(
            Observations(
                quiet=self.quiet,
                interfaces=len(self.interfaces),
                usable=len(links),
                seconds=min((now - link.opened for link in links), default=0.0),
                announcing=self._mint is not None,
                echoed=any(link.echoed for link in links),
                found=sum(len(link.neighbours) for link in links),
                unheard=any(
                    link.neighbours.unheard(Instant(now - UNHEARD_AFTER_SECONDS)) for link in links
                ),
                in_touch=any(self.in_touch(each) for each in self.interfaces),
            )
        )

    async def _follow(self) -> None:
        seen = self._watch.seen()
        await self._close(seen.gone)
        if not self.quiet:
            for interface in seen.interfaces:
                if interface not in self._links:
                    await self._open(interface)
        if seen.changed:
            self._tell(NetworkChanged(seen.interfaces, seen.gone, seen.slept))
        now = time.monotonic()
        for link in self._links.values():
            link.tick(now)
            for host in link.to_ask_again(now):
                self.ask(host)
        if self._last_lan != (lan := self.lan()):
            self._last_lan = lan
            self._tell(LanChanged(lan))

    async def _open(self, interface: Interface) -> None:
        """Start on *interface*; where multicast is refused it is tried again at the next tick."""
        try:
            require_multicast(interface)
            link = _Link(interface, self._own, self._tell)
        except OSError:
            return
        try:
            await link.start()
        except OSError:
            await link.close()
            return
        self._links[interface] = link
        if self._mint is not None:
            await link.announce(self._mint(interface))

    async def _close(self, interfaces: tuple[Interface, ...]) -> None:
        links = [self._links.pop(each) for each in interfaces if each in self._links]
        await _all(link.close() for link in links)


async def _all(works: Iterable[Coroutine[None, None, None]]) -> None:
    async with asyncio.TaskGroup() as group:
        for work in works:
            group.create_task(work)
