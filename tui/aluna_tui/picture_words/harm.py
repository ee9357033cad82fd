"""Pictures of harm and of what sustained people in it, in words: always both."""

from __future__ import annotations

from typing import Final

from aluna_sync.journal.pictures.fear import FearReading
from aluna_sync.journal.pictures.impact_map import Cell, ImpactMap
from aluna_sync.journal.pictures.looking import Pair
from aluna_sync.journal.pictures.responsibility import ByMode, Responsibility, Row
from aluna_sync.journal.pictures.timeline import Entry, Kind, Lanes, Timeline
from aluna_sync.journal.pictures.weave import Weave
from aluna_tui.describing import term_label
from aluna_tui.moments import coarse_date
from aluna_tui.picture_words.base import (
    INDENT,
    Names,
    counted,
    lane,
    named_lines,
    sustained_lines,
    term_or_unspoken,
    when_or_undated,
)
from aluna_tui.texts import N_, _, listed

KINDS: Final = {
    Kind.EVENT: N_("what happened"),
    Kind.CONTEXT: N_("the context"),
    Kind.ANSWER: N_("they answered"),
    Kind.SILENCE: N_("they did not answer"),
    Kind.AGREEMENT: N_("we agreed"),
    Kind.CARE: N_("we cared for each other"),
    Kind.RITE: N_("a rite"),
    Kind.COPING: N_("what sustained us"),
    Kind.DEMAND: N_("we demanded"),
    Kind.WIN: N_("what we moved"),
}


# -- timeline ------------------------------------------------------------------------------------


def timeline(drawn: Timeline, names: Names) -> list[str]:
    """Say the timeline, band by band, in two lanes."""
    said: list[str] = []
    for band in drawn.bands:
        said += _lanes(when_or_undated(band.when), band.lanes, names)
    if _holds(drawn.ahead):
        # Nobody is asked what will be done to them: only what somebody wrote down stands ahead.
        said += _lanes(_("Ahead of us"), drawn.ahead, names, unspoken=bool(drawn.ahead.theirs))
    if _holds(drawn.undated):
        said += _lanes(_("Without a date yet"), drawn.undated, names)
    return said


def _holds(lanes: Lanes) -> bool:
    return bool(lanes.theirs or lanes.ours)


def _lanes(title: str, lanes: Lanes, names: Names, *, unspoken: bool = True) -> list[str]:
    said = [title]
    for name, entries in ((_("What they did to us"), lanes.theirs), (_("What we did"), lanes.ours)):
        if not entries:
            said += lane(name, (), names) if unspoken else []
            continue
        said.append(f"{INDENT}{name}:")
        said += [INDENT * 2 + _entry(one, names) for one in entries]
    if lanes.theirs:
        said += sustained_lines(lanes.sustained, names)
    return said


def _entry(one: Entry, names: Names) -> str:
    when = f"{coarse_date(one.on)}, " if one.on else ""
    return f"{when}{_(KINDS[one.kind])}: {names.of(one.record)}"


# -- map and weave -------------------------------------------------------------------------------


def impact_map(drawn: ImpactMap, names: Names) -> list[str]:
    """Say the map row by row: each place with words, then the places still without."""
    said: list[str] = []
    for row in drawn.rows:
        cells = [cell for cell in drawn.cells if cell.row == row]
        said.append(term_label(row))
        said += [line for cell in cells if _told(cell.stories) for line in _cell(cell, names)]
        silent = [term_label(cell.column) for cell in cells if not _told(cell.stories)]
        if silent:
            said.append(INDENT + _("Not spoken yet: {fields}").format(fields=listed(silent)))
    if _told(drawn.unplaced):
        said.append(_("Without a place on the map yet"))
        said += _pair(drawn.unplaced, names, 1)
    return said


def _told(pair: Pair) -> bool:
    return bool(pair.harm or pair.sustained)


def _cell(cell: Cell, names: Names) -> list[str]:
    head = f"{INDENT}{term_label(cell.column)}: {counted(cell.stories)}"
    return [head, *_pair(cell.stories, names, 2)]


def _pair(pair: Pair, names: Names, depth: int) -> list[str]:
    lines = lane(_("What this did to us"), pair.harm, names, depth)
    return [*lines, *sustained_lines(pair.sustained, names, depth)]


def weave(drawn: Weave, names: Names) -> list[str]:
    """Say each impact with what sustained people in it."""
    said: list[str] = []
    for strand in drawn.strands:
        said += names.lines(strand.harm, 0)
        said += sustained_lines(strand.sustained, names)
    if drawn.beyond:
        said.append(_("What sustained us beyond any one harm") + ":")
        said += names.lines(drawn.beyond)
    return said


# -- responsibility ------------------------------------------------------------------------------


def responsibility(drawn: Responsibility, names: Names) -> list[str]:
    """Say who is responsible, by which mode, for what; and what was answered."""
    return [line for row in drawn.rows for line in _row(row, names)]


def _row(row: Row, names: Names) -> list[str]:
    said = [_("Responsible: {actor}").format(actor=term_or_unspoken(row.actor))]
    for cell in row.cells:
        said += _matrix_cell(cell, names)
    if not row.demanded:
        said.append(INDENT + _("What we demanded: not spoken yet"))
        return said
    said += lane(_("What we demanded"), row.demanded, names)
    if row.answered:
        said += lane(_("They answered"), row.answered, names)
    if row.silent:
        said += lane(_("They did not answer"), row.silent, names)
    return said


def _matrix_cell(cell: ByMode, names: Names) -> list[str]:
    mode = term_or_unspoken(cell.mode)
    said = [INDENT + _("Responsibility of the State: {mode}").format(mode=mode)]
    said += lane(_("What they did to us"), cell.stories.harm, names, 2)
    if cell.aggressions:
        said.append(INDENT * 2 + _("Kinds of aggression") + ":")
        said += named_lines(cell.aggressions, names, 3)
    if cell.intents:
        said.append(INDENT * 2 + _("What it was meant to do") + ":")
        said += named_lines(cell.intents, names, 3)
    return [*said, *sustained_lines(cell.stories.sustained, names, 2)]


# -- fear ----------------------------------------------------------------------------------------


def fear_reading(drawn: FearReading, names: Names) -> list[str]:
    """Say where the group's alarm moved, and its two extremes."""
    said: list[str] = []
    for band in drawn.bands:
        said.append(when_or_undated(band.when))
        for title, pair in (
            (_("Our alarm moved"), band.alarm),
            (_("As a group we leaned to seeing no danger"), band.denial),
            (_("As a group we leaned to staying still"), band.immobility),
        ):
            if pair.harm:
                said += lane(title, pair.harm, names)
                said += sustained_lines(pair.sustained, names, 2)
    return said
