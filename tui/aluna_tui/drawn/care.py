"""Pictures of care and weariness drawn: a month of days, and what was named when."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Final

from aluna_sync.journal.pictures.care import CareCalendar, Day
from aluna_sync.journal.pictures.looking import Ids, Pair
from aluna_sync.journal.pictures.weariness import Month, Weariness
from aluna_tui.describing import term_label
from aluna_tui.drawn.canvas import Canvas, Tone
from aluna_tui.drawn.grid import Box, Row, draw_grid
from aluna_tui.drawn.told import draw_words, titled
from aluna_tui.labels import glyph
from aluna_tui.moments import MONTHS, WEEKDAYS, coarse_date
from aluna_tui.picture_words import Names
from aluna_tui.picture_words.base import when_or_undated
from aluna_tui.texts import _

_WEEK: Final = 7
NAMED: Final = "▒▒▒"
"""That something was named: the same for once and for often."""
_MONTH_CELLS: Final = 4
_SHORT: Final = 3
_YEAR_AND_MONTH: Final = 7


def draw_care(canvas: Canvas, drawn: CareCalendar, names: Names) -> None:
    """Draw the month as weeks of days, then say it as a list."""
    days = {day.on: day for day in drawn.days}
    canvas.line(coarse_date(drawn.month), Tone.STRONG)
    canvas.line()
    width = canvas.width // _WEEK
    head = canvas.line()
    for at, name in enumerate(WEEKDAYS):
        canvas.put(head, at * width, _(name)[:_SHORT], width - 1, Tone.QUIET)
    year, month = int(drawn.month[:4]), int(drawn.month[5:])
    for week in calendar.Calendar().monthdatescalendar(year, month):
        _week(canvas, week, month, days, names, width)
    canvas.line()
    draw_words(canvas, drawn, names)


def _week(
    canvas: Canvas,
    week: list[dt.date],
    month: int,
    days: dict[str, Day],
    names: Names,
    width: int,
) -> None:
    top = canvas.line()
    for at, day in enumerate(week):
        if day.month != month:
            continue
        found = days.get(day.isoformat())
        canvas.put(top, at * width, str(day.day), width - 1, Tone.STRONG if found else Tone.QUIET)
        if found is not None:
            _day(canvas, found, top + 1, at * width, width - 1, names)
    canvas.line()


def _day(canvas: Canvas, day: Day, top: int, column: int, width: int, names: Names) -> None:
    row = top
    for time in day.times:
        words = f"{time.at} {titled(names, time.record)}".strip()
        canvas.record(row, column, words, time.record, width)
        row += 1
    for one in day.honoured:
        canvas.record(row, column, f"{glyph('mourning')} {one.words}", one.record, width)
        row += 1


def draw_weariness(canvas: Canvas, drawn: Weariness, names: Names) -> None:
    """Draw which conditions were named in which month, with load and rest on the same line."""
    months = drawn.months
    conditions = sorted({one.term for month in months for one in month.conditions})
    rows = [
        Row(term_label(term), tuple(_condition(month, term) for month in months))
        for term in conditions
    ]
    rows += [
        Row(_("Load"), tuple(_harm(month, month.load, _("Load")) for month in months)),
        Row(_("Rest and care"), tuple(_good(one, one.rest, _("Rest and care")) for one in months)),
        Row(
            _("What sustained us"),
            tuple(_good(one, one.sustained, _("What sustained us")) for one in months),
        ),
        Row(
            _("Agreements that set out to change it"),
            tuple(_good(one, one.changed_by, _("Agreements")) for one in months),
        ),
    ]
    if not months:
        return
    draw_grid(canvas, [_short(month.when) for month in months], rows, least=_MONTH_CELLS)
    canvas.line(f"{NAMED}  " + _("named; how often, or by whom, is nowhere"), Tone.QUIET)
    canvas.line()
    draw_words(canvas, drawn, names)


def _condition(month: Month, term: str) -> Box | None:
    found = [one.records for one in month.conditions if one.term == term]
    return _harm(month, found[0], term_label(term)) if found else None


def _harm(month: Month, records: Ids, title: str) -> Box | None:
    named = f"{title} · {when_or_undated(month.when)}"
    return Box((NAMED,), named, harm=Pair(records, month.sustained)) if records else None


def _good(month: Month, records: Ids, title: str) -> Box | None:
    named = f"{title} · {when_or_undated(month.when)}"
    return Box((NAMED,), named, records=records) if records else None


def _short(when: str) -> str:
    """Return a month as two short words, one over the other."""
    if len(when) < _YEAR_AND_MONTH:
        return when or "?"
    return f"{_(MONTHS[int(when[5:7]) - 1])[:_SHORT]} {when[2:4]}"
