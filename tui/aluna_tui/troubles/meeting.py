"""Trouble with spaces, meeting other devices, and the door."""

from __future__ import annotations

from typing import Final

from aluna_tui.texts import N_
from aluna_tui.troubles.trouble import NOTHING_LOST, SAFE_HERE, Trouble

MEETING: Final = {
    "which-collective": Trouble(
        N_("This device belongs to several collectives: {names}."),
        NOTHING_LOST,
        N_("Say which one with --collective."),
    ),
    "no-such-collective": Trouble(
        N_("This device does not belong to a collective called “{name}”."),
        NOTHING_LOST,
        N_("“aluna status” names the ones it belongs to."),
    ),
    "not-a-new-device": Trouble(
        N_("This device belongs to a collective already, as somebody."),
        NOTHING_LOST,
        N_("Only a new device becomes another one of yours: begin with an empty --home."),
    ),
    "as-or-mine": Trouble(
        N_("“join” needs a name with --as, or --mine for another device of yours."),
        NOTHING_LOST,
        N_("Say one of the two."),
    ),
    "no-collective": Trouble(
        N_("This device belongs to no collective yet."),
        SAFE_HERE,
        N_("Enter one with “aluna join”."),
    ),
    "no-such-space": Trouble(
        N_("There is no space called “{space}”."),
        NOTHING_LOST,
        N_("Use “private”, “collective” or “circle:NAME”."),
    ),
    "other-space": Trouble(
        N_("These two records live in different spaces."),
        NOTHING_LOST,
        N_("A link never carries anything out of the space it lives in."),
    ),
    "unknown-space": Trouble(
        N_("This device does not know that space."),
        NOTHING_LOST,
        N_("“aluna status” names the spaces it belongs to."),
    ),
    "too-many-spaces": Trouble(
        N_("This device already shares {limit} spaces, and one more could not be shared."),
        NOTHING_LOST,
        N_("Another device can enter it instead: each one shares up to {limit}."),
    ),
    "no-key-to-write": Trouble(
        N_("This device has no key to write in that space yet."),
        SAFE_HERE,
        N_("Run “aluna sync” with somebody of that space, then try again."),
    ),
    "nobody": Trouble(
        N_("There was nobody to sync with (local network: {lan})."),
        SAFE_HERE,
        N_("It will travel as soon as a companion is near; or give an address with --peer."),
    ),
    "incomplete": Trouble(
        N_("Not everything arrived in time."),
        N_("What arrived is safe; nothing is sent twice."),
        N_("Run it again, with a longer --wait if the network is slow."),
    ),
    "port-taken": Trouble(
        N_("Another program is already listening on port {port}."),
        NOTHING_LOST,
        N_("Choose another port with --listen HOST:PORT, or leave it out to take a free one."),
    ),
    "no-interface": Trouble(
        N_("This device has no network right now."),
        SAFE_HERE,
        N_("Connect it to the same network as your companions and try again."),
    ),
    "bad-address": Trouble(
        N_("“{text}” is not an address."),
        NOTHING_LOST,
        N_("Write it as HOST:PORT, for example 192.168.1.20:4747."),
    ),
    "unreachable": Trouble(
        N_("Nobody answered at {host}, port {port}."),
        NOTHING_LOST,
        N_("Check the address and that the other program is still open."),
    ),
    "not-five-words": Trouble(
        N_("The door has five words, and {count} were given."),
        NOTHING_LOST,
        N_("Write the five words in their order."),
    ),
    "door-words-unknown": Trouble(
        N_("“{word}” is not a word of the door."),
        NOTHING_LOST,
        N_("Check its letters, or ask for the words again."),
    ),
    "no-door": Trouble(
        N_("No open door was found near."),
        N_("Nothing was created."),
        N_(
            "Ask whether the door is still open (it closes after some minutes), or give its "
            "address with --at HOST:PORT."
        ),
    ),
    "nobody-came": Trouble(
        N_("Nobody came in while the door was open."),
        SAFE_HERE,
        N_("Open it again with “aluna invite” when both are ready."),
    ),
    "cannot-listen": Trouble(
        N_("This device cannot listen at {host}, port {port}."),
        NOTHING_LOST,
        N_("Give an address of this device with --listen HOST:PORT, or leave it out."),
    ),
    "not-an-address": Trouble(
        N_("“{host}” is not an address."),
        NOTHING_LOST,
        N_("Write it as HOST:PORT, for example 192.168.1.20:4747."),
    ),
    "unknown-shell": Trouble(
        N_("There is no completion for the shell “{shell}”."),
        NOTHING_LOST,
        N_("Choose one of: bash, zsh, fish."),
    ),
    "wrong-door-words": Trouble(
        N_("These words do not open that door."),
        NOTHING_LOST,
        N_("Check the five words and their order with whoever invited you."),
    ),
    "door-refused": Trouble(
        N_("The person at the door said no or did not answer, or others have to say yes too."),
        NOTHING_LOST,
        N_("Talk with them by another way; they can open the door again for this same device."),
    ),
    "door-refused-here": Trouble(
        N_("You did not say that the four words are the same, so this device did not go in."),
        NOTHING_LOST,
        N_("Tell whoever invited you, by another way: somebody may stand between you."),
    ),
    "door-interrupted": Trouble(
        N_("The door closed, or the connection was cut, before you came in."),
        NOTHING_LOST,
        N_("Ask for a new invitation."),
    ),
    "update-needed": Trouble(
        N_("The other device speaks another version of the protocol."),
        NOTHING_LOST,
        N_("Bring both programs up to date, then meet again."),
    ),
    "welcome-not-valid": Trouble(
        N_("What the door gave does not hold: a signature or a key does not fit."),
        NOTHING_LOST,
        N_("Do not enter through it. Ask whoever invited you by another way."),
    ),
    "already-in-collective": Trouble(
        N_("This device is in “{name}” already."),
        NOTHING_LOST,
        N_("“aluna sync” brings what is missing."),
    ),
    "person-already-in": Trouble(
        N_(
            "{name} belongs to this space already, and only they let in a further device of theirs."
        ),
        NOTHING_LOST,
        N_("Ask them to open the door with a device of theirs that is already in."),
    ),
    "may-not-admit": Trouble(
        N_("This device cannot let {name} in."),
        NOTHING_LOST,
        N_(
            "A space has room for {most} devices. "
            "With fewer in it, somebody else must open the door."
        ),
    ),
    "node-not-running": Trouble(
        N_("The part of the program that meets others has ended."),
        SAFE_HERE,
        N_("Try again."),
    ),
    "own-log-forked": Trouble(
        N_("Another copy of this device has written in its name."),
        N_("Nothing of either copy is lost, but this one stops writing."),
        N_("Use only one of the two, and enter again with the other as a new device."),
    ),
    "name-not-usable": Trouble(
        N_("That name cannot be used."),
        NOTHING_LOST,
        N_("Write it with plain letters, on one line and not too long."),
    ),
    "name-not-possible": Trouble(
        N_("That name cannot be used."),
        NOTHING_LOST,
        N_("Write it with plain letters, on one line and not too long."),
    ),
}
