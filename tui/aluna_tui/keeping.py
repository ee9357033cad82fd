"""What the screens do to the safety of a vault: blocking and slow, so they call it in a thread."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aluna_sync.vault_layout import Removes
from aluna_tui.view_models.facade import JournalDevice


class Keeping:
    """Copies, word lists, the notebook and destruction of the vault in *home*."""

    def __init__(self, home: Path) -> None:
        self._home = home

    @property
    def removes(self) -> Removes:
        """What a panic removes, known while the vault is closed too."""
        from aluna_sync.vault import removes_of

        return removes_of(self._home)

    def seal(self, device: JournalDevice) -> None:
        """Bring what waits into the log ahead of a copy; not in a thread."""
        from aluna_sync.backup import seal_waiting
        from aluna_sync.device import Device

        if isinstance(device, Device):
            seal_waiting(device)

    def back_up(self, device: JournalDevice, path: Path, phrase: str | None) -> int:
        """Write a sealed copy; return its size."""
        from aluna_sync.backup import write
        from aluna_sync.device import Device

        return write(device, path, phrase=phrase).size if isinstance(device, Device) else 0

    async def restore(self, path: Path, passphrase: str, shares: Sequence[str] = ()) -> None:
        """Make the device of a copy again; with two *shares* the passphrase is a new one."""
        import asyncio

        from aluna_sync.backup import Asked, restore
        from aluna_sync.engine.process import ProcessEngine

        engine = ProcessEngine()
        try:
            asked = Asked(passphrase, tuple(shares))
            await restore(self._home, path, asked, engine=engine, turn=asyncio.Lock())
        finally:
            await engine.close()

    def recover(self, shares: Sequence[str], passphrase: str) -> None:
        """Let *passphrase* open the vault, on the word of two lists."""
        from aluna_sync.safety import recover

        recover(self._home, shares, passphrase)

    def notebook_on(self, device: JournalDevice, passphrase: str, name: str) -> None:
        """Make the notebook behind a second passphrase."""
        from aluna_sync.device import Device
        from aluna_sync.notebook import turn_on

        if isinstance(device, Device):
            turn_on(device, passphrase, collective=name)

    def notebook_off(self, device: JournalDevice) -> None:
        """Destroy the notebook."""
        from aluna_sync.device import Device
        from aluna_sync.notebook import turn_off

        if isinstance(device, Device):
            turn_off(device)

    # -- destroying ------------------------------------------------------------------------------

    def destroy_keys(self) -> None:
        """Put noise over the keys: the first thing, at any moment."""
        from aluna_sync.panic import destroy_keys

        destroy_keys(self._home)

    def destroy(self, removes: Removes) -> bool:
        """Destroy the rest; tell whether the store, closed for ever, was left."""
        from aluna_sync.panic import destroy

        return destroy(self._home, removes=removes).kept

    def forget(self, device: JournalDevice, removes: Removes) -> int:
        """Take only a part out of the open store; return how many records; not in a thread."""
        from aluna_sync.device import Device
        from aluna_sync.forgetting import forget
        from aluna_sync.panic import end_processes

        if not isinstance(device, Device):
            return 0
        end_processes(self._home)
        return forget(device, removes)
