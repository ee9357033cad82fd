"""The vault: a passphrase opens the keys of this device (security design §5.3).

The passphrase wraps the key of the secrets in this file; one of them, the DEK, is the key of the
store, so a new passphrase rewrites a few kilobytes and never the database.
"""

from __future__ import annotations

import os
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from aluna_sync import vault_file, vault_layout
from aluna_sync.errors import AlunaError, LockedError, WrongUseError
from aluna_sync.locks import writing
from aluna_sync.places import vault_path
from aluna_sync.vault_file import MIB, KdfCost, check_home, derive, prepare_home
from aluna_sync.vault_layout import Layout, Opened, Removes
from aluna_sync.vault_secrets import (
    Secret,
    Settings,
    VaultSecrets,
    fresh_secrets,
    packed,
    unpacked,
)

__all__ = [
    "DEFAULT_COST",
    "KdfCost",
    "Removes",
    "Secret",
    "Settings",
    "VaultSecrets",
    "change_passphrase",
    "check_home",
    "create_vault_file",
    "fresh_secrets",
    "open_vault_file",
    "prepare_home",
    "suggest_passphrase",
    "vault_exists",
]

LEAST_CHARACTERS: Final = 12
DEFAULT_COST: Final = KdfCost(passes=3, memory=256 * MIB)
COSTS: Final = (DEFAULT_COST, KdfCost(3, 128 * MIB), KdfCost(3, 64 * MIB))
"""From the default down to the floor, for devices on which the default takes too long."""
PATIENCE_SECONDS: Final = 1.0
SUGGESTED_WORDS: Final = 6

RandomBytes = Callable[[int], bytes]


# -- the file ------------------------------------------------------------------------------------


def vault_exists(home: Path) -> bool:
    """Tell whether *home* holds a vault, whole or not."""
    return vault_path(home).exists()


