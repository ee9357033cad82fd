"""What lies in the tray, as lines to read and things to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.errors import AlunaError
from aluna_tui.describing import passages
from aluna_tui.labels import sentence
from aluna_tui.late_words import late_line
from aluna_tui.sentences import what_happened
from aluna_tui.texts import _
from aluna_tui.view_models.choices import Choice
from aluna_tui.view_models.plain import one_line, paragraphs

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_sync.tray import LateFacts

MOST_SHOWN: Final = 20
"""Records read at once: each is built anew from everything written of it."""
TEXT_LETTERS: Final = 4_000


@dataclass(frozen=True, slots=True)
class LateLines:
    """A record, whose words came too late, and how it would read with them."""

    title: str
    lines: tuple[str, ...]


async def late_lines(device: Device) -> tuple[LateLines, ...]:
    """Return what nobody here decided about, read."""
    return tuple([await _read(device, one) for one in _waiting(device)[:MOST_SHOWN]])


def _waiting(device: Device) -> list[LateFacts]:
    from aluna_sync.tray import tray

    return [one for one in tray(device) if not one.read]


async def _read(device: Device, late: LateFacts) -> LateLines:
    from aluna_sync.tray import find, read

    title = one_line(sentence(late_line(late)))
    try:
        record = await read(device, find(device, late.document.hex()))
    except AlunaError as error:
        return LateLines(title, (what_happened(error),))
    lines = [one_line(record.title)]
    for passage in passages(record, device.person_name_of):
        words = [paragraphs(line, TEXT_LETTERS)[0] for line in passage.lines]
        lines += words if passage.long else [f"{one_line(passage.name, 60)}: {', '.join(words)}"]
    return LateLines(title, tuple(line for line in lines if line))


def late_choices(device: Device) -> list[Choice]:
    """Return the records to decide about."""
    return [Choice(one.document.hex(), one_line(late_line(one))) for one in _waiting(device)]


def decisions() -> list[Choice]:
    """Return what may become of one, the careful choice first."""
    return [
        Choice("wait", _("Leave it where it is"), _("It can be decided another day.")),
        Choice(
            "take",
            _("Take it in"),
            _("It is written anew in your name, with a note of whose words they are."),
        ),
        Choice("decline", _("Leave it out"), _("On this device it is not shown here any more.")),
    ]
