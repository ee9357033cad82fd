"""The acts that life cycles are computed from, as data (domain C5).

A state is never stored: it is folded from the acts of a record, each of which names the newest
acts its writer had seen, across all fields of acts of that record. What a position is on, what an
objection's lifting lifts, is the id of that act. `ActKind.state` is enough where a life has no
rules of its own: the newest acts that speak for a state say which, several when they were apart.
"""

from __future__ import annotations

from typing import Final

from aluna_sync.journal.schema.common import PERSONS, WHEN, WORDS, acts
from aluna_sync.journal.schema.model import ABSENT, EVERYONE, TODAY, ActKind, Field, Part, Shape

WORDINGS: Final = ("propose", "amend")
"""The acts that freeze a wording; the id of such an act is the id of that version."""

AGREEMENT_KINDS: Final = (
    "care", "security", "decision", "money_and_tasks", "living_together", "confidentiality",
    "outside",
)  # fmt: skip

_VERSION: Final = Part("version", Shape.ENTRY, of=WORDINGS, needed=True)
_WORDING: Final = Part("wording", takes="text", needed=True)
_ASKED: Final = Part("asked", Shape.PERSON, several=True, takes=EVERYONE)
_OBJECTION: Final = Part("objection", Shape.ENTRY, of=("position",), needed=True)

AGREEMENT_FIELDS: Final[tuple[Field, ...]] = (
    acts(
        "versions",
        ActKind("propose", (_WORDING, Part("what_changed"), _ASKED), state="ags.proposed"),
        ActKind(
            "amend",
            (
                _WORDING,
                Part("what_changed"),
                Part("based_on", Shape.ENTRY, of=WORDINGS, several=True),
                _ASKED,
            ),
            state="ags.proposed",
        ),
    ),
    acts(
        "positions",
        ActKind(
            "position",
            (
                WORDS,
                _VERSION,
                Part("stance", Shape.TERM, ("position",), needed=True),
                Part("said", Shape.CHOICE, choices=("here", "in_person")),
            ),
            named_by="stance",
        ),
        ActKind(
            "lift",
            (
                WORDS,
                _OBJECTION,
                Part("how", Shape.CHOICE, choices=("integrated", "withdrawn", "taken_care_of")),
            ),
        ),
        ActKind("answer_objection", (WORDS, _OBJECTION)),
        ActKind(
            "withdraw_position",
            (WORDS, Part("position", Shape.ENTRY, of=("position",), needed=True)),
        ),
    ),
    acts(
        "stages",
        ActKind(
            "open_stage",
            (WORDS, Part("stage", Shape.CHOICE, choices=("questions", "reactions"), needed=True)),
        ),
        ActKind("ask", (WORDS, _VERSION)),
        ActKind("react", (WORDS, _VERSION)),
    ),
    acts(
        "reviews",
        ActKind("ask_review", (WORDS,), state="ags.in_review"),
        ActKind(
            "review",
            (
                WORDS,
                Part("outcome", Shape.CHOICE, choices=("keep", "adapt", "end")),
                _VERSION,
            ),
        ),
    ),
)
"""Positions are acts and not a map: whether a version may be in force depends on which positions
its declarer had seen (C5.1 rule 2), which only acts can tell."""

AGREEMENT_LIFE: Final = (
    ActKind(
        "in_force",
        (WORDS, _VERSION, Part("without", Shape.PERSON, several=True, takes=ABSENT)),
        state="ags.in_force",
    ),
    ActKind("pause", (WORDS,), state="ags.paused"),
    ActKind("resume", (WORDS,)),
    ActKind("not_adopt", (WORDS, _VERSION), state="ags.not_adopted"),
    ActKind("end", (WORDS,), state="ags.ended"),
)
"""Who is not waited for when it is put in force is named: her silence is no yes."""
PROTECTION_LIFE: Final = (
    *AGREEMENT_LIFE,
    ActKind(
        "for_now",
        (WORDS, _VERSION, Part("since", Shape.WHEN, takes=TODAY)),
        state="ags.in_force",
    ),
)
"""`for_now`: two persons who do it put a protection agreement in force for seven days (rule 8),
counted from the day they say."""

