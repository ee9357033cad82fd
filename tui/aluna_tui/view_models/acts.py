"""What can be done with a record, from its schema: which acts, and what each of them asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.journal.schema import ActKind, Field, MergeKind, Part, Shape, record_type
from aluna_sync.journal.types import Json, Record
from aluna_sync.journal.vocabulary import vocabulary
from aluna_sync.store.rows import Query
from aluna_tui.act_making import CLOSE, answerable
from aluna_tui.act_words import act_words
from aluna_tui.labels import ACT_CHOICES, act_name, glyph, part_name
from aluna_tui.texts import _, language
from aluna_tui.view_models.choices import Choice, field_choices
from aluna_tui.view_models.form import FormLine, Kind
from aluna_tui.view_models.plain import one_line

if TYPE_CHECKING:
    from aluna_sync.device import Device

_ELSEWHERE: Final = (CLOSE, "taken_in")
"""What the reader and the tray do where they show what it is about."""
_BY_ITSELF: Final = ("seen", "fold", "fingerprint")
_RECORDS: Final = 300
"""Records offered to choose from: the newest; the list is narrowed by typing."""
_TITLE: Final = 70


@dataclass(frozen=True, slots=True)
class Doable:
    """One act of a record type; *stance* is the term it is named by, where it is."""

    field: Field
    kind: ActKind
    stance: str = ""

    @property
    def label(self) -> str:
        """What it is called."""
        if self.stance:
            return vocabulary().label(self.stance, language())
        return act_name(self.kind.name)


def doable(record: Record, *, hers: bool) -> list[Doable]:
    """Return what can be done with *record* now; *hers*: who asks made it."""
    found: list[Doable] = []
    for field, kind in record_type(record.type).acts:
        if kind.name in _ELSEWHERE or (kind.own and not hers) or not _has_to_answer(record, kind):
            continue
        part = kind.part(kind.named_by) if kind.named_by else None
        if part is None:
            found.append(Doable(field, kind))
        else:
            found += [Doable(field, kind, term) for term in _terms(part)]
    return found


def _terms(part: Part) -> Iterable[str]:
    for group in part.groups:
        for term in vocabulary().terms(group):
            if not term.deprecated:
                yield term.id


def _has_to_answer(record: Record, kind: ActKind) -> bool:
    return all(
        answerable(record, part) for part in kind.parts if part.shape is Shape.ENTRY and part.needed
    )


def doable_choices(found: Iterable[Doable]) -> list[Choice]:
    """Return acts to choose from, by their place in *found*."""
    return [
        Choice(str(place), one.label, _definition(one.stance), one.kind.name.replace("_", " "))
        for place, one in enumerate(found)
    ]


def _definition(term: str) -> str:
    known = vocabulary().term(term) if term else None
    return "" if known is None else known.definition(language())


def act_lines(one: Doable) -> list[FormLine]:
    """Return what the act asks, words first; what it takes by itself is asked by nobody."""
    parts = [
        part
        for part in one.kind.parts
        if part.name not in _BY_ITSELF and not (one.stance and part.name == one.kind.named_by)
    ]
    parts.sort(key=lambda part: part.shape is not Shape.WORDS)
    return [line for part in parts if (line := _line(part)) is not None]


def _line(part: Part) -> FormLine | None:
    name = part_name(part.name)
    several = MergeKind.SET if part.several else MergeKind.READINGS
    field = Field(part.name, several, part.shape, part.groups, part.choices)
    match part.shape:
        case Shape.WORDS:
            return FormLine(field._replace(merge=MergeKind.TEXT, long=True), Kind.TEXT, name)
        case Shape.WHEN:
            return FormLine(field, Kind.DATE, name)
        case Shape.TERM | Shape.CHOICE | Shape.PERSON | Shape.LINK | Shape.ENTRY:
            return FormLine(field, Kind.SEVERAL if part.several else Kind.ONE, name)
        case _:
            return None


def part_choices(device: Device, record: Record, one: Doable, name: str) -> list[Choice]:
    """Return what can be chosen for the part called *name*."""
    part = one.kind.part(name)
    if part is None:
        return []
    match part.shape:
        case Shape.PERSON:
            return [Choice(who.id.hex(), who.name) for who in device.people(record.space)]
        case Shape.LINK:
            rows = device.list(Query(limit=_RECORDS)).rows
            return [
                Choice(row.document.hex(), f"{glyph(row.type)} {one_line(row.title, _TITLE)}")
                for row in rows
            ]
        case Shape.ENTRY:
            return _entries(record, part)
        case Shape.CHOICE:
            names = ACT_CHOICES.get(name, {})
            return [Choice(id_, _(names[id_]) if id_ in names else id_) for id_ in part.choices]
        case _:
            return field_choices(Field(name, MergeKind.READINGS, part.shape, part.groups))


def _entries(record: Record, part: Part) -> list[Choice]:
    wanted = set(answerable(record, part))
    found: list[Choice] = []
    for name, acts in record.acts.items():
        field = record_type(record.type).field(name)
        found += [
            Choice(act.id, one_line(act_words(field, act.value), _TITLE))
            for act in acts
            if act.id in wanted and isinstance(act.value, dict)
        ]
    return list(reversed(found))


def said_words(choices: Iterable[Choice], chosen: Json) -> str:
    """Say what was chosen for a part."""
    ids = chosen if isinstance(chosen, list) else [chosen]
    names = {one.id: one.label for one in choices}
    said = [names.get(str(one), str(one)) for one in ids if one]
    return ", ".join(said) or _("without words yet")
