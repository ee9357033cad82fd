"""The history of a record in words: who wrote what, sitting by sitting, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aluna_sync.journal.display import safe_text
from aluna_tui.commands.output import Voice
from aluna_tui.texts import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aluna_sync.device import Device
    from aluna_sync.journal.history import Sitting

PIECES: Final = 4
"""Pieces that came and went in one sitting, shown unless all are asked for."""


def tell_sittings(
    device: Device, found: Sequence[Sitting], voice: Voice, *, everything: bool = False
) -> None:
    """Print who wrote what, sitting by sitting."""
    from aluna_tui.history_words import lines_of, passing, pieces_of, told, who_and_when

    names = device.person_name_of
    for sitting in found:
        voice.data(f"{sitting.number}. {voice.bold(who_and_when(sitting, names))}")
        for one in told(sitting, names):
            for line in lines_of(one):
                voice.data("   " + _indented(line))
        for one in passing(sitting, names):
            pieces = one.removed if everything else one.removed[:PIECES]
            line = _("{field}, written and taken out again: {pieces}").format(
                field=one.field, pieces=pieces_of(pieces)
            )
            voice.data("   " + _indented(line) + ("" if pieces == one.removed else " …"))
    voice.talk(_("“--at NUMBER” reads it whole as it was then; “--all” tells every piece."))


def sittings_as_json(device: Device, found: Sequence[Sitting]) -> list[dict[str, object]]:
    """Return the sittings as `history --json` and `show --history --json` print them."""
    return [_as_json(device, one) for one in found]


def _as_json(device: Device, sitting: Sitting) -> dict[str, object]:
    from aluna_tui.history_words import Told, passing, told

    names = device.person_name_of

    def fields(several: Sequence[Told]) -> list[dict[str, object]]:
        return [
            {"field": one.field, "added": list(one.added), "removed": list(one.removed)}
            for one in several
        ]

    return {
        "sitting": sitting.number,
        "by": None if sitting.by is None else names(sitting.by),
        "came": sitting.day or None,
        "here": sitting.here,
        "changes": [one.hex() for one in sitting.changes],
        "said": fields(told(sitting, names)),
        "passing": fields(passing(sitting, names)),
        "texts": sitting.after.texts,
        "within": [one.texts for one in sitting.within],
    }


def _indented(line: str) -> str:
    return safe_text(line, newlines=True).replace("\n", "\n     ")
