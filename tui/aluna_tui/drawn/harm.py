"""Pictures of harm drawn: what sustained people stands beside it, or that it has no words yet."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import Final

from aluna_sync.journal.pictures.impact_map import ImpactMap
from aluna_sync.journal.pictures.looking import Ids, Pair
from aluna_sync.journal.pictures.responsibility import Responsibility
from aluna_sync.journal.pictures.timeline import Entry, Kind, Lanes, Timeline
from aluna_sync.journal.pictures.weave import Weave
from aluna_tui.describing import term_label
from aluna_tui.drawn.canvas import Canvas, Tone
from aluna_tui.drawn.grid import NOTHING, Box, Row, draw_grid
from aluna_tui.drawn.told import Marked, draw_line, titled
from aluna_tui.picture_words import Names
from aluna_tui.picture_words.base import lane, sustained_lines, term_or_unspoken, when_or_undated
from aluna_tui.picture_words.harm import KINDS
from aluna_tui.texts import _, ngettext

_BETWEEN: Final = 3
_DAY: Final = 10
_PLAIN_KINDS: Final = (Kind.EVENT, Kind.COPING, Kind.AGREEMENT, Kind.CARE)
"""What the sign before the title says already."""
_THREAD: Final = " ── "


def counts(pair: Pair) -> tuple[str, ...]:
    """Return how many stories of harm, and of what sustained people, stand in a place."""
    harm, kept = len(pair.harm), len(pair.sustained)
    return (
        ngettext("{count} harm", "{count} harms", harm).format(count=harm) if harm else NOTHING,
        ngettext("{count} sustains", "{count} sustain", kept).format(count=kept)
        if kept
        else NOTHING,
    )


def story_box(pair: Pair, title: str) -> Box | None:
    """Return the cell of a pair, None where nothing is told."""
    return Box(counts(pair), title, harm=pair) if pair.harm or pair.sustained else None


def legend(canvas: Canvas) -> None:
    """Say what a dash means."""
    canvas.line(f"{NOTHING}  " + _("not spoken yet"), Tone.QUIET)


# -- map -----------------------------------------------------------------------------------------


def draw_impact_map(canvas: Canvas, drawn: ImpactMap, names: Names) -> None:
    """Draw where it is lived: a cell for each dimension and field, or expression."""
    cells = {(cell.row, cell.column): cell.stories for cell in drawn.cells}
    rows = [
        Row(
            term_label(row),
            tuple(
                story_box(cells[row, column], f"{term_label(row)} · {term_label(column)}")
                for column in drawn.columns
            ),
        )
        for row in drawn.rows
    ]
    draw_grid(canvas, [term_label(one) for one in drawn.columns], rows)
    legend(canvas)
    lost = story_box(drawn.unplaced, _("Without a place on the map yet"))
    if lost is not None:
        canvas.line()
        row = canvas.line(f"{lost.title}: {' · '.join(lost.lines)}")
        canvas.place(row, 0, canvas.width, lost.title, harm=lost.harm)


# -- timeline ------------------------------------------------------------------------------------


def draw_timeline(canvas: Canvas, drawn: Timeline, names: Names) -> None:
    """Draw both lanes side by side, band under band."""
    width = (canvas.width - _BETWEEN) // 2
    head = canvas.line()
    canvas.put(head, 0, _("What they did to us"), width, Tone.STRONG)
    canvas.put(head, width + _BETWEEN, _("What we did"), width, Tone.STRONG)
    for band in drawn.bands:
        _band(canvas, when_or_undated(band.when), band.lanes, names, width)
    for title, lanes in ((_("Ahead of us"), drawn.ahead), (_("Without a date yet"), drawn.undated)):
        if lanes.theirs or lanes.ours:
            _band(canvas, title, lanes, names, width)


def _band(canvas: Canvas, title: str, lanes: Lanes, names: Names, width: int) -> None:
    canvas.line()
    row = canvas.line()
    took = canvas.put(row, 0, title, tone=Tone.STRONG)
    canvas.put(row, took + 1, "─" * max(0, canvas.width - took - 1), tone=Tone.QUIET)
    for theirs, ours in zip_longest(lanes.theirs, lanes.ours):
        row = canvas.line()
        for column, entry in ((0, theirs), (width + _BETWEEN, ours)):
            if entry is not None:
                words = _entry(entry, names)
                canvas.record(row, column, words, entry.record, width)
        canvas.put(row, width + 1, "│", tone=Tone.QUIET)
    if lanes.theirs:
        _sustained(canvas, lanes.sustained, names)


def _entry(one: Entry, names: Names) -> str:
    day = f"{int(one.on[8:10]):>2}" if len(one.on) >= _DAY else "  "
    words = titled(names, one.record)
    return f"{day} {words}" if one.kind in _PLAIN_KINDS else f"{day} {_(KINDS[one.kind])}: {words}"


def _sustained(canvas: Canvas, sustained: Ids, names: Names) -> None:
    for line in sustained_lines(sustained, Marked(names.record, names.person, names.text)):
        draw_line(canvas, line)


# -- weave ---------------------------------------------------------------------------------------


def draw_weave(canvas: Canvas, drawn: Weave, names: Names) -> None:
    """Draw a thread from each harm to what sustained people in it."""
    width = (canvas.width - len(_THREAD)) // 2
    right = width + len(_THREAD)
    head = canvas.line()
    canvas.put(head, 0, _("What this did to us"), width, Tone.STRONG)
    canvas.put(head, right, _("What sustained us"), width, Tone.STRONG)
    for strand in drawn.strands:
        canvas.line()
        top = canvas.line()
        for at, one in enumerate(strand.harm):
            canvas.record(top + at, 0, titled(names, one), one, width)
        canvas.put(top, width, _THREAD, tone=Tone.QUIET)
        for at, one in enumerate(strand.sustained):
            canvas.record(top + at, right, titled(names, one), one, width)
        if not strand.sustained:
            canvas.put(top, right, _("not spoken yet"), width, Tone.QUIET)
    if drawn.beyond:
        canvas.line()
        canvas.line(_("What sustained us beyond any one harm"), Tone.STRONG)
        for one in drawn.beyond:
            canvas.record(canvas.line(), 2, titled(names, one), one, canvas.width - 2)


# -- responsibility ------------------------------------------------------------------------------


def draw_responsibility(canvas: Canvas, drawn: Responsibility, names: Names) -> None:
    """Draw kinds of actor by modes of the State; what was demanded and answered under it."""
    modes = sorted({cell.mode for row in drawn.rows for cell in row.cells})
    rows = []
    for row in drawn.rows:
        cells = {cell.mode: cell for cell in row.cells}
        title = term_or_unspoken(row.actor)
        boxes = tuple(
            story_box(cells[mode].stories, f"{title} · {term_or_unspoken(mode)}")
            if mode in cells
            else None
            for mode in modes
        )
        rows.append(Row(title, boxes))
    if not rows:
        return
    canvas.wrapped(_("Who, and how the State is responsible"), tone=Tone.QUIET)
    draw_grid(canvas, [term_or_unspoken(one) for one in modes], rows)
    legend(canvas)
    marked = Marked(names.record, names.person, names.text)
    for row in drawn.rows:
        canvas.line()
        canvas.line(term_or_unspoken(row.actor), Tone.STRONG)
        for line in _answers(row.demanded, row.answered, row.silent, marked):
            draw_line(canvas, line)


def _answers(demanded: Ids, answered: Ids, silent: Ids, names: Names) -> Iterable[str]:
    yield from lane(_("What we demanded"), demanded, names)
    if answered:
        yield from lane(_("They answered"), answered, names)
    if silent:
        yield from lane(_("They did not answer"), silent, names)
