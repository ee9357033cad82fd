"""How the vault file is written, what opening it costs, and the directory it lies in (S7, S10).

A file is written beside the old one, synced, and renamed over it, so there is always exactly one
whole vault; then noise is put over the old one, which an old passphrase could still open.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from aluna_protocol import crypto
from aluna_protocol.dataclass import dataclass
from aluna_sync.errors import AlunaError

MAX_FILE_BYTES: Final = 16 * 1024
"""Secrets and two names of at most 256 bytes; anything longer is not a vault."""
MIB: Final = 1024 * 1024
LEAST_MEMORY: Final = 64 * MIB
MOST_MEMORY: Final = 1024 * MIB
LEAST_PASSES: Final = 2
MOST_PASSES: Final = 10
OTHERS: Final = 0o077
OUR_FILES: Final = ("vault", "store.db", "node.lock")
"""Beginnings of the names this program gives: a home that holds more is left as it is."""


@dataclass(frozen=True, slots=True)
class KdfCost:
    """What one guess of the passphrase costs: Argon2id passes and bytes of memory.

    Raises AlunaError vault-parameters outside 2 to 10 passes and 64 MiB to 1 GiB: less would make
    guessing cheap, more would let a planted file exhaust the device.
    """

    passes: int
    memory: int

    def __post_init__(self) -> None:
        bounded = (
            LEAST_PASSES <= self.passes <= MOST_PASSES
            and LEAST_MEMORY <= self.memory <= MOST_MEMORY
        )
        if not bounded:
            raise AlunaError("vault-parameters")


def derive(passphrase: bytes, salt: bytes, cost: KdfCost) -> bytes:
    """Return the key that wraps the secrets; AlunaError not-enough-memory."""
    try:
        return crypto.argon2id(passphrase, salt, passes=cost.passes, memory=cost.memory)
    except (MemoryError, RuntimeError):
        # libsodium reports a failed allocation without saying so.
        raise AlunaError("not-enough-memory", needed=cost.memory) from None


# -- the directory and the file ------------------------------------------------------------------


def prepare_home(home: Path) -> tuple[str, ...]:
    """Create *home* for its owner only, or check it; returns codes of what had to be put right.

    Codes: home-was-open, vault-was-open. Raises AlunaError home-is-a-link,
    home-of-someone-else, home-not-a-directory, home-not-writable.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        code = "home-is-a-link" if home.is_symlink() else "home-not-a-directory"
        raise AlunaError(code, home=str(home)) from None
    except OSError as error:
        raise AlunaError("home-not-writable", home=str(home), reason=error.errno) from None
    return check_home(home)


def check_home(home: Path) -> tuple[str, ...]:
    """Check an existing *home* and the files in it; see `prepare_home`."""
    found = home.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise AlunaError("home-is-a-link", home=str(home))
    if not stat.S_ISDIR(found.st_mode):
        raise AlunaError("home-not-a-directory", home=str(home))
    if os.name != "posix":
        # Elsewhere a person's data directory is private by its access list; modes mean nothing.
        return ()
    if found.st_uid != os.geteuid():
        raise AlunaError("home-of-someone-else", home=str(home))
    notices = []
    if found.st_mode & OTHERS:
        home.chmod(0o700)
        notices.append("home-was-open")
    if _close_files(home):
        notices.append("vault-was-open")
    return tuple(notices)


def _close_files(home: Path) -> bool:
    """Take every right of others from our files in *home*; tell whether there was one."""
    found_open = False
    for path in home.iterdir():
        if not path.name.startswith(OUR_FILES):
            continue
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode) and mode & OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~OTHERS)
            found_open = True
    return found_open


def read_file(path: Path) -> bytes:
    """Return the bytes of the vault file; AlunaError no-vault, vault-not-a-file, vault-damaged."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise AlunaError("no-vault", home=str(path.parent)) from None
    except OSError:
        raise AlunaError("vault-not-a-file") from None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise AlunaError("vault-not-a-file")
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise AlunaError("vault-damaged")
    return data


def write_file(path: Path, data: bytes) -> None:
    """Put *data* in place of the file at *path*, whole or not at all, and on the disk.

    Raises AlunaError disk-full, home-not-writable; the old file is then untouched. For one process
    at a time: what an earlier one that was cut short left beside the file is destroyed.
    """
    for left in path.parent.glob(f"{path.name}.*.new"):
        put_noise(left)
        left.unlink(missing_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    # Windows replaces no file that somebody has open, not even oneself.
    old = _open_to_write(path) if os.name == "posix" else None
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_directory(path.parent)
        if old is not None:
            # The new one is in force; a disc that refuses noise only makes a promise weaker.
            with suppress(OSError):
                _fill_with_noise(old)
    except OSError as error:
        beside.unlink(missing_ok=True)
        full = error.errno in {28, 122}  # ENOSPC, EDQUOT
        code = "disk-full" if full else "home-not-writable"
        raise AlunaError(code, home=str(path.parent)) from None
    finally:
        if old is not None:
            os.close(old)


def put_noise(path: Path, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
    """Put noise over the bytes of a file; a link, a pipe or nothing at all is left alone."""
    descriptor = _open_to_write(path)
    if descriptor is not None:
        try:
            _fill_with_noise(descriptor, random_bytes)
        finally:
            os.close(descriptor)


def _open_to_write(path: Path) -> int | None:
    flags = os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError:
        return None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    return None


def _fill_with_noise(descriptor: int, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, random_bytes(os.fstat(descriptor).st_size))
    os.fsync(descriptor)


def sync_directory(directory: Path) -> None:
    """Make names that came or went last; systems that are not POSIX do it by themselves."""
    if os.name != "posix":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
