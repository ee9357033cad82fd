"""`quiet` and `findable`: how this device behaves on a network; kept, and obeyed at once."""

from __future__ import annotations

import click

from aluna_tui.commands.grammar import Arg, Invocation, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.network_words import findable_words, quiet_words
from aluna_tui.texts import N_

_SWITCH = click.Choice(["on", "off"])


@click.command(
    "quiet",
    cls=Verb,
    help=N_(
        "Say, with “on”, that this device sends nothing unasked on any network: it does not "
        "announce itself, look for anybody, try old addresses or listen. What you ask for goes on "
        "working: “aluna sync --peer”, “aluna invite”, and what travels as a file. “off” ends it; "
        "without either it says how it is. A program that is running obeys at once."
    ),
)
@click.argument("switch", cls=Arg, required=False, type=_SWITCH, metavar=N_("on|off"))
@click.pass_obj
def quiet_verb(invocation: Invocation, switch: str | None) -> None:
    """Send nothing unasked."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        if switch is not None:
            device.store.settings.quiet = switch == "on"
        quiet = device.store.settings.quiet
    if voice.as_json:
        voice.json({"quiet": quiet})
    else:
        voice.data(quiet_words(on=quiet))


@click.command(
    "findable",
    cls=Verb,
    help=N_(
        "Say, with “on”, that this device also listens on a port that is always the same, so that "
        "companions on the same network find it where announcements are blocked. Whoever searches "
        "that network can tell that this kind of program runs here, not whose it is. “off” ends "
        "it; without either it says how it is."
    ),
)
@click.argument("switch", cls=Arg, required=False, type=_SWITCH, metavar=N_("on|off"))
@click.pass_obj
def findable_verb(invocation: Invocation, switch: str | None) -> None:
    """Be found where announcements are blocked."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        if switch is not None:
            device.store.settings.findable = switch == "on"
        findable = device.store.settings.findable
    if voice.as_json:
        voice.json({"findable": findable})
    else:
        voice.data(findable_words(on=findable))
