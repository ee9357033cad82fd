"""`init`: a collective, its first person and this device's vault."""

from __future__ import annotations

import os

import click

from aluna_sync.errors import AlunaError
from aluna_tui.commands.closing import choose_removes, panic_removes_option
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import home_of, new_passphrase
from aluna_tui.commands.output import Voice
from aluna_tui.texts import N_, _


def usual_device_name() -> str:
    """Return a name for this device that tells companions nothing about its owner."""
    return _("phone") if "ANDROID_ROOT" in os.environ else _("laptop")


@click.command(
    "init",
    cls=Verb,
    help=N_(
        "Create a collective, with you as its first person, and the vault where this device keeps "
        "its keys and the journal, closed with a passphrase."
    ),
)
@click.argument("name", cls=Arg, metavar=N_("NAME"), help=N_("What the collective is called."))
@click.option(
    "--as", "person", cls=Opt, required=True, metavar=N_("PERSON"),
    help=N_("How you want to be called."),
)  # fmt: skip
@click.option(
    "--device", cls=Opt, metavar=N_("NAME"), help=N_("What your companions call this device.")
)
@panic_removes_option
@click.pass_obj
def init_verb(
    invocation: Invocation, name: str, person: str, device: str | None, panic_removes: str | None
) -> None:
    """Create a collective and this device's vault."""
    voice = Voice(invocation)
    home = home_of(invocation)
    if invocation.doors.vault_exists(home):
        raise AlunaError("vault-exists", home=str(home))
    passphrase = new_passphrase(invocation, voice)
    created = invocation.doors.create_vault(
        home, passphrase, person=person, device=device or usual_device_name(), collective=name
    )
    try:
        choose_removes(invocation, voice, created, panic_removes)
        space = created.collective()
        if invocation.as_json:
            voice.json({"space": space.hex(), "person": person, "device": created.device.hex()})
            return
        voice.data(_("“{name}” begins, with {person}.").format(name=name, person=person))
        voice.talk(
            _(
                "Its vault is in {home}. Keep the passphrase: without it nobody opens the vault, "
                "unless you make word lists now, while you have it (“aluna recover split”)."
            ).format(home=home)
        )
        voice.talk(_("What is next: “aluna add” to write, “aluna invite” to open the door."))
    finally:
        created.lock()
