"""What is said when somebody takes a record back, and above the words that come back of it."""

from __future__ import annotations

from typing import Final

from aluna_sync.facts import TakenBack
from aluna_tui.texts import N_, _

LIMIT: Final = N_(
    "It will go from the devices that connect. We cannot take it from memory, photos, paper, "
    "exports or a device that never connects again."
)
LIMIT_OF_MINE: Final = N_(
    "Nobody reads it in the record any more, once they connect. Older versions stay on their "
    "devices, until whoever made the record takes all of it back."
)
WHAT_STAYS: Final = N_(
    "What you did or answered there, and dates and the like you said, stays: those are only "
    "answered, never erased."
)
OTHERS_WORDS: Final = N_("What others wrote in it goes back to them, as a private note.")


def heading(name: str) -> str:
    """Return what stands above own words that come back of what *name* took back."""
    if not name:
        return _("You had written this in a record that was taken back:")
    return _("You had written this in a record that {name} took back:").format(name=name)


def taken_back_by(name: str) -> str:
    """Say in an empty place that *name* took back what was there."""
    return _("taken back by {name}").format(name=name) if name else _("taken back")


def taken_back_words(news: TakenBack, name: str) -> str:
    """Say that *name* took a record back."""
    if news.note is None:
        words = _("{name} took back a record.")
    else:
        words = _("{name} took back a record; your words are with you, in a private note.")
    return words.format(name=name or _("Somebody"))
