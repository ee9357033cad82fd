"""Histories of acts made apart and heard together (SPEC §6.4.3, security §2.3)."""

from __future__ import annotations

from aluna_protocol.operations import Admit
from vectors.make_outcome_vectors import History, history, seat_for

# -- strikes -------------------------------------------------------------------------------------


@history("M1 two keepers who remove each other are both out")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bcd", keepers="ab")
    h.remove("a", "b", seen)
    h.remove("b", "a", seen)
    return "c d", []


@history("M1 and the others agree anew")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bcd", keepers="ab")
    h.remove("a", "b", seen)
    h.remove("b", "a", seen)
    h.second("d", h.rule("c", "c"))
    h.admit("c", "e")
    return "c d e", []


@history("M1 two pairs that remove one of each other leave the third")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bc")
    one, other = h.remove("a", "b", seen), h.remove("b", "a", seen)
    h.second("c", one, [one])
    h.second("c", other, [other])
    return "c", [one, other]


@history("M1 whom the removed let in meanwhile was never in, nor whom these let in")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bc")
    asked = h.remove("a", "b", seen)
    h.second("c", asked, [asked])
    first = h.admit("b", "f", seen)
    return "a c", [first, h.admit("f", "g", [first])]


@history("M1 what the removed asked for meanwhile is void")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bcd", keepers="abc")
    asked = h.remove("a", "b", seen)
    h.second("c", asked, [asked])
    return "a c d", [h.remove("b", "d", seen), h.rest("b", seen)]


@history("M1 with a yes of the removed an act falls, and may be asked for again")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bcde")
    asked = h.remove("c", "d", seen)
    yes = h.second("b", asked, [asked])
    removal = h.remove("a", "b", seen)
    h.second("e", removal, [removal])
    h.second("a", asked)
    return "a c e", [yes]


@history("M1 an admission and a removal apart both apply")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bd", keepers="ab")
    h.admit("a", "g", seen)
    h.remove("b", "d", seen)
    return "a b g", []


@history("M1 removed beats let in again until somebody saw both")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bd", keepers="ab")
    h.remove("a", "d", seen)
    out = h.remove("b", "d", seen)
    h.admit("b", "d2", [out])
    return "a b", []


@history("M1 and with having seen both she is in again")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bd", keepers="ab")
    h.remove("a", "d", seen)
    out = h.remove("b", "d", seen)
    h.admit("b", "d2", [out])
    h.admit("a", "d3")
    return "a b d3", []


@history("M2 a puppet does not save its maker")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("b", keepers="ab")
    h.remove("b", "a", seen)
    puppet = h.admit("a", "p", seen)
    return "b", [puppet, h.remove("p", "b", [puppet])]


@history("M2 nor do a dozen that let in one another")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bc")
    removal = h.remove("b", "a", seen)
    h.second("c", removal, [removal])
    last, void = seen, []
    for before, puppet in zip("axyzuv", "xyzuvw", strict=True):
        last = [h.admit(before, puppet, last)]
        void += last
    asked = h.remove("x", "b", last)
    return "b c", [*void, asked, h.second("y", asked, [asked])]


@history("a device let in by two falls with neither of them alone")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bc")
    one, other = h.admit("a", "f", seen), h.admit("b", "f", seen)
    removal = h.remove("b", "a", seen)
    h.second("c", removal, [removal])
    h.admit("f", "g", [one, other])
    lost = h.admit("f", "i", [one])
    return "b c f g", [one, lost]


@history("one device removed: the acts of her others stand")
def _(h: History) -> tuple[str, list[str]]:
    h.founded("bcd")
    seen = [h.admit("b", "b2")]
    asked = h.remove("a", "b2", seen, one=True)
    h.second("c", asked, [asked])
    h.admit("b", "e", seen)
    return "a b c d e", [h.admit("b2", "f", seen)]


