"""A date typed in one's own words, and what was understood, said back before anything is kept."""

from __future__ import annotations

import datetime as dt

from aluna_sync.errors import WrongUseError
from aluna_sync.journal.date_words import UNKNOWN
from aluna_sync.journal.dates import When, parse_when, when_from_json
from aluna_sync.journal.types import Json
from aluna_tui.moments import coarse_date
from aluna_tui.texts import _
from aluna_tui.view_models.plain import one_line


def date_value(words: str, today: str, *, future: bool) -> Json:
    """Return the date *words* mean on the ISO day *today*; words not understood stay as words."""
    if not words.strip():
        return None
    try:
        return parse_when(words, dt.date.fromisoformat(today), future=future).as_json()
    except WrongUseError:
        return When(None, UNKNOWN, " ".join(words.split())).as_json()


def date_echo(words: str, value: Json) -> str:
    """Say what was understood of *words*."""
    if not words.strip():
        return ""
    when = when_from_json(value)
    if when is None or when.precision == UNKNOWN:
        return _("kept in your own words")
    return date_words(value)


def date_words(value: Json) -> str:
    """Say a date: the day it means, never "yesterday" as somebody else once said it."""
    when = when_from_json(value)
    if when is None:
        return _("something a newer program wrote")
    if when.value is None:
        return one_line(when.words, 120)
    day, _t, hour = when.value.partition("T")
    said = coarse_date(day)
    return f"{said}, {hour}" if hour else said
