"""Destroying this device's vault at once, the keys first (security design §5.4, S11).

Without the vault file nobody, the passphrase included, opens the store. That holds for this disc
as the system shows it: a backup, a snapshot or a flash controller may keep an older copy, which
the passphrase still opens. Programs must say so.
"""

from __future__ import annotations

import os
import signal
import stat
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aluna_sync.errors import AlunaError
from aluna_sync.locks import NodeLock, VaultLock
from aluna_sync.places import node_lock_path, vault_lock_path, vault_path
from aluna_sync.vault_file import sync_directory

LET_GO_SECONDS: Final = 1.0
"""How long an ended process may take to let go of its locks."""
_LOOK_SECONDS: Final = 0.01
OURS: Final = ("vault", "store", "node.lock")
"""Beginnings of the names this program gives to files of a home."""


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What a panic did: processes ended, and names in the home that are not this program's."""

    ended: int
    left: tuple[str, ...]


def destroy(home: Path, random_bytes: Callable[[int], bytes] = os.urandom) -> Destroyed:
    """Destroy keys, then end whoever has them open, then delete the data of *home*.

    Works at any moment, also while others write, and again after it was cut short. Raises
    AlunaError no-vault when *home* holds nothing of ours, home-not-writable.
    """
    if home.is_symlink() or not home.is_dir() or not any(_ours(home)):
        raise AlunaError("no-vault", home=str(home))
    try:
        _overwrite(vault_path(home), random_bytes)
        ended = _end_processes(home)
        # A vault being rewritten lies beside the old one for a moment.
        for path in _ours(home):
            path.unlink(missing_ok=True)
        sync_directory(home)
        left = tuple(sorted(path.name for path in home.iterdir()))
        if not left:
            home.rmdir()
    except OSError as error:
        raise AlunaError("home-not-writable", home=str(home), reason=error.errno) from None
    return Destroyed(ended, left)


def _ours(home: Path) -> list[Path]:
    return [path for path in home.iterdir() if path.name.startswith(OURS) and not path.is_dir()]


def _overwrite(path: Path, random_bytes: Callable[[int], bytes]) -> None:
    """Put noise over the file before its name goes; a link is only unlinked."""
    flags = os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        return
    except OSError:
        path.unlink()
        return
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        found = os.fstat(descriptor)
        if stat.S_ISREG(found.st_mode):
            file.write(random_bytes(found.st_size))
            os.fsync(descriptor)
    path.unlink()
    sync_directory(path.parent)


def _end_processes(home: Path) -> int:
    """End every process that has the vault open, and wait until none holds its locks."""
    holders = _holders(home)
    for process in holders:
        try:
            os.kill(process, signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
        except ProcessLookupError:
            continue
    deadline = time.monotonic() + LET_GO_SECONDS
    while holders and _is_held(home) and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
    return len(holders)


def _is_held(home: Path) -> bool:
    try:
        with VaultLock(home).alone(), NodeLock(home):
            return False
    except AlunaError:
        return True


def _holders(home: Path) -> set[int]:
    """Return the other processes that hold a lock of *home*.

    Linux lists who holds a lock. Elsewhere a node's lock names its process, and is only believed
    while somebody holds it; commands end by themselves in a moment.
    """
    if sys.platform == "linux":
        inodes = {_device_and_inode(path) for path in (vault_lock_path(home), node_lock_path(home))}
        locks = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
        found = {int(one[4]) for one in locks if one[1] == "FLOCK" and one[5] in inodes}
    else:
        found = _named_by_the_node(home)
    # 0 and -1 stand for processes of another container; as targets they would mean everybody.
    return {process for process in found if process > 1} - {os.getpid()}


def _device_and_inode(path: Path) -> str:
    try:
        found = path.stat()
    except FileNotFoundError:
        return ""
    return f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"


def _named_by_the_node(home: Path) -> set[int]:
    try:
        with NodeLock(home):
            return set()
    except AlunaError:
        named = node_lock_path(home).read_text().strip()
        return {int(named)} if named.isdecimal() else set()
