"""What the screens need from outside: the vault, the node, the clock; tests give others."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aluna_protocol.dataclass import dataclass
from aluna_sync.journal.vocabulary import speak
from aluna_tui.cards import Cards
from aluna_tui.idle import slept
from aluna_tui.keeping import Keeping
from aluna_tui.texts import language
from aluna_tui.view_models.facade import JournalDevice, LanNode, Roads

if TYPE_CHECKING:
    from aluna_sync.node import Found, NodeOptions


def _local_now() -> datetime:
    return datetime.now().astimezone()


AskFound = Callable[[str, Sequence[str]], Awaitable[bool]]
"""Takes the name of who opened the door and the words both must see; tells whether they do."""


def _never() -> bool:
    return False


def _no_roads(_device: JournalDevice) -> Roads | None:
    return None


def _as_it_is(address: tuple[str, int]) -> tuple[str, int]:
    return address


def _end_now() -> None:
    # Without its terminal the program cannot end in the usual way: that would write to it.
    os._exit(0)


def _terminal_watch() -> Callable[[], bool]:
    """Return what tells whether the terminal of now is gone later."""
    if sys.__stdin__ is None or not sys.__stdin__.isatty():
        return _never
    descriptor = sys.__stdin__.fileno()
    return lambda: not os.isatty(descriptor)


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything the screens need from outside, so that tests can give something else."""

    vault_exists: Callable[[], bool]
    unlock: Callable[[str], JournalDevice]
    """Opens the vault with a passphrase: blocking and slow. Raises `AlunaError`."""
    found: Callable[[str, str, str], JournalDevice]
    """Creates a vault for passphrase, person and collective: blocking and slow."""
    enter: Callable[[str, str, str, AskFound], Awaitable[JournalDevice]]
    """Enters with passphrase, person and the five words; an address may stand after them.

    No person: as another device of whoever opened the door.
    """
    offered_words: Callable[[], str]
    make_node: Callable[[JournalDevice], LanNode | None]
    close: Callable[[JournalDevice], Awaitable[None]]
    """Ends the engine and locks the device."""
    keeping: Keeping
    """What is done to the safety of the vault."""
    cards: Cards
    """The road of whoever is far away."""
    clock: Callable[[], float] = time.monotonic
    slept: Callable[[], float] = slept
    now: Callable[[], datetime] = _local_now
    roads: Callable[[JournalDevice], Roads | None] = _no_roads
    """Bundles and folders of a device."""
    reachable: Callable[[tuple[str, int]], tuple[str, int]] = _as_it_is
    """Where others can dial what this device listens on."""
    home: Path | None = None
    """Where the preferences lie beside the vault; nowhere in most tests."""
    terminal_gone: Callable[[], bool] = _never
    """Whether the terminal the program was started in has gone."""
    end: Callable[[], None] = _end_now
    """Ends the process at once; everything is kept and locked by then."""


def real_outside(home: Path, node_options: NodeOptions | None) -> Outside:
    """Return the real vault in *home*, in touch as *node_options* say (None: as usual)."""
    from aluna_sync.device import Device
    from aluna_tui.commands.doors import Doors

    doors = Doors()

    def unlock(passphrase: str) -> JournalDevice:
        device = doors.unlock(home, passphrase, merges=True)
        speak(device.vocabulary)
        return device

    def found(passphrase: str, person: str, collective: str) -> JournalDevice:
        doors.create_vault(
            home, passphrase, person=person, device=_this_machine(), collective=collective
        ).lock()
        return unlock(passphrase)

    async def enter(passphrase: str, person: str, words: str, ask: AskFound) -> JournalDevice:
        async def welcome(found: Found) -> bool:
            return await ask(found.person_name, doors.words_for(found.safety_words, language()))

        pieces = words.split()
        at = _address(pieces[-1]) if len(pieces) > 1 else None
        indices = doors.indices_of(pieces[:-1] if at else pieces, language())
        entered = await doors.join(
            home, passphrase, indices, person=person or _this_machine(),
            device_name=_this_machine(), at=at, on_found=welcome, mine=not person,
        )  # fmt: skip
        entered.lock()
        return await asyncio.to_thread(unlock, passphrase)

    def make_node(device: JournalDevice) -> LanNode | None:
        if not isinstance(device, Device):
            return None
        from aluna_sync.node import NodeOptions

        return doors.node(device, node_options or NodeOptions())

    def roads(device: JournalDevice) -> Roads | None:
        from aluna_tui.roads import DeviceRoads

        return DeviceRoads(device) if isinstance(device, Device) else None

    async def close(device: JournalDevice) -> None:
        if isinstance(device, Device):
            await device.engine.close()
        speak(None)
        device.lock()

    return Outside(
        vault_exists=lambda: doors.vault_exists(home),
        unlock=unlock,
        found=found,
        enter=enter,
        offered_words=lambda: " ".join(doors.offered_words(language())),
        make_node=make_node,
        roads=roads,
        reachable=doors.reachable,
        home=home,
        terminal_gone=_terminal_watch(),
        close=close,
        keeping=Keeping(home),
        cards=Cards(home, _this_machine()),
    )


def _this_machine() -> str:
    # The machine's own name often holds a person's: the kind of system says enough to tell apart.
    return {"Darwin": "mac", "Windows": "windows"}.get(platform.system(), "laptop")


def _address(words: str) -> tuple[str, int] | None:
    host, colon, port = words.rpartition(":")
    return (host, int(port)) if colon and host and port.isdecimal() else None
