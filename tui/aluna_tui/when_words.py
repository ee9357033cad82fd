"""A date in words, as exactly as it is known."""

from __future__ import annotations

from aluna_sync.journal.date_words import PERIOD, RELATIVE
from aluna_sync.journal.dates import When
from aluna_sync.journal.vocabulary import vocabulary
from aluna_tui.moments import coarse_date
from aluna_tui.texts import _, language


def when_words(when: When | None) -> str:
    """Say a date as exactly as it is known; a period keeps the words it was said in."""
    if when is None:
        return _("not spoken yet")
    if when.value is None:
        return when.words or vocabulary().label(when.precision, language())
    date, _tee, hour = when.value.partition("T")
    said = coarse_date(date)
    if when.precision in (PERIOD, RELATIVE) and when.words:
        return f"{when.words} ({said})"
    return f"{said}, {hour}" if hour else said
