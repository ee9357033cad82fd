"""Destroying this device's vault at once, the keys first (security design §5.4, S11).

Without the vault file nobody, the passphrase included, opens the store. That holds for this disc
as the system shows it: a backup, a snapshot or a flash controller may keep an older copy, which
the passphrase still opens. Programs must say so.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.errors import AlunaError
from aluna_sync.locks import NodeLock, VaultLock
from aluna_sync.places import node_lock_path, vault_lock_path, vault_path
from aluna_sync.vault import removes_of
from aluna_sync.vault_file import put_noise, sync_directory
from aluna_sync.vault_layout import Removes

LET_GO_SECONDS: Final = 1.0
"""How long an ended process may take to let go of its locks."""
CLOSE_SECONDS: Final = 10.0
"""How long screens and nodes may take to keep what is typed and close."""
_LOOK_SECONDS: Final = 0.01
OURS: Final = ("vault", "store", "node.lock")
"""Beginnings of the names this program gives to files of a home."""


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What a panic did: processes ended; names in the home that are not this program's."""

    ended: int
    left: tuple[str, ...]
    kept: bool
    """Whether the store, which nothing opens any more, was left where it is."""


def destroy(
    home: Path,
    random_bytes: Callable[[int], bytes] = os.urandom,
    *,
    removes: Removes | None = None,
) -> Destroyed:
    """Destroy keys, then end whoever has them open, then delete the data of *home*.

    *removes* None: what was chosen for this vault. Only KEYS leaves the store: parts of what it
    holds cannot be removed without opening it (see `forgetting`). Works at any moment, also while
    others write, and again after it was cut short. Raises AlunaError no-vault when *home* holds
    nothing of ours, home-not-writable.
    """
    if not is_anything_here(home):
        raise AlunaError("no-vault", home=str(home))
    chosen = removes_of(home) if removes is None else removes
    try:
        destroy_keys(home, random_bytes)
        ended = end_processes(home)
        if chosen is Removes.KEYS:
            # A writer that was being ended may have put a new vault in place.
            destroy_keys(home, random_bytes)
        else:
            for path in _ours(home):
                path.unlink(missing_ok=True)
        sync_directory(home)
        kept = bool(_ours(home)) and chosen is Removes.KEYS
        ours = {path.name for path in _ours(home)}
        left = tuple(sorted(path.name for path in home.iterdir() if path.name not in ours))
        if not left and not kept:
            home.rmdir()
    except OSError as error:
        raise AlunaError("home-not-writable", home=str(home), reason=error.errno) from None
    return Destroyed(ended, left, kept)


def is_anything_here(home: Path) -> bool:
    """Tell whether *home* holds something a panic would destroy."""
    return home.is_dir() and not home.is_symlink() and bool(_ours(home))


def destroy_keys(home: Path, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
    """Put noise over the vault file, and over one that was being written, before the names go."""
    for path in _vaults(home):
        _overwrite(path, random_bytes)


def _vaults(home: Path) -> list[Path]:
    # A vault being rewritten lies beside the old one for a moment.
    return [vault_path(home), *sorted(home.glob(f"{vault_path(home).name}.*.new"))]


def _ours(home: Path) -> list[Path]:
    return [path for path in home.iterdir() if path.name.startswith(OURS) and not path.is_dir()]


def _overwrite(path: Path, random_bytes: Callable[[int], bytes]) -> None:
    """Put noise over the file before its name goes; a link is only unlinked."""
    if not path.exists() and not path.is_symlink():
        return
    put_noise(path, random_bytes)
    path.unlink(missing_ok=True)
    sync_directory(path.parent)


def end_processes(home: Path) -> int:
    """End every process that has the vault open, and wait until none holds its locks."""
    forcibly = signal.SIGKILL if os.name == "posix" else signal.SIGTERM
    return _signal_holders(home, forcibly, LET_GO_SECONDS)


def close_processes(home: Path) -> tuple[int, int]:
    """Ask every process that has the vault open to close it and end.

    Returns how many were asked, and how many still have it open after a while.
    """
    if os.name != "posix" or not home.is_dir():
        return 0, 0
    return _signal_holders(home, signal.SIGTERM, CLOSE_SECONDS), len(holders_of(home))


def _signal_holders(home: Path, number: int, seconds: float) -> int:
    holders = holders_of(home)
    for process in holders:
        try:
            os.kill(process, number)
        except ProcessLookupError:
            continue
    deadline = time.monotonic() + seconds
    while holders and _is_held(home) and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
    return len(holders)


def _is_held(home: Path) -> bool:
    try:
        with VaultLock(home).alone(), NodeLock(home):
            return False
    except AlunaError:
        return True


def holders_of(home: Path) -> set[int]:
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
