"""A vault that is kept nowhere: the choices of a person, and what was done to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aluna_sync.errors import LockedError, WrongUseError
from aluna_sync.vault_layout import Removes
from aluna_sync.vault_secrets import Settings
from aluna_tui.keeping import Keeping
from aluna_tui.view_models.facade import JournalDevice

if TYPE_CHECKING:
    from .fakes import FakeDevice

PASSPHRASE = "seis palabras que nadie junta"


class FakeSafety:
    """The choices of a person, kept nowhere."""

    def __init__(self) -> None:
        self.settings = Settings()
        self.removes = Removes.EVERYTHING
        self.passphrase = PASSPHRASE

    def choose_idle(self, minutes: int) -> None:
        self.settings = dataclasses.replace(self.settings, idle_minutes=minutes)

    def choose_removes(self, removes: Removes) -> None:
        self.removes = removes

    def change_passphrase(self, old: str, new: str) -> None:
        if old != self.passphrase:
            raise LockedError("wrong-passphrase")
        self.passphrase = new

    def split(self) -> list[str]:
        self.settings = dataclasses.replace(self.settings, shares=True)
        return [
            " ".join(f"{name}{place}" for place in range(1, 21)) for name in ("ana", "bo", "cy")
        ]

    def forget_shares(self) -> None:
        self.settings = dataclasses.replace(self.settings, shares=False)


class FakeKeeping(Keeping):
    """Remembers what was done to the vault."""

    def __init__(self, device: FakeDevice) -> None:
        super().__init__(Path("/nowhere"))
        self.device = device
        self.done: list[tuple[object, ...]] = []

    @property
    def removes(self) -> Removes:
        return self.device.safety.removes

    def seal(self, device: JournalDevice) -> None:
        self.done.append(("seal",))

    def back_up(self, device: JournalDevice, path: Path, phrase: str | None) -> int:
        self.done.append(("back up", path, phrase))
        return 5000

    async def restore(self, path: Path, passphrase: str, shares: Sequence[str] = ()) -> None:
        if shares and shares[0] == shares[1]:
            raise WrongUseError("share-twice")
        if passphrase != PASSPHRASE:
            raise LockedError("wrong-passphrase")
        self.done.append(("restore", path, *shares))

    def recover(self, shares: Sequence[str], passphrase: str) -> None:
        if shares[0] == shares[1]:
            raise WrongUseError("share-twice")
        self.done.append(("recover", *shares, passphrase))

    def notebook_on(self, device: JournalDevice, passphrase: str, name: str) -> None:
        self.done.append(("notebook", passphrase, name))

    def notebook_off(self, device: JournalDevice) -> None:
        self.done.append(("no notebook",))

    def destroy_keys(self) -> None:
        self.done.append(("keys", self.device.locked))

    def destroy(self, removes: Removes) -> bool:
        self.done.append(("destroy", removes))
        return removes is Removes.KEYS

    def forget(self, device: JournalDevice, removes: Removes) -> int:
        self.done.append(("forget", removes, self.device.locked))
        return 7
