"""Types with verbs of their own: never offered as a kind of record, never among records listed."""

from __future__ import annotations

from typing import Final

from aluna_sync.journal.schema.common import TAG_GROUPS, oneself, reading, text, words
from aluna_sync.journal.schema.model import COLLECTIVE, PRIVATE, RecordType

WORD_GROUPS: Final = (*TAG_GROUPS, "load_word")
"""Groups a collective may add words of its own to: the others are words of the program."""

OWN_TERM: Final = RecordType(
    "own_term",
    "#",
    (
        reading("word_es"),
        reading("word_en"),
        reading("group", *WORD_GROUPS),
        text("body"),
        words("same"),
        oneself("authors", in_form=False),
    ),
    COLLECTIVE,
    main="body",
)
"""A word of the collective's own, see `own_words`; its meaning is the body."""

MINE: Final = RecordType("mine", "%", (words("hidden"), words("views")), PRIVATE)
"""What a person keeps for herself on all her devices, see `mine`."""

APART: Final = {declared.name: declared for declared in (OWN_TERM, MINE)}
