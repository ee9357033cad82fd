"""The vault: a passphrase opens the keys of this device (security design §5.3).

The passphrase wraps the secrets of this file; one of them, the DEK, is the key of the store, so a
new passphrase rewrites a few hundred bytes and never the database.
"""

from __future__ import annotations

import ctypes
import os
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aluna_protocol import wire
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import DeviceId, PersonId
from aluna_sync import vault_file
from aluna_sync.errors import AlunaError, WrongUseError
from aluna_sync.places import vault_path
from aluna_sync.vault_file import MIB, KdfCost, check_home, prepare_home

__all__ = [
    "DEFAULT_COST",
    "KdfCost",
    "Secret",
    "VaultSecrets",
    "change_passphrase",
    "check_home",
    "create_vault_file",
    "fresh_secrets",
    "open_vault_file",
    "prepare_home",
    "replace_vault_file",
    "suggest_passphrase",
    "vault_exists",
]

LEAST_CHARACTERS: Final = 12
DEFAULT_COST: Final = KdfCost(passes=3, memory=256 * MIB)
COSTS: Final = (DEFAULT_COST, KdfCost(3, 128 * MIB), KdfCost(3, 64 * MIB))
"""From the default down to the floor, for devices on which the default takes too long."""
PATIENCE_SECONDS: Final = 1.0
SUGGESTED_WORDS: Final = 6
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 24

RandomBytes = Callable[[int], bytes]


class Secret:
    """Bytes kept in one place, out of swap where the system allows, overwritten by `wipe`.

    This reduces where a secret can be found; copies made while it is used are out of reach.
    """

    __slots__ = ("_bytes", "_wiped")

    def __init__(self, value: bytes | bytearray) -> None:
        self._bytes = bytearray(value)
        self._wiped = False
        _keep_out_of_swap(self._bytes)

    def __bytes__(self) -> bytes:
        if self._wiped:
            raise AlunaError("vault-locked")
        return bytes(self._bytes)

    def __repr__(self) -> str:
        return "Secret(…)"

    def wipe(self) -> None:
        """Overwrite the secret; using it afterwards raises AlunaError vault-locked."""
        self._wiped = True
        self._bytes[:] = bytes(len(self._bytes))


def _keep_out_of_swap(buffer: bytearray) -> None:
    """Best effort: a system that refuses only makes the promise weaker, not the vault unusable."""
    if os.name == "posix" and buffer:
        address = ctypes.addressof(ctypes.c_char.from_buffer(buffer))
        ctypes.CDLL(None).mlock(ctypes.c_void_p(address), ctypes.c_size_t(len(buffer)))


@dataclass(frozen=True, slots=True)
class VaultSecrets:
    """What the passphrase opens."""

    dek: Secret
    """The key of the store, 32 bytes."""
    sign_seed: Secret
    static_secret: Secret
    incarnation: int
    """Drawn when the vault was created or restored: names this device's logs, 32 bits."""
    person: PersonId
    person_name: str
    device_name: str
    device_salt: Secret
    """32 random bytes of this device, for whatever must differ between devices and be secret."""

    @property
    def keys(self) -> DeviceKeys:
        """A copy of the two device keys; AlunaError vault-locked after `wipe`."""
        return DeviceKeys(bytes(self.sign_seed), bytes(self.static_secret))

    @property
    def device(self) -> DeviceId:
        """The public name of this device."""
        return self.keys.device

    def wipe(self) -> None:
        """Overwrite every secret."""
        for secret in (self.dek, self.sign_seed, self.static_secret, self.device_salt):
            secret.wipe()


def fresh_secrets(
    person_name: str, device_name: str, random_bytes: RandomBytes = os.urandom
) -> VaultSecrets:
    """Return new keys for a new device of a new person; names become NFC."""
    return VaultSecrets(
        dek=Secret(random_bytes(32)),
        sign_seed=Secret(random_bytes(32)),
        static_secret=Secret(random_bytes(32)),
        incarnation=int.from_bytes(random_bytes(4), "big"),
        person=PersonId(random_bytes(16)),
        person_name=unicodedata.normalize("NFC", person_name),
        device_name=unicodedata.normalize("NFC", device_name),
        device_salt=Secret(random_bytes(32)),
    )


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
    secret = _passphrase_bytes(passphrase, least=LEAST_CHARACTERS)
    prepare_home(home)
    if vault_exists(home):
        raise AlunaError("vault-exists", home=str(home))
    _write(home, secret, secrets, cost, clock)


