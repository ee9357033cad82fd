"""A record as a page: whose eyes are on it, care first, what sustained us always in sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.rewritten import Rewriting
from aluna_sync.journal.schema import TYPES, Field, MergeKind, Shape, record_type
from aluna_sync.journal.types import Json, Link, Member, Reading, Record
from aluna_sync.journal.values import is_own
from aluna_tui.act_words import act_words
from aluna_tui.describing import term_label
from aluna_tui.labels import (
    choice_name,
    field_name,
    glyph,
    link_name,
    readings_words,
    state_words,
    type_name,
)
from aluna_tui.moments import coarse_date
from aluna_tui.taking_back_words import taken_back_by
from aluna_tui.texts import _, listed
from aluna_tui.view_models.dates import date_words
from aluna_tui.view_models.facade import JournalDevice
from aluna_tui.view_models.plain import one_line, paragraphs
from aluna_tui.view_models.words import person_of, space_of

WITH_CARE: Final = ("impact",)
"""Types that never open by themselves."""
HARM_TYPES: Final = ("impact", "event")
SUSTAINING: Final = "sustained"
_ACTS_SHOWN: Final = 40
"""Acts of a field shown on the page: the newest; all of them are in `aluna show`."""


@dataclass(frozen=True, slots=True)
class LinkLine:
    """Another record one can go to."""

    target: DocumentId
    words: str


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Links of one kind under one name."""

    name: str
    lines: tuple[LinkLine, ...]


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One of several readings, with who wrote it."""

    id: str
    words: str
    by: str


@dataclass(frozen=True, slots=True)
class Readings:
    """A field that holds more than one reading."""

    field: str
    name: str
    count: str
    lines: tuple[ReadingLine, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A text under its name; the body has no name. *more* tells that it goes on."""

    name: str
    text: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class Apart:
    """A paragraph two sides rewrote apart, as each one wrote it."""

    field: str
    id: str
    name: str
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReaderPage:
    """Everything the reader shows of one record."""

    document: DocumentId
    glyph: str
    title: str
    space: str
    facts: str
    authors: str
    care: str
    """Words before the body; empty when nothing asks for care."""
    closed: bool
    """True while the body waits for the person to open it."""
    sustained: LinkGroup | None
    links: tuple[LinkGroup, ...]
    readings: tuple[Readings, ...]
    passages: tuple[Passage, ...]
    apart: tuple[Apart, ...]
    details: tuple[tuple[str, str], ...]
    newer: str


def reader_page(
    device: JournalDevice,
    record: Record,
    links: Sequence[Link],
    *,
    opened: bool,
    letters: int,
    apart: Sequence[Rewriting] = (),
) -> ReaderPage:
    """Return the page of *record*; *opened* once the person said she wants to read on."""
    type_ = record_type(record.type)
    care_note = one_line(record.texts.get("care_note", ""))
    careful = record.type in WITH_CARE or bool(care_note)
    closed = careful and not opened
    groups = _link_groups(links)
    sustained = groups.pop(_sustaining_name(), None)
    if sustained is None and record.type in HARM_TYPES:
        sustained = LinkGroup(_sustaining_name(), ())
    return ReaderPage(
        document=record.id,
        glyph=glyph(record.type),
        title=_title(record),
        space=space_of(device, record.space),
        facts=_facts(record),
        authors=_authors(device, record),
        care=_care(careful, care_note, closed),
        closed=closed,
        sustained=sustained,
        links=tuple(groups.values()),
        readings=tuple(_readings(device, record, field) for field in _contested(record)),
        passages=() if closed else _passages(record, letters),
        apart=() if closed else tuple(_apart(device, record, one) for one in apart),
        details=() if closed else _details(device, record, type_.fields),
        newer=_newer(record),
    )


def value_words(field: Field | None, value: Json) -> str:
    """Say one value of a field in words; whatever it is, it becomes one harmless line."""
    match value:
        case None:
            return _("not said any more")
        case {"precision": str(), "words": str()}:
            return date_words(value)
        case dict(said) if isinstance(said.get("act"), str):
            return one_line(act_words(field, said), 400)
        case {"name": str(name)}:
            return one_line(name, 120)
        case str(text):
            return item_words(field, text)
        case bool() | int() | float():
            return str(value)
        case _:
            return _("something a newer program wrote")


def item_words(field: Field | None, item: str) -> str:
    """Name one item of a set, or one choice."""
    if (field is not None and field.shape is Shape.TERM) or is_own(item):
        return one_line(term_label(item), 120)
    if field is not None and item in field.choices:
        return choice_name(field.name, item)
    return one_line(item, 120)


def _sustaining_name() -> str:
    return link_name(SUSTAINING, outgoing=False)


def _care(careful: bool, note: str, closed: bool) -> str:
    if not careful:
        return ""
    words = note or _("To be read in company.")
    return f"{words} " + _("Enter to open it, Esc to leave it.") if closed else words


def _title(record: Record) -> str:
    # Without a title, lists show the first words of the body: here they would stand there twice,
    # and before the person asked for them.
    return one_line(record.texts.get("title", "")) or _kind(record)


def _kind(record: Record) -> str:
    if record.type in TYPES:
        return type_name(record.type)
    return _("a record this program does not know yet")


