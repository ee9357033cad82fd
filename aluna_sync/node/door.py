"""The open door of a device: announced, answered by a person, closed by one success (SPEC §9)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import field

from aluna_protocol import announce, limits
from aluna_protocol.dataclass import dataclass
from aluna_protocol.door import REVEAL_BYTES, Link, door_secret, draw_words
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.handshake import Incompatible, Send
from aluna_protocol.ids import DeviceId, Instant, SpaceId
from aluna_protocol.operations import Admit, Seat
from aluna_protocol.pairing import (
    Door,
    DoorKeeper,
    KeeperEffect,
    Knocked,
    Linked,
    WrongWordsTried,
)
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from aluna_sync.founding import admit, welcome
from aluna_sync.node.connections import now
from aluna_sync.node.discovery import Announcement, Discovery
from aluna_sync.node.interfaces import Interface
from aluna_sync.node.transport import (
    Connection,
    ConnectionLostError,
    HalfOpen,
    Listener,
    source_of,
)

TICK_SECONDS = 0.25
COMPARING_SECONDS = 60.0
"""How long whoever was let in may still compare words before its device goes on (SPEC §9.6)."""
Adopt = Callable[[Connection, DeviceId], None]


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody knew the five words; the person here says yes or no."""

    person_name: str
    device_name: str
    safety_words: tuple[int, ...]
    """Indices of the four words both sides must see."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who came in."""

    person: str
    device: DeviceId


OnKnock = Callable[[Knock], Awaitable[bool]]


@dataclass(slots=True)
class _Attempt:
    """One connection at the door."""

    number: int
    connection: Connection
    keeper: DoorKeeper
    serving: asyncio.Task[None] | None = field(default=None)
    answer: asyncio.Task[None] | None = field(default=None)


