"""Whom to meet: what is announced, who was recognised, whom to dial (security design §4)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from aluna_protocol import announce, limits
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.handshake import Candidate, PairCandidate
from aluna_protocol.hub import Hub
from aluna_protocol.ids import DeviceId, StaticKey
from aluna_sync.errors import AlunaError
from aluna_sync.facts import Lan
from aluna_sync.node.connections import Connections, Link, now
from aluna_sync.node.dialing import Dialer, Target, patience
from aluna_sync.node.discovery import Announcement, Discovery, DiscoveryNews, LanChanged
from aluna_sync.node.discovery import NetworkChanged as InterfacesChanged
from aluna_sync.node.interfaces import Interface
from aluna_sync.node.neighbours import Found, Gone
from aluna_sync.node.options import NodeOptions
from aluna_sync.node.transport import dial
from aluna_sync.store.rows import Address

DIAL_TIMEOUT_SECONDS = 5.0
MEMBERS_SECONDS = 2.0
"""Who belongs is followed at most so often: announcing and recognising are work for everybody."""
TYPED = "typed "
"""Before the name of a target whose address a person typed."""
REMEMBERED = "remembered "


class Meeting:
    """Recognises companions on the network and keeps dialling whoever is not in touch."""

    def __init__(
        self,
        hub: Hub,
        connections: Connections,
        static: StaticKey,
        options: NodeOptions,
        random_bytes: Callable[[int], bytes],
        lan_changed: Callable[[Lan], None],
    ) -> None:
        self._hub = hub
        self._connections = connections
        self._static = static
        self._options = options
        self._random = random_bytes
        self._lan_changed = lan_changed
        self._dialer = Dialer()
        self._found: dict[str, Found] = {}
        self._candidates: dict[str, Candidate] = {}
        self._tries: dict[str, int] = {}
        self._port = 0
        self._members_changed = asyncio.Event()
        self.dialling: set[str] = set()
        self.discovery: Discovery | None = None
        if options.lan and not options.quiet:
            host = options.listen[0] if options.listen is not None else "127.0.0.1"
            self.discovery = Discovery(host, self._discovered)

    @property
    def lan(self) -> Lan:
        """What is seen of the local network."""
        return self.discovery.lan() if self.discovery is not None else Lan.QUIET

    # -- announcing ------------------------------------------------------------------------------

    async def announce(self, port: int) -> None:
        """Announce that we listen on *port*, again in every window, until cancelled."""
        self._port = port
        while self.discovery is not None:
            await self.discovery.announce(self._mint)
            await asyncio.sleep(limits.TAG_WINDOW_SECONDS)

    def _mint(self, interface: Interface) -> Announcement:
        del interface
        txt = announce.announce_member(
            self._static,
            self._announced(),
            nonce=self._random(16),
            filler=self._random(limits.TAG_SLOTS * limits.TAG_BYTES),
            wallclock=time.time(),
        )
        return Announcement(
            announce.instance_label(self._random(8)),
            announce.instance_label(self._random(8)),
            self._port,
            txt,
        )

    def _announced(self) -> list[Candidate]:
        """Return every peer, and of groups only those of the active epochs."""
        found: list[Candidate] = [
            candidate
            for candidate in self._hub.directory.candidates()
            if isinstance(candidate, PairCandidate)
        ]
        for space in self._hub.directory.replicas:
            found += self._hub.directory.groups(space)[:1]
        return found

    # -- recognising -----------------------------------------------------------------------------

    def _discovered(self, news: DiscoveryNews) -> None:
        match news:
            case Found() as found:
                self._found[found.instance] = found
                self._recognise(found)
            case Gone(instance):
                self._found.pop(instance, None)
                self._candidates.pop(instance, None)
                self._dialer.forget(instance)
            case InterfacesChanged():
                self._dialer.retry_now(now())
            case LanChanged(lan):
                self._lan_changed(lan)

    def members_changed(self) -> None:
        """Peers or epochs changed: `follow_members` sees to it."""
        self._members_changed.set()

    async def follow_members(self) -> None:
        """Announce anew and look again at whom we did not recognise, until cancelled.

        At once, but not again within `MEMBERS_SECONDS`: a member may write control entries without
        end, and somebody else announce strangers without end.
        """
        while True:
            await self._members_changed.wait()
            self._members_changed.clear()
            for name in [name for name in self._found if name not in self._candidates]:
                if name in self._found:  # it may have gone meanwhile
                    self._recognise(self._found[name])
                await asyncio.sleep(0)
            if self.discovery is not None and self._port:
                await self.discovery.announce(self._mint)
            await asyncio.sleep(MEMBERS_SECONDS)

    def _recognise(self, found: Found) -> None:
        try:
            said = announce.parse(found.txt)
        except RemoteProtocolError:
            return  # anybody may say anything; it is bounded already
        if not isinstance(said, announce.MemberAnnouncement):
            return
        candidates = self._hub.directory.candidates()
        candidate = announce.recognise(said, candidates, time.time())
        if candidate is None:
            return
        if self.discovery is not None:
            self.discovery.recognise(found.instance)
        addresses = [(address, found.port) for address in found.addresses]
        self._learn(found.instance, candidate, addresses)

    def _learn(self, key: str, candidate: Candidate, addresses: list[tuple[str, int]]) -> None:
        self._candidates[key] = candidate
        device = candidate.device if isinstance(candidate, PairCandidate) else None
        wait = patience(self._hub.directory.device, device)
        self._dialer.learn(key, addresses, now(), announced=True, wait=wait)
        if device is not None and self._hub.session_with(device) is not None:
            self._dialer.succeeded(key)

    # -- dialling --------------------------------------------------------------------------------

    def begin(self, remembered: Sequence[Address]) -> None:
        """Dial the addresses people typed, and members where they were reached before.

        *remembered* has the newest first. A quiet node dials only what was typed.
        """
        for host, port in self._options.peers:
            self._dialer.learn(f"{TYPED}{host} {port}", [(host, port)], now(), announced=False)
        if not self._options.lan or self._options.quiet:
            return
        places: dict[DeviceId, list[tuple[str, int]]] = {}
        for address in remembered:
            places.setdefault(address.device, []).append((address.host, address.port))
        for device, addresses in places.items():
            candidate = self._hub.directory.pair(device)
            if candidate is not None:
                key = f"{REMEMBERED}{device.hex()}"
                self._candidates[key] = candidate
                self._dialer.learn(key, addresses, now(), announced=False)

    async def dial(self) -> None:
        """Dial whoever is due, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                for target in self._dialer.due(now()):
                    self._dialer.dialled(target.key, now())
                    self.dialling.add(target.key)
                    tasks.create_task(self._dial(target))
                await asyncio.sleep(0.1)

    async def _dial(self, target: Target) -> None:
        candidate = self._candidate(target.key)
        try:
            connection = await dial(target.host, target.port, DIAL_TIMEOUT_SECONDS)
        except AlunaError:
            self._failed(target.key)
            return
        if candidate is None:
            connection.abort()
            self._failed(target.key)
            return
        self._connections.dialled(connection, candidate, target.key)

    def _candidate(self, key: str) -> Candidate | None:
        """Return how to greet at *key*; for a typed address the groups take turns, then the peers.

        Where an epoch was given away no group can introduce (SPEC §8.4), and we may not know yet.
        """
        known = self._candidates.get(key)
        if known is not None:
            return known
        everybody = self._hub.directory.candidates()
        everybody.sort(key=lambda candidate: isinstance(candidate, PairCandidate))
        if not everybody:
            return None
        turn = self._tries.get(key, 0)
        self._tries[key] = turn + 1
        return everybody[turn % len(everybody)]

    def _failed(self, key: str) -> None:
        self.dialling.discard(key)
        self._dialer.failed(key, now(), self._jitter())

    def _jitter(self) -> float:
        return int.from_bytes(self._random(2), "big") / 0xFFFF

    def arrived(self, device: DeviceId, link: Link | None) -> None:
        """A session stands: stop dialling that device, under whatever name."""
        keys = {
            key
            for key, candidate in self._candidates.items()
            if isinstance(candidate, PairCandidate) and candidate.device == device
        }
        if link is not None and link.target:
            keys.add(link.target)
            candidate = self._hub.directory.pair(device)
            if candidate is not None:
                self._candidates[link.target] = candidate
        for key in keys:
            self.dialling.discard(key)
            self._dialer.succeeded(key)

    def left(self, device: DeviceId) -> None:
        """The session with *device* ended: dial it again where it is still to be found."""
        for key, candidate in self._candidates.items():
            if isinstance(candidate, PairCandidate) and candidate.device == device:
                self._dialer.lost(key, now(), self._jitter())

    def lost(self, link: Link) -> None:
        """A connection is gone; without a session it counts as a failed dial."""
        if link.target and not link.arrived:
            self._failed(link.target)

    def still_trying(self, attempts: int) -> bool:
        """Tell whether somebody is being dialled, or was fewer than *attempts* times."""
        return bool(self.dialling) or self._dialer.untried(attempts)