def open_vault_file(home: Path, passphrase: str) -> VaultSecrets:
    """Return the secrets of the vault in *home*.

    Raises LockedError wrong-passphrase; AlunaError no-vault, vault-damaged, vault-too-new,
    vault-parameters, vault-not-a-file, not-enough-memory and those of `prepare_home`.
    """
    data = _checked(home)
    payload, _ = vault_file.unwrap(data, _passphrase_bytes(passphrase))
    return _unpack(payload)


def _checked(home: Path) -> bytes:
    if not home.is_symlink() and not home.exists():
        raise AlunaError("no-vault", home=str(home))
    check_home(home)
    return vault_file.read_file(vault_path(home))


def replace_vault_file(home: Path, passphrase: str, secrets: VaultSecrets) -> None:
    """Write changed *secrets* (a name, an incarnation) under the same passphrase and cost.

    Raises as `open_vault_file`: the passphrase is proved on the vault that is there.
    """
    old = _passphrase_bytes(passphrase)
    _, cost = vault_file.unwrap(_checked(home), old)
    _write(home, old, secrets, cost, time.perf_counter)


def change_passphrase(
    home: Path,
    old: str,
    new: str,
    *,
    cost: KdfCost | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> None:
    """Wrap the same secrets under *new*; the store is not touched.

    Raises WrongUseError passphrase-too-short, and as `open_vault_file` for *old*.
    """
    secret = _passphrase_bytes(new, least=LEAST_CHARACTERS)
    secrets = open_vault_file(home, old)
    try:
        _write(home, secret, secrets, cost, clock)
    finally:
        secrets.wipe()


def _write(
    home: Path,
    passphrase: bytes,
    secrets: VaultSecrets,
    cost: KdfCost | None,
    clock: Callable[[], float],
) -> None:
    salt = os.urandom(SALT_BYTES)
    key, used = _derive(passphrase, salt, (cost,) if cost else COSTS, clock)
    data = vault_file.wrap(key, used, salt, os.urandom(NONCE_BYTES), _pack(secrets))
    vault_file.write_file(vault_path(home), data)


def _derive(
    passphrase: bytes, salt: bytes, costs: Sequence[KdfCost], clock: Callable[[], float]
) -> tuple[bytes, KdfCost]:
    """Return the first key that came within the time people accept, else the cheapest."""
    for cost in costs[:-1]:
        started = clock()
        try:
            key = vault_file.derive(passphrase, salt, cost)
        except AlunaError:
            continue
        if clock() - started <= PATIENCE_SECONDS:
            return key, cost
    return vault_file.derive(passphrase, salt, costs[-1]), costs[-1]


def _passphrase_bytes(passphrase: str, *, least: int = 0) -> bytes:
    """Return the passphrase as every keyboard and system spells it the same (NFC, UTF-8)."""
    spelled = unicodedata.normalize("NFC", passphrase)
    if len(spelled) < least:
        raise WrongUseError("passphrase-too-short", least=least)
    return spelled.encode(errors="surrogatepass")


def _pack(secrets: VaultSecrets) -> bytes:
    return wire.pack(
        [
            bytes(secrets.dek),
            bytes(secrets.sign_seed),
            bytes(secrets.static_secret),
            secrets.incarnation,
            secrets.person,
            _name(secrets.person_name),
            _name(secrets.device_name),
            bytes(secrets.device_salt),
        ]
    )


def _name(name: str) -> str:
    """Refuse now what could not be read again; WrongUseError name-not-possible."""
    try:
        return wire.name(name)
    except RemoteProtocolError:
        raise WrongUseError("name-not-possible") from None


def _unpack(payload: bytes) -> VaultSecrets:
    try:
        fields = wire.array(wire.unpack(payload, vault_file.MAX_FILE_BYTES), 8)
        return VaultSecrets(
            dek=Secret(wire.octets(fields[0], 32)),
            sign_seed=Secret(wire.octets(fields[1], 32)),
            static_secret=Secret(wire.octets(fields[2], 32)),
            incarnation=wire.integer(fields[3], 0, 2**32 - 1),
            person=PersonId(wire.octets(fields[4], 16)),
            person_name=wire.name(fields[5]),
            device_name=wire.name(fields[6]),
            device_salt=Secret(wire.octets(fields[7], 32)),
        )
    except RemoteProtocolError:
        raise AlunaError("vault-damaged") from None


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
