"""Trouble with deciding together who belongs."""

from __future__ import annotations

from typing import Final

from aluna_tui.texts import N_
from aluna_tui.troubles.trouble import NOTHING_LOST, SAFE_HERE, Trouble

_WHO: Final = N_("“aluna people” and “aluna devices” name them.")
_WAITING: Final = N_("“aluna keepers” says what waits, with the beginning of each one's id.")

AGREEING: Final = {
    "no-such-request": Trouble(
        N_("Nothing that begins with “{id}” waits for a yes."), NOTHING_LOST, _WAITING
    ),
    "several-requests": Trouble(
        N_("Several things that wait begin with “{id}”."), NOTHING_LOST, _WAITING
    ),
    "several-persons": Trouble(
        N_("Several people are called “{name}”."),
        NOTHING_LOST,
        N_("Say the beginning of her id instead: “aluna people --json” shows it."),
    ),
    "no-such-device": Trouble(N_("No device here is called “{name}”."), NOTHING_LOST, _WHO),
    "several-devices": Trouble(
        N_("Several devices are called “{name}”."),
        NOTHING_LOST,
        N_("Say PERSON/DEVICE instead."),
    ),
    "not-suspended": Trouble(
        N_("That device is not stopped."), NOTHING_LOST, N_("There is nothing to lift.")
    ),
    "no-seat-here": Trouble(
        N_("You do not belong there any more."),
        SAFE_HERE,
        N_("Somebody of the collective can let you in again, as at the beginning."),
    ),
    "device-suspended": Trouble(
        N_("Somebody stopped this device, and it can decide nothing until it is let go on."),
        SAFE_HERE,
        N_("Tell your companions that it is in your hands: “aluna lift” on two of their devices."),
    ),
    "yes-not-asked": Trouble(
        N_("Your yes is not asked for there: you said it already, or others have to."),
        NOTHING_LOST,
        _WAITING,
    ),
    "not-a-keeper": Trouble(
        N_("Only who keeps the door can do that."),
        NOTHING_LOST,
        N_("“aluna keepers” says who does."),
    ),
    "already-gone": Trouble(
        N_("That person or device does not belong there any more."), NOTHING_LOST, _WHO
    ),
    "may-not-act": Trouble(
        N_("That would have no effect with the rules as they are."),
        NOTHING_LOST,
        N_("“aluna keepers” says which rules those are."),
    ),
    "yes-needed": Trouble(
        N_("This asks whether you are sure, and nobody can be asked here."),
        NOTHING_LOST,
        N_("Say --yes if you are."),
    ),
    "keepers-both": Trouble(
        N_("--only and --everybody say two different things."),
        NOTHING_LOST,
        N_("Choose one of them."),
    ),
    "not-a-card": Trouble(
        N_("“{path}” is not a contact card, or not a whole one."),
        NOTHING_LOST,
        N_("Ask for it again: “aluna card” writes one."),
    ),
    "card-needs-name": Trouble(
        N_("There is no vault here yet."),
        NOTHING_LOST,
        N_("Say how you want to be called with --as, and one is made."),
    ),
    "admission-waits": Trouble(
        N_("{name} is not in yet: others have to say yes first."),
        NOTHING_LOST,
        N_("“aluna keepers” says who. Then open the door again, or “aluna admit” again."),
    ),
    "circle-action": Trouble(
        N_("“circle” begins with new, add or list; the first two take a name and who is in."),
        NOTHING_LOST,
        N_("For example: “aluna circle new Kitchen Ana Bo”."),
    ),
    "circle-exists": Trouble(
        N_("There is a circle called “{name}” already."),
        NOTHING_LOST,
        N_("Choose another name, or bring people into it with “aluna circle add”."),
    ),
    "circle-alone": Trouble(
        N_("A circle is for you and somebody else."),
        NOTHING_LOST,
        N_("What is only yours goes to your private space."),
    ),
    "not-in-collective": Trouble(
        N_("That person has no device in the collective now."), NOTHING_LOST, _WHO
    ),
    "same-space": Trouble(
        N_("It is in that space already."), NOTHING_LOST, N_("Choose another one with --to.")
    ),
    "not-only-yours": Trouble(
        N_("There are words of others in it: {names}."),
        NOTHING_LOST,
        N_("What others wrote goes no further without them. Write it anew in your own words."),
    ),
    "this-very-device": Trouble(
        N_("That is this very device."),
        NOTHING_LOST,
        N_("“aluna leave” leaves the collective; “aluna panic” destroys what is here."),
    ),
    "leave-instead": Trouble(
        N_("That is you."), NOTHING_LOST, N_("“aluna leave” leaves the collective.")
    ),
}
