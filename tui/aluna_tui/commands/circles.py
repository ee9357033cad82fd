"""`circle` and `share`: spaces for some, and a version of a record for others to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from aluna_sync.errors import WrongUseError
from aluna_sync.journal.folding import fold
from aluna_tui.agreeing_words import left_behind_words
from aluna_tui.commands.choosing import space_of
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.labels import space_words
from aluna_tui.texts import N_, _

if TYPE_CHECKING:
    from aluna_protocol.ids import SpaceId
    from aluna_sync.device import Device

ACTIONS: Final = {
    "new": "new",
    "nuevo": "new",
    "add": "add",
    "sumar": "add",
    "list": "list",
    "ver": "list",
}
SHARED_LIMIT: Final = N_(
    "What it says now is a new record there, without its history. If you change this one, "
    "nothing moves until you share it again."
)


@click.command(
    "circle",
    cls=Verb,
    help=N_(
        "Spaces for some of you, who always see who is in. ACTION is “new NAME PERSON…”, "
        "“add NAME PERSON…” or “list”. Devices that are not in a circle never receive anything "
        "of it, not even that it exists."
    ),
)
@click.argument("action", cls=Arg, metavar=N_("ACTION"), default="list")
@click.argument("words", cls=Arg, metavar=N_("NAME PERSON…"), nargs=-1)
@click.pass_obj
def circle_verb(invocation: Invocation, action: str, words: tuple[str, ...]) -> None:
    """Found a circle, bring somebody in, or say which there are."""
    voice = Voice(invocation)
    wanted = ACTIONS.get(fold(action))
    if wanted is None or (wanted != "list" and len(words) < 2):
        raise WrongUseError("circle-action")
    with open_device(invocation) as device:
        collective = device.collective(invocation.collective)
        if wanted == "list":
            _list(voice, device, collective)
            return
        from aluna_sync.agreeing import Agreeing
        from aluna_sync.circles import bring_in, found_circle

        people = Agreeing(device, collective)
        persons = [people.person(word) for word in words[1:]]
        if wanted == "new":
            circle = found_circle(device, collective, words[0], persons)
        else:
            circle = device.space_named(f"circle:{words[0]}", collective)
            for person in persons:
                bring_in(device, circle, person)
        _tell(voice, device, circle)


def _tell(voice: Voice, device: Device, circle: SpaceId) -> None:
    names = [one.name for one in device.people(circle)]
    if voice.as_json:
        voice.json({"id": circle.hex(), "name": device.space_name(circle), "persons": names})
        return
    from aluna_sync.agreeing import left_behind

    voice.data(f"{voice.bold(device.space_name(circle))}: {', '.join(names)}")
    if gone := left_behind(device, circle):
        voice.data(left_behind_words(gone, device.space_name(circle)))


def _list(voice: Voice, device: Device, collective: SpaceId) -> None:
    circles = [
        circle
        for circle in device.spaces.of_kind("circle", collective)
        if device.device in device.spaces.replicas[circle].members
    ]
    if voice.as_json:
        rows = [
            {
                "id": circle.hex(),
                "name": device.space_name(circle),
                "persons": [one.name for one in device.people(circle)],
            }
            for circle in circles
        ]
        voice.json({"circles": rows})
        return
    for circle in circles:
        _tell(voice, device, circle)
    if not circles:
        voice.talk(_("You are in no circle. “aluna circle new NAME PERSON…” begins one."))


@click.command(
    "share",
    cls=Verb,
    help=N_(
        "Give a version of a record to another space: what it says now, as a new record without "
        "history. The record itself stays where it is."
    ),
)
@click.argument("prefix", cls=Arg, metavar=N_("ID"))
@click.option(
    "--to", "space_name", cls=Opt, required=True, metavar=N_("SPACE"),
    help=N_("“collective” or “circle:NAME”."),
)  # fmt: skip
@click.pass_obj
def share_verb(invocation: Invocation, prefix: str, space_name: str) -> None:
    """Give a version of a record to another space."""
    from aluna_sync.circles import share

    voice = Voice(invocation)
    with open_device(invocation, merges=True) as device:
        document = device.find(prefix)
        to = space_of(device, invocation, space_name)
        copy = run_in_loop(share(device, document, to), device)
        whose = space_words(device.space_kind(to), device.space_name(to), device.space_size(to))
    if voice.as_json:
        voice.json({"id": copy.hex(), "of": document.hex()})
        return
    voice.data(copy.hex()[:12])
    voice.talk(_("Shared: {space}.").format(space=whose))
    voice.talk(_(SHARED_LIMIT))
