"""Pictures of what people hold together drawn: fields of work, and the context then and now."""

from __future__ import annotations

from itertools import zip_longest
from typing import Final

from aluna_sync.journal.pictures.contexts import Side, ThenAndNow
from aluna_sync.journal.pictures.fields import FieldOfWork, FieldsBalance
from aluna_sync.journal.pictures.looking import Ids
from aluna_tui.describing import term_label
from aluna_tui.drawn.canvas import Canvas, Tone, cut, wrap
from aluna_tui.drawn.grid import Box, Row, draw_grid
from aluna_tui.drawn.harm import legend
from aluna_tui.drawn.told import titled
from aluna_tui.labels import field_name
from aluna_tui.picture_words import Names
from aluna_tui.picture_words.base import when_or_undated
from aluna_tui.texts import _, listed, ngettext

_SHOWN: Final = 3
_TITLE: Final = 22
_BETWEEN: Final = 3


def draw_fields(canvas: Canvas, drawn: FieldsBalance, names: Names) -> None:
    """Draw what there is in each field of work; the question stands below, without an answer."""
    lanes = (
        (_("Accompaniments"), _processes),
        (_("Agreements"), _agreements),
        (_("Care"), _care),
    )
    rows = [
        Row(title, tuple(_box(of(one), f"{term_label(one.field)} · {title}", names)
                         for one in drawn.fields))
        for title, of in lanes
    ]  # fmt: skip
    draw_grid(canvas, [term_label(one.field) for one in drawn.fields], rows)
    legend(canvas)
    canvas.line()
    canvas.line(_("Which one have we not looked at?"), Tone.STRONG)
    if drawn.not_looked_at:
        fields = listed([term_label(one) for one in drawn.not_looked_at])
        canvas.wrapped(_("Not spoken yet: {fields}").format(fields=fields), 2)
    if drawn.unplaced:
        title = _("Without a field of work yet")
        canvas.line()
        canvas.line(title, Tone.STRONG)
        for one in drawn.unplaced:
            canvas.record(canvas.line(), 2, titled(names, one), one, canvas.width - 2)


def _processes(one: FieldOfWork) -> Ids:
    return one.processes


def _agreements(one: FieldOfWork) -> Ids:
    return one.agreements


def _care(one: FieldOfWork) -> Ids:
    return one.care


def _box(records: Ids, title: str, names: Names) -> Box | None:
    if not records:
        return None
    lines = [cut(titled(names, one), _TITLE) for one in records[:_SHOWN]]
    more = len(records) - _SHOWN
    if more > 0:
        lines.append(ngettext("and {count} more", "and {count} more", more).format(count=more))
    return Box(tuple(lines), title, records=records)


# -- context -------------------------------------------------------------------------------------


def draw_then_and_now(canvas: Canvas, drawn: ThenAndNow, names: Names) -> None:
    """Draw two readings of the context in two columns."""
    if drawn.now is None:
        return
    width = (canvas.width - _BETWEEN) // 2
    _both(canvas, _("Then"), _("Now"), width, Tone.STRONG)
    _sides(canvas, drawn.then, drawn.now, names, width)
    for one in drawn.compared:
        if one.both or one.then or one.now:
            canvas.line()
            canvas.line(field_name("context", one.name), Tone.STRONG)
            then, now = ([term_label(term) for term in (*one.both, *own)]
                         for own in (one.then, one.now))  # fmt: skip
            _both(canvas, listed(then), listed(now), width)
    for told in drawn.told:
        if told.then or told.now:
            canvas.line()
            canvas.line(field_name("context", told.name), Tone.STRONG)
            _both(canvas, told.then, told.now, width)


def _both(canvas: Canvas, then: str, now: str, width: int, tone: Tone = Tone.PLAIN) -> None:
    unspoken = _("not spoken yet")
    lines = zip_longest(wrap(then or unspoken, width), wrap(now or unspoken, width), fillvalue="")
    for left, right in lines:
        row = canvas.line()
        canvas.put(row, 0, left, width, tone)
        canvas.put(row, width + _BETWEEN, right, width, tone)


def _sides(canvas: Canvas, then: Side | None, now: Side, names: Names, width: int) -> None:
    top = canvas.line()
    for column, side in ((0, then), (width + _BETWEEN, now)):
        if side is None:
            canvas.put(top, column, _("not spoken yet"), width, Tone.QUIET)
            continue
        canvas.record(top, column, titled(names, side.record), side.record, width)
        canvas.put(top + 1, column, when_or_undated(side.on), width, Tone.QUIET)
        for at, one in enumerate(side.answered_by):
            canvas.record(top + 2 + at, column, titled(names, one), one, width)
