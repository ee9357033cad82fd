"""Every picture by its name: which types of record it is made of, and how it is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.errors import WrongUseError

if TYPE_CHECKING:
    from aluna_sync.journal.pictures.agreements import Agreements
    from aluna_sync.journal.pictures.care import CareCalendar
    from aluna_sync.journal.pictures.contexts import ThenAndNow
    from aluna_sync.journal.pictures.devices import WhoHasWhat
    from aluna_sync.journal.pictures.fear import FearReading
    from aluna_sync.journal.pictures.fields import FieldsBalance
    from aluna_sync.journal.pictures.honouring import MourningDates
    from aluna_sync.journal.pictures.impact_map import ImpactMap
    from aluna_sync.journal.pictures.looking import Look
    from aluna_sync.journal.pictures.memory_book import MemoryBooks
    from aluna_sync.journal.pictures.networks import Networks
    from aluna_sync.journal.pictures.responsibility import Responsibility
    from aluna_sync.journal.pictures.timeline import Timeline
    from aluna_sync.journal.pictures.weariness import Weariness
    from aluna_sync.journal.pictures.weave import Weave
    from aluna_sync.journal.pictures.year import Year
    from aluna_sync.journal.types import Record

    Picture = (
        Timeline | ImpactMap | Weave | Responsibility | Agreements | CareCalendar | Weariness
        | MourningDates | FieldsBalance | Networks | FearReading | ThenAndNow | MemoryBooks | Year
        | WhoHasWhat
    )  # fmt: skip

# One picture is drawn at a time: a command that draws one reads none of the others.

DEVICES: Final = "devices"
"""The one picture that is not made of records."""
NAMES: Final = (
    "timeline", "impacts", "weave", "responsibility", "agreements", "care", "weariness",
    "mourning", "fields", "networks", "fear", "context", "memory", "year", DEVICES,
)  # fmt: skip

_WOVEN: Final = frozenset(("links", "what_sustained_us"))
"""What ties harm to what sustained people in it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What can be asked of some pictures."""

    expressions: bool = False
    """The map by expressions instead of fields of work."""
    period: str = ""
    """The month (YYYY-MM) of the calendar, or the year of the year together."""
    chosen: tuple[DocumentId, ...] = ()
    """Which readings of the context, or which memories."""


def types_of(name: str) -> tuple[str, ...]:
    """Return the types of record a picture is made of; raises WrongUseError unknown-picture."""
    match name:
        case "timeline":
            from aluna_sync.journal.pictures.timeline import TYPES as found
        case "impacts" | "weave" | "fear":
            from aluna_sync.journal.pictures.impact_map import TYPES as found
        case "responsibility":
            from aluna_sync.journal.pictures.responsibility import TYPES as found
        case "agreements":
            from aluna_sync.journal.pictures.agreements import TYPES as found
        case "care":
            from aluna_sync.journal.pictures.care import TYPES as found
        case "weariness":
            from aluna_sync.journal.pictures.weariness import TYPES as found
        case "mourning":
            from aluna_sync.journal.pictures.honouring import TYPES as found
        case "fields":
            from aluna_sync.journal.pictures.fields import TYPES as found
        case "networks":
            from aluna_sync.journal.pictures.networks import TYPES as found
        case "context":
            from aluna_sync.journal.pictures.contexts import TYPES as found
        case "memory":
            from aluna_sync.journal.pictures.memory_book import TYPES as found
        case "year":
            from aluna_sync.journal.pictures.year import TYPES as found
        case _:
            raise WrongUseError("unknown-picture", name=name, names=list(NAMES))
    return found


def fields_of(name: str) -> frozenset[str] | None:
    """Return the fields a picture reads, None when it needs its records whole.

    Only where a picture is made of the many impacts is it worth saying so: reading one of them
    whole takes five times as long.
    """
    match name:
        case "impacts":
            return _WOVEN | {"dimensions", "fields", "expressions", "terms"}
        case "weave":
            return _WOVEN
        case "fear":
            return _WOVEN | {"kinds", "terms", "about", "voice", "when"}
        case _:
            return None


def draw(name: str, records: Iterable[Record], look: Look, asked: Asked) -> Picture:
    """Return the picture called *name*; raises WrongUseError unknown-picture."""
    match name:
        case "impacts":
            from aluna_sync.journal.pictures.impact_map import By, impact_map

            return impact_map(records, look, By.EXPRESSIONS if asked.expressions else By.FIELDS)
        case "care":
            from aluna_sync.journal.pictures.care import care_calendar

            return care_calendar(records, look, asked.period)
        case "context":
            from aluna_sync.journal.pictures.contexts import then_and_now

            return then_and_now(records, look, asked.chosen)
        case "memory":
            from aluna_sync.journal.pictures.memory_book import memory_books

            return memory_books(records, look, asked.chosen)
        case "year":
            from aluna_sync.journal.pictures.year import year_together

            return year_together(records, look, asked.period)
        case _:
            return _plain(name, records, look)


def _plain(name: str, records: Iterable[Record], look: Look) -> Picture:
    """Draw a picture that nothing more can be asked of."""
    match name:
        case "timeline":
            from aluna_sync.journal.pictures.timeline import timeline as drawn
        case "weave":
            from aluna_sync.journal.pictures.weave import weave

            return weave(records, look)
        case "responsibility":
            from aluna_sync.journal.pictures.responsibility import responsibility

            return responsibility(records, look)
        case "agreements":
            from aluna_sync.journal.pictures.agreements import agreements

            return agreements(records, look)
        case "weariness":
            from aluna_sync.journal.pictures.weariness import weariness

            return weariness(records, look)
        case "mourning":
            from aluna_sync.journal.pictures.honouring import mourning_dates

            return mourning_dates(records, look)
        case "fields":
            from aluna_sync.journal.pictures.fields import fields_balance

            return fields_balance(records, look)
        case "networks":
            from aluna_sync.journal.pictures.networks import networks

            return networks(records, look)
        case "fear":
            from aluna_sync.journal.pictures.fear import fear_reading

            return fear_reading(records, look)
        case _:
            raise WrongUseError("unknown-picture", name=name, names=list(NAMES))
    return drawn(records, look)