class OpenDoor:
    """A door while it is open. Nobody else at it can disturb who is being let in."""

    def __init__(
        self,
        device: Device,
        space: SpaceId,
        door: Door,
        words: tuple[int, ...],
        on_knock: OnKnock,
        adopt: Adopt | None,
        closes: Instant,
        *,
        mine: bool,
    ) -> None:
        self.words = words
        self.address: tuple[str, int] = ("", 0)
        self.failures = 0
        self._device = device
        self._space = space
        self._door = door
        self._on_knock = on_knock
        self._adopt = adopt
        self._mine = mine
        self._closes = closes
        self._admitted: Admitted | None = None
        self._ended: asyncio.Future[Admitted | None] = asyncio.get_running_loop().create_future()
        self._half_open: HalfOpen[int] = HalfOpen()
        self._attempts: dict[int, _Attempt] = {}
        self._count = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: Listener | None = None

    @classmethod
    async def open(
        cls,
        device: Device,
        space: SpaceId,
        minutes: float,
        listen: tuple[str, int],
        on_knock: OnKnock,
        adopt: Adopt | None,
        *,
        mine: bool = False,
    ) -> OpenDoor:
        """Draw the words, listen, and announce the door on the networks of *listen*.

        *mine*: for another device of this person. Raises AlunaError port-taken, cannot-listen,
        and as `Spaces.check_door`: nobody compares words at a door that lets nobody in.
        """
        device.spaces.check_door(space, device.person, mine=mine)
        words = draw_words(device.random_bytes(2 * limits.DOOR_WORDS))
        nonce = device.random_bytes(16)
        # Argon2id takes a third of a second: away from the loop.
        secret = await asyncio.to_thread(door_secret, words, nonce)
        closes = Instant(now() + min(minutes * 60, limits.DOOR_SECONDS))
        door = Door(
            device.identity.keys,
            nonce=nonce,
            secret=secret,
            inviter=device.person_name,
            now=now(),
        )
        opened = cls(device, space, door, words, on_knock, adopt, closes, mine=mine)
        await opened._start(listen, nonce)
        return opened

    async def _start(self, listen: tuple[str, int], nonce: bytes) -> None:
        self._listener = await Listener.bind(*listen, self._accept)
        self.address = self._listener.address
        quiet = self._device.store.settings.quiet
        discovery = Discovery(listen[0], lambda news: None, quiet=quiet)
        port = self.address[1]
        random = self._device.random_bytes

        def mint(interface: Interface) -> Announcement:
            del interface
            instance, host = announce.instance_label(random(8)), announce.instance_label(random(8))
            return Announcement(instance, host, port, announce.announce_door(nonce))

        self._spawn(discovery.run())
        self._spawn(discovery.announce(mint))
        self._spawn(self._tick())

    def _spawn(self, work: Awaitable[None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None and not self._ended.done():
            self._ended.set_exception(task.exception() or RuntimeError())

    async def wait(self) -> Admitted | None:
        """Return who came in, None when the door closed without anybody."""
        return await asyncio.shield(self._ended)

    async def close(self) -> None:
        """Close the door; whoever stands at it is sent away."""
        self._end()
        self._door.close()
        if self._listener is not None:
            self._listener.close()
        for attempt in list(self._attempts.values()):
            await attempt.connection.close()
        own = asyncio.current_task()
        tasks = [task for task in self._tasks if task is not own]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _end(self) -> None:
        if not self._ended.done():
            self._ended.set_result(self._admitted)

    # -- who comes -------------------------------------------------------------------------------

    def _accept(self, connection: Connection) -> None:
        self._count += 1
        number = self._count
        low, high = limits.SILENCE_SECONDS
        fraction = int.from_bytes(self._device.random_bytes(2), "big") / 0xFFFF
        keeper = self._door.knock(
            reveal=self._device.random_bytes(REVEAL_BYTES),
            ephemeral_secret=self._device.random_bytes(32),
            silence=low + (high - low) * fraction,
            now=now(),
        )
        attempt = _Attempt(number, connection, keeper)
        for dropped in self._half_open.admitted(number, source_of(connection.peer[0]), now()):
            self._send_away(attempt if dropped == number else self._attempts.get(dropped))
            if dropped == number:
                return
        self._attempts[number] = attempt
        attempt.serving = self._spawn(self._serve(attempt))

    def _send_away(self, attempt: _Attempt | None) -> None:
        if attempt is not None:
            attempt.connection.abort()
            self._half_open.gone(attempt.number)
            self._attempts.pop(attempt.number, None)

    async def _serve(self, attempt: _Attempt) -> None:
        try:
            for first in attempt.keeper.start():
                self._perform(attempt, first)
            while attempt.number in self._attempts:
                data = await attempt.connection.read()
                if attempt.number not in self._attempts:
                    return
                if not data:
                    break
                for effect in attempt.keeper.receive(data, now()):
                    self._perform(attempt, effect)
        except (RemoteProtocolError, ConnectionLostError):
            pass  # whoever it was is sent away below; others at the door are not disturbed
        if attempt.answer is not None:
            attempt.answer.cancel()
        self._send_away(attempt)

    def _perform(self, attempt: _Attempt, effect: KeeperEffect) -> None:
        match effect:
            case Send(data):
                attempt.connection.write(data)
            case WrongWordsTried(failures):
                self.failures = failures
            case Incompatible():
                self._send_away(attempt)
            case Knocked(card, safety_words, proof):
                self._half_open.authenticated(attempt.number)
                attempt.answer = self._spawn(self._ask(attempt, card.seat(proof), safety_words))
            case Linked(card, proof):
                attempt.answer = self._spawn(self._let_in(attempt, card.seat(proof)))

    async def _ask(self, attempt: _Attempt, seat: Seat, safety_words: tuple[int, ...]) -> None:
        knock = Knock(seat.person_name, seat.device_name, safety_words)
        said_yes = await self._on_knock(knock)
        if not attempt.keeper.may_welcome(now()):
            return
        if not said_yes:
            for effect in attempt.keeper.refuse(now()):
                self._perform(attempt, effect)
            return
        if not self._mine:
            await self._let_in(attempt, seat)
            return
        # It takes our person first, and says so with a card of hers.
        own = Link(self._device.person, self._device.person_name)
        for effect in attempt.keeper.link(own, now()):
            self._perform(attempt, effect)

    async def _let_in(self, attempt: _Attempt, seat: Seat) -> None:
        if not attempt.keeper.may_welcome(now()):
            return
        if not self._waits(seat):
            admit(self._device, self._space, seat, self._door.nonce)
        if seat.device not in self._device.spaces.replicas[self._space].members:
            # Others have to say yes too: until then it is not told who belongs.
            for effect in attempt.keeper.refuse(now()):
                self._perform(attempt, effect)
            await attempt.connection.drain()
            raise AlunaError("admission-waits", name=seat.person_name)
        for effect in attempt.keeper.welcome(welcome(self._device, self._space), now()):
            self._perform(attempt, effect)
        self._admitted = Admitted(seat.person_name, seat.device)
        await attempt.connection.drain()
        await self._hand_over(attempt, seat.device)
        self._end()

    def _waits(self, seat: Seat) -> bool:
        """Tell whether it was asked already that this very device come in."""
        asked = (one for one in self._device.spaces.replicas[self._space].listed if one.missing)
        return any(
            isinstance(one.operation, Admit) and one.operation.seat.device == seat.device
            for one in asked
        )

    async def _hand_over(self, attempt: _Attempt, newcomer: DeviceId) -> None:
        """The same connection goes on as an ordinary session, when there is a node for it.

        We are its initiator: so nothing of it can follow the welcome on the wire (SPEC §9.6).
        """
        del self._attempts[attempt.number]
        if attempt.serving is not None:
            # Only one may read a connection; what has come meanwhile stays for the next.
            attempt.serving.cancel()
            await asyncio.gather(attempt.serving, return_exceptions=True)
        try:
            goes_on = self._adopt is not None and await _goes_on(attempt.connection)
        except BaseException:
            attempt.connection.abort()  # the door closed meanwhile, and knows it no more
            raise
        if self._adopt is None or not goes_on:
            await attempt.connection.close()
        else:
            self._adopt(attempt.connection, newcomer)

    async def _tick(self) -> None:
        while now() < self._closes and self._door.failures < limits.DOOR_FAILURES:
            for attempt in list(self._attempts.values()):
                if now() >= attempt.keeper.deadline:
                    self._send_away(attempt)
            await asyncio.sleep(TICK_SECONDS)
        if self._admitted is None:
            self._end()


async def _goes_on(connection: Connection) -> bool:
    """Wait for the newcomer's device to speak: its person may still be comparing words."""
    try:
        async with asyncio.timeout(COMPARING_SECONDS):
            return await connection.spoken()
    except TimeoutError:
        return False
    except asyncio.CancelledError:
        connection.abort()
        raise