ENCOUNTERS: Final = acts(
    "encounters", ActKind("encounter", (WORDS, WHEN, Part("what_next")), state="prs.active")
)
PROCESS_LIFE: Final = (
    ActKind("request", (WORDS,), state="prs.request"),
    ActKind("agree", (WORDS,), state="prs.agreed"),
    ActKind("begin", (WORDS,), state="prs.active"),
    ActKind("pause", (WORDS,), state="prs.paused"),
    ActKind("resume", (WORDS,), state="prs.resumed"),
    ActKind("close", (WORDS,), state="prs.closed"),
)

NEEDS: Final = acts(
    "needs",
    ActKind("need", (WORDS, Part("integrity", Shape.TERM, ("integrity",), several=True))),
    ActKind("meet", (WORDS, Part("need", Shape.ENTRY, of=("need",), needed=True))),
)
DOING: Final = acts("doing", ActKind("do", (WORDS, WHEN)))
EMERGENCY_LIFE: Final = (
    ActKind("open", (WORDS,), state="open"),
    ActKind("accompany", (WORDS,), state="accompanied"),
    ActKind("hand_over", (WORDS, PERSONS)),
    ActKind("look_back", (WORDS,), state="looked_back"),
    ActKind("reopen", (WORDS,), state="open"),
)
EMERGENCY_STATES: Final = ("open", "accompanied", "looked_back")

RITES: Final = acts("rites", ActKind("rite", (WORDS, WHEN)))
RETURNS: Final = acts("returns", ActKind("return", (WORDS, WHEN), state="mst.returned"))
MOURNING_LIFE: Final = (
    ActKind("open", (WORDS,), state="mst.open"),
    ActKind("keep_quietly", (WORDS,), state="mst.kept_quietly"),
    ActKind("honour", (WORDS, WHEN), state="mst.honoured"),
)
"""Each person's newest act is how it is with her; they are never brought to one (C5.3)."""

DEVICES: Final = acts(
    "devices", ActKind("device", (Part("name"), Part("fingerprint", needed=True)), own=True)
)
MEMBER_LIFE: Final = (
    ActKind("invite", (WORDS,), state="mem.invited"),
    ActKind("vouch", (WORDS, Part("key_checked", Shape.CHOICE, choices=("aloud", "by_code")))),
    ActKind("arrive", (WORDS,), state="mem.active"),
    ActKind("rest", (WORDS, WHEN), own=True, state="mem.resting"),
    ActKind("go_for_safety", (WORDS,), own=True, state="mem.away"),
    ActKind("come_back", (WORDS,), own=True, state="mem.active"),
    ActKind(
        "leave",
        (WORDS, Part("fragments", Shape.CHOICE, choices=("stay_unnamed", "stay_named", "go"))),
        own=True,
        state="mem.left",
    ),
    ActKind("suspend", (WORDS, Part("fingerprint"))),
    ActKind("lift_suspension", (WORDS,)),
    ActKind("remove", (WORDS, Part("agreement", Shape.LINK)), state="mem.removed"),
)

TASK_LIFE: Final = (
    ActKind("done", (WORDS, WHEN), state="done"),
    ActKind("let_go", (WORDS,), state="let_go"),
    ActKind("take_up_again", (WORDS,), state="open"),
)
TASK_STATES: Final = ("open", "done", "let_go")

ANSWERS: Final = acts(
    "answers",
    ActKind("answer", (WORDS, WHEN, Part("from"))),
    ActKind("no_answer_yet", (WORDS, WHEN)),
)

_PIECE: Final = Part("piece", Shape.ENTRY, of=("piece",), needed=True)
_AFTER: Final = Part("behind", Shape.ENTRY, of=("piece",))
PIECES: Final = acts(
    "pieces",
    ActKind("piece", (WORDS, Part("record", Shape.LINK), _AFTER)),
    ActKind("move", (_PIECE, _AFTER)),
    ActKind("rewrite", (WORDS, _PIECE)),
    ActKind("take_out", (WORDS, _PIECE)),
)
"""A list that two may arrange apart: each piece names the one it stands behind, none the first."""
VERSIONS_TOLD: Final = acts("versions_told", ActKind("tell", (WORDS, WHEN)))
