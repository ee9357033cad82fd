"""Accompanying: processes, emergencies, what we ask of institutions, memory (domain C3)."""

from __future__ import annotations

from typing import Final

from aluna_sync.journal.schema import lives
from aluna_sync.journal.schema.common import declare, oneself, terms, text, words
from aluna_sync.journal.schema.model import CIRCLE, COLLECTIVE, LinkField, RecordType

PROCESS: Final = declare(
    "process",
    "→",
    CIRCLE,
    terms("strategy", "strategy"),
    terms("aims", "process_aim"),
    terms("fields", "field"),
    oneself("taking_part"),
    words("with"),
    text("agreed_how"),
    lives.ENCOUNTERS,
    text("where_we_were"),
    life=lives.PROCESS_LIFE,
    links=(LinkField("holds", "part_of", outgoing=False),),
    ring=2,
)

EMERGENCY: Final = declare(
    "emergency",
    "!",
    CIRCLE,
    text("now"),
    terms("integrity", "integrity"),
    lives.NEEDS,
    words("who_knows"),
    lives.DOING,
    text("looked_back"),
    life=lives.EMERGENCY_LIFE,
    links=(LinkField("agreements_that_apply", "goes_by"),),
    main="now",
    ring=2,
    may_be_empty=True,
)

RESPONSE: Final = declare(
    "response",
    "»",
    COLLECTIVE,
    text("to", long=False),
    text("demand"),
    terms("horizons", "horizon"),
    lives.ANSWERS,
    text("what_moved"),
    links=(LinkField("answers", "answers"),),
    main="demand",
    ring=2,
)

MEMORY: Final = declare(
    "memory",
    "§",
    COLLECTIVE,
    lives.PIECES,
    lives.VERSIONS_TOLD,
    words("dates"),
    text("dedicated_to"),
    links=(LinkField("keeps", "keeps"),),
    ring=2,
)

DECLARED: Final[tuple[RecordType, ...]] = (PROCESS, EMERGENCY, RESPONSE, MEMORY)
