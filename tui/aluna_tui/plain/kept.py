"""Doors that keep what was unlocked: one key, in memory that can be wiped, until it is locked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aluna_sync.vault_secrets import Secret
from aluna_tui.commands.doors import Doors, open_with_key

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_sync.node import Found


class KeptDoors(Doors):
    """The real doors; a vault that was opened through them opens again without its passphrase."""

    def __init__(self) -> None:
        self._key: Secret | None = None
        self._home: Path | None = None

    @property
    def is_open(self) -> bool:
        """Whether the key is in memory."""
        return self._key is not None

    def keep(self, home: Path, key: bytes) -> None:
        """Keep the key of the vault in *home*."""
        self.lock()
        self._home, self._key = home, Secret(key)

    def lock(self) -> None:
        """Overwrite the key."""
        if self._key is not None:
            self._key.wipe()
            self._key = None

    def key(self) -> bytes:
        """Return a copy of the key; empty while it is locked."""
        return b"" if self._key is None else bytes(self._key)

    def kept(self, home: Path, *, merges: bool) -> Device | None:
        """Open the vault in *home* with the key in memory; None when it is not there."""
        if self._key is None or home != self._home:
            return None
        return open_with_key(home, bytes(self._key), merges=merges)

    # -- every way in leaves its key --------------------------------------------------------------

    def unlock(self, home: Path, passphrase: str, *, merges: bool) -> Device:
        """Open a vault and keep its key; see `Doors.unlock`."""
        return self._keep(home, super().unlock(home, passphrase, merges=merges))

    def create_vault(
        self, home: Path, passphrase: str, *, person: str, device: str, collective: str
    ) -> Device:
        """Found a collective and keep the key; see `Doors.create_vault`."""
        made = super().create_vault(
            home, passphrase, person=person, device=device, collective=collective
        )
        return self._keep(home, made)

    def create_bare_vault(self, home: Path, passphrase: str, *, person: str, device: str) -> Device:
        """Make a vault and keep its key; see `Doors.create_bare_vault`."""
        made = super().create_bare_vault(home, passphrase, person=person, device=device)
        return self._keep(home, made)

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
        """Enter through an open door and keep the key; see `Doors.join`."""
        entered = await super().join(
            home, passphrase, indices, person=person, device_name=device_name, at=at,
            on_found=on_found, mine=mine,
        )  # fmt: skip
        return self._keep(home, entered)

    def _keep(self, home: Path, device: Device) -> Device:
        if self._key is None:
            self.keep(home, device.safety.key)
        return device
