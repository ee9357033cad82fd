"""Trouble with passphrases, lists of words, and sealed copies."""

from __future__ import annotations

from typing import Final

from aluna_tui.texts import N_
from aluna_tui.troubles.trouble import NOTHING_LOST, SAFE_HERE, Trouble

_NO_WORD_IS_QUOTED: Final = N_("The words were not kept anywhere.")

SAFETY: Final = {
    "vault-changed": Trouble(
        N_("The file with this device's keys changed meanwhile, or could not be renewed."),
        SAFE_HERE,
        N_("Check that the disk is not full, then close this program and open it again."),
    ),
    "passphrase-not-usable": Trouble(
        N_("That passphrase cannot be used here."),
        NOTHING_LOST,
        N_("Choose another one, with words of its own."),
    ),
    "share-length": Trouble(
        N_("List {number} has {count} words; it needs {needed}."),
        _NO_WORD_IS_QUOTED,
        N_("Write all of them in their order; the first four letters of each are enough."),
    ),
    "share-word-unknown": Trouble(
        N_("Word {place} of list {number} is not one of the words such lists are made of."),
        _NO_WORD_IS_QUOTED,
        N_("Look at its letters on the paper: these words are English."),
    ),
    "share-mistyped": Trouble(
        N_("List {number} has a word that does not fit the others."),
        _NO_WORD_IS_QUOTED,
        N_("Compare it with the paper, word by word: one is another word, or in another place."),
    ),
    "share-twice": Trouble(
        N_("That is the same list twice."),
        NOTHING_LOST,
        N_("Two different lists of the three are needed."),
    ),
    "shares-of-different-keys": Trouble(
        N_("These two lists do not belong together."),
        NOTHING_LOST,
        N_("They were made on different days or for different vaults: look for two of one day."),
    ),
    "shares-open-nothing": Trouble(
        N_("These lists of words do not open this vault."),
        NOTHING_LOST,
        N_("Newer lists replaced them, or they are of another vault, or they were made worthless."),
    ),
    "shares-not-two": Trouble(
        N_("Two lists of words are needed, one a line, and {count} were given."),
        NOTHING_LOST,
        N_("Give exactly two lines."),
    ),
    "file-exists": Trouble(
        N_("There is something at {path} already."),
        N_("It was left as it is."),
        N_("Give the copy another name."),
    ),
    "backup-not-written": Trouble(
        N_("The copy could not be written to {path}."),
        N_("Nothing was left there, and everything here is as it was."),
        N_("Check that the folder is there and that you may write in it."),
    ),
    "backup-not-read": Trouble(
        N_("The copy {path} could not be read."),
        N_("Nothing was created."),
        N_("Check its name, and that the stick or disk it is on is still there."),
    ),
    "not-a-backup": Trouble(
        N_("That file is not a copy made by this program."),
        N_("Nothing was created."),
        N_("Look for the file that “aluna backup” wrote."),
    ),
    "backup-damaged": Trouble(
        N_("The copy is damaged: something in it was changed, or its end is missing."),
        N_("Nothing was created."),
        N_("Use another copy; or enter again with “aluna join”: companions have what was shared."),
    ),
    "backup-too-new": Trouble(
        N_("That copy was made by a newer version of the program."),
        N_("Nothing was created."),
        N_("Bring this program up to date."),
    ),
    "home-not-empty": Trouble(
        N_("The folder {home} is not empty."),
        N_("It was left as it is."),
        N_("Choose an empty or a new folder with --home."),
    ),
    "second-passphrase-on": Trouble(
        N_("There is a second passphrase already."),
        NOTHING_LOST,
        N_("“aluna notebook off” takes it away, with what is written in its notebook."),
    ),
    "second-passphrase-off": Trouble(
        N_("There is no second passphrase."),
        NOTHING_LOST,
        N_("“aluna notebook on” makes one."),
    ),
    "second-passphrase-not-here": Trouble(
        N_("This vault cannot have a second passphrase."),
        NOTHING_LOST,
        N_("“aluna safety” says what protects it."),
    ),
    "notebook-not-wanted": Trouble(
        N_("No second passphrase was made."),
        NOTHING_LOST,
        N_("Scripts say with --yes that somebody has read what it cannot do."),
    ),
}
