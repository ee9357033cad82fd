"""`status`: what is here, what is missing where, and what the local network allows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from aluna_sync.facts import Lan
from aluna_tui.addresses import address_text
from aluna_tui.commands.grammar import Invocation, Opt, Verb
from aluna_tui.commands.opening import hear_of_node, open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.people import now
from aluna_tui.fault_words import fault_sentences
from aluna_tui.labels import lan_words, sentence, space_words
from aluna_tui.late_words import late_count_words
from aluna_tui.network_words import what_to_do
from aluna_tui.qr import qr_text
from aluna_tui.sync_words import device_words, limits_of_this_device, sync_sentence
from aluna_tui.texts import N_, _, ngettext

if TYPE_CHECKING:
    from aluna_sync.facts import SpaceFacts, Status


@click.command(
    "status",
    cls=Verb,
    help=N_(
        "Say what is here, what has not reached every device, and what the local network allows. "
        "Two devices of the same spaces have the same journal exactly when their “state” in "
        "--json is equal; “set_aside_here_only” counts what only this device could not read."
    ),
)
@click.option(
    "--address", cls=Opt, is_flag=True,
    help=N_("Also say where this device listens, for a companion who meets it at an address."),
)  # fmt: skip
@click.pass_obj
def status_verb(invocation: Invocation, address: bool) -> None:
    """Say what is here and what is missing where."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        hear_of_node(device)
        listening = [address_text(one) for one in device.listening]
        status = device.status()
        aside = device.set_aside()
        quiet = device.store.settings.quiet
        me = device.person
    if status.lan is Lan.QUIET and not quiet and not invocation.doors.has_network():
        status = replace(status, lan=Lan.NO_INTERFACE)
    if invocation.as_json:
        voice.json(as_json(status) | ({"listening": listening} if address else {}))
        return
    for space in status.spaces:
        voice.data(_space_line(space, voice))
        if not space.writable:
            voice.data(_no_key_words(space))
    for peer in status.peers:
        voice.data(sentence(sync_sentence(peer, now(), me)))
    voice.data(sentence(_("local network: {lan}").format(lan=lan_words(status.lan))))
    if status.lan is not Lan.QUIET and (advice := what_to_do(status.lan)):
        voice.talk(advice)
    if address:
        _show_addresses(voice, listening)
    for peer in status.peers:
        for words in fault_sentences(device_words(peer, me), peer.faults, now()):
            voice.data(sentence(words))
    if aside:
        voice.data(
            ngettext(
                "{count} thing was set aside and not read; “aluna doctor” says which.",
                "{count} things were set aside and not read; “aluna doctor” says which.",
                len(aside),
            ).format(count=len(aside))
        )
    for words in limits_of_this_device(aside):
        voice.data(sentence(words))
    if late := sum(space.late for space in status.spaces):
        voice.data(sentence(late_count_words(late)))


def _show_addresses(voice: Voice, addresses: list[str]) -> None:
    if not addresses:
        voice.data(_("This device is not listening now: the screens or “aluna node” do."))
    for address in addresses:
        voice.data(_("This device listens at {address}.").format(address=address))
        if voice.terminal and not voice.plain:
            voice.data(qr_text(address))


def _space_line(space: SpaceFacts, voice: Voice) -> str:
    records = ngettext("{count} record", "{count} records", space.records).format(
        count=space.records
    )
    whose = space_words(space.kind, space.name, space.persons)
    parts = [whose, records]
    if space.kind != "private":
        parts.insert(
            1,
            _("{persons}, {devices}").format(
                persons=ngettext("{count} person", "{count} people", space.persons).format(
                    count=space.persons
                ),
                devices=ngettext("{count} device", "{count} devices", space.devices).format(
                    count=space.devices
                ),
            ),
        )
        if space.devices > 1:
            parts.append(_pending_words(space))
    name = space.name or whose
    line = " · ".join(parts if space.name else parts[1:])
    return f"{voice.bold(name)}: {line}"


def _pending_words(space: SpaceFacts) -> str:
    if not space.pending:
        return _("everything of yours has reached all")
    return ngettext(
        "{count} change of yours has not reached everyone",
        "{count} changes of yours have not reached everyone",
        space.pending,
    ).format(count=space.pending)


def _no_key_words(space: SpaceFacts) -> str:
    return _(
        "{name}: what you write waits on this device, safe, because the key to write with is gone "
        "or was given to somebody outside. Yours or a companion's device makes a new one when "
        "you meet."
    ).format(name=space.name)


def as_json(status: Status) -> dict[str, object]:
    """Return the object that `status --json` prints (a contract)."""
    return {
        "engine": status.engine,
        "spaces": [
            {
                "id": space.id.hex(),
                "name": space.name,
                "kind": space.kind,
                "persons": space.persons,
                "devices": space.devices,
                "records": space.records,
                "entries": space.entries,
                "state": space.state,
                "pending": space.pending,
                "set_aside": space.set_aside,
                "epoch": space.epoch.hex(),
                "set_aside_here_only": space.limited,
                "late": space.late,
            }
            for space in status.spaces
        ],
        "peers": [
            {
                "device": peer.device.hex(),
                "person": peer.person_name,
                "online": peer.online,
                "last_met": peer.last_met,
                "lacks": peer.lacks,
                "we_lack": peer.we_lack,
            }
            for peer in status.peers
        ],
        "lan": status.lan.value,
    }
