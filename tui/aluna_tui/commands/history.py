"""`history`: who wrote what in a record, sitting by sitting, with every earlier text readable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.texts import N_

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_sync.journal.types import Record


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
    help=N_(
        "Read it whole as it was after this sitting, at “2.1”, within the second, or after the "
        "change whose id begins so."
    ),
)  # fmt: skip
@click.option(
    "--all", "everything", cls=Opt, is_flag=True,
    help=N_("Also every piece that was written and taken out again within one sitting."),
)  # fmt: skip
@click.pass_obj
def history_verb(invocation: Invocation, prefix: str, place: str | None, everything: bool) -> None:
    """Tell the history of a record."""
    from aluna_sync.sittings import read_at, sittings
    from aluna_tui.commands.past import sittings_as_json, tell_sittings

    voice = Voice(invocation)
    with open_device(invocation, merges=True) as device:
        document = device.find(prefix)
        if place is not None:
            _tell_whole(device, run_in_loop(read_at(device, document, place), device), voice)
            return
        found = run_in_loop(sittings(device, document), device)
        if voice.as_json:
            voice.json({"record": document.hex(), "sittings": sittings_as_json(device, found)})
        else:
            tell_sittings(device, found, voice, everything=everything)


def _tell_whole(device: Device, record: Record, voice: Voice) -> None:
    from aluna_tui.commands.showing import record_as_json, tell_record

    if voice.as_json:
        voice.json(record_as_json(device, record, []))
    else:
        tell_record(device, record, [], voice)
