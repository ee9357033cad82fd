"""`take-back`: what I made goes from every device that connects."""

from __future__ import annotations

import click

from aluna_sync.errors import WrongUseError
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import on_terminal, open_device, yes
from aluna_tui.commands.output import Voice
from aluna_tui.commands.reading import title_words
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.taking_back_words import LIMIT, OTHERS_WORDS
from aluna_tui.texts import N_, _


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
@click.option("--yes", "said_yes", cls=Opt, is_flag=True, help=N_("Do not ask whether I am sure."))
@click.pass_obj
def take_back_verb(invocation: Invocation, prefix: str, said_yes: bool) -> None:
    """Take a record back."""
    voice = Voice(invocation)
    with open_device(invocation, merges=True) as device:
        document = device.find(prefix)
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