def create_vault_file(
    home: Path,
    passphrase: str,
    secrets: VaultSecrets,
    *,
    cost: KdfCost | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> None:
    """Write a new vault into *home*, which is created private.

    Without *cost* the default is used, or less on a device where that takes over a second.
    Raises WrongUseError passphrase-too-short, AlunaError vault-exists and those of
    `prepare_home`.
    """
    secret = new_passphrase_bytes(passphrase)
    prepare_home(home)
    if vault_exists(home):
        raise AlunaError("vault-exists", home=str(home))
    _write_new(home, secret, secrets, cost, clock)


def open_vault_file(home: Path, passphrase: str) -> VaultSecrets:
    """Return the secrets of the vault in *home*.

    Raises LockedError wrong-passphrase; AlunaError no-vault, vault-damaged, vault-too-new,
    vault-parameters, vault-not-a-file, not-enough-memory and those of `prepare_home`.
    """
    secret = passphrase_bytes(passphrase)
    data = read_vault(home)
    if vault_layout.is_first_version(data):
        return _open_first_version(home, data, secret)
    layout = vault_layout.parse(data)
    return unpacked(opened_by_passphrase(layout, secret))


def opened_by_passphrase(layout: Layout, passphrase: bytes) -> Opened:
    """Return what *passphrase* opens; LockedError wrong-passphrase."""
    found = vault_layout.open_with(layout, derive(passphrase, layout.salt, layout.cost))
    if found is None:
        raise LockedError("wrong-passphrase")
    return found


def read_vault(home: Path) -> bytes:
    """Return the bytes of the vault in *home*, which is checked."""
    if not home.is_symlink() and not home.exists():
        raise AlunaError("no-vault", home=str(home))
    check_home(home)
    return vault_file.read_file(vault_path(home))


def rewrite(home: Path, change: Callable[[Layout], Layout]) -> None:
    """Do *change* to the vault file as it stands now, whole or not at all.

    Raises AlunaError vault-in-use while another process does the same, and as `write_file`.
    """
    with writing(home):
        layout = standing_layout(home)
        vault_file.write_file(vault_path(home), change(layout).to_bytes())


def standing_layout(home: Path) -> Layout:
    """Return the vault file of *home* taken apart; AlunaError vault-changed for an older one."""
    data = read_vault(home)
    if vault_layout.is_first_version(data):
        # It is written anew when it opens; then the disk was full, or another program was quicker.
        raise AlunaError("vault-changed")
    return vault_layout.parse(data)


def change_passphrase(home: Path, old: str, new: str, *, only: bytes | None = None) -> None:
    """Wrap the same key under *new*; neither the secrets nor the store are touched.

    Salt and cost stay: the other compartment, which this passphrase does not open, needs them.
    Raises WrongUseError passphrase-too-short, passphrase-not-usable, and as `open_vault_file` for
    *old*, which must open the compartment of the key *only* when that is given.
    """
    secret = new_passphrase_bytes(new)
    if vault_layout.is_first_version(read_vault(home)):
        # Opening it writes it anew.
        open_vault_file(home, old).wipe()
    layout = standing_layout(home)
    key = opened_by_passphrase(layout, passphrase_bytes(old)).key
    if only not in (None, key):
        raise LockedError("wrong-passphrase")
    wrap_again(home, key, layout, derive(secret, layout.salt, layout.cost))


def wrap_again(home: Path, key: bytes, seen: Layout, wrapping: bytes) -> None:
    """Put *key* under *wrapping*, derived with the salt of *seen*, in the compartment it opens.

    Raises AlunaError vault-changed; WrongUseError passphrase-not-usable when *wrapping* opens the
    other compartment: one passphrase must not open two.
    """

    def change(layout: Layout) -> Layout:
        if layout.header != seen.header:
            raise AlunaError("vault-changed")
        other = vault_layout.open_with(layout, wrapping)
        if other is not None and other.key != key:
            raise WrongUseError("passphrase-not-usable")
        slot = vault_layout.seal_key(layout.header, wrapping, key, os.urandom)
        index = found_compartment(layout, key).index
        return layout.with_compartment(index, by_passphrase=slot)

    rewrite(home, change)


def found_compartment(layout: Layout, key: bytes) -> Opened:
    """Return the compartment of *key*; AlunaError vault-changed when it is not there any more."""
    found = vault_layout.find(layout, key)
    if found is None:
        raise AlunaError("vault-changed")
    return found


def save_settings(
    home: Path, key: bytes, by_shares: bytes | None = None, **changes: Any
) -> Settings:
    """Change some settings of the secrets *key* opens, as they stand in the file; return them all.

    *by_shares*: a new wrapping for the key slot of the word shares.
    """
    kept: list[Settings] = []

    def change(layout: Layout) -> Layout:
        opened = found_compartment(layout, key)
        standing = unpacked(opened)
        kept.append(replace(standing.settings, **changes))
        payload = packed(replace(standing, settings=kept[0]))
        standing.wipe()
        new = {"body": vault_layout.seal_body(layout.header, key, payload, os.urandom)}
        if by_shares is not None:
            new["by_shares"] = vault_layout.seal_key(layout.header, by_shares, key, os.urandom)
        return layout.with_compartment(opened.index, **new)

    rewrite(home, change)
    return kept[0]


def removes_of(home: Path) -> Removes:
    """Return what a panic removes, without any passphrase; everything while that is not known."""
    try:
        return vault_layout.parse(read_vault(home)).removes
    except AlunaError:
        return Removes.EVERYTHING


def save_removes(home: Path, removes: Removes) -> None:
    """Choose what a panic removes."""
    rewrite(home, lambda layout: replace(layout, removes=removes))


def _open_first_version(home: Path, data: bytes, passphrase: bytes) -> VaultSecrets:
    """Open an older vault and write it anew, as vaults are now."""
    payload, cost = vault_layout.open_first_version(data, passphrase)
    secrets = unpacked(Opened(0, os.urandom(vault_layout.KEY_BYTES), payload))
    try:
        with writing(home):
            if vault_file.read_file(vault_path(home)) == data:
                _write_new(home, passphrase, secrets, cost, time.perf_counter)
    except AlunaError as error:
        # What can be read must open, also on a full disk; the next opening tries again.
        if error.code not in {"disk-full", "home-not-writable", "vault-in-use"}:
            raise
    return secrets


def _write_new(
    home: Path,
    passphrase: bytes,
    secrets: VaultSecrets,
    cost: KdfCost | None,
    clock: Callable[[], float],
) -> None:
    salt = os.urandom(vault_layout.SALT_BYTES)
    wrapping, used = _derive(passphrase, salt, (cost,) if cost else COSTS, clock)
    layout = vault_layout.new_layout(used, salt, os.urandom)
    key = bytes(secrets.vault_key)
    # Which compartment is a device's and which is noise must not be told by its place.
    layout = layout.with_compartment(
        os.urandom(1)[0] % vault_layout.COMPARTMENTS,
        by_passphrase=vault_layout.seal_key(layout.header, wrapping, key, os.urandom),
        body=vault_layout.seal_body(layout.header, key, packed(secrets), os.urandom),
    )
    vault_file.write_file(vault_path(home), layout.to_bytes())


def _derive(
    passphrase: bytes, salt: bytes, costs: Sequence[KdfCost], clock: Callable[[], float]
) -> tuple[bytes, KdfCost]:
    """Return the first key that came within the time people accept, else the cheapest."""
    for cost in costs[:-1]:
        started = clock()
        try:
            key = derive(passphrase, salt, cost)
        except AlunaError:
            continue
        if clock() - started <= PATIENCE_SECONDS:
            return key, cost
    return derive(passphrase, salt, costs[-1]), costs[-1]


def passphrase_bytes(passphrase: str) -> bytes:
    """Return the passphrase as every keyboard and system spells it the same (NFC, UTF-8)."""
    return unicodedata.normalize("NFC", passphrase).encode(errors="surrogatepass")


def new_passphrase_bytes(passphrase: str) -> bytes:
    """Return a passphrase somebody chooses now; WrongUseError passphrase-too-short."""
    if len(unicodedata.normalize("NFC", passphrase)) < LEAST_CHARACTERS:
        raise WrongUseError("passphrase-too-short", least=LEAST_CHARACTERS)
    return passphrase_bytes(passphrase)


# -- passphrases ---------------------------------------------------------------------------------


def suggest_passphrase(words: Sequence[str], random_bytes: RandomBytes = os.urandom) -> str:
    """Return six words of *words*, each equally likely, joined by spaces."""
    # Numbers from the uneven end of the range are drawn again: every word is equally likely.
    limit = 2**32 - 2**32 % len(words)
    chosen: list[str] = []
    while len(chosen) < SUGGESTED_WORDS:
        number = int.from_bytes(random_bytes(4), "big")
        if number < limit:
            chosen.append(words[number % len(words)])
    return " ".join(chosen)
