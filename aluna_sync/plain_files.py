"""Opening a file somebody brought: a plain file with one name, through one descriptor, or nothing.

What a stick, a folder of others or a mail brought may be made to lead elsewhere, to wait for ever,
or to be another file at the second look (security: S1).
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from aluna_sync.errors import AlunaError

_STRANGE: Final = (errno.ELOOP, errno.ENXIO, errno.ENODEV, errno.EISDIR)
"""A symbolic link put there in the last moment, a socket, a device without its hardware."""


@contextmanager
def opened(path: Path, *, may_be_linked: bool = False) -> Iterator[int]:
    """Open the plain file at *path* to read it; nothing else is followed, waited for or read.

    Raises AlunaError not-a-plain-file for symbolic links, pipes, devices, directories and, unless
    *may_be_linked*, files that have a second name; no-such-file, file-not-readable.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if path.is_symlink():
            raise AlunaError("not-a-plain-file", path=str(path))
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise AlunaError("no-such-file", path=str(path)) from None
    except OSError as error:
        code = "not-a-plain-file" if error.errno in _STRANGE else "file-not-readable"
        raise AlunaError(code, path=str(path)) from None
    try:
        found = os.fstat(descriptor)
        # Whoever has the other name of a file may change it under our eyes.
        linked = found.st_nlink > 1 and not may_be_linked
        if not stat.S_ISREG(found.st_mode) or linked:
            raise AlunaError("not-a-plain-file", path=str(path))
        yield descriptor
    finally:
        os.close(descriptor)
