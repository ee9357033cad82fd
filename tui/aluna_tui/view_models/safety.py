"""The page about the safety of this device: each protection beside what it cannot do."""

from __future__ import annotations

from aluna_protocol.dataclass import dataclass
from aluna_sync.vault_layout import Removes
from aluna_sync.vault_secrets import IDLE_MINUTES
from aluna_tui.honest import limits, minutes_words, panic_limits, removes_words
from aluna_tui.texts import _
from aluna_tui.view_models.choices import Choice
from aluna_tui.view_models.facade import JournalDevice


@dataclass(frozen=True, slots=True)
class Protection:
    """One protection: what Enter on it does, its words, how it stands, what it cannot do."""

    id: str
    words: str
    standing: str
    limits: tuple[str, ...]


def safety_page(device: JournalDevice) -> tuple[Protection, ...]:
    """Return the protections of the vault of *device* as they stand."""
    chosen, removes = device.safety.settings, device.safety.removes
    return (
        Protection(
            "idle",
            _("The screens lock"),
            minutes_words(chosen.idle_minutes),
            tuple(limits("lock")),
        ),
        Protection(
            "panic",
            _("F12 twice removes"),
            removes_words(removes),
            tuple(panic_limits(removes)),
        ),
        Protection("passphrase", _("Change the passphrase"), "", tuple(limits("passphrase"))),
        Protection(
            "shares",
            _("Lists of words for the day it is forgotten"),
            _("made") if chosen.shares else _("none"),
            tuple(limits("shares")),
        ),
        Protection("backup", _("Write a sealed copy"), "", tuple(limits("backup"))),
        Protection(
            "notebook",
            _("A second passphrase that opens a small notebook"),
            _("on") if chosen.beside else _("off"),
            tuple(limits("notebook")),
        ),
    )


def idle_choices() -> list[Choice]:
    """Return after how long the screens may lock."""
    return [Choice(str(minutes), minutes_words(minutes)) for minutes in IDLE_MINUTES]


def removes_choices() -> list[Choice]:
    """Return what a panic may remove, each with what it cannot do."""
    return [
        Choice(str(int(removes)), removes_words(removes), words=" ".join(panic_limits(removes)))
        for removes in Removes
    ]


def shares_choices() -> list[Choice]:
    """Return what can be done with lists of words."""
    return [
        Choice("split", _("make three new lists; older ones are worthless then")),
        Choice("off", _("make every list worthless")),
    ]


def backup_choices() -> list[Choice]:
    """Return what may open a copy."""
    return [
        Choice("passphrase", _("it opens with the passphrase of now, and the lists of words")),
        Choice("own", _("it opens with six new words alone, shown once")),
    ]
