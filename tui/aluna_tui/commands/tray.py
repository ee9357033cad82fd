"""`tray`: what somebody wrote who did not belong any more, to read, take in or leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from aluna_sync.errors import WrongUseError
from aluna_sync.journal.folding import fold
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.reading import SHORT_ID
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.labels import sentence
from aluna_tui.late_words import NOTHING, WHAT_IT_IS, late_line
from aluna_tui.texts import N_, _, listed

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_sync.late import LateRecord
    from aluna_sync.tray import LateFacts

ACTIONS: Final = {
    "list": "list",
    "ver": "list",
    "show": "show",
    "mostrar": "show",
    "take": "take",
    "acoger": "take",
    "decline": "decline",
    "dejar": "decline",
}


@click.command(
    "tray",
    cls=Verb,
    help=N_(
        "What somebody wrote who did not belong any more, or whose device was stopped. ACTION is "
        "“list”, “show ID” to read it, “take ID” to write it anew in your name with a note of "
        "whose words they are, or “decline ID” to leave it out on this device."
    ),
)
@click.argument("action", cls=Arg, metavar=N_("ACTION"), default="list")
@click.argument("prefix", cls=Arg, metavar=N_("ID"), default="")
@click.option("--all", "everything", cls=Opt, is_flag=True, help=N_("What was decided here too."))
@click.pass_obj
def tray_verb(invocation: Invocation, action: str, prefix: str, everything: bool) -> None:
    """Read, take in or decline what came too late."""
    wanted = ACTIONS.get(fold(action))
    if wanted is None or (wanted == "list") != (not prefix):
        raise WrongUseError("tray-action")
    voice = Voice(invocation)
    with open_device(invocation, merges=wanted in ("show", "take")) as device:
        from aluna_sync.tray import find

        if wanted == "list":
            _list(voice, device, everything=everything)
            return
        late = find(device, prefix)
        match wanted:
            case "show":
                _show(voice, device, late)
            case "take":
                _take(voice, device, late)
            case _:
                _decline(voice, device, late)


def _list(voice: Voice, device: Device, *, everything: bool) -> None:
    from aluna_sync.tray import tray

    found = [one for one in tray(device) if everything or not one.read]
    if voice.as_json:
        voice.json({"tray": [_as_json(one) for one in found]})
        return
    for one in found:
        voice.data(f"{one.document.hex()[:SHORT_ID]}  {sentence(late_line(one))}")
    voice.talk(_(WHAT_IT_IS) if found else _(NOTHING))


def _as_json(late: LateFacts) -> dict[str, object]:
    return {
        "id": late.document.hex(),
        "space": late.space.hex(),
        "title": late.title,
        "persons": list(late.persons),
        "devices": list(late.devices),
        "changes": late.changes,
        "decided": late.read,
    }


def _show(voice: Voice, device: Device, late: LateRecord) -> None:
    from aluna_sync.tray import facts_of, read
    from aluna_tui.commands.showing import record_as_json, tell_record

    record = run_in_loop(read(device, late), device)
    if voice.as_json:
        voice.json(record_as_json(device, record, []))
        return
    tell_record(device, record, [], voice)
    who = listed(list(facts_of(device, late).persons))
    voice.talk(
        _("So it reads with what {who} wrote too late. It is not in the journal.").format(who=who)
    )


def _take(voice: Voice, device: Device, late: LateRecord) -> None:
    from aluna_sync.tray import take_in

    copy = run_in_loop(take_in(device, late), device)
    if voice.as_json:
        voice.json({"id": copy.hex()})
        return
    voice.data(copy.hex())
    voice.talk(_("Written anew in your name, with a note of whose words they are."))


def _decline(voice: Voice, device: Device, late: LateRecord) -> None:
    from aluna_sync.tray import decline

    decline(device, late)
    if voice.as_json:
        voice.json({"id": late.document.hex(), "decided": True})
        return
    voice.talk(_("It stays out. It is kept all the same: “aluna tray --all” shows it."))
