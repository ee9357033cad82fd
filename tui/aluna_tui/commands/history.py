"""`history`: who wrote what in a record, sitting by sitting, with every earlier text readable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from aluna_sync.errors import WrongUseError
from aluna_sync.journal.display import safe_text
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.texts import N_, _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aluna_sync.device import Device
    from aluna_sync.journal.history import Sitting
    from aluna_sync.journal.types import Record

PIECES: Final = 4
"""Pieces that came and went in one sitting, shown unless --all says so."""


@click.command(
    "history",
    cls=Verb,
    help=N_(
        "Who wrote what in a record, sitting by sitting: what was added, what was taken out. "
        "Every earlier text can be read whole with --at. No device knows when others wrote: what "
        "is told is the day it came to this one."
    ),
)
@click.argument("prefix", cls=Arg, metavar=N_("ID"))
@click.option(
    "--at", "place", cls=Opt, metavar=N_("NUMBER"),
    help=N_("Read it whole as it was after this sitting, or at “2.1”, within the second."),
)  # fmt: skip
@click.option(
    "--all", "everything", cls=Opt, is_flag=True,
    help=N_("Also every piece that was written and taken out again within one sitting."),
)  # fmt: skip
@click.pass_obj
def history_verb(invocation: Invocation, prefix: str, place: str | None, everything: bool) -> None:
    """Tell the history of a record."""
    from aluna_sync.sittings import sittings

    voice = Voice(invocation)
    with open_device(invocation, merges=True) as device:
        document = device.find(prefix)
        found = run_in_loop(sittings(device, document), device)
        if place is not None:
            _tell_whole(device, _at(found, place), voice)
        elif voice.as_json:
            voice.json({
                "record": document.hex(),
                "sittings": [_as_json(device, one) for one in found],
            })  # fmt: skip
        else:
            _tell(device, found, voice, everything=everything)


def _at(found: Sequence[Sitting], place: str) -> Record:
    number, _dot, within = place.partition(".")
    try:
        sitting = found[int(number) - 1] if int(number) > 0 else None
        between = int(within) if within else 0
    except (ValueError, IndexError):
        sitting, between = None, 0
    if sitting is None or not 0 <= between <= len(sitting.within) or (within and not between):
        raise WrongUseError("no-such-sitting", sitting=place)
    return sitting.within[between - 1] if between else sitting.after


def _tell_whole(device: Device, record: Record, voice: Voice) -> None:
    from aluna_tui.commands.showing import record_as_json, tell_record

    if voice.as_json:
        voice.json(record_as_json(device, record, []))
    else:
        tell_record(device, record, [], voice)


def _tell(device: Device, found: Sequence[Sitting], voice: Voice, *, everything: bool) -> None:
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
