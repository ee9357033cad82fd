"""What a person wrote in a record with others, as lines: what goes out of it and what stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.journal.edit_kinds import Edit, RemoveLink, RemoveMember, SetMine
from aluna_sync.journal.schema import record_type
from aluna_sync.journal.types import Link, Record
from aluna_tui.labels import field_name, link_name
from aluna_tui.texts import _
from aluna_tui.view_models.facade import JournalDevice
from aluna_tui.view_models.plain import one_line, paragraphs
from aluna_tui.view_models.reader import item_words, owned_words, value_words

if TYPE_CHECKING:
    from aluna_sync.own_fragments import Fragments

TEXT_LETTERS: Final = 4_000
MOST_SHOWN: Final = 200
"""Runs of letters of one text: somebody else may have written between any two of hers."""


@dataclass(frozen=True, slots=True)
class Said:
    """One field and what this person wrote in it."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TakingOutPage:
    """What the page shows."""

    title: str
    goes: tuple[Said, ...]
    stays: tuple[str, ...]


def taking_out_page(device: JournalDevice, record: Record, found: Fragments) -> TakingOutPage:
    """Return the page of *record* with what was *found* of this person in it."""
    goes = [
        Said(_field(record, field), tuple(_written(words))) for field, words in found.words.items()
    ]
    together: dict[str, list[str]] = {}
    links = device.links(record.id)
    for edit in found.edits:
        if (said := _said(device, record, links, edit)) is not None:
            together.setdefault(said[0], []).append(said[1])
    goes += [Said(name, tuple(lines)) for name, lines in together.items()]
    return TakingOutPage(one_line(record.title), tuple(goes), tuple(_staying(record, found)))


def _field(record: Record, field: str) -> str:
    return one_line(field_name(record.type, field), 60)


def _written(words: tuple[str, ...]) -> Iterator[str]:
    for one in words[:MOST_SHOWN]:
        shown, more = paragraphs(one.strip(), TEXT_LETTERS)
        yield f"{shown}…" if more else shown
    if len(words) > MOST_SHOWN:
        yield _("and more like that")


def _said(
    device: JournalDevice, record: Record, links: Sequence[Link], edit: Edit
) -> tuple[str, str] | None:
    """Return the name of what *edit* takes out something of, and what that is."""
    declared = record_type(record.type).field
    match edit:
        case RemoveMember(field, item):
            notes = [one.note for one in record.sets.get(field, ()) if one.item == item]
            words = item_words(declared(field), item)
            noted = f" ({one_line(notes[0], 200)})" if notes and notes[0] else ""
            return _field(record, field), words + noted
        case RemoveLink(kind, target):
            titles = [one.title for one in links if (one.target, one.kind) == (target, kind)]
            title = one_line(titles[0] if titles else "", 120)
            return link_name(kind, outgoing=True), title or _("something kept elsewhere")
        case SetMine(field, _value, key):
            return _field(record, field), _mine(device, record, field, key)
        case _:
            return None


def _mine(device: JournalDevice, record: Record, field: str, key: str) -> str:
    known = record_type(record.type).field(field)
    several = record.own_readings.get(field, {}).get(device.person, {}).get(key, ())
    if several:
        return " · ".join(value_words(known, one.value) for one in several)
    mine = record.maps.get(field, {}).get(device.person)
    if key and isinstance(mine, dict):
        return f"{one_line(key, 60)}: {value_words(None, mine.get(key))}"
    return owned_words(known, mine)


def _staying(record: Record, found: Fragments) -> Iterator[str]:
    known = record_type(record.type).field
    for field, act in found.acts:
        yield f"{_field(record, field)}: {value_words(known(field), act.value)}"
    for field, reading in found.readings:
        yield f"{_field(record, field)}: {value_words(known(field), reading.value)}"
