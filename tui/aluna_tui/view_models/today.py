"""What the home page says of today: agreements to look at, care, one's own voice, what happened.

All of it is asked of the real device, by the person herself; nothing is counted against anybody,
and no harm is among it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from aluna_protocol.ids import DocumentId
from aluna_tui.labels import glyph
from aluna_tui.life_words import MINE, again_words
from aluna_tui.texts import _, listed
from aluna_tui.view_models.home_lines import Line, Section
from aluna_tui.view_models.plain import one_line

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_sync.journal.pictures.care import CareTime

_LINES: Final = 4
"""Lines of a section on the home page; the rest is a page away."""
_TITLE: Final = 60


def today_sections(device: Device, today: dt.date) -> tuple[Section, ...]:
    """Return the sections in the order of the page, without those that have nothing to say."""
    found = (
        look_again(device, today),
        care_today(device, today),
        apart(device, today),
        my_voice(device),
    )
    return tuple(one for one in found if one.lines)


def look_again(device: Device, today: dt.date) -> Section:
    """Return the agreements that ask to be looked at again this month."""
    from aluna_sync.living import look_again_this_month

    lines = [
        Line(_titled(device, one.document), again_words(one.why, one.on), one.document)
        for one in look_again_this_month(device, today)
    ]
    return Section(_("To look at again"), _some(lines, "agreements"))


def care_today(device: Device, today: dt.date) -> Section:
    """Return the times for care, and the dates to honour, of this day."""
    from aluna_sync.picturing import picture

    drawn = picture(device, "care", device.collective(), today)
    days = [day for day in getattr(drawn, "days", ()) if day.on == today.isoformat()]
    lines = [
        Line(_time_words(device, time), _coming(device, time), time.record)
        for day in days
        for time in day.times
    ]
    lines += [
        Line(f"{glyph('mourning')} {one_line(one.words, _TITLE)}", _("to honour"), one.record)
        for day in days
        for one in day.honoured
    ]
    return Section(_("Care, today"), _some(lines, "pictures"))


def my_voice(device: Device) -> Section:
    """Return what waits for the voice of this person; only she sees it."""
    from aluna_sync.living import waits_for_me

    lines = [
        Line(_titled(device, one.document), _(MINE[one.what]), one.document)
        for one in waits_for_me(device)
    ]
    return Section(_("Your voice is missed in"), _some(lines, "agreements"))


def apart(device: Device, today: dt.date) -> Section:
    """Return one line for what happened since this person last looked, or nothing."""
    from aluna_sync.recounting import digest_since, last_looked
    from aluna_tui.digest_words import since_words
    from aluna_tui.view_models.digest import summary

    collective = device.collective()
    since = last_looked(device, collective)
    told = summary(digest_since(device, collective, since, today))
    if not told:
        return Section("", ())
    name = _("While we were apart")
    aside = _("Enter, calmly")
    words = since_words(since.day) if since.day else ""
    return Section(name, (Line(told, aside, page="digest"), *_said(words)))


def _said(words: str) -> tuple[Line, ...]:
    return (Line(words, page="digest"),) if words else ()


def _some(lines: list[Line], page: str) -> tuple[Line, ...]:
    if len(lines) <= _LINES:
        return tuple(lines)
    return (*lines[:_LINES], Line(_("There is more"), page=page))


def _titled(device: Device, document: DocumentId) -> str:
    title, type_ = device.store.index.titles([document]).get(document, ("", ""))
    return f"{glyph(type_)} {one_line(title, _TITLE) or _('without words yet')}"


def _time_words(device: Device, time: CareTime) -> str:
    return f"{time.at} {_titled(device, time.record)}".strip()


def _coming(device: Device, time: CareTime) -> str:
    names = [device.person_name_of(one) for one in time.coming]
    return _("said they come: {who}").format(who=listed(names)) if names else ""
