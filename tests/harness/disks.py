"""A medium that fails when it is told to."""

from __future__ import annotations

from pathlib import Path

from aluna_sync.exchange.files import Disk


class FailingDisk(Disk):
    """Fails at the call of number *at* with *number*, and ever after it if it is *gone*."""

    def __init__(self, at: int = -1, number: int = 0, *, gone: bool = False) -> None:
        self.at = at
        self.number = number
        self.gone = gone
        self.calls: list[str] = []

    def _call(self, name: str) -> None:
        self.calls.append(name)
        count = len(self.calls) - 1
        if self.at >= 0 and (count == self.at or (self.gone and count > self.at)):
            raise OSError(self.number, "as told")

    def create(self, path: Path) -> int:
        """Make a new file."""
        self._call("create")
        return super().create(path)

    def write(self, descriptor: int, data: bytes) -> int:
        """Write some of *data*: not always all of it, as a medium may."""
        self._call("write")
        return super().write(descriptor, data[: max(700, len(data) // 2)])

    def seek(self, descriptor: int, place: int) -> None:
        """Go on at *place*."""
        self._call("seek")
        super().seek(descriptor, place)

    def flush(self, descriptor: int) -> None:
        """Flush a file."""
        self._call("flush")
        super().flush(descriptor)

    def close(self, descriptor: int) -> None:
        """Close a file; it is closed even if that fails."""
        super().close(descriptor)
        self._call("close")

    def rename(self, old: Path, new: Path) -> None:
        """Give a file its name."""
        self._call("rename")
        super().rename(old, new)

    def flush_names(self, directory: Path) -> None:
        """Flush a directory."""
        self._call("flush_names")
        super().flush_names(directory)
