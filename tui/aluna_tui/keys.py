"""Every key of the screens in one table: what it is called, what it does, what it says for itself.

No key needs AltGr on a Latin American keyboard, and none is one that tmux, zellij or the terminal
keep for themselves (ctrl+b, ctrl+s, ctrl+q, ctrl+o, ctrl+j).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

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
    Key("back", "escape", "Esc", N_("back"), N_("Go back"), "screen.back", "close cancel"),
    Key("open", "enter", "Enter", N_("open"), N_("Open"), "screen.open", "read"),
    Key(
        "filter", "t", "t", N_("types"), N_("Choose which types are shown"), "screen.filter", "only"
    ),
    Key("unread", "s", "s", N_("unread"), N_("Only what I have not read"), "screen.unread", "new"),
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
    Key("leave", "ctrl+q", "^q", N_("leave"), N_("Leave the program"), "app.leave", "quit exit"),
)

KEYS: Final = {key.id: key for key in _ALL}
EVERYWHERE: Final = ("orders", "help", "quiet", "lock")
FOOTER_MOST: Final = 7
