"""How every picture is told: a record by title and id, and harm never without its other lane."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId, PersonId
from aluna_sync.journal.display import first_words
from aluna_sync.journal.pictures.looking import Named, Pair
from aluna_tui.describing import term_label
from aluna_tui.labels import glyph
from aluna_tui.moments import coarse_date
from aluna_tui.texts import _, ngettext

TITLE_WIDTH: Final = 60
SHORT_ID: Final = 8
INDENT: Final = "  "


@dataclass(frozen=True, slots=True)
class Names:
    """What the records and persons of a picture are called."""

    record: Callable[[DocumentId], tuple[str, str]]
    """Title and type; both empty for what is not here."""
    person: Callable[[PersonId], str]
    text: Callable[[DocumentId, str], str]
    """The words in one text of a record."""
    plain: bool = False
    """Without signs, for screen readers."""

    def of(self, document: DocumentId) -> str:
        """Return a record on one line: its sign, its title, its id."""
        title, type_ = self.record(document)
        words = first_words(title, TITLE_WIDTH) or _("(no words yet)")
        sign = "" if self.plain else f"{glyph(type_)} "
        return f"{sign}{words} · {document.hex()[:SHORT_ID]}"

    def lines(self, documents: Iterable[DocumentId], depth: int = 1) -> list[str]:
        """Return records, one line each."""
        return [INDENT * depth + self.of(one) for one in documents]


def on_one_line(words: str) -> str:
    """Return what somebody wrote on one line; where there is nothing, that it is not spoken yet."""
    return " ".join(words.split()) or _("not spoken yet")


def term_or_unspoken(term: str) -> str:
    """Return the label of a term; where none is named, that it is not spoken yet."""
    return term_label(term) if term else _("not spoken yet")


def when_or_undated(when: str) -> str:
    """Return a band's date in words."""
    return coarse_date(when) if when else _("Without a date yet")


def counted(pair: Pair) -> str:
    """Say how many stories stand in a place, and how many things that sustained people there.

    Stories are counted, never people; what is empty is not spoken yet, never nought.
    """
    harm = len(pair.harm)
    told = ngettext("{count} harm", "{count} harms", harm).format(count=harm)
    if not harm:
        told = _("what this did to us: not spoken yet")
    kept = len(pair.sustained)
    sustained = ngettext(
        "{count} thing that sustained us", "{count} things that sustained us", kept
    )
    if not kept:
        return f"{told} · " + _("what sustained us: not spoken yet")
    return f"{told} · {sustained.format(count=kept)}"


def sustained_lines(sustained: Sequence[DocumentId], names: Names, depth: int = 1) -> list[str]:
    """Say what sustained people, also when nobody has spoken of it yet."""
    if not sustained:
        return [INDENT * depth + _("What sustained us: not spoken yet.")]
    return [INDENT * depth + _("What sustained us") + ":", *names.lines(sustained, depth + 1)]


def named_lines(found: Iterable[Named], names: Names, depth: int = 1) -> list[str]:
    """Say terms, each with the records that name it."""
    lines: list[str] = []
    for one in found:
        lines.append(f"{INDENT * depth}{term_label(one.term)}:")
        lines += names.lines(one.records, depth + 1)
    return lines


def lane(title: str, documents: Sequence[DocumentId], names: Names, depth: int = 1) -> list[str]:
    """Say one lane; an empty one is not spoken yet."""
    head = INDENT * depth + title
    if not documents:
        return [f"{head}: " + _("not spoken yet")]
    return [f"{head}:", *names.lines(documents, depth + 1)]
