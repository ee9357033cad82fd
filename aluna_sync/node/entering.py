"""Entering a collective through somebody's door, with five words (SPEC §9)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

from aluna_protocol import announce
from aluna_protocol.dataclass import dataclass
from aluna_protocol.door import Card, door_secret
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.handshake import Incompatible, Send
from aluna_protocol.ids import StaticKey
from aluna_protocol.knocking import (
    DeriveSecret,
    DoorFound,
    DoorKnocker,
    LinkedTo,
    NotWelcomed,
    Welcomed,
)
from aluna_sync.device import Device
from aluna_sync.engine.process import ProcessEngine
from aluna_sync.errors import AlunaError, LockedError, NobodyError
from aluna_sync.founding import create_vault, enter, unlock, vault_exists
from aluna_sync.locks import VaultLock
from aluna_sync.node.connections import now
from aluna_sync.node.discovery import Discovery, DiscoveryNews
from aluna_sync.node.driver import Node
from aluna_sync.node.neighbours import Found as Neighbour
from aluna_sync.node.options import NodeOptions
from aluna_sync.node.transport import Connection, ConnectionLostError, dial
from aluna_sync.places import node_lock_path, store_path, vault_lock_path, vault_path
from aluna_sync.vault import KdfCost

DIAL_TIMEOUT_SECONDS = 5.0
LOOK_SECONDS = 15.0
"""How long a door is looked for on the network."""
MAX_DOORS = 32
"""So many are tried: whoever announces false ones must not keep a newcomer busy for ever."""
FIRST_SYNC_SECONDS = 60.0
"""How long the journal may take to arrive right after entering; the rest comes later."""

STAYED_OUT: Final = frozenset({"no-door", "wrong-door-words", "door-refused-here", "update-needed"})
"""What a newcomer meets whose keys nobody asked to let in: what was made for it is of no use."""


@dataclass(frozen=True, slots=True)
class Found:
    """The words opened a door: whose it is, and the four words both sides must see."""

    person_name: str
    safety_words: tuple[int, ...]


OnFound = Callable[[Found], Awaitable[bool]]
"""Shows what was found, and tells whether to go on: whether the words are the same."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What somebody wants at a door."""

    indices: tuple[int, ...]
    on_found: OnFound
    mine: bool


async def join(
    home: Path,
    passphrase: str,
    indices: Sequence[int],
    *,
    person: str,
    device_name: str,
    at: tuple[str, int] | None,
    lan: bool,
    on_found: OnFound,
    cost: KdfCost | None = None,
    mine: bool = False,
) -> Device:
    """Enter a collective, creating the vault if there is none, and receive its journal.

    *mine*: as another device of whoever opens the door, whose name and person it takes. Returns
    the open device. Raises NobodyError no-door; LockedError wrong-door-words; AlunaError
    door-refused, door-refused-here (*on_found* said no), door-interrupted, update-needed,
    welcome-not-valid, already-in-collective, not-a-new-device. When it fails nothing is lost: a
    vault that was there stays as it was; a new one stays, empty, only where its keys may have been
    let in by then.
    """
    turn, engine = asyncio.Lock(), ProcessEngine()
    if existed := vault_exists(home):
        device = await asyncio.to_thread(unlock, home, passphrase, engine=engine, turn=turn)
    else:
        device = await asyncio.to_thread(
            create_vault,
            home,
            passphrase,
            person=person,
            device=device_name,
            collective=None,
            engine=engine,
            turn=turn,
            cost=cost,
        )
    try:
        entered = await _enter(device, _Wish(tuple(indices), on_found, mine), at, lan=lan)
        await _first_sync(device, entered)
    except BaseException as error:
        device.lock()
        if not existed and isinstance(error, AlunaError) and error.code in STAYED_OUT:
            _remove_new_vault(home)
        raise
    finally:
        await engine.close()
    return device


def _remove_new_vault(home: Path) -> None:
    """Remove a vault that was made a moment ago, and its directory if nothing else is there."""
    store = store_path(home)
    with VaultLock(home).alone():
        vault_path(home).unlink()
        for ending in ("", "-wal", "-shm"):
            store.with_name(store.name + ending).unlink(missing_ok=True)
    for lock in (vault_lock_path(home), node_lock_path(home)):
        lock.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        home.rmdir()


