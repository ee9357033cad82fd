"""The vocabulary both languages share: stable ids, labels, definitions, lookup without accents.

The terms are package data, read the first time somebody asks. A collective's own words have ids
`own.…` and are not here; an id nobody here knows renders as itself.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aluna_sync.journal.folding import fold

NEAR: Final = 5
"""Suggestions for a word that is not there: more would be a list to read, not a hint."""


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

    def __init__(self, groups: Iterable[Group], terms: Iterable[Term]) -> None:
        self.groups: tuple[Group, ...] = tuple(groups)
        self._terms = {term.id: term for term in terms}
        self._folded: dict[str, tuple[str, str]] = {}

    def terms(self, group: str | None = None) -> tuple[Term, ...]:
        """Return the terms of *group*, or all; deprecated ones too, they still render."""
        return tuple(t for t in self._terms.values() if group is None or t.group == group)

    def term(self, term_id: str) -> Term | None:
        """Return the term called *term_id*, or None."""
        return self._terms.get(term_id)

    def label(self, term_id: str, lang: str) -> str:
        """Return the label of *term_id* in *lang*; an unknown id is its own label."""
        term = self._terms.get(term_id)
        return term_id if term is None else term.label(lang)

    def lookup(self, words: str, lang: str = "es", group: str | None = None) -> list[Term]:
        """Return the terms *words* may mean, best first; labels in *lang* before the other's.

        Accent- and case-blind: id, label or the words of a label in either language.
        """
        wanted = fold(words)
        if not wanted:
            return []
        ranked = [
            (rank, position, term)
            for position, term in enumerate(self._choosable((group,) if group else ()))
            if (rank := self._rank(term, wanted, lang)) is not None
        ]
        return [term for _, _, term in sorted(ranked, key=lambda found: found[:2])]

    def exactly(self, words: str, groups: tuple[str, ...] = ()) -> list[Term]:
        """Return the terms of *groups* (all if empty) whose id or whole label is *words*."""
        term = self._terms.get(words)
        if term is not None and (not groups or term.group in groups):
            return [term]
        wanted = fold(words)
        return [
            t
            for t in self._choosable(groups)
            if t.id == wanted or wanted in self._labels(t) or t.id.partition(".")[2] == wanted
        ]

    def near(self, words: str, groups: tuple[str, ...] = ()) -> list[str]:
        """Return ids of up to `NEAR` terms of *groups* that look like *words*, nearest first."""
        import difflib  # only a misspelt term needs it, and starting a command must be fast

        wanted = fold(words)[:80]
        names: dict[str, str] = {}
        for term in self._choosable(groups):
            for name in (term.id, term.id.partition(".")[2], *self._labels(term)):
                names.setdefault(name, term.id)
        close = difflib.get_close_matches(wanted, names, n=NEAR * 2, cutoff=0.6)
        containing = [name for name in names if len(wanted) > 2 and wanted in name]
        return list(dict.fromkeys(names[name] for name in (*close, *containing)))[:NEAR]

    def _choosable(self, groups: tuple[str, ...]) -> list[Term]:
        return [
            t
            for t in self._terms.values()
            if not t.deprecated and (not groups or t.group in groups)
        ]

    def _labels(self, term: Term) -> tuple[str, str]:
        labels = self._folded.get(term.id)
        if labels is None:
            labels = self._folded[term.id] = (fold(term.es), fold(term.en))
        return labels

    def _rank(self, term: Term, wanted: str, lang: str) -> int | None:
        es, en = self._labels(term)
        mine, other = (es, en) if lang == "es" else (en, es)
        if term.id == wanted or mine == wanted:
            return 0
        if other == wanted or term.id.partition(".")[2] == wanted:
            return 1
        if mine.startswith(wanted):
            return 2
        if other.startswith(wanted) or term.id.startswith(wanted):
            return 3
        for rank, label in ((4, mine), (5, other)):
            pieces = label.split()
            if all(any(piece.startswith(word) for piece in pieces) for word in wanted.split()):
                return rank
        return None


@functools.cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary, read once from the package's data."""
    data = json.loads(Path(__file__).with_name("vocabulary.json").read_bytes())
    groups = [Group(*row) for row in data["groups"]]
    return Vocabulary(groups, [Term(*row) for row in data["terms"]])
