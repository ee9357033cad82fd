"""`take-back`: what I made goes from every device that connects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aluna_sync.errors import WrongUseError
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import on_terminal, open_device, yes
from aluna_tui.commands.output import Voice
from aluna_tui.commands.reading import title_words
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.taking_back_words import LIMIT, LIMIT_OF_MINE, OTHERS_WORDS, WHAT_STAYS
from aluna_tui.texts import N_, _

if TYPE_CHECKING:
    from aluna_protocol.ids import DocumentId
    from aluna_sync.device import Device


@click.command(
    "take-back",
    cls=Verb,
    help=N_(
        "Take back a record you made, for ever. It will go from the devices that connect. We "
        "cannot take it from memory, photos, paper, exports or a device that never connects "
        "again. What others wrote in it goes back to them, as a private note."
    ),
)
@click.argument("prefix", cls=Arg, metavar=N_("ID"))
@click.option(
    "--mine", cls=Opt, is_flag=True,
    help=N_("Only what I wrote in it myself, also where somebody else made the record."),
)  # fmt: skip
@click.option("--yes", "said_yes", cls=Opt, is_flag=True, help=N_("Do not ask whether I am sure."))
@click.pass_obj
def take_back_verb(invocation: Invocation, prefix: str, mine: bool, said_yes: bool) -> None:
    """Take a record back."""
    voice = Voice(invocation)
    with open_device(invocation, merges=True) as device:
        document = device.find(prefix)
        if mine:
            _take_out_mine(invocation, device, document, said_yes=said_yes)
            return
        device.taking_back.check(document, device.person)
        record = device.record(document)
        if not said_yes:
            if not on_terminal(invocation):
                raise WrongUseError("yes-needed")
            title = title_words("" if record is None else record.title)
            voice.talk(f"{_(LIMIT)} {_(OTHERS_WORDS)}")
            if not yes(_("Take back “{title}”? (yes or no) ").format(title=title)):
                voice.talk(_("Nothing was done."))
                return
        run_in_loop(device.take_back(document), device)
    if voice.as_json:
        voice.json({"id": document.hex()})
    else:
        voice.talk(_("Taken back.") + " " + _(LIMIT))


def _take_out_mine(
    invocation: Invocation, device: Device, document: DocumentId, *, said_yes: bool
) -> None:
    voice = Voice(invocation)
    if not said_yes:
        if not on_terminal(invocation):
            raise WrongUseError("yes-needed")
        voice.talk(_(LIMIT_OF_MINE))
        if not yes(_("Take out what you wrote in it? (yes or no) ")):
            voice.talk(_("Nothing was done."))
            return
    found = run_in_loop(device.take_out_mine(document), device)
    if voice.as_json:
        voice.json({"id": document.hex(), "taken_out": len(found.edits), "stays": found.stays})
        return
    voice.talk(_("What you wrote is out of it.") + " " + _(LIMIT_OF_MINE))
    if found.stays:
        voice.talk(_(WHAT_STAYS))
