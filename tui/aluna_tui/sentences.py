"""From the code of an error to what people read: what happened, what is safe, what to do next."""

from __future__ import annotations

from typing import Final

from aluna_sync.errors import AlunaError
from aluna_tui.texts import _, listed
from aluna_tui.troubles.agreeing import AGREEING
from aluna_tui.troubles.carrying import CARRYING
from aluna_tui.troubles.late import LATE
from aluna_tui.troubles.meeting import MEETING
from aluna_tui.troubles.records import RECORDS
from aluna_tui.troubles.safety import SAFETY
from aluna_tui.troubles.trouble import SAFE_HERE
from aluna_tui.troubles.vault import VAULT
from aluna_tui.troubles.words import WORDS

TROUBLES: Final = {**VAULT, **SAFETY, **RECORDS, **MEETING, **AGREEING, **LATE, **CARRYING, **WORDS}


def what_happened(error: AlunaError) -> str:
    """Return only what happened, in one sentence; an unknown code is shown as it is."""
    trouble = TROUBLES.get(error.code)
    if trouble is None:
        return _("This could not be done ({code}).").format(code=error.code)
    return _filled(trouble.what, error)


def sentences(error: AlunaError) -> list[str]:
    """Return what happened, what is safe and what to do next, in the language in use."""
    trouble = TROUBLES.get(error.code)
    if trouble is None:
        return [
            what_happened(error),
            _(SAFE_HERE),
            _("“aluna doctor” may tell more; the word in brackets helps whoever helps you."),
        ]
    return [_filled(text, error) for text in (trouble.what, trouble.safe, trouble.then)]


class _Fields(dict[str, str]):
    """Fields of an error as text; one the error does not carry shows as "…"."""

    def __missing__(self, key: str) -> str:
        return "…"


def _filled(text: str, error: AlunaError) -> str:
    fields = _Fields({name: _as_text(value) for name, value in error.fields.items()})
    return _(text).format_map(fields)


def _as_text(value: object) -> str:
    if isinstance(value, (list, tuple, frozenset, set)):
        return listed([str(item) for item in value]) if value else "…"
    return str(value)
