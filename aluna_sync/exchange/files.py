"""Files on sticks and in folders of others: nothing in a name or a file system is trusted.

A file is read through one descriptor that was looked at once, and written under another name first:
under its own name there is a whole file or none.
"""

from __future__ import annotations

import base64
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from aluna_protocol import limits
from aluna_sync import plain_files
from aluna_sync.errors import AlunaError

ENDING: Final = ".bin"
_UNFINISHED: Final = ".part"
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CLOSED: Final = {errno.EROFS, errno.EACCES, errno.EPERM}

RandomBytes = Callable[[int], bytes]


class Disk:
    """The few calls that change something outside; tests give one that fails."""

    def create(self, path: Path) -> int:
        """Make a new file that only this person may read, and open it."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        return os.open(path, flags | getattr(os, "O_BINARY", 0), 0o600)

    def write(self, descriptor: int, data: bytes) -> int:
        """Write some of *data*; return how much."""
        return os.write(descriptor, data)

    def seek(self, descriptor: int, place: int) -> None:
        """Go on at *place*."""
        os.lseek(descriptor, place, os.SEEK_SET)

    def flush(self, descriptor: int) -> None:
        """Return when everything written is on the medium."""
        os.fsync(descriptor)

    def close(self, descriptor: int) -> None:
        """Close a file."""
        os.close(descriptor)

    def rename(self, old: Path, new: Path) -> None:
        """Give a whole file its name."""
        old.replace(new)

    def remove(self, path: Path) -> None:
        """Delete a file of ours."""
        path.unlink()

    def flush_names(self, directory: Path) -> None:
        """Return when the names in *directory* are on the medium, where that can be asked."""
        if os.name == "nt":
            return
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            # Some file systems of sticks and networks know no such thing.
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):
                raise
        finally:
            os.close(descriptor)


def random_name(random_bytes: RandomBytes) -> str:
    """Return a name that tells nothing: 26 letters and digits."""
    letters = base64.b32encode(random_bytes(16)).decode().rstrip("=").lower()
    return letters + ENDING


def target(path: Path, random_bytes: RandomBytes) -> Path:
    """Return where to write for somebody who said *path*; a directory gets a random name in it.

    Raises AlunaError bundle-exists, no-such-place.
    """
    if path.is_dir():
        return path / random_name(random_bytes)
    if path.is_symlink() or path.exists():
        raise AlunaError("bundle-exists", path=str(path))
    if not path.parent.is_dir():
        raise AlunaError("no-such-place", path=str(path.parent))
    return path


def folder_path(directory: Path, home: Path) -> Path:
    """Return a directory as it is remembered; raises AlunaError no-such-place, folder-at-home."""
    path = directory.resolve()
    if not path.is_dir():
        raise AlunaError("no-such-place", path=str(directory))
    if path == home.resolve() or home.resolve() in path.parents:
        raise AlunaError("folder-at-home", path=str(directory))
    return path


class Writing:
    """A file being written beside its final name."""

    def __init__(self, disk: Disk, descriptor: int) -> None:
        self._disk = disk
        self._descriptor = descriptor
        self.size = 0

    def write(self, data: bytes) -> None:
        """Add *data* at the end. Raises AlunaError bundle-too-large."""
        self.size += len(data)
        if self.size > limits.MAX_BUNDLE_BYTES:
            raise AlunaError("bundle-too-large", most=limits.MAX_BUNDLE_BYTES // limits.MIB)
        self._write(data)

    def write_at_beginning(self, data: bytes) -> None:
        """Write *data* over what was left free for it at the beginning."""
        self._disk.seek(self._descriptor, 0)
        self._write(data)

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[self._disk.write(self._descriptor, bytes(left)) :]


@contextmanager
def written(path: Path, disk: Disk) -> Iterator[Writing]:
    """Give what writes a new file; it has its name, and is on the medium, when the block ends.

    Whatever fails leaves nothing under that name. Raises AlunaError disk-full-there,
    place-not-writable, place-gone.
    """
    hidden = unfinished(path)
    try:
        descriptor = disk.create(hidden)
        try:
            try:
                yield Writing(disk, descriptor)
                disk.flush(descriptor)
            finally:
                disk.close(descriptor)
            disk.rename(hidden, path)
            disk.flush_names(path.parent)
        except BaseException:
            with suppress(OSError):
                disk.remove(hidden)
            raise
    except OSError as error:
        raise _trouble(error, path.parent) from None


def _trouble(error: OSError, place: Path) -> AlunaError:
    if error.errno in _FULL:
        return AlunaError("disk-full-there", path=str(place))
    if error.errno in _CLOSED:
        return AlunaError("place-not-writable", path=str(place))
    return AlunaError("place-gone", path=str(place))


def unfinished(path: Path) -> Path:
    """Return where the file at *path* is while it is written: hidden, in the same directory."""
    return path.with_name(f".{path.name}{_UNFINISHED}")


def is_unfinished(name: str) -> bool:
    """Tell whether *name* is one that files have while they are written."""
    return name.startswith(".") and name.endswith(_UNFINISHED)


# -- reading -------------------------------------------------------------------------------------


@contextmanager
def opened(path: Path, *, may_be_linked: bool = False) -> Iterator[int]:
    """Open the plain file at *path*, small enough for a bundle, to read it.

    Raises AlunaError bundle-too-large, not-a-plain-file, no-such-file, file-not-readable.
    """
    with plain_files.opened(path, may_be_linked=may_be_linked) as descriptor:
        if os.fstat(descriptor).st_size > limits.MAX_BUNDLE_BYTES:
            raise AlunaError("bundle-too-large", most=limits.MAX_BUNDLE_BYTES // limits.MIB)
        yield descriptor


def read_at(descriptor: int, place: int, size: int) -> bytes:
    """Return what stands at *place*, less than *size* only where the file ends.

    Raises AlunaError file-not-readable.
    """
    pieces = []
    try:
        os.lseek(descriptor, place, os.SEEK_SET)
        while size and (piece := os.read(descriptor, size)):
            pieces.append(piece)
            size -= len(piece)
    except OSError:
        raise AlunaError("file-not-readable", path="") from None
    return b"".join(pieces)
