"""A sealed backup of a device, and coming back from it as a new incarnation (decisions 0004, 0018).

A backup holds what the passphrase that opened the device opens, and nothing of the other
compartment. Whoever comes back from it writes under a new incarnation from the first moment, so the
log of the device is never continued from an older place: that would fork it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

from aluna_protocol.dataclass import dataclass
from aluna_sync import plain_files, vault, vault_file, vault_layout, word_shares
from aluna_sync.backup_file import Slots, opened, read_slots, sealed
from aluna_sync.device import Device
from aluna_sync.engine.types import Engine
from aluna_sync.errors import AlunaError, LockedError, WrongUseError
from aluna_sync.founding import open_secrets
from aluna_sync.locks import VaultLock, writing
from aluna_sync.places import store_path, vault_path
from aluna_sync.safety import wrapping_of
from aluna_sync.store.store import Store
from aluna_sync.vault_layout import Opened, Removes
from aluna_sync.vault_secrets import Secret, Settings, VaultSecrets, copied, packed, unpacked

COPY_NAME: Final = "store-copy.db"
RESTORING_NAME: Final = "store-restoring.db"
LOCK_NAMES: Final = ("vault.lock", "node.lock")
_STORE_BEGINS: Final = 1 + vault_layout.PAYLOAD_BYTES
_READ_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Written:
    """A backup: how many bytes it has."""

    size: int


# -- writing -------------------------------------------------------------------------------------


def seal_waiting(device: Device) -> None:
    """Bring edits that wait into the log: restored unsealed, they would be written a second time.

    While companions are there the node seals them itself, within a moment and only when nobody
    knows the own log better.
    """
    if device.online:
        return
    for space in sorted(device.spaces.rows):
        if device.spaces.can_write(space):
            device.seal(space)


def write(device: Device, path: Path, *, phrase: str | None = None) -> Written:
    """Write a backup of *device* to a new file at *path*, consistent whoever writes meanwhile.

    Call `seal_waiting` first; this may then run in a thread of its own. It opens with the
    passphrase of the vault, and with its word shares if there are any; with *phrase* only with
    that. Raises WrongUseError file-exists, AlunaError disk-full, backup-not-written, vault-in-use,
    vault-changed.
    """
    if path.exists() or path.is_symlink():
        raise WrongUseError("file-exists", path=str(path))
    secrets = device.safety.copy_secrets()
    try:
        with writing(device.home):
            slots, key = _slots(device.home, bytes(secrets.vault_key), phrase)
            with _copy_of(device.home, secrets) as (copy, dek):
                kept = Settings(secrets.settings.idle_minutes, shares=secrets.settings.shares)
                inside = replace(secrets, dek=Secret(dek), settings=kept)
                content = _content(device.safety.removes, packed(inside), copy)
                return Written(_put(path, sealed(slots, key, content, os.urandom)))
    finally:
        secrets.wipe()


def _slots(home: Path, key: bytes, phrase: str | None) -> tuple[Slots, bytes]:
    layout = vault.standing_layout(home)
    if phrase is None:
        index = vault.found_compartment(layout, key).index
        own = layout.compartments[index]
        return Slots(layout.header, own.by_passphrase, own.by_shares), key
    secret = vault.new_passphrase_bytes(phrase)
    fresh = os.urandom(vault_layout.KEY_BYTES)
    salt = os.urandom(vault_layout.SALT_BYTES)
    header = vault_layout.new_layout(layout.cost, salt, os.urandom).header
    wrapping = vault_file.derive(secret, salt, layout.cost)
    slot = vault_layout.seal_key(header, wrapping, fresh, os.urandom)
    return Slots(header, slot, os.urandom(vault_layout.SLOT_BYTES)), fresh


@contextmanager
def _copy_of(home: Path, secrets: VaultSecrets) -> Iterator[tuple[Path, bytes]]:
    """Yield a copy of the store as it stands at one moment, under a key of its own."""
    copy, dek = store_path(home, COPY_NAME), os.urandom(32)
    _remove(copy)
    store = Store.open(store_path(home, secrets.settings.store), bytes(secrets.dek))
    try:
        try:
            store.copy_to(copy, dek)
        finally:
            store.close()
        yield copy, dek
    finally:
        _remove(copy)


def _content(removes: Removes, payload: bytes, store: Path) -> Iterator[bytes]:
    yield bytes([removes]) + vault_layout.padded(payload)
    with store.open("rb") as file:
        while piece := file.read(_READ_BYTES):
            yield piece


def _put(path: Path, pieces: Iterable[bytes]) -> int:
    """Write *pieces* to a new private file, whole or not at all; return its size."""
    beside = path.with_name(f".{path.name}.{os.urandom(4).hex()}.new")
    size = 0
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for piece in pieces:
                    size += file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        # Some sticks do not sync directories.
        with suppress(OSError):
            vault_file.sync_directory(path.parent)
    except OSError as error:
        full = error.errno in {28, 122}  # ENOSPC, EDQUOT
        code = "disk-full" if full else "backup-not-written"
        raise AlunaError(code, path=str(path)) from None
    return size


# -- coming back ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What opens a backup: its passphrase or phrase, or two word shares and a new passphrase."""

    passphrase: str
    shares: tuple[str, ...] = ()


