"""Histories of a space in which mostly each act has seen the one before (SPEC §6.4)."""

from __future__ import annotations

from aluna_protocol.operations import Admit, Remove, Second
from vectors.make_outcome_vectors import (
    History,
    hash_of,
    history,
    keys_of,
    other_founding,
    person_of,
    seat_for,
)
from vectors.making import GENESIS

# -- admissions ----------------------------------------------------------------------------------


@history("nothing")
def _(h: History) -> tuple[str, list[str]]:
    return "", []


@history("founded")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("")
    return "a", []


@history("one admitted")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("b")
    return "a b", []


@history("M4 the past is missing")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("")
    h.admit("b", "c", ["a admits b"])
    return "a", []


@history("an admission without past")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("")
    return "a", [h.admit("a", "b", [])]


@history("by an outsider, and through a void admission")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("")
    first = h.admit("e", "e")
    return "a", [first, h.admit("e", "c")]


@history("I7 admitted again changes nothing")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("b")
    h.admit("b", "b", door=" again")
    return "a b", []


@history("a second device of one's own")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("b")
    h.admit("b", "b2")
    return "a b b2", []


@history("a second device of another")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("b")
    return "a b", [h.admit("a", "b2")]


@history("the same person admitted apart, with two devices")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("")
    h.admit("a", "b", seen)
    h.admit("a", "b2", seen)
    return "a b b2", []


@history("admitted by two at once")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("b")
    h.admit("a", "c", seen)
    h.admit("b", "c", seen)
    return "a b c", []


@history("an epoch entry between")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("")
    h.say("rekey", "a", None)
    h.admit("a", "b")
    return "a b", []


@history("founded again in another incarnation, and by others")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("b")
    again = h.say("again", "a", GENESIS, [])
    h.admit("a", "c", [again])
    other = h.say("other", "a", other_founding(), [])
    stolen = h.say("stolen", "b", GENESIS, [])
    late = h.say("late", "a", GENESIS)
    return "a b c", [other, stolen, late]


@history("a device that signed for two persons holds the first seat")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("b")
    h.say("as another", "a", Admit(seat_for("b", "c"), b""))
    return "a b", []


@history("two let a new person in, one lets in her own device")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bc")
    asked = h.rule("a", "", admitting=2)
    h.second("b", asked)
    h.admit("a", "d")
    h.admit("b", "b2")
    waits = h.admit("c", "e")
    h.second("b", waits)
    return "a b b2 c e", []


@history("all the keepers there are let in, when they are fewer")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("")
    h.rule("a", "", admitting=3, gives_past=False)
    h.admit("a", "b")
    h.admit("a", "c")
    return "a b", []


# -- removals ------------------------------------------------------------------------------------


@history("M1 two of three remove the third")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bc")
    h.second("b", h.remove("a", "c"))
    return "a b", []


@history("M2 a lone removal waits")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bc")
    h.remove("a", "c")
    return "a b c", []


@history("M2 two devices of one person are one yes")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bc")
    asked = h.remove("a", "c")
    h.admit("a", "a2")
    h.second("a2", asked)
    return "a a2 b c", []


@history("M2 the removed says no yes of her own, nor does who is outside")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bc")
    asked = h.remove("a", "c")
    return "a b c", [h.second("c", asked), h.second("e", asked)]


@history("M2 the yes of who was removed meanwhile counts no more")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bcde")
    asked = h.remove("a", "e")
    h.second("c", h.remove("b", "a"))
    h.second("d", asked)
    return "b c d e", []


@history("one of two keepers removes the other alone")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("b")
    h.remove("a", "b")
    return "a", []


@history("one keeper removes who is none")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bc", keepers="ab")
    h.remove("b", "c")
    return "a b", []


@history("M2 who is no keeper removes nobody and lets in nobody")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bcd", keepers="ab")
    return "a b c d", [h.remove("c", "d"), h.admit("c", "e")]


@history("leaving, and giving up a device that was lost")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bc", keepers="ab")
    h.admit("c", "c2")
    h.remove("c2", "c", one=True)
    h.remove("b", "b")
    return "a c2", []


@history("removing who is not there")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("b")
    first = h.remove("a", "c")
    false = Remove(person_of("a"), keys_of("b").device, ())
    return "a b", [first, h.say("of another", "a", false)]


@history("a key that was removed never returns, a new one does")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bc")
    h.second("b", h.remove("a", "c"))
    late = h.admit("a", "c", door=" again")
    h.admit("a", "c2")
    return "a b c2", [late, h.admit("c2", "c")]


@history("a removed device never returns, under no other person either")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bc")
    h.remove("c", "c")
    return "a b", [h.say("as another", "a", Admit(seat_for("c", "d"), b""))]


@history("removed twice with two cuts")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bc", keepers="ab")
    h.remove("a", "c", seen)
    h.remove("b", "c", seen)
    return "a b", []


@history("a yes given late, and one used twice")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bcd")
    asked = h.remove("a", "d")
    h.second("b", asked)
    late = h.second("c", asked)
    h.admit("a", "d2")
    return "a b c d2", [late, h.second("a", asked)]


@history("a second names no second, nothing void and nothing unseen")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bcd")
    asked = h.remove("a", "d", seen)
    unseen = h.second("b", asked, seen)
    of_second = h.say("of it", "c", Second(hash_of(unseen)))
    yes = h.second("e", asked)
    return "a b c d", [unseen, of_second, yes, h.second("b", "founding")]
