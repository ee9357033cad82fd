"""The vocabulary both languages share: stable ids, labels, definitions, lookup without accents.

The terms are package data, read the first time somebody asks. A collective's own words come to them
while its vault is open (`speak`), with ids `own.…`; an id nobody here knows renders as itself.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.journal.folding import fold

NEAR: Final = 5
"""Suggestions for a word that is not there: more would be a list to read, not a hint."""


SHORTEST_OWN: Final = len("own.") + 4
"""Letters of the beginning of an own word's id that are enough to mean it."""
SHORT: Final = 2
"""Words of so many letters stand everywhere: they tell nothing."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the vocabulary; *parent* is the kind of impact a form belongs to."""

    id: str
    group: str
    en: str
    es: str
    definition_en: str
    definition_es: str
    parent: str | None
    deprecated: bool
    source: str
    also: tuple[str, ...] = ()
    """Other names that find it: those of words that are the same."""

    def label(self, lang: str) -> str:
        """Return the label in *lang* ("es" or "en")."""
        return self.es if lang == "es" else self.en

    def definition(self, lang: str) -> str:
        """Return the definition in *lang* ("es" or "en")."""
        return self.definition_es if lang == "es" else self.definition_en


@dataclass(frozen=True, slots=True)
class Group:
    """A list of terms that belong together."""

    id: str
    en: str
    es: str

    def label(self, lang: str) -> str:
        """Return the group's name in *lang* ("es" or "en")."""
        return self.es if lang == "es" else self.en


