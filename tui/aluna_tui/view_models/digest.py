"""What happened while one was apart, as a page: sections of lines, what hurts only when asked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId, SpaceId
from aluna_sync.journal.digest import COPING, HARM, Item, Kind, Section
from aluna_sync.journal.display import first_words, safe_text
from aluna_tui.digest_words import (
    HIDDEN,
    NOTHING,
    after_title,
    heading,
    here_words,
    since_words,
    sustained_words,
    title_of,
)
from aluna_tui.labels import glyph, type_name
from aluna_tui.texts import N_, _, ngettext

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_sync.store.arrivals import Since

TITLE_LETTERS: Final = 60
SHOWN: Final = 12
"""Lines of a section before the one that opens the rest of it: one screen at a time."""
HARM_WAITS: Final = N_(
    "There are also words about what was done to us. They open only when you ask for them, "
    "with the key h."
)


@dataclass(frozen=True, slots=True)
class DigestLine:
    """A line under a heading; Enter reads *document*, or shows all of *more*."""

    words: str
    aside: str = ""
    document: DocumentId | None = None
    more: Kind | None = None
    below: str = ""
    """Said under it: for a harm, what sustained us in it."""


@dataclass(frozen=True, slots=True)
class DigestSection:
    """A heading and its lines."""

    name: str
    lines: tuple[DigestLine, ...]


@dataclass(frozen=True, slots=True)
class DigestPage:
    """Since when, and what happened."""

    since: str
    sections: tuple[DigestSection, ...]
    foot: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked the page for."""

    harm: bool = False
    whole: frozenset[Kind] = frozenset()


def digest_page(
    device: Device, collective: SpaceId, since: Since, today: dt.date, asked: Asked
) -> DigestPage:
    """Return the page of what happened in *collective* since then."""
    from aluna_sync.recounting import digest_since

    sections = digest_since(device, collective, since, today)
    told = [_section(device, collective, one, asked) for one in sections]
    waits = not asked.harm and any(item.type == HARM for one in sections for item in one.items)
    foot = _(HARM_WAITS) if waits else "" if any(one.lines for one in told) else _(NOTHING)
    return DigestPage(since_words(since.day), tuple(one for one in told if one.lines), foot)


def summary(sections: tuple[Section, ...]) -> str:
    """Say in one line, by kind of thing, what there is; harm is not counted at anybody."""
    said = [
        heading(one, with_harm=False).lower()
        for one in sections
        if one.people or any(item.type != HARM for item in one.items)
    ]
    return " · ".join(said)


def _section(device: Device, collective: SpaceId, section: Section, asked: Asked) -> DigestSection:
    names = device.person_name_of
    lines = [
        DigestLine(
            here_words(one, names, "" if one.space == collective else device.space_name(one.space))
        )
        for one in section.people
    ]
    items = [one for one in section.items if asked.harm or one.type != HARM]
    shown = items if section.kind in asked.whole else items[:SHOWN]
    lines += [_line(device, section.kind, one, asked) for one in shown]
    if more := len(items) - len(shown):
        words = ngettext("and {count} more", "and {count} more", more).format(count=more)
        lines.append(DigestLine(words, _("Enter shows them"), more=section.kind))
    return DigestSection(heading(section, with_harm=asked.harm), tuple(lines))


def _line(device: Device, kind: Kind, item: Item, asked: Asked) -> DigestLine:
    mark = f"{glyph(item.type)} " if item.type else ""
    said = after_title(kind, item, device.person_name_of, taken_by=taker(device, kind, item))
    below = ""
    if item.type == HARM:
        from aluna_sync.recounting import with_hidden_word

        hidden = with_hidden_word(device, item.sustained_by)
        titles = device.store.index.titles(item.sustained_by)
        below = sustained_words(
            sorted(
                _(HIDDEN) if document in hidden else first_words(title, TITLE_LETTERS)
                for document, (title, _type) in titles.items()
            )
        )
    return DigestLine(
        mark + called(device, kind, item, with_harm=asked.harm),
        " · ".join(said),
        None if kind is Kind.TAKEN_BACK else item.document,
        below=below,
    )


def called(device: Device, kind: Kind, item: Item, *, with_harm: bool) -> str:
    """Return what a record is called here: not by its words where those may hurt."""
    if kind is Kind.TAKEN_BACK:
        return type_name(item.type) or _("a record")
    if with_harm or kind is Kind.TOO_LATE:
        title = title_of(item, kept_back=False, care_note="")
    else:
        note = care_note(device, item)
        title = title_of(item, kept_back=item.kept_back or bool(note), care_note=note)
    return first_words(title, TITLE_LETTERS) or _("(no words yet)")


def care_note(device: Device, item: Item) -> str:
    """Return what stands before a record's words, if anything does."""
    record = None if item.type == COPING else device.record(item.document)
    return "" if record is None else safe_text(record.texts.get("care_note", "").strip())


def taker(device: Device, kind: Kind, item: Item) -> str:
    """Return the name of who took a record back."""
    if kind is not Kind.TAKEN_BACK:
        return ""
    for space in device.spaces.rows:
        person = device.spaces.author_of(space, item.document)
        if person is not None:
            return device.person_name_of(person)
    return ""
