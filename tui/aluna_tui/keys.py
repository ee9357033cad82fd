"""Every key of the screens in one table: what it is called, what it does, what it says for itself.

No key needs AltGr on a Latin American keyboard, and none is one that tmux, zellij or the terminal
keep for themselves (ctrl+b, ctrl+s, ctrl+q, ctrl+o, ctrl+j).
"""

from __future__ import annotations

from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_tui.texts import N_


@dataclass(frozen=True, slots=True)
class Key:
    """One act that a key starts. *name* is for the footer, *words* for help and the orders."""

    id: str
    key: str
    shown: str
    name: str
    words: str
    action: str
    english: str
    """Words that find it among the orders whatever the language of the screens."""


_ALL: Final = (
    Key("write", "n", "n", N_("write"), N_("Write something new"), "app.write", "new note add"),
    Key(
        "emergency",
        "f4",
        "F4",
        N_("emergency"),
        N_("Open an emergency; F2 keeps it, with words or without"),
        "app.emergency",
        "crisis urgent help danger",
    ),
    Key("search", "slash", "/", N_("search"), N_("Search the journal"), "app.search", "find"),
    Key("orders", "ctrl+p", "^p", N_("orders"), N_("All the orders"), "app.orders", "palette"),
    Key("help", "f1", "F1", N_("help"), N_("Help for what you have before you"), "app.help", "?"),
    Key("quiet", "f9", "F9", N_("quiet"), N_("Quiet screen"), "app.quiet", "blank boss hide"),
    Key("lock", "f10", "F10", N_("lock"), N_("Lock"), "app.lock", "close"),
    Key("home", "i", "i", N_("home"), N_("Go to the home page"), "app.show('home')", "start"),
    Key(
        "journal",
        "d",
        "d",
        N_("journal"),
        N_("Read the journal"),
        "app.show('journal')",
        "list diary",
    ),
    Key(
        "agreements",
        "a",
        "a",
        N_("agreements"),
        N_("See the agreements"),
        "app.show('agreements')",
        "decisions",
    ),
    Key(
        "people", "g", "g", N_("people"), N_("People"), "app.show('people')", "devices sync status"
    ),
    Key(
        "network",
        "r",
        "r",
        N_("network"),
        N_("The network, and meeting at an address"),
        "app.show('network')",
        "lan address qr quiet wifi probe",
    ),
    Key(
        "meet_at",
        "m",
        "m",
        N_("meet at"),
        N_("Meet at an address"),
        "screen.meet_at",
        "dial connect peer",
    ),
    Key("probe", "b", "b", N_("look for"), N_("Search this network"), "screen.probe", "scan find"),
    Key(
        "silence",
        "c",
        "c",
        N_("quiet or not"),
        N_("Send nothing unasked, or do again"),
        "screen.silence",
        "silent hide offline",
    ),
    Key(
        "findable",
        "f",
        "f",
        N_("be found"),
        N_("Be found by who searches, or not"),
        "screen.findable",
        "visible port",
    ),
    Key(
        "belonging",
        "p",
        "p",
        N_("the door"),
        N_("Who keeps the door, and what waits for a yes"),
        "app.show('belonging')",
        "keepers remove suspend circle quorum door",
    ),
    Key(
        "tray",
        "v",
        "v",
        N_("too late"),
        N_("What came too late"),
        "app.show('tray')",
        "tray removed suspended late",
    ),
    Key(
        "decide", "x", "x", N_("decide"), N_("Take it in, or leave it out"), "screen.decide", "take"
    ),
    Key("say_yes", "y", "y", N_("say yes"), N_("Say yes to something"), "screen.say_yes", "second"),
    Key("ask", "u", "u", N_("ask"), N_("Ask for something"), "screen.ask", "remove suspend circle"),
    Key(
        "safety",
        "k",
        "k",
        N_("safety"),
        N_("Safety of this device"),
        "app.show('safety')",
        "lock panic passphrase backup recover words notebook",
    ),
    Key(
        "panic",
        "f12",
        "F12",
        N_("destroy"),
        N_("Destroy what is here (press it twice)"),
        "app.panic",
        "wipe erase keys",
    ),
    Key(
        "carrying",
        "l",
        "l",
        N_("sticks"),
        N_("Sticks and folders"),
        "app.show('carrying')",
        "bundle usb file syncthing nextcloud read write",
    ),
    Key(
        "pictures",
        "o",
        "o",
        N_("pictures"),
        N_("Look at pictures of what you share"),
        "app.show('pictures')",
        "timeline map weave calendar weariness networks",
    ),
    Key(
        "digest",
        "j",
        "j",
        N_("while apart"),
        N_("What happened while we were apart"),
        "app.show('digest')",
        "digest since outage arrived together",
    ),
    Key(
        "looked",
        "y",
        "y",
        N_("I looked"),
        N_("Keep that I looked at this"),
        "screen.looked",
        "seen",
    ),
    Key(
        "with_harm",
        "h",
        "h",
        N_("what hurt too"),
        N_("Also what was done to us, or not"),
        "screen.with_harm",
        "harm impacts",
    ),
    Key("twin", "t", "t", N_("in words"), N_("The same in words, or drawn"), "screen.twin", "text"),
    Key("columns", "x", "x", N_("columns"), N_("Other columns"), "screen.columns", "expressions"),
    Key("whose", "s", "s", N_("whose"), N_("What another circle shares"), "screen.whose", "space"),
    Key("earlier", "minus", "-", N_("before"), N_("The one before"), "screen.earlier", "previous"),
    Key("later", "plus", "+", N_("after"), N_("The one after"), "screen.later", "next"),
    Key("back", "escape", "Esc", N_("back"), N_("Go back"), "screen.back", "close cancel"),
    Key("open", "enter", "Enter", N_("open"), N_("Open"), "screen.open", "read"),
    Key(
        "filter", "t", "t", N_("types"), N_("Choose which types are shown"), "screen.filter", "only"
    ),
    Key(
        "put_away",
        "h",
        "h",
        N_("what is away"),
        N_("Only what was put away"),
        "screen.put_away",
        "archived hidden",
    ),
    Key("unread", "s", "s", N_("unread"), N_("Only what I have not read"), "screen.unread", "new"),
    Key(
        "take_back",
        "w",
        "w",
        N_("take back"),
        N_("Take this record back, or what I wrote in it"),
        "screen.take_back",
        "withdraw delete remove",
    ),
    Key(
        "take_out",
        "w",
        "w",
        N_("take out"),
        N_("Take out what I wrote in it"),
        "screen.take_out",
        "withdraw mine fragments",
    ),
    Key(
        "act",
        "c",
        "c",
        N_("say or do"),
        N_("Say your word or do something with it"),
        "screen.act",
        "act consent object propose pause honour vote position",
    ),
    Key("edit", "e", "e", N_("edit"), N_("Write in this record"), "screen.edit", "change"),
    Key("save", "f2", "F2", N_("keep"), N_("Keep it in the journal"), "screen.save", "save done"),
    Key(
        "enough",
        "z",
        "z",
        N_("enough for today"),
        N_("Enough for today"),
        "app.enough",
        "rest pause",
    ),
    Key(
        "colours", "f8", "F8", N_("colours"), N_("Other colours"), "app.colours", "theme light dark"
    ),
    Key(
        "preferences",
        "comma",
        ",",
        N_("preferences"),
        N_("Language, colours and keys"),
        "app.show('preferences')",
        "settings options theme language keymap",
    ),
    Key("leave", "ctrl+q", "^q", N_("leave"), N_("Leave the program"), "app.leave", "quit exit"),
)

KEYS: Final = {key.id: key for key in _ALL}
"""By id; people may choose other keys (`key_map`)."""
EVERYWHERE: Final = ("orders", "help", "quiet", "lock")
FOOTER_MOST: Final = 7