@history("leaving strikes nothing")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bc")
    h.remove("b", "b", seen)
    h.admit("b", "d", seen)
    return "a c d", []


@history("a second device admitted apart from the removal of its person goes too")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bc")
    asked = h.remove("a", "b", seen)
    h.second("c", asked, [asked])
    own = h.admit("b", "b2", seen)
    return "a c", [own, h.admit("b2", "d", [own])]


@history("M1 three remove one another in a circle and are all out")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bcd", keepers="abcd")
    done, asked = [], []
    for one, whom in ("ab", "bc", "ca"):
        asked.append(h.remove(one, whom, seen))
        done.append(h.second("d", asked[-1], asked[-1:]))
    return "d", asked


@history("M1 who strikes from outside a circle ends it")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bcde")
    one, other = h.remove("a", "b", seen), h.remove("b", "a", seen)
    h.second("c", one, [one])
    yes = h.second("c", other, [other])
    third = h.remove("d", "b", seen)
    h.second("e", third, [third])
    return "a c d e", [other, yes]


@history("M1 a strike whose maker is struck strikes nobody")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bcdef")
    first = h.remove("a", "b", seen)
    h.second("c", first, [first])
    second = h.remove("b", "d", seen)
    yes = h.second("e", second, [second])
    third = h.remove("d", "f", seen)
    h.second("e", third, [third])
    return "a c d e", [second, yes]


# -- agreements ----------------------------------------------------------------------------------


@history("M2 who is no keeper any more acted in vain")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bcd")
    asked = h.rule("a", "ab", seen)
    h.second("b", asked, [asked])
    h.admit("a", "e", seen)
    h.admit("c", "c2", seen)
    h.rest("d", seen)
    return "a b c c2 d e", [h.admit("d", "f", seen), h.suspend("c", "a", seen)]


@history("M1 who is removed and who is no keeper any more strike each other")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bcd")
    asked = h.rule("a", "ab", seen)
    h.second("b", asked, [asked])
    removal = h.remove("c", "a", seen)
    h.second("d", removal, [removal])
    return "b c d", [asked, removal]


@history("M2 a keeper made by an agreement that falls was none")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bcdef", keepers="abc")
    removal = h.remove("a", "c", seen)
    h.second("b", removal, [removal])
    asked = h.rule("c", "abcd", seen)
    yes = h.second("b", asked, [asked])
    lost = h.admit("d", "i", [yes])
    h.admit("b", "g", [yes])
    return "a b d e f g", [asked, yes, lost]


@history("M2 one signature from when two were all there were removes nobody")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("b")
    h.admit("a", "c", seen)
    return "a b c", [h.remove("b", "a", seen)]


@history("M2 nor one from when two kept the door")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bcd", keepers="ab")
    asked = h.rule("a", "abc", seen)
    h.second("b", asked, [asked])
    return "a b c d", [h.remove("b", "a", seen)]


@history("M2 an agreement made by fewer than now falls too")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("b")
    h.remove("b", "b", seen)
    alone = h.rule("a", "a", [*h.heads()])
    h.admit("a", "c", seen)
    return "a c", [alone]


@history("M2 who founded does not undo her removal by letting herself in again")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("b")
    h.remove("b", "a", seen)
    return "b", [h.admit("a", "a", seen)]


@history("M3 two agreements with nobody in common leave no keeper, whatever her id")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bc", keepers="ab")
    one, other = h.rule("a", "a", seen), h.rule("b", "bc", seen)
    h.second("b", one, [one])
    h.second("a", other, [other])
    return "a b c", [h.admit("a", "d"), one, other]


@history("a device that signed for two persons stays as the other one")
def _(h: History) -> tuple[str, list[str]]:
    seen = h.founded("bcd")
    h.say("as another", "a", Admit(seat_for("b", "e"), b""), seen)
    h.admit("b", "f", seen)
    asked = h.remove("c", "b", seen)
    h.second("d", asked, [asked])
    return "a b c d", ["b admits f"]
