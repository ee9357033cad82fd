"""Short phrases the screens share: days, counts by kind, whose eyes are on a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from aluna_protocol.ids import PersonId, SpaceId
from aluna_tui.labels import TYPES as LABELS
from aluna_tui.labels import space_words, type_name, type_plural
from aluna_tui.moments import MONTHS
from aluna_tui.texts import _, listed, ngettext
from aluna_tui.view_models.facade import JournalDevice
from aluna_tui.view_models.plain import one_line

NAME_LETTERS = 40


def short_day(when: str | None, today: str) -> str:
    """Say a coarse date in at most eight cells: "12 mar", "mar 2024", "2024"."""
    if not when:
        return ""
    pieces = when.split("-")
    if not all(piece.isdecimal() for piece in pieces) or len(pieces) > 3:
        return one_line(when, 8)
    if len(pieces) == 1 or not 1 <= int(pieces[1]) <= 12:
        return pieces[0][:4]
    month = _(MONTHS[int(pieces[1]) - 1])[:3].lower()
    if len(pieces) == 2 or pieces[0] != today[:4]:
        return f"{month} {pieces[0]}"
    return f"{int(pieces[2])} {month}"


def space_of(device: JournalDevice, space: SpaceId) -> str:
    """Say whose eyes are on *space*."""
    kind = device.space_kind(space)
    return space_words(
        kind, one_line(device.space_name(space), NAME_LETTERS), device.space_size(space)
    )


def person_of(device: JournalDevice, person: PersonId | None) -> str:
    """Name *person*; "you" when it is this device's own."""
    if person is None:
        return _("somebody")
    if person == device.person:
        return _("you")
    return one_line(device.person_name_of(person), NAME_LETTERS) or _("somebody")


def counts_by_type(types: Iterable[str]) -> str:
    """Say how many of each kind: "2 notes, 1 agreement"; empty for none."""
    counts = Counter(types)
    known = [_count(type_, count) for type_, count in counts.items()]
    return listed(known)


def _count(type_: str, count: int) -> str:
    match type_:
        case "note":
            return ngettext("{count} note", "{count} notes", count).format(count=count)
        case "event":
            return ngettext("{count} event", "{count} events", count).format(count=count)
        case "agreement":
            return ngettext("{count} agreement", "{count} agreements", count).format(count=count)
        case "impact" | "coping" | "care_practice":
            return _("{count} of {kind}").format(count=count, kind=type_plural(type_))
        case _ if type_ in LABELS:
            name = type_name(type_) if count == 1 else type_plural(type_)
            return f"{count} {name}"
        case _:
            return ngettext(
                "{count} record this program does not know yet",
                "{count} records this program does not know yet",
                count,
            ).format(count=count)
