"""Who belongs, decided together: keepers, second, remove, suspend, lift, rest, leave."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from aluna_sync.errors import WrongUseError
from aluna_tui.agreeing_words import (
    LIMIT_OF_REMOVAL,
    LIMIT_OF_SUSPENSION,
    done_words,
    keeper_lines,
    request_words,
    void_words,
)
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.texts import N_, _

if TYPE_CHECKING:
    from aluna_sync.agreeing import Agreeing, Done, Request
    from aluna_sync.device import Device

_CIRCLE = click.option(
    "--circle", cls=Opt, metavar=N_("NAME"), help=N_("In this circle, not in the collective.")
)
_YES = click.option(
    "--yes", "said_yes", cls=Opt, is_flag=True, help=N_("Do not ask whether I am sure.")
)


def _space(device: Device, invocation: Invocation, circle: str | None) -> Agreeing:
    from aluna_sync.agreeing import Agreeing

    collective = device.collective(invocation.collective)
    if circle is None:
        return Agreeing(device, collective)
    return Agreeing(device, device.space_named(f"circle:{circle}", collective))


def sure(question: str, *, said_yes: bool) -> bool:
    """Ask on a terminal; scripts say --yes."""
    if said_yes:
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise WrongUseError("yes-needed")
    return click.confirm(question, default=False, err=True)


def _tell(voice: Voice, done: Done) -> None:
    if voice.as_json:
        voice.json({"id": done.id.hex(), "missing": done.missing, "waits_for": [*done.waits_for]})
    else:
        voice.talk(done_words(done))


def _as_json(request: Request) -> dict[str, object]:
    return {
        "id": request.id.hex(),
        "what": request.what,
        "by": request.by,
        "about": request.about,
        "missing": request.missing,
        "said_yes": [*request.said_yes],
        "waits_for": [*request.waits_for],
        "waits_for_me": request.waits_for_me,
    }


@click.command(
    "keepers",
    cls=Verb,
    help=N_(
        "Say who keeps the door, what waits for somebody's yes, and what was asked for without "
        "effect. With options, ask for other rules: it takes as many keepers as the rules say."
    ),
)
@_CIRCLE
@click.option(
    "--only", "named", cls=Opt, multiple=True, metavar=N_("PERSON"),
    help=N_("These keep the door and nobody else. May be repeated."),
)  # fmt: skip
@click.option("--everybody", cls=Opt, is_flag=True, help=N_("Everybody keeps the door."))
@click.option(
    "--quorum", cls=Opt, type=click.IntRange(min=2), metavar=N_("NUMBER"),
    help=N_("How many must agree to remove who keeps the door."),
)  # fmt: skip
@click.option(
    "--admitting", cls=Opt, type=click.IntRange(min=1), metavar=N_("NUMBER"),
    help=N_("How many must agree to let somebody in."),
)  # fmt: skip
@click.option(
    "--past/--from-now", "gives_past", cls=Opt, default=None,
    help=N_("Whether somebody new can read what was written before."),
)  # fmt: skip
@click.pass_obj
def keepers_verb(
    invocation: Invocation,
    circle: str | None,
    named: tuple[str, ...],
    everybody: bool,
    quorum: int | None,
    admitting: int | None,
    gives_past: bool | None,
) -> None:
    """Say who keeps the door, or ask for other rules."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        space = _space(device, invocation, circle)
        if named or everybody or quorum or admitting or gives_past is not None:
            from aluna_sync.agreeing import changed_rules

            if named and everybody:
                raise WrongUseError("keepers-both")
            rules = changed_rules(
                device.spaces.replicas[space.space].membership.rules,
                keepers=[space.person(one) for one in named] if named or everybody else None,
                quorum=quorum,
                admitting=admitting,
                gives_past=gives_past,
            )
            _tell(voice, space.set_rules(rules))
            return
        facts, waiting, void = space.keepers(), space.requests(), space.void()
    if voice.as_json:
        voice.json(
            {
                "keepers": [name for _person, name in facts.keepers],
                "everybody": facts.everybody,
                "quorum": facts.quorum,
                "admitting": facts.admitting,
                "gives_past": facts.gives_past,
                "suspended": [device.hex() for device, _name, _person in facts.suspended],
                "requests": [_as_json(one) for one in waiting],
                "void": [_as_json(one) for one in void],
            }
        )
        return
    for line in keeper_lines(facts):
        voice.data(line)
    for one in waiting:
        voice.data(f"{one.id.hex()[:8]}  {request_words(one)}")
    for one in void:
        voice.data(f"{one.id.hex()[:8]}  {void_words(one)}")


