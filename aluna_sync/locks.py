"""Who has the vault open: many processes share it, some operations must be alone, one node runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from aluna_sync.errors import AlunaError
from aluna_sync.places import node_lock_path, vault_lock_path

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, *, alone: bool) -> None:
        # Windows locks are never shared: there only `alone` locks, and SQLite guards the rest.
        if alone:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int, *, alone: bool) -> None:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)


class _FileLock:
    """A lock that ends with its process, however it dies; the file stays and means nothing."""

    def __init__(self, path: Path, code: str, *, alone: bool) -> None:
        self._path = path
        self._code = code
        self._alone = alone
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock at once or raise the `AlunaError` of its kind."""
        if self._descriptor is not None:
            return
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(self._path, flags, 0o600)
        try:
            self._lock(descriptor, alone=self._alone)
        except AlunaError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def _lock(self, descriptor: int, *, alone: bool) -> None:
        try:
            _lock(descriptor, alone=alone)
        except OSError:
            raise AlunaError(self._code) from None

    def release(self) -> None:
        """Let go of the lock; a second time does nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


class VaultLock(_FileLock):
    """Shared by all processes with the vault open; AlunaError vault-in-use when one is alone."""

    def __init__(self, home: Path) -> None:
        super().__init__(vault_lock_path(home), "vault-in-use", alone=False)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only process with the vault open (rebuild, restore); AlunaError vault-in-use."""
        was_held = self._descriptor is not None
        self.acquire()
        assert self._descriptor is not None
        try:
            self._lock(self._descriptor, alone=True)
            yield
        finally:
            # A shared lock on the same file replaces the exclusive one, also after a refusal,
            # which on some systems drops the lock that was held before.
            if was_held:
                self._lock(self._descriptor, alone=False)
            else:
                self.release()


class NodeLock(_FileLock):
    """Held by the one node (or the screens) of a vault; AlunaError node-already-running.

    While it is held its file names the process, for systems that do not tell who holds a lock.
    """

    def __init__(self, home: Path) -> None:
        super().__init__(node_lock_path(home), "node-already-running", alone=True)

    def acquire(self) -> None:
        """Take the lock at once, or raise."""
        super().acquire()
        if self._descriptor is not None and os.name == "posix":
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)


@contextmanager
def writing(home: Path) -> Iterator[None]:
    """Be the only process that rewrites the vault file of *home*; AlunaError vault-in-use.

    The directory itself is locked, for a moment. Windows has no such lock: there the last who
    writes wins, whole.
    """
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(home, os.O_RDONLY)
    try:
        try:
            _lock(descriptor, alone=True)
        except OSError:
            raise AlunaError("vault-in-use") from None
        yield
    finally:
        os.close(descriptor)


def node_runs(home: Path) -> bool:
    """Tell whether a node (or the screens) of *home* runs in some process.

    The lock is tried for a moment: ask only where a node is known to have run.
    """
    try:
        descriptor = os.open(node_lock_path(home), os.O_RDWR)
    except OSError:
        return False
    try:
        _lock(descriptor, alone=True)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
