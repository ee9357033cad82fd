"""What each protection of this device cannot do, in the words people read beside it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from aluna_sync.vault_layout import Removes
from aluna_tui.texts import N_, _, ngettext

LIMITS: Final = MappingProxyType(
    {
        "lock": (
            N_(
                "Locking forgets the keys, but what was in memory may stay in swap or in a "
                "hibernation image: encrypt the whole disk."
            ),
        ),
        "panic": (
            N_(
                "The keys go first, and without them nothing here can be read. A backup, a "
                "snapshot or the memory of the disk may keep an older copy, which opens with its "
                "passphrase."
            ),
            N_("What your companions' devices have stays with them."),
        ),
        "part": (
            N_(
                "Only a part goes: your passphrase still opens the rest, and whoever has it and "
                "examines the disk may find traces of what went."
            ),
            N_("What your companions' devices have stays with them."),
        ),
        "passphrase": (
            N_(
                "Backups and copies made before still open with the old passphrase. A program "
                "that is open now stays open."
            ),
        ),
        "shares": (
            N_(
                "Any two of the three open everything here, without you: give them to people who "
                "would not join against you, and never two to one person."
            ),
            N_(
                "The words come from an English list (SLIP-39) and are copied as they are. Nobody "
                "keeps them, nor who holds them: what is lost is lost."
            ),
            N_("They open this vault and its backups. After a panic there is nothing to open."),
        ),
        "backup": (
            N_(
                "Whoever has the file and what opens it today reads all of today, also after you "
                "change the passphrase. Its size tells how much you wrote."
            ),
        ),
        "restore": (
            N_(
                "The device goes on under a new number. Do not go on using the other copy: two of "
                "one device confuse companions."
            ),
        ),
        "notebook": (
            N_(
                "It is for somebody who looks at your screen. Whoever looks at the files sees that "
                "there are two databases, and this program tells everybody that it can do this."
            ),
            N_(
                "It does not stand up to an examination, and it may anger whoever finds out. Often "
                "it is safer to carry nothing: destroy, and enter again later."
            ),
            N_("What is written in it never reaches your companions. A panic destroys both."),
        ),
    }
)

WORDS_A_LINE: Final = 4

REMOVES_CODES: Final = MappingProxyType(
    {
        Removes.EVERYTHING: "all",
        Removes.KEYS: "keys",
        Removes.SHARED: "shared",
        Removes.PRIVATE: "private",
    }
)
"""As scripts write and read them."""

PARTS: Final = frozenset({Removes.SHARED, Removes.PRIVATE})
"""What can only be taken out of an open vault."""

_REMOVES: Final = MappingProxyType(
    {
        Removes.EVERYTHING: N_("everything that is here: the keys, then the files"),
        Removes.KEYS: N_("only the keys: the quickest; the journal stays closed for ever"),
        Removes.SHARED: N_("what was shared; what is private stays"),
        Removes.PRIVATE: N_("what is private, drafts too; what was shared stays"),
    }
)


def limits(topic: str) -> list[str]:
    """Return what the protection *topic* cannot do, in the language in use."""
    return [_(text) for text in LIMITS[topic]]


def removes_words(removes: Removes) -> str:
    """Say what a panic removes."""
    return _(_REMOVES[removes])


def panic_limits(removes: Removes) -> list[str]:
    """Return what a panic that removes *removes* cannot do."""
    return limits("part" if removes in PARTS else "panic")


def minutes_words(minutes: int) -> str:
    """Say after how long without a key the screens lock."""
    return ngettext(
        "after {count} minute without a key", "after {count} minutes without a key", minutes
    ).format(count=minutes)


def share_lines(share: str) -> list[str]:
    """Return the words of a share with their numbers, four a line."""
    words = [f"{place:>2} {word:<10}" for place, word in enumerate(share.split(), start=1)]
    rows = range(0, len(words), WORDS_A_LINE)
    return ["  " + "  ".join(words[row : row + WORDS_A_LINE]).rstrip() for row in rows]
