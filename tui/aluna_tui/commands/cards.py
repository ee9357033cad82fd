"""`card` and `admit`: the road for somebody far away, without a network and without a secret."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aluna_sync.errors import WrongUseError
from aluna_tui.commands.agreeing import sure
from aluna_tui.commands.founding import usual_device_name
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import home_of, new_passphrase, open_device
from aluna_tui.commands.output import Voice
from aluna_tui.texts import N_, _, language

if TYPE_CHECKING:
    from aluna_sync.exchange.entering import Invitation, OnInvitation


@click.command(
    "card",
    cls=Verb,
    help=N_(
        "Write the contact card of this device to FILE, for somebody far away who can let you in. "
        "It holds names and public keys and opens nothing. Read the six words to her by voice. "
        "Without a vault here, --as makes one that belongs to nothing yet."
    ),
)
@click.argument("file", cls=Arg, metavar=N_("FILE"), type=click.Path(path_type=Path))
@click.option(
    "--as", "person", cls=Opt, metavar=N_("PERSON"), help=N_("How you want to be called.")
)
@click.option(
    "--device", "device_name", cls=Opt, metavar=N_("NAME"),
    help=N_("What your companions call this device."),
)  # fmt: skip
@click.pass_obj
def card_verb(
    invocation: Invocation, file: Path, person: str | None, device_name: str | None
) -> None:
    """Write the contact card of this device."""
    from aluna_sync.exchange.cards import write_card
    from aluna_sync.exchange.files import target

    voice = Voice(invocation)
    home = home_of(invocation)
    if not invocation.doors.vault_exists(home):
        if person is None:
            raise WrongUseError("card-needs-name")
        passphrase = new_passphrase(invocation, voice)
        invocation.doors.create_bare_vault(
            home, passphrase, person=person, device=device_name or usual_device_name()
        ).lock()
    with open_device(invocation) as device:
        path = target(file, device.random_bytes)
        words = invocation.doors.words_for(write_card(device, path), language())
    if voice.as_json:
        voice.json({"file": str(path), "words": words})
        return
    voice.data(str(path))
    voice.talk(_("The words of this card: {words}").format(words=" ".join(words)))
    voice.talk(_("Read them by voice to who lets you in. Then “aluna bundle read” what she sends."))


@click.command(
    "admit",
    cls=Verb,
    help=N_(
        "Let in the person whose contact card is in FILE, after she read you its six words by "
        "voice. The next bundle for everybody, or for her, carries the admission, sealed to her."
    ),
)
@click.argument("file", cls=Arg, metavar=N_("CARDFILE"), type=click.Path(path_type=Path))
@click.option(
    "--yes", "said_yes", cls=Opt, is_flag=True, help=N_("The words were compared already.")
)
@click.pass_obj
def admit_verb(invocation: Invocation, file: Path, said_yes: bool) -> None:
    """Let in the person of a card."""
    from aluna_sync.exchange.cards import admit_card, read_card, words_of

    voice = Voice(invocation)
    with open_device(invocation) as device:
        seat = read_card(file)
        words = " ".join(invocation.doors.words_for(words_of(seat), language()))
        voice.talk(
            _("{person}, with the device “{device}”. The words of the card: {words}").format(
                person=seat.person_name, device=seat.device_name, words=words
            )
        )
        if not sure(_("Did she read you these very words?"), said_yes=said_yes):
            return
        entered = admit_card(device, device.collective(invocation.collective), seat)
        back = invocation.doors.words_for(entered, language())
    if voice.as_json:
        voice.json({"admitted": {"person": seat.person_name, "device": seat.device.hex()},
                    "words": back})  # fmt: skip
        return
    voice.data(_("{person} is in.").format(person=seat.person_name))
    voice.talk(
        _("Send her a bundle, and read her these words: {words}").format(words=" ".join(back))
    )


def asks_to_enter(invocation: Invocation, voice: Voice, *, said_yes: bool) -> OnInvitation:
    """Return what shows an invitation in a bundle, and asks whether to go in."""

    def asked(invitation: Invitation) -> bool:
        words = " ".join(invocation.doors.words_for(invitation.words, language()))
        voice.talk(
            _("“{name}” let you in; {person} signed it. The words: {words}").format(
                name=invitation.name, person=invitation.by, words=words
            )
        )
        return sure(_("Did she read you these very words?"), said_yes=said_yes)

    return asked
