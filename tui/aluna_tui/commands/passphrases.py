"""`passphrase`, `recover` and `notebook`: what opens this vault."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

import click

from aluna_sync.errors import WrongUseError
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import ask as ask_hidden
from aluna_tui.commands.opening import (
    choose_passphrase,
    given_passphrase,
    home_of,
    new_passphrase,
    on_terminal,
    open_device,
    passphrase_from,
    yes,
)
from aluna_tui.commands.output import Voice
from aluna_tui.honest import limits, share_lines
from aluna_tui.texts import N_, _

NEEDED_SHARES: Final = 2
RECOVER_ACTS: Final = {
    "split": "split", "partir": "split", "open": "open", "abrir": "open", "off": "off",
    "anular": "off",
}  # fmt: skip
NOTEBOOK_ACTS: Final = {"on": "on", "poner": "on", "off": "off", "quitar": "off"}
_CLEAR: Final = "\x1b[H\x1b[2J\x1b[3J"


@click.command(
    "passphrase",
    cls=Verb,
    help=N_(
        "Change the passphrase. Only the file with the keys is written anew, at once, whatever the "
        "size of the journal; the old passphrase opens nothing here afterwards."
    ),
)
@click.option(
    "--new-fd", cls=Opt, type=int, metavar="N",
    help=N_("Read the new passphrase from this open file descriptor, for scripts."),
)  # fmt: skip
@click.pass_obj
def passphrase_verb(invocation: Invocation, new_fd: int | None) -> None:
    """Change the passphrase."""
    voice = Voice(invocation)
    # Opening proves the old one before a new one is thought of.
    old = given_passphrase(invocation)
    if old is None:
        old = ask_hidden(_("The passphrase of now: "))
    device = invocation.doors.unlock(home_of(invocation), old, merges=False)
    try:
        new = choose_passphrase(invocation, voice) if new_fd is None else passphrase_from(new_fd)
        device.safety.change_passphrase(old, new)
    finally:
        device.lock()
    if invocation.as_json:
        voice.json({"changed": True})
        return
    voice.data(_("The passphrase is changed. The old one opens nothing here any more."))
    _say_limits("passphrase", voice)


def _say_limits(topic: str, voice: Voice) -> None:
    for text in limits(topic):
        voice.talk(text)


# -- word shares ---------------------------------------------------------------------------------


@click.command(
    "recover",
    cls=Verb,
    help=N_(
        "Lists of words for the day the passphrase is forgotten. “split” makes three lists, shows "
        "them one by one and keeps none; older lists are worthless from then on. “open” takes two "
        "of the three and a new passphrase. “off” makes all of them worthless."
    ),
)
@click.argument("act", cls=Arg, type=click.Choice(list(RECOVER_ACTS)), metavar=N_("split|open|off"))
@click.pass_obj
def recover_verb(invocation: Invocation, act: str) -> None:
    """Make, use or forget the word shares."""
    match RECOVER_ACTS[act]:
        case "split":
            _split(invocation, Voice(invocation))
        case "open":
            _open(invocation, Voice(invocation))
        case _:
            _forget(invocation, Voice(invocation))


def _split(invocation: Invocation, voice: Voice) -> None:
    if not invocation.as_json:
        _say_limits("shares", voice)
    with open_device(invocation) as device:
        shares = device.safety.split()
    if invocation.as_json:
        voice.json({"shares": shares})
        return
    screens = on_terminal(invocation) and sys.stdout.isatty()
    for number, share in enumerate(shares, start=1):
        voice.data(_("List {number} of {count}:").format(number=number, count=len(shares)))
        for line in share_lines(share):
            voice.data(line)
        if screens:
            click.prompt(
                _("Copy it on paper, then Enter: it is not shown again. "),
                default="", show_default=False, prompt_suffix="", err=True,
            )  # fmt: skip
            if not voice.plain:
                click.echo(_CLEAR, nl=False, color=True)
    voice.talk(_("Any two of the three open this vault with “aluna recover open”."))


def _open(invocation: Invocation, voice: Voice) -> None:
    from aluna_sync.safety import check_shares, recover

    home = home_of(invocation)
    shares = ask_shares(invocation, voice)
    check_shares(home, shares)
    recover(home, shares, new_passphrase(invocation, voice))
    if invocation.as_json:
        voice.json({"changed": True})
        return
    voice.data(_("The new passphrase opens this vault. The lists of words still do, too."))
    _say_limits("passphrase", voice)


def ask_shares(invocation: Invocation, voice: Voice) -> Sequence[str]:
    """Return two lists of words: asked on a terminal, two lines of stdin elsewhere."""
    from aluna_sync.word_shares import check

    if not on_terminal(invocation):
        lines = [line for line in sys.stdin.read(4096).splitlines() if line.strip()]
        if len(lines) != NEEDED_SHARES:
            raise WrongUseError("shares-not-two", count=len(lines))
        return lines
    voice.talk(_("Write the twenty words of each list; their first four letters are enough."))
    found = []
    for number in (1, 2):
        question = _("Words of one list: ") if number == 1 else _("Words of another list: ")
        words = click.prompt(question, prompt_suffix="", err=True)
        check(number, words)
        found.append(words)
    if not voice.plain and sys.stdout.isatty():
        click.echo(_CLEAR, nl=False, color=True)
    return found


def _forget(invocation: Invocation, voice: Voice) -> None:
    with open_device(invocation) as device:
        device.safety.forget_shares()
    if invocation.as_json:
        voice.json({"shares": None})
        return
    voice.data(_("No list of words opens this vault any more."))
    voice.talk(_("Backups made before still open with two of the old lists."))


# -- a second passphrase -------------------------------------------------------------------------


@click.command(
    "notebook",
    cls=Verb,
    help=N_(
        "A second passphrase that opens a small ordinary notebook instead of the journal. Read "
        "first what it cannot do. “on” makes it, “off” destroys it with what is written in it."
    ),
)
@click.argument("act", cls=Arg, type=click.Choice(list(NOTEBOOK_ACTS)), metavar=N_("on|off"))
@click.option(
    "--name", cls=Opt, metavar=N_("NAME"), help=N_("What the group of the notebook is called.")
)
@click.option(
    "--second-fd", cls=Opt, type=int, metavar="N",
    help=N_("Read the second passphrase from this open file descriptor, for scripts."),
)  # fmt: skip
@click.option("--yes", "said_yes", cls=Opt, is_flag=True, help=N_("I have read what it cannot do."))
@click.pass_obj
def notebook_verb(
    invocation: Invocation, act: str, name: str | None, second_fd: int | None, said_yes: bool
) -> None:
    """Make or destroy the notebook behind a second passphrase."""
    from aluna_sync import notebook

    voice = Voice(invocation)
    act = NOTEBOOK_ACTS[act]
    with open_device(invocation) as device:
        if act == "off":
            notebook.turn_off(device)
        else:
            notebook.refuse(device)
            if not said_yes:
                _explain_and_ask(invocation, voice)
            passphrase = _second_passphrase(invocation, voice, second_fd)
            notebook.turn_on(device, passphrase, collective=name or _("Notebook"))
    if invocation.as_json:
        voice.json({"second_passphrase": act == "on"})
        return
    if act == "off":
        voice.data(_("The second passphrase opens nothing any more, and its notebook is gone."))
        return
    voice.data(_("From now on the second passphrase opens the notebook."))
    voice.talk(
        _("Write some ordinary things in it now and then: an empty one looks like what it is.")
    )


def _explain_and_ask(invocation: Invocation, voice: Voice) -> None:
    _say_limits("notebook", voice)
    if not on_terminal(invocation) or not yes(_("Do you want it all the same? (yes/no) ")):
        raise WrongUseError("notebook-not-wanted")


def _second_passphrase(invocation: Invocation, voice: Voice, second_fd: int | None) -> str:
    if second_fd is not None:
        return passphrase_from(second_fd)
    voice.talk(_("Now the second passphrase:"))
    return choose_passphrase(invocation, voice)
