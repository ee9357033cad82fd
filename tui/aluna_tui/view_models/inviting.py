"""The page of an open door: its words, where it is, and who is at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aluna_protocol.dataclass import dataclass
from aluna_tui.addresses import address_text
from aluna_tui.texts import _, language
from aluna_tui.view_models.plain import one_line

if TYPE_CHECKING:
    from aluna_sync.node import Knock

_NAME_LETTERS = 40


@dataclass(frozen=True, slots=True)
class DoorPage:
    """What an open door shows."""

    explained: tuple[str, ...]
    words: tuple[str, ...]
    """The five words, in their order."""
    address: str
    """Where to find it by hand, as a sentence."""
    code: str
    """What a QR code of it says."""


def door_page(indices: Sequence[int], address: tuple[str, int]) -> DoorPage:
    """Return what is shown of the door with these words, at *address*."""
    words = tuple(_in_words(indices))
    at = address_text(address)
    return DoorPage(
        (
            _("The door is open for ten minutes, for one device."),
            _("Say these five words only to whoever is to come in, aloud or by phone:"),
        ),
        words,
        _("If the other device does not find it, write this after the words: {address}").format(
            address=at
        ),
        f"aluna:{' '.join(words)}@{at}",
    )


def knock_words(knock: Knock, *, mine: bool = False) -> str:
    """Say who is at the door, and the words both must see; *mine*: it is to come in as me."""
    if mine:
        words = _(
            "The device “{device}” is at the door, to come in as you. Both must show: {words}"
        )
    else:
        words = _(
            "{person} is at the door, with the device “{device}”. Both of you must see: {words}"
        )
    return words.format(
        person=one_line(knock.person_name, _NAME_LETTERS),
        device=one_line(knock.device_name, _NAME_LETTERS),
        words=" ".join(_in_words(knock.safety_words)),
    )


def entered_words(person: str, *, mine: bool) -> str:
    """Say that whoever was at the door is in."""
    if mine:
        return _("Your device is in. It receives your journal when it next meets this one.")
    return _("{person} is in.").format(person=one_line(person, _NAME_LETTERS))


def _in_words(indices: Sequence[int]) -> list[str]:
    from aluna_sync.door_words import words_for

    return words_for(indices, language())