async def restore(
    home: Path,
    path: Path,
    asked: Asked,
    *,
    engine: Engine | None = None,
    turn: AbstractAsyncContextManager[object] | None = None,
) -> None:
    """Make the device of the backup at *path* again in *home*, as a new incarnation of itself.

    The vault file is written last, so that whatever fails before leaves nothing. Raises LockedError
    wrong-passphrase, shares-open-nothing; AlunaError home-not-empty, not-a-backup, backup-damaged,
    backup-too-new, backup-not-read, not-a-plain-file, disk-full; as `word_shares.join`.
    """
    new = _refuse_used(home)
    try:
        with _reading(path) as file:
            slots, prologue = read_slots(file)
            key, by_passphrase = _key(slots, asked)
            vault_file.prepare_home(home)
            with VaultLock(home).alone():
                secrets, removes = _take(opened(file, slots, prologue, key), home, key)
        incarnation = await _begin_again(home, secrets, engine, turn)
    except BaseException:
        _remove(store_path(home, RESTORING_NAME))
        if new:
            _remove_home(home)
        raise
    with VaultLock(home).alone():
        changed = replace(secrets, incarnation=incarnation)
        slots = replace(slots, by_passphrase=by_passphrase)
        _put_in_place(home, changed, slots, key, removes)
    secrets.wipe()


def _refuse_used(home: Path) -> bool:
    """Let only an empty place through, and tell whether there is nothing at all yet."""
    if home.is_symlink():
        raise AlunaError("home-is-a-link", home=str(home))
    if vault.vault_exists(home):
        raise AlunaError("vault-exists", home=str(home))
    if home.exists() and not home.is_dir():
        raise AlunaError("home-not-a-directory", home=str(home))
    found = {each.name for each in home.iterdir()} if home.exists() else set()
    left_over = {name for name in found if name.startswith(RESTORING_NAME)}
    if found - left_over - {*LOCK_NAMES}:
        raise AlunaError("home-not-empty", home=str(home))
    return not home.exists()


@contextmanager
def _reading(path: Path) -> Iterator[BinaryIO]:
    try:
        with plain_files.opened(path) as descriptor, os.fdopen(os.dup(descriptor), "rb") as file:
            yield file
    except AlunaError as error:
        if error.code in ("no-such-file", "file-not-readable"):
            raise AlunaError("backup-not-read", path=str(path)) from None
        raise
    except OSError:
        raise AlunaError("backup-not-read", path=str(path)) from None


def _key(slots: Slots, asked: Asked) -> tuple[bytes, bytes]:
    """Return the key the slots hold, and the key slot of the passphrase from now on."""
    cost, salt = vault_layout.parse_header(slots.header)
    if not asked.shares:
        secret = vault.passphrase_bytes(asked.passphrase)
        key = slots.open(vault_file.derive(secret, salt, cost), shares=False)
        if key is None:
            raise LockedError("wrong-passphrase")
        return key, slots.by_passphrase
    secret = vault.new_passphrase_bytes(asked.passphrase)
    key = slots.open(wrapping_of(word_shares.join(asked.shares)), shares=True)
    if key is None:
        raise LockedError("shares-open-nothing")
    wrapping = vault_file.derive(secret, salt, cost)
    return key, vault_layout.seal_key(slots.header, wrapping, key, os.urandom)


def _take(content: Iterator[bytes], home: Path, key: bytes) -> tuple[VaultSecrets, Removes]:
    """Write the store of a backup into *home*; return its secrets and choice, which come first."""
    target = store_path(home, RESTORING_NAME)
    _remove(target)
    first = next(content)
    removes = Removes(first[0])
    secrets = unpacked(Opened(0, key, vault_layout.unpadded(first[1:_STORE_BEGINS])))
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(first[_STORE_BEGINS:])
            for piece in content:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        full = error.errno in {28, 122}  # ENOSPC, EDQUOT
        raise AlunaError("disk-full" if full else "home-not-writable", home=str(home)) from None
    return secrets, removes


async def _begin_again(
    home: Path,
    secrets: VaultSecrets,
    engine: Engine | None,
    turn: AbstractAsyncContextManager[object] | None,
) -> int:
    """Become a new incarnation before anything else can be done with the store; return it."""
    copy = copied(secrets)
    settings = replace(copy.settings, store=RESTORING_NAME)
    device = open_secrets(home, replace(copy, settings=settings), engine, turn)
    try:
        return await device.begin_again()
    finally:
        device.lock()


def _put_in_place(
    home: Path, secrets: VaultSecrets, slots: Slots, key: bytes, removes: Removes
) -> None:
    restoring = store_path(home, RESTORING_NAME)
    restoring.replace(store_path(home))
    cost, salt = vault_layout.parse_header(slots.header)
    layout = replace(vault_layout.new_layout(cost, salt, os.urandom), removes=removes)
    layout = layout.with_compartment(
        os.urandom(1)[0] % vault_layout.COMPARTMENTS,
        by_passphrase=slots.by_passphrase,
        by_shares=slots.by_shares,
        body=vault_layout.seal_body(layout.header, key, packed(secrets), os.urandom),
    )
    vault_file.write_file(vault_path(home), layout.to_bytes())


def _remove(store: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        store.with_name(store.name + ending).unlink(missing_ok=True)


def _remove_home(home: Path) -> None:
    for name in LOCK_NAMES:
        (home / name).unlink(missing_ok=True)
    # Somebody else may have put something there meanwhile: that is not ours to delete.
    with suppress(OSError):
        home.rmdir()
