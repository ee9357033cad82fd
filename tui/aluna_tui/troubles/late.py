"""Trouble with what came too late."""

from __future__ import annotations

from typing import Final

from aluna_tui.texts import N_
from aluna_tui.troubles.trouble import NOTHING_LOST, SAFE_HERE, Trouble

LATE: Final = {
    "nothing-late": Trouble(
        N_("Nothing in the tray begins with “{id}”."),
        NOTHING_LOST,
        N_("“aluna tray --all” shows what lies there, with the beginning of each one's id."),
    ),
    "late-unreadable": Trouble(
        N_("What came too late cannot be read yet: something it rests on is missing."),
        SAFE_HERE,
        N_("It may come with the next sync."),
    ),
    "tray-action": Trouble(
        N_("“tray” can list, show ID, take ID or decline ID."),
        NOTHING_LOST,
        N_("“aluna tray” alone lists what lies there."),
    ),
}
