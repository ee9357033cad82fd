"""What this device does on a network, what it sees there and what to do then, in sentences."""

from __future__ import annotations

from typing import Final

from aluna_tui.texts import N_, _, ngettext

_WHAT_TO_DO: Final = {
    "no-interface": N_(
        "Connect this device to the network your companions are on; a hotspot of one of your "
        "phones is enough, and a USB stick needs none."
    ),
    "blocked": N_(
        "What devices say to everybody does not get through here, so they do not find each other "
        "by themselves. Meet at an address, use the hotspot of a phone, or a USB stick."
    ),
    "nobody": N_(
        "Nobody is heard. Perhaps nobody is near; some networks also keep devices apart, which "
        "cannot be told from here. Meeting at an address, a phone's hotspot or a USB stick help."
    ),
    "quiet": N_("This device sends nothing by itself. Meeting at an address goes on working."),
}


def what_to_do(lan: str) -> str:
    """Say what helps where the local network is *lan*; empty where nothing is needed."""
    text = _WHAT_TO_DO.get(lan)
    return _(text) if text else ""


def quiet_words(*, on: bool) -> str:
    """Say whether this device is quiet."""
    if on:
        return _("Quiet: this device sends nothing on a network unless you ask for it.")
    return _("Not quiet: this device announces itself to its companions and looks for them.")


def findable_words(*, on: bool) -> str:
    """Say whether this device can be found where announcements are blocked."""
    if on:
        return _("Where announcements are blocked, companions who search this network find it.")
    return _("Where announcements are blocked, nobody finds this device by searching.")


def probe_words() -> str:
    """Say what a search of the network is, before anybody starts one."""
    return _(
        "This asks every address around yours whether a companion listens there. It is a port "
        "scan: a watched network notes it, and that it came from this device. It takes three "
        "seconds, and finds only companions who are searching too or want to be found."
    )


def probed_words(answered: int) -> str:
    """Say how many answered a search."""
    if not answered:
        return _("Nobody answered. Whoever is near has to search too, or want to be found.")
    return ngettext(
        "{count} address answered; if it is a companion, it will appear.",
        "{count} addresses answered; companions among them will appear.",
        answered,
    ).format(count=answered)
