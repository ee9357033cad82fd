"""Dates and moments in words, in the language in use: "yesterday", "12 March 2024"."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aluna_tui.texts import N_, _, ngettext

MONTHS: Final = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)
WEEKDAYS: Final = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)


def coarse_date(when: str | None) -> str:
    """Say a coarse date (YYYY, YYYY-MM or YYYY-MM-DD) in words; empty when not said.

    Anything else is returned as it is: somebody's own words for a time.
    """
    if not when:
        return ""
    pieces = when.split("-")
    if not all(piece.isdecimal() for piece in pieces) or len(pieces) > 3:
        return when
    if len(pieces) == 1:
        return when
    month = int(pieces[1])
    if not 1 <= month <= 12:
        return when
    month_name = _(MONTHS[month - 1])
    if len(pieces) == 2:
        return _("{month} {year}").format(month=month_name, year=pieces[0])
    return _("{day} {month} {year}").format(day=int(pieces[2]), month=month_name, year=pieces[0])


def moment_words(iso: str, now: datetime) -> str:
    """Say how long ago a moment was, seen from *now* (which must have a zone)."""
    moment = datetime.fromisoformat(iso).astimezone(now.tzinfo)
    minutes = int((now - moment).total_seconds() // 60)
    days = (now.date() - moment.date()).days
    if minutes < 2:
        return _("just now")
    if minutes < 60:
        return ngettext("{count} minute ago", "{count} minutes ago", minutes).format(count=minutes)
    if days == 0:
        return _("today at {time}").format(time=f"{moment:%H:%M}")
    if days == 1:
        return _("yesterday")
    if days < 7:
        return _("on {weekday}").format(weekday=_(WEEKDAYS[moment.weekday()]))
    month_name = _(MONTHS[moment.month - 1])
    if moment.year == now.year:
        return _("on {day} {month}").format(day=moment.day, month=month_name)
    return _("on {day} {month} {year}").format(day=moment.day, month=month_name, year=moment.year)
