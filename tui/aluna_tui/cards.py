"""The road without a network, as the screens walk it: a card out, a bundle back that lets in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aluna_sync.errors import AlunaError
from aluna_tui.texts import language

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_sync.exchange.entering import Invitation

AskInvited = Callable[[str, str, Sequence[str]], Awaitable[bool]]
"""Takes the collective, who let this device in, and the six words to compare."""


class Cards:
    """Cards of the vault in *home*, which may belong to nothing yet."""

    def __init__(self, home: Path, device: str) -> None:
        self._home = home
        self._device = device
        """What companions call this device unless it is said."""

    def make_vault(self, passphrase: str, person: str) -> None:
        """Make a vault that belongs to nothing yet: blocking and slow. Raises `AlunaError`."""
        from aluna_sync.founding import create_vault

        create_vault(
            self._home, passphrase, person=person, device=self._device, collective=None
        ).lock()

    def write(self, passphrase: str, where: Path) -> tuple[str, list[str]]:
        """Write the card of this device; return where it lies and its words. Blocking and slow."""
        from aluna_sync.exchange.cards import write_card
        from aluna_sync.exchange.files import target
        from aluna_sync.founding import unlock

        device = unlock(self._home, passphrase)
        try:
            path = target(where, device.random_bytes)
            return str(path), _in_words(write_card(device, path))
        finally:
            device.lock()

    async def read(self, passphrase: str, where: Path, ask: AskInvited) -> None:
        """Read the bundle that lets this device in, once the words were compared.

        Raises AlunaError bundle-not-for-us, door-refused-here, and what reading raises.
        """
        from aluna_sync.exchange.reading import read_bundle_in_turns, settle

        device = self._unlocked(passphrase)
        try:
            seen: list[Invitation] = []

            def note(invitation: Invitation) -> bool:
                seen.append(invitation)
                return False

            await read_bundle_in_turns(device, where, on_invitation=note)
            if not seen:
                raise AlunaError("bundle-not-for-us")
            [invitation, *_others] = seen
            if not await ask(invitation.name, invitation.by, _in_words(invitation.words)):
                raise AlunaError("door-refused-here")
            taken = await read_bundle_in_turns(
                device, where, on_invitation=lambda one: one.words == invitation.words
            )
            await settle(device, taken)
        finally:
            await device.engine.close()
            device.lock()

    def _unlocked(self, passphrase: str) -> Device:
        import asyncio

        from aluna_sync.engine.process import ProcessEngine
        from aluna_sync.founding import unlock

        return unlock(self._home, passphrase, engine=ProcessEngine(), turn=asyncio.Lock())


def _in_words(indices: Sequence[int]) -> list[str]:
    from aluna_sync.door_words import words_for

    return words_for(indices, language())
