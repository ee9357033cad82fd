"""Trouble with bundles and shared folders."""

from __future__ import annotations

from typing import Final

from aluna_tui.texts import N_
from aluna_tui.troubles.trouble import NOTHING_LOST, SAFE_HERE, Trouble

_NO_HALF: Final = N_("Nothing stays there under that name, and nothing was lost here.")

CARRYING: Final = {
    "not-a-plain-file": Trouble(
        N_("{path} is no plain file: a link (symbolic or hard), a pipe, a device or a directory."),
        N_("Nothing of it was read."),
        N_("Copy the file itself into a directory of your own, and give the name of the copy."),
    ),
    "not-a-bundle": Trouble(
        N_("This is not a bundle of this program."),
        NOTHING_LOST,
        N_("Ask whoever gave it to you for the file that “aluna bundle write” made."),
    ),
    "bundle-not-for-us": Trouble(
        N_("There is nothing for this device in that bundle."),
        NOTHING_LOST,
        N_("Ask whoever made it to write one for you."),
    ),
    "bundle-of-newer": Trouble(
        N_("That bundle was made by another version of this program."),
        NOTHING_LOST,
        N_("Bring this program up to date, then read it again."),
    ),
    "bundle-too-large": Trouble(
        N_("A bundle has no more than {most} MiB."),
        NOTHING_LOST,
        N_("Meet over the network first, or write one with --for fewer people."),
    ),
    "bundle-for-too-many": Trouble(
        N_("That is more devices than one bundle has room for."),
        NOTHING_LOST,
        N_("Write several, each with --for some people."),
    ),
    "bundle-cut-short": Trouble(
        N_("The file ends, or stops making sense, before everything was read: incomplete stick."),
        N_("What came whole is kept."),
        N_("Copy it again and read it again; or ask for another one."),
    ),
    "bundle-exists": Trouble(
        N_("There is something called {path} already."),
        N_("It was left as it is."),
        N_("Give another name, or a directory: then the name is drawn."),
    ),
    "nobody-to-carry-to": Trouble(
        N_("There is no other device of those people to write for."),
        NOTHING_LOST,
        N_("“aluna devices” says which devices belong."),
    ),
    "no-such-person": Trouble(
        N_("There is nobody called “{name}” here, or more than one."),
        NOTHING_LOST,
        N_("These belong: {names}."),
    ),
    "no-such-place": Trouble(
        N_("There is no directory {path}."),
        NOTHING_LOST,
        N_("Check that the stick is in, and how its directory is called."),
    ),
    "no-such-file": Trouble(
        N_("There is no file {path}."),
        NOTHING_LOST,
        N_("Check that the stick is in, and how the file is called."),
    ),
    "file-not-readable": Trouble(
        N_("The file could not be read."),
        N_("What had come whole is kept."),
        N_("Check that the stick is in and that the file is yours to read, then try again."),
    ),
    "disk-full-there": Trouble(
        N_("There is no room left in {path}."),
        _NO_HALF,
        N_("Make room there, or use another stick."),
    ),
    "place-not-writable": Trouble(
        N_("Nothing may be written in {path}."),
        _NO_HALF,
        N_("Many sticks have a small switch against writing; or choose another place."),
    ),
    "place-gone": Trouble(
        N_("Writing in {path} did not work: perhaps the stick was taken out."),
        _NO_HALF,
        N_("Put it in again and write it again."),
    ),
    "folder-known": Trouble(
        N_("This device uses {path} already."),
        NOTHING_LOST,
        N_("“aluna folder list” names the directories it uses."),
    ),
    "folder-at-home": Trouble(
        N_("{path} is where this device keeps its vault."),
        NOTHING_LOST,
        N_("Choose a directory that holds nothing but what is to be carried."),
    ),
    "no-such-folder": Trouble(
        N_("This device does not use {path}."),
        SAFE_HERE,
        N_("“aluna folder list” names the directories it uses."),
    ),
}
