"""What happened, what it did to us, what sustained us, and who answers for it (domain C3)."""

from __future__ import annotations

from typing import Final

from aluna_sync.journal.schema.common import FORM_GROUPS, declare, reading, several, terms, text
from aluna_sync.journal.schema.model import (
    COLLECTIVE,
    PRIVATE,
    Field,
    LinkField,
    MergeKind,
    RecordType,
    SpaceRule,
)

NOTE: Final = declare("note", "+", PRIVATE)

EVENT: Final = declare(
    "event",
    "·",
    COLLECTIVE,
    terms("aggressions", "aggression"),
    terms("violence", "violence"),
    several("against", "person", "collective", "family", "community", "movement", "media"),
    terms("actors", "actor"),
    terms("modes", "state_mode"),
    text("duty_breached"),
    terms("intents", "intent"),
    terms("shaping", "shaping"),
    terms("integrity", "integrity"),
    terms("intersection_notes", "intersection"),
    links=(
        LinkField("actors", "responsible"),
        LinkField("impacts", "did"),
        LinkField("answers_given", "answers", outgoing=False),
    ),
    schema=2,
)

IMPACT: Final = declare(
    "impact",
    "▪",
    PRIVATE,
    reading("about", "me", "us", "surroundings"),
    terms("kinds", "impact", *FORM_GROUPS),
    several("shape", "tension", "loss", "change", "harm"),
    terms("dimensions", "dimension"),
    terms("expressions", "expression"),
    terms("fields", "field"),
    several("arises_from", "context", "accompanying", "direct_aggression"),
    text("what_it_tells_us"),
    text("what_sustained_us"),
    reading("still_with_us", "yes", "changed", "rests", own_words=True),
    links=(
        LinkField("came_from", "did", outgoing=False),
        LinkField("what_sustained_us", "sustained", outgoing=False),
    ),
    rules=(SpaceRule("about", "us", COLLECTIVE),),
)

COPING: Final = declare(
    "coping",
    "◆",
    COLLECTIVE,
    terms("mechanisms", "coping"),
    terms("dimensions", "dimension"),
    terms("fields", "field"),
    several("who", "persons", "organisation", "network", "community"),
    text("what_it_cost"),
    Field("would_we_repeat", MergeKind.MAP),
    reading("can_be_passed_on", "yes", "adapted", "not_yet", own_words=True),
    links=(LinkField("helped_with", "sustained"),),
)

ACTOR: Final = declare(
    "actor",
    "×",
    COLLECTIVE,
    terms("kinds", "actor"),
    text("known_as", long=False),
    terms("structures", "structure"),
    text("public_source"),
    links=(LinkField("responsible_for", "responsible", outgoing=False),),
    ring=2,
)

CONTEXT: Final = declare(
    "context",
    "*",
    COLLECTIVE,
    terms("factors", "context_factor"),
    text("economic"),
    text("political"),
    text("social_relations"),
    text("signs"),
    terms("intents", "intent"),
    terms("for_each_field", "field"),
    text("since_last"),
    links=(LinkField("previous", "reviews"), LinkField("reads", "reads")),
    ring=2,
)

DECLARED: Final[tuple[RecordType, ...]] = (NOTE, EVENT, IMPACT, COPING, ACTOR, CONTEXT)
