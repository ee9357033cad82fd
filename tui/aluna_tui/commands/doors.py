"""The ways from a command to the device, each imported only when it is used.

Tests give commands other doors, so that no vault, engine or network is needed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aluna_tui.commands.late_engine import LateEngine, LateTurn, in_its_own_process

if TYPE_CHECKING:
    from aluna_sync.backup import Asked
    from aluna_sync.device import Device
    from aluna_sync.node import Found, Node, NodeOptions
    from aluna_sync.panic import Destroyed
    from aluna_sync.vault_layout import Removes
    from aluna_sync.vault_secrets import VaultSecrets


def _headed(device: Device) -> Device:
    from aluna_tui.taking_back_words import heading

    device.heading = heading
    return device


def open_with_key(home: Path, key: bytes, *, merges: bool) -> Device:
    """Open the vault in *home* with the key of its secrets: nothing is derived, so it is quick.

    Raises as `aluna_sync.founding.unlock`; AlunaError vault-changed when *key* opens nothing.
    """
    from aluna_sync import vault
    from aluna_sync.vault_secrets import unpacked

    secrets = unpacked(vault.found_compartment(vault.standing_layout(home), key))
    return _opened(home, secrets, merges=merges)


def _opened(home: Path, secrets: VaultSecrets, *, merges: bool) -> Device:
    from aluna_sync.founding import open_secrets

    if not merges:
        return open_secrets(home, secrets, LateEngine(), None)
    return _headed(open_secrets(home, secrets, LateEngine(in_its_own_process), LateTurn()))


class Doors:
    """Everything outside the command line that a command may need."""

    def default_home(self) -> Path:
        """Return where this system keeps people's data."""
        from aluna_sync.places import home_directory

        return home_directory()

    def vault_exists(self, home: Path) -> bool:
        """Tell whether there is a vault in *home*."""
        from aluna_sync.vault import vault_exists

        return vault_exists(home)

    def kept(self, home: Path, *, merges: bool) -> Device | None:
        """Open a vault whose key is in memory already; None: its passphrase is needed."""
        return None

    def create_vault(
        self, home: Path, passphrase: str, *, person: str, device: str, collective: str
    ) -> Device:
        """Found a collective and return the open device."""
        from aluna_sync.founding import create_vault

        return create_vault(home, passphrase, person=person, device=device, collective=collective)

    def create_bare_vault(self, home: Path, passphrase: str, *, person: str, device: str) -> Device:
        """Make a vault that belongs to nothing yet."""
        from aluna_sync.founding import create_vault

        return create_vault(home, passphrase, person=person, device=device, collective=None)

    def unlock(self, home: Path, passphrase: str, *, merges: bool) -> Device:
        """Open a vault; *merges* asks for the engine in a process of its own."""
        from aluna_sync.vault import open_vault_file

        return _opened(home, open_vault_file(home, passphrase), merges=merges)

    def count_down(self, seconds: int, tell: Callable[[int], None]) -> bool:
        """Let time pass in which somebody may still say no; tell whether nobody did."""
        from aluna_tui.commands.countdown import count_down

        return count_down(seconds, tell)

    def destroy(self, home: Path, removes: Removes) -> Destroyed:
        """Destroy keys and data in *home*."""
        from aluna_sync.panic import destroy

        return destroy(home, removes=removes)

    def restore(self, home: Path, backup: Path, asked: Asked) -> None:
        """Make the device of a backup again in *home*."""
        import asyncio

        from aluna_sync.backup import restore
        from aluna_sync.engine.process import ProcessEngine

        async def to_the_end() -> None:
            engine = ProcessEngine()
            try:
                await restore(home, backup, asked, engine=engine, turn=asyncio.Lock())
            finally:
                await engine.close()

        asyncio.run(to_the_end())

    async def join(
        self,
        home: Path,
        passphrase: str,
        indices: Sequence[int],
        *,
        person: str,
        device_name: str,
        at: tuple[str, int] | None,
        on_found: Callable[[Found], Awaitable[bool]],
        mine: bool = False,
    ) -> Device:
        """Enter through an open door and return the open device."""
        from aluna_sync.node import join

        return await join(
            home, passphrase, indices, person=person, device_name=device_name, at=at,
            lan=at is None, on_found=on_found, mine=mine,
        )  # fmt: skip

    def node(self, device: Device, options: NodeOptions) -> Node:
        """Return the node of *device*, not yet running."""
        from aluna_sync.node import Node

        return Node(device, options)

    def reachable(self, address: tuple[str, int]) -> tuple[str, int]:
        """Return *address* as others can dial it: with one of this device's own, not "any"."""
        from aluna_sync.node.interfaces import chosen, look

        host, port = address
        if host not in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not listened on
            return address
        own = [seen.address for seen in chosen(look(), host) if not seen.loopback]
        return (own[0] if own else host, port)

    def has_network(self) -> bool:
        """Tell whether this device has an interface people may meet on; asks nobody."""
        from aluna_sync.node.interfaces import look

        return any(not seen.loopback for seen in look())

    def offered_words(self, language: str) -> list[str]:
        """Return six random words for a passphrase: 66 bits."""
        import secrets

        return self.words_for([secrets.randbelow(2048) for _word in range(6)], language)

    def words_for(self, indices: Sequence[int], language: str) -> list[str]:
        """Return door or safety words in *language*."""
        from aluna_sync.door_words import words_for

        return words_for(indices, language)

    def indices_of(self, words: Sequence[str], language: str) -> tuple[int, ...]:
        """Return the indices of door words typed in either language."""
        from aluna_sync.door_words import indices_of

        return indices_of(words, language=language)
