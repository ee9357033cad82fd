"""A second passphrase that opens a small ordinary notebook (domain design C9, decision 0018).

The notebook is a vault like any other: its own keys, person, store and private notes, in the second
compartment of the vault file. Nothing of the first is reached from it, and nothing in it tells that
there is a first. What does tell, to whoever looks at the folder, is a second database; programs
must say so before it is turned on.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Final

from aluna_sync import vault, vault_layout
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError, WrongUseError
from aluna_sync.founding import found_collective, open_secrets
from aluna_sync.places import store_path
from aluna_sync.store.store import Store
from aluna_sync.vault_file import derive
from aluna_sync.vault_layout import Layout
from aluna_sync.vault_secrets import Settings, VaultSecrets, copied, fresh_secrets, packed

_NAME_BYTES: Final = 4


def refuse(device: Device) -> None:
    """Raise what `turn_on` would, before anybody is asked for a passphrase."""
    if device.safety.settings.second:
        # Turning one on from the notebook itself would destroy the vault it stands before.
        raise WrongUseError("second-passphrase-not-here")
    if device.safety.settings.beside:
        raise WrongUseError("second-passphrase-on")


def turn_on(device: Device, passphrase: str, *, collective: str) -> None:
    """Let *passphrase* open a new notebook, whose only group, of one person, is *collective*.

    The vault of *device* is untouched but for its note of the file. Raises WrongUseError
    passphrase-too-short, passphrase-not-usable, second-passphrase-on, second-passphrase-not-here.
    """
    refuse(device)
    safety = device.safety
    secret = vault.new_passphrase_bytes(passphrase)
    name = f"store-{os.urandom(_NAME_BYTES).hex()}.db"
    secrets = replace(
        fresh_secrets(device.person_name, device.device_name),
        settings=Settings(safety.settings.idle_minutes, name, second=True),
    )
    layout = vault.standing_layout(device.home)
    wrapping = derive(secret, layout.salt, layout.cost)
    path = store_path(device.home, name)
    store = Store.create(path, bytes(secrets.dek), device=secrets.device, person=secrets.person)
    store.close()
    noted = False
    try:
        opened = open_secrets(device.home, copied(secrets), None, None)
        try:
            found_collective(opened, collective)
        finally:
            opened.lock()
        # Noted first: cut short here, turning it off takes away whatever there is.
        noted = True
        safety.save(beside=name)
        _put(device, layout, wrapping, secrets)
    except BaseException:
        _remove(device, name)
        if noted:
            safety.save(beside="")
        raise


def _put(device: Device, seen: Layout, wrapping: bytes, secrets: VaultSecrets) -> None:
    """Put *secrets* into the compartment that is not the device's."""
    own = device.safety.key
    key = bytes(secrets.vault_key)

    def change(layout: Layout) -> Layout:
        if layout.header != seen.header:
            raise AlunaError("vault-changed")
        if vault_layout.open_with(layout, wrapping) is not None:
            raise WrongUseError("passphrase-not-usable")
        other = 1 - vault.found_compartment(layout, own).index
        return layout.with_compartment(
            other,
            by_passphrase=vault_layout.seal_key(layout.header, wrapping, key, os.urandom),
            by_shares=os.urandom(vault_layout.SLOT_BYTES),
            body=vault_layout.seal_body(layout.header, key, packed(secrets), os.urandom),
        )

    vault.rewrite(device.home, change)


def turn_off(device: Device) -> None:
    """Destroy the notebook: its keys first, then its file. WrongUseError second-passphrase-off."""
    name = device.safety.settings.beside
    if not name:
        raise WrongUseError("second-passphrase-off")
    own = device.safety.key

    def change(layout: Layout) -> Layout:
        other = 1 - vault.found_compartment(layout, own).index
        noise = vault_layout.noise_compartment(os.urandom)
        return layout.with_compartment(
            other, by_passphrase=noise.by_passphrase, by_shares=noise.by_shares, body=noise.body
        )

    vault.rewrite(device.home, change)
    _remove(device, name)
    device.safety.save(beside="")


def _remove(device: Device, name: str) -> None:
    path = store_path(device.home, name)
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
