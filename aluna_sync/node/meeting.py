"""Whom to meet: what is announced, who was recognised, whom to dial (security design §4)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

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
from aluna_sync.node.greeting import Round, in_turn
from aluna_sync.node.interfaces import Interface, chosen, look
from aluna_sync.node.neighbours import Found, Gone
from aluna_sync.node.options import ANYWHERE, FALLBACK_PORT, NodeOptions
from aluna_sync.node.probing import probe
from aluna_sync.node.remembering import Remembered
from aluna_sync.node.transport import dial

DIAL_TIMEOUT_SECONDS = 5.0
MEMBERS_SECONDS = 2.0
"""Who belongs is followed at most so often: announcing and recognising are work for everybody."""
TYPED = "typed "
"""Before the name of a target whose address a person typed."""
REMEMBERED = "remembered "
PROBED = "probed "
"""Before the name of a target that was found because a person had the network searched."""
PROBED_TRIES = 2
"""Times everybody is greeted who may listen there: it may be a stranger, so they end."""


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
        network_changed: Callable[[InterfacesChanged], None],
        remembered: Remembered,
    ) -> None:
        self._hub = hub
        self._connections = connections
        self._static = static
        self._options = options
        self._random = random_bytes
        self._lan_changed = lan_changed
        self._network_changed = network_changed
        self._remembered = remembered
        self._dialer = Dialer()
        self._found: dict[str, Found] = {}
        self._candidates: dict[str, Candidate] = {}
        self._tries: dict[str, int] = {}
        self._rounds: dict[str, Round] = {}
        self._port = 0
        self._members_changed = asyncio.Event()
        self._probing = False
        self.dialling: set[str] = set()
        self.looking = options.lan and not options.quiet
        """Announce, browse, and try where companions were met before."""
        alone = ("127.0.0.1", 0) if self.looking else ANYWHERE
        self._host = (options.listen or alone)[0]
        self.discovery = Discovery(self._host, self._discovered, quiet=not self.looking)
        self.discovery.in_touch = self._in_touch

    @property
    def lan(self) -> Lan:
        """What is seen of the local network."""
        return self.discovery.lan()

    def _in_touch(self, interface: Interface) -> bool:
        links = self._connections.links.values()
        return any(link.arrived and interface.reaches(link.connection.peer[0]) for link in links)

    # -- announcing ------------------------------------------------------------------------------

    async def announce(self, port: int) -> None:
        """Announce that we listen on *port*, again in every window, until cancelled."""
        self._port = port
        while True:
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
            case InterfacesChanged() as change:
                # What is lost ends first: then it is dialled again at once.
                self._network_changed(change)
                self._try_remembered()
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
            if self._port:
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
            self._try_where_met(found)
            return
        self.discovery.recognise(found.instance)
        addresses = [(address, found.port) for address in found.addresses]
        self._learn(found.instance, candidate, addresses)

    def _try_where_met(self, found: Found) -> None:
        """Where a companion was met before somebody says something we do not recognise: try her.

        A clock may be years off, and then nobody recognises anybody. The handshake decides.
        """
        places = self._remembered.places(self.discovery.interfaces) if self.looking else {}
        for device, known in places.items():
            here = [(host, found.port) for host, _ in known if host in found.addresses]
            if here and self._hub.session_with(device) is None:
                key = f"{REMEMBERED}{device.hex()}"
                # Next after the one that was tried already, which fails where she started anew.
                addresses = list(dict.fromkeys((known[0], *here, *known)))
                self._dialer.learn(key, addresses, now(), announced=False)

    def _learn(self, key: str, candidate: Candidate, addresses: list[tuple[str, int]]) -> None:
        self._candidates[key] = candidate
        device = candidate.device if isinstance(candidate, PairCandidate) else None
        wait = patience(self._hub.directory.device, device)
        self._dialer.learn(key, addresses, now(), announced=True, wait=wait)
        if device is not None and self._hub.session_with(device) is not None:
            self._dialer.succeeded(key)

    # -- dialling --------------------------------------------------------------------------------

    def begin(self) -> None:
        """Dial the addresses people typed."""
        for host, port in self._options.peers:
            self.meet_at(host, port)

    def meet_at(self, host: str, port: int) -> None:
        """Dial an address a person typed, from now on and at once."""
        self._learn_address(TYPED, host, port)

    def _learn_address(self, kind: str, host: str, port: int) -> None:
        key = f"{kind}{host} {port}"
        self._tries.pop(key, None)
        self._dialer.learn(key, [(host, port)], now(), announced=False)
        self._dialer.retry(key, now())

    def present(self) -> tuple[Interface, ...]:
        """Return the interfaces people may meet on, as they are at this moment."""
        return chosen(look(), self._host)

    async def probe(self) -> int:
        """Ask every address of the present network, because a person wants it.

        Return how many listen where companions might; they are greeted next.
        """
        self._probing = True
        try:
            found = await probe(self.present())
            for host in found:
                self._learn_address(PROBED, host, FALLBACK_PORT)
        finally:
            self._probing = False
        return len(found)

    def _try_remembered(self) -> None:
        """Dial members where they were met before on the networks of now, and forget the others."""
        if not self.looking:
            return
        places = self._remembered.places(self.discovery.interfaces)
        keys = {f"{REMEMBERED}{device.hex()}": device for device in places}
        for key in [key for key in self._candidates if key.startswith(REMEMBERED)]:
            if key not in keys:
                del self._candidates[key]
                self._dialer.forget(key)
        for key, device in keys.items():
            candidate = self._hub.directory.pair(device)
            if candidate is None:
                self._remembered.forget(device)
                continue
            self._candidates[key] = candidate
            self._dialer.learn(key, places[device], now(), announced=False)
            if self._hub.session_with(device) is not None:
                self._dialer.succeeded(key)

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
        if target.key.startswith((TYPED, PROBED)):
            await self._greet(target)
            return
        candidate = self._candidates.get(target.key)
        if target.key.startswith(REMEMBERED):
            # It may have started anew since: then it listens somewhere else, and says where.
            self.discovery.ask(target.host)
        try:
            connection = await dial(target.host, target.port, DIAL_TIMEOUT_SECONDS)
        except AlunaError:
            self._failed(target.key, target.host, target.port)
            return
        if candidate is None:
            connection.abort()
            self._failed(target.key, target.host, target.port)
            return
        self._connections.dialled(connection, candidate, target.key)

    async def _greet(self, target: Target) -> None:
        """Greet everybody who may be at an address of which nothing else is known."""
        self._tries[target.key] = self._tries.get(target.key, 0) + 1
        round_ = self._rounds[target.key] = Round(self._connections.drop)
        met = self._remembered.met_at(target.host, target.port)
        known = self._candidates.get(target.key)
        for candidate in in_turn(self._hub.directory, known, met):
            if not await round_.room():
                break
            try:
                connection = await dial(target.host, target.port, DIAL_TIMEOUT_SECONDS)
            except AlunaError:
                break  # nobody listens there any more, and whom we reached before may still answer
            if round_.answered:
                connection.abort()
                break
            round_.greet(connection)
            self._connections.dialled(connection, candidate, target.key)
        await round_.over()
        del self._rounds[target.key]
        if not round_.answered:
            self._failed(target.key, target.host, target.port)

    def _failed(self, key: str, host: str, port: int) -> None:
        self.dialling.discard(key)
        self._dialer.failed(key, now(), self._jitter())
        candidate = self._candidates.get(key)
        if key.startswith(REMEMBERED) and isinstance(candidate, PairCandidate):
            self._remembered.failed(candidate.device, host, port)
        if key.startswith(PROBED) and self._tries.get(key, 0) >= PROBED_TRIES:
            self._dialer.forget(key)

    def _jitter(self) -> float:
        return int.from_bytes(self._random(2), "big") / 0xFFFF

    def arrived(self, device: DeviceId, link: Link | None) -> None:
        """A session stands: stop dialling that device, under whatever name."""
        keys = {
            key
            for key, candidate in self._candidates.items()
            if isinstance(candidate, PairCandidate) and candidate.device == device
        }
        if link is not None:
            self._met(device, link)
        if link is not None and link.target:
            keys.add(link.target)
            candidate = self._hub.directory.pair(device)
            if candidate is not None:
                self._candidates[link.target] = candidate
        for key in keys:
            if key in self._rounds:
                self._rounds[key].met(None if link is None else link.connection)
            self.dialling.discard(key)
            self._dialer.succeeded(key)

    def _met(self, device: DeviceId, link: Link) -> None:
        host, port = link.connection.peer
        near = self.discovery.interfaces
        self._remembered.met(device, host, port if link.target else None, near)
        if self.looking:
            # Whether it announces itself tells whether announcements get through here.
            self.discovery.ask(host)

    def left(self, device: DeviceId) -> None:
        """The session with *device* ended: dial it again where it is still to be found."""
        for key, candidate in self._candidates.items():
            if isinstance(candidate, PairCandidate) and candidate.device == device:
                self._dialer.lost(key, now(), self._jitter())

    def lost(self, link: Link) -> None:
        """A connection is gone; without a session it counts as a failed dial."""
        if link.target in self._rounds:
            self._rounds[link.target].failed(link.connection)
        elif link.target and not link.arrived:
            self._failed(link.target, *link.connection.peer)

    def still_trying(self, attempts: int) -> bool:
        """Tell whether somebody is being dialled, or was fewer than *attempts* times."""
        return self._probing or bool(self.dialling) or self._dialer.untried(attempts)
