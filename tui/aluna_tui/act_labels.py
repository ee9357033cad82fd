"""What people do to records, in words: what was done, and what they type to do it.

Each act has the words that tell it afterwards, and one word that asks for it on the command line,
in both languages, beside its code.
"""

from __future__ import annotations

from typing import Final

from aluna_tui.texts import N_

ACTS: Final = {
    # every record
    "taken_in": (N_("took this in"), N_("take in")),
    "ask_uses": (N_("asked what it may be used for"), N_("ask uses")),
    "ask_withdrawal": (N_("asked the group to take it back"), N_("ask to take back")),
    "put_away": (N_("put it away"), N_("put away")),
    "close_fold": (N_("closed what each one wrote"), N_("close fold")),
    # agreements
    "propose": (N_("proposed this wording"), N_("propose")),
    "amend": (N_("changed the wording"), N_("amend")),
    "position": (N_("took a position"), N_("position")),
    "lift": (N_("lifted her objection"), N_("lift")),
    "answer_objection": (N_("answered an objection"), N_("answer objection")),
    "withdraw_position": (N_("took her position back"), N_("withdraw position")),
    "open_stage": (N_("opened a round"), N_("open round")),
    "ask": (N_("asked"), N_("ask")),
    "react": (N_("reacted"), N_("react")),
    "ask_review": (N_("asked to look at it again"), N_("ask review")),
    "review": (N_("looked at it again"), N_("review")),
    "in_force": (N_("said it is in force"), N_("in force")),
    "for_now": (N_("put it in force for now"), N_("for now")),
    "not_adopt": (N_("said it was not adopted"), N_("not adopt")),
    "end": (N_("ended it"), N_("end")),
    # what rests and goes on
    "pause": (N_("paused it"), N_("pause")),
    "resume": (N_("took it up again"), N_("resume")),
    # processes
    "request": (N_("asked for it"), N_("request")),
    "agree": (N_("agreed to it"), N_("agree")),
    "begin": (N_("began it"), N_("begin")),
    "close": (N_("closed it together"), N_("close")),
    "encounter": (N_("met"), N_("encounter")),
    # emergencies
    "open": (N_("opened it"), N_("open")),
    "accompany": (N_("is accompanying"), N_("accompany")),
    "hand_over": (N_("handed over"), N_("hand over")),
    "look_back": (N_("looked back"), N_("look back")),
    "reopen": (N_("opened it again"), N_("reopen")),
    "need": (N_("said what is needed"), N_("need")),
    "meet": (N_("met a need"), N_("meet")),
    "do": (N_("did"), N_("do")),
    # mourning
    "rite": (N_("a rite"), N_("rite")),
    "return": (N_("it came back"), N_("return")),
    "keep_quietly": (N_("keeps it quietly"), N_("keep quietly")),
    "honour": (N_("honoured it"), N_("honour")),
    # members
    "device": (N_("has a device"), N_("device")),
    "invite": (N_("invited"), N_("invite")),
    "vouch": (N_("vouched"), N_("vouch")),
    "arrive": (N_("welcomed"), N_("arrive")),
    "rest": (N_("rests"), N_("rest")),
    "go_for_safety": (N_("is away for safety"), N_("go for safety")),
    "come_back": (N_("is back"), N_("come back")),
    "leave": (N_("left"), N_("leave")),
    "suspend": (N_("suspended a device"), N_("suspend")),
    "lift_suspension": (N_("lifted the suspension"), N_("lift suspension")),
    "remove": (N_("said that the group removed her"), N_("remove")),
    # tasks
    "done": (N_("did it"), N_("done")),
    "let_go": (N_("let it go"), N_("let go")),
    "take_up_again": (N_("opened it anew"), N_("take up again")),
    # responses
    "answer": (N_("an answer came"), N_("answer")),
    "no_answer_yet": (N_("no answer yet"), N_("no answer yet")),
    # memory
    "piece": (N_("put in a piece"), N_("piece")),
    "move": (N_("moved a piece"), N_("move")),
    "rewrite": (N_("rewrote a piece"), N_("rewrite")),
    "take_out": (N_("took a piece out"), N_("take out")),
    "tell": (N_("told it so"), N_("tell")),
}
"""By kind of act: what was done, and how it is asked for."""

STANCES: Final = {
    "pos.consent": (N_("consent"), N_("I consent")),
    "pos.consent_concern": (N_("consent with concern"), N_("concern")),
    "pos.objection": (N_("object"), N_("objection")),
    "pos.stand_aside": (N_("stand aside"), N_("aside")),
    "pos.need_time": (N_("need time"), N_("time")),
    "pos.need_talk": (N_("need to talk"), N_("talk")),
}
"""Words that ask for a position, besides the label of its term."""

PARTS: Final = {
    "words": N_("words"),
    "when": N_("when"),
    "persons": N_("persons"),
    "of": N_("whose words"),
    "uses": N_("uses"),
    "seen": N_("what was there"),
    "field": N_("field"),
    "fold": N_("which rewriting"),
    "version": N_("on which wording"),
    "wording": N_("wording"),
    "what_changed": N_("what changed"),
    "based_on": N_("based on"),
    "asked": N_("who is asked"),
    "stance": N_("position"),
    "said": N_("how it is said"),
    "objection": N_("which objection"),
    "position": N_("which position"),
    "without": N_("not waited for"),
    "since": N_("since"),
    "how": N_("how"),
    "stage": N_("round"),
    "outcome": N_("what follows"),
    "what_next": N_("what next"),
    "integrity": N_("what it touches"),
    "need": N_("which need"),
    "name": N_("name"),
    "fingerprint": N_("fingerprint"),
    "key_checked": N_("key checked"),
    "fragments": N_("what stays of her words"),
    "agreement": N_("agreement"),
    "from": N_("from whom"),
    "piece": N_("which piece"),
    "record": N_("record"),
    "behind": N_("behind which piece"),
}

ACT_CHOICES: Final = {
    "said": {"here": N_("here"), "in_person": N_("I will say it in person")},
    "how": {
        "integrated": N_("it was taken into the wording"),
        "withdrawn": N_("I take it back"),
        "taken_care_of": N_("it was taken care of"),
    },
    "stage": {"questions": N_("questions"), "reactions": N_("reactions")},
    "outcome": {"keep": N_("keep it"), "adapt": N_("adapt it"), "end": N_("end it")},
    "key_checked": {"aloud": N_("aloud"), "by_code": N_("by code")},
    "fragments": {
        "stay_unnamed": N_("they stay, without my name"),
        "stay_named": N_("they stay, with my name"),
        "go": N_("they go with me"),
    },
}

STATES: Final = {
    "open": N_("Still open"),
    "accompanied": N_("Accompanied"),
    "looked_back": N_("Looked back on"),
    "done": N_("Was done"),
    "let_go": N_("Let go"),
}
"""States that are no terms of the vocabulary."""
