"""How a node is reached and reaches others, as its options say: begun whole, ended whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from aluna_protocol.hub import Hub
from aluna_sync.device import Device
from aluna_sync.facts import Probed
from aluna_sync.node.connections import Connections
from aluna_sync.node.discovery import NetworkChanged
from aluna_sync.node.findable import Findable
from aluna_sync.node.meeting import Meeting
from aluna_sync.node.options import ANYWHERE, NodeOptions
from aluna_sync.node.remembering import Remembered
from aluna_sync.node.transport import Listener, require_address
from aluna_sync.store.state import Settings


def wanted(options: NodeOptions, settings: Settings) -> NodeOptions:
    """Return what *options* come to with what the person chose for this device."""
    findable = (options.findable or settings.findable) and options.lan
    asked = replace(options, findable=findable and options.listen is not None)
    return asked.quietly() if options.quiet or settings.quiet else asked


class Reach:
    """Listens, announces, browses and dials. Nothing is open before `begin` or after `end`."""

    def __init__(
        self,
        device: Device,
        hub: Hub,
        connections: Connections,
        options: NodeOptions,
        tasks: asyncio.TaskGroup,
        lan_changed: Callable[[], None],
    ) -> None:
        self.listening: tuple[str, int] | None = None
        self._device = device
        self._hub = hub
        self._connections = connections
        self._asked = options
        self._tasks = tasks
        self._lan_changed = lan_changed
        self._listener: Listener | None = None
        self._findable: Findable | None = None
        self._loops: list[asyncio.Task[None]] = []
        self._probe = options.probe
        self._options, self.meeting = self._anew()

    def _anew(self) -> tuple[NodeOptions, Meeting]:
        options = wanted(self._asked, self._device.store.settings)
        meeting = Meeting(
            self._hub,
            self._connections,
            self._device.identity.keys.static,
            options,
            self._device.random_bytes,
            lambda lan: self._lan_changed(),
            self._network_changed,
            Remembered(self._device.store.peers, lambda: self._device.clock().date().isoformat()),
        )
        return options, meeting

    async def begin(self) -> None:
        """Open everything; raises AlunaError port-taken, cannot-listen."""
        options, meeting = self._options, self.meeting
        if options.listen is not None:
            self._listener = await Listener.bind(*options.listen, self._connections.accept)
            self.listening = self._listener.address
        self._findable = Findable(self._connections.accept) if options.findable else None
        loops = [meeting.follow_members(), meeting.dial(), meeting.discovery.run()]
        if meeting.looking and self.listening is not None:
            loops.append(meeting.announce(self.listening[1]))
        if self._probe:
            self._probe = False
            loops.append(self.probe())
        self._loops = [self._tasks.create_task(loop) for loop in loops]
        meeting.begin()

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """Where others can dial this device now: an address of each network it listens on."""
        if self.listening is None:
            return ()
        host, port = self.listening
        if host not in (ANYWHERE[0], "::"):
            return (self.listening,)
        here = self.meeting.discovery.interfaces
        return tuple((one.address, port) for one in here if not one.loopback)

    async def obey(self, changed: asyncio.Event) -> None:
        """Begin anew whenever the person wants this device to behave otherwise, until cancelled."""
        while True:
            await changed.wait()
            changed.clear()
            if wanted(self._asked, self._device.store.settings) != self._options:
                await self.end()
                self._connections.hang_up()
                self._options, self.meeting = self._anew()
                await self.begin()
                self._lan_changed()

    def meet_at(self, host: str, port: int) -> None:
        """Dial an address a person typed, until it is reached; raises AlunaError not-an-address."""
        require_address(host)
        self.meeting.meet_at(host, port)

    async def probe(self) -> None:
        """Ask the present network for companions, and tell how many addresses answered.

        Who wants to be found listens first: of two that search at once the later finds the other.
        """
        if self._findable is not None:
            await self._findable.follow(self.meeting.present())
        self._device.tell(Probed(await self.meeting.probe()))

    def _network_changed(self, change: NetworkChanged) -> None:
        gone = {interface.address for interface in change.gone}
        self._connections.lose(lambda one: change.slept or one.local in gone)
        self._lan_changed()
        if self._findable is not None:
            self._tasks.create_task(self._findable.follow(change.interfaces))

    async def end(self) -> None:
        """Withdraw what is announced and close every listener; sessions that stand go on."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._loops.clear()
        if self._listener is not None:
            self._listener.close()
        if self._findable is not None:
            self._findable.close()
        self.listening = None
