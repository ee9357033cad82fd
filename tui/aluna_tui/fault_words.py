"""What a device did wrong, said so that one can speak with its person and accuse nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from aluna_tui.moments import moment_words
from aluna_tui.texts import N_, _

if TYPE_CHECKING:
    from aluna_sync.facts import FaultFacts

_SENTENCES = {
    "broken-message": N_(
        "{who} said something that no device of this program says, and the connection was ended"
    ),
    "forged": N_("{who} brought entries without the signature they should have; none was taken"),
    "withheld": N_("{who} says it has entries and does not send them"),
    "forked": N_(
        "{who} wrote two histories in one place, perhaps as two copies of it; both are kept"
    ),
    "flooded": N_("{who} spoke without pause and said nothing, and the connection was ended"),
    "too-many": N_("{who} brings more than one device can need; the rest was not taken"),
}
WHAT_TO_DO = N_(
    "Speak with the person: the device may be damaged, an old copy, or in other hands. Nothing of "
    "yours was changed by it."
)


def fault_sentences(who: str, faults: Iterable[FaultFacts], now: datetime) -> list[str]:
    """Return a sentence for each kind of fault of the device called *who*."""
    return [
        _("{what} ({moment})").format(
            what=_(_SENTENCES[one.fault]).format(who=who), moment=moment_words(one.last, now)
        )
        for one in faults
    ]
