"""Pictures that tell a story, in words: contexts side by side, memories, the year as a draft."""

from __future__ import annotations

from aluna_sync.journal.pictures.contexts import Compared, Side, ThenAndNow
from aluna_sync.journal.pictures.looking import Ids
from aluna_sync.journal.pictures.memory_book import Leaf, MemoryBooks
from aluna_sync.journal.pictures.year import Year
from aluna_tui.describing import term_label
from aluna_tui.labels import field_name
from aluna_tui.picture_words.base import (
    INDENT,
    Names,
    lane,
    on_one_line,
    sustained_lines,
    when_or_undated,
)
from aluna_tui.texts import _, listed


def then_and_now(drawn: ThenAndNow, names: Names) -> list[str]:
    """Say two readings of the context side by side."""
    if drawn.now is None:
        return []
    said = _side(_("Then"), drawn.then, names) + _side(_("Now"), drawn.now, names)
    for one in drawn.compared:
        said += _compared(one)
    for told in drawn.told:
        if told.then or told.now:
            said.append(field_name("context", told.name))
            for title, words in ((_("Then"), told.then), (_("Now"), told.now)):
                said.append(f"{INDENT}{title}: " + on_one_line(words))
    return said


def _side(title: str, side: Side | None, names: Names) -> list[str]:
    if side is None:
        return [f"{title}: " + _("not spoken yet")]
    said = [f"{title}: {names.of(side.record)} · {when_or_undated(side.on)}"]
    return [*said, *lane(_("What we answered"), side.answered_by, names)]


def _compared(one: Compared) -> list[str]:
    said = []
    for title, terms in (
        (_("then and now"), one.both),
        (_("only then"), one.then),
        (_("only now"), one.now),
    ):
        if terms:
            said.append(f"{INDENT}{title}: {listed([term_label(term) for term in terms])}")
    return [field_name("context", one.name), *said] if said else []


def memory_books(drawn: MemoryBooks, names: Names) -> list[str]:
    """Say the memories people made, piece by piece."""
    said: list[str] = []
    for book in drawn.books:
        said.append(names.of(book.record))
        for leaf in book.leaves:
            said += _leaf(leaf, names)
    return said


def _leaf(leaf: Leaf, names: Names) -> list[str]:
    said = [INDENT + line for words in leaf.words for line in words.splitlines() if line.strip()]
    if leaf.kept_elsewhere:
        said.append(INDENT + _("something kept elsewhere"))
    if leaf.record is not None:
        said += names.lines((leaf.record,))
        if leaf.is_harm:
            said += sustained_lines(leaf.sustained, names, 2)
    return said


def year_together(drawn: Year, names: Names) -> list[str]:
    """Say a year as a draft that the group rewrites: no sums, no goals."""
    said = [_("{year}, a draft for us to rewrite").format(year=drawn.year)]
    said += _part(_("What they did to us"), drawn.happened.harm, names)
    said += _part(_("What sustained us"), drawn.happened.sustained, names)
    said += _part(_("Agreements we lived by"), drawn.lived, names)
    said += _part(_("Agreements we let go"), drawn.let_go, names)
    said += _part(_("How we cared for each other"), drawn.care, names)
    said += _part(_("What we lost"), drawn.losses, names)
    if drawn.learnt:
        said.append(_("What we learnt") + ":")
        for one in drawn.learnt:
            words = " ".join(names.text(one.record, one.field).split())
            said.append(f"{INDENT}“{words}” ({names.of(one.record)})")
    else:
        said.append(_("What we learnt") + ": " + _("not spoken yet"))
    if drawn.undated:
        said += _part(_("Without a date: does it belong here?"), drawn.undated, names)
    return said


def _part(title: str, documents: Ids, names: Names) -> list[str]:
    return lane(title, documents, names, 0)