class Vocabulary:
    """All terms and groups, in the order they were written."""

    def __init__(
        self,
        groups: Iterable[Group],
        terms: Iterable[Term],
        shown_as: Mapping[str, str] | None = None,
        hidden: frozenset[str] = frozenset(),
        elsewhere: frozenset[str] = frozenset(),
    ) -> None:
        self.groups: tuple[Group, ...] = tuple(groups)
        self.elsewhere = elsewhere
        """Own words of another collective: they keep their names, and are not offered here."""
        self.hidden = hidden
        """Terms that whoever looks does not want to see, with all that are the same."""
        self._terms = {term.id: term for term in terms}
        self._shown_as = dict(shown_as or {})
        self._folded: dict[str, tuple[str, ...]] = {}
        self._meanings: dict[str, str] = {}

    def with_own(
        self, own: Iterable[Term], shown_as: Mapping[str, str], also: Mapping[str, tuple[str, ...]]
    ) -> Vocabulary:
        """Return these words and the collective's *own*.

        *shown_as*: which word an own one is shown as, where they are the same; *also*: the names
        those give to the terms here.
        """
        known = [
            replace(term, also=also[term.id]) if term.id in also else term
            for term in self._terms.values()
        ]
        return Vocabulary((*self.groups, OWN_GROUP), [*known, *own], shown_as, self.hidden)

    def hiding(self, terms: Iterable[str]) -> Vocabulary:
        """Return these words with *terms*, and all that are the same, hidden."""
        hidden = frozenset(one for term in terms for one in self.same(term))
        return Vocabulary(self.groups, self._terms.values(), self._shown_as, hidden, self.elsewhere)

    def without(self, elsewhere: Iterable[str]) -> Vocabulary:
        """Return these words, none of *elsewhere* offered or found by its name."""
        away = frozenset(elsewhere)
        return Vocabulary(self.groups, self._terms.values(), self._shown_as, self.hidden, away)

    def terms(self, group: str | None = None, *, hidden: bool = False) -> tuple[Term, ...]:
        """Return the terms of *group*, or all; deprecated ones too, they still render.

        Of words that are the same, only the one they are shown as; of *hidden* ones none, unless
        they are asked for.
        """
        return tuple(
            t
            for t in self._terms.values()
            if (group is None or t.group == group)
            and t.id not in self._shown_as
            and t.id not in self.elsewhere
            and (hidden or t.id not in self.hidden)
        )

    def term(self, term_id: str) -> Term | None:
        """Return the term called *term_id*, or None."""
        return self._terms.get(term_id)

    def shown(self, term_id: str) -> str:
        """Return the id of the word that *term_id* is shown as: mostly itself."""
        return self._shown_as.get(term_id, term_id)

    def same(self, term_id: str) -> tuple[str, ...]:
        """Return every id that means the same as *term_id*, the one shown first."""
        shown = self.shown(term_id)
        return (shown, *sorted(one for one, other in self._shown_as.items() if other == shown))

    def label(self, term_id: str, lang: str) -> str:
        """Return the label of *term_id* in *lang*; an unknown id is its own label."""
        term = self._terms.get(self.shown(term_id))
        return term_id if term is None else term.label(lang)

    def ids(self) -> Iterable[str]:
        """Return every id, those too that are shown as another one."""
        return self._terms.keys()

    def names_of(self, term_id: str) -> tuple[str, ...]:
        """Return the folded names of *term_id*, none when it is not here."""
        term = self._terms.get(term_id)
        return () if term is None else tuple(dict.fromkeys(self._names(term)))

    def naming(self, word: str, *, begins: bool = False) -> tuple[str, ...]:
        """Return the ids of terms one word of whose names is *word*, or *begins* with it; folded.

        Every id that means the same comes with them. Words of one or two letters name nothing.
        """
        if len(word) <= (SHORT + 1 if begins else SHORT):
            return ()
        found = [
            t.id
            for t in self._terms.values()
            if any(
                (piece.startswith(word) if begins else piece == word)
                for name in self._names(t)
                for piece in words_of(name)
            )
        ]
        return tuple(dict.fromkeys(one for t in found for one in self.same(t)))

    def lookup(
        self, words: str, lang: str = "es", group: str | None = None, *, meanings: bool = False
    ) -> list[Term]:
        """Return the terms *words* may mean, best first; labels in *lang* before the other's.

        Accent- and case-blind: id, label or the words of a label in either language; with
        *meanings*, after those, terms whose definition holds the words.
        """
        wanted = fold(words)
        if not wanted:
            return []
        ranked = [
            (rank, position, term)
            for position, term in enumerate(self._choosable((group,) if group else ()))
            if (rank := self._rank(term, wanted, lang, meanings)) is not None
        ]
        return [term for _, _, term in sorted(ranked, key=lambda found: found[:2])]

    def exactly(self, words: str, groups: tuple[str, ...] = ()) -> list[Term]:
        """Return the terms of *groups* (all if empty) whose id or whole label is *words*.

        The beginning of an own word's id is enough. Hidden ones are found: who says one by its
        name means it.
        """
        term = self._terms.get(self.shown(words))
        if term is not None and _in(term, groups):
            return [term]
        wanted = fold(words)
        if len(wanted) >= SHORTEST_OWN and wanted.startswith("own."):
            found = {self.shown(one) for one in self._terms if one.startswith(wanted)}
            return [self._terms[one] for one in sorted(found)]
        return [
            t
            for t in self._choosable(groups, hidden=True)
            if t.id == wanted or wanted in self._names(t) or t.id.partition(".")[2] == wanted
        ]

    def near(self, words: str, groups: tuple[str, ...] = ()) -> list[str]:
        """Return ids of up to `NEAR` terms of *groups* that look like *words*, nearest first."""
        import difflib  # only a misspelt term needs it, and starting a command must be fast

        wanted = fold(words)[:80]
        names: dict[str, str] = {}
        for term in self._choosable(groups):
            for name in (term.id, term.id.partition(".")[2], *self._names(term)):
                names.setdefault(name, term.id)
        close = difflib.get_close_matches(wanted, names, n=NEAR * 2, cutoff=0.6)
        containing = [name for name in names if len(wanted) > 2 and wanted in name]
        return list(dict.fromkeys(names[name] for name in (*close, *containing)))[:NEAR]

    def _choosable(self, groups: tuple[str, ...], *, hidden: bool = False) -> list[Term]:
        known = self.terms(hidden=hidden)
        return [t for t in known if not t.deprecated and _in(t, groups)]

    def _names(self, term: Term) -> tuple[str, ...]:
        """Return the folded names of *term*, the two labels first."""
        names = self._folded.get(term.id)
        if names is None:
            names = self._folded[term.id] = (
                fold(term.es), fold(term.en), *map(fold, term.also)
            )  # fmt: skip
        return names

    def _meaning(self, term: Term) -> str:
        words = self._meanings.get(term.id)
        if words is None:
            words = fold(f"{term.definition_es} {term.definition_en}")
            self._meanings[term.id] = words
        return words

    def _rank(self, term: Term, wanted: str, lang: str, meanings: bool) -> int | None:
        es, en, *others = self._names(term)
        mine, other = (es, en) if lang == "es" else (en, es)
        if term.id == wanted or mine == wanted:
            return 0
        if other == wanted or wanted in others or term.id.partition(".")[2] == wanted:
            return 1
        if mine.startswith(wanted):
            return 2
        if other.startswith(wanted) or term.id.startswith(wanted):
            return 3
        pieces = wanted.split()
        for rank, label in ((4, mine), (5, other), *((5, name) for name in others)):
            said = words_of(label)
            if all(any(piece.startswith(word) for piece in said) for word in pieces):
                return rank
        # Beginnings of words hide in every definition: only whole ones count there.
        if meanings and all(len(word) > SHORT for word in pieces):
            said = words_of(self._meaning(term))
            if all(word in said for word in pieces):
                return 6
        return None


@functools.lru_cache(maxsize=4096)
def words_of(folded: str) -> tuple[str, ...]:
    """Return the words of a *folded* label or definition; asked for at every keystroke."""
    return tuple("".join(c if c.isalnum() else " " for c in folded).split())


def _in(term: Term, groups: tuple[str, ...]) -> bool:
    """A word of the collective's own that is in no group goes with any."""
    return not groups or term.group in (*groups, OWN_GROUP.id)


OWN_GROUP: Final = Group("own", "Our own words", "Nuestras palabras")
"""Words of the collective's own that it put in no other group."""


@functools.cache
def common_vocabulary() -> Vocabulary:
    """Return the vocabulary everybody has, read once from the package's data."""
    data = json.loads(Path(__file__).with_name("vocabulary.json").read_bytes())
    groups = [Group(*row) for row in data["groups"]]
    return Vocabulary(groups, [Term(*row) for row in data["terms"]])


_spoken: Callable[[], Vocabulary] | None = None


def vocabulary() -> Vocabulary:
    """Return the words spoken here: those everybody has, and the own ones of an open vault."""
    return common_vocabulary() if _spoken is None else _spoken()


def speak(spoken: Callable[[], Vocabulary] | None) -> None:
    """Let `vocabulary` return what *spoken* gives; None when no vault is open any more.

    A program has one vault open at a time; what is written is checked by spelling alone, so nothing
    but names on a screen depends on it.
    """
    global _spoken
    _spoken = spoken
