"""The history of a record in words: who came to it, what was added, what went and can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import PersonId
from aluna_sync.journal.history import Sitting, words_changed
from aluna_sync.journal.schema import UNKNOWN_TYPE, record_type
from aluna_sync.journal.types import Record
from aluna_tui.describing import passages
from aluna_tui.labels import field_name
from aluna_tui.moments import coarse_date
from aluna_tui.texts import N_, _

Names = Callable[[PersonId], str]

UNKNOWN: Final = N_("something a newer program wrote; it is kept as it is")
LETTERS: Final = 400
"""Letters of a piece shown in a line: “--at” reads everything whole."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one sitting did to one field: words or lines that came, and those that went."""

    field: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def who_and_when(sitting: Sitting, names: Names) -> str:
    """Say who sat down to it, and when that came here: no device knows more of when it was."""
    name = (names(sitting.by) if sitting.by is not None else "") or _("Somebody")
    if not sitting.day:
        return name
    day = coarse_date(sitting.day)
    if sitting.here:
        return _("{name}, on this device, by {day}").format(name=name, day=day)
    return _("{name}, came to this device on {day}").format(name=name, day=day)


def told(sitting: Sitting, names: Names) -> list[Told]:
    """Return what a sitting changed, field by field, in the order of the type."""
    return _joined(
        one
        for stretch in sitting.stretches
        for one in changes(stretch.before, stretch.after, names)
    )


def _joined(found: Iterable[Told]) -> list[Told]:
    fields: dict[str, Told] = {}
    for one in found:
        known = fields.get(one.field, Told(one.field))
        fields[one.field] = Told(
            one.field, (*known.added, *one.added), (*known.removed, *one.removed)
        )
    return list(fields.values())


def changes(before: Record | None, after: Record, names: Names) -> list[Told]:
    """Return what is different between two moments of a record, field by field."""
    found: list[Told] = []
    for name in _texts(before, after):
        old = "" if before is None else before.texts.get(name, "")
        came, went = words_changed(old, after.texts.get(name, ""))
        if came or went:
            found.append(Told(field_name(after.type, name), came, went))
    old_lines = {} if before is None else _lines(before, names)
    new_lines = _lines(after, names)
    for label in dict.fromkeys((*new_lines, *old_lines)):
        was, now = old_lines.get(label, ()), new_lines.get(label, ())
        added = tuple(line for line in now if line not in was)
        removed = tuple(line for line in was if line not in now)
        if added or removed:
            found.append(Told(label, added, removed))
    unknown = set() if before is None else set(before.unknown)
    if set(after.unknown) - unknown:
        found.append(Told(_("Something else"), (_(UNKNOWN),)))
    if unknown - set(after.unknown):
        found.append(Told(_("Something else"), (), (_(UNKNOWN),)))
    return found


def passing(sitting: Sitting, names: Names) -> list[Told]:
    """Return what was written and taken out again within a sitting, field by field."""
    lost: dict[str, dict[str, None]] = {}
    for stretch in sitting.stretches:
        for one, other in pairwise((*stretch.between, stretch.after)):
            for change in changes(one, other, names):
                lost.setdefault(change.field, {}).update(dict.fromkeys(change.removed))
    shown = {change.field: set(change.removed) for change in told(sitting, names)}
    found = (
        Told(label, (), tuple(piece for piece in pieces if piece not in shown.get(label, ())))
        for label, pieces in lost.items()
    )
    return [one for one in found if one.removed]


def lines_of(one: Told) -> Iterator[str]:
    """Yield what came and what went in a field, a line each."""
    if one.added:
        yield _("{field}, added: {pieces}").format(field=one.field, pieces=pieces_of(one.added))
    if one.removed:
        yield _("{field}, taken out: {pieces}").format(
            field=one.field, pieces=pieces_of(one.removed)
        )


def pieces_of(pieces: Sequence[str]) -> str:
    """Return pieces of a text side by side, long ones shortened."""
    short = (one if len(one) <= LETTERS else one[: LETTERS - 1] + "…" for one in pieces)
    return " · ".join(_("“{words}”").format(words=one) for one in short)


def _texts(before: Record | None, after: Record) -> list[str]:
    known = record_type(after.type)
    present = {*after.texts, *(() if before is None else before.texts)}
    declared = [] if known is UNKNOWN_TYPE else [field.name for field in known.fields]
    return [name for name in declared if name in present] + sorted(present.difference(declared))


def _lines(record: Record, names: Names) -> dict[str, tuple[str, ...]]:
    """Return what a record says beside its texts, in words, by the name of the field."""
    texts = {field_name(record.type, name) for name in record.texts}
    found: dict[str, tuple[str, ...]] = {}
    for one in passages(record, names):
        if not (one.long and one.name in texts):
            found[one.name] = (*found.get(one.name, ()), *one.lines)
    for name in ("authors", "links"):
        if items := tuple(member.item for member in record.sets.get(name, ())):
            found[field_name(record.type, name)] = tuple(_known(name, one, names) for one in items)
    return found


def _known(field: str, item: str, names: Names) -> str:
    if field == "authors":
        try:
            return names(PersonId(bytes.fromhex(item))) or _("Somebody")
        except ValueError:
            return item
    return item
