"""Trouble with the vault and the store of this device."""

from __future__ import annotations

from typing import Final

from aluna_tui.texts import N_
from aluna_tui.troubles.trouble import NOTHING_LOST, SAFE_HERE, Trouble

VAULT: Final = {
    "no-vault": Trouble(
        N_("There is no vault in {home}."),
        N_("Nothing was created."),
        N_(
            "Create one with “aluna init”, enter a collective with “aluna join”, or say where it "
            "is with --home."
        ),
    ),
    "vault-exists": Trouble(
        N_("There is a vault in {home} already."),
        N_("It was left as it is."),
        N_("Use it, or choose another folder with --home."),
    ),
    "wrong-passphrase": Trouble(
        N_("This passphrase does not open the vault."),
        SAFE_HERE,
        N_("Try again, slowly; capital letters and spaces count."),
    ),
    "no-passphrase": Trouble(
        N_("There is no terminal to ask for the passphrase."),
        NOTHING_LOST,
        N_(
            "Run it in a terminal, or give the passphrase with --passphrase-fd or "
            "ALUNA_PASSPHRASE_FILE."
        ),
    ),
    "passphrases-differ": Trouble(
        N_("The two passphrases are not the same."),
        N_("Nothing was created."),
        N_("Try again."),
    ),
    "empty-passphrase": Trouble(
        N_("The passphrase is empty."),
        NOTHING_LOST,
        N_("Choose some words that only you would put together."),
    ),
    "passphrase-file-open-to-others": Trouble(
        N_("Others can read the passphrase file {path}, so it was not used."),
        NOTHING_LOST,
        N_("Make it yours alone with “chmod 600 {path}”, and think of changing the passphrase."),
    ),
    "passphrase-unreadable": Trouble(
        N_("The passphrase could not be read from {source}."),
        NOTHING_LOST,
        N_("Check that it exists and that it is open for reading."),
    ),
    "vault-of-another-device": Trouble(
        N_("This vault belongs to another device."),
        N_("It was not opened: two devices with one identity would harm the journal of all."),
        N_("Go back to the device it comes from, or enter with this one through “aluna join”."),
    ),
    "vault-in-use": Trouble(
        N_("Another program is using this vault right now."),
        SAFE_HERE,
        N_("Wait for it to finish, or close it, and try again."),
    ),
    "store-damaged": Trouble(
        N_("The store of this device is damaged."),
        N_("What your companions' devices have received is safe with them."),
        N_("Do not delete anything. Run “aluna doctor --rebuild”; if it fails, restore a backup."),
    ),
    "disk-full": Trouble(
        N_("The disk is full."),
        N_("What was written before is safe; the last thing was not written."),
        N_("Free some space and do it again."),
    ),
    "wrong-versions": Trouble(
        N_("This program was installed with parts that do not fit: {parts}."),
        N_("The vault was not touched."),
        N_("Install it again with the versions it names, then run “aluna doctor”."),
    ),
    "engine-died": Trouble(
        N_("The part of the program that merges records had to stop."),
        SAFE_HERE,
        N_("Try again; “aluna doctor” lists what was set aside."),
    ),
    "passphrase-too-short": Trouble(
        N_("The passphrase is too short."),
        NOTHING_LOST,
        N_("Use at least {least} letters; several words in a row are easy to keep in mind."),
    ),
    "vault-locked": Trouble(
        N_("The vault is closed."),
        SAFE_HERE,
        N_("Open it with your passphrase."),
    ),
    "vault-damaged": Trouble(
        N_("The file with this device's keys is damaged."),
        N_("The journal was not touched, and companions keep what they received."),
        N_("Bring the file “vault” back from a backup of this device, or enter again."),
    ),
    "vault-not-a-file": Trouble(
        N_("What should hold this device's keys is not a file."),
        NOTHING_LOST,
        N_("Look at the folder “aluna locate” names, or choose another with --home."),
    ),
    "vault-parameters": Trouble(
        N_("The file with this device's keys asks for more work than is reasonable."),
        N_("It was not opened: somebody may have changed it."),
        N_("Bring the file “vault” back from a backup of this device, or enter again."),
    ),
    "vault-too-new": Trouble(
        N_("This vault was made by a newer version of the program."),
        NOTHING_LOST,
        N_("Bring this program up to date."),
    ),
    "not-enough-memory": Trouble(
        N_("There is not enough memory to turn the passphrase into a key."),
        NOTHING_LOST,
        N_("Close other programs and try again."),
    ),
    "home-is-a-link": Trouble(
        N_("The folder {home} is a link to another place, so it was not used."),
        NOTHING_LOST,
        N_("Name the folder itself with --home."),
    ),
    "home-not-a-directory": Trouble(
        N_("{home} is not a folder."),
        NOTHING_LOST,
        N_("Choose a folder with --home."),
    ),
    "home-not-writable": Trouble(
        N_("This program may not write in {home}."),
        NOTHING_LOST,
        N_("Check whose folder it is, or choose another with --home."),
    ),
    "home-of-someone-else": Trouble(
        N_("The folder {home} belongs to another account of this computer."),
        NOTHING_LOST,
        N_("Choose a folder of your own with --home."),
    ),
    "store-busy": Trouble(
        N_("Another program is writing in this vault right now."),
        SAFE_HERE,
        N_("Try again in a moment."),
    ),
    "node-already-running": Trouble(
        N_("A node of this vault is running already."),
        SAFE_HERE,
        N_("It keeps this device in sync by itself; end it first to run another."),
    ),
    "no-store": Trouble(
        N_("The keys of this device are here, but its store is not."),
        N_("What your companions' devices have received is safe with them."),
        N_("Bring the file “store.db” back from a backup, or enter again with a new vault."),
    ),
    "store-exists": Trouble(
        N_("There is a store here without its keys."),
        N_("It was left as it is."),
        N_("Choose another folder with --home, or bring the file “vault” back beside it."),
    ),
    "store-not-encrypted": Trouble(
        N_("The database of this installation would not be encrypted."),
        N_("It was not opened, and nothing was written in the open."),
        N_("Install the program again, without “apsw” beside “apsw-sqlite3mc”."),
    ),
    "store-not-writable": Trouble(
        N_("The store of this device cannot be written."),
        N_("What was written before is safe."),
        N_("Check that the disk is not read-only and that the folder is yours."),
    ),
    "store-too-new": Trouble(
        N_("The store was made by a newer version of the program."),
        NOTHING_LOST,
        N_("Bring this program up to date."),
    ),
    "wrong-key": Trouble(
        N_("The store does not open with the keys of this vault, or its beginning is damaged."),
        N_("It was left as it is."),
        N_("“vault” and “store.db” must come from the same device and the same backup."),
    ),
    "index-damaged": Trouble(
        N_("The index of this device is damaged; the log it is made from is whole."),
        SAFE_HERE,
        N_("Run “aluna doctor --rebuild”."),
    ),
    "log-gap": Trouble(
        N_("A piece of a log is missing in the store of this device."),
        N_("What came before it is safe."),
        N_("Run “aluna sync”: companions bring back what they have."),
    ),
    "no-such-entry": Trouble(
        N_("An entry that should be in the store of this device is not there."),
        N_("The other entries are safe."),
        N_("Run “aluna sync”: companions bring back what they have."),
    ),
    "not-written": Trouble(
        N_("This change could not be written ({reason})."),
        N_("What was written before is safe; the last thing was not written."),
        N_("Try again; “aluna doctor” may tell more."),
    ),
}