async def _enter(
    device: Device,
    wish: _Wish,
    at: tuple[str, int] | None,
    *,
    lan: bool,
) -> Connection:
    """Try the door at *at*, or every door found on the network until the words open one."""
    if wish.mine and device.spaces.rows:
        raise AlunaError("not-a-new-device")
    if at is not None:
        return await _Knock(device, wish).at(*at)
    if not lan:
        raise NobodyError("no-door")
    wrong = False
    tried: set[tuple[str, int]] = set()
    doors: asyncio.Queue[tuple[str, int]] = asyncio.Queue(MAX_DOORS)
    browsing = asyncio.ensure_future(_browse(doors))
    try:
        async with asyncio.timeout(LOOK_SECONDS) as patience:
            while len(tried) < MAX_DOORS:
                address = await doors.get()
                if address in tried:
                    continue
                tried.add(address)
                patience.reschedule(None)
                knock = _Knock(device, wish)
                try:
                    return await knock.at(*address)
                except LockedError:
                    wrong = True
                except AlunaError as error:
                    if knock.found or error.code == "update-needed":
                        raise
                    # Anybody may announce a door and say anything at it: ours may be another.
                patience.reschedule(asyncio.get_running_loop().time() + LOOK_SECONDS / 3)
    except TimeoutError:
        pass  # no more doors to be found
    finally:
        browsing.cancel()
        await asyncio.gather(browsing, return_exceptions=True)
    if wrong:
        raise LockedError("wrong-door-words")
    raise NobodyError("no-door")


async def _browse(doors: asyncio.Queue[tuple[str, int]]) -> None:
    def found(news: DiscoveryNews) -> None:
        if not isinstance(news, Neighbour):
            return
        try:
            said = announce.parse(news.txt)
        except RemoteProtocolError:
            return  # anybody may announce anything
        if isinstance(said, announce.DoorAnnouncement):
            for address in news.addresses:
                if not doors.full():
                    doors.put_nowait((address, news.port))

    await Discovery("0.0.0.0", found).run()  # noqa: S104 - browses where people may meet


class _Knock:
    """One try at one door."""

    def __init__(self, device: Device, wish: _Wish) -> None:
        self._device = device
        self._wish = wish
        self._inviter = StaticKey(b"")

    @property
    def found(self) -> bool:
        """Whether the words opened this very door."""
        return bool(self._inviter)

    async def at(self, host: str, port: int) -> Connection:
        """Knock; return the connection, ready for a session."""
        try:
            connection = await dial(host, port, DIAL_TIMEOUT_SECONDS)
        except AlunaError:
            raise NobodyError("no-door", host=host, port=port) from None
        try:
            await self._knock(connection)
        except BaseException:
            connection.abort()
            raise
        return connection

    async def _knock(self, connection: Connection) -> None:
        knocker = self._knocker()
        while True:
            remaining = max(0.0, knocker.deadline - now())
            try:
                async with asyncio.timeout(remaining):
                    data = await connection.read()
            except TimeoutError:
                data = b""
            try:
                effects = knocker.receive(data, now()) if data else knocker.closed()
                for effect in effects:
                    if await self._perform(connection, knocker, effect):
                        return
            except (RemoteProtocolError, ConnectionLostError):
                raise AlunaError("door-interrupted") from None

    async def _perform(self, connection: Connection, knocker: DoorKnocker, effect: object) -> bool:
        match effect:
            case Send(data):
                connection.write(data)
            case DeriveSecret(nonce):
                secret = await asyncio.to_thread(door_secret, self._wish.indices, nonce)
                for following in knocker.secret_derived(secret, now()):
                    await self._perform(connection, knocker, following)
            case DoorFound(inviter, safety_words, static):
                self._inviter = static
                # Nothing more is read meanwhile: no welcome is taken before this yes.
                if not await self._wish.on_found(Found(inviter, safety_words)):
                    raise AlunaError("door-refused-here")
            case LinkedTo(link):
                # Kept before its card is out: whoever is let in knows as whom.
                self._device.take_person(link.person, link.person_name)
            case Welcomed(payload):
                self._take(payload)
                return True
            case NotWelcomed.WRONG_WORDS:
                raise LockedError("wrong-door-words")
            case NotWelcomed.REFUSED:
                raise AlunaError("door-refused")
            case Incompatible():
                raise AlunaError("update-needed")
            case _:
                raise AlunaError("door-interrupted")
        return False

    def _take(self, payload: bytes) -> None:
        try:
            enter(self._device, payload, self._inviter)
        except RemoteProtocolError:
            raise AlunaError("welcome-not-valid") from None

    def _knocker(self) -> DoorKnocker:
        device = self._device
        keys = device.identity.keys
        card = Card(keys.device, keys.static, device.person, device.person_name, device.device_name)
        return DoorKnocker(
            keys,
            card,
            ephemeral_secret=device.random_bytes(32),
            now=now(),
            links=self._wish.mine,
        )


async def _first_sync(device: Device, connection: Connection) -> None:
    """Go on over the same connection and receive the journal; what is missing comes later."""
    node = Node(device, NodeOptions(listen=None, lan=False, quiet=True))
    async with node.running():
        node.adopt(connection, None)
        await node.wait_until_settled(FIRST_SYNC_SECONDS)
