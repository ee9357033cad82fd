"""Bundles and folders as the screens use them: what to do, and sentences about what was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aluna_sync.errors import AlunaError, WrongUseError
from aluna_tui.carrying_words import looked_words, taken_words, written_words
from aluna_tui.texts import _

if TYPE_CHECKING:
    from aluna_protocol.ids import PersonId
    from aluna_sync.device import Device
    from aluna_sync.store.folders import FolderRow

Told = Callable[[int, int], None]
"""Told how much is done, and of how much."""


class DeviceRoads:
    """The roads of a device that lead over files."""

    def __init__(self, device: Device) -> None:
        self._device = device

    async def write(
        self, where: str, told: Told, persons: Sequence[PersonId] | None = None
    ) -> list[str]:
        """Write a bundle for *persons*, or for everybody, and say what is in it.

        Raises `AlunaError`.
        """
        from aluna_sync.exchange.choosing import loads, seal_pending, spaces_of
        from aluna_sync.exchange.files import target
        from aluna_sync.exchange.writing import write_bundle_in_turns

        device = self._device
        spaces = spaces_of(device, device.collective())
        path = target(_path(where), device.random_bytes)
        seal_pending(device, spaces)
        chosen = loads(device, spaces, persons, everything=False)
        if not chosen:
            raise WrongUseError("nobody-to-carry-to")
        written = await write_bundle_in_turns(device, path, chosen, progress=told)
        waiting = sum(device.store.log.pending_count(space) for space in spaces)
        return [*written_words(device, written, waiting), str(written.path)]

    async def read(self, where: str, told: Told) -> list[str]:
        """Read a bundle and say what it brought; raises `AlunaError`."""
        from aluna_sync.exchange.reading import read_bundle_in_turns, settle

        taken = await read_bundle_in_turns(self._device, _path(where), progress=told)
        if not taken.spaces and not taken.cut_short:
            raise AlunaError("bundle-not-for-us")
        await settle(self._device, taken)
        said = taken_words(self._device, taken)
        if taken.cut_short:
            said.append(_("The file ended before everything was read; what came whole is kept."))
        return said

    def folders(self) -> list[tuple[str, list[str]]]:
        """Return each folder's path, and sentences about it."""
        store = self._device.store.folders
        return [(str(row.path), self._about(row)) for row in store.all()]

    def _about(self, row: FolderRow) -> list[str]:
        files = list(self._device.store.folders.files(row).values())
        return looked_words(row, self._device.space_name(row.collective), files)

    def add_folder(self, where: str) -> None:
        """Use a directory from now on; raises `AlunaError`."""
        from aluna_sync.exchange.files import folder_path

        path = folder_path(_path(where), self._device.home)
        self._device.store.folders.add(path, self._device.collective())

    def forget_folder(self, path: str) -> None:
        """Use a directory no more."""
        for row in self._device.store.folders.all():
            if str(row.path) == path:
                self._device.store.folders.forget(row)


def _path(where: str) -> Path:
    """Return what somebody typed as a path; raises WrongUseError no-such-place."""
    try:
        return Path(where.strip()).expanduser()
    except RuntimeError:
        raise WrongUseError("no-such-place", path=where) from None
