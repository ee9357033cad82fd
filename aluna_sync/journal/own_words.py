"""The words a collective adds to the vocabulary: coined by anybody, renamed, found to be the same.

Each is a record of its own, so two people who coin the same word apart both keep theirs. Somebody
may say later that one is the same as another; then it is shown as that other, and what is named
with either is found by both. Ids never change, and which one is shown depends only on the records,
so all devices that have the same ones show the same word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId, PersonId, SpaceId
from aluna_sync.journal.display import first_words, safe_text
from aluna_sync.journal.types import Record
from aluna_sync.journal.values import is_own
from aluna_sync.journal.vocabulary import OWN_GROUP, Term, Vocabulary

TYPE: Final = "own_term"
WORDS: Final = {"es": "word_es", "en": "word_en"}
"""The field that holds the word in each language."""
SAME: Final = "same"
MAX_NAME: Final = 120
MAX_MEANING: Final = 4000
"""Letters that are shown: whoever made a record may have written anything into it."""
BETWEEN: Final = " / "
"""Stands between the readings of a word that two people renamed apart."""

_PREFIX: Final = "own."


@dataclass(frozen=True, slots=True)
class OwnWord:
    """A word of the collective's own; a name is empty in a language nobody gave one in."""

    id: str
    space: SpaceId
    en: str
    es: str
    group: str
    meaning: str
    same: tuple[str, ...]
    """Ids of the words somebody said it is the same as."""
    authors: tuple[PersonId, ...]

    @property
    def document(self) -> DocumentId:
        """The record that holds it."""
        return document_of(self.id)

    def term(self, also: tuple[str, ...] = ()) -> Term:
        """Return it as a term of the vocabulary: without a name in one language, the other's."""
        en, es = self.en or self.es, self.es or self.en
        return Term(
            self.id, self.group, en, es, self.meaning, self.meaning, None, False, "own", also
        )


def id_of(document: DocumentId) -> str:
    """Return the id of the word that *document* holds."""
    return f"{_PREFIX}{document.hex()}"


def document_of(term_id: str) -> DocumentId:
    """Return the record that holds the word *term_id*, which `is_own`."""
    return DocumentId(bytes.fromhex(term_id.removeprefix(_PREFIX)))


def own_word(record: Record) -> OwnWord | None:
    """Return the word that *record* holds, None when it holds none."""
    names = {lang: _said(record, name) for lang, name in WORDS.items()}
    if record.type != TYPE or not any(names.values()):
        return None
    group = _said(record, "group")
    return OwnWord(
        id=id_of(record.id),
        space=record.space,
        en=names["en"],
        es=names["es"],
        group=OWN_GROUP.id if not group or BETWEEN in group else group,
        meaning=safe_text(record.texts.get("body", "").strip()[:MAX_MEANING], newlines=True),
        same=tuple(
            member.item for member in record.sets.get(SAME, ()) if member.item != id_of(record.id)
        ),
        authors=record.authors,
    )


def _said(record: Record, field: str) -> str:
    """Return the readings of *field*, in one order on all devices."""
    said = (reading.value for reading in record.readings.get(field, ()))
    words = {first_words(one, MAX_NAME) for one in said if isinstance(one, str)}
    return BETWEEN.join(sorted(words - {""}))


def with_own_words(common: Vocabulary, own: Iterable[OwnWord]) -> Vocabulary:
    """Return *common* and the *own* words, those that are the same shown as one."""
    known = {word.id: word for word in own}
    shown = shown_as(common, known)
    names: dict[str, list[str]] = {}
    for one, other in sorted(shown.items()):
        word = known[one]
        called = (word.es, word.en, *_readings(word))
        names.setdefault(other, []).extend(name for name in called if name)
    also = {one: tuple(dict.fromkeys(found)) for one, found in names.items()}
    terms = [word.term(_readings(word) + also.get(word.id, ())) for word in known.values()]
    return common.with_own(terms, shown, also)


def _readings(word: OwnWord) -> tuple[str, ...]:
    """Each reading of a word that was renamed apart finds it."""
    said = [part for name in (word.es, word.en) if BETWEEN in name for part in name.split(BETWEEN)]
    return tuple(dict.fromkeys(said))


def shown_as(common: Vocabulary, own: Mapping[str, OwnWord]) -> dict[str, str]:
    """Return for each own word that is shown as another one which that is.

    A word of the common list is never hidden behind an own one. Among own ones, the word that the
    others were said to be; where they were said to be each other, the one with the lowest id.
    """
    shown: dict[str, str] = {}
    for words in _classes(common, own):
        mine = sorted(one for one in words if one in own)
        listed = sorted(one for one in words if one not in own)
        ends = [one for one in mine if not any(other in words for other in own[one].same)]
        first = (listed or ends or mine)[0]
        shown |= {one: first for one in mine if one != first}
    return shown


def _classes(common: Vocabulary, own: Mapping[str, OwnWord]) -> list[set[str]]:
    """Return the sets of words that were said to be the same, over however many steps."""
    beside: dict[str, set[str]] = {}
    for word in own.values():
        for other in word.same:
            # What is not here may be a word of a circle: its id alone says nothing.
            if other in own or common.term(other) is not None:
                beside.setdefault(word.id, set()).add(other)
                beside.setdefault(other, set()).add(word.id)
    classes: list[set[str]] = []
    seen: set[str] = set()
    for start in sorted(beside):
        if start in seen:
            continue
        found, waiting = {start}, [start]
        while waiting:
            one = waiting.pop()
            # Two words of the common list are never made one through an own word.
            if one in own:
                new = beside[one] - found
                found |= new
                waiting += new
            elif len(found) == 1:
                break
        if len(found) > 1:
            seen |= found
            classes.append(found)
    return classes


def alike(words: Iterable[OwnWord], vocabulary: Vocabulary) -> list[tuple[OwnWord, ...]]:
    """Return own words that are called the same and were not said to be: to be asked about."""
    called: dict[str, dict[str, OwnWord]] = {}
    for word in sorted(words, key=lambda one: one.id):
        shown = vocabulary.shown(word.id)
        if shown != word.id and not is_own(shown):
            continue
        for name in vocabulary.names_of(word.id):
            called.setdefault(name, {}).setdefault(shown, word)
    groups = (tuple(found.values()) for found in called.values() if len(found) > 1)
    return list(dict.fromkeys(groups))
