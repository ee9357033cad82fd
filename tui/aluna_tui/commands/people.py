"""`people` and `devices`: who belongs, with which devices, and what each one lacks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from aluna_tui.commands.grammar import Invocation, Verb
from aluna_tui.commands.opening import hear_of_node, open_device
from aluna_tui.commands.output import Voice
from aluna_tui.fault_words import WHAT_TO_DO, fault_sentences
from aluna_tui.labels import alike_words, sentence
from aluna_tui.sync_words import device_words, sync_sentence
from aluna_tui.texts import N_, _, listed, ngettext

if TYPE_CHECKING:
    from aluna_sync.facts import PeerFacts


def now() -> datetime:
    """Return this moment with the zone of this device."""
    return datetime.now().astimezone()


@click.command("people", cls=Verb, help=N_("Say who belongs to the collective."))
@click.pass_obj
def people_verb(invocation: Invocation) -> None:
    """Say who belongs to the collective."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        collective = device.collective(invocation.collective)
        people, gone = device.people(collective), device.gone(collective)
    if invocation.as_json:
        rows = [
            {
                "id": person.id.hex(),
                "name": person.name,
                "me": person.me,
                "alike": person.alike,
                "resting": person.resting,
                "devices": [one.hex() for one in person.devices],
            }
            for person in people
        ]
        before = [{"id": one.id.hex(), "name": one.name, "alike": one.alike} for one in gone]
        voice.json({"people": rows, "gone": before})
        return
    for person in people:
        devices = ngettext("{count} device", "{count} devices", len(person.devices)).format(
            count=len(person.devices)
        )
        who = _("{name} (you)").format(name=person.name) if person.me else person.name
        if person.resting:
            devices = _("{devices} · resting").format(devices=devices)
        voice.data(f"{voice.bold(who)}: {devices}")
    if gone:
        names = listed([one.name for one in gone])
        voice.data(_("No longer here: {names}.").format(names=names))
    if any(person.alike for person in (*people, *gone)):
        voice.talk(sentence(alike_words()))


@click.command(
    "devices",
    cls=Verb,
    help=N_("Say which devices belong, what each one lacks, and when you last met."),
)
@click.pass_obj
def devices_verb(invocation: Invocation) -> None:
    """Say which devices belong, and what each one lacks."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        hear_of_node(device)
        mine = (device.device, device.device_name, device.person_name)
        peers = list(device.peers())
        me = device.person
    if invocation.as_json:
        voice.json({"devices": [_as_json(peer) for peer in peers]})
        return
    voice.data(_("“{device}”: this one, of {person}.").format(device=mine[1], person=mine[2]))
    for peer in peers:
        voice.data(sentence(sync_sentence(peer, now(), me)))
        for words in fault_sentences(device_words(peer, me), peer.faults, now()):
            voice.data("  " + sentence(words))
    if any(peer.faults for peer in peers):
        voice.talk(_(WHAT_TO_DO))
    if not peers:
        voice.talk(_("No other device belongs yet: “aluna invite” opens the door."))


def _as_json(peer: PeerFacts) -> dict[str, object]:
    return {
        "device": peer.device.hex(),
        "name": peer.device_name,
        "person": peer.person_name,
        "online": peer.online,
        "last_met": peer.last_met,
        "lacks": peer.lacks,
        "lacks_mine": peer.lacks_mine,
        "we_lack": peer.we_lack,
        "spaces": [
            {
                "space": one.space.hex(),
                "lacks": one.lacks,
                "lacks_mine": one.lacks_mine,
                "we_lack": one.we_lack,
            }
            for one in peer.spaces
        ],
        "faults": [
            {"fault": one.fault, "first": one.first, "last": one.last, "times": one.times}
            for one in peer.faults
        ],
    }