@click.command("second", cls=Verb, help=N_("Say yes to what “aluna keepers” says waits for it."))
@click.argument("prefix", cls=Arg, metavar=N_("ID"))
@_CIRCLE
@click.pass_obj
def second_verb(invocation: Invocation, prefix: str, circle: str | None) -> None:
    """Say yes to what another asked for."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        space = _space(device, invocation, circle)
        _tell(voice, space.second(space.find(prefix)))


@click.command(
    "remove",
    cls=Verb,
    help=N_(
        "Ask that a person go with all her devices, or one device with --device. Who keeps the "
        "door goes when as many others agree as the rules say; a device of your own goes at once."
    ),
)
@click.argument("name", cls=Arg, metavar=N_("PERSON"))
@click.option(
    "--device", "one_device", cls=Opt, is_flag=True, help=N_("NAME is a device, not a person.")
)
@_CIRCLE
@_YES
@click.pass_obj
def remove_verb(
    invocation: Invocation, name: str, one_device: bool, circle: str | None, said_yes: bool
) -> None:
    """Ask that a person or a device go."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        space = _space(device, invocation, circle)
        if one_device:
            found = space.device(name)
            if found == device.device:
                raise WrongUseError("this-very-device")
            question = _("Ask that the device “{name}” go?").format(name=name)
            if sure(question, said_yes=said_yes):
                _tell(voice, space.remove_device(found))
                voice.talk(_(LIMIT_OF_REMOVAL))
            return
        person = space.person(name)
        if person == device.person:
            raise WrongUseError("leave-instead")
        if not sure(_("Ask that {name} go?").format(name=name), said_yes=said_yes):
            return
        _tell(voice, space.remove(person))
        if circle is None:
            from aluna_sync.agreeing import remove_from_circles

            for called, done in remove_from_circles(device, space.space, person):
                voice.talk(
                    _("Circle “{name}”: {words}").format(name=called, words=done_words(done))
                )
        voice.talk(_(LIMIT_OF_REMOVAL))


@click.command(
    "suspend",
    cls=Verb,
    help=N_(
        "Stop a device that was lost or taken, at once and alone. Others look afterwards: with "
        "“second” it goes for good, with “lift” it goes on. DEVICE is its name, or PERSON/DEVICE."
    ),
)
@click.argument("name", cls=Arg, metavar=N_("DEVICE"))
@_CIRCLE
@_YES
@click.pass_obj
def suspend_verb(invocation: Invocation, name: str, circle: str | None, said_yes: bool) -> None:
    """Stop a device at once."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        space = _space(device, invocation, circle)
        found = space.device(name)
        if found == device.device:
            raise WrongUseError("this-very-device")
        if sure(_("Stop the device “{name}” now?").format(name=name), said_yes=said_yes):
            _tell(voice, space.suspend(found))
            voice.talk(_(LIMIT_OF_SUSPENSION))


@click.command("lift", cls=Verb, help=N_("Ask that a suspended device may go on."))
@click.argument("name", cls=Arg, metavar=N_("DEVICE"))
@_CIRCLE
@click.pass_obj
def lift_verb(invocation: Invocation, name: str, circle: str | None) -> None:
    """Ask that a suspended device may go on."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        space = _space(device, invocation, circle)
        _tell(voice, space.lift(space.device(name)))


@click.command(
    "rest",
    cls=Verb,
    help=N_("Say that you rest: nothing is asked of you and nothing waits. --over: you are back."),
)
@click.option("--over", cls=Opt, is_flag=True, help=N_("I am back."))
@click.pass_obj
def rest_verb(invocation: Invocation, over: bool) -> None:
    """Rest, or come back."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        _tell(voice, _space(device, invocation, None).rest(resting=not over))


@click.command(
    "leave",
    cls=Verb,
    help=N_(
        "Leave the collective and its circles. What you wrote there stays, and so does what is "
        "on this device; your private notes stay yours."
    ),
)
@_YES
@click.pass_obj
def leave_verb(invocation: Invocation, said_yes: bool) -> None:
    """Leave the collective."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        from aluna_sync.agreeing import leave

        collective = device.collective(invocation.collective)
        question = _("Leave “{name}”? To come back somebody must let you in again.")
        if not sure(question.format(name=device.space_name(collective)), said_yes=said_yes):
            return
        leave(device, collective)
        if voice.as_json:
            voice.json({"left": device.space_name(collective)})
        else:
            voice.talk(_("You left. The others learn of it when your device next meets theirs."))
