"""Pictures in lines of plain text: for screen readers, for paper, for a slow connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aluna_tui.picture_words.base import Names

if TYPE_CHECKING:
    from aluna_sync.journal.pictures.drawing import Picture

__all__ = ["Names", "lines"]


def lines(drawn: Picture, names: Names) -> list[str]:
    """Return *drawn* in words, a line each; what each place holds stands indented under it."""
    from aluna_sync.journal.pictures.agreements import Agreements
    from aluna_sync.journal.pictures.care import CareCalendar
    from aluna_sync.journal.pictures.contexts import ThenAndNow
    from aluna_sync.journal.pictures.devices import WhoHasWhat
    from aluna_sync.journal.pictures.fear import FearReading
    from aluna_sync.journal.pictures.fields import FieldsBalance
    from aluna_sync.journal.pictures.honouring import MourningDates
    from aluna_sync.journal.pictures.impact_map import ImpactMap
    from aluna_sync.journal.pictures.memory_book import MemoryBooks
    from aluna_sync.journal.pictures.networks import Networks
    from aluna_sync.journal.pictures.responsibility import Responsibility
    from aluna_sync.journal.pictures.timeline import Timeline
    from aluna_sync.journal.pictures.weariness import Weariness
    from aluna_sync.journal.pictures.weave import Weave
    from aluna_tui.picture_words import caring, harm, telling, together

    match drawn:
        case Timeline():
            return harm.timeline(drawn, names)
        case ImpactMap():
            return harm.impact_map(drawn, names)
        case Weave():
            return harm.weave(drawn, names)
        case Responsibility():
            return harm.responsibility(drawn, names)
        case FearReading():
            return harm.fear_reading(drawn, names)
        case Agreements():
            return together.agreements(drawn, names)
        case FieldsBalance():
            return together.fields_balance(drawn, names)
        case Networks():
            return together.networks(drawn, names)
        case WhoHasWhat():
            return together.who_has_what(drawn)
        case CareCalendar():
            return caring.care_calendar(drawn, names)
        case Weariness():
            return caring.weariness(drawn, names)
        case MourningDates():
            return caring.mourning_dates(drawn, names)
        case ThenAndNow():
            return telling.then_and_now(drawn, names)
        case MemoryBooks():
            return telling.memory_books(drawn, names)
        case _:
            return telling.year_together(drawn, names)
