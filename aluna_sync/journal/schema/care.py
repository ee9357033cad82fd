"""Care, its time, mourning, arriving, bonds: what people hold each other with (domain C3)."""

from __future__ import annotations

from typing import Final

from aluna_sync.journal.schema import lives
from aluna_sync.journal.schema.common import (
    FORM_GROUPS,
    declare,
    oneself,
    reading,
    several,
    terms,
    text,
    words,
)
from aluna_sync.journal.schema.model import (
    COLLECTIVE,
    PRIVATE,
    Field,
    LinkField,
    MergeKind,
    RecordType,
    Shape,
    SpaceRule,
)

CARE_PRACTICE: Final = declare(
    "care_practice",
    "○",
    COLLECTIVE,
    terms("kinds", "care_kind"),
    text("how"),
    text("needs"),
    terms("good_for", "impact", *FORM_GROUPS, "expression"),
    text("not_for"),
    text("learned_from"),
    links=(LinkField("used_in", "uses_practice", outgoing=False),),
)

CARE_TIME: Final = declare(
    "care_time",
    "◌",
    COLLECTIVE,
    reading("how_long"),
    reading("repeats", "once", "weekly", "fortnightly", "monthly", own_words=True),
    Field(
        "coming",
        MergeKind.MAP,
        Shape.CHOICE,
        choices=("yes", "perhaps", "not_this_time", "no_answer_needed"),
    ),
    oneself("hosts"),
    reading("protected", "held", "movable"),
    text("afterwards"),
    links=(LinkField("practice", "uses_practice"),),
    coming=True,
)

MOURNING: Final = declare(
    "mourning",
    "~",
    PRIVATE,
    terms("what_was_lost", "loss"),
    terms("conditions", "mourning_condition"),
    reading("whose", "mine", "ours", "family"),
    lives.RITES,
    words("dates_to_honour"),
    lives.RETURNS,
    text("what_accompanies"),
    life=lives.MOURNING_LIFE,
    links=(
        LinkField("came_from", "loss_from"),
        LinkField("what_accompanies", "helped_by"),
    ),
    ring=2,
)

CHECK_IN: Final = declare(
    "check_in",
    "^",
    PRIVATE,
    text("how_i_arrive"),
    Field("word", MergeKind.READINGS, Shape.TERM, ("load_word",), own_words=True),
    terms("conditions", "weariness"),
    text("what_i_carry"),
    text("i_need"),
    reading("ask_me", "yes", "no", own_words=True),
    links=(LinkField("what_helps", "helped_by"),),
    only_author=True,
    main="how_i_arrive",
    ring=2,
)

ROUND: Final = declare(
    "round",
    "@",
    COLLECTIVE,
    text("question"),
    Field("words", MergeKind.MAP),
    Field("spoken_totals", MergeKind.MAP, keyed=True, in_form=False),
    terms("conditions_we_see", "weariness"),
    links=(LinkField("what_we_change", "changes_condition", outgoing=False),),
    main="question",
    ring=2,
)
"""Spoken totals are words too: who typed them says "three", "nearly all", as the round said it."""

BOND: Final = declare(
    "bond",
    "&",
    PRIVATE,
    several(
        "with", "family", "organisation", "ally", "community", "institution", "project", "place"
    ),
    terms("what_moves", "bond"),
    text("it_gives"),
    text("it_costs"),
    text("limits"),
    text("can_hold"),
    text("already_holds"),
    rules=(SpaceRule("with", "ally", COLLECTIVE),),
    ring=2,
)

DECLARED: Final[tuple[RecordType, ...]] = (
    CARE_PRACTICE,
    CARE_TIME,
    MOURNING,
    CHECK_IN,
    ROUND,
    BOND,
)
