"""From the code of an error to what people read: what happened, what is safe, what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aluna_sync.errors import AlunaError
from aluna_tui.texts import N_, _, listed

_NOTHING_LOST: Final = N_("Nothing was changed and nothing was lost.")
_SAFE_HERE: Final = N_("Everything you wrote is safe on this device.")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Three sentences about an error; placeholders are the error's fields."""

    what: str
    safe: str
    then: str


TROUBLES: Final = {
    # the vault
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
        _SAFE_HERE,
        N_("Try again, slowly; capital letters and spaces count."),
    ),
    "no-passphrase": Trouble(
        N_("There is no terminal to ask for the passphrase."),
        _NOTHING_LOST,
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
        _NOTHING_LOST,
        N_("Choose some words that only you would put together."),
    ),
    "passphrase-file-open-to-others": Trouble(
        N_("Others can read the passphrase file {path}, so it was not used."),
        _NOTHING_LOST,
        N_("Make it yours alone with “chmod 600 {path}”, and think of changing the passphrase."),
    ),
    "passphrase-unreadable": Trouble(
        N_("The passphrase could not be read from {source}."),
        _NOTHING_LOST,
        N_("Check that it exists and that it is open for reading."),
    ),
    "vault-of-another-device": Trouble(
        N_("This vault belongs to another device."),
        N_("It was not opened: two devices with one identity would harm the journal of all."),
        N_("Go back to the device it comes from, or enter with this one through “aluna join”."),
    ),
    "vault-in-use": Trouble(
        N_("Another program is using this vault right now."),
        _SAFE_HERE,
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
        _SAFE_HERE,
        N_("Try again; “aluna doctor” lists what was set aside."),
    ),
    # records
    "no-such-record": Trouble(
        N_("No record here has an id that starts with “{prefix}”."),
        _NOTHING_LOST,
        N_("Look for its id with “aluna list” or “aluna search”."),
    ),
    "several-records": Trouble(
        N_("Several records have an id that starts with “{prefix}”."),
        _NOTHING_LOST,
        N_("Write more of the id."),
    ),
    "unknown-type": Trouble(
        N_("“{type}” is not a kind of record."),
        _NOTHING_LOST,
        N_("Choose one of: {types}."),
    ),
    "unknown-field": Trouble(
        N_("There is no field “{field}” in this kind of record."),
        _NOTHING_LOST,
        N_("Choose one of: {near}."),
    ),
    "unknown-choice": Trouble(
        N_("“{value}” is not one of the answers of “{field}”."),
        _NOTHING_LOST,
        N_("Choose one of: {near}."),
    ),
    "unknown-term": Trouble(
        N_("“{term}” is not in the vocabulary."),
        _NOTHING_LOST,
        N_("Perhaps you meant: {near}. “aluna vocabulary” shows all the words."),
    ),
    "unknown-link": Trouble(
        N_("“{kind}” is not a kind of link."),
        _NOTHING_LOST,
        N_("Choose one of: {near}."),
    ),
    "not-an-assignment": Trouble(
        N_("“{text}” does not say field=value."),
        _NOTHING_LOST,
        N_("Write it as --set field=value."),
    ),
    "unclear-date": Trouble(
        N_("“{words}” could not be read as a date."),
        _NOTHING_LOST,
        N_("Say it as “yesterday”, “12 March 2024”, “March 2024”, “2024” or “12/03/2024”."),
    ),
    "nothing-to-write": Trouble(
        N_("There are no words and no term to write."),
        _NOTHING_LOST,
        N_("Give a text, or “-” to read it from stdin, or a --term."),
    ),
    "too-long": Trouble(
        N_("The text is longer than a record can hold ({limit} letters)."),
        _NOTHING_LOST,
        N_("Write it as several records and link them."),
    ),
    # spaces and people
    "which-collective": Trouble(
        N_("This device belongs to several collectives: {names}."),
        _NOTHING_LOST,
        N_("Say which one with --collective."),
    ),
    "no-such-collective": Trouble(
        N_("This device does not belong to a collective called “{name}”."),
        _NOTHING_LOST,
        N_("“aluna status” names the ones it belongs to."),
    ),
    "no-collective": Trouble(
        N_("This device belongs to no collective yet."),
        _SAFE_HERE,
        N_("Enter one with “aluna join”."),
    ),
    "no-such-space": Trouble(
        N_("There is no space called “{name}”."),
        _NOTHING_LOST,
        N_("Use “private”, “collective” or “circle:NAME”."),
    ),
    "other-space": Trouble(
        N_("These two records live in different spaces."),
        _NOTHING_LOST,
        N_("A link never carries anything out of the space it lives in."),
    ),
    # meeting
    "nobody": Trouble(
        N_("There was nobody to sync with (local network: {lan})."),
        _SAFE_HERE,
        N_("It will travel as soon as a companion is near; or give an address with --peer."),
    ),
    "incomplete": Trouble(
        N_("Not everything arrived in time."),
        N_("What arrived is safe; nothing is sent twice."),
        N_("Run it again, with a longer --wait if the network is slow."),
    ),
    "port-taken": Trouble(
        N_("Another program is already listening at {address}."),
        _NOTHING_LOST,
        N_("Choose another port with --listen HOST:PORT, or leave it out to take a free one."),
    ),
    "no-interface": Trouble(
        N_("This device has no network right now."),
        _SAFE_HERE,
        N_("Connect it to the same network as your companions and try again."),
    ),
    "bad-address": Trouble(
        N_("“{text}” is not an address."),
        _NOTHING_LOST,
        N_("Write it as HOST:PORT, for example 192.168.1.20:4747."),
    ),
    "unreachable": Trouble(
        N_("Nobody answered at {address}."),
        _NOTHING_LOST,
        N_("Check the address and that the other program is still open."),
    ),
    "other-version": Trouble(
        N_("The other device speaks another version of the protocol."),
        _NOTHING_LOST,
        N_("Bring both programs up to date, then meet again."),
    ),
    # the door
    "not-five-words": Trouble(
        N_("The door has five words, and {count} were given."),
        _NOTHING_LOST,
        N_("Write the five words in their order."),
    ),
    "unknown-word": Trouble(
        N_("“{word}” is not a word of the door."),
        _NOTHING_LOST,
        N_("Perhaps it is: {near}. Ask for the words again if in doubt."),
    ),
    "no-door": Trouble(
        N_("No open door was found near."),
        N_("Nothing was created."),
        N_(
            "Ask whether the door is still open (it closes after some minutes), or give its "
            "address with --at HOST:PORT."
        ),
    ),
    "wrong-words": Trouble(
        N_("These words do not open that door."),
        N_("Nothing was created and the words were not shown to anybody."),
        N_("Check the five words and their order with whoever invited you."),
    ),
    "door-closed": Trouble(
        N_("The door closed before you came in."),
        N_("Nothing was created."),
        N_("Ask for a new invitation."),
    ),
    "refused": Trouble(
        N_("The person at the door said no, or did not answer."),
        N_("Nothing was created."),
        N_("Talk with them by another way; they can open the door again."),
    ),
    "nobody-came": Trouble(
        N_("Nobody came in while the door was open."),
        _SAFE_HERE,
        N_("Open it again with “aluna invite” when both are ready."),
    ),
}


def what_happened(error: AlunaError) -> str:
    """Return only what happened, in one sentence; an unknown code is shown as it is."""
    trouble = TROUBLES.get(error.code)
    if trouble is None:
        return _("This could not be done ({code}).").format(code=error.code)
    return _filled(trouble.what, error)


def sentences(error: AlunaError) -> list[str]:
    """Return what happened, what is safe and what to do next, in the language in use."""
    trouble = TROUBLES.get(error.code)
    if trouble is None:
        return [
            what_happened(error),
            _(_SAFE_HERE),
            _("“aluna doctor” may tell more; the word in brackets helps whoever helps you."),
        ]
    return [_filled(text, error) for text in (trouble.what, trouble.safe, trouble.then)]


class _Fields(dict[str, str]):
    """Fields of an error as text; one the error does not carry shows as "…"."""

    def __missing__(self, key: str) -> str:
        return "…"


def _filled(text: str, error: AlunaError) -> str:
    fields = _Fields({name: _as_text(value) for name, value in error.fields.items()})
    return _(text).format_map(fields)


def _as_text(value: object) -> str:
    if isinstance(value, (list, tuple, frozenset, set)):
        return listed([str(item) for item in value]) if value else "…"
    return str(value)
