"""Which pictures there are to look at, of which space, and what a place in one opens."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId, SpaceId
from aluna_tui.picture_labels import PICTURES
from aluna_tui.texts import _

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_sync.journal.pictures.drawing import Asked, Picture
    from aluna_tui.picture_words import Names

IMPACTS: Final = "impacts"
BY_PERIOD: Final = ("care", "year")
"""Pictures of one month, or one year, that have one before and one after."""
_MONTH: Final = 7


@dataclass(frozen=True, slots=True)
class Choice:
    """How somebody looks at a picture: which, of what space, by what, of which month or year."""

    name: str
    space: SpaceId
    expressions: bool = False
    period: str = ""

    def turned(self) -> Choice:
        """Return the same with the other columns."""
        return Choice(self.name, self.space, not self.expressions, self.period)

    def moved(self, step: int, today: dt.date) -> Choice:
        """Return the same of *step* months or years later."""
        return Choice(
            self.name, self.space, self.expressions, later(self.name, self.period, step, today)
        )

    def of(self, space: SpaceId) -> Choice:
        """Return the same of another space."""
        return Choice(self.name, space, self.expressions, self.period)


def later(name: str, period: str, step: int, today: dt.date) -> str:
    """Return the month (YYYY-MM) or year (YYYY) *step* after *period*, or after today's."""
    year = int(period[:4] or today.year)
    if name == "year":
        return f"{max(1, min(9999, year + step)):04}"
    month = int(period[5:_MONTH] or today.month) - 1 + step
    year = max(1, min(9999, year + month // 12))
    return f"{year:04}-{month % 12 + 1:02}"


def shared_spaces(device: Device) -> list[SpaceId]:
    """Return the spaces pictures can be of: the collective, then circles; never what is private."""
    collective = device.collective()
    circles = [
        space
        for space, row in device.spaces.rows.items()
        if row.collective == collective and device.space_kind(space) == "circle"
    ]
    return [collective, *sorted(circles, key=device.space_name)]


def look_at(device: Device, choice: Choice, today: dt.date) -> Picture:
    """Return the picture somebody chose."""
    from aluna_sync.picturing import picture

    return picture(device, choice.name, choice.space, today, asked=_asked(choice))


def _asked(choice: Choice) -> Asked:
    from aluna_sync.journal.pictures.drawing import Asked

    return Asked(choice.expressions, choice.period, ())


def names_of(device: Device) -> Names:
    """Return what records and persons are called on *device*."""
    from aluna_tui.picture_words import Names

    def title(document: DocumentId) -> tuple[str, str]:
        return device.store.index.titles([document]).get(document, ("", ""))

    def text(document: DocumentId, field: str) -> str:
        record = device.record(document)
        return "" if record is None else record.texts.get(field, "")

    return Names(title, device.person_name_of, text)


def whose_words(device: Device, space: SpaceId) -> str:
    """Say whose records a picture shows."""
    if device.space_kind(space) == "circle":
        return _("what the circle “{name}” shares").format(name=device.space_name(space))
    return _("what all of you share")


def choices() -> list[tuple[str, str, str]]:
    """Return name, title and what it shows, of every picture."""
    return [(name, _(label.title), _(label.about)) for name, label in PICTURES.items()]
