"""The page of sticks and folders: which directories this device uses, and how long work goes on."""

from __future__ import annotations

from aluna_protocol.dataclass import dataclass
from aluna_tui.texts import _
from aluna_tui.view_models.choices import Choice
from aluna_tui.view_models.facade import JournalDevice, Roads
from aluna_tui.view_models.plain import one_line
from aluna_tui.view_models.words import NAME_LETTERS

_LETTERS = 240


@dataclass(frozen=True, slots=True)
class FolderLines:
    """A folder, and sentences about it."""

    path: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CarryingPage:
    """What the page shows of folders."""

    folders: tuple[FolderLines, ...]


def carrying_page(roads: Roads | None) -> CarryingPage:
    """Return the page as it stands now."""
    found = [] if roads is None else roads.folders()
    return CarryingPage(
        tuple(
            FolderLines(path, tuple(one_line(one, _LETTERS) for one in words))
            for path, words in found
        )
    )


def reader_choices(device: JournalDevice) -> list[Choice]:
    """Return whom a bundle may be for: the others, and oneself for one's other devices."""
    people = device.people(device.collective())
    found = [Choice(one.id.hex(), one_line(one.name, NAME_LETTERS)) for one in people if not one.me]
    return found + [
        Choice(one.id.hex(), _("{name}: your other devices").format(name=one.name))
        for one in people
        if one.me and len(one.devices) > 1
    ]


def percent(done: int, total: int) -> str:
    """Say how much is done."""
    return _("{percent} % done").format(percent=100 * done // total if total else 100)
