"""Who we are and what we agree: members, agreements, protection, tasks, markers (domain C3)."""

from __future__ import annotations

from typing import Final

from aluna_sync.journal.schema import lives
from aluna_sync.journal.schema.common import (
    date,
    declare,
    oneself,
    reading,
    several,
    terms,
    text,
    words,
)
from aluna_sync.journal.schema.model import CIRCLE, COLLECTIVE, Field, LinkField, RecordType

MEMBER: Final = declare(
    "member",
    "◎",
    COLLECTIVE,
    reading("name"),
    text("how_to_treat_me"),
    words("roles"),
    text("reach"),
    several("ask_me_anyway", *lives.AGREEMENT_KINDS),
    lives.DEVICES,
    life=lives.MEMBER_LIFE,
    head="name",
    only_author=True,
    main="how_to_treat_me",
)

_KIND: Final = several("kind", *lives.AGREEMENT_KINDS)
_AGREED: Final[tuple[Field, ...]] = (
    terms("fields", "field"),
    text("why"),
    *lives.AGREEMENT_FIELDS,
    date("trial_until", future=True),
    date("look_again_on", future=True),
    oneself("who_cares_for_it"),
    text("ended_because"),
)
_AGREED_LINKS: Final = (
    LinkField("answers", "answers"),
    LinkField("follows", "reviews"),
    LinkField("changes", "changes_condition"),
)

AGREEMENT: Final = declare(
    "agreement",
    "≡",
    COLLECTIVE,
    text("text"),
    _KIND,
    *_AGREED,
    life=lives.AGREEMENT_LIFE,
    links=_AGREED_LINKS,
    main="text",
    schema=2,
)

PROTECTION: Final = declare(
    "protection",
    "■",
    CIRCLE,
    text("text"),
    text("threat"),
    text("prevent"),
    text("respond"),
    words("who_knows"),
    words("review_after"),
    _KIND,
    *_AGREED,
    life=lives.PROTECTION_LIFE,
    links=_AGREED_LINKS,
    main="text",
    ring=2,
)

TASK: Final = declare(
    "task",
    "-",
    COLLECTIVE,
    text("what"),
    oneself("offered_by"),
    date("by_when", future=True),
    life=lives.TASK_LIFE,
    links=(LinkField("from", "grew_from"), LinkField("part_of", "part_of")),
    main="what",
)

MARKER: Final = declare(
    "marker",
    "¦",
    COLLECTIVE,
    several("marks", "outage", "empty_place", "seal"),
    date("since"),
    by_hand=False,
)

DECLARED: Final[tuple[RecordType, ...]] = (MEMBER, AGREEMENT, TASK, MARKER, PROTECTION)
