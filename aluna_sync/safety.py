"""What keeps an open vault safe, and can be chosen: when it locks, what opens it, what panic takes.

Every choice lies in the vault file, sealed with the secrets; only what a panic removes lies open,
because a panic asks for no passphrase.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from aluna_protocol import crypto
from aluna_sync import vault, vault_layout, word_shares
from aluna_sync.errors import LockedError
from aluna_sync.vault import Removes, Settings, VaultSecrets
from aluna_sync.vault_file import derive
from aluna_sync.vault_layout import Layout, Opened
from aluna_sync.vault_secrets import IDLE_MINUTES, copied

SHARES_PERSON: Final = b"aluna-shares-v1"


class Safety:
    """The choices of the person whose secrets are open."""

    def __init__(self, home: Path, secrets: VaultSecrets) -> None:
        self._home = home
        self._secrets = secrets
        self.settings: Settings = secrets.settings

    @property
    def key(self) -> bytes:
        """The key of the secrets; AlunaError vault-locked after the vault was locked."""
        return bytes(self._secrets.vault_key)

    def copy_secrets(self) -> VaultSecrets:
        """Return the secrets once more, with the settings of now; whoever asks wipes them."""
        return replace(copied(self._secrets), settings=self.settings)

    @property
    def removes(self) -> Removes:
        """What a panic removes."""
        return vault.removes_of(self._home)

    def choose_removes(self, removes: Removes) -> None:
        """Choose what a panic removes."""
        vault.save_removes(self._home, removes)

    def choose_idle(self, minutes: int) -> None:
        """Choose after how many minutes without a key the screens lock: the nearest there is."""
        nearest = min(IDLE_MINUTES, key=lambda each: abs(each - minutes))
        self.save(idle_minutes=nearest)

    def save(self, by_shares: bytes | None = None, **changes: object) -> None:
        """Keep *changes* to the settings."""
        self.settings = vault.save_settings(self._home, self.key, by_shares, **changes)

    def change_passphrase(self, old: str, new: str) -> None:
        """Replace *old* with *new*, which opens the same; see `vault.change_passphrase`."""
        vault.change_passphrase(self._home, old, new, only=self.key)

    def split(self) -> list[str]:
        """Return three new word shares, two of which open this vault; older ones open nothing."""
        recovery = os.urandom(word_shares.KEY_BYTES)
        shares = word_shares.split(recovery)
        self.save(wrapping_of(recovery), shares=True)
        return shares

    def forget_shares(self) -> None:
        """Make every word share worthless."""
        self.save(os.urandom(vault_layout.KEY_BYTES), shares=False)


def wrapping_of(recovery: bytes) -> bytes:
    """Return what the word shares of *recovery* wrap the key of the secrets with."""
    return crypto.blake2b(recovery, person=SHARES_PERSON)


def recover(home: Path, shares: Sequence[str], passphrase: str) -> None:
    """Let *passphrase* open the vault in *home*, on the word of two *shares*.

    Raises as `word_shares.join`; WrongUseError passphrase-too-short, passphrase-not-usable;
    LockedError shares-open-nothing; as `vault.open_vault_file` for the file.
    """
    secret = vault.new_passphrase_bytes(passphrase)
    layout, opened = _opened(home, shares)
    vault.wrap_again(home, opened.key, layout, derive(secret, layout.salt, layout.cost))


def check_shares(home: Path, shares: Sequence[str]) -> None:
    """Refuse *shares* that do not open the vault in *home*, as `recover` would."""
    _opened(home, shares)


def _opened(home: Path, shares: Sequence[str]) -> tuple[Layout, Opened]:
    wrapping = wrapping_of(word_shares.join(shares))
    data = vault.read_vault(home)
    if vault_layout.is_first_version(data):
        raise LockedError("shares-open-nothing")
    layout = vault_layout.parse(data)
    opened = vault_layout.open_with(layout, wrapping, shares=True)
    if opened is None:
        raise LockedError("shares-open-nothing")
    return layout, opened
