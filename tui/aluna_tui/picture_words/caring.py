"""Pictures of care, weariness and mourning, in words: conditions and dates, nobody's line."""

from __future__ import annotations

from aluna_sync.journal.pictures.care import CareCalendar, CareTime, Day
from aluna_sync.journal.pictures.honouring import Honoured, MourningDates
from aluna_sync.journal.pictures.weariness import Month, Weariness
from aluna_tui.labels import choice_name
from aluna_tui.moments import MONTHS, coarse_date
from aluna_tui.picture_words.base import (
    INDENT,
    Names,
    lane,
    named_lines,
    on_one_line,
    sustained_lines,
    when_or_undated,
)
from aluna_tui.texts import _, listed


def care_calendar(drawn: CareCalendar, names: Names) -> list[str]:
    """Say a month as a list of its days."""
    said = [coarse_date(drawn.month)]
    for day in drawn.days:
        said += _day(day, names)
    if drawn.some_time:
        said.append(INDENT + _("Some time this month") + ":")
        said += [INDENT * 2 + _time(one, names) for one in drawn.some_time]
    if drawn.in_words:
        said.append(INDENT + _("Dates to honour, in words") + ":")
        said += [INDENT * 2 + _honoured(one, names) for one in drawn.in_words]
    return said


def _day(day: Day, names: Names) -> list[str]:
    said = [f"{INDENT}{coarse_date(day.on)}:"]
    said += [INDENT * 2 + _time(one, names) for one in day.times]
    for one in day.honoured:
        said.append(INDENT * 2 + _("to honour: {what}").format(what=_honoured(one, names)))
    said += [
        INDENT * 2 + _("care was here first: {what}").format(what=names.of(one))
        for one in day.care_was_here_first
    ]
    return said


def _time(one: CareTime, names: Names) -> str:
    parts = [f"{one.at} {names.of(one.record)}".strip()]
    if one.protected:
        parts.append(_("protected time"))
    if one.repeats:
        parts.append(on_one_line(choice_name("repeats", one.repeats)))
    if one.hosts:
        who = listed([names.person(person) for person in one.hosts])
        parts.append(_("hosted by {who}").format(who=who))
    if one.coming:
        who = listed([names.person(person) for person in one.coming])
        parts.append(_("said they come: {who}").format(who=who))
    return " · ".join(parts)


def _honoured(one: Honoured, names: Names) -> str:
    return f"{one.words}: {names.of(one.record)}"


def weariness(drawn: Weariness, names: Names) -> list[str]:
    """Say which conditions were named when, and what load and rest stood beside them."""
    return [line for month in drawn.months for line in _month(month, names)]


def _month(month: Month, names: Names) -> list[str]:
    said = [when_or_undated(month.when)]
    if month.conditions:
        said.append(INDENT + _("Conditions that were named") + ":")
        said += named_lines(month.conditions, names, 2)
    else:
        said.append(INDENT + _("Conditions: not spoken yet"))
    said += lane(_("Load"), month.load, names)
    said += lane(_("Rest and care"), month.rest, names)
    if month.changed_by:
        said += lane(_("Agreements that set out to change it"), month.changed_by, names)
    if month.words:
        said.append(INDENT + _("Words of the round") + ":")
        said += [f"{INDENT * 2}“{on_one_line(one.term)}”" for one in month.words]
    return [*said, *sustained_lines(month.sustained, names)]


def mourning_dates(drawn: MourningDates, names: Names) -> list[str]:
    """Say the dates people asked to honour and the rites planned, in the order they come."""
    said: list[str] = []
    if drawn.dates:
        said.append(_("Dates to honour") + ":")
        said += [INDENT + _dated(one, names) for one in drawn.dates]
    if drawn.rites:
        said.append(_("Rites") + ":")
        said += [
            f"{INDENT}{when_or_undated(rite.on)}: {names.of(rite.record)}" for rite in drawn.rites
        ]
    return said


def _dated(one: Honoured, names: Names) -> str:
    if not one.day:
        return _honoured(one, names)
    month = _(MONTHS[int(one.day[:2]) - 1])
    day = _("{day} {month}").format(day=int(one.day[3:]), month=month)
    return f"{day}: {names.of(one.record)}"
