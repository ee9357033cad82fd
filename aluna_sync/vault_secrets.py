"""What the passphrase opens: keys kept out of swap, names, and what was chosen about safety."""

from __future__ import annotations

import ctypes
import os
import re
import unicodedata
from collections.abc import Callable
from typing import Final

from aluna_protocol import wire
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import DeviceId, PersonId
from aluna_sync import vault_layout
from aluna_sync.errors import AlunaError, WrongUseError
from aluna_sync.places import STORE_NAME
from aluna_sync.vault_layout import Opened

IDLE_MINUTES: Final = (1, 3, 5, 15)
"""The choices; the last is the most there is (domain design C9)."""
STORE_NAMES: Final = re.compile(r"store[0-9a-z-]{0,32}\.db")
"""What a file of secrets may name as theirs: nothing outside the home."""

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
class Settings:
    """What a person chose about the safety of this device; kept with the secrets."""

    idle_minutes: int = 3
    """Minutes without a key after which the screens lock; one of `IDLE_MINUTES`."""
    store: str = STORE_NAME
    """The file these secrets open."""
    beside: str = ""
    """The file of the notebook a second passphrase opens, empty while there is none."""
    second: bool = False
    """Whether this is that notebook."""
    shares: bool = False
    """Whether word shares were made."""


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
    vault_key: Secret
    """The key of these secrets in the vault file; passphrase and word shares wrap it."""
    settings: Settings

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
        secrets = (self.dek, self.sign_seed, self.static_secret, self.device_salt, self.vault_key)
        for secret in secrets:
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
        vault_key=Secret(random_bytes(vault_layout.KEY_BYTES)),
        settings=Settings(),
    )


def copied(secrets: VaultSecrets) -> VaultSecrets:
    """Return the same secrets in places of their own: wiping one leaves the other."""
    return unpacked(Opened(0, bytes(secrets.vault_key), packed(secrets)))


def packed(secrets: VaultSecrets) -> bytes:
    """Return the payload of a body; WrongUseError name-not-possible."""
    chosen = secrets.settings
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
            [chosen.idle_minutes, chosen.store, chosen.beside, chosen.second, chosen.shares],
        ]
    )


def _name(name: str) -> str:
    """Refuse now what could not be read again; WrongUseError name-not-possible."""
    try:
        return wire.name(name)
    except RemoteProtocolError:
        raise WrongUseError("name-not-possible") from None


def unpacked(opened: Opened) -> VaultSecrets:
    """Return the secrets a body holds; a payload of the first version has no settings."""
    try:
        fields = wire.array(wire.unpack(opened.payload, vault_layout.PAYLOAD_BYTES))
        if len(fields) not in {8, 9}:
            raise AlunaError("vault-damaged")
        return VaultSecrets(
            dek=Secret(wire.octets(fields[0], 32)),
            sign_seed=Secret(wire.octets(fields[1], 32)),
            static_secret=Secret(wire.octets(fields[2], 32)),
            incarnation=wire.integer(fields[3], 0, 2**32 - 1),
            person=PersonId(wire.octets(fields[4], 16)),
            person_name=wire.name(fields[5]),
            device_name=wire.name(fields[6]),
            device_salt=Secret(wire.octets(fields[7], 32)),
            vault_key=Secret(opened.key),
            settings=_settings(fields[8]) if len(fields) > 8 else Settings(),
        )
    except RemoteProtocolError:
        raise AlunaError("vault-damaged") from None


def _settings(value: object) -> Settings:
    minutes, store, beside, second, shares = wire.array(value, 5)
    names = [name for name in (store, beside) if name]
    if not all(isinstance(name, str) and STORE_NAMES.fullmatch(name) for name in names):
        raise AlunaError("vault-damaged")
    return Settings(
        idle_minutes=wire.integer(minutes, 1, IDLE_MINUTES[-1]),
        store=store,
        beside=beside,
        second=wire.boolean(second),
        shares=wire.boolean(shares),
    )
