"""The history of a record in words: who wrote what, moment by moment, and how it read then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aluna_tui.commands.output import Voice
from aluna_tui.describing import SHOWN_APART, passages
from aluna_tui.labels import field_name
from aluna_tui.texts import _

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_sync.journal.types import Record
    from aluna_sync.telling import Moment


def moments_as_json(device: Device, known: Sequence[Moment]) -> list[dict[str, object]]:
    """Return the moments as `show --history --json` prints them, with the texts of each."""
    return [
        {
            "moment": one.number,
            "by": None if one.by is None else device.person_name_of(one.by),
            "changes": [each.hex() for each in one.changes],
            "texts": one.record.texts,
        }
        for one in known
    ]


def tell_moments(device: Device, known: Sequence[Moment], voice: Voice) -> None:
    """Print who wrote what: of each moment, what read otherwise than before."""
    voice.data("")
    voice.data(voice.bold(_("How it came to read so")) + ":")
    before: dict[str, tuple[str, ...]] = {}
    for one in known:
        name = (device.person_name_of(one.by) if one.by is not None else "") or _("Somebody")
        voice.data(f"  {one.number}. {name}")
        now = _said(device, one.record)
        for label, lines in now.items():
            if lines != before.get(label):
                new = [line for line in lines if line not in before.get(label, ())]
                for line in new or lines:
                    voice.data(f"     {label}: {_indented(line)}")
        for label in before:
            if label not in now:
                voice.data(f"     {label}: {_('nothing any more')}")
        before = now
    voice.talk(_("“--at NUMBER” reads it whole as it was then."))


def _said(device: Device, record: Record) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in SHOWN_APART:
        if words := record.texts.get(name, "").strip():
            found[field_name(record.type, name)] = (words,)
    for one in passages(record, device.person_name_of):
        found[one.name] = (*found.get(one.name, ()), *one.lines)
    return found


def _indented(line: str) -> str:
    return line.replace("\n", "\n     ")
