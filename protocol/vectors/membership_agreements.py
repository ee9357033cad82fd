"""Histories of suspensions, rules, rest and what is taken back (SPEC §6.4)."""

from __future__ import annotations

from vectors.make_outcome_vectors import (
    History,
    document,
    history,
)

# -- suspension ----------------------------------------------------------------------------------


@history("suspended by one")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bc")
    h.suspend("a", "b")
    return "a b c", [h.admit("b", "d"), h.rest("b")]


@history("a suspension confirmed by two others is a removal")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bcd")
    asked = h.suspend("a", "b")
    h.second("c", asked)
    h.second("d", asked)
    return "a c d", []


@history("who suspended does not confirm, nor one of the two alone")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bcd")
    asked = h.suspend("a", "b")
    own = h.second("a", asked)
    h.second("c", asked)
    return "a b c d", [own, h.second("b", asked)]


@history("where one other is left she alone confirms")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bc")
    h.second("c", h.suspend("a", "b"))
    return "a c", []


@history("who suspended lifts it alone")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bc")
    h.lift("a", h.suspend("a", "b"))
    h.admit("b", "d")
    return "a b c d", []


@history("two others lift it")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bcde")
    asked = h.suspend("a", "b")
    lifted = h.lift("c", asked)
    still = h.rest("b")
    h.second("d", lifted)
    h.rest("b", resting=False)
    return "a b c d e", [still]


@history("one's own device needs nobody else")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bc", keepers="ab")
    h.admit("c", "c2")
    lost = h.suspend("c", "c2")
    refused = h.lift("c2", lost)
    h.lift("c", lost)
    return "a b c c2", [refused]


@history("M2 of two that suspended each other each may lift the other's")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bc")
    one, other = h.suspend("a", "b", seen), h.suspend("b", "a", seen)
    refused = h.lift("a", other, [one, other])
    h.lift("a", one)
    h.lift("b", other)
    return "a b c", [refused]


@history("M2 who suspends everybody is not the only one left to speak")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bcd")
    of_b, of_c = h.suspend("a", "b"), h.suspend("a", "c")
    h.suspend("a", "d")
    own = h.lift("b", of_b)
    lifted = h.lift("b", of_c)
    h.second("d", lifted)
    return "a b c d", [own]


@history("a suspension falls with who made it")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bcd")
    h.second("c", h.remove("b", "a", seen), ["b removes a"])
    return "b c d", [h.suspend("a", "d", seen)]


# -- rules and rest ------------------------------------------------------------------------------


@history("two keepers, and what the others still may")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bcd", keepers="ab")
    h.rest("c")
    h.admit("c", "c2")
    return "a b c c2 d", [h.suspend("c", "d"), h.rule("d", "abcd")]


@history("a rule one alone asks for waits")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bc")
    h.rule("a", "a", quorum=3, admitting=2, gives_past=False)
    return "a b c", []


@history("the door is opened again to everybody")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bcd", keepers="ab")
    h.second("a", h.rule("b", ""))
    h.admit("d", "e")
    return "a b c d e", []


@history("a higher quorum, of as many as there are")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bcde")
    h.second("b", h.rule("a", "", quorum=9))
    asked = h.remove("a", "e")
    for one in "bcd":
        h.second(one, asked)
    return "a b c d", []


@history("two agreements apart: the more careful part of each")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bcd")
    one = h.rule("a", "abc", seen, quorum=3)
    h.second("b", one, [one])
    other = h.rule("c", "bcd", seen, admitting=2, gives_past=False)
    h.second("d", other, [other])
    return "a b c d", ["a rules abc"]


@history("M3 no keeper left, and most of those who belong agree anew")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bcde", keepers="ab")
    h.remove("a", "a")
    h.remove("b", "b")
    refused = h.admit("c", "f")
    asked = h.rule("c", "cd")
    h.second("d", asked)
    h.admit("d", "g")
    return "c d e g", [refused]


@history("M3 one of three is not most of them")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bcde", keepers="ab")
    h.remove("a", "a")
    h.remove("b", "b")
    h.rule("c", "c")
    return "c d e", [h.admit("c", "f")]


@history("M7 whoever rests is not waited for, and may say yes all the same")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bcde", keepers="ab")
    h.remove("a", "a")
    h.remove("b", "b")
    h.rest("d")
    h.rest("e")
    h.rule("d", "cde")
    return "c d e", []


@history("rests on one device and is back on another, apart")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("b")
    seen = [h.admit("b", "b2")]
    h.rest("b", seen)
    h.rest("b2", seen, resting=False)
    h.rest("a")
    return "a b b2", []


@history("back with having seen both")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("b")
    seen = [h.admit("b", "b2")]
    h.rest("b2", seen, resting=False)
    h.rest("b", seen)
    h.rest("b2")
    return "a b b2", []


# -- taken back ----------------------------------------------------------------------------------


@history("what a person takes back, with any device, and nobody else")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bc")
    h.admit("b", "b2")
    h.say("own", "b2", document("b"))
    return "a b b2 c", [
        h.say("another's", "c", document("b")),
        h.say("outside", "e", document("e")),
    ]


@history("what is taken back stays taken back when its author is removed apart")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bc")
    h.second("a", h.remove("c", "b", seen), ["c removes b"])
    h.say("own", "b", document("b"), seen)
    return "a c", []
