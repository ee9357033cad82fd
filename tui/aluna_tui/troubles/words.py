"""Trouble with words of one's own, kept views, pictures, and places that are no names."""

from __future__ import annotations

from typing import Final

from aluna_tui.texts import N_
from aluna_tui.troubles.trouble import NOTHING_LOST, Trouble

WORDS: Final = {
    "no-plus-codes": Trouble(
        N_("That is a code that leads to one spot on a map, and such are not kept here."),
        NOTHING_LOST,
        N_("Give the place a name or code name that only the group understands."),
    ),
    "no-map-links": Trouble(
        N_("That is a link to a map, and such are not kept here: it leads to where you are."),
        NOTHING_LOST,
        N_("Give the place a name or code name that only the group understands."),
    ),
    "word-not-usable": Trouble(
        N_("That cannot be a word of your own."),
        NOTHING_LOST,
        N_("Write one or a few words on one line, {at_most} letters at most."),
    ),
    "word-exists": Trouble(
        N_("“{term}” is already among your own words."),
        NOTHING_LOST,
        N_("Use that one, {near}, or give the new one a name that tells them apart."),
    ),
    "not-an-own-word": Trouble(
        N_("“{term}” is not one of your own words."),
        NOTHING_LOST,
        N_("“aluna vocabulary own” lists them. The words of the list itself do not change."),
    ),
    "same-word": Trouble(
        N_("Those two are one and the same word."),
        NOTHING_LOST,
        N_("Check the two ids with “aluna vocabulary own”."),
    ),
    "word-kept-elsewhere": Trouble(
        N_("Not everybody who reads the first word can read the second."),
        NOTHING_LOST,
        N_("Say it the other way round, or add the second word to the collective."),
    ),
    "words-not-joined": Trouble(
        N_("Nobody said that those two are the same."),
        NOTHING_LOST,
        N_("“aluna vocabulary show TERM” tells what a word is the same as."),
    ),
    "not-hidden": Trouble(
        N_("You do not keep “{term}” hidden."),
        NOTHING_LOST,
        N_("“aluna vocabulary GROUP --all” shows what is hidden as well."),
    ),
    "view-name-not-usable": Trouble(
        N_("That cannot be the name of a view."),
        NOTHING_LOST,
        N_("Write one or a few words without “/”, {at_most} letters at most."),
    ),
    "view-too-long": Trouble(
        N_("This is too much to keep under one name."),
        NOTHING_LOST,
        N_("Narrow it by fewer things."),
    ),
    "unknown-picture": Trouble(
        N_("There is no picture called “{name}”."),
        NOTHING_LOST,
        N_("There is: {names}."),
    ),
    "picture-of-one": Trouble(
        N_("Pictures are of what several share, never of one person."),
        NOTHING_LOST,
        N_("Ask for “collective” or “circle:NAME”. “aluna list” shows what is only yours."),
    ),
    "no-such-view": Trouble(
        N_("You keep nothing under the name “{name}”."),
        NOTHING_LOST,
        N_("What you keep: {names}. “aluna list … --save NAME” keeps one."),
    ),
}
