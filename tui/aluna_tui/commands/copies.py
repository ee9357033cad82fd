"""`backup` and `restore`: a sealed copy of this device, and coming back from it."""

from __future__ import annotations

from pathlib import Path

import click

from aluna_sync.errors import AlunaError
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import (
    ask,
    given_passphrase,
    home_of,
    new_passphrase,
    open_device,
)
from aluna_tui.commands.output import Voice
from aluna_tui.commands.passphrases import ask_shares
from aluna_tui.honest import limits
from aluna_tui.texts import N_, _, language

_KIB = 1024


@click.command(
    "backup",
    cls=Verb,
    help=N_(
        "Write a sealed copy of everything this device has to a new FILE, also while other "
        "programs write. It opens with the passphrase of now and with the lists of words, or only "
        "with a phrase of its own."
    ),
)
@click.argument("file", cls=Arg, type=click.Path(path_type=Path), metavar=N_("FILE"))
@click.option(
    "--own-phrase", cls=Opt, is_flag=True,
    help=N_("Make six words for this copy alone, shown once; nothing else opens it."),
)  # fmt: skip
@click.pass_obj
def backup_verb(invocation: Invocation, file: Path, own_phrase: bool) -> None:
    """Write a backup."""
    from aluna_sync.backup import seal_waiting, write

    voice = Voice(invocation)
    phrase = " ".join(invocation.doors.offered_words(language())) if own_phrase else None
    with open_device(invocation) as device:
        seal_waiting(device)
        written = write(device, file.absolute(), phrase=phrase)
    if invocation.as_json:
        voice.json({"file": str(file), "bytes": written.size, "phrase": phrase})
        return
    voice.data(
        _("The copy is in {file} ({size} KiB).").format(file=file, size=-(-written.size // _KIB))
    )
    if phrase is not None:
        voice.data(_("Only these six words open it: {words}").format(words=phrase))
        voice.talk(_("They are not kept and not shown again: write them down, far from the copy."))
    for text in limits("backup"):
        voice.talk(text)


@click.command(
    "restore",
    cls=Verb,
    help=N_(
        "Make the device of a copy again, in an empty place: nothing that is there is written "
        "over. It opens with the passphrase the copy was made under, with its own phrase, or with "
        "two lists of words and a new passphrase."
    ),
)
@click.argument("file", cls=Arg, type=click.Path(path_type=Path), metavar=N_("FILE"))
@click.option(
    "--shares", cls=Opt, is_flag=True, help=N_("Open it with two of the three lists of words.")
)
@click.pass_obj
def restore_verb(invocation: Invocation, file: Path, shares: bool) -> None:
    """Come back from a backup."""
    from aluna_sync.backup import Asked

    voice = Voice(invocation)
    home = home_of(invocation)
    if invocation.doors.vault_exists(home):
        raise AlunaError("vault-exists", home=str(home))
    if shares:
        words = tuple(ask_shares(invocation, voice))
        asked = Asked(new_passphrase(invocation, voice), words)
    else:
        given = given_passphrase(invocation)
        asked = Asked(ask(_("Passphrase of the copy: ")) if given is None else given)
    invocation.doors.restore(home, file.absolute(), asked)
    if invocation.as_json:
        voice.json({"restored": True, "home": str(home)})
        return
    voice.data(
        _("This device is back in {home}, as it was when the copy was made.").format(home=home)
    )
    for text in limits("restore"):
        voice.talk(text)
    voice.talk(_("What is next: “aluna sync” brings what companions have kept since."))
