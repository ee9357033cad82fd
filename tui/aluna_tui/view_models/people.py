"""People, their devices, and what each lacks, in sentences; never a count about a person."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.facts import PeerFacts
from aluna_tui.fault_words import WHAT_TO_DO, fault_sentences
from aluna_tui.labels import alike_words, lan_words, sentence
from aluna_tui.late_words import late_count_words
from aluna_tui.sync_words import device_words, limits_of_this_device
from aluna_tui.texts import _, listed, ngettext
from aluna_tui.view_models.facade import JournalDevice
from aluna_tui.view_models.home import companion_words
from aluna_tui.view_models.plain import one_line
from aluna_tui.view_models.words import NAME_LETTERS

FAULT_LETTERS: Final = 240


@dataclass(frozen=True, slots=True)
class PersonLines:
    """A person and one sentence for each of her devices."""

    name: str
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """What the page of people shows."""

    lan: str
    persons: tuple[PersonLines, ...]
    set_aside: str
    notes: tuple[str, ...] = ()
    """What else has to be known: limits of this device, names that look alike."""


def people_page(device: JournalDevice, now: datetime) -> PeoplePage:
    """Return the page as it stands at *now* (with its zone)."""
    status = device.status(state=False)
    peers = {peer.device: peer for peer in device.peers()}
    persons: list[PersonLines] = []
    people, gone = device.people(device.collective()), device.gone(device.collective())
    for person in people:
        name = one_line(person.name, NAME_LETTERS)
        lines = [
            words
            for id_ in person.devices
            if id_ in peers
            for words in _device_lines(peers[id_], device, now)
        ]
        if device.device in person.devices:
            lines.insert(0, _("This device, the one you are using"))
        if not lines:
            lines = [_("Without a device of hers known here")]
        name = _("{name} (you)").format(name=name) if person.me else name
        if person.resting:
            name = _("{name} · resting").format(name=name)
        persons.append(PersonLines(name, tuple(lines)))
    near = sum(peer.online for peer in peers.values())
    lan = _("network: {state}").format(state=lan_words(status.lan.value))
    if near:
        lan += " · " + ngettext("{count} device near", "{count} devices near", near).format(
            count=near
        )
    aside = sum(space.set_aside for space in status.spaces)
    notes = [sentence(words) for words in limits_of_this_device(device.set_aside())]
    if late := sum(space.late for space in status.spaces):
        notes.append(sentence(late_count_words(late)))
    if gone:
        names = one_line(listed([one.name for one in gone]))
        notes.insert(0, _("No longer here: {names}.").format(names=names))
    if any(person.alike for person in (*people, *gone)):
        notes.append(sentence(alike_words()))
    return PeoplePage(lan, tuple(persons), _aside_words(aside), tuple(notes))


def _device_lines(peer: PeerFacts, device: JournalDevice, now: datetime) -> list[str]:
    """Say how things stand with a device, then what it did wrong if it did."""
    faults = fault_sentences(device_words(peer, device.person), peer.faults, now)
    said = [sentence(one_line(words, FAULT_LETTERS)) for words in faults]
    if said:
        said.append(_(WHAT_TO_DO))
    return [companion_words(peer, device, now), *said]


def _aside_words(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "{count} thing that arrived was set aside because it could not be read safely. "
        "The rest of the journal is whole.",
        "{count} things that arrived were set aside because they could not be read safely. "
        "The rest of the journal is whole.",
        count,
    ).format(count=count)
