"""What is said when somebody takes a record back, and above the words that come back of it."""

from __future__ import annotations

from typing import Final

from aluna_sync.facts import TakenBack
from aluna_tui.texts import N_, _

LIMIT: Final = N_(
    "It will go from the devices that connect. We cannot take it from memory, photos, paper, "
    "exports or a device that never connects again."
)
OTHERS_WORDS: Final = N_("What others wrote in it goes back to them, as a private note.")


def heading(name: str) -> str:
    """Return what stands above own words that come back of what *name* took back."""
    if not name:
        return _("You had written this in a record that was taken back:")
    return _("You had written this in a record that {name} took back:").format(name=name)


def taken_back_words(news: TakenBack, name: str) -> str:
    """Say that *name* took a record back."""
    if news.note is None:
        words = _("{name} took back a record.")
    else:
        words = _("{name} took back a record; your words are with you, in a private note.")
    return words.format(name=name or _("Somebody"))