def _facts(record: Record) -> str:
    pieces = [_kind(record)] if one_line(record.texts.get("title", "")) else []
    if record.when:
        pieces.append(coarse_date(one_line(record.when, 40)))
    if record.state:
        pieces.append(one_line(state_words(record.state), 80))
    if record.put_away:
        pieces.append(_("was put away"))
    return " · ".join(pieces)


def _authors(device: JournalDevice, record: Record) -> str:
    names = list(dict.fromkeys(person_of(device, person) for person in record.authors[:12]))
    return _("written by: {names}").format(names=", ".join(names)) if names else ""


def _link_groups(links: Sequence[Link]) -> dict[str, LinkGroup]:
    grouped: dict[str, list[LinkLine]] = {}
    for link in links:
        title = one_line(link.title, 120)
        if link.taken_back:
            title = one_line(taken_back_by(link.taken_back_by), 120)
        known = link.type or link.taken_back
        words = f"{glyph(link.type)} {title}" if known else _("something kept elsewhere")
        name = link_name(link.kind, outgoing=link.outgoing)
        grouped.setdefault(one_line(name, 60), []).append(LinkLine(link.target, words))
    return {name: LinkGroup(name, tuple(lines)) for name, lines in grouped.items()}


def _contested(record: Record) -> list[str]:
    return [field for field, current in record.readings.items() if len(current) > 1]


def _readings(device: JournalDevice, record: Record, field: str) -> Readings:
    known = record_type(record.type).field(field)
    current = record.readings[field]
    return Readings(
        field=field,
        name=one_line(field_name(record.type, field), 60),
        count=readings_words(len(current)),
        lines=tuple(_reading_line(device, known, reading) for reading in current),
    )


def _reading_line(device: JournalDevice, field: Field | None, reading: Reading) -> ReadingLine:
    words = value_words(field, reading.value)
    return ReadingLine(reading.id, words, f"— {person_of(device, reading.by)}")


def _apart(device: JournalDevice, record: Record, rewriting: Rewriting) -> Apart:
    field = one_line(field_name(record.type, rewriting.field), 60)
    ways: list[str] = []
    for way in rewriting.ways:
        who = listed([person_of(device, person) for person in way.persons]) or _("somebody")
        words, _more = paragraphs(way.words, 2_000)
        ways.append(f"{who}: {words or _('(taken out)')}")
    name = _("{field}, as each one wrote it apart").format(field=field)
    return Apart(rewriting.field, rewriting.id, name, tuple(ways))


def _passages(record: Record, letters: int) -> tuple[Passage, ...]:
    passages: list[Passage] = []
    for field, text in record.texts.items():
        if field in ("title", "care_note") or not text.strip():
            continue
        name = "" if field == "body" else one_line(field_name(record.type, field), 60)
        words, more = paragraphs(text, letters)
        passages.append(Passage(name, words, more))
    return tuple(sorted(passages, key=lambda passage: bool(passage.name)))


def _details(
    device: JournalDevice, record: Record, fields: tuple[Field, ...]
) -> tuple[tuple[str, str], ...]:
    by_name = {field.name: field for field in fields}
    details: list[tuple[str, str]] = []

    def say(field: str, words: list[str]) -> None:
        if words:
            details.append((one_line(field_name(record.type, field), 60), ", ".join(words)))

    for name, members in record.sets.items():
        field = by_name.get(name)
        if name == "links" or (field is not None and field.shape is Shape.PERSON):
            continue
        say(name, [_member_words(field, member) for member in members[:60]])
    for name, current in record.readings.items():
        if len(current) == 1 and current[0].value is not None:
            say(name, [value_words(by_name.get(name), current[0].value)])
    for name, owned in record.maps.items():
        say(
            name,
            [
                f"{person_of(device, who)}: {owned_words(by_name.get(name), said)}"
                for who, said in owned.items()
            ],
        )
    for name, mine in record.own_readings.items():
        # Only to her: others see that she has not spoken yet.
        for several in mine.get(device.person, {}).values():
            words = [value_words(by_name.get(name), one.value) for one in several]
            say(name, [f"{readings_words(len(words))}: {' · '.join(words)}"])
    for name, acts in record.acts.items():
        for act in acts[-_ACTS_SHOWN:]:
            words_said = value_words(by_name.get(name), act.value)
            say(name, [f"{person_of(device, act.by)}: {words_said}"])
    return tuple(details)


def _member_words(field: Field | None, member: Member) -> str:
    words = item_words(field, member.item)
    return f"{words} ({one_line(member.note, 200)})" if member.note else words


def owned_words(field: Field | None, value: Json) -> str:
    """Say what one person says of herself in a map."""
    match value:
        case list():
            return ", ".join(item_words(field, str(one)) for one in value)
        case dict() if field is not None and field.keyed:
            said = [f"{one_line(key, 60)}: {value_words(None, one)}" for key, one in value.items()]
            return " · ".join(said)
        case _:
            return value_words(field, value)


def _newer(record: Record) -> str:
    if record.type in TYPES and not record.unknown:
        return ""
    return _("A newer program wrote part of this. It is kept whole, and shown as far as we can.")


def contested_field(page: ReaderPage) -> Readings | None:
    """Return the readings that the keys answer now: the first on the page."""
    return page.readings[0] if page.readings else None


def shows_text(field: Field) -> bool:
    """Tell whether *field* is written letter by letter."""
    return field.merge is MergeKind.TEXT
